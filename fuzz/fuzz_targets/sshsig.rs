//! Any text is an error, or a key or signature that reads back.
#![no_main]

use signing::sshsig::SshSignature;
use signing::{PublicKey, SecretKey};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(signature) = SshSignature::parse(text) {
        assert_eq!(SshSignature::parse(&signature.to_armored()).expect("what was written"), signature);
        let _ = signature.verify(b"message", "dossier.v1");
    }
    if let Ok((key, comment)) = PublicKey::from_openssh(text) {
        assert_eq!(PublicKey::from_openssh(&key.to_openssh(&comment)).expect("what was written").0, key);
    }
    if let Ok(key) = SecretKey::from_openssh(text) {
        let again = SecretKey::from_openssh(&key.to_openssh()).expect("what was written");
        assert_eq!(again.public(), key.public());
    }
});
