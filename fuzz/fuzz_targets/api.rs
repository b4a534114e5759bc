//! Entries as the API packs them, and secrets as people type them: any bytes are taken apart or refused, and what was
//! taken apart is packed into the same bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(entries) = api::unpack(bytes) {
        assert_eq!(api::pack(&entries), bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = signing::password::from_base32(text);
    }
});
