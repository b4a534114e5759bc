//! Any text is searched for citations that are not current: each is found where it stands, and the text is never changed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let Ok(day) = "2026-03-01".parse() else { return };
    let mut last = 0;
    for stale in clauses::stale(&text, day) {
        assert_eq!(text.get(stale.range.clone()), Some(stale.cited.as_str()));
        assert!(stale.range.start >= last, "they overlap");
        last = stale.range.end;
    }
    let _ = (clauses::resolve(&text), clauses::date_of(&text));
});
