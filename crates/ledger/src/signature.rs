//! The signature of a person under an entry: over a statement that says what the signature means, so that it cannot
//! be cut out and pasted under something else.

use crate::entry::{EntryError, no_more, text, wrong};
use serde_json::{Map, Value};
use signing::sshsig::{self, SshSignature, SshsigError};
use signing::{PublicKey, SignError, Signer};
use vocabulary::canonical::{self, CanonicalError};

/// The namespace of every personal signature: `ssh-keygen -Y sign -n dossier.v1`.
pub const STATEMENT_NAMESPACE: &str = "dossier.v1";

/// The only kind of personal signature so far: SSHSIG by an ed25519 key. `alg` keeps the place for later ones.
pub const ALG_SSHSIG_ED25519: &str = "sshsig-ed25519";

/// A statement with its person's signature, as an entry carries it in `sig`.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonalSignature {
    /// How it was signed; `sshsig-ed25519`.
    pub alg: String,
    /// Which key: for `sshsig-ed25519` its fingerprint (`SHA256:…`).
    pub key_id: String,
    /// What is signed: the canonical bytes of this object.
    pub statement: Map<String, Value>,
    /// The signature; for `sshsig-ed25519` the armored text, as `ssh-keygen` writes it.
    pub signature: String,
}

/// Why a personal signature does not hold, or was not made.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// An `alg` that this version does not know.
    #[error("signature algorithm `{0}` is not known to this version")]
    Algorithm(String),
    /// The statement has no canonical form.
    #[error("the statement has no canonical form")]
    Statement(#[from] CanonicalError),
    /// The armored signature is malformed, or does not fit the statement.
    #[error("{0}")]
    Signature(#[from] SshsigError),
    /// `key_id` names another key than the one that signed.
    #[error("`key_id` is {named}, but the signature is by {signer}")]
    KeyId {
        /// What `key_id` says.
        named: String,
        /// The fingerprint of the key in the signature.
        signer: String,
    },
    /// The key did not sign.
    #[error("the statement was not signed")]
    Sign(#[from] SignError),
}

impl PersonalSignature {
    /// The signature of a statement that was signed elsewhere (`ssh-keygen -Y sign`). It is checked.
    pub fn accept(statement: Map<String, Value>, armored: &str) -> Result<PersonalSignature, SignatureError> {
        let signature = SshSignature::parse(armored)?;
        let accepted = PersonalSignature {
            alg: ALG_SSHSIG_ED25519.to_owned(),
            key_id: signature.public_key.fingerprint(),
            statement,
            // Written anew, so that the same signature has one form, whatever its line ends were.
            signature: signature.to_armored(),
        };
        accepted.verify()?;
        Ok(accepted)
    }

    /// The bytes that are signed: the statement's canonical form.
    pub fn signed_bytes(&self) -> Result<Vec<u8>, SignatureError> {
        Ok(canonical::to_vec(&self.statement)?)
    }

    /// Checks the signature over the statement and gives the key that made it. Whose key that was, and whether it was
    /// valid at this position, is for `records` to say.
    pub fn verify(&self) -> Result<PublicKey, SignatureError> {
        if self.alg != ALG_SSHSIG_ED25519 {
            return Err(SignatureError::Algorithm(self.alg.clone()));
        }
        let signature = SshSignature::parse(&self.signature)?;
        let signer = signature.public_key.fingerprint();
        if signer != self.key_id {
            return Err(SignatureError::KeyId { named: self.key_id.clone(), signer });
        }
        signature.verify(&self.signed_bytes()?, STATEMENT_NAMESPACE)?;
        Ok(signature.public_key)
    }

    /// The JSON form: `{alg, key_id, sig, statement}`.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.insert("alg".into(), Value::from(self.alg.as_str()));
        map.insert("key_id".into(), Value::from(self.key_id.as_str()));
        map.insert("sig".into(), Value::from(self.signature.as_str()));
        map.insert("statement".into(), Value::Object(self.statement.clone()));
        Value::Object(map)
    }

    /// Reads the JSON form; it has exactly its four fields. The signature itself is not checked here.
    pub fn from_value(value: Value) -> Result<PersonalSignature, EntryError> {
        let Value::Object(mut map) = value else { return Err(wrong("sig", "not an object")) };
        let signature = PersonalSignature {
            alg: text(&mut map, "alg", "sig.alg")?,
            key_id: text(&mut map, "key_id", "sig.key_id")?,
            statement: match map.remove("statement") {
                Some(Value::Object(statement)) => statement,
                Some(_) => return Err(wrong("sig.statement", "not an object")),
                None => return Err(EntryError::Missing("sig.statement")),
            },
            signature: text(&mut map, "sig", "sig.sig")?,
        };
        no_more(map)?;
        for (field, value) in [
            ("sig.alg", &signature.alg),
            ("sig.key_id", &signature.key_id),
            ("sig.sig", &signature.signature),
        ] {
            if value.is_empty() {
                return Err(wrong(field, "empty"));
            }
        }
        if signature.statement.is_empty() {
            return Err(wrong("sig.statement", "empty"));
        }
        Ok(signature)
    }
}

/// Has a key sign a statement.
pub fn sign_statement(
    statement: Map<String, Value>,
    signer: &dyn Signer,
) -> Result<PersonalSignature, SignatureError> {
    let bytes = canonical::to_vec(&statement)?;
    let signature = sshsig::sign(&bytes, STATEMENT_NAMESPACE, signer)?;
    let key_id = signer.public().fingerprint();
    Ok(PersonalSignature { alg: ALG_SSHSIG_ED25519.to_owned(), key_id, statement, signature })
}
