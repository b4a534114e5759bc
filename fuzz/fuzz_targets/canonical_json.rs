//! Any bytes are an error or a value whose canonical form reads back, and is the only one that is taken for it.
#![no_main]

use vocabulary::canonical::{from_canonical, from_slice, to_vec};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(value) = from_slice(bytes) {
        let canonical = to_vec(&value).expect("what was read has a canonical form");
        assert_eq!(from_canonical(&canonical).expect("its own form"), value);
        assert_eq!(from_canonical(bytes).is_ok(), canonical == bytes);
    }
});
