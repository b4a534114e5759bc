//! Any bytes are an error, or an envelope that reads back.
#![no_main]

use signing::dsse::{Envelope, IN_TOTO};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(envelope) = Envelope::from_json(bytes) {
        assert_eq!(Envelope::from_json(&envelope.to_json()).expect("what was written"), envelope);
        let key = signing::SecretKey::from_seed([1; 32], "").public();
        assert!(envelope.verify(IN_TOTO, &key).is_err(), "nobody signed this");
    }
});
