//! What a server finds out again before it takes a client's entry: who speaks, and whatever the entry says of files, commits and
//! data that the server has too.
//!
//! A client may say what its holder did or saw. It may not say what was computed: a software digest, the counts of a report, the
//! matches of a scan, the texts that an evaluation is bound to. The server computes these from the same blobs and commits, and
//! refuses by name what differs. What it has not (a commit that was not fetched, a blob that was not sent) it does not take.

use crate::analysis::Analysis;
use crate::error::{Error, Result};
use crate::record_rules::body;
use crate::remote::Holder;
use crate::workspace::Workspace;
use ledger::Draft;
use records::*;
use vocabulary::Digest;

/// Refuses by name what this server computes otherwise.
///
/// # Errors
/// With what differs, or what the server has not.
pub(crate) fn check(ws: &Workspace, state: &State, holder: &Holder, drafts: &[Draft]) -> Result<()> {
    for draft in drafts {
        speaks_for_itself(state, holder, draft, drafts)?;
        evidence_is_here(ws, draft)?;
        match draft.kind.as_str() {
            ReleaseSign::KIND => release_signature(ws, state, draft)?,
            ReleaseOpen::KIND => crate::releases::opened_again(ws, state, &body(draft)?)?,
            RetentionHold::KIND => crate::archives::may_be_held(ws, state, &body(draft)?)?,
            RunImport::KIND => run(ws, state, &body(draft)?)?,
            AnomalyEvaluate::KIND => crate::anomalies::evaluated_again(ws, state, &body(draft)?)?,
            VulnerabilityScan::KIND => crate::vulnerabilities::scanned_again(ws, &body(draft)?)?,
            CommitSee::KIND => commits(ws, &body(draft)?)?,
            _ => {}
        }
    }
    Ok(())
}

/// What needs no signature is said in the holder's own name, or in that of a process: never in another person's.
fn speaks_for_itself(state: &State, holder: &Holder, draft: &Draft, batch: &[Draft]) -> Result<()> {
    let actor = &draft.actor;
    let signs = |d: &Draft| d.sig.is_some() && d.actor == *actor;
    if draft.sig.is_some() || *actor == holder.holder || batch.iter().any(signs) {
        return Ok(());
    }
    // A drill is recorded after the rebuild that its runner signed.
    let ran = |d: DrillRecord| {
        state.releases.get(&d.version).and_then(|r| r.rebuilds.last()).is_some_and(|r| r.meta.actor == *actor)
    };
    let of_a_drill = draft.kind == DrillRecord::KIND && body(draft).is_ok_and(ran);
    if of_a_drill || !state.persons.contains_key(actor) {
        return Ok(());
    }
    Err(Error::refused(format!(
        "`{}` cannot record `{}` in the name of `{actor}`",
        holder.holder, draft.kind
    ))
    .hint(
        "say who it is with `--by`: the holder of the token, or a process; or log in with that person's key",
    ))
}

/// Blobs that entries of a kind name, by the field that holds the digest.
const EVIDENCE: [(&str, &str); 10] = [
    (RunImport::KIND, "report"),
    (RunImport::KIND, "attestation"),
    (DataSetImport::KIND, "digest"),
    (VexImport::KIND, "digest"),
    (VulnerabilityScan::KIND, "sbom"),
    (VulnerabilityScan::KIND, "report"),
    (SbomImport::KIND, "digest"),
    (SecurityTest::KIND, "report"),
    (TrendReview::KIND, "analysis"),
    (RebuildRecord::KIND, "log"),
];

/// Evidence is sent before an entry names it.
fn evidence_is_here(ws: &Workspace, draft: &Draft) -> Result<()> {
    for (_, field) in EVIDENCE.iter().filter(|(kind, _)| *kind == draft.kind) {
        let Some(text) = draft.body.get(*field).and_then(|v| v.as_str()) else { continue };
        if let Ok(digest) = text.parse::<Digest>()
            && !ws.blobs().has(digest)
        {
            return Err(Error::refused(format!(
                "the `{field}` of `{}` is not kept here: {digest}",
                draft.kind
            ))
            .hint("evidence is sent before an entry names it: PUT /api/v1/blobs/DIGEST"));
        }
    }
    Ok(())
}

/// A signature on a release counts only while the server itself computes the evidence that was signed.
fn release_signature(ws: &Workspace, state: &State, draft: &Draft) -> Result<()> {
    let body: ReleaseSign = body(draft)?;
    let manifest = crate::releases::may_be_signed(ws, state, &body.version, &body.role, &draft.actor)?;
    if manifest != body.manifest {
        return Err(Error::refused("what was signed is not the manifest of the last verdict")
            .hint(format!("judge again: dossier release gate {}", body.version)));
    }
    Ok(())
}

/// The report is read again, and the software is that of the commit.
fn run(ws: &Workspace, state: &State, run: &RunImport) -> Result<()> {
    if run.origin == Origin::Executed {
        return Err(Error::refused("this server did not run these tests: a client cannot say `executed`").hint(
            "let CI attest its report (`--origin ci-attested --attestation FILE`), or import it as uploaded",
        ));
    }
    crate::runs::imported_again(ws, state, run)?;
    let software = match &run.context.commit {
        Some(commit) => known_commit(ws, commit)?.software_digest(),
        None => Analysis::of_work_tree(ws)?.software_digest(),
    };
    if software != run.context.software {
        return Err(differs("software digest", run.context.software, software));
    }
    Ok(())
}

/// The commit, where the server's repository has it.
fn known_commit(ws: &Workspace, commit: &str) -> Result<Analysis> {
    Analysis::at_commit(ws, commit).map_err(|e| {
        e.hint(
            "a server judges commits of its own repository: have it fetch this one, then repeat the command",
        )
    })
}

/// Ids of patches are those of the commits that the server has.
fn commits(ws: &Workspace, see: &CommitSee) -> Result<()> {
    let repository = crate::repository::open(ws);
    for seen in &see.commits {
        if seen.commit.len() < 40 || !seen.commit.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Error::refused(format!("`{}` is no full id of a commit", seen.commit)));
        }
        // A commit that the server has not yet fetched was seen all the same; its patch proves nothing until it is there.
        let known = repository.as_ref().ok().and_then(|r| Some((r, r.resolve(&seen.commit).ok()?)));
        let Some((repository, id)) = known else {
            if seen.patch.is_empty() {
                continue;
            }
            return Err(Error::refused(format!("this server has no commit `{}`", seen.commit))
                .hint("have its repository fetch it, then repeat the command"));
        };
        let own = repository.patch_id(id).ok().flatten().map(|p| p.to_string()).unwrap_or_default();
        if !seen.patch.is_empty() && seen.patch != own {
            return Err(differs("patch id", &seen.patch, own));
        }
    }
    Ok(())
}

/// Two values that had to be one.
pub(crate) fn differs(what: &str, said: impl std::fmt::Debug, own: impl std::fmt::Debug) -> Error {
    Error::refused(format!("the {what} is {said:?}, this server computes {own:?}"))
        .hint("compare checkout and version of the program with the server's")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_named_by_kinds_that_exist() {
        for (kind, field) in EVIDENCE {
            assert!(records::kind_info(kind).is_some(), "{kind} {field}: a stale row");
        }
    }
}
