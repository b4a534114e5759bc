//! Any bytes are an inventory: components or a reason why not.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let lock = soup::lock::npm::read("package-lock.json", bytes);
    assert!(!lock.graph.is_empty() || !lock.problems.is_empty(), "empty is not none");
});
