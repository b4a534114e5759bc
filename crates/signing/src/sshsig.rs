//! SSHSIG: the detached signatures of `ssh-keygen -Y sign` and of `git` (OpenSSH's `PROTOCOL.sshsig`).
//!
//! What is signed is not the message but a structure with the namespace and the message's SHA-512 (or SHA-256), so a
//! signature made for one purpose cannot be passed off as one for another.

use crate::key::{KeyError, PublicKey, SIGNATURE_LEN, SignError, Signer, VerifyError};
use crate::openssh::{
    ArmorError, ED25519, printable, public_blob, read_armor, read_public_blob, write_armor,
};
use crate::wire::{Reader, WireError, put_string, put_u32};
use sha2::{Digest as _, Sha256, Sha512};

const MAGIC: &[u8] = b"SSHSIG";
const VERSION: u32 = 1;
const LABEL: &str = "SSH SIGNATURE";

/// Why a text is no SSH signature, or not the expected one.
#[derive(Debug, thiserror::Error)]
pub enum SshsigError {
    /// The `-----BEGIN SSH SIGNATURE-----` frame is missing or broken.
    #[error("no SSH signature: {0}")]
    Frame(String),
    /// The base64 inside the frame cannot be read.
    #[error("the SSH signature's base64 cannot be read")]
    Base64(#[source] base64::DecodeError),
    /// The content has not the structure of an SSH signature.
    #[error("the SSH signature's content cannot be read")]
    Wire(#[from] WireError),
    /// A version other than 1.
    #[error("SSH signature version {0} is not supported; version 1 is")]
    Version(u32),
    /// The embedded public key cannot be used.
    #[error("the SSH signature's public key cannot be used")]
    Key(#[source] KeyError),
    /// The hash algorithm is neither `sha256` nor `sha512`.
    #[error("hash algorithm `{0}` is not supported; `sha512` and `sha256` are")]
    Hash(String),
    /// The signature's own algorithm is not that of an ed25519 key.
    #[error("signature algorithm `{0}` is not supported; `ssh-ed25519` is")]
    Algorithm(String),
    /// The raw signature has not 64 bytes.
    #[error("an ed25519 signature has 64 bytes, this one has {0}")]
    Length(usize),
    /// The signature was made for another purpose.
    #[error("the signature was made for namespace `{found}`, not for `{expected}`")]
    Namespace {
        /// What the caller demands.
        expected: String,
        /// What the signature says.
        found: String,
    },
    /// The signature was made by another key.
    #[error("the signature was made by {found}, not by {expected}")]
    OtherKey {
        /// Fingerprint of the key that the caller demands.
        expected: String,
        /// Fingerprint of the key in the signature.
        found: String,
    },
    /// The signature does not fit the message.
    #[error("the signature does not fit the message")]
    Mismatch(#[from] VerifyError),
}

/// The digest by which the message enters the signed structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashAlgorithm {
    /// `sha256`, allowed by the format.
    Sha256,
    /// `sha512`, what `ssh-keygen` and this crate write.
    Sha512,
}

impl HashAlgorithm {
    fn name(self) -> &'static str {
        match self {
            HashAlgorithm::Sha256 => "sha256",
            HashAlgorithm::Sha512 => "sha512",
        }
    }

    fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            HashAlgorithm::Sha256 => Sha256::digest(message).to_vec(),
            HashAlgorithm::Sha512 => Sha512::digest(message).to_vec(),
        }
    }
}

/// A parsed SSH signature. Parsing proves nothing: `verify` does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshSignature {
    /// The key that the signature claims to be of.
    pub public_key: PublicKey,
    /// The purpose it was made for.
    pub namespace: String,
    /// How the message was hashed.
    pub hash: HashAlgorithm,
    /// The raw ed25519 signature.
    pub signature: [u8; SIGNATURE_LEN],
}

impl SshSignature {
    /// Reads the armored text. The reserved field must be empty, as the format demands of signers.
    pub fn parse(armored: &str) -> Result<SshSignature, SshsigError> {
        let bytes = read_armor(LABEL, armored).map_err(|e| match e {
            ArmorError::Frame(why) => SshsigError::Frame(why),
            ArmorError::Base64(e) => SshsigError::Base64(e),
        })?;
        let mut r = Reader::new(&bytes);
        if r.raw(MAGIC.len(), "magic")? != MAGIC {
            return Err(SshsigError::Frame("its content does not begin with `SSHSIG`".to_owned()));
        }
        let version = r.u32("version")?;
        if version != VERSION {
            return Err(SshsigError::Version(version));
        }
        let public_key = read_public_blob(r.string("public key")?).map_err(SshsigError::Key)?;
        let namespace = r.text("namespace")?.to_owned();
        if !r.string("reserved")?.is_empty() {
            return Err(SshsigError::Frame("its reserved field is not empty".to_owned()));
        }
        let hash = match r.text("hash algorithm")? {
            "sha256" => HashAlgorithm::Sha256,
            "sha512" => HashAlgorithm::Sha512,
            other => return Err(SshsigError::Hash(printable(other))),
        };
        let blob = r.string("signature")?;
        r.end()?;
        let mut r = Reader::new(blob);
        let algorithm = r.text("signature algorithm")?;
        if algorithm != ED25519 {
            return Err(SshsigError::Algorithm(printable(algorithm)));
        }
        let raw = r.string("raw signature")?;
        r.end()?;
        let signature = raw.try_into().map_err(|_| SshsigError::Length(raw.len()))?;
        Ok(SshSignature { public_key, namespace, hash, signature })
    }

    /// The armored text, as `ssh-keygen -Y sign` writes it.
    pub fn to_armored(&self) -> String {
        let mut blob = Vec::new();
        put_string(&mut blob, ED25519.as_bytes());
        put_string(&mut blob, &self.signature);
        let mut out = MAGIC.to_vec();
        put_u32(&mut out, VERSION);
        put_string(&mut out, &public_blob(&self.public_key));
        put_string(&mut out, self.namespace.as_bytes());
        put_string(&mut out, b"");
        put_string(&mut out, self.hash.name().as_bytes());
        put_string(&mut out, &blob);
        write_armor(LABEL, &out)
    }

    /// Checks that the embedded key signed `message` for `namespace`. Whose key it is stays the caller's question.
    pub fn verify(&self, message: &[u8], namespace: &str) -> Result<(), SshsigError> {
        if self.namespace != namespace {
            let (expected, found) = (namespace.to_owned(), printable(&self.namespace));
            return Err(SshsigError::Namespace { expected, found });
        }
        let signed = signed_data(&self.namespace, self.hash, message);
        self.public_key.verify(&signed, &self.signature)?;
        Ok(())
    }
}

/// Signs `message` for `namespace`; gives the armored text that `ssh-keygen -Y verify` accepts.
pub fn sign(message: &[u8], namespace: &str, signer: &dyn Signer) -> Result<String, SignError> {
    if namespace.is_empty() {
        return Err(SignError::NoNamespace);
    }
    let hash = HashAlgorithm::Sha512;
    let signature = signer.sign(&signed_data(namespace, hash, message))?;
    let signature =
        SshSignature { public_key: signer.public(), namespace: namespace.to_owned(), hash, signature };
    Ok(signature.to_armored())
}

/// Checks an armored signature over `message` for `namespace` by exactly the key `expected`.
pub fn verify(
    armored: &str,
    message: &[u8],
    namespace: &str,
    expected: &PublicKey,
) -> Result<(), SshsigError> {
    let signature = SshSignature::parse(armored)?;
    if signature.public_key != *expected {
        return Err(SshsigError::OtherKey {
            expected: expected.fingerprint(),
            found: signature.public_key.fingerprint(),
        });
    }
    signature.verify(message, namespace)
}

/// The bytes that the key signs (`PROTOCOL.sshsig` section 2).
fn signed_data(namespace: &str, hash: HashAlgorithm, message: &[u8]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    put_string(&mut out, namespace.as_bytes());
    put_string(&mut out, b"");
    put_string(&mut out, hash.name().as_bytes());
    put_string(&mut out, &hash.digest(message));
    out
}
