//! Assertions of passkeys (WebAuthn level 2, section 7.2): what a browser gives for a challenge, checked offline.
//!
//! The key comes as the browser's `getPublicKey()` gives it (SubjectPublicKeyInfo), so no CBOR is read. Attestation is
//! not asked for: which maker built an authenticator says nothing about whose it is. A passkey is enrolled with an
//! assertion over a fresh challenge, which proves possession. Signatures are checked by the algorithms of
//! `rustls-webpki`; user verification (PIN, finger, face) is always demanded.

use crate::timestamp::DerError;
use crate::timestamp::der::{Reader, SEQUENCE};
use rustls_pki_types::SignatureVerificationAlgorithm;
use sha2::{Digest as _, Sha256};
use webpki::ring;

/// The tag of a bit string.
const BITS: u8 = 0x03;
/// What a browser says of itself is shorter; longer texts are nobody's.
const CLIENT_DATA_MAX: usize = 4_096;
/// Hash, flags and counter: what every authenticator says.
const AUTHENTICATOR_MIN: usize = 37;
/// Extensions follow the counter; longer ones are nobody's.
const AUTHENTICATOR_MAX: usize = 4_096;
const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
/// The algorithms that are taken: ES256, EdDSA, RS256, which is all that authenticators in use make.
const ALGORITHMS: [&dyn SignatureVerificationAlgorithm; 3] =
    [ring::ECDSA_P256_SHA256, ring::ED25519, ring::RSA_PKCS1_2048_8192_SHA256];

/// Why an assertion is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebauthnError {
    /// The public key has not the structure of one.
    #[error("the passkey's public key cannot be read: {0}")]
    Key(#[from] DerError),
    /// A key of a kind that is not taken.
    #[error("the passkey's algorithm is none of ES256, EdDSA, RS256")]
    Algorithm,
    /// What the browser says is not of the form.
    #[error("what the browser says cannot be read: {0}")]
    ClientData(&'static str),
    /// What the authenticator says is not of the form.
    #[error("what the authenticator says cannot be read")]
    AuthenticatorData,
    /// The assertion answers another challenge: another content, or an assertion that was used before.
    #[error("the passkey signed another challenge than this one")]
    Challenge,
    /// Made for another site.
    #[error("the passkey was used on `{0}`, not on the site that it was made for")]
    Origin(String),
    /// The authenticator did not ask its owner.
    #[error("the authenticator did not verify its user")]
    User,
    /// The signature is not of this key over these bytes.
    #[error("the passkey's signature does not hold")]
    Signature,
}

/// What a browser gives when a passkey was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// `authenticatorData`.
    pub authenticator_data: Vec<u8>,
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `signature`.
    pub signature: Vec<u8>,
}

/// What of an assertion is not yet known to hold.
#[derive(serde::Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

impl Assertion {
    fn client(&self) -> Result<ClientData, WebauthnError> {
        if self.client_data.len() > CLIENT_DATA_MAX {
            return Err(WebauthnError::ClientData("it is too long"));
        }
        serde_json::from_slice(&self.client_data)
            .map_err(|_| WebauthnError::ClientData("it is no JSON of that form"))
    }

    /// The challenge that it answers, unchecked: for finding what was asked.
    ///
    /// # Errors
    /// When the client data cannot be read.
    pub fn challenge(&self) -> Result<Vec<u8>, WebauthnError> {
        from_base64url(&self.client()?.challenge).ok_or(WebauthnError::ClientData("its challenge"))
    }

    /// Checks the assertion of the passkey `public_key` (SubjectPublicKeyInfo), made on the site `rp_id`, over `challenge`.
    /// Gives the authenticator's counter; 0 where it keeps none.
    ///
    /// # Errors
    /// With what does not hold.
    pub fn verify(&self, public_key: &[u8], rp_id: &str, challenge: &[u8]) -> Result<u32, WebauthnError> {
        let client = self.client()?;
        if client.kind != "webauthn.get" || client.cross_origin {
            return Err(WebauthnError::ClientData("it is no use of a passkey on this page"));
        }
        if from_base64url(&client.challenge).is_none_or(|c| c != challenge) || challenge.is_empty() {
            return Err(WebauthnError::Challenge);
        }
        if !of_site(&client.origin, rp_id) {
            return Err(WebauthnError::Origin(client.origin.chars().take(100).collect()));
        }
        let said = &self.authenticator_data;
        if said.len() > AUTHENTICATOR_MAX {
            return Err(WebauthnError::AuthenticatorData);
        }
        let (fixed, _) =
            said.split_first_chunk::<AUTHENTICATOR_MIN>().ok_or(WebauthnError::AuthenticatorData)?;
        let (site, rest) = fixed.split_first_chunk::<32>().ok_or(WebauthnError::AuthenticatorData)?;
        if site.as_slice() != Sha256::digest(rp_id.as_bytes()).as_slice() {
            return Err(WebauthnError::Origin("another site".to_owned()));
        }
        let [flags, a, b, c, d] = *rest else { return Err(WebauthnError::AuthenticatorData) };
        if flags & USER_PRESENT == 0 || flags & USER_VERIFIED == 0 {
            return Err(WebauthnError::User);
        }
        let signed = [said.as_slice(), Sha256::digest(&self.client_data).as_slice()].concat();
        let (algorithm, key) = key_of(public_key)?;
        algorithm.verify_signature(key, &signed, &self.signature).map_err(|_| WebauthnError::Signature)?;
        Ok(u32::from_be_bytes([a, b, c, d]))
    }
}

/// Whether a public key is one that can be enrolled.
///
/// # Errors
/// When it cannot be read, or is of another algorithm.
pub fn check_key(public_key: &[u8]) -> Result<(), WebauthnError> {
    key_of(public_key).map(|_| ())
}

fn key_of(spki: &[u8]) -> Result<(&'static dyn SignatureVerificationAlgorithm, &[u8]), WebauthnError> {
    let mut outer = Reader::new(spki);
    let mut inside = outer.expect(SEQUENCE, "the key")?.inside();
    outer.end("the key")?;
    let algorithm = inside.expect(SEQUENCE, "the key's algorithm")?;
    let bits = inside.expect(BITS, "the key's bits")?;
    inside.end("the key's bits")?;
    let (unused, key) = bits.value.split_first().ok_or(DerError::Short("the key's bits"))?;
    let known = ALGORITHMS.iter().find(|a| a.public_key_alg_id().as_ref() == algorithm.value);
    match known {
        Some(known) if *unused == 0 => Ok((*known, key)),
        _ => Err(WebauthnError::Algorithm),
    }
}

/// Whether an origin is this site: its very name, over TLS or on the machine itself.
fn of_site(origin: &str, rp_id: &str) -> bool {
    let Some((scheme, place)) = origin.split_once("://") else { return false };
    let host = match place.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => place,
    };
    !rp_id.is_empty()
        && host.eq_ignore_ascii_case(rp_id)
        && (scheme == "https" || (scheme == "http" && rp_id.eq_ignore_ascii_case("localhost")))
}

/// Base64 as WebAuthn writes it: URL alphabet, no padding.
pub fn base64url(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads [`base64url`].
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer as _, SigningKey};

    const SITE: &str = "qms.example";

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn spki() -> Vec<u8> {
        let mut out = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        out.extend(key().verifying_key().as_bytes());
        out
    }

    /// What an authenticator would give.
    fn assertion(site: &str, origin: &str, challenge: &[u8], flags: u8) -> Assertion {
        let mut authenticator_data = Sha256::digest(site.as_bytes()).to_vec();
        authenticator_data.push(flags);
        authenticator_data.extend(9u32.to_be_bytes());
        let client_data = format!(
            r#"{{"type":"webauthn.get","challenge":"{}","origin":"{origin}","crossOrigin":false}}"#,
            base64url(challenge)
        )
        .into_bytes();
        let signed = [authenticator_data.as_slice(), Sha256::digest(&client_data).as_slice()].concat();
        let signature = key().sign(&signed).to_bytes().to_vec();
        Assertion { authenticator_data, client_data, signature }
    }

    #[test]
    fn an_assertion_holds_for_its_key_site_and_challenge_alone() {
        let good = assertion(SITE, "https://qms.example:8443", b"digest", 5);
        assert_eq!(good.verify(&spki(), SITE, b"digest"), Ok(9));
        assert_eq!(good.challenge().unwrap(), b"digest");
        assert_eq!(good.verify(&spki(), SITE, b"another"), Err(WebauthnError::Challenge));
        assert_eq!(good.verify(&spki(), SITE, b""), Err(WebauthnError::Challenge));
        assert!(matches!(good.verify(&spki(), "other.example", b"digest"), Err(WebauthnError::Origin(_))));
        for (place, bytes) in [("authenticator", 36), ("client", 30), ("signature", 5)] {
            let mut changed = good.clone();
            let at = match place {
                "authenticator" => &mut changed.authenticator_data,
                "client" => &mut changed.client_data,
                _ => &mut changed.signature,
            };
            at[bytes] ^= 1;
            assert!(changed.verify(&spki(), SITE, b"digest").is_err(), "{place}");
        }
        let mut other = spki();
        other[20] ^= 1;
        assert_eq!(good.verify(&other, SITE, b"digest"), Err(WebauthnError::Signature));
    }

    #[test]
    fn another_site_and_an_absent_user_are_named() {
        let of = |site: &str, origin: &str, flags| {
            assertion(site, origin, b"d", flags).verify(&spki(), SITE, b"d")
        };
        assert!(
            matches!(of(SITE, "https://evil.example", 5), Err(WebauthnError::Origin(o)) if o == "https://evil.example")
        );
        assert!(matches!(of(SITE, "http://qms.example", 5), Err(WebauthnError::Origin(_))), "without TLS");
        assert!(matches!(of(SITE, "https://qms.example.evil", 5), Err(WebauthnError::Origin(_))));
        assert!(matches!(of("evil.example", "https://qms.example", 5), Err(WebauthnError::Origin(_))));
        assert_eq!(of(SITE, "https://qms.example", 1), Err(WebauthnError::User), "present and not verified");
        assert_eq!(of(SITE, "https://qms.example", 0), Err(WebauthnError::User));
        let local = assertion("localhost", "http://localhost:8762", b"d", 5);
        assert!(local.verify(&spki(), "localhost", b"d").is_ok(), "the machine itself needs no TLS");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(check_key(&spki()).is_ok());
        assert!(matches!(check_key(b""), Err(WebauthnError::Key(_))));
        let mut other = spki();
        other[8] = 0x71;
        assert_eq!(check_key(&other), Err(WebauthnError::Algorithm));
        let mut longer = spki();
        longer.push(0);
        assert!(check_key(&longer).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_end_in_a_reason(a: Vec<u8>, c: Vec<u8>, s: Vec<u8>, k: Vec<u8>) {
            let any = Assertion { authenticator_data: a, client_data: c, signature: s };
            proptest::prop_assert!(any.verify(&k, SITE, b"d").is_err());
        }
    }
}
