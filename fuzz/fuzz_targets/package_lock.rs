//! Any bytes are an inventory: components or a reason why not; the same for SBOMs, which are JSON too.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let lock = soup::lock::npm::read("package-lock.json", bytes);
    assert!(!lock.graph.is_empty() || !lock.problems.is_empty(), "empty is not none");
    let sbom = soup::sbom::read("sbom.json", bytes);
    assert!(!sbom.graph.is_empty() || !sbom.problems.is_empty(), "empty is not none");
});
