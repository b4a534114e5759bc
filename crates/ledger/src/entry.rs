//! One entry: its fields, its canonical bytes, and the strict way back.

use crate::signature::PersonalSignature;
use serde_json::{Map, Value};
use vocabulary::Instant;
use vocabulary::canonical::{self, CanonicalError};

/// The most bytes that an entry may have: a C2SP entry bundle counts them in 16 bits. Larger content is a blob, named
/// by its digest.
pub const ENTRY_BYTES_MAX: usize = 65_535;

/// The most characters of `actor` and `via`.
const NAME_CHARS_MAX: usize = 200;

/// A line of the ledger. Its canonical bytes are what the Merkle tree hashes.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The place in the ledger, from 0, without gaps.
    pub seq: u64,
    /// When it was appended; never earlier than the entry before.
    pub at: Instant,
    /// Who acted: a person's or a service's id.
    pub actor: String,
    /// Through what: the program, and for automatic acts the process, e.g. `dossier 0.1.0 test import`.
    pub via: String,
    /// What it is, with its version: `anomaly/report/v1`.
    pub kind: String,
    /// What it says; its form belongs to the kind.
    pub body: Map<String, Value>,
    /// The signature of the person whose act it is, where it is a personal act.
    pub sig: Option<PersonalSignature>,
}

/// An entry before the store gives it its place and its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Who acts.
    pub actor: String,
    /// Through what.
    pub via: String,
    /// What it is, with its version.
    pub kind: String,
    /// What it says.
    pub body: Map<String, Value>,
    /// The signature of the person whose act it is.
    pub sig: Option<PersonalSignature>,
}

/// Why something is no entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// The bytes are not canonical JSON, or the value has no canonical form.
    #[error("{0}")]
    Canonical(#[from] CanonicalError),
    /// The value is no JSON object.
    #[error("an entry is a JSON object, this is another value")]
    NotAnObject,
    /// A field is absent.
    #[error("field `{0}` is missing")]
    Missing(&'static str),
    /// A field that entries do not have.
    #[error("unknown field `{0}`")]
    Unknown(String),
    /// A field has a value of another type or form.
    #[error("field `{field}` is wrong: {why}")]
    Field {
        /// The field, `sig.alg` for one inside the signature.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// More bytes than an entry may have.
    #[error("{0} bytes, at most {ENTRY_BYTES_MAX} fit; keep larger content as a blob and name its digest")]
    TooLarge(usize),
}

impl Draft {
    /// The entry that this draft becomes at a place and a time.
    pub fn at(&self, seq: u64, at: Instant) -> Entry {
        Entry {
            seq,
            at,
            actor: self.actor.clone(),
            via: self.via.clone(),
            kind: self.kind.clone(),
            body: self.body.clone(),
            sig: self.sig.clone(),
        }
    }
}

impl Entry {
    /// The canonical bytes. Fails where a field is malformed or the bytes are too many, so what this gives always
    /// decodes.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        self.check()?;
        // The fields in their canonical order, straight into the bytes: a body may be large, and is not copied first.
        let mut bytes = Vec::with_capacity(512);
        bytes.extend_from_slice(b"{\"actor\":");
        canonical::write_string(&self.actor, &mut bytes);
        bytes.extend_from_slice(b",\"at\":");
        canonical::write_string(&self.at.to_string(), &mut bytes);
        bytes.extend_from_slice(b",\"body\":");
        canonical::write_object(&self.body, &mut bytes)?;
        bytes.extend_from_slice(b",\"kind\":");
        canonical::write_string(&self.kind, &mut bytes);
        bytes.extend_from_slice(b",\"seq\":");
        canonical::write_value(&Value::from(self.seq), &mut bytes)?;
        if let Some(sig) = &self.sig {
            bytes.extend_from_slice(b",\"sig\":");
            canonical::write_value(&sig.to_value(), &mut bytes)?;
        }
        bytes.extend_from_slice(b",\"via\":");
        canonical::write_string(&self.via, &mut bytes);
        bytes.push(b'}');
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(EntryError::TooLarge(bytes.len()));
        }
        Ok(bytes)
    }

    /// Reads exactly the canonical bytes of an entry with exactly its fields; anything else is refused.
    pub fn decode(bytes: &[u8]) -> Result<Entry, EntryError> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(EntryError::TooLarge(bytes.len()));
        }
        let Value::Object(mut map) = canonical::from_canonical(bytes)? else {
            return Err(EntryError::NotAnObject);
        };
        let seq = map.remove("seq").ok_or(EntryError::Missing("seq"))?;
        let seq = seq.as_u64().ok_or_else(|| wrong("seq", "not an integer from 0"))?;
        let at = text(&mut map, "at", "at")?;
        let at = read_instant(&at)?;
        let entry = Entry {
            seq,
            at,
            actor: text(&mut map, "actor", "actor")?,
            via: text(&mut map, "via", "via")?,
            kind: text(&mut map, "kind", "kind")?,
            body: match map.remove("body") {
                Some(Value::Object(body)) => body,
                Some(_) => return Err(wrong("body", "not an object")),
                None => return Err(EntryError::Missing("body")),
            },
            sig: map.remove("sig").map(PersonalSignature::from_value).transpose()?,
        };
        no_more(map)?;
        entry.check()?;
        Ok(entry)
    }

    fn check(&self) -> Result<(), EntryError> {
        if self.seq > canonical::INTEGER_MAX.unsigned_abs() {
            return Err(wrong("seq", "not below 2^53"));
        }
        check_name("actor", &self.actor)?;
        check_name("via", &self.via)?;
        check_kind(&self.kind)
    }
}

/// Checks `noun/verb/vN`: two words of lower-case letters, digits and hyphens, and a version from 1.
pub fn check_kind(kind: &str) -> Result<(), EntryError> {
    let word = |w: &str| {
        w.starts_with(|c: char| c.is_ascii_lowercase())
            && w.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && !w.ends_with('-')
    };
    let version = |v: &str| {
        v.strip_prefix('v').is_some_and(|n| {
            !n.starts_with('0') && (1..=9).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit())
        })
    };
    match kind.split('/').collect::<Vec<_>>().as_slice() {
        [noun, verb, v] if word(noun) && word(verb) && version(v) => Ok(()),
        _ => Err(wrong("kind", "not of the form `noun/verb/v1`")),
    }
}

fn check_name(field: &'static str, name: &str) -> Result<(), EntryError> {
    if name.trim().is_empty() {
        return Err(wrong(field, "empty"));
    }
    if name.chars().any(char::is_control) {
        return Err(wrong(field, "has a control character"));
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(wrong(field, "longer than 200 characters"));
    }
    Ok(())
}

/// The instant in its one written form; `vocabulary` reads more forms than it writes.
pub(crate) fn read_instant(text: &str) -> Result<Instant, EntryError> {
    let at: Instant = text.parse().map_err(|e: vocabulary::ParseTimeError| wrong("at", &e.to_string()))?;
    if at.to_string() != text {
        return Err(wrong("at", "not in the form `2026-03-14T09:12:00.000Z`"));
    }
    Ok(at)
}

/// Takes the text field `name` out of a map; `field` is its name in errors.
pub(crate) fn text(
    map: &mut Map<String, Value>,
    name: &str,
    field: &'static str,
) -> Result<String, EntryError> {
    match map.remove(name) {
        Some(Value::String(s)) => Ok(s),
        Some(_) => Err(wrong(field, "not a text")),
        None => Err(EntryError::Missing(field)),
    }
}

/// Fails where fields are left that nobody took.
pub(crate) fn no_more(map: Map<String, Value>) -> Result<(), EntryError> {
    match map.into_iter().next() {
        Some((key, _)) => {
            Err(EntryError::Unknown(key.chars().take(64).flat_map(char::escape_debug).collect()))
        }
        None => Ok(()),
    }
}

pub(crate) fn wrong(field: &'static str, why: &str) -> EntryError {
    EntryError::Field { field, why: why.to_owned() }
}
