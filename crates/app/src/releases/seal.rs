//! `release seal`: write the release into the archive on the release day, read it back, record the receipt.

use super::sign::{last_verdict, still_holds};
use super::stage::{read_back, stage_name};
use super::{allowed, existing, record, sound};
use crate::error::{Doing as _, Error, Result};
use crate::repository;
use crate::shared_ledger::SharedLedger;
use crate::workspace::{Appended, Workspace};
use archive::manifest::LedgerPrefix;
use archive::{Archive, ReleaseHead, Staging};
use git::{ObjectId, TagState};
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
    say("recomputing the evidence manifest at the current position".into());
    let gate = still_holds(ws, version, last_verdict(release, version)?)?;
    complete(&gate.seats, version)?;
    same_day(ws, &gate.seats)?;
    tagged(ws, &state, opened)?;
    say("reading the stage back".into());
    read_back(ws, release)?;

    let archive = crate::archives::open(ws)?;
    let retention = crate::archives::retention(ws, &gate.analysis.config, None)?;
    let stage = archive.stage(&stage_name(opened)).doing("open the stage")?;
    say("writing the record and the ledger".into());
    let layer2 = second_layer(ws, &ledger, &state, &archive, opened, &gate)?;
    let head = head(ws, &ledger, &state, opened, release, &gate)?;
    say("sealing: writing into the archive and reading it back".into());
    let receipt = match archive.release(version) {
        // A crash after the archive was complete and before the receipt was recorded: only the receipt is missing.
        Ok(sealed) if sealed.manifest.head.evidence_manifest == Some(gate.digest) => None,
        _ => Some(
            archive
                .seal(&[&stage, &layer2], head, retention.clone(), &crate::ledgers::own_key(ws)?)
                .doing("seal the release; nothing of it is in the archive")?,
        ),
    };
    let body = receipt_body(ws, &archive, opened, &gate.digest, &retention)?;
    let draft = ws.at(&state).process(actor, &body)?;
    let appended = ws.append(&ledger, &state, &[draft]).map_err(|e| {
        e.hint(format!(
            "the release is in the archive; give `dossier release seal {version}` again to record its receipt"
        ))
    })?;
    let added = receipt.map_or(0, |r| r.bytes_added);
    let summary = format!(
        "sealed {version}: {} blobs read back, {added} bytes added, kept until {}{}",
        body.read_back_blobs,
        body.retain_until,
        if body.hold { " at least (open-ended)" } else { "" }
    );
    Ok(Sealed { summary, appended })
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

/// The frozen commit carries a signed, annotated tag of the version, by an enrolled key.
fn tagged(ws: &Workspace, state: &State, opened: &ReleaseOpen) -> Result<()> {
    let name = format!("v{}", opened.version);
    let frozen = opened.commits.first().map(|c| c.commit.clone()).unwrap_or_default();
    let expected: ObjectId = frozen.parse().doing("read the frozen commit")?;
    let repository = repository::open(ws)?;
    let make = format!("make it: git tag -s {name} {frozen} -m \"release {}\"", opened.version);
    match repository.tag_state(&name, expected).doing("look for the tag")? {
        TagState::InPlace => {}
        TagState::Missing => {
            return Err(Error::refused(format!("there is no tag `{name}` on the frozen commit")).hint(make));
        }
        TagState::Moved { now } => {
            return Err(Error::refused(format!("tag `{name}` names {now}, the release froze {frozen}"))
                .hint("a tag that moved is a finding: find out who moved it"));
        }
    }
    let tag = repository.tag(&name).doing("read the tag")?;
    let signature = tag.annotation.and_then(|a| a.signature).ok_or_else(|| {
        Error::refused(format!("tag `{name}` is not signed"))
            .hint("use an SSH key that is enrolled: git config gpg.format ssh")
            .hint(make.clone())
    })?;
    let signed =
        signing::sshsig::SshSignature::parse(&String::from_utf8_lossy(&signature.armored)).map_err(|e| {
            Error::refused(format!("the signature of tag `{name}` is no SSH signature")).because(e)
        })?;
    signed.verify(&signature.payload, "git").doing("verify the tag")?;
    let key_id = signed.public_key.fingerprint();
    let known = state.persons.values().any(|p| p.key_at(&key_id, state.position).is_some());
    if known {
        Ok(())
    } else {
        Err(Error::refused(format!("tag `{name}` is signed by {key_id}, which is no enrolled key")))
    }
}

/// Layer 2: the evidence manifest, the record rendered from it, the signed statements, and the whole ledger prefix.
fn second_layer(
    ws: &Workspace,
    ledger: &SharedLedger,
    state: &State,
    archive: &Archive,
    opened: &ReleaseOpen,
    gate: &super::gate::Gate,
) -> Result<archive::Stage> {
    let name = format!("{}-record", stage_name(opened));
    if archive.stage(&name).is_ok() {
        archive.discard_stage(&name).doing("discard an earlier record")?;
    }
    let fail = "write the record; the archive is as it was before";
    let mut staging: Staging = archive.begin_stage(&name).doing(fail)?;
    let manifest = gate.manifest.to_bytes().doing("write the evidence manifest")?;
    staging.put_bytes("evidence-manifest.json", "application/json", &manifest).doing(fail)?;
    for (file, media, form) in [
        ("record/release-record.md", "text/markdown", record::RecordForm::Markdown),
        ("record/release-record.json", "application/json", record::RecordForm::Json),
        ("record/release-record.pdf", "application/pdf", record::RecordForm::Pdf),
    ] {
        staging.put_bytes(file, media, &record::render(gate, form)?).doing(fail)?;
    }
    staging
        .put_bytes(
            "record/findings.json",
            "application/json",
            &serde_json::to_vec_pretty(&gate.to_json()).doing(fail)?,
        )
        .doing(fail)?;
    let release = existing(state, &opened.version)?;
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

fn receipt_body(
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
    })
}
