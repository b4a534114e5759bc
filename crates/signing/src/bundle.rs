//! Sigstore bundles and what `cosign` signs with a key: read and checked with ECDSA P-256 or ed25519 keys in PEM, and written with
//! ed25519. No certificate, no transparency log, no network: a bundle with a certificate instead of a key is refused by name.

use crate::dsse;
use crate::key::PublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The media type of the bundles that are written.
pub const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
/// SubjectPublicKeyInfo of an ed25519 key, up to the key (RFC 8410).
const ED25519: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// SubjectPublicKeyInfo of a P-256 key, up to the point (RFC 5480).
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
    0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// A public key in PEM.
#[derive(Debug, Clone)]
pub enum Key {
    /// ed25519.
    Ed25519(PublicKey),
    /// ECDSA on P-256 with SHA-256, what `cosign generate-key-pair` makes; the uncompressed point.
    P256(Vec<u8>),
}

impl Key {
    /// Reads `-----BEGIN PUBLIC KEY-----`.
    ///
    /// # Errors
    /// In words, when it is none or of another kind.
    pub fn from_pem(pem: &[u8]) -> Result<Key, String> {
        let text = std::str::from_utf8(pem).map_err(|_| "the key is no text".to_owned())?;
        let body = text
            .split_once("-----BEGIN PUBLIC KEY-----")
            .and_then(|(_, rest)| rest.split_once("-----END PUBLIC KEY-----"))
            .map(|(body, _)| body.split_whitespace().collect::<String>())
            .ok_or("no `-----BEGIN PUBLIC KEY-----`: a public key in PEM is read")?;
        let der = STANDARD.decode(body).map_err(|_| "the key's base64 is broken".to_owned())?;
        if let Some(raw) = der.strip_prefix(&ED25519) {
            let raw: [u8; 32] =
                raw.try_into().map_err(|_| "the ed25519 key has a wrong length".to_owned())?;
            return PublicKey::from_bytes(raw).map(Key::Ed25519).map_err(|e| e.to_string());
        }
        match der.strip_prefix(&P256) {
            Some(point) if point.len() == 65 && point.first() == Some(&4) => Ok(Key::P256(point.to_vec())),
            _ => Err("the key is neither ed25519 nor ECDSA on P-256".to_owned()),
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), String> {
        let holds = match self {
            Key::Ed25519(key) => key.verify(message, signature).is_ok(),
            Key::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature).is_ok()
            }
        };
        if holds { Ok(()) } else { Err("the signature is not by this key, or of other bytes".to_owned()) }
    }
}

/// An ed25519 key in PEM, as `cosign` and `openssl` read it.
pub fn to_pem(key: &PublicKey) -> String {
    let mut der = ED25519.to_vec();
    der.extend_from_slice(key.as_bytes());
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
}

/// Base64 as signatures are written.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Checks a payload with its signature beside it, base64 or raw.
///
/// # Errors
/// In words, when it does not hold.
pub fn detached(key: &Key, payload: &[u8], signature: &[u8]) -> Result<Vec<u8>, String> {
    let text: Option<Vec<u8>> =
        std::str::from_utf8(signature).ok().and_then(|t| STANDARD.decode(t.trim()).ok());
    key.verify(payload, &text.unwrap_or_else(|| signature.to_vec()))?;
    Ok(payload.to_vec())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    media_type: Option<String>,
    verification_material: Option<Material>,
    message_signature: Option<serde::de::IgnoredAny>,
    dsse_envelope: Option<Value>,
    // The older form of `cosign sign-blob --bundle`.
    base64_signature: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Material {
    certificate: Option<Value>,
    x509_certificate_chain: Option<Value>,
}

/// Checks a Sigstore bundle with a DSSE envelope in it, or an envelope alone; what was signed is its payload.
///
/// # Errors
/// In words, when it is neither, holds a certificate instead of a key, or does not hold.
pub fn read(key: &Key, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let bundle: Bundle = serde_json::from_slice(bytes).map_err(|e| format!("no bundle: {e}"))?;
    if bundle
        .verification_material
        .is_some_and(|m| m.certificate.is_some() || m.x509_certificate_chain.is_some())
    {
        return Err("the bundle is signed by a certificate, and a key is configured".to_owned());
    }
    if bundle.base64_signature.is_some() {
        return Err(
            "an older bundle without payload: give the payload, with its signature beside it as .sig"
                .to_owned(),
        );
    }
    if bundle.message_signature.is_some() {
        return Err("the bundle signs bytes that it does not hold: give the payload, with its signature beside it as .sig".to_owned());
    }
    let envelope = match bundle.dsse_envelope {
        Some(envelope) => serde_json::to_vec(&envelope).map_err(|e| e.to_string())?,
        None if bundle.media_type.is_none() => bytes.to_vec(),
        None => return Err("the bundle holds neither envelope nor signature".to_owned()),
    };
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Envelope {
        payload: String,
        payload_type: String,
        signatures: Vec<Signature>,
    }
    #[derive(Deserialize)]
    struct Signature {
        sig: String,
    }
    let envelope: Envelope = serde_json::from_slice(&envelope).map_err(|e| format!("no envelope: {e}"))?;
    let payload =
        STANDARD.decode(&envelope.payload).map_err(|_| "the payload's base64 is broken".to_owned())?;
    let signed = dsse::pre_authentication_encoding(&envelope.payload_type, &payload);
    let holds = |s: &Signature| STANDARD.decode(&s.sig).is_ok_and(|sig| key.verify(&signed, &sig).is_ok());
    if envelope.signatures.iter().any(holds) {
        Ok(payload)
    } else {
        Err("no signature of the envelope is by this key".to_owned())
    }
}

/// A bundle of an envelope that an ed25519 key signed; the key is hinted at by the SHA-256 of its PEM's DER.
pub fn of_envelope(envelope: &dsse::Envelope, key: &PublicKey) -> Vec<u8> {
    let mut der = ED25519.to_vec();
    der.extend_from_slice(key.as_bytes());
    let hint = STANDARD.encode(Sha256::digest(&der));
    let signatures: Vec<Value> = envelope
        .signatures()
        .iter()
        .map(|s| json!({"sig": STANDARD.encode(&s.signature), "keyid": ""}))
        .collect();
    let bundle = json!({
        "mediaType": MEDIA_TYPE,
        "verificationMaterial": {"publicKey": {"hint": hint}, "tlogEntries": [], "timestampVerificationData": {}},
        "dsseEnvelope": {
            "payload": STANDARD.encode(envelope.payload_unverified()),
            "payloadType": envelope.payload_type(),
            "signatures": signatures,
        },
    });
    // Strings and lists always serialise.
    serde_json::to_vec(&bundle).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;

    #[test]
    fn an_envelope_is_checked_with_the_key_in_pem() {
        let key = SecretKey::from_seed([7; 32], "test");
        let mut envelope = dsse::Envelope::new(dsse::IN_TOTO, b"{\"subject\": []}".to_vec());
        envelope.sign(&key).unwrap();
        let public = Key::from_pem(to_pem(&key.public()).as_bytes()).unwrap();
        let bundle = of_envelope(&envelope, &key.public());
        assert_eq!(read(&public, &bundle), Ok(b"{\"subject\": []}".to_vec()));
        assert_eq!(read(&public, &envelope.to_json()), Ok(b"{\"subject\": []}".to_vec()));
        let other = Key::from_pem(to_pem(&SecretKey::from_seed([8; 32], "x").public()).as_bytes()).unwrap();
        assert!(read(&other, &bundle).unwrap_err().contains("by this key"));
        // One changed byte of the payload.
        let text = String::from_utf8(bundle).unwrap().replace("eyJzdWJqZWN0Ijog", "eyJzdWJqZWN1Ijog");
        assert!(read(&public, text.as_bytes()).is_err());
    }

    // Made with `openssl ecparam -name prime256v1 -genkey` and `openssl dgst -sha256 -sign`.
    #[test]
    fn a_signature_of_openssl_and_cosign_on_p256_is_checked() {
        let pem = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2+KErPZ59/J8eMKwsAOChTGVQvjn\n5UsOqHz7D49lQYVlEtS7AR2bpMj1rFUZ4qYBpKaOYstJhnCQUg7wKvem7A==\n-----END PUBLIC KEY-----\n";
        let signature = "MEUCIQCU/x4yrQWu2Cn3Oht4iNC9q79gxD4EkgOpeYE/gZv0gQIgNXiN7m+KTqOdlUNZa1Jl0PcBEFJ1v8pHG3yObjrrVYY=";
        let key = Key::from_pem(pem.as_bytes()).unwrap();
        let payload = b"{\"critical\": {}}";
        assert_eq!(detached(&key, payload, signature.as_bytes()).as_deref(), Ok(&payload[..]));
        assert!(detached(&key, b"{\"critical\": []}", signature.as_bytes()).is_err());
        assert!(detached(&key, payload, b"AAAA").is_err());
    }

    #[test]
    fn what_is_no_bundle_or_of_a_certificate_is_refused_in_words() {
        let key = Key::from_pem(to_pem(&SecretKey::from_seed([7; 32], "t").public()).as_bytes()).unwrap();
        for (text, why) in [
            ("{", "no bundle"),
            ("{\"mediaType\": \"x\"}", "neither"),
            (
                "{\"mediaType\": \"x\", \"verificationMaterial\": {\"certificate\": {\"rawBytes\": \"\"}}}",
                "certificate",
            ),
            ("{\"base64Signature\": \"AA==\"}", "older bundle"),
        ] {
            let said = read(&key, text.as_bytes()).unwrap_err();
            assert!(said.contains(why), "{text}: {said}");
        }
        assert!(Key::from_pem(b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----").is_err());
        assert!(Key::from_pem(b"nothing").is_err());
    }
}
