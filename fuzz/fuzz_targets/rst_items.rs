//! Any text is imported, and its Markdown holds no more items than the source.
#![no_main]

use interchange::rst_items::{markdown, read};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let files = [read("fuzz.rst", text)];
    let written = markdown(&files, &|_| model::Kind::SoftwareRequirement);
    assert!(written.len() <= 1);
    assert!(!files[0].items.is_empty() || !files[0].problems.is_empty(), "empty is not none");
});
