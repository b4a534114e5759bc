//! A change of the ledger's key: signed by the old and the new key, or, where the old one is lost, by the new key and
//! two persons.

use crate::checkpoint::read_size;
use crate::entry::{Draft, Entry};
use crate::signature::{PersonalSignature, SignatureError};
use serde_json::{Map, Value};
use signing::note::{Note, NoteError, VerifierKey};
use signing::{SignError, Signer};
use vocabulary::Digest;

/// The kind of an entry that changes the key.
pub const ROTATE_KIND: &str = "ledger/rotate/v1";

/// What an entry of kind `ledger/rotate/v1` states. From the entry after it on, the new key signs checkpoints.
#[derive(Debug, Clone, PartialEq)]
pub struct Rotation {
    /// The note that the keys sign: origin, kind, the position at which it is appended, old key, new key.
    pub note: Note,
    /// The key that ends.
    pub old_key: VerifierKey,
    /// The key that begins.
    pub new_key: VerifierKey,
    /// The position that the note was made for, which is the `seq` of its entry.
    pub position: u64,
    /// Why the key changes.
    pub reason: String,
    /// Where the old key is lost, the two persons who vouch for the new one; else empty.
    pub persons: Vec<PersonalSignature>,
}

/// Why an entry is no valid rotation.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// A field of the body is absent, unknown or of another form.
    #[error("rotation field `{field}`: {why}")]
    Field {
        /// The field.
        field: String,
        /// What is wrong.
        why: String,
    },
    /// The note's text is not that of a rotation.
    #[error("the rotation's note, line {line}: {why}")]
    Text {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        why: &'static str,
    },
    /// The note is no signed note, or a key did not sign it.
    #[error("the rotation's note: {0}")]
    Note(#[from] NoteError),
    /// The note is of another ledger.
    #[error("the rotation is of the ledger `{0}`")]
    Origin(String),
    /// The rotation was made for another position.
    #[error("the rotation was made for position {made_for}, it stands at {stands_at}")]
    Position {
        /// The position in the note.
        made_for: u64,
        /// The entry's place.
        stands_at: u64,
    },
    /// The old key in the note is not the one in force.
    #[error("the rotation ends key `{named}`, but `{in_force}` is in force")]
    OldKey {
        /// The old key that the note names.
        named: String,
        /// The key in force.
        in_force: String,
    },
    /// The new key is the old one.
    #[error("the new key is the old one")]
    SameKey,
    /// Without the old key's signature, two persons must sign.
    #[error("neither the old key nor two persons signed the rotation ({0} persons did)")]
    TooFewPersons(usize),
    /// A person's signature does not hold.
    #[error("person's signature {index}: {source}")]
    Person {
        /// Which one, from 0.
        index: usize,
        /// Why.
        source: SignatureError,
    },
    /// A person's statement is not about this rotation.
    #[error("person's signature {0} is over another statement: its `digest` is not that of the note's text")]
    PersonDigest(usize),
    /// Two signatures by one key are one person's.
    #[error("both persons' signatures are by one key")]
    OnePerson,
    /// The caller, who knows persons, does not accept them.
    #[error("the persons who signed are not accepted: {0}")]
    PersonsRefused(String),
    /// The verification was not told how to check persons.
    #[error("the rotation is by persons, and who they are was not checked here")]
    PersonsUnchecked,
}

/// Decides whether the persons of a rotation may vouch for a key at that position; `Err` says why not.
pub type PersonsCheck<'a> = dyn Fn(&Rotation) -> Result<(), String> + 'a;

impl Rotation {
    /// The text that is signed when the key of the ledger `old_key.name()` changes at `position`.
    pub fn text(position: u64, old_key: &VerifierKey, new_key: &VerifierKey) -> String {
        format!("{}\n{ROTATE_KIND}\n{position}\n{old_key}\n{new_key}\n", old_key.name())
    }

    /// The digest that a person's statement carries as `digest` when it vouches for this text.
    pub fn digest(&self) -> Digest {
        Digest::of(self.note.text().as_bytes())
    }

    /// A rotation that both keys sign. Append it with `decided_on` = `position`.
    pub fn by_both_keys(
        origin: &str,
        position: u64,
        old: &dyn Signer,
        new: &dyn Signer,
        reason: &str,
    ) -> Result<Rotation, SignError> {
        let old_key = VerifierKey::new(origin, old.public())?;
        let mut rotation = Rotation::by_new_key(&old_key, position, new, reason, Vec::new())?;
        rotation.note.sign(origin, old)?;
        Ok(rotation)
    }

    /// A rotation that the new key signs and two persons vouch for, because the old key is lost.
    pub fn by_new_key(
        old_key: &VerifierKey,
        position: u64,
        new: &dyn Signer,
        reason: &str,
        persons: Vec<PersonalSignature>,
    ) -> Result<Rotation, SignError> {
        let new_key = VerifierKey::new(old_key.name(), new.public())?;
        let mut note = Note::new(&Rotation::text(position, old_key, &new_key))?;
        note.sign(old_key.name(), new)?;
        let old_key = old_key.clone();
        Ok(Rotation { note, old_key, new_key, position, reason: reason.to_owned(), persons })
    }

    /// The draft of its entry.
    pub fn draft(&self, actor: &str, via: &str) -> Draft {
        let mut body = Map::new();
        body.insert("note".into(), Value::from(self.note.to_string()));
        body.insert("reason".into(), Value::from(self.reason.as_str()));
        if !self.persons.is_empty() {
            let persons = self.persons.iter().map(PersonalSignature::to_value).collect();
            body.insert("persons".into(), Value::Array(persons));
        }
        Draft { actor: actor.to_owned(), via: via.to_owned(), kind: ROTATE_KIND.to_owned(), body, sig: None }
    }

    /// Reads the body of an entry of this kind. Signatures are not checked here.
    pub fn of(entry: &Entry) -> Result<Rotation, RotationError> {
        let field =
            |field: &str, why: &str| RotationError::Field { field: field.to_owned(), why: why.to_owned() };
        let body = &entry.body;
        if let Some(unknown) = body.keys().find(|k| !["note", "reason", "persons"].contains(&k.as_str())) {
            return Err(field(&unknown.escape_debug().to_string(), "unknown"));
        }
        let text = |name: &str| match body.get(name) {
            Some(Value::String(s)) if !s.trim().is_empty() => Ok(s.as_str()),
            _ => Err(field(name, "missing, empty or not a text")),
        };
        let note = Note::parse(text("note")?.as_bytes())?;
        let mut persons = Vec::new();
        match body.get("persons") {
            None => {}
            Some(Value::Array(list)) => {
                for person in list {
                    let person = PersonalSignature::from_value(person.clone());
                    persons.push(person.map_err(|e| field("persons", &e.to_string()))?);
                }
            }
            Some(_) => return Err(field("persons", "not a list")),
        }
        let (position, old_key, new_key) = read_text(note.text())?;
        Ok(Rotation { note, old_key, new_key, position, reason: text("reason")?.to_owned(), persons })
    }

    /// Checks the rotation that stands at `seq` while `in_force` is the key.
    pub fn verify(
        &self,
        seq: u64,
        in_force: &VerifierKey,
        persons: Option<&PersonsCheck<'_>>,
    ) -> Result<(), RotationError> {
        if self.old_key.name() != in_force.name() || self.new_key.name() != in_force.name() {
            return Err(RotationError::Origin(self.old_key.name().to_owned()));
        }
        if self.position != seq {
            return Err(RotationError::Position { made_for: self.position, stands_at: seq });
        }
        if self.old_key != *in_force {
            let (named, in_force) = (self.old_key.to_string(), in_force.to_string());
            return Err(RotationError::OldKey { named, in_force });
        }
        if self.new_key.key() == self.old_key.key() {
            return Err(RotationError::SameKey);
        }
        self.note.verify(&self.new_key)?;
        match self.note.verify(&self.old_key) {
            Ok(()) => Ok(()),
            Err(NoteError::NotSigned(_)) => self.verify_persons(persons),
            Err(e) => Err(e.into()),
        }
    }

    fn verify_persons(&self, check: Option<&PersonsCheck<'_>>) -> Result<(), RotationError> {
        let [first, second] = self.persons.as_slice() else {
            return Err(RotationError::TooFewPersons(self.persons.len()));
        };
        let digest = Value::from(self.digest().to_string());
        let mut keys = Vec::new();
        for (index, person) in [first, second].into_iter().enumerate() {
            keys.push(person.verify().map_err(|source| RotationError::Person { index, source })?);
            if person.statement.get("digest") != Some(&digest) {
                return Err(RotationError::PersonDigest(index));
            }
        }
        if keys.first() == keys.get(1) {
            return Err(RotationError::OnePerson);
        }
        let check = check.ok_or(RotationError::PersonsUnchecked)?;
        check(self).map_err(RotationError::PersonsRefused)
    }
}

fn read_text(text: &str) -> Result<(u64, VerifierKey, VerifierKey), RotationError> {
    let wrong = |line, why| RotationError::Text { line, why };
    let lines: Vec<&str> = text.lines().collect();
    let [origin, kind, position, old, new] = lines.as_slice() else {
        return Err(wrong(lines.len(), "five lines were expected"));
    };
    if *kind != ROTATE_KIND {
        return Err(wrong(2, "not `ledger/rotate/v1`"));
    }
    let position = read_size(position).ok_or_else(|| wrong(3, "no decimal position"))?;
    let (old, new): (VerifierKey, VerifierKey) = (old.parse()?, new.parse()?);
    if old.name() != *origin || new.name() != *origin {
        return Err(wrong(1, "the keys are not named after the origin"));
    }
    Ok((position, old, new))
}
