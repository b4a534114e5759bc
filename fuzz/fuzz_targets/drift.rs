//! Any bytes are an observation, a declaration, the output of Cargo or a package, or a reason why not: the first byte chooses.
#![no_main]

use soup::drift::{Declaration, Form, compare, observe};

const DECLARED: &str = "[images]\nweb = \"a@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n\
                        [services.db]\naddress = \"x.y\"\nengine_version = \"15\"\n[settings]\n\"web/A\" = 1\n";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let declared = Declaration::parse(DECLARED.as_bytes()).expect("the declaration");
    let form = match choice % 6 {
        0 => Form::Kubernetes,
        1 => Form::Compose,
        2 => Form::Terraform,
        3 => {
            let _ = Declaration::parse(rest);
            return;
        }
        4 => {
            let _ = soup::licences::archive(rest);
            return;
        }
        _ => {
            let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n";
            let mut graph = soup::lock::cargo::read("Cargo.lock", lock.as_bytes()).graph;
            let _ = soup::lock::resolve::fill(&mut graph, rest);
            return;
        }
    };
    if let Ok(seen) = observe(form, rest, &declared) {
        let done = compare(form, &declared, &seen);
        assert!(seen.settings.keys().all(|k| k.ends_with("/A")), "only what is declared is taken");
        assert!(done.differences.len() as u64 <= done.compared);
    }
});
