//! The statement that a person signs: what, about which bytes, in which role, with which meaning, when.
//!
//! A statement is canonical JSON and is signed with SSHSIG in the namespace `dossier.v1`, so that a person may sign on
//! another machine with `ssh-keygen -Y sign -n dossier.v1 -f KEY FILE` and nothing of ours.

use serde::{Deserialize, Serialize};
use vocabulary::{Digest, Instant, canonical};

pub use ledger::STATEMENT_NAMESPACE as NAMESPACE;

/// The value of [`Statement::format`].
pub const FORMAT: &str = "dossier/statement/v1";

/// What a person puts their name to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Always [`FORMAT`].
    pub format: String,
    /// The origin of the ledger: a statement for one ledger says nothing in another.
    pub origin: String,
    /// The kind of the entry.
    pub kind: String,
    /// What it is about: `2.4.0`, `AN-7`, `DOC-SDP`.
    pub subject: String,
    /// What was signed: the evidence manifest, the document's content, or else the canonical bytes of the body.
    pub digest: Digest,
    /// The role acted in.
    pub role: String,
    /// What the signature means (21 CFR 11.50 a 3).
    pub meaning: String,
    /// The person's id.
    pub person: String,
    /// When the person says that they signed. Shown; validity goes by ledger position.
    pub at: Instant,
    /// The position of the ledger that the person had seen: the entry cannot stand before it.
    #[serde(rename = "after-position")]
    pub after_position: u64,
}

/// Why bytes are no statement.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// Not canonical JSON.
    #[error("the statement is not canonical JSON")]
    Canonical(#[from] canonical::CanonicalError),
    /// JSON, but not a statement.
    #[error("the statement has not the fields of `dossier/statement/v1`")]
    Fields(#[from] serde_json::Error),
    /// A statement of another format.
    #[error("format `{0}` is not `dossier/statement/v1`")]
    Format(String),
}

impl Statement {
    /// The bytes that are signed.
    ///
    /// # Errors
    /// When a number has no canonical form; no statement made by dossier has one.
    pub fn to_bytes(&self) -> Result<Vec<u8>, StatementError> {
        Ok(canonical::to_vec(self)?)
    }

    /// Reads the bytes that were signed. Exactly the canonical form is taken.
    ///
    /// # Errors
    /// When the bytes are anything else than the canonical form of a statement.
    pub fn from_bytes(bytes: &[u8]) -> Result<Statement, StatementError> {
        let statement: Statement = serde_json::from_value(canonical::from_canonical(bytes)?)?;
        if statement.format == FORMAT { Ok(statement) } else { Err(StatementError::Format(statement.format)) }
    }
}
