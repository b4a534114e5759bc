//! Any bytes under a name of this format end in a text with something in it, or in a reason.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for name in ["x.rtf"] {
        if let Ok(text) = extract::read(name, bytes) {
            assert!(!text.blocks.is_empty());
            drop(extract::signatures(&text));
        }
    }
});
