//! Any bytes are a data set of advisories or an error; what is read can be indexed and asked.
#![no_main]

use soup::advisories::{Index, Pinned, build, read};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = Index::open(bytes.to_vec());
    if let Ok(set) = read("input", bytes) {
        let pinned =
            Pinned { name: "a".into(), digest: vocabulary::Digest::of(bytes), date: set.date.clone() };
        assert!(Index::open(build(vec![(pinned, set)])).is_ok());
    }
});
