//! Any bytes are refused as a passkey's answer or key, with a reason; nothing panics. The input is cut in four at its first bytes.
#![no_main]

use signing::webauthn::{Assertion, check_key, from_base64url};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (lengths, mut rest) = bytes.split_at(bytes.len().min(3));
    let mut next = |i: usize| {
        let length = lengths.get(i).map_or(0, |n| usize::from(*n)).min(rest.len());
        let (part, after) = rest.split_at(length);
        rest = after;
        part.to_vec()
    };
    let (authenticator_data, client_data, signature) = (next(0), next(1), next(2));
    let key = rest.to_vec();
    let _ = check_key(&key);
    let _ = from_base64url(&String::from_utf8_lossy(bytes));
    let answer = Assertion { authenticator_data, client_data, signature };
    let challenge = answer.challenge().unwrap_or_default();
    assert!(answer.verify(&key, "qms.example", b"a challenge that nobody asked").is_err());
    // With the challenge that it answers, all that is left is the signature.
    let _ = answer.verify(&key, "localhost", &challenge);
});
