//! The archive as use cases see it: opened, judged ready, verified, exported, held, mirrored.

use crate::act::Actor;
use crate::analysis::Analysis;
use crate::error::{Doing as _, Error, Result};
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use archive::retention::{Market, Retention, RetentionInput};
use archive::verify::Known;
use archive::{Archive, DiskBlobs, Hold};
use product::Config;
use records::{ArchiveDocuments, RetentionHold, State};
use rules::ArchiveReadiness;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use vocabulary::{Date, Digest};

pub(crate) fn folder(ws: &Workspace) -> PathBuf {
    ws.path(&ws.config.archive.path)
}

/// Opens the archive for writing; makes it where it is not there yet.
pub(crate) fn open(ws: &Workspace) -> Result<Archive> {
    let path = folder(ws);
    std::fs::create_dir_all(&path).doing(format_args!("make the archive {}", path.display()))?;
    Archive::open(&path).doing(format_args!("open the archive {}", path.display()))
}

/// Opens the archive for reading.
pub(crate) fn open_read_only(ws: &Workspace) -> Result<Archive> {
    let path = folder(ws);
    Archive::read_only(&path).map_err(|e| {
        Error::refused(format!("there is no archive at {}", path.display()))
            .because(e)
            .hint("nothing was staged or sealed here yet")
    })
}

/// Whether the archive can take a release: it is there or can be made, and what is in it verifies by its index. Reading
/// every blob again is `archive verify`; the stage is read back before the last signature.
pub(crate) fn readiness(ws: &Workspace, analysis: &Analysis) -> ArchiveReadiness {
    let path = ws.path(&analysis.config.archive.path);
    let not = |why: String| ArchiveReadiness::NotReady { why };
    if let Err(e) = std::fs::create_dir_all(&path) {
        return not(format!("its folder cannot be made: {e}"));
    }
    match Archive::read_only(&path).and_then(|a| a.list().map(|_| ())) {
        Ok(()) => ArchiveReadiness::Ready { destination: analysis.config.archive.path.clone() },
        Err(e) => not(e.to_string()),
    }
}

/// How long a release that is sealed today is kept.
pub(crate) fn retention(ws: &Workspace, config: &Config, last_placed: Option<Date>) -> Result<Retention> {
    let today = ws.clock.today(&config.product.timezone)?;
    let mut markets: Vec<Market> = config
        .product
        .markets
        .iter()
        .map(|m| match m {
            product::Market::EuMdr => Market::EuMdr,
            product::Market::EuMdrImplantable => Market::EuMdrImplantable,
            product::Market::Us => Market::Iso13485,
        })
        .collect();
    if config.retention.implantable {
        markets.push(Market::EuMdrImplantable);
    }
    let years = config.retention.years.max(config.product.lifetime_years);
    Ok(archive::retention::compute(&RetentionInput {
        markets,
        lifetime_years: years.and_then(|y| u16::try_from(y).ok()),
        released: today,
        last_placed,
        as_of: today,
    }))
}

/// What a verification of the archive found.
#[derive(Clone, Debug, Serialize)]
pub struct ArchiveVerified {
    /// Always `dossier/verify/v1`.
    pub format: &'static str,
    /// Whether everything holds.
    pub ok: bool,
    /// How far what is known carries.
    pub trust: String,
    /// What was checked.
    pub checked: CheckedCounts,
    /// What does not hold.
    pub problems: Vec<ArchiveProblem>,
    /// The releases that were looked at.
    pub releases: Vec<String>,
}

/// How much was checked.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct CheckedCounts {
    /// Blobs.
    pub blobs: u64,
    /// Ledger entries.
    pub entries: u64,
    /// Signatures.
    pub signatures: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Something that does not hold.
#[derive(Clone, Debug, Serialize)]
pub struct ArchiveProblem {
    /// A stable code.
    pub code: String,
    /// Where.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

impl ArchiveVerified {
    /// For people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let c = &self.checked;
        let _ = writeln!(out, "releases: {}", self.releases.join(", "));
        let _ = writeln!(
            out,
            "checked {} blobs ({} bytes), {} ledger entries, {} signatures",
            c.blobs, c.bytes, c.entries, c.signatures
        );
        for p in &self.problems {
            let _ = writeln!(out, "▲ {} {}: {}", p.code, p.path, p.message);
        }
        let _ =
            writeln!(out, "{}", if self.ok { "● everything holds" } else { "▲ this archive does not hold" });
        out
    }
}

/// Reads every blob again, checks manifests and signatures, and compares with what the ledger recorded.
///
/// # Errors
/// When there is no archive.
pub fn archive_verify(ws: &Workspace) -> Result<ArchiveVerified> {
    let archive = open_read_only(ws)?;
    let genesis = crate::ledgers::genesis(ws)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let newest = state.releases.values().filter_map(|r| r.sealed.as_ref()).max_by_key(|s| s.meta.seq);
    let mut documents = newest.map(|s| vec![("index.json".to_owned(), s.body.index)]).unwrap_or_default();
    if let Some(digest) = recorded_retention(&state) {
        documents.push(("retention.json".to_owned(), digest));
    }
    let entries = ledger.entries_to(None)?;
    let persons = |r: &ledger::Rotation| crate::ledger_keys::vouched(&entries, r);
    let known =
        Known { keys: vec![*genesis.key.key()], documents, persons: Some(&persons), ..Known::default() };
    let report = archive::verify_archive(archive.store(), &known);
    let mut problems: Vec<ArchiveProblem> = report
        .problems
        .iter()
        .map(|p| ArchiveProblem {
            code: p.code.to_string(),
            path: p.path.clone(),
            message: p.message.clone(),
        })
        .collect();
    for version in crate::releases::receipts_missing(ws, &state)? {
        let message = format!(
            "the archive has the release, and the ledger has no receipt: dossier release seal {version}"
        );
        problems.push(ArchiveProblem { code: "A091".into(), path: version, message });
    }
    for (version, release) in &state.releases {
        if release.sealed.is_some() && !report.releases.contains(version) {
            let message = "the ledger has its receipt, and the archive does not have the release".to_owned();
            problems.push(ArchiveProblem { code: "A090".into(), path: version.clone(), message });
        }
    }
    Ok(ArchiveVerified {
        format: "dossier/verify/v1",
        ok: problems.is_empty(),
        trust: report.trust.to_string(),
        checked: CheckedCounts {
            blobs: report.blobs,
            entries: report.entries,
            signatures: report.signatures,
            bytes: report.bytes,
        },
        problems,
        releases: report.releases,
    })
}

/// What the ledger says that `retention.json` is: after the newest seal, or after the newest hold.
fn recorded_retention(state: &State) -> Option<Digest> {
    let sealed = state.releases.values().filter_map(|r| {
        let s = r.sealed.as_ref()?;
        Some((s.meta.seq, s.body.retention?))
    });
    let held = state.archive_documents.iter().map(|d| (d.meta.seq, d.body.retention));
    sealed.chain(held).max_by_key(|(seq, _)| *seq).map(|(_, digest)| digest)
}

/// Writes a release as a BagIt bag.
///
/// # Errors
/// When there is no such release, or the folder is not empty.
pub fn archive_export(ws: &Workspace, version: &str, directory: &Path) -> Result<()> {
    let archive = open_read_only(ws)?;
    let today = ws.clock.today(&ws.config.product.timezone)?;
    archive.release(version).doing(format_args!("find {version} in the archive"))?;
    crate::trail::note_export(ws, &format!("archive {version}"))?;
    archive::bagit::export_bagit(&archive, &[version.to_owned()], directory, today)
        .doing(format_args!("export {version} to {}", directory.display()))
}

/// Writes the released files into a new or empty folder, as an installation has them. Each is digested on the way.
///
/// # Errors
/// When there is no such release, or the folder is not empty.
pub fn archive_unpack(ws: &Workspace, version: &str, directory: &Path) -> Result<usize> {
    open_read_only(ws)?.release(version).doing(format_args!("find {version} in the archive"))?;
    crate::trail::note_export(ws, &format!("released files {version}"))?;
    unpack(ws, version, directory)
}

/// The same for our own reading: nobody got a copy, so no export is on record.
pub(crate) fn unpack(ws: &Workspace, version: &str, directory: &Path) -> Result<usize> {
    let archive = open_read_only(ws)?;
    let release = archive.release(version).doing(format_args!("find {version} in the archive"))?;
    std::fs::create_dir_all(directory).doing(format_args!("make {}", directory.display()))?;
    if std::fs::read_dir(directory).doing(format_args!("list {}", directory.display()))?.next().is_some() {
        return Err(Error::refused(format!("{} is not empty", directory.display())));
    }
    let mut written = 0;
    for layer in &release.manifest.layers {
        let Some(path) = layer.name.as_str().strip_prefix("artefacts/") else { continue };
        let to = directory.join(path);
        let mut from = archive.open_layer(version, layer.name.as_str()).doing(format_args!("read {path}"))?;
        std::fs::create_dir_all(to.parent().unwrap_or(directory)).doing(format_args!("write {path}"))?;
        let mut file = std::fs::File::create(&to).doing(format_args!("write {path}"))?;
        std::io::copy(&mut from, &mut file).doing(format_args!("write {path}"))?;
        #[cfg(unix)]
        if release.manifest.head.annotations.contains_key(&format!("executable:{path}")) {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            std::fs::set_permissions(&to, mode).doing(format_args!("write {path}"))?;
        }
        written += 1;
    }
    Ok(written)
}

/// A sealed release in a list.
#[derive(Clone, Debug, Serialize)]
pub struct ArchiveRow {
    /// The version.
    pub version: String,
    /// The release day.
    pub day: String,
    /// Stored bytes.
    pub bytes: u64,
    /// The least date until which it is kept.
    pub retain: String,
    /// `open-ended`, the reasons of legal holds, or empty.
    pub hold: String,
    /// Why that long.
    pub basis: String,
}

/// Sealed releases with retention and hold.
///
/// # Errors
/// When archive or ledger cannot be read.
pub fn archive_list(ws: &Workspace) -> Result<Vec<ArchiveRow>> {
    let state = ws.ledger()?.state(None)?;
    let kept = open_read_only(ws)?.retention().doing("read the retention of the archive")?;
    let mut rows = Vec::new();
    for (version, release) in &state.releases {
        let Some(sealed) = &release.sealed else { continue };
        let protected = kept.get(version);
        let mut hold: Vec<String> =
            protected.map(|p| p.holds.iter().map(|h| h.reason.clone()).collect()).unwrap_or_default();
        if protected.is_some_and(|p| p.retention.open_ended) {
            hold.push("open-ended".into());
        }
        rows.push(ArchiveRow {
            version: version.clone(),
            day: sealed.body.day.to_string(),
            bytes: sealed.body.stored_bytes,
            retain: protected.map_or(sealed.body.retain_until, |p| p.retention.until).to_string(),
            hold: hold.join(", "),
            basis: sealed.body.basis.clone(),
        });
    }
    Ok(rows)
}

/// Sets or lifts a legal hold: recorded first, then done in the archive.
///
/// # Errors
/// When there is no such sealed release, or the person cannot sign.
pub fn archive_hold(
    ws: &Workspace,
    actor: &Actor,
    version: &str,
    hold: bool,
    reason: &str,
) -> Result<Appended> {
    said("a reason", reason)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let body = RetentionHold { version: version.to_owned(), hold, reason: reason.to_owned() };
    // The archive of a server is the server's: it looks before it takes the record, and changes the hold after it.
    if !ws.is_remote() {
        may_be_held(ws, &state, &body)?;
    }
    let meaning = if hold { "this release is not to be disposed of" } else { "this hold is lifted" };
    let appended = ws.act_on(&ledger, &state, actor, meaning, &body)?;
    if matches!(appended, Appended::Entries { .. }) && !ws.is_remote() {
        hold_in_archive(ws, &actor.person, &body)?;
    }
    Ok(appended)
}

/// Whether the archive here can have a hold set or lifted.
///
/// # Errors
/// When the release is not sealed, its archive is not here, or there is no hold to lift.
pub(crate) fn may_be_held(ws: &Workspace, state: &State, body: &RetentionHold) -> Result<()> {
    let version = &body.version;
    said("a reason", &body.reason)?;
    if state.releases.get(version).is_none_or(|r| r.sealed.is_none()) {
        return Err(Error::refused(format!("release `{version}` is not sealed")));
    }
    let archive = open_read_only(ws)?;
    let kept = archive.retention().doing("read the retention of the archive")?;
    let Some(protected) = kept.get(version) else {
        return Err(Error::refused(format!("release `{version}` is not in the archive here")));
    };
    if !body.hold && !protected.holds.iter().any(|h| h.reason == body.reason) {
        let reasons: Vec<String> = protected.holds.iter().map(|h| format!("`{}`", h.reason)).collect();
        let held = if reasons.is_empty() { "none".to_owned() } else { reasons.join(", ") };
        return Err(Error::refused(format!("`{version}` is not held for this reason"))
            .hint(format!("a hold is lifted with the reason that it was set with; in force: {held}")));
    }
    Ok(())
}

/// Does in the archive here what was recorded, and records what its retention is from now on.
///
/// # Errors
/// When the archive cannot be changed; the record stands.
pub(crate) fn hold_in_archive(ws: &Workspace, person: &str, body: &RetentionHold) -> Result<()> {
    let archive = open(ws)?;
    let RetentionHold { version, hold, reason } = body;
    let done = if *hold {
        archive.hold(version, Hold { reason: reason.clone(), by: person.to_owned(), at: ws.clock.now() })
    } else {
        archive.lift_hold(version, reason)
    };
    done.doing("change the hold in the archive; the record stands")?;
    let bytes = archive.store().document("retention.json").doing("read the retention of the archive")?;
    let retention = Digest::of(&bytes.unwrap_or_default());
    ws.record(person, &ArchiveDocuments { retention, cause: format!("hold of {version}") }).map(|_| ())
}

/// Brings the second copy up to date and repairs either side from the other.
///
/// # Errors
/// When no second copy is configured, or one of them cannot be read or written at all.
pub fn archive_mirror(ws: &Workspace) -> Result<serde_json::Value> {
    let Some(mirror) = &ws.config.archive.mirror else {
        return Err(Error::refused("no second copy is configured")
            .hint("[archive] mirror = \"PATH\" in dossier.toml: a folder on another disk"));
    };
    let path = ws.path(mirror);
    std::fs::create_dir_all(&path).doing(format_args!("make the second copy {}", path.display()))?;
    let here = DiskBlobs::open(&folder(ws)).doing("open the archive")?;
    let there = DiskBlobs::open(&path).doing("open the second copy")?;
    let report = archive::mirror::mirror(&here, &there).doing("bring the second copy up to date")?;
    let digests = |d: &[vocabulary::Digest]| d.iter().map(ToString::to_string).collect::<Vec<_>>();
    Ok(
        serde_json::json!({"format": "dossier/mirror/v1", "copied": report.copied, "rehashed": report.rehashed,
        "repaired_here": digests(&report.repaired_here), "repaired_there": digests(&report.repaired_there),
        "problems": report.problems.iter().map(|p| p.message.clone()).collect::<Vec<_>>()}),
    )
}

/// Puts a folder into an archive by the same code as a release, for measuring.
///
/// # Errors
/// When folder or archive cannot be read or written.
pub fn archive_put(archive: &Path, directory: &Path) -> Result<serde_json::Value> {
    std::fs::create_dir_all(archive).doing(format_args!("make {}", archive.display()))?;
    let archive = Archive::open(archive).doing("open the archive")?;
    let name = format!("folder-{}", archive.list().doing("list the archive")?.len() + 1);
    let now = crate::clock::Clock::System.now();
    let retention = archive::retention::compute(&RetentionInput {
        markets: Vec::new(),
        lifetime_years: None,
        released: now.date_utc(),
        last_placed: None,
        as_of: now.date_utc(),
    });
    let key = crate::keys::generate("archive put")?;
    let receipt = archive
        .put_folder(&name, directory, now, retention, &key)
        .doing("put the folder into the archive")?;
    Ok(
        serde_json::json!({"format": "dossier/put/v1", "name": name, "blobs": receipt.blobs, "bytes": receipt.bytes,
        "bytes_added": receipt.bytes_added}),
    )
}
