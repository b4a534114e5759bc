//! Checking a personal act: does the signature say what the entry says, by a key and in a role that were in force?

use super::examined::{Examined, Signed};
use super::{Signer, State};
use crate::Record;
use crate::statement::Statement;
use ledger::Entry;

impl State {
    /// The manifestation of the entry's signature, or why it does not hold.
    ///
    /// `own_key` is the key that the entry itself enrols (proof of possession); all others are looked up.
    pub(super) fn check_act<R: Record>(
        &self,
        entry: &Examined<'_>,
        body: &R,
        own_key: Option<&str>,
    ) -> Result<Signer, String> {
        let missing = "carries no personal signature";
        let (sig, signed) = entry.sig.as_ref().zip(entry.signed()).ok_or(missing)?;
        let statement =
            signed.statement.as_ref().map_err(|e| format!("its statement cannot be read: {e}"))?;
        self.compare(entry, signed, body, statement)?;
        let person = self
            .persons
            .get(&statement.person)
            .filter(|p| p.active_at(entry.seq))
            .ok_or_else(|| format!("`{}` is not an enrolled, active person", statement.person))?;
        let (public_key, enrolled) = match own_key {
            Some(key) => (key, entry.at),
            None => {
                let key = person.key_at(&sig.key_id, entry.seq).ok_or_else(|| {
                    format!("key {} of `{}` is not in force at this position", sig.key_id, statement.person)
                })?;
                (key.enrolled.body.public_key.as_str(), key.enrolled.meta.at)
            }
        };
        // Enrolling a key needs no role: it is how a person comes to have the means to act in one.
        if own_key.is_none() && !statement.role.is_empty() && !self.role_held(statement, entry) {
            return Err(format!("`{}` did not hold the role `{}`", statement.person, statement.role));
        }
        let signed_by = signed
            .key
            .as_ref()
            .map_err(|e| format!("the signature of `{}` does not hold: {e}", statement.person))?;
        if signed_by != public_key {
            return Err(format!("the signature is by another key than {}", sig.key_id));
        }
        Ok(Signer {
            person: statement.person.as_str().into(),
            name: person.name().into(),
            role: statement.role.as_str().into(),
            meaning: statement.meaning.as_str().into(),
            at: statement.at,
            key_id: sig.key_id.as_str().into(),
            key_enrolled: enrolled,
            digest: statement.digest,
        })
    }

    fn role_held(&self, statement: &Statement, entry: &Entry) -> bool {
        self.persons
            .get(&statement.person)
            .is_some_and(|p| p.holds(&statement.role, entry.seq, entry.at.date_utc()))
    }

    /// The statement must repeat what the entry says, so that a signature cut from one record fits no other
    /// (21 CFR 11.70).
    fn compare<R: Record>(
        &self,
        entry: &Entry,
        signed: &Signed,
        body: &R,
        statement: &Statement,
    ) -> Result<(), String> {
        let differs = |what: &str, signed: &dyn std::fmt::Display, found: &dyn std::fmt::Display| {
            Err(format!("the signed {what} is `{signed}`, the entry's is `{found}`"))
        };
        if statement.format != crate::statement::FORMAT {
            return differs("format", &statement.format, &crate::statement::FORMAT);
        }
        if statement.origin != self.origin {
            return differs("origin", &statement.origin, &self.origin);
        }
        if statement.kind != entry.kind {
            return differs("kind", &statement.kind, &entry.kind);
        }
        let subject = body.subject();
        if statement.subject != subject {
            return differs("subject", &statement.subject, &subject);
        }
        if statement.person != entry.actor {
            return differs("person", &statement.person, &entry.actor);
        }
        // What a statement about `body` covers.
        let digest = body.covers().map_or_else(|| signed.body_digest.clone(), Ok)?;
        if statement.digest != digest {
            return differs("digest", &statement.digest, &digest);
        }
        if statement.after_position > entry.seq {
            return differs("position", &statement.after_position, &entry.seq);
        }
        Ok(())
    }
}
