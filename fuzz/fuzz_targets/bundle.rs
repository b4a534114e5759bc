//! Any bytes are a key, a bundle, a payload with its signature, or refused in words; what one key signed another never confirms.
#![no_main]

use signing::bundle::{Key, detached, read, to_pem};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = Key::from_pem(bytes);
    let stranger = signing::SecretKey::from_seed([9; 32], "fuzz").public();
    let key = Key::from_pem(to_pem(&stranger).as_bytes()).expect("our own form");
    assert!(read(&key, bytes).is_err());
    assert!(detached(&key, bytes, bytes).is_err());
});
