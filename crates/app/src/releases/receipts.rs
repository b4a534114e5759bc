//! Releases that the archive holds and the ledger has no receipt of: the process ended between the two. Nothing is lost
//! then; the next command that concerns the release names it, and `release seal` records the receipt.

use super::seal::{Sealed, receipt_body};
use super::sign::last_verdict;
use super::stage::stage_name;
use crate::error::{Doing as _, Error, Result};
use crate::shared_ledger::SharedLedger;
use crate::workspace::Workspace;
use records::state::Release;
use records::{ReleaseSeal, State};

/// The versions that the archive holds and the ledger has no receipt of.
///
/// # Errors
/// When the archive is there and cannot be read.
pub(crate) fn missing(ws: &Workspace, state: &State) -> Result<Vec<String>> {
    if !ws.path(&ws.config.archive.path).join("index.json").is_file() {
        return Ok(Vec::new());
    }
    let archive = crate::archives::open_read_only(ws)?;
    let sealed = archive.list().doing("list the archive")?;
    let without = |v: &String| state.releases.get(v).is_some_and(|r| r.sealed.is_none());
    Ok(sealed.into_iter().map(|r| r.version).filter(without).collect())
}

/// Refuses a step of a release that is sealed in the archive already.
///
/// # Errors
/// When it is.
pub(super) fn none_missing(ws: &Workspace, state: &State, version: &str) -> Result<()> {
    if missing(ws, state)?.iter().any(|v| v == version) {
        return Err(Error::refused(format!(
            "release `{version}` is sealed in the archive, and the ledger has no receipt of it"
        ))
        .hint(format!("a seal was interrupted; record the receipt: dossier release seal {version}")));
    }
    Ok(())
}

/// Records the receipt of a release that is in the archive. Its day is the day on which it was sealed, so midnight does not
/// matter here; what matters is that the archive holds what was signed, over this ledger's own history.
pub(super) fn repair(
    ws: &Workspace,
    actor: &str,
    ledger: &SharedLedger,
    state: &State,
    release: &Release,
    version: &str,
) -> Result<Option<Sealed>> {
    if !missing(ws, state)?.iter().any(|v| v == version) {
        return Ok(None);
    }
    // Opened for writing, so that what the interrupted seal left is finished first.
    let archive = &crate::archives::open(ws)?;
    let opened = &release.candidate().ok_or_else(|| Error::refused("the release has no candidate"))?.body;
    let head = archive.release(version).doing("read the sealed release")?.manifest.head;
    let signed = last_verdict(release, version)?.manifest;
    if head.evidence_manifest != Some(signed) {
        return Err(Error::verification(format!(
            "the archive holds a release `{version}` over another evidence manifest than was signed"
        ))
        .hint("somebody else sealed into this archive; find out who before anything is sealed again"));
    }
    let prefix = head.ledger.ok_or_else(|| Error::verification("the sealed release holds no ledger"))?;
    let here = ledger::Checkpoint::of(&state.origin, ledger.store(), prefix.position)
        .doing("compute the ledger's root")?;
    if here.root != prefix.root || prefix.origin != state.origin {
        return Err(Error::verification("the sealed release holds another history than this ledger"));
    }
    let retention = archive.retention().doing("read the retention of the archive")?;
    let retention = retention.get(version).map(|p| p.retention.clone());
    let retention = retention
        .ok_or_else(|| Error::verification(format!("the archive states no retention of `{version}`")))?;
    let tag = super::tag::demanded(ws, state, opened).ok().map(|(tag, _)| tag);
    let body = receipt_body(ws, archive, opened, &signed, &retention)?;
    let day = head.sealed_at.date_in(&ws.config.product.timezone).unwrap_or(body.day);
    let body = ReleaseSeal { tag, day, ..body };
    let draft = ws.at(state).process(actor, &body)?;
    let appended = ws.append(ledger, state, &[draft])?;
    let summary = format!(
        "{} was sealed on {day}, and its receipt was missing: {} blobs read back, receipt recorded",
        stage_name(opened),
        body.read_back_blobs
    );
    Ok(Some(Sealed { summary, appended }))
}
