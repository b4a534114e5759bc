//! Signatures: ed25519 keys in OpenSSH's file forms, SSHSIG (what `ssh-keygen -Y` writes), DSSE envelopes and C2SP
//! signed notes, keys under passwords, one-time codes, passkeys, RFC 3161 time stamps. Bytes in, bytes out.
//!
//! It knows no ledger, no person and no statement: what a signature means, and whose key it is, is decided by its
//! callers. No type of a cryptographic library appears in its interface, so that two generations of such libraries
//! can live in one program. It reads no file and no clock; the only I/O is the socket of an ssh-agent (`agent`,
//! Unix only).

#[cfg(unix)]
pub mod agent;
pub mod bundle;
pub mod dsse;
mod key;
pub mod mac;
pub mod note;
mod openssh;
pub mod password;
pub mod sealed;
pub mod sshsig;
pub mod timestamp;
pub mod webauthn;
mod wire;

pub use key::{KeyError, PublicKey, SIGNATURE_LEN, SecretKey, SignError, Signer, VerifyError};
