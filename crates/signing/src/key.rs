//! Ed25519 keys, and the one trait by which anything signs: a key file, or an agent that keeps the key to itself.

use crate::openssh;
use crate::wire::WireError;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};
use std::cmp::Ordering;
use std::fmt;

/// Bytes of an ed25519 signature.
pub const SIGNATURE_LEN: usize = 64;

/// Why a key could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The text has not the frame of the expected file.
    #[error("no {expected}: {why}")]
    Form {
        /// What was expected, e.g. `OpenSSH private key`.
        expected: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The base64 inside the frame cannot be read.
    #[error("the key's base64 cannot be read")]
    Base64(#[from] base64::DecodeError),
    /// The bytes inside the frame have not the structure of a key.
    #[error("the key's content cannot be read")]
    Wire(#[from] WireError),
    /// The private key is protected by a passphrase.
    #[error(
        "the private key is encrypted ({cipher}); add it to an ssh-agent, or give a key without a passphrase"
    )]
    Encrypted {
        /// The cipher that the file names.
        cipher: String,
    },
    /// A key of another algorithm than ed25519.
    #[error("key algorithm `{0}` is not supported; use `ssh-ed25519`")]
    Algorithm(String),
    /// The parts of a private key contradict each other, or its padding is not the prescribed one.
    #[error("the private key is damaged: {0}")]
    Damaged(&'static str),
    /// The 32 bytes are no point of the curve, or one that no honest key has.
    #[error("the bytes are no ed25519 public key")]
    Point,
    /// The operating system gave no random bytes.
    #[error("no random bytes from the operating system")]
    Random(#[source] getrandom::Error),
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The agent could not be reached, or refused.
    #[cfg(unix)]
    #[error("the ssh-agent did not sign")]
    Agent(#[from] crate::agent::AgentError),
    /// A namespace is empty, which the SSHSIG format forbids.
    #[error("an SSH signature needs a namespace")]
    NoNamespace,
    /// A note's key name or text cannot be signed.
    #[error("the note cannot be signed")]
    Note(#[from] crate::note::NoteError),
}

/// The signature is not one of this key over these bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not one of this key over these bytes")]
pub struct VerifyError;

/// Whatever can make an ed25519 signature: a key that is at hand, or an agent that holds it.
pub trait Signer {
    /// The public half of the key that signs.
    fn public(&self) -> PublicKey;

    /// Signs `message` as it stands (no hashing before).
    fn sign(&self, message: &[u8]) -> Result<[u8; SIGNATURE_LEN], SignError>;
}

/// An ed25519 public key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl PublicKey {
    /// The key of these 32 bytes (RFC 8032 section 5.1.5). Points of small order are refused: a signature under such
    /// a key proves nothing.
    pub fn from_bytes(bytes: [u8; 32]) -> Result<PublicKey, KeyError> {
        match ed25519_dalek::VerifyingKey::from_bytes(&bytes) {
            Ok(key) if !key.is_weak() => Ok(PublicKey(key)),
            _ => Err(KeyError::Point),
        }
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Reads one line `ssh-ed25519 AAAA… comment`; gives the key and the comment (empty where there is none).
    pub fn from_openssh(line: &str) -> Result<(PublicKey, String), KeyError> {
        openssh::read_public(line)
    }

    /// The line `ssh-ed25519 AAAA… comment`, without a line end. Line ends in the comment become spaces, so that it
    /// stays one line.
    pub fn to_openssh(&self, comment: &str) -> String {
        openssh::write_public(self, comment)
    }

    /// The key's fingerprint as `ssh-keygen -l` prints it: `SHA256:` and unpadded base64.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(openssh::public_blob(self));
        format!("SHA256:{}", BASE64_STANDARD_NO_PAD.encode(digest))
    }

    /// Checks a signature over `message`, strictly: malleable and small-order forms are refused.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), VerifyError> {
        let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| VerifyError)?;
        self.0.verify_strict(message, &signature).map_err(|_| VerifyError)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.fingerprint())
    }
}

/// An ed25519 private key with its comment. Wiped from memory when dropped; its debug form shows the public half only.
pub struct SecretKey {
    key: ed25519_dalek::SigningKey,
    comment: String,
}

impl SecretKey {
    /// A new key from the operating system's random bytes.
    pub fn generate(comment: &str) -> Result<SecretKey, KeyError> {
        let mut seed = zeroize::Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut_slice()).map_err(KeyError::Random)?;
        Ok(SecretKey::from_seed(*seed, comment))
    }

    /// The key of a 32-byte seed (RFC 8032 section 5.1.5): the same seed, the same key.
    pub fn from_seed(seed: [u8; 32], comment: &str) -> SecretKey {
        SecretKey { key: ed25519_dalek::SigningKey::from_bytes(&seed), comment: comment.to_owned() }
    }

    /// Reads an unencrypted OpenSSH private key file (`-----BEGIN OPENSSH PRIVATE KEY-----`).
    pub fn from_openssh(text: &str) -> Result<SecretKey, KeyError> {
        openssh::read_private(text)
    }

    /// The key as an unencrypted OpenSSH private key file. It is a secret: write it where only its owner reads.
    pub fn to_openssh(&self) -> zeroize::Zeroizing<String> {
        openssh::write_private(self)
    }

    /// The comment that the key file carries.
    pub fn comment(&self) -> &str {
        &self.comment
    }

    pub(crate) fn seed(&self) -> zeroize::Zeroizing<[u8; 32]> {
        zeroize::Zeroizing::new(self.key.to_bytes())
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.key.verifying_key())
    }
}

impl Signer for SecretKey {
    fn public(&self) -> PublicKey {
        SecretKey::public(self)
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; SIGNATURE_LEN], SignError> {
        Ok(self.key.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}, …)", self.public().fingerprint())
    }
}
