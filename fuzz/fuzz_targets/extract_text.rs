//! Any bytes under a name of this format end in a text with something in it, or in a reason.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let line = String::from_utf8_lossy(bytes);
    if let Some((at, date)) = extract::find_date(&line) {
        assert!(line.get(at..).is_some() && !date.is_empty());
    }
    let _ = extract::Format::of(&line, bytes);
    for name in ["x.txt", "x.csv", "x.md"] {
        if let Ok(text) = extract::read(name, bytes) {
            assert!(!text.blocks.is_empty() && text.characters() > 0);
            drop(extract::signatures(&text));
        }
    }
});
