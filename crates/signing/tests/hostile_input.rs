//! Keys and signatures that are broken, cut, or made for something else.

use proptest::prelude::*;
use signing::sshsig::{self, SshSignature, SshsigError};
use signing::{KeyError, PublicKey, SecretKey, SignError};

const NAMESPACE: &str = "dossier.v1";

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32], "comment")
}

#[test]
fn keys_read_back() {
    let key = key(1);
    assert_eq!(SecretKey::from_openssh(&key.to_openssh()).unwrap().public(), key.public());
    assert_eq!(
        PublicKey::from_openssh(&key.public().to_openssh("a b")).unwrap(),
        (key.public(), "a b".to_owned())
    );
    assert_eq!(PublicKey::from_openssh(&key.public().to_openssh("")).unwrap(), (key.public(), String::new()));
    assert_eq!(key.public().to_openssh("a\nssh-rsa AAAA").lines().count(), 1);
    assert!(!format!("{key:?}").contains("[1, 1"), "a debug print shows no secret");
    assert_ne!(SecretKey::generate("").unwrap().public(), SecretKey::generate("").unwrap().public());
}

#[test]
fn what_is_no_key_is_refused() {
    for bad in
        ["", " ", "ssh-ed25519", "ssh-ed25519 !!", "ssh-ed25519 AAAA", "ssh-ed25519 AAAA\nssh-ed25519 AAAA"]
    {
        assert!(PublicKey::from_openssh(bad).is_err(), "{bad:?}");
    }
    for bad in [
        "",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----",
    ] {
        assert!(matches!(SecretKey::from_openssh(bad), Err(KeyError::Form { .. })), "{bad:?}");
    }
    let mut y_one = [0; 32];
    y_one[0] = 1;
    for weak in [[0; 32], y_one] {
        assert!(
            matches!(PublicKey::from_bytes(weak), Err(KeyError::Point)),
            "a key of small order signs anything"
        );
    }
}

#[test]
fn a_signature_holds_for_its_message_purpose_and_key_only() {
    let signed = sshsig::sign(b"message", NAMESPACE, &key(1)).unwrap();
    sshsig::verify(&signed, b"message", NAMESPACE, &key(1).public()).unwrap();
    sshsig::verify(&signed.replace('\n', "\r\n"), b"message", NAMESPACE, &key(1).public()).unwrap();
    let result =
        |message: &[u8], namespace, seed| sshsig::verify(&signed, message, namespace, &key(seed).public());
    assert!(matches!(result(b"massage", NAMESPACE, 1), Err(SshsigError::Mismatch(_))));
    assert!(matches!(result(b"message", "git", 1), Err(SshsigError::Namespace { .. })));
    assert!(matches!(result(b"message", NAMESPACE, 2), Err(SshsigError::OtherKey { .. })));
    assert!(matches!(sshsig::sign(b"message", "", &key(1)), Err(SignError::NoNamespace)));
    let mut renamed = SshSignature::parse(&signed).unwrap();
    renamed.namespace = "git".into();
    assert!(
        matches!(renamed.verify(b"message", "git"), Err(SshsigError::Mismatch(_))),
        "the purpose is signed"
    );
}

proptest! {
    #[test]
    fn a_changed_character_of_a_signature_is_found(at in any::<prop::sample::Index>(), with in "[A-Za-z0-9+/=\\n -]") {
        let signed = sshsig::sign(b"message", NAMESPACE, &key(1)).unwrap();
        let at = at.index(signed.len());
        let changed = format!("{}{with}{}", &signed[..at], &signed[at + 1..]);
        let joined = |s: &str| s.split_ascii_whitespace().collect::<String>();
        let framed = ["-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"].iter().all(|f| changed.contains(f));
        let holds = sshsig::verify(&changed, b"message", NAMESPACE, &key(1).public()).is_ok();
        // White space between the base64 characters means nothing; inside the lines of the frame it does.
        prop_assert_eq!(holds, framed && joined(&changed) == joined(&signed), "{}", changed);
    }

    #[test]
    fn a_changed_byte_of_a_private_key_is_an_error_or_the_same_key(at in any::<prop::sample::Index>(), with in "[A-Za-z0-9+/]") {
        let text = key(1).to_openssh();
        let at = at.index(text.len());
        let changed = format!("{}{with}{}", &text[..at], &text[at + 1..]);
        if let Ok(read) = SecretKey::from_openssh(&changed) {
            // Only the comment and the name of an unused key derivation are not tied to the key.
            prop_assert_eq!(read.public(), key(1).public());
        }
    }

    #[test]
    fn any_text_is_an_error_or_something(text in "\\PC{0,120}", bytes in prop::collection::vec(any::<u8>(), 0..150)) {
        use base64::Engine as _;
        let _ = PublicKey::from_openssh(&text);
        let _ = SecretKey::from_openssh(&text);
        let _ = SshSignature::parse(&text);
        let digits = base64::prelude::BASE64_STANDARD.encode([b"SSHSIG\0\0\0\x01", &bytes[..]].concat());
        let _ = SshSignature::parse(&format!("-----BEGIN SSH SIGNATURE-----\n{digits}\n-----END SSH SIGNATURE-----\n"));
        let digits = base64::prelude::BASE64_STANDARD.encode([b"openssh-key-v1\0", &bytes[..]].concat());
        let _ = SecretKey::from_openssh(&format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{digits}\n-----END OPENSSH PRIVATE KEY-----\n"));
        let _ = PublicKey::from_openssh(&format!("ssh-ed25519 {digits} x"));
    }
}
