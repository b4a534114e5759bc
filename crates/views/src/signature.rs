//! The manifestation of a signature: 21 CFR 11.50 wants name, date and time, and meaning in every readable form.

use serde::Serialize;
use vocabulary::{Date, Digest, Instant};

use crate::Ref;

/// A signature as a reader sees it. Every renderer shows all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// The person's printed name, 11.50(a)(1).
    pub name: String,
    /// The person's id in the ledger.
    pub person: String,
    /// The role acted in, `risk-owner`.
    pub role: String,
    /// What the signature means, in words, 11.50(a)(3).
    pub meaning: String,
    /// When it was made, 11.50(a)(2).
    pub at: Instant,
    /// The fingerprint of the key, `SHA256:…`.
    pub key: String,
    /// When that key was enrolled, by ledger time.
    pub enrolled: Date,
    /// The ledger entry that enrolled it.
    pub enrolled_in: Ref,
    /// The ledger entry of the signature.
    pub entry: Ref,
    /// The digest that was signed.
    pub digest: Digest,
    /// Why it no longer holds; `None` while it does.
    pub void: Option<String>,
}

/// A place on a release or document for one signature, taken or open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seat {
    /// The role, `qa-lead`.
    pub role: String,
    /// The role for people, `QA lead`.
    pub title: String,
    /// What the person attests.
    pub statement: String,
    /// The signature, when made.
    pub signature: Option<Signature>,
    /// What an open seat waits for, `the gate`.
    pub waits_for: Option<String>,
    /// Whether the seat can be taken now.
    pub ready: bool,
}
