//! `release open`: freeze commits and rule set, begin the release record.

use super::sound;
use crate::analysis::Analysis;
use crate::error::{Error, Result};
use crate::observations::Sight;
use crate::people::said;
use crate::repository;
use crate::workspace::{Appended, Workspace};
use records::{BaselineCommit, ReleaseKind, ReleaseOpen, State};

/// What to open.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The version, `2.4.0`.
    pub version: String,
    /// The commit to freeze; HEAD of a clean work tree where absent.
    pub commit: Option<String>,
    /// The build identifier.
    pub build: Option<String>,
    /// Its kind.
    pub kind: ReleaseKind,
    /// What it brings and why.
    pub summary: String,
}

/// Opens a release, or the next candidate of one that is open.
///
/// # Errors
/// When the work tree is dirty, the version is malformed or sealed already, or nothing is under configuration control.
pub fn release_open(ws: &Workspace, actor: &str, opening: &Opening) -> Result<Appended> {
    said("a summary", &opening.summary)?;
    well_formed(&opening.version)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    sound(&state)?;
    super::receipts::none_missing(ws, &state, &opening.version)?;
    let repository = repository::open(ws)?;
    if opening.commit.is_none() {
        repository::clean(&repository)?;
    }
    let commit = repository::commit(&repository, opening.commit.as_deref().unwrap_or("HEAD"))?;
    let body = computed(ws, &state, opening, commit)?;
    let at = ws.at(&state);
    let mut drafts = Vec::new();
    // What is observed only now was never seen to follow its approval: the order is not provable, and the gate says so.
    let reference = format!("release open {}", opening.version);
    let seen = Sight { reference: &reference, at_release: true };
    drafts.extend(crate::observations::unseen(ws, &repository, &state, commit, &seen, actor)?);
    drafts.push(at.process(actor, &body)?);
    ws.append(&ledger, &state, &drafts)
}

/// What is frozen of a commit, computed from it.
fn computed(ws: &Workspace, state: &State, opening: &Opening, commit: git::ObjectId) -> Result<ReleaseOpen> {
    let analysis = Analysis::at_commit(ws, &commit.to_string())?;
    let software = analysis.software()?;
    if software.items.is_empty() {
        return Err(Error::refused(
            "no configuration item is known: [software] paths match no file of that commit",
        )
        .hint(
            "name source, lock files and build recipe in dossier.toml: [software] paths = [\"src/**\", …]",
        ));
    }
    Ok(ReleaseOpen {
        version: opening.version.clone(),
        kind: opening.kind,
        candidate: next_candidate(state, &opening.version)?,
        build: opening
            .build
            .clone()
            .unwrap_or_else(|| format!("{}+g{}", opening.version, short(&commit.to_string()))),
        commits: vec![BaselineCommit {
            repository: ".".into(),
            commit: commit.to_string(),
            tree: analysis.tree_digest(),
        }],
        software: vocabulary::Digest(software.digest),
        rule_set: rules::rule_set_digest().to_string(),
        previous: previous(state, &opening.version),
        summary: opening.summary.clone(),
    })
}

/// Whether this checkout freezes for a client's opening what the client says.
///
/// # Errors
/// With the field that differs, or the commit that is not here.
pub(crate) fn opened_again(ws: &Workspace, state: &State, said: &ReleaseOpen) -> Result<()> {
    super::receipts::none_missing(ws, state, &said.version)?;
    let frozen = said.commits.first().map(|c| c.commit.clone()).unwrap_or_default();
    let commit = repository::commit(&repository::open(ws)?, &frozen)
        .map_err(|e| e.hint("have the server's repository fetch it, then repeat the command"))?;
    let opening = Opening {
        version: said.version.clone(),
        commit: Some(frozen),
        build: Some(said.build.clone()),
        kind: said.kind,
        summary: said.summary.clone(),
    };
    let own = computed(ws, state, &opening, commit)?;
    let fields = [
        ("software digest", said.software == own.software),
        ("rule set", said.rule_set == own.rule_set),
        ("tree of the commit", said.commits == own.commits),
        ("release before it", said.previous == own.previous),
        ("candidate", said.candidate == own.candidate),
    ];
    match fields.iter().find(|(_, same)| !same) {
        Some((what, _)) => Err(Error::refused(format!("the {what} of `{}` is another here", said.version))
            .hint("compare checkout and version of the program with the server's")),
        None => Ok(()),
    }
}

fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}

pub(crate) fn well_formed(version: &str) -> Result<()> {
    let fits = version.starts_with(|c: char| c.is_ascii_digit())
        && version.split('.').count() >= 2
        && version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    if fits {
        return Ok(());
    }
    Err(Error::refused(format!("`{version}` is no version")).hint(
        "digits and points, `2.4.0`; candidates are numbered by opening again, a build goes to `--build`",
    ))
}

pub(crate) fn next_candidate(state: &State, version: &str) -> Result<u32> {
    let Some(release) = state.releases.get(version) else { return Ok(1) };
    if release.sealed.is_some() || release.withdrawn.is_some() {
        return Err(Error::refused(format!("release `{version}` is {}", release.phase().as_str()))
            .hint("a version is released once; open the next one"));
    }
    Ok(u32::try_from(release.opened.len()).unwrap_or(u32::MAX).saturating_add(1))
}

/// The newest sealed release.
fn previous(state: &State, version: &str) -> Option<String> {
    let sealed =
        state.releases.iter().filter(|(v, r)| *v != version && r.sealed.is_some() && r.withdrawn.is_none());
    sealed.max_by_key(|(_, r)| r.sealed.as_ref().map(|s| s.meta.seq)).map(|(v, _)| v.clone())
}
