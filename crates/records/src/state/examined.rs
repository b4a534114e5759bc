//! What an entry says by itself, whatever came before it: here lies most of the work of a fold, and none of its order.

use crate::statement::Statement;
use ledger::Entry;
use std::borrow::Cow;
use std::ops::Deref;
use vocabulary::{Digest, canonical};

/// An entry with what its own bytes say of its signature. It can only be had by looking at the entry, and reads as one.
#[derive(Debug)]
pub struct Examined<'a> {
    entry: Cow<'a, Entry>,
    signed: Option<Signed>,
}

/// What the signature of an entry is, before anybody asks whose key made it.
#[derive(Debug)]
pub(super) struct Signed {
    /// The statement, or why it cannot be read.
    pub(super) statement: Result<Statement, String>,
    /// The digest of the statement's canonical bytes.
    pub(super) statement_digest: Option<Digest>,
    /// The digest of the body's canonical bytes.
    pub(super) body_digest: Result<Digest, String>,
    /// The public key that made the signature, as OpenSSH writes it without a comment, or why it does not hold.
    pub(super) key: Result<String, String>,
}

impl<'a> Examined<'a> {
    fn of(entry: Cow<'a, Entry>) -> Examined<'a> {
        let signed = entry.sig.as_ref().map(|sig| {
            let statement = serde_json::from_value(serde_json::Value::Object(sig.statement.clone()));
            Signed {
                statement: statement.map_err(|e| e.to_string()),
                statement_digest: canonical::to_vec(&sig.statement).ok().map(|bytes| Digest::of(&bytes)),
                body_digest: canonical::to_vec(&entry.body)
                    .map(|bytes| Digest::of(&bytes))
                    .map_err(|e| e.to_string()),
                key: sig.verify().map(|key| key.to_openssh("")).map_err(|e| e.to_string()),
            }
        });
        Examined { entry, signed }
    }

    /// The entry itself.
    pub fn into_entry(self) -> Entry {
        self.entry.into_owned()
    }

    /// What was found of the signature; none where there is no signature.
    pub(super) fn signed(&self) -> Option<&Signed> {
        self.signed.as_ref()
    }
}

impl<'a> From<&'a Entry> for Examined<'a> {
    fn from(entry: &'a Entry) -> Examined<'a> {
        Examined::of(Cow::Borrowed(entry))
    }
}

impl From<Entry> for Examined<'static> {
    fn from(entry: Entry) -> Examined<'static> {
        Examined::of(Cow::Owned(entry))
    }
}

impl Deref for Examined<'_> {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.entry
    }
}
