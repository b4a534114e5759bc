//! Any text is source code: every tag that is found has its line in it.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = evidence::tags::scan("fuzz.rs", text);
    let _ = evidence::tags::scan("fuzz.py", text);
});
