//! The signed tag of a release: looked up in the repository, and after the seal in its receipt.

use super::existing;
use crate::analysis::Analysis;
use crate::error::{Doing as _, Error, Result};
use crate::repository;
use crate::workspace::Workspace;
use git::{ObjectId, Repository, Tag, TagState};
use records::state::Release;
use records::{ReleaseOpen, SealedTag, State};
use rules::{ReleaseTag, TagStanding};

/// The tag of a version: `v2.4.0`.
fn name_of(version: &str) -> String {
    format!("v{version}")
}

/// The tag of the present candidate of a release. Once a release is sealed its receipt says what the tag was, so that its
/// record says the same for ever; whether the tag moved since is found by `check`.
pub(super) fn of_candidate(ws: &Workspace, now: &State, version: &str) -> Result<ReleaseTag> {
    let release = existing(now, version)?;
    if let Some(sealed) = &release.sealed {
        let key_id = sealed.body.tag.as_ref().map(|t| t.key_id.clone()).unwrap_or_default();
        let standing = TagStanding::Signed { key_id };
        return Ok(ReleaseTag { version: version.to_owned(), tag: name_of(version), standing });
    }
    in_repository(&repository::open(ws)?, now, release, version)
}

/// The tags of all sealed releases, for a check of the work tree: a commit and a ledger position say nothing of where tags
/// are now, so checks of the past do not look.
pub(crate) fn tags_of_sealed(ws: &Workspace, analysis: &Analysis) -> Result<Vec<ReleaseTag>> {
    let sealed = analysis.state.releases.iter().filter(|(_, r)| r.sealed.is_some());
    let mut sealed = sealed.peekable();
    if !analysis.is_work_tree() || !analysis.with_ledger || sealed.peek().is_none() {
        return Ok(Vec::new());
    }
    let repository = repository::open(ws)?;
    sealed.map(|(version, release)| in_repository(&repository, &analysis.state, release, version)).collect()
}

fn in_repository(
    repository: &Repository,
    state: &State,
    release: &Release,
    version: &str,
) -> Result<ReleaseTag> {
    let opened = &release.candidate().ok_or_else(|| Error::refused("the release has no candidate"))?.body;
    let (tag, frozen) = (name_of(version), frozen(opened)?);
    let standing = match repository.tag_state(&tag, frozen).doing("look for the tag")? {
        TagState::Missing => TagStanding::NotSigned { why: format!("there is no tag `{tag}`") },
        TagState::Moved { now } => TagStanding::Moved { now: now.to_string(), frozen: frozen.to_string() },
        TagState::InPlace => match signer(&repository.tag(&tag).doing("read the tag")?, state) {
            Ok(key_id) => TagStanding::Signed { key_id },
            Err(why) => TagStanding::NotSigned { why },
        },
    };
    Ok(ReleaseTag { version: version.to_owned(), tag, standing })
}

fn frozen(opened: &ReleaseOpen) -> Result<ObjectId> {
    let commit = opened.commits.first().map(|c| c.commit.clone()).unwrap_or_default();
    commit.parse().doing("read the frozen commit")
}

/// The fingerprint of the enrolled key that signed a tag, or why there is none.
fn signer(tag: &Tag, state: &State) -> std::result::Result<String, String> {
    let name = &tag.name;
    let unsigned = || format!("tag `{name}` is not signed");
    let annotation = tag.annotation.as_ref().ok_or_else(unsigned)?;
    if annotation.name != *name {
        return Err(format!("tag `{name}` was made as `{}` and renamed", annotation.name));
    }
    let signature = annotation.signature.as_ref().ok_or_else(unsigned)?;
    let armored = String::from_utf8_lossy(&signature.armored);
    let signed = signing::sshsig::SshSignature::parse(&armored)
        .map_err(|e| format!("the signature of tag `{name}` is no SSH signature: {e}"))?;
    signed
        .verify(&signature.payload, "git")
        .map_err(|e| format!("the signature of tag `{name}` does not hold: {e}"))?;
    let key_id = signed.public_key.fingerprint();
    if state.persons.values().any(|p| p.key_at(&key_id, state.position).is_some()) {
        Ok(key_id)
    } else {
        Err(format!("tag `{name}` is signed by {key_id}, which is no enrolled key"))
    }
}

/// The tag that a seal goes by, with the bytes of its object.
///
/// # Errors
/// When it is absent, elsewhere, or not signed with an enrolled key.
pub(super) fn demanded(ws: &Workspace, state: &State, opened: &ReleaseOpen) -> Result<(SealedTag, Vec<u8>)> {
    let repository = repository::open(ws)?;
    let found = in_repository(&repository, state, existing(state, &opened.version)?, &opened.version)?;
    let frozen = frozen(opened)?;
    let make = format!(
        "make it: git tag -s {} {frozen} -m \"release {}\", with an SSH key that is enrolled (git config gpg.format ssh)",
        found.tag, opened.version
    );
    let key_id = match found.standing {
        TagStanding::Signed { key_id } => key_id,
        TagStanding::NotSigned { why } => return Err(Error::refused(why).hint(make)),
        TagStanding::Moved { now, frozen } => {
            return Err(Error::refused(format!(
                "tag `{}` names {now}, the release froze {frozen}",
                found.tag
            ))
            .hint("a tag that moved is a finding: find out who moved it"));
        }
    };
    let tag = repository.tag(&found.tag).doing("read the tag")?;
    let unsigned = || Error::refused(format!("tag `{}` is not signed", found.tag));
    let annotation = tag.annotation.ok_or_else(unsigned)?;
    let signature = annotation.signature.ok_or_else(unsigned)?;
    let object = annotation.id.to_string();
    let bytes = [signature.payload, signature.armored].concat();
    Ok((SealedTag { name: found.tag, object, key_id }, bytes))
}
