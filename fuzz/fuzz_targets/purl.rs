//! Any text is no package URL, or one whose canonical text is canonical.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Some(purl) = soup::Purl::parse(text) {
        let again = soup::Purl::parse(&purl.package).expect("its own package");
        assert_eq!(again.package, purl.package);
    }
    let once = soup::normalized(text);
    assert_eq!(soup::normalized(&once), once);
});
