//! Any bytes are refused as a time stamp token, a response or a certificate file; nothing panics.
#![no_main]

use signing::timestamp;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    assert!(timestamp::verify(bytes, &[0; 32], &[]).is_err());
    let _ = timestamp::token_of_response(bytes, 1);
    let _ = timestamp::certificate_end(bytes);
    let _ = timestamp::certificates_of_pem(&String::from_utf8_lossy(bytes));
});
