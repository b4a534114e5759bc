//! Any text as `dossier.toml`: nothing panics, every finding has a place in the text.
#![no_main]

use diagnostics::Location;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (_, found) = product::parse(text, "dossier.toml");
    for d in found {
        let Location::File { span, .. } = d.location else { panic!("{d:?} has no place") };
        assert!(text.get(span.range()).is_some(), "{span:?} is no range of the text");
    }
});
