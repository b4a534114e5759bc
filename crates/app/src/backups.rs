//! Backup and restore (Annex 11 clause 7): ledger, evidence and archive while in use, verified before they count.

use crate::error::{Doing as _, Error, Result};
use crate::people::said;
use crate::personal_data;
use crate::shared_ledger::SharedLedger;
use crate::workspace::{Appended, Workspace};
use ledger::Entry;
use records::{BackupMake, BackupRestore, State};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use vocabulary::Digest;

/// The list of a backup's files, `sha256  path` per line as `sha256sum -c` reads them.
const LIST: &str = "SHA256SUMS";
/// The parts of the state folder that are copied: the ledger is exported, cache and credentials are not. Personal data are sealed.
const FOLDERS: [&str; 3] = ["blobs", "archive", personal_data::FOLDER];

/// Where a backup keeps personal data.
const PERSONAL: &str = "personal/";

/// What a backup holds.
#[derive(Debug, Serialize)]
pub struct Backup {
    /// Where.
    pub directory: PathBuf,
    /// How many entries.
    pub position: u64,
    /// How many files beside the ledger.
    pub files: u64,
    /// Complaints whose personal data the ledger names and the backup does not hold, although nobody deleted them.
    pub personal_missing: Vec<String>,
    /// Files of personal data that were deleted since the backup was made and are not put back.
    pub personal_erased: u64,
    /// The entry that records it.
    #[serde(skip)]
    pub recorded: Option<Appended>,
}

/// Writes a backup into a new or empty folder while others work, verifies it, and records it. The ledger comes first: what it
/// names was on the disk before it was named, so evidence and archive that are copied afterwards hold at least that. Keys,
/// pepper and credentials are no part of it (docs/security.md).
///
/// # Errors
/// When the folder is not empty, something cannot be copied, or the copy does not verify.
pub fn backup(ws: &Workspace, by: &str, directory: &Path) -> Result<Backup> {
    let empty = std::fs::read_dir(directory).map(|mut d| d.next().is_none()).unwrap_or(true);
    if !empty {
        return Err(Error::refused(format!("{} is not empty", directory.display()))
            .hint("a backup goes into a new folder: backups/2026-03-01"));
    }
    std::fs::create_dir_all(directory).doing(format_args!("make {}", directory.display()))?;
    let position = crate::ledgers::export_to(ws, &directory.join("ledger"))?;
    for folder in FOLDERS {
        copy_tree(&ws.state_dir().join(folder), &directory.join(folder))?;
    }
    let config = directory.join("dossier.toml");
    std::fs::write(&config, &ws.config_text).doing(format_args!("write {}", config.display()))?;
    let sums = sums(directory)?;
    let list: String = sums.iter().map(|(path, digest)| format!("{digest}  {path}\n")).collect();
    let path = directory.join(LIST);
    std::fs::write(&path, &list).doing(format_args!("write {}", path.display()))?;
    sync(directory)?;
    let held = verify(ws, directory)?;
    let personal_missing =
        personal_data::missing(&held.state, &directory.join(personal_data::FOLDER), &held.erased);
    let files = sums.keys().filter(|p| !p.starts_with("ledger/")).count() as u64;
    let body = BackupMake {
        place: directory.display().to_string(),
        position: held.state.position,
        blobs: files,
        digest: Digest::of(list.as_bytes()),
    };
    let recorded = record_anywhere(ws, by, &body)?;
    Ok(Backup {
        directory: directory.to_owned(),
        position,
        files,
        personal_missing,
        personal_erased: 0,
        recorded: Some(recorded),
    })
}

/// Others append meanwhile: the record of a backup is decided on no position, so it is tried until it finds its place.
fn record_anywhere(ws: &Workspace, by: &str, body: &BackupMake) -> Result<Appended> {
    let mut last = None;
    for _ in 0..50 {
        match ws.record(by, body) {
            Ok(done) => return Ok(done),
            Err(e) => last = Some(e),
        }
    }
    Err(last.unwrap_or_else(|| Error::environment("the backup could not be recorded")))
}

/// What a verified backup holds.
struct Held {
    /// The state of its ledger.
    state: State,
    /// The entries of its ledger.
    entries: Vec<Vec<u8>>,
    /// Names of files of personal data that were deleted, before it was made or since.
    erased: BTreeSet<String>,
}

/// Whether a folder is a backup, by its list.
///
/// # Errors
/// When it has none.
pub(crate) fn is_one(directory: &Path) -> Result<()> {
    list_of(directory).map(|_| ())
}

fn list_of(directory: &Path) -> Result<String> {
    std::fs::read_to_string(directory.join(LIST)).map_err(|e| {
        Error::refused(format!("{} is no backup: it has no {LIST}", directory.display())).because(e)
    })
}

/// Checks a backup: every listed file is there and unchanged, but for personal data that were deleted since; nothing else is there;
/// the ledger verifies.
fn verify(ws: &Workspace, directory: &Path) -> Result<Held> {
    let text = list_of(directory)?;
    let wrong = |what: String| Error::verification(format!("the backup does not hold: {what}"));
    let mut listed = BTreeMap::new();
    for line in text.lines() {
        let (digest, path) =
            line.split_once("  ").ok_or_else(|| wrong(format!("`{line}` is no line of {LIST}")))?;
        listed.insert(path.to_owned(), digest.to_owned());
    }
    let there = sums(directory)?;
    let mut deleted = Vec::new();
    for (path, digest) in &listed {
        match there.get(path) {
            None if path.starts_with(PERSONAL) => deleted.push(path),
            None => return Err(wrong(format!("{path} is missing"))),
            Some(d) if d.to_string() != *digest => return Err(wrong(format!("{path} was changed"))),
            Some(_) => {}
        }
    }
    if let Some(path) = there.keys().find(|p| !listed.contains_key(*p)) {
        return Err(wrong(format!("{path} is not listed")));
    }
    let genesis = crate::ledgers::configured_key(ws)?;
    let anchors = ledger::Anchors { keys: genesis.into_iter().collect(), ..ledger::Anchors::default() };
    let report =
        ledger::verify_export(&directory.join("ledger"), &anchors).doing("read the backup's ledger")?;
    if let Some(p) = report.problems.first() {
        return Err(wrong(format!("{} {}", p.code, p.message)));
    }
    if let Some(origin) = &ws.config.ledger.origin
        && report.genesis.as_ref().is_some_and(|g| g.origin != *origin)
    {
        return Err(wrong(format!("its ledger is not `{origin}`")));
    }
    let entries = ledger::read_entries(&ledger::ExportDir(&directory.join("ledger")))
        .doing("read the backup's ledger")?;
    let decoded: std::result::Result<Vec<Entry>, _> = entries.iter().map(|b| Entry::decode(b)).collect();
    let state = State::fold(&decoded.doing("read the entries of the backup's ledger")?);
    let erased = personal_data::erased(&state)?;
    if let Some(path) = deleted.iter().find(|p| !erased.contains(p.trim_start_matches(PERSONAL))) {
        return Err(wrong(format!("{path} is missing, and no deletion of it is known here"))
            .hint("deletions are listed beside the ledger's key: bring that list with the key"));
    }
    Ok(Held { state, entries, erased })
}

/// Puts a verified backup back where the product has no ledger. What is there is never overwritten: a damaged ledger is
/// moved away by whoever restores. The restore is an entry, with the reason, so that what came after the backup and is lost
/// is lost visibly; any anchor from after the backup shows it too.
///
/// # Errors
/// When there is a ledger, the backup does not verify, or it is of another product.
pub fn restore(ws: &Workspace, by: &str, directory: &Path, reason: &str) -> Result<Backup> {
    said("a reason", reason)?;
    ws.readable()?;
    let place = ws.config.ledger.url.strip_prefix("sqlite:").map(|p| ws.path(p)).ok_or_else(|| {
        Error::refused("a backup is restored to a ledger in a file: [ledger] url = \"sqlite:PATH\"")
    })?;
    if place.exists() {
        return Err(Error::refused(format!("{} exists; nothing is overwritten", place.display()))
            .hint("move it away, keep it, and find out with `dossier ledger verify` what is wrong with it"));
    }
    let held = verify(ws, directory)?;
    let position = held.state.position;
    for folder in FOLDERS {
        copy_tree(&directory.join(folder), &ws.state_dir().join(folder))?;
    }
    // What somebody had deleted does not come back.
    let personal = ws.state_dir().join(personal_data::FOLDER);
    let mut personal_erased = 0;
    for name in &held.erased {
        let path = personal.join(name);
        if path.is_file() {
            std::fs::remove_file(&path).doing(format_args!("delete {}", path.display()))?;
            personal_erased += 1;
        }
    }
    if let Some(dir) = place.parent() {
        std::fs::create_dir_all(dir).doing(format_args!("make {}", dir.display()))?;
    }
    store::SqliteLedger::restore(&place, &held.entries).doing(format_args!("write {}", place.display()))?;
    let ledger = SharedLedger::open(ws)?;
    if ledger.position()? != position {
        return Err(Error::verification("the restored ledger has another length than the backup"));
    }
    drop(ledger);
    let body = BackupRestore { place: directory.display().to_string(), position, reason: reason.to_owned() };
    let recorded = ws.record(by, &body)?;
    let files = sums(directory)?.keys().filter(|p| !p.starts_with("ledger/")).count() as u64;
    Ok(Backup {
        directory: directory.to_owned(),
        position,
        files,
        personal_missing: personal_data::missing(&held.state, &personal, &held.erased),
        personal_erased,
        recorded: Some(recorded),
    })
}

/// Copies what is there; a file that another process writes under a temporary name is not part of it yet.
fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(to).doing(format_args!("make {}", to.display()))?;
    for entry in std::fs::read_dir(from).doing(format_args!("list {}", from.display()))? {
        let entry = entry.doing(format_args!("list {}", from.display()))?;
        let (name, kind) = (entry.file_name(), entry.file_type().doing("look at a file")?);
        let target = to.join(&name);
        if kind.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else if kind.is_file() && !name.to_string_lossy().starts_with(".tmp") && !target.exists() {
            match std::fs::copy(entry.path(), &target) {
                Ok(_) => {}
                // It went away between listing and copying: it was never named.
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => {
                    return Err(
                        Error::environment(format!("could not copy {}", entry.path().display())).because(e)
                    );
                }
            }
        }
    }
    Ok(())
}

/// The digests of all files below a folder, by path, but for the list itself.
fn sums(directory: &Path) -> Result<BTreeMap<String, Digest>> {
    let mut out = BTreeMap::new();
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).doing(format_args!("list {}", folder.display()))? {
            let path = entry.doing(format_args!("list {}", folder.display()))?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(directory).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if name != LIST {
                let bytes = std::fs::read(&path).doing(format_args!("read {}", path.display()))?;
                out.insert(name, Digest::of(&bytes));
            }
        }
    }
    Ok(out)
}

fn sync(directory: &Path) -> Result<()> {
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).doing("list the backup")? {
            let path = entry.doing("list the backup")?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                std::fs::File::open(&path)
                    .and_then(|f| f.sync_all())
                    .doing("write the backup to the disk")?;
            }
        }
        std::fs::File::open(&folder).and_then(|f| f.sync_all()).doing("write the backup to the disk")?;
    }
    Ok(())
}
