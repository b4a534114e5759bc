//! Data sets as their publishers ship them: zips and single files, told by their content, with bounds on everything that
//! is unpacked.

use super::pack::Packed;
use super::{csaf, epss, ghsa, kev, nvd, osv};
use rayon::prelude::*;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::io::{Cursor, Read, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};

/// Largest file inside a data set, unpacked: 256 MiB (a year of NVD has about 150).
const FILE_MAX: u64 = 256 << 20;
/// All of a data set, unpacked: 8 GiB.
const TOTAL_MAX: u64 = 8 << 30;
/// Most files inside a zip.
const FILES_MAX: usize = 4_000_000;
/// Unpacked bytes for each packed one from which on it is a bomb and not JSON; deflate reaches 1032.
const RATIO_MAX: u64 = 400;
/// How many unreadable files are named.
const NAMED_MAX: usize = 10;

/// The kinds of data sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Open Source Vulnerability format; GitHub's advisory database too.
    Osv,
    /// GitHub's REST interface.
    Ghsa,
    /// National Vulnerability Database, JSON 2.0.
    Nvd,
    /// Common Security Advisory Framework 2.0.
    Csaf,
    /// CISA's known exploited vulnerabilities.
    Kev,
    /// FIRST's exploit prediction scores.
    Epss,
}

impl Format {
    /// The word, as records have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Osv => "osv",
            Format::Ghsa => "ghsa",
            Format::Nvd => "nvd",
            Format::Csaf => "csaf",
            Format::Kev => "kev",
            Format::Epss => "epss",
        }
    }
}

/// A data set that was read.
#[derive(Debug)]
pub struct DataSet {
    /// What it is.
    pub format: Format,
    /// A name made of its content: `osv-crates.io`, `ghsa`, `nvd`, `kev`, `epss`, `csaf-example`.
    pub name: String,
    /// The newest date that its content bears, `2026-08-21`; empty where it bears none.
    pub date: String,
    /// How many advisories.
    pub advisories: usize,
    /// How many of them are withdrawn.
    pub withdrawn: usize,
    /// How many CVEs carry a mark (KEV, EPSS).
    pub marks: usize,
    /// Files that are no advisories and are not meant to be (licences, read-mes).
    pub ignored: usize,
    /// Files that were to be advisories and cannot be read.
    pub unreadable: Vec<Unreadable>,
    pub(super) packed: Packed,
}

/// A file inside a data set that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its name.
    pub file: String,
    /// Why.
    pub reason: String,
}

/// Why a data set is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No zip, or one that ends too early.
    #[error("`{file}` is no complete zip: {reason}")]
    Zip {
        /// The file.
        file: String,
        /// What the reader says.
        reason: String,
    },
    /// No gzip, or one that ends too early.
    #[error("`{file}` is no complete gzip: {reason}")]
    Gzip {
        /// The file.
        file: String,
        /// What the reader says.
        reason: String,
    },
    /// More than is unpacked.
    #[error("`{file}` unpacks to more than {limit}: that is no data set")]
    Bomb {
        /// The file, or the whole.
        file: String,
        /// The bound that was met.
        limit: &'static str,
    },
    /// A file of another kind.
    #[error("`{file}` is no data set of advisories: {what}")]
    Unknown {
        /// The file.
        file: String,
        /// What it is instead.
        what: String,
    },
    /// A file that is broken.
    #[error("`{file}` cannot be read as {format}: {reason}")]
    Malformed {
        /// The file.
        file: String,
        /// What it was read as.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Pages of answers are missing.
    #[error("the answers of NVD hold {there} of {total} vulnerabilities: pages are missing")]
    Pages {
        /// How many there are.
        there: usize,
        /// How many there are to be.
        total: usize,
    },
    /// Nothing in it.
    #[error("`{0}` has no advisory, and an empty data set is not \"no vulnerabilities\"")]
    Empty(String),
}

/// What one file gave.
#[derive(Default)]
struct Part {
    packed: Packed,
    formats: Vec<Format>,
    publisher: String,
    nvd_there: usize,
    nvd_total: usize,
    ignored: usize,
    unreadable: Vec<Unreadable>,
}

impl Part {
    fn append(&mut self, other: Part) {
        self.packed.append(other.packed);
        self.formats.extend(other.formats);
        self.formats.sort_unstable();
        self.formats.dedup();
        if self.publisher.is_empty() {
            self.publisher = other.publisher;
        }
        self.nvd_there += other.nvd_there;
        // Each page says how many there are in all; feeds of years are wholes of their own.
        self.nvd_total = self.nvd_total.max(other.nvd_total);
        self.ignored += other.ignored;
        let room = NAMED_MAX.saturating_sub(self.unreadable.len());
        self.unreadable.extend(other.unreadable.into_iter().take(room));
    }

    fn marked(&mut self, format: Format, read: (Vec<(String, super::Mark)>, String)) {
        self.packed.marks.extend(read.0);
        self.packed.dated(&read.1);
        self.formats.push(format);
    }
}

/// Reads a data set; `file` is its name, for messages.
///
/// # Errors
/// When it is none, ends too early, unpacks to too much, or is empty. Unreadable files inside a zip are listed in the
/// result, and whoever calls decides.
pub fn read(file: &str, bytes: &[u8]) -> Result<DataSet, Error> {
    let part = if bytes.starts_with(b"PK") { zipped(file, bytes)? } else { single(file, bytes, 0)? };
    if part.nvd_there < part.nvd_total {
        return Err(Error::Pages { there: part.nvd_there, total: part.nvd_total });
    }
    if part.packed.len() == 0 && part.packed.marks.is_empty() {
        return match part.unreadable.into_iter().next() {
            Some(u) => Err(Error::Malformed { file: u.file, format: "an advisory", reason: u.reason }),
            None => Err(Error::Empty(file.to_owned())),
        };
    }
    let format = part.formats.first().copied().unwrap_or(Format::Osv);
    Ok(DataSet {
        format,
        name: name(format, &part),
        date: part.packed.date.clone(),
        advisories: part.packed.len(),
        withdrawn: part.packed.withdrawn,
        marks: part.packed.marks.len(),
        ignored: part.ignored,
        unreadable: part.unreadable,
        packed: part.packed,
    })
}

fn name(format: Format, part: &Part) -> String {
    let most = || {
        let all = part.packed.ecosystems.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| b.0.cmp(a.0)));
        all.map_or("other", |(e, _)| e).to_ascii_lowercase().replace(' ', "-")
    };
    match format {
        Format::Osv if !part.packed.others_than_ghsa => "ghsa".to_owned(),
        Format::Osv => format!("osv-{}", most()),
        Format::Csaf => {
            let sign = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
            format!("csaf-{}", part.publisher.chars().map(sign).collect::<String>().trim_matches('-'))
        }
        other => other.as_str().to_owned(),
    }
}

fn zipped(file: &str, bytes: &[u8]) -> Result<Part, Error> {
    let broken = |e: zip::result::ZipError| Error::Zip { file: file.to_owned(), reason: e.to_string() };
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > FILES_MAX {
        return Err(Error::Bomb { file: file.to_owned(), limit: "4 000 000 files" });
    }
    let total = AtomicU64::new(0);
    let chunk = |from: usize| {
        let mut archive = archive.clone();
        let mut part = Part::default();
        for i in from..archive.len().min(from + CHUNK) {
            let entry = archive.by_index(i).map_err(broken)?;
            if let Some(one) = entry_of(file, entry, &total)? {
                part.append(one);
            }
        }
        Ok(part)
    };
    let mut whole = Part::default();
    let starts: Vec<usize> = (0..archive.len()).step_by(CHUNK).collect();
    // In batches, so that parts do not stand beside the whole in memory.
    for batch in starts.chunks(16) {
        let parts: Vec<Result<Part, Error>> = batch.par_iter().map(|from| chunk(*from)).collect();
        for part in parts {
            whole.append(part?);
        }
    }
    Ok(whole)
}

/// Files of a zip that one thread takes at a time.
const CHUNK: usize = 256;

fn entry_of<R: Read + ?Sized>(
    file: &str,
    entry: zip::read::ZipFile<'_, R>,
    total: &AtomicU64,
) -> Result<Option<Part>, Error> {
    let name = entry.name().unwrap_or_default().to_string();
    if entry.is_dir() {
        return Ok(None);
    }
    if ![".json", ".csv", ".gz"].iter().any(|end| name.ends_with(end)) {
        return Ok(Some(Part { ignored: 1, ..Part::default() }));
    }
    let place = format!("{file}!{name}");
    let packed = entry.compressed_size();
    let bytes = bounded(entry, &place, packed).map_err(|e| match e {
        Bounded::Broken(reason) => Error::Zip { file: place.clone(), reason },
        Bounded::Large(limit) => Error::Bomb { file: place.clone(), limit },
    })?;
    if total.fetch_add(bytes.len() as u64, Ordering::Relaxed) + bytes.len() as u64 > TOTAL_MAX {
        return Err(Error::Bomb { file: file.to_owned(), limit: "8 GiB" });
    }
    match single(&place, &bytes, 1) {
        Ok(part) => Ok(Some(part)),
        Err(e @ (Error::Bomb { .. } | Error::Zip { .. } | Error::Gzip { .. })) => Err(e),
        Err(e) => {
            let unreadable = vec![Unreadable { file: name, reason: e.to_string() }];
            Ok(Some(Part { unreadable, ..Part::default() }))
        }
    }
}

enum Bounded {
    Broken(String),
    Large(&'static str),
}

/// Unpacks at most [`FILE_MAX`] bytes and no bomb.
fn bounded(from: impl Read, place: &str, packed: u64) -> Result<Vec<u8>, Bounded> {
    let _ = place;
    let ratio = packed.saturating_mul(RATIO_MAX).max(1 << 20);
    let limit = ratio.min(FILE_MAX);
    let mut bytes = Vec::new();
    from.take(limit + 1).read_to_end(&mut bytes).map_err(|e| Bounded::Broken(e.to_string()))?;
    if bytes.len() as u64 > limit {
        return Err(Bounded::Large(if limit == FILE_MAX { "256 MiB" } else { "400 times its size" }));
    }
    Ok(bytes)
}

/// The keys that tell what a JSON object is.
#[derive(Deserialize)]
struct Kind {
    id: Option<IgnoredAny>,
    ghsa_id: Option<IgnoredAny>,
    document: Option<IgnoredAny>,
    #[serde(rename = "catalogVersion")]
    catalogue: Option<IgnoredAny>,
    #[serde(rename = "resultsPerPage")]
    results: Option<IgnoredAny>,
    vulnerabilities: Option<IgnoredAny>,
    #[serde(rename = "bomFormat")]
    bom: Option<IgnoredAny>,
    #[serde(rename = "@context")]
    context: Option<IgnoredAny>,
    #[serde(rename = "CVE_Items")]
    old_nvd: Option<IgnoredAny>,
}

fn single(file: &str, bytes: &[u8], depth: u8) -> Result<Part, Error> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        if depth > 1 {
            return Err(Error::Unknown { file: file.to_owned(), what: "gzip in gzip".to_owned() });
        }
        let unpacked = bounded(flate2::read::MultiGzDecoder::new(bytes), file, bytes.len() as u64);
        let unpacked = unpacked.map_err(|e| match e {
            Bounded::Broken(reason) => Error::Gzip { file: file.to_owned(), reason },
            Bounded::Large(limit) => Error::Bomb { file: file.to_owned(), limit },
        })?;
        return single(file, &unpacked, depth + 1);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match bytes.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'{') => object(file, bytes),
        Some(b'[') => array(file, bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) if epss::is_epss(text) => {
                let mut part = Part::default();
                part.marked(Format::Epss, epss::read(text).map_err(malformed(file, "EPSS"))?);
                Ok(part)
            }
            _ => {
                let what = "neither zip, gzip, JSON nor a table of EPSS scores".to_owned();
                Err(Error::Unknown { file: file.to_owned(), what })
            }
        },
    }
}

fn malformed(file: &str, format: &'static str) -> impl FnOnce(String) -> Error {
    move |reason| Error::Malformed { file: file.to_owned(), format, reason }
}

fn object(file: &str, bytes: &[u8]) -> Result<Part, Error> {
    let kind: Kind = serde_json::from_slice(bytes).map_err(|e| malformed(file, "JSON")(e.to_string()))?;
    let mut part = Part::default();
    if kind.catalogue.is_some() {
        part.marked(Format::Kev, kev::read(bytes).map_err(malformed(file, "KEV"))?);
    } else if kind.ghsa_id.is_some() {
        part.packed.add(ghsa::read(bytes).map_err(malformed(file, "a GitHub advisory"))?);
        part.formats.push(Format::Ghsa);
    } else if kind.document.is_some() {
        let (advisories, publisher) = csaf::read(bytes).map_err(malformed(file, "CSAF"))?;
        advisories.into_iter().for_each(|a| part.packed.add(a));
        part.publisher = publisher;
        part.formats.push(Format::Csaf);
    } else if kind.results.is_some() && kind.vulnerabilities.is_some() {
        let read = nvd::read(bytes).map_err(malformed(file, "NVD JSON 2.0"))?;
        part.nvd_there = read.advisories.len();
        part.nvd_total = read.total;
        part.packed.dated(&read.timestamp);
        read.advisories.into_iter().for_each(|a| part.packed.add(a));
        part.formats.push(Format::Nvd);
    } else if kind.id.is_some() && kind.bom.is_none() && kind.context.is_none() {
        part.packed.add(osv::read(bytes).map_err(malformed(file, "OSV"))?);
        part.formats.push(Format::Osv);
    } else {
        let what = match () {
            () if kind.bom.is_some() => {
                "it is a CycloneDX document; components come in by `dossier soup import`"
            }
            () if kind.context.is_some() => "it is a linked document (OpenVEX or SPDX 3)",
            () if kind.old_nvd.is_some() => "it is NVD JSON 1.1, which NVD retired; fetch version 2.0",
            () => "JSON of a shape that is not known",
        };
        return Err(Error::Unknown { file: file.to_owned(), what: what.to_owned() });
    }
    Ok(part)
}

fn array(file: &str, bytes: &[u8]) -> Result<Part, Error> {
    let mut part = Part::default();
    if let Ok(all) = serde_json::from_slice::<Vec<ghsa::Ghsa>>(bytes) {
        all.into_iter().for_each(|g| part.packed.add(ghsa::convert(g)));
        part.formats.push(Format::Ghsa);
        return Ok(part);
    }
    let all: Vec<osv::Osv> = serde_json::from_slice(bytes)
        .map_err(|e| malformed(file, "a list of OSV or GitHub advisories")(e.to_string()))?;
    all.into_iter().for_each(|o| part.packed.add(osv::convert(o)));
    part.formats.push(Format::Osv);
    Ok(part)
}

/// Files of a folder as one zip: equal files give equal bytes. Names are relative and sorted by the caller.
///
/// # Errors
/// When a file cannot be read or there is no room.
pub fn bundle<E>(files: impl Iterator<Item = Result<(String, Vec<u8>), E>>) -> Result<Vec<u8>, E>
where
    E: From<std::io::Error>,
{
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed time, for equal bytes.
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for file in files {
        let (name, bytes) = file?;
        writer.start_file(name, options).map_err(std::io::Error::from)?;
        writer.write_all(&bytes)?;
    }
    let done = writer.finish().map_err(std::io::Error::from)?;
    Ok(done.into_inner())
}
