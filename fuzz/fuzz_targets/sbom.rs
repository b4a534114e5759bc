//! Any bytes are an SBOM of CycloneDX or SPDX: components or a reason why not.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let sbom = soup::sbom::read("sbom.json", bytes);
    let _ = (soup::sbom::format(bytes), soup::sbom::missing_of_document(bytes));
    assert!(!sbom.graph.is_empty() || !sbom.problems.is_empty(), "empty is not none");
});
