//! Any text is a file of decisions or an error; a decision always says by whom and when.
#![no_main]

use review::Decisions;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(decisions) = Decisions::parse(text) {
        assert!(decisions.constraint.values().all(|d| !d.by.trim().is_empty() && !d.on.trim().is_empty()));
    }
});
