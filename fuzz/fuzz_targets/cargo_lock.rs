//! Any bytes are an inventory: components or a reason why not; drafts of SOUP items are made of any.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let inventory = soup::lock::cargo::read("Cargo.lock", bytes);
    assert!(!inventory.graph.is_empty() || !inventory.problems.is_empty(), "empty is not none");
    let _ = soup::draft::markdown(&soup::draft::drafts(&inventory.graph));
});
