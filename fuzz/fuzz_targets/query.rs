//! Any text is a question or a fault with its place; a question that was read can be asked.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let scale = ["minor".to_owned(), "major".to_owned()];
    let state = records::State::default();
    let Some(today) = vocabulary::Date::new(2026, 3, 1) else { return };
    match monitoring::anomalies::choose(&state, &text, &scale, today) {
        Ok(found) => assert!(found.is_empty()),
        Err(e) => assert!(e.at >= 1 && e.at <= text.chars().count() + 1, "{e}"),
    }
    let _ = monitoring::changes::choose(&state, &text, today);
});
