//! Any bytes are what a Rust test binary printed: sound only with results in it.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let report = evidence::libtest::read(bytes, "fuzz");
    let (form, any) = evidence::read(bytes);
    assert!(form == "junit" || any.is_sound() == evidence::libtest::read(bytes, "").is_sound());
    assert!(!report.is_sound() || !report.results.is_empty(), "nothing was run, and that passed");
});
