//! Any bytes are a source file in any language: functions lie inside it, and a text differs from itself in nothing.
#![no_main]

use sources::Language;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for path in ["a.rs", "a.py", "a.ts", "a.tsx", "a.c", "a.go"] {
        let Some(language) = Language::of_path(path) else { continue };
        for function in sources::functions(language, bytes) {
            assert!(function.text.iter().map(|t| t.len()).sum::<usize>() <= bytes.len());
        }
        assert!(sources::changed(language, bytes, bytes).is_empty());
    }
});
