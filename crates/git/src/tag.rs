//! Tags: what they name, what they say, and what of them was signed.

use crate::error::{corrupted, failed};
use crate::log::person;
use crate::{Error, ObjectId, Person, Repository, Signature};

/// What an annotated tag says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The tag object's id.
    pub id: ObjectId,
    /// The name inside the tag object. Where it differs from [`Tag::name`], the tag was renamed by hand.
    pub name: String,
    /// Who made it, by its own claim.
    pub tagger: Option<Person>,
    /// The message, without the signature.
    pub message: String,
    /// The signature, if any; `signing` verifies it.
    pub signature: Option<Signature>,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name, without `refs/tags/`.
    pub name: String,
    /// The commit that it leads to.
    pub commit: ObjectId,
    /// What it says; `None` for a lightweight tag, which is only a name.
    pub annotation: Option<Annotation>,
}

/// Where a tag is, compared with where it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagState {
    /// There is no tag of that name (any more).
    Missing,
    /// It names the expected commit.
    InPlace,
    /// It names another commit.
    Moved {
        /// Where it is now.
        now: ObjectId,
    },
}

const ARMOR: [&[u8]; 3] =
    [b"-----BEGIN SSH SIGNATURE-----", b"-----BEGIN PGP SIGNATURE-----", b"-----BEGIN SIGNED MESSAGE-----"];

impl Repository {
    /// The names of all tags, sorted.
    pub fn tag_names(&self) -> Result<Vec<String>, Error> {
        let mut out = Vec::new();
        for reference in self.inner.references_glob("refs/tags/*").map_err(failed("listing the tags"))? {
            let reference = reference.map_err(failed("listing the tags"))?;
            let name = reference.name_bytes();
            let name = name.strip_prefix(b"refs/tags/").unwrap_or(name);
            out.push(String::from_utf8_lossy(name).into_owned());
        }
        out.sort();
        Ok(out)
    }

    /// The tag `name` (without `refs/tags/`).
    pub fn tag(&self, name: &str) -> Result<Tag, Error> {
        let reference = match self.inner.find_reference(&format!("refs/tags/{name}")) {
            Ok(reference) => reference,
            Err(e) if matches!(e.code(), git2::ErrorCode::NotFound | git2::ErrorCode::InvalidSpec) => {
                return Err(Error::UnknownTag(name.to_owned()));
            }
            Err(source) => {
                return Err(Error::Corrupted { what: format!("the tag `{name}` cannot be read"), source });
            }
        };
        let what = || format!("the tag `{name}` leads to nothing");
        let commit =
            reference.peel_to_commit().map_err(|source| Error::Corrupted { what: what(), source })?;
        let target = reference.resolve().ok().and_then(|r| r.target());
        let annotation = match target.filter(|id| *id != commit.id()) {
            Some(id) => Some(self.annotation(ObjectId(id))?),
            None => None,
        };
        Ok(Tag { name: name.to_owned(), commit: ObjectId(commit.id()), annotation })
    }

    fn annotation(&self, id: ObjectId) -> Result<Annotation, Error> {
        let tag = self.inner.find_tag(id.0).map_err(corrupted("tag", id))?;
        let odb = self.inner.odb().map_err(corrupted("object database for", id))?;
        let raw = odb.read(id.0).map_err(corrupted("tag", id))?;
        let signature = split_signature(raw.data());
        let message = tag.message_bytes().unwrap_or_default();
        let text = split_signature(message).map_or(message.to_vec(), |s| s.payload);
        Ok(Annotation {
            id,
            name: String::from_utf8_lossy(tag.name_bytes()).into_owned(),
            tagger: tag.tagger().map(|t| person(&t)),
            message: String::from_utf8_lossy(&text).into_owned(),
            signature,
        })
    }

    /// Whether the tag `name` is there and names `expected`.
    pub fn tag_state(&self, name: &str, expected: ObjectId) -> Result<TagState, Error> {
        match self.tag(name) {
            Ok(tag) if tag.commit == expected => Ok(TagState::InPlace),
            Ok(tag) => Ok(TagState::Moved { now: tag.commit }),
            Err(Error::UnknownTag(_)) => Ok(TagState::Missing),
            Err(other) => Err(other),
        }
    }
}

/// Splits a tag object at the last line that opens a signature: before it is what was signed.
fn split_signature(raw: &[u8]) -> Option<Signature> {
    let opens =
        |at: &usize| raw.get(*at..).is_some_and(|rest| ARMOR.iter().any(|armor| rest.starts_with(armor)));
    let starts_line = |at: &usize| at.checked_sub(1).is_none_or(|before| raw.get(before) == Some(&b'\n'));
    let at = (0..raw.len()).rev().filter(starts_line).find(opens)?;
    let (payload, armored) = raw.split_at(at);
    Some(Signature { payload: payload.to_vec(), armored: armored.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_starts_at_its_own_line_and_only_there() {
        let raw = b"tag v1\n\nsays -----BEGIN SSH SIGNATURE-----\n-----BEGIN SSH SIGNATURE-----\nAAAA\n";
        let split = split_signature(raw).unwrap();
        assert_eq!(split.payload, b"tag v1\n\nsays -----BEGIN SSH SIGNATURE-----\n");
        assert!(split.armored.starts_with(ARMOR[0]));
        assert_eq!(split_signature(b"tag v1\n\nno signature\n"), None);
        assert_eq!(split_signature(b""), None);
    }
}
