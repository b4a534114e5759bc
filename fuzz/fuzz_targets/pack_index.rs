//! Any bytes are an error or the index of a tree, whose text reads back.
#![no_main]

use archive::TreeIndex;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(index) = TreeIndex::from_text(bytes) {
        assert_eq!(index.to_text().as_bytes(), bytes, "one index, one spelling");
        let stored = index.to_bytes().expect("compresses");
        assert_eq!(TreeIndex::from_bytes(&stored).expect("what was written"), index);
    }
    let _ = TreeIndex::from_bytes(bytes);
});
