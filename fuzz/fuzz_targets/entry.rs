//! Any bytes are an error or an entry whose canonical bytes they are.
#![no_main]

use ledger::Entry;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(entry) = Entry::decode(bytes) {
        assert_eq!(entry.encode().expect("what decodes encodes"), bytes);
        let _ = ledger::Genesis::of(&entry);
        let _ = ledger::Rotation::of(&entry);
        let _ = entry.sig.map(|sig| sig.verify());
    }
});
