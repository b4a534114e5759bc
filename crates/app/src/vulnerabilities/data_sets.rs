//! Data sets of advisories: brought in from files, kept as blobs, indexed once.

use crate::error::{Doing as _, Error, Result};
use crate::workspace::{Appended, Workspace};
use records::{DataSetImport, State, VexImport};
use serde::Serialize;
use soup::advisories::{self, DataSet, Index, Pinned};
use soup::vex::Format;
use std::path::{Path, PathBuf};
use vocabulary::{Date, Digest};

/// Largest data set that is read: 4 GiB, packed.
const BYTES_MAX: u64 = 4 << 30;

/// How a data set is brought in.
#[derive(Clone, Debug, Default)]
pub struct DataSetOptions {
    /// A name instead of the one that is made of the content.
    pub name: Option<String>,
    /// The date of the data set, where its content bears none or a misleading one.
    pub date: Option<Date>,
    /// Takes a data set that is older than the one in force.
    pub older: bool,
    /// Takes a data set in which files cannot be read; how many is recorded.
    pub leave_out_unreadable: bool,
    /// Takes a CSAF document for a supplier's statements about its product, not for advisories.
    pub statements: bool,
    /// Where it came from, where that is not the file.
    pub source: Option<String>,
}

/// What an import did.
#[derive(Debug)]
pub struct ImportedSet {
    /// The record.
    pub body: DataSetImport,
    /// Whether exactly these bytes were in force already; then nothing is appended.
    pub repeated: bool,
    /// The entry.
    pub appended: Option<Appended>,
}

/// What was brought in.
#[derive(Debug)]
pub enum Brought {
    /// A data set of advisories.
    DataSet(ImportedSet),
    /// Somebody's statements about vulnerabilities.
    Statements(VexImport, Appended),
}

/// Brings in a data set, a file or a folder whose files become one; or a supplier's VEX document.
///
/// # Errors
/// When it is neither, cannot be read whole, or is older than the one in force.
pub fn vuln_import(ws: &Workspace, by: &str, path: &Path, options: &DataSetOptions) -> Result<Brought> {
    let bytes = if path.is_dir() { folder(path)? } else { file(path)? };
    if says_something(&bytes, options) {
        let (body, appended) = super::exchange::take_vex(ws, by, path, &bytes)?;
        return Ok(Brought::Statements(body, appended));
    }
    let label =
        path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    take(ws, by, &label, &bytes, options).map(Brought::DataSet)
}

/// Whether these bytes are meant as statements. What is not read well is refused as what it is meant to be: an OpenVEX document
/// never as advisories, a CycloneDX document only where it has vulnerabilities, and CSAF holds either.
fn says_something(bytes: &[u8], options: &DataSetOptions) -> bool {
    match soup::vex::format_of(bytes) {
        Ok(Format::OpenVex) => true,
        Ok(Format::CycloneDx) => !matches!(soup::vex::read(bytes), Err(soup::vex::Error::Empty)),
        Ok(Format::Csaf) | Err(_) => options.statements,
    }
}

/// As [`vuln_import`], for bytes that are here.
pub(crate) fn take(
    ws: &Workspace,
    by: &str,
    label: &str,
    bytes: &[u8],
    options: &DataSetOptions,
) -> Result<ImportedSet> {
    let set = advisories::read(label, bytes).map_err(|e| {
        Error::refused(format!("{label} is not taken in: {e}"))
            .hint("advisories come as OSV, GHSA, NVD 2.0, CSAF, KEV or EPSS; a zip that ends too early is to be fetched again")
    })?;
    whole(label, &set, options)?;
    let body = DataSetImport {
        name: options.name.clone().unwrap_or_else(|| set.name.clone()),
        format: set.format.as_str().to_owned(),
        digest: Digest::of(bytes),
        date: date(label, &set, options)?,
        size: bytes.len() as u64,
        advisories: set.advisories as u64,
        withdrawn: set.withdrawn as u64,
        marks: set.marks as u64,
        left_out: set.unreadable.len() as u64,
        source: options.source.clone().unwrap_or_else(|| label.to_owned()),
    };
    crate::people::identifier("the name of a data set", &body.name)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    if let Some(in_force) = state.security.datasets_in_force().get(body.name.as_str()) {
        if in_force.body.digest == body.digest {
            return Ok(ImportedSet { body, repeated: true, appended: None });
        }
        if in_force.body.date > body.date && !options.older {
            return Err(Error::refused(format!(
                "{label} is of {}, and `{}` of {} is in force",
                body.date, body.name, in_force.body.date
            ))
            .hint("an older data set knows less; take it all the same with `--older`"));
        }
    }
    ws.blobs().put(bytes)?;
    let draft = ws.at(&state).process(by, &body)?;
    let appended = ws.append(&ledger, &state, &[draft])?;
    Ok(ImportedSet { body, repeated: false, appended: Some(appended) })
}

fn whole(label: &str, set: &DataSet, options: &DataSetOptions) -> Result<()> {
    let Some(first) = set.unreadable.first() else { return Ok(()) };
    if options.leave_out_unreadable {
        return Ok(());
    }
    let mut error = Error::refused(format!(
        "{label} is not taken in: `{}` in it cannot be read: {}",
        first.file, first.reason
    ));
    for more in set.unreadable.iter().skip(1) {
        error = error.hint(format!("neither can `{}`: {}", more.file, more.reason));
    }
    Err(error.hint(
        "what is left out would never match; fetch it again, or leave it out with `--leave-out-unreadable`",
    ))
}

fn date(label: &str, set: &DataSet, options: &DataSetOptions) -> Result<Date> {
    match options.date {
        Some(date) => Ok(date),
        None => set.date.parse().map_err(|_| {
            Error::refused(format!("{label} bears no date")).hint("say of when it is: `--date 2026-03-01`")
        }),
    }
}

fn file(path: &Path) -> Result<Vec<u8>> {
    let size = std::fs::metadata(path).doing(format_args!("read {}", path.display()))?.len();
    if size > BYTES_MAX {
        return Err(Error::refused(format!("{} has {size} bytes, more than 4 GiB", path.display())));
    }
    std::fs::read(path).doing(format_args!("read {}", path.display()))
}

/// The advisories of a folder as one zip: equal files give equal bytes.
fn folder(path: &Path) -> Result<Vec<u8>> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).doing(format_args!("read {}", next.display()))? {
            let entry = entry.doing(format_args!("read {}", next.display()))?;
            let kind = entry.file_type().doing(format_args!("read {}", next.display()))?;
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if kind.is_dir() && !hidden {
                folders.push(entry.path());
            } else if kind.is_file() && is_data(&entry.path()) {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Error::refused(format!("{} has no .json, .csv or .gz file", path.display()))
            .hint("an empty folder is not \"no vulnerabilities\""));
    }
    let read = |file: &PathBuf| {
        let name = file.strip_prefix(path).unwrap_or(file).to_string_lossy().replace('\\', "/");
        std::fs::read(file).map(|bytes| (name, bytes))
    };
    advisories::bundle(files.iter().map(read)).doing(format_args!("read {}", path.display()))
}

fn is_data(path: &Path) -> bool {
    path.extension().is_some_and(|e| ["json", "csv", "gz"].iter().any(|known| e.eq_ignore_ascii_case(known)))
}

/// A data set in a list.
#[derive(Clone, Debug, Serialize)]
pub struct DataSetRow {
    /// Its name.
    pub name: String,
    /// `sha256:…`
    pub digest: String,
    /// The newest date of its content.
    pub date: String,
    /// How many days old it is.
    pub age_days: i64,
    /// How many advisories.
    pub advisories: u64,
    /// How many CVEs it marks.
    pub marks: u64,
    /// Where it came from.
    pub source: String,
}

/// The data sets in force.
///
/// # Errors
/// When the ledger cannot be read.
pub fn vuln_datasets(ws: &Workspace, ledger_at: Option<u64>, as_of: Option<Date>) -> Result<Vec<DataSetRow>> {
    let state = ws.ledger()?.listed(ws, ledger_at)?;
    let today = match as_of {
        Some(date) => date,
        None => ws.clock.today(&ws.config.product.timezone)?,
    };
    let in_force = state.security.datasets_in_force();
    Ok(in_force
        .values()
        .map(|d| DataSetRow {
            name: d.body.name.clone(),
            digest: d.body.digest.oci(),
            date: d.body.date.to_string(),
            age_days: today.days_since(d.body.date),
            advisories: d.body.advisories,
            marks: d.body.marks,
            source: d.body.source.clone(),
        })
        .collect())
}

/// The data sets in force, as a scan pins them.
pub(crate) fn pinned(state: &State) -> Vec<Pinned> {
    let in_force = state.security.datasets_in_force();
    let pin = |d: &&records::Recorded<DataSetImport>| Pinned {
        name: d.body.name.clone(),
        digest: d.body.digest,
        date: d.body.date.to_string(),
    };
    in_force.values().map(pin).collect()
}

/// The index of exactly these data sets: from the cache, or made again from the blobs.
///
/// # Errors
/// When a blob is absent or changed.
pub(crate) fn index(ws: &Workspace, pinned: &[Pinned]) -> Result<Index> {
    let key = Digest::of(&serde_json::to_vec(pinned).doing("name the index")?);
    let path = ws.state_dir().join("cache").join("advisories").join(format!("{key}.index"));
    if let Ok(bytes) = std::fs::read(&path)
        && let Ok(index) = Index::open(bytes)
        && index.pinned() == pinned
    {
        return Ok(index);
    }
    let mut sets = Vec::with_capacity(pinned.len());
    for pin in pinned {
        let bytes = ws.blobs().get(pin.digest)?;
        let set = advisories::read(&pin.name, &bytes)
            .map_err(|e| Error::verification(format!("data set `{}` cannot be read", pin.name)).because(e))?;
        sets.push((pin.clone(), set));
    }
    let bytes = advisories::build(sets);
    keep(&path, &bytes);
    Index::open(bytes).map_err(|e| Error::environment("the index of advisories cannot be made").because(e))
}

/// A cache that cannot be written is no error: the index is made again.
fn keep(path: &Path, bytes: &[u8]) {
    let Some(folder) = path.parent() else { return };
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| tempfile::NamedTempFile::new_in(folder))
        .and_then(|file| std::fs::write(file.path(), bytes).map(|()| file));
    if let Ok(file) = written {
        let _ = file.persist(path);
    }
}
