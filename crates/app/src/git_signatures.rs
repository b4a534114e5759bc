//! Signed commits and tags against enrolled keys: identity bound to content. What a forge or a trailer says of a review
//! carries no meaning and no trustworthy time: it is shown as a proposal and approves nothing.

use crate::error::{Doing as _, Error, Result};
use crate::repository;
use crate::workspace::Workspace;
use records::State;
use serde::Serialize;
use signing::sshsig::SshSignature;

/// Trailers by which forges and people note a review.
const PROPOSALS: [&str; 5] = ["Reviewed-by", "Approved-by", "Acked-by", "Tested-by", "Signed-off-by"];

/// What a signature in git is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GitSignature {
    /// By an enrolled key that is in force.
    Enrolled,
    /// By an enrolled key that is not in force: revoked, its owner left, or not yet vouched for.
    NotInForce,
    /// By a key that nobody enrolled.
    UnknownKey,
    /// It does not fit its content.
    Broken,
    /// No SSH signature: another form, which is not verified here.
    OtherForm,
    /// There is none.
    Unsigned,
}

impl GitSignature {
    /// The words for people.
    pub fn as_str(self) -> &'static str {
        match self {
            GitSignature::Enrolled => "signed by an enrolled key",
            GitSignature::NotInForce => "signed by a key that is not in force",
            GitSignature::UnknownKey => "signed by a key that nobody enrolled",
            GitSignature::Broken => "its signature does not hold",
            GitSignature::OtherForm => "signed in a form that is not verified here",
            GitSignature::Unsigned => "not signed",
        }
    }
}

/// A commit or tag with its signature.
#[derive(Clone, Debug, Serialize)]
pub struct GitSignatureRow {
    /// `commit` or `tag`.
    pub what: &'static str,
    /// The commit's id, or the tag's name.
    pub id: String,
    /// The first line of its message.
    pub summary: String,
    /// What the signature is worth.
    pub signature: GitSignature,
    /// The person whose key it is.
    pub person: Option<String>,
    /// Their printed name.
    pub name: Option<String>,
    /// The key.
    pub key_id: Option<String>,
    /// When the ledger first saw the commit; its own dates are claims.
    pub observed: Option<String>,
    /// What trailers say of reviews: proposals, never approvals.
    pub proposals: Vec<String>,
}

/// The commits that `to` has and `from` has not, newest first, and the tags on them.
///
/// # Errors
/// When there is no repository, or a revision names nothing.
pub fn git_signatures(ws: &Workspace, from: Option<&str>, to: &str) -> Result<Vec<GitSignatureRow>> {
    let repository = repository::open(ws)?;
    let state = ws.ledger()?.state(None)?;
    let from = from.map(|r| repository::commit(&repository, r)).transpose()?;
    let to = repository::commit(&repository, to)?;
    let commits = repository.log(from, to).doing("read the history")?;
    let mut rows = Vec::new();
    for commit in &commits {
        let found = repository.commit_signature(commit.id).doing("read a commit")?;
        let id = commit.id.to_string();
        let mut row = row("commit", id.clone(), commit.summary(), found.as_ref(), &state);
        row.observed = state.observed.get(&id).map(|m| m.meta.at.to_string());
        let is = |key: &str| PROPOSALS.iter().any(|p| p.eq_ignore_ascii_case(key));
        row.proposals = commit
            .trailers
            .iter()
            .filter(|t| is(&t.key))
            .map(|t| format!("{}: {}", t.key, t.value))
            .collect();
        rows.push(row);
    }
    for name in repository.tag_names().doing("list the tags")? {
        let tag = repository.tag(&name).doing("read a tag")?;
        if commits.iter().any(|c| c.id == tag.commit) {
            let signature = tag.annotation.as_ref().and_then(|a| a.signature.as_ref());
            let message = tag.annotation.as_ref().map(|a| a.message.as_str()).unwrap_or_default();
            rows.push(row("tag", name, message.lines().next().unwrap_or_default(), signature, &state));
        }
    }
    if rows.is_empty() {
        return Err(Error::refused("there is no commit between these revisions"));
    }
    Ok(rows)
}

fn row(
    what: &'static str,
    id: String,
    summary: &str,
    found: Option<&git::Signature>,
    state: &State,
) -> GitSignatureRow {
    let (signature, key_id) = judge(found, state);
    let owner = key_id.as_ref().and_then(|k| {
        state.persons.iter().find(|(_, p)| p.keys.iter().any(|key| key.enrolled.body.key_id == *k))
    });
    GitSignatureRow {
        what,
        id,
        summary: summary.to_owned(),
        signature,
        person: owner.map(|(id, _)| id.clone()),
        name: owner.map(|(_, p)| p.name().to_owned()),
        key_id,
        observed: None,
        proposals: Vec::new(),
    }
}

fn judge(found: Option<&git::Signature>, state: &State) -> (GitSignature, Option<String>) {
    let Some(found) = found else { return (GitSignature::Unsigned, None) };
    let Ok(signed) = SshSignature::parse(&String::from_utf8_lossy(&found.armored)) else {
        return (GitSignature::OtherForm, None);
    };
    let key_id = signed.public_key.fingerprint();
    if signed.verify(&found.payload, "git").is_err() {
        return (GitSignature::Broken, Some(key_id));
    }
    let in_force = |p: &records::state::Person| {
        p.active_at(state.position) && p.key_at(&key_id, state.position).is_some()
    };
    let known = |p: &records::state::Person| p.keys.iter().any(|k| k.enrolled.body.key_id == key_id);
    let worth = match (state.persons.values().any(in_force), state.persons.values().any(known)) {
        (true, _) => GitSignature::Enrolled,
        (false, true) => GitSignature::NotInForce,
        (false, false) => GitSignature::UnknownKey,
    };
    (worth, Some(key_id))
}
