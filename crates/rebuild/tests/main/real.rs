//! Real compilers in the sandbox. The Rust build gathers a whole toolchain: some 3 s, and 800 MB of disk for as long.

use std::path::Path;

use rebuild::{
    CargoArchives, Environment, EnvironmentSpec, ToolchainSource, ToolchainSpec, read_description,
};

use crate::scene::{Scene, output, own, spec};

fn installed(program: &str) -> bool {
    let found = Path::new("/usr/bin").join(program).exists();
    if !found {
        #[allow(clippy::print_stderr)] // a test that is skipped says so
        {
            eprintln!("skipped: {program} is not installed");
        }
    }
    found
}

#[test]
fn a_c_program_is_built_twice_to_the_same_bytes_by_the_name_that_alternatives_gives_the_compiler() {
    if !installed("gcc") {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("root");
    let packages = own(&["dash", "coreutils", "gcc", "libc6-dev"]);
    let without = own(&["dpkg", "debianutils", "rpcsvc-proto"]);
    let environment = EnvironmentSpec { packages, without, ..EnvironmentSpec::default() };
    Environment::gather(&environment).unwrap().unpack(&root).unwrap();
    let scene = Scene::new();
    scene
        .write("main.c", "#include <stdio.h>\nint main(void) { puts(__FILE__ \" \" __DATE__); return 0; }\n");
    let spec = spec(&["cc -g -O2 -o $OUT/main main.c", "$OUT/main"], &["main"]);
    let (first, place_first) = scene.build_with(&spec, &root, None).unwrap();
    let (second, _place) = scene.build_with(&spec, &root, None).unwrap();
    assert_eq!(first.outputs, second.outputs);
    // gcc takes __DATE__ from SOURCE_DATE_EPOCH.
    assert!(first.log.to_text().contains("main.c Mar  1 2026"), "{}", first.log.to_text());
    let bytes = output(&place_first, "main");
    for host_path in [place.path(), scene.directory.path()] {
        let host_path = host_path.to_str().unwrap().as_bytes();
        assert!(!bytes.windows(host_path.len()).any(|w| w == host_path));
    }
}

#[test]
fn a_rust_crate_with_a_dependency_is_built_from_archives_alone() {
    let scene = Scene::new();
    let home =
        std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").unwrap()));
    let cache = Path::new(&home).join("registry/cache");
    // This workspace's own lock file names the versions that are surely there.
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    let all = std::fs::read_to_string(workspace).unwrap();
    let hex = all.split("[[package]]").find(|p| p.contains("name = \"hex\"")).unwrap();
    let version = hex.lines().find_map(|l| l.strip_prefix("version = ")).unwrap();
    let lock = format!(
        "version = 4\n\n[[package]]\nname = \"mine\"\nversion = \"0.1.0\"\ndependencies = [\n \"hex\",\n]\n\n[[package]]{hex}"
    );
    scene.write("Cargo.lock", &lock);
    scene.write("Cargo.toml", &format!("[package]\nname = \"mine\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\nhex = {version}\n"));
    scene.write("src/main.rs", "fn main() { println!(\"{}\", hex::encode(file!())) }\n");

    let place = tempfile::tempdir().unwrap();
    let (root, deps) = (place.path().join("root"), place.path().join("deps"));
    let environment = EnvironmentSpec {
        packages: own(&["dash", "coreutils", "gcc", "libc6-dev"]),
        without: own(&["dpkg", "debianutils", "rpcsvc-proto"]),
        toolchains: vec![ToolchainSpec {
            name: "rust".to_owned(),
            source: ToolchainSource::RustSysroot { directory: scene.directory.path().to_owned() },
            exclude: Vec::new(),
        }],
        ..EnvironmentSpec::default()
    };
    Environment::gather(&environment).unwrap().unpack(&root).unwrap();
    let description = read_description(&root).unwrap().unwrap();
    assert!(description.toolchains[0].version.as_ref().unwrap().starts_with("rustc "));
    let archives = CargoArchives::find(&lock, &[&cache]).expect("`cargo fetch --locked` gets the archives");
    archives.lay_out(&deps).unwrap();

    let spec =
        spec(&["cargo build --release --locked --offline", "target/release/mine"], &["target/release/mine"]);
    let (first, _a) = scene.build_with(&spec, &root, Some(&deps)).unwrap();
    let (second, _b) = scene.build_with(&spec, &root, Some(&deps)).unwrap();
    assert_eq!(first.outputs, second.outputs);
    let without = scene.build_with(&spec, &root, None).unwrap_err();
    assert!(without.to_string().contains("failed"), "{without}");

    // Another byte in a dependency is refused where it is laid out; laid out by hand, it gives another program.
    let lib = deps.join(format!("vendor/hex-{}/src/lib.rs", version.trim_matches('"')));
    let text = std::fs::read_to_string(&lib).unwrap();
    std::fs::write(&lib, text.replace("0123456789abcdef", "0123456789abcdeF")).unwrap();
    let (changed, _c) = scene.build_with(&spec, &root, Some(&deps)).unwrap();
    assert_ne!(changed.outputs, first.outputs);
}
