//! Finds out what lies at a path and has it checked.

use crate::trust::Anchors;
use archive::bagit::{is_bag, verify_bag};
use archive::unpack::TreeFiles;
use archive::verify::{Known, LEDGER_TREE};
use archive::{Archive, Code, DiskBlobs, Release, Report, verify_archive};
use ledger::{
    CHECKPOINT_FILE, Entry, ExportDir, ExportFiles, Rotation, SignedCheckpoint, Trust, read_entries,
    verify_export,
};
use records::State;
use signing::note::VerifierKey;
use std::fs;
use std::path::Path;

/// What was found at the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Archive,
    Bag,
    Ledger,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// `A…` of the archive, `L…` of a ledger export.
    pub(crate) code: String,
    pub(crate) path: String,
    pub(crate) message: String,
}

/// What was checked and what was found.
pub(crate) struct Outcome {
    pub(crate) kind: Kind,
    pub(crate) releases: Vec<String>,
    pub(crate) blobs: u64,
    pub(crate) bytes: u64,
    pub(crate) entries: u64,
    pub(crate) signatures: u64,
    pub(crate) trust: Trust,
    /// What to compare with a copy kept elsewhere.
    pub(crate) fingerprints: Vec<String>,
    /// What was not looked into, in words; no problem, but no silent pass either.
    pub(crate) notes: Vec<String>,
    pub(crate) problems: Vec<Finding>,
}

pub(crate) fn check(path: &Path, anchors: &Anchors) -> Result<Outcome, String> {
    let shown = path.display();
    let metadata = fs::metadata(path).map_err(|e| format!("{shown} cannot be opened: {e}"))?;
    if !metadata.is_dir() {
        return Err(format!("{shown} is no folder; give the folder of an archive, a bag or a ledger export"));
    }
    fs::read_dir(path).map_err(|e| format!("{shown} cannot be listed: {e}"))?;
    let has = |name: &str| path.join(name).exists();
    let mut outcome = if is_bag(path) {
        check_bag(path, anchors)?
    } else if has("oci-layout") || has("index.json") || has("blobs") {
        check_archive(path, anchors, Kind::Archive)?
    } else if has(CHECKPOINT_FILE) || has("tile") {
        check_ledger(path, anchors)?
    } else {
        return Err(format!("{shown} is neither an archive, nor a bag, nor a ledger export"));
    };
    check_stamps(anchors, &mut outcome);
    outcome.problems.sort();
    outcome.problems.dedup();
    Ok(outcome)
}

/// The time stamps beside trusted checkpoints: since when history up to there existed, by an authority's word (RFC 3161).
fn check_stamps(anchors: &Anchors, outcome: &mut Outcome) {
    for (file, checkpoint, token) in &anchors.stamps {
        let size = SignedCheckpoint::parse(checkpoint).map_or(0, |s| s.checkpoint.size);
        if anchors.authorities.is_empty() {
            outcome
                .notes
                .push(format!("{file} was not looked into: name its authority's certificate with --tsa"));
            continue;
        }
        match signing::timestamp::verify(token, &vocabulary::Digest::of(checkpoint).0, &anchors.authorities) {
            Ok(stamped) => outcome.notes.push(format!(
                "history up to entry {size} existed at {}: time stamp of {}",
                vocabulary::Instant::from_millis(stamped.millis),
                stamped.authority
            )),
            Err(e) => outcome.problems.push(Finding {
                code: "L093".to_owned(),
                path: file.clone(),
                message: format!("the time stamp over {size} entries does not hold: {e}"),
            }),
        }
    }
}

fn check_bag(path: &Path, anchors: &Anchors) -> Result<Outcome, String> {
    let data = path.join("data");
    if !data.is_dir() {
        return Err(format!("{} is a bag without its folder `data`", path.display()));
    }
    let mut outcome = check_archive(&data, anchors, Kind::Bag)?;
    let problems = verify_bag(path);
    outcome.problems.extend(problems.into_iter().map(finding));
    Ok(outcome)
}

fn finding(p: archive::Problem) -> Finding {
    Finding { code: p.code.to_string(), path: p.path, message: format!("{}: {}", p.code.name(), p.message) }
}

fn check_archive(path: &Path, anchors: &Anchors, kind: Kind) -> Result<Outcome, String> {
    let store = DiskBlobs::read_only(path).map_err(|e| e.to_string())?;
    let ledger_entries = newest_entries(path);
    let persons = |rotation: &Rotation| persons_may_rotate(&ledger_entries, rotation);
    let known = Known {
        keys: anchors.keys.clone(),
        checkpoints: anchors.checkpoints.clone(),
        documents: Vec::new(),
        copy: kind == Kind::Bag,
        persons: Some(&persons),
    };
    let report = verify_archive(&store, &known);
    let Report { releases, blobs, bytes, entries, signatures, trust, fingerprints, problems } = report;
    let problems = problems.into_iter().map(finding).collect();
    let notes = Vec::new();
    let mut outcome =
        Outcome { kind, releases, blobs, bytes, entries, signatures, trust, fingerprints, notes, problems };
    check_records(&ledger_entries, "trees/ledger", &mut outcome);
    Ok(outcome)
}

/// The entries of the newest release's ledger, of which each older one is a prefix. Empty where they cannot be read,
/// which is a problem already.
fn newest_entries(path: &Path) -> Vec<Entry> {
    let Ok(archive) = Archive::read_only(path) else { return Vec::new() };
    let releases = archive.list().unwrap_or_default();
    let releases = releases.iter().filter_map(|r| archive.release(&r.version).ok());
    let position = |r: &Release| r.manifest.head.ledger.as_ref().map(|p| p.position);
    let newest = releases.filter(|r| position(r).is_some()).max_by_key(position);
    let index = newest.and_then(|r| archive.tree(r.version(), LEDGER_TREE).ok());
    index.map(|index| decode(&TreeFiles::new(archive.store(), &index))).unwrap_or_default()
}

/// Entries that cannot be decoded are left out: the ledger's verification names them.
fn decode(files: &dyn ExportFiles) -> Vec<Entry> {
    let entries = read_entries(files).unwrap_or_default();
    entries.iter().filter_map(|bytes| Entry::decode(bytes).ok()).collect()
}

/// Whether two enrolled persons vouch for a new ledger key with keys that were in force then.
fn persons_may_rotate(entries: &[Entry], rotation: &Rotation) -> Result<(), String> {
    State::fold(entries.iter().filter(|e| e.seq < rotation.position)).vouched_for(rotation)
}

/// Folds the entries to state: personal signatures against the keys that were in force at their position.
fn check_records(entries: &[Entry], path: &str, outcome: &mut Outcome) {
    let state = State::fold(entries);
    for p in &state.problems {
        let message = format!("{}: entry {} ({}): {}", Code::Record.name(), p.seq, p.kind, p.what);
        outcome.problems.push(Finding { code: Code::Record.to_string(), path: path.to_owned(), message });
    }
    if !state.unknown_kinds.is_empty() {
        let mut kinds: Vec<&str> = state.unknown_kinds.iter().map(|(_, kind)| kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        outcome.notes.push(format!(
            "{} entries are of kinds that this program does not know ({}): they were verified as entries, their meaning \
             and signatures' roles were not looked into",
            state.unknown_kinds.len(),
            kinds.join(", ")
        ));
    }
    if state.simulated_clock {
        outcome
            .notes
            .push("the ledger's clock is simulated: this is a demonstration, not a record".to_owned());
    }
}

fn check_ledger(path: &Path, anchors: &Anchors) -> Result<Outcome, String> {
    let origin = fs::read(path.join(CHECKPOINT_FILE))
        .ok()
        .and_then(|bytes| SignedCheckpoint::parse(&bytes).ok())
        .map(|signed| signed.checkpoint.origin);
    // Keys are bound to an origin; where the checkpoint cannot be read there is none, which is a problem already.
    let name = origin.unwrap_or_else(|| "unknown".to_owned());
    let keys = anchors.keys.iter().filter_map(|k| VerifierKey::new(&name, *k).ok()).collect();
    let entries = decode(&ExportDir(path));
    let persons = |rotation: &Rotation| persons_may_rotate(&entries, rotation);
    let known = ledger::Anchors {
        origin: None,
        keys,
        checkpoints: anchors.checkpoints.clone(),
        persons: Some(&persons),
    };
    let report = verify_export(path, &known).map_err(|e| e.to_string())?;
    let mut outcome = Outcome {
        kind: Kind::Ledger,
        releases: Vec::new(),
        blobs: 0,
        bytes: 0,
        entries: report.entries,
        signatures: report.signatures,
        trust: report.trust,
        fingerprints: archive::verify::fingerprints(&report),
        notes: Vec::new(),
        problems: Vec::new(),
    };
    for p in report.problems {
        let entry = p.seq.map(|s| format!("entry {s}: ")).unwrap_or_default();
        let path = p.path.unwrap_or_else(|| "ledger".to_owned());
        outcome.problems.push(Finding { code: p.code.to_owned(), path, message: entry + &p.message });
    }
    check_records(&entries, "ledger", &mut outcome);
    Ok(outcome)
}
