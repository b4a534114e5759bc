//! Any bytes are a threat model or an error; its Markdown is one item for each threat, whatever the texts are.
#![no_main]

use interchange::threats::{markdown, read};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(model) = read(bytes) {
        let threats: Vec<_> = model.threats.iter().collect();
        assert!(!threats.is_empty(), "empty is not none");
        let text = markdown(&model, &threats, Some("DOC-SEC"), "THR", 1);
        let items = text.lines().filter(|l| l.starts_with("## THR-")).count();
        assert_eq!(items, threats.len());
    }
});
