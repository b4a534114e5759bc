//! The history: commits with the trailers of their messages.

use crate::error::{corrupted, failed};
use crate::{Error, ObjectId, Repository};

/// Who wrote or committed something, and when, as the commit claims: shown, never relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name, with U+FFFD for what is not UTF-8.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Claimed time, seconds since 1970-01-01 UTC.
    pub seconds: i64,
    /// Claimed offset from UTC, in minutes.
    pub offset_minutes: i32,
}

/// A `Key: value` line of the last paragraph of a message, as `git interpret-trailers` reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trailer {
    /// For instance `Change`.
    pub key: String,
    /// For instance `CR-7`.
    pub value: String,
}

/// A signature over a commit or a tag, not verified here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Exactly the bytes that were signed.
    pub payload: Vec<u8>,
    /// The armored signature (`-----BEGIN SSH SIGNATURE-----` or PGP).
    pub armored: Vec<u8>,
}

/// A commit as the log shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: ObjectId,
    /// The id of its tree.
    pub tree: ObjectId,
    /// Its parents, first parent first.
    pub parents: Vec<ObjectId>,
    /// Who wrote it, by its own claim.
    pub author: Person,
    /// Who committed it, by its own claim.
    pub committer: Person,
    /// The whole message, with U+FFFD for what is not UTF-8.
    pub message: String,
    /// The trailers of the message, in order.
    pub trailers: Vec<Trailer>,
}

impl Commit {
    /// The first line of the message.
    pub fn summary(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }

    /// The values of all trailers named `key` (without regard to case), each split at commas: `Change: CR-7, CR-8`
    /// gives two.
    pub fn trailer_values<'c>(&'c self, key: &'c str) -> impl Iterator<Item = &'c str> {
        self.trailers
            .iter()
            .filter(move |t| t.key.eq_ignore_ascii_case(key))
            .flat_map(|t| t.value.split(','))
            .map(str::trim)
            .filter(|v| !v.is_empty())
    }
}

impl Repository {
    /// The commit `id`.
    pub fn commit(&self, id: ObjectId) -> Result<Commit, Error> {
        self.inner.find_commit(id.0).map(|c| describe(&c)).map_err(corrupted("commit", id))
    }

    /// The commits that `to` has and `from` (if any) has not, children before parents. Claimed dates have no influence
    /// on which commits are listed.
    pub fn log(&self, from: Option<ObjectId>, to: ObjectId) -> Result<Vec<Commit>, Error> {
        self.must_be_whole()?;
        self.walk(from, to)?.map(|id| self.commit(id?)).collect()
    }

    /// As [`Repository::log`], ids only.
    pub fn log_ids(&self, from: Option<ObjectId>, to: ObjectId) -> Result<Vec<ObjectId>, Error> {
        self.must_be_whole()?;
        self.walk(from, to)?.collect()
    }

    fn walk(
        &self,
        from: Option<ObjectId>,
        to: ObjectId,
    ) -> Result<impl Iterator<Item = Result<ObjectId, Error>>, Error> {
        let doing = move || format!("walking the history of {to}");
        let mut walk = self.inner.revwalk().map_err(failed(doing()))?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL).map_err(failed(doing()))?;
        walk.push(to.0).map_err(corrupted("commit", to))?;
        if let Some(from) = from {
            walk.hide(from.0).map_err(corrupted("commit", from))?;
        }
        Ok(walk.map(move |id| {
            let what = format!("the history of {to} is broken");
            id.map(ObjectId).map_err(|source| Error::Corrupted { what, source })
        }))
    }

    /// The signature in a commit, or `None` if it has none.
    pub fn commit_signature(&self, id: ObjectId) -> Result<Option<Signature>, Error> {
        match self.inner.extract_signature(&id.0, None) {
            Ok((armored, payload)) => {
                Ok(Some(Signature { payload: payload.to_vec(), armored: armored.to_vec() }))
            }
            Err(e) if e.code() == git2::ErrorCode::NotFound && e.class() == git2::ErrorClass::Object => {
                Ok(None)
            }
            Err(e) => Err(corrupted("commit", id)(e)),
        }
    }
}

fn describe(commit: &git2::Commit<'_>) -> Commit {
    let message = commit.message_bytes();
    Commit {
        id: ObjectId(commit.id()),
        tree: ObjectId(commit.tree_id()),
        parents: commit.parent_ids().map(ObjectId).collect(),
        author: person(&commit.author()),
        committer: person(&commit.committer()),
        message: String::from_utf8_lossy(message).into_owned(),
        trailers: trailers(message),
    }
}

pub(crate) fn person(signature: &git2::Signature<'_>) -> Person {
    Person {
        name: String::from_utf8_lossy(signature.name_bytes()).into_owned(),
        email: String::from_utf8_lossy(signature.email_bytes()).into_owned(),
        seconds: signature.when().seconds(),
        offset_minutes: signature.when().offset_minutes(),
    }
}

fn trailers(message: &[u8]) -> Vec<Trailer> {
    // git's messages end at the first NUL; libgit2 refuses one.
    let message = message.split(|b| *b == 0).next().unwrap_or_default();
    let Ok(found) = git2::message_trailers_bytes(message) else { return Vec::new() };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    found.iter().map(|(key, value)| Trailer { key: text(key), value: text(value) }).collect()
}
