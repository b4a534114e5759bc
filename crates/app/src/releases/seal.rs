//! `release seal`: write the release into the archive on the release day, read it back, record the receipt.

use super::sign::{last_verdict, still_holds};
use super::stage::{read_back, stage_name};
use super::{allowed, existing, record, sound};
use crate::error::{Doing as _, Error, Result};
use crate::shared_ledger::SharedLedger;
use crate::workspace::{Appended, Workspace};
use archive::manifest::LedgerPrefix;
use archive::{Archive, ReleaseHead, Staging};
use records::state::{Release, Signer};
use records::{ReleaseOpen, ReleaseSeal, State};
use release::signatures::{LAST, SeatStatus};
use release::steps::Step;
use std::collections::BTreeMap;

/// What a seal did.
#[derive(Debug)]
pub struct Sealed {
    /// For people.
    pub summary: String,
    /// The entry.
    pub appended: Appended,
}

/// Seals a signed release. The manifest is recomputed, the stage read back, layer 2 (evidence manifest, record,
/// statements, the whole ledger prefix) written, everything moved into the archive and read back there; then the receipt
/// is recorded. A crash leaves either the whole release or nothing of it.
///
/// # Errors
/// When a signature is missing or void, the day has passed, the tag is not there, or the disk is full.
pub fn release_seal(
    ws: &Workspace,
    actor: &str,
    version: &str,
    say: &mut dyn FnMut(String),
) -> Result<Sealed> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    sound(&state)?;
    let release = existing(&state, version)?;
    allowed(Step::Seal, release, version)?;
    let opened = &release.candidate().ok_or_else(|| Error::refused("the release has no candidate"))?.body;
    if let Some(done) = super::receipts::repair(ws, actor, &ledger, &state, release, version)? {
        return Ok(done);
    }
    // Before the manifest, which would only say that the verdict of 5.8.4 has changed.
    let (tag, tag_object) = super::tag::demanded(ws, &state, opened)?;
    say("recomputing the evidence manifest at the current position".into());
    let gate = still_holds(ws, version, last_verdict(release, version)?)?;
    complete(&gate.seats, version)?;
    same_day(ws, &gate.seats)?;
    say("reading the stage back".into());
    read_back(ws, release)?;

    let archive = crate::archives::open(ws)?;
    let retention = crate::archives::retention(ws, &gate.analysis.config, None)?;
    let stage = archive.stage(&stage_name(opened)).doing("open the stage")?;
    say("comparing the dependencies with the lock files".into());
    dependencies(ws, &archive, &stage, &gate.analysis, say)?;
    say("writing the record and the ledger".into());
    let layer2 = second_layer(ws, &ledger, &state, &archive, &gate, (&tag.name, &tag_object))?;
    let head = head(ws, &ledger, &state, opened, release, &gate)?;
    say("sealing: writing into the archive and reading it back".into());
    let receipt = archive
        .seal(&[&stage, &layer2], head, retention.clone(), &crate::ledgers::own_key(ws)?)
        .doing("seal the release; nothing of it is in the archive")?;
    let body =
        ReleaseSeal { tag: Some(tag), ..receipt_body(ws, &archive, opened, &gate.digest, &retention)? };
    let draft = ws.at(&state).process(actor, &body)?;
    let appended = ws.append(&ledger, &state, &[draft]).map_err(|e| {
        e.hint(format!(
            "the release is in the archive; give `dossier release seal {version}` again to record its receipt"
        ))
    })?;
    let added = receipt.bytes_added;
    let summary = format!(
        "sealed {version}: {} blobs read back, {added} bytes added, kept until {}{}",
        body.read_back_blobs,
        body.retain_until,
        if body.hold { " at least (open-ended)" } else { "" }
    );
    Ok(Sealed { summary, appended })
}

/// The downloaded dependencies of the stage have the digests that the lock files of the commit state.
fn dependencies(
    ws: &Workspace,
    archive: &Archive,
    stage: &archive::Stage,
    analysis: &crate::analysis::Analysis,
    say: &mut dyn FnMut(String),
) -> Result<()> {
    let folder = tempfile::tempdir().doing("make a folder for the dependencies")?;
    let to = folder.path().join("dependencies");
    archive.unpack_staged(stage, "dependencies", &to).doing("unpack the staged dependencies")?;
    let locks = crate::soups::locks(ws, &analysis.config, analysis.head())?;
    let intact = crate::soups::intact(&analysis.components, &locks, &to)?;
    say(format!("  {} archives have the digest of their lock file", intact.fit));
    for component in &intact.without {
        say(format!("  of {component} the lock file states no SHA-2 digest"));
    }
    for component in &intact.unpacked {
        say(format!("  of {component} a store has only the files: its archive is not here to be compared"));
    }
    for (ty, count) in &intact.absent {
        say(format!("  of {count} packages ({ty}) no archive is staged: their digests were not compared"));
    }
    for path in &intact.unnamed {
        say(format!("  {path} is named by no lock file: nothing says what it is to be"));
    }
    Ok(())
}

fn complete(seats: &release::Seats, version: &str) -> Result<()> {
    if seats.complete() {
        return Ok(());
    }
    let waiting: Vec<&str> = seats
        .seats
        .iter()
        .filter(|(_, s)| !matches!(s, SeatStatus::Signed(_)))
        .map(|(role, _)| role.as_str())
        .collect();
    Err(Error::refused(format!("signatures are missing or void: {}", waiting.join(", ")))
        .hint(format!("sign: dossier release sign {version} --role …")))
}

fn last_signer(seats: &release::Seats) -> Option<&Signer> {
    seats.seats.iter().find_map(|(role, s)| match s {
        SeatStatus::Signed(signer) if role == LAST => Some(signer),
        _ => None,
    })
}

/// The release day is the day of the release manager's signature; past midnight, signatures lapse.
fn same_day(ws: &Workspace, seats: &release::Seats) -> Result<()> {
    let zone = &ws.config.product.timezone;
    let today = ws.clock.today(zone)?;
    let signed = last_signer(seats).and_then(|s| s.at.date_in(zone));
    if signed == Some(today) {
        return Ok(());
    }
    let day = signed.map(|d| d.to_string()).unwrap_or_default();
    Err(Error::refused(format!("the release manager signed on {day}, and today is {today} in {zone}"))
        .hint("what is not archived on its day is a candidate again: judge and sign anew"))
}

/// Layer 2: the evidence manifest, the record rendered from it, the signed statements, and the whole ledger prefix.
fn second_layer(
    ws: &Workspace,
    ledger: &SharedLedger,
    state: &State,
    archive: &Archive,
    gate: &super::gate::Gate,
    (tag, tag_object): (&str, &[u8]),
) -> Result<archive::Stage> {
    let release = existing(state, &gate.manifest.release)?;
    let opened = &release.candidate().ok_or_else(|| Error::refused("the release has no candidate"))?.body;
    let name = format!("{}-record", stage_name(opened));
    if archive.stage(&name).is_ok() {
        archive.discard_stage(&name).doing("discard an earlier record")?;
    }
    let fail = "write the record; the archive is as it was before";
    let mut staging: Staging = archive.begin_stage(&name).doing(fail)?;
    let manifest = gate.manifest.to_bytes().doing("write the evidence manifest")?;
    staging.put_bytes("evidence-manifest.json", "application/json", &manifest).doing(fail)?;
    for document in record::ReleaseDocument::ALL {
        for (ending, media, form) in [
            ("md", "text/markdown", record::RecordForm::Markdown),
            ("json", "application/json", record::RecordForm::Json),
            ("pdf", "application/pdf", record::RecordForm::Pdf),
        ] {
            let file = format!("record/{}.{ending}", document.as_str());
            staging.put_bytes(&file, media, &record::render(gate, document, form)?).doing(fail)?;
        }
    }
    staging
        .put_bytes(
            "record/findings.json",
            "application/json",
            &serde_json::to_vec_pretty(&gate.to_json()).doing(fail)?,
        )
        .doing(fail)?;
    // The requirements as they were released, rendered: nobody needs this program, or a tracker, to read them.
    let requirements = crate::pages::frozen_requirements(ws, gate)?;
    let pdf = requirements.pdf().doing("set the requirements as PDF")?;
    staging.put_bytes("record/requirements.pdf", "application/pdf", &pdf).doing(fail)?;
    let markdown = requirements.markdown();
    staging.put_bytes("record/requirements.md", "text/markdown", markdown.as_bytes()).doing(fail)?;
    staging.put_bytes(&format!("signatures/tag-{tag}.txt"), "text/plain", tag_object).doing(fail)?;
    for s in release.signatures_over(gate.digest) {
        let entry = ledger.entries_to(Some(s.meta.seq + 1))?.pop();
        let Some(sig) = entry.and_then(|e| e.sig) else { continue };
        let statement = sig.signed_bytes().doing("write a statement")?;
        let file = format!("signatures/{}", s.body.role);
        staging.put_bytes(&format!("{file}.json"), "application/json", &statement).doing(fail)?;
        staging.put_bytes(&format!("{file}.json.sig"), "text/plain", sig.signature.as_bytes()).doing(fail)?;
    }
    let checkpoint = crate::ledgers::signed_checkpoint(ws, state.position)?;
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    ledger::export_files(ledger.store(), &checkpoint, &mut |name, bytes| {
        files.push((name.to_owned(), bytes.to_vec()));
        Ok(())
    })
    .doing("export the ledger")?;
    staging.put_tree_files(archive::verify::LEDGER_TREE, &files).doing(fail)?;
    staging.finish().doing(fail)
}

fn head(
    ws: &Workspace,
    ledger: &SharedLedger,
    state: &State,
    opened: &ReleaseOpen,
    release: &Release,
    gate: &super::gate::Gate,
) -> Result<ReleaseHead> {
    let root = ledger::Checkpoint::of(&state.origin, ledger.store(), state.position)
        .doing("compute the ledger's root")?
        .root;
    let kind = serde_json::to_value(opened.kind).doing("write the release's kind")?;
    let mut annotations = BTreeMap::new();
    annotations.insert("build".to_owned(), opened.build.clone());
    if let Some(commit) = opened.commits.first() {
        annotations.insert("commit".to_owned(), commit.commit.clone());
    }
    if state.simulated_clock {
        annotations.insert("clock".to_owned(), "simulated".to_owned());
    }
    let staged = release.stage().ok_or_else(|| Error::refused("nothing is staged"))?;
    for path in &staged.body.executables {
        annotations.insert(format!("executable:{path}"), "yes".to_owned());
    }
    Ok(ReleaseHead {
        product: gate.manifest.product.clone(),
        version: opened.version.clone(),
        kind: kind.as_str().unwrap_or("full").to_owned(),
        sealed_at: ws.clock.now(),
        ledger: Some(LedgerPrefix { origin: state.origin.clone(), position: state.position, root }),
        stage: staged.body.stage,
        evidence_manifest: Some(gate.digest),
        annotations,
    })
}

pub(super) fn receipt_body(
    ws: &Workspace,
    archive: &Archive,
    opened: &ReleaseOpen,
    manifest: &vocabulary::Digest,
    retention: &archive::retention::Retention,
) -> Result<ReleaseSeal> {
    let sealed = archive.release(&opened.version).doing("read the sealed release")?;
    let report =
        archive::verify_release(archive.store(), &opened.version, &archive::verify::Known::default());
    if let Some(p) = report.problems.first() {
        return Err(Error::verification(format!(
            "the sealed release does not read back: {}: {}",
            p.path, p.message
        )));
    }
    let index = archive.store().document("index.json").doing("read the archive's index")?.unwrap_or_default();
    let kept = archive.store().document("retention.json").doing("read the archive's retention")?;
    let basis: Vec<&str> = retention.reasons.iter().map(|r| r.text.as_str()).collect();
    Ok(ReleaseSeal {
        version: opened.version.clone(),
        candidate: opened.candidate,
        manifest: *manifest,
        archive: sealed.oci_manifest,
        release_manifest: sealed.envelope,
        index: vocabulary::Digest::of(&index),
        day: ws.clock.today(&ws.config.product.timezone)?,
        read_back_blobs: report.blobs,
        stored_bytes: report.bytes,
        retain_until: retention.until,
        hold: retention.open_ended,
        basis: basis.join("; "),
        retention: kept.map(|bytes| vocabulary::Digest::of(&bytes)),
        tag: None,
    })
}
