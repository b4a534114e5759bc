//! Sealing under a key that a machine keeps: bytes in, bytes out.

use base64::Engine as _;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// Bytes of a nonce.
const NONCE_LEN: usize = 24;

/// Base64 with padding (RFC 4648, section 4).
pub fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Seals `text` under `key`, bound to `about` (XChaCha20-Poly1305); the nonce stands first.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn seal(key: &[u8; 32], about: &str, text: &[u8]) -> Result<Vec<u8>, getrandom::Error> {
    let mut nonce = [0; NONCE_LEN];
    getrandom::fill(&mut nonce)?;
    let cipher = XChaCha20Poly1305::new(&(*key).into());
    let payload = Payload { msg: text, aad: about.as_bytes() };
    let mut out = nonce.to_vec();
    // Encryption fails only beyond 256 GiB.
    out.extend(cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default());
    Ok(out)
}

/// Opens what [`seal`] made; none where key, subject or bytes are others.
pub fn open(key: &[u8; 32], about: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
    let nonce: [u8; NONCE_LEN] = nonce.try_into().ok()?;
    let cipher = XChaCha20Poly1305::new(&(*key).into());
    cipher.decrypt(&XNonce::from(nonce), Payload { msg: text, aad: about.as_bytes() }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_under_its_key_and_about_its_subject_only() {
        let sealed = seal(&[7; 32], "CMP-1", b"Jane Doe").unwrap();
        assert!(!sealed.windows(4).any(|w| w == b"Jane"));
        assert_eq!(open(&[7; 32], "CMP-1", &sealed).as_deref(), Some(&b"Jane Doe"[..]));
        assert_eq!(open(&[8; 32], "CMP-1", &sealed), None);
        assert_eq!(open(&[7; 32], "CMP-2", &sealed), None);
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(open(&[7; 32], "CMP-1", &changed), None);
        assert_eq!(open(&[7; 32], "CMP-1", b"short"), None);
    }
}
