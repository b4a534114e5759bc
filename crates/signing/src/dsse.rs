//! DSSE envelopes (<https://github.com/secure-systems-lab/dsse>, version 1): a payload with its type, signed by one or
//! more keys. What the payload says, e.g. an in-toto statement, is its reader's business.

use crate::key::{PublicKey, SignError, Signer};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};

/// The payload type of in-toto statements.
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

/// Why bytes are no DSSE envelope, or not a trusted one.
#[derive(Debug, thiserror::Error)]
pub enum DsseError {
    /// The bytes are no JSON object of an envelope.
    #[error("no DSSE envelope")]
    Json(#[from] serde_json::Error),
    /// A base64 field cannot be read.
    #[error("the envelope's {field} cannot be read")]
    Base64 {
        /// `payload` or `sig`.
        field: &'static str,
        /// Why.
        source: base64::DecodeError,
    },
    /// An envelope without any signature.
    #[error("the envelope has no signature")]
    Unsigned,
    /// No signature of the envelope is by this key.
    #[error("no signature of the envelope is by {0}")]
    NotSigned(String),
    /// The payload has another type than the reader expects.
    #[error("the payload is of type `{found}`, not `{expected}`")]
    PayloadType {
        /// What the caller demands.
        expected: String,
        /// What the envelope says.
        found: String,
    },
}

/// A payload with its signatures. Parsing proves nothing: `verify` does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    payload_type: String,
    payload: Vec<u8>,
    signatures: Vec<EnvelopeSignature>,
}

/// One signature of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeSignature {
    /// A hint which key signed; this crate writes the key's fingerprint. Unauthenticated, and empty where not given.
    pub key_id: String,
    /// The raw signature over the pre-authentication encoding.
    pub signature: Vec<u8>,
}

/// The envelope as JSON.
#[derive(Serialize, Deserialize)]
struct WireEnvelope {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<WireSignature>,
}

#[derive(Serialize, Deserialize)]
struct WireSignature {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    keyid: String,
    sig: String,
}

/// The bytes that are signed: type and payload with their lengths, so that neither can run into the other.
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

impl Envelope {
    /// An envelope without a signature yet.
    pub fn new(payload_type: &str, payload: Vec<u8>) -> Envelope {
        Envelope { payload_type: payload_type.to_owned(), payload, signatures: Vec::new() }
    }

    /// Reads the JSON form. Unknown fields are ignored, as the specification demands; an envelope without signatures
    /// is refused.
    pub fn from_json(bytes: &[u8]) -> Result<Envelope, DsseError> {
        let wire: WireEnvelope = serde_json::from_slice(bytes)?;
        if wire.signatures.is_empty() {
            return Err(DsseError::Unsigned);
        }
        let mut signatures = Vec::with_capacity(wire.signatures.len());
        for s in wire.signatures {
            signatures.push(EnvelopeSignature { key_id: s.keyid, signature: read_base64(&s.sig, "sig")? });
        }
        let payload = read_base64(&wire.payload, "payload")?;
        Ok(Envelope { payload_type: wire.payload_type, payload, signatures })
    }

    /// The JSON form, compact, without a line end.
    pub fn to_json(&self) -> Vec<u8> {
        let signatures = self
            .signatures
            .iter()
            .map(|s| WireSignature { keyid: s.key_id.clone(), sig: BASE64_STANDARD.encode(&s.signature) });
        let wire = WireEnvelope {
            payload: BASE64_STANDARD.encode(&self.payload),
            payload_type: self.payload_type.clone(),
            signatures: signatures.collect(),
        };
        // Strings in a struct always serialise; an empty answer would fail every reader loudly.
        serde_json::to_vec(&wire).unwrap_or_default()
    }

    /// What the payload is.
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The payload, **not yet trusted**; `verify` gives it once a signature holds.
    pub fn payload_unverified(&self) -> &[u8] {
        &self.payload
    }

    /// The signatures in their order.
    pub fn signatures(&self) -> &[EnvelopeSignature] {
        &self.signatures
    }

    /// Adds a signature, with the key's fingerprint as its key id.
    pub fn sign(&mut self, signer: &dyn Signer) -> Result<(), SignError> {
        let signature =
            signer.sign(&pre_authentication_encoding(&self.payload_type, &self.payload))?.to_vec();
        self.signatures.push(EnvelopeSignature { key_id: signer.public().fingerprint(), signature });
        Ok(())
    }

    /// Checks that `key` signed this payload as `payload_type`, and gives the payload. The key id is only a hint, so
    /// every signature is tried.
    pub fn verify(&self, payload_type: &str, key: &PublicKey) -> Result<&[u8], DsseError> {
        if self.payload_type != payload_type {
            let (expected, found) = (payload_type.to_owned(), crate::openssh::printable(&self.payload_type));
            return Err(DsseError::PayloadType { expected, found });
        }
        if self.signatures.is_empty() {
            return Err(DsseError::Unsigned);
        }
        let signed = pre_authentication_encoding(&self.payload_type, &self.payload);
        if self.signatures.iter().any(|s| key.verify(&signed, &s.signature).is_ok()) {
            return Ok(&self.payload);
        }
        Err(DsseError::NotSigned(key.fingerprint()))
    }
}

/// Standard or URL-safe base64: the specification lets a writer choose.
fn read_base64(text: &str, field: &'static str) -> Result<Vec<u8>, DsseError> {
    let standard = text.replace('-', "+").replace('_', "/");
    BASE64_STANDARD.decode(standard).map_err(|source| DsseError::Base64 { field, source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;
    use proptest::prelude::*;

    #[test]
    fn the_encoding_is_that_of_the_specification() {
        // protocol.md of DSSE: type `http://example.com/HelloWorld`, payload `hello world`.
        assert_eq!(
            pre_authentication_encoding("http://example.com/HelloWorld", b"hello world"),
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }

    #[test]
    fn an_envelope_holds_several_signatures_and_each_counts_for_its_own_key() {
        let keys = [1u8, 2, 3].map(|n| SecretKey::from_seed([n; 32], ""));
        let mut envelope = Envelope::new(IN_TOTO, b"{}".to_vec());
        assert!(matches!(envelope.verify(IN_TOTO, &keys[0].public()), Err(DsseError::Unsigned)));
        assert!(matches!(Envelope::from_json(&envelope.to_json()), Err(DsseError::Unsigned)));
        envelope.sign(&keys[0]).unwrap();
        envelope.sign(&keys[1]).unwrap();
        let read = Envelope::from_json(&envelope.to_json()).unwrap();
        assert_eq!(read, envelope);
        assert_eq!(read.verify(IN_TOTO, &keys[1].public()).unwrap(), b"{}");
        assert!(matches!(read.verify(IN_TOTO, &keys[2].public()), Err(DsseError::NotSigned(_))));
        assert!(matches!(read.verify("text/plain", &keys[0].public()), Err(DsseError::PayloadType { .. })));
    }

    #[test]
    fn broken_envelopes_are_refused() {
        for bad in [
            "",
            "[]",
            "{}",
            r#"{"payload":"e30=","payloadType":"t"}"#,
            r#"{"payload":"e30=","payloadType":"t","signatures":[]}"#,
            r#"{"payload":"!","payloadType":"t","signatures":[{"sig":"AAAA"}]}"#,
            r#"{"payload":"e30=","payloadType":"t","signatures":[{"sig":"A"}]}"#,
            r#"{"payload":"e30=","payload":"e30=","payloadType":"t","signatures":[{"sig":"AAAA"}]}"#,
        ] {
            assert!(Envelope::from_json(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn payload_and_type_are_both_signed(payload in prop::collection::vec(any::<u8>(), 0..64), flip in any::<prop::sample::Index>()) {
            let key = SecretKey::from_seed([1; 32], "");
            let mut envelope = Envelope::new("t", payload.clone());
            envelope.sign(&key).unwrap();
            prop_assert_eq!(envelope.verify("t", &key.public()).unwrap(), &payload[..]);
            let mut other = envelope.clone();
            other.payload_type = "u".into();
            prop_assert!(other.verify("u", &key.public()).is_err());
            if !payload.is_empty() {
                let at = flip.index(payload.len());
                envelope.payload[at] ^= 1;
                prop_assert!(envelope.verify("t", &key.public()).is_err());
            }
        }

        #[test]
        fn any_bytes_are_an_error_or_an_envelope(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Envelope::from_json(&bytes);
        }
    }
}
