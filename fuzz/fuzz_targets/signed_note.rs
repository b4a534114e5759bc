//! Any bytes are an error, or a note (and perhaps a checkpoint) that is written as it was read.
#![no_main]

use ledger::{Checkpoint, SignedCheckpoint};
use signing::note::{Note, VerifierKey};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
        if let Ok(checkpoint) = Checkpoint::from_text(note.text()) {
            assert_eq!(checkpoint.text(), note.text());
        }
        let _ = SignedCheckpoint::parse(bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(key) = text.parse::<VerifierKey>() {
            assert_eq!(key.to_string(), text);
        }
    }
});
