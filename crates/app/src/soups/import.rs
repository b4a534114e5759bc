//! `soup import`: SBOMs of others, images, root file systems and their data bases become part of the product.

use crate::components::imported_as;
use crate::error::{Doing as _, Error, Result};
use crate::people::{identifier, said};
use crate::workspace::{Appended, Workspace};
use records::{SbomImport, SbomRetire};
use soup::lock::rootfs::Image;
use soup::sbom::Head;
use soup::{Cause, Inventory};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use vocabulary::Digest;

/// Largest file that is read whole: 256 MiB. Images stream by.
const BYTES_MAX: u64 = 256 << 20;

/// What an import did.
#[derive(Debug)]
pub struct SbomImported {
    /// The record.
    pub body: SbomImport,
    /// What is wrong with it, though it was taken in: components without a version, for instance.
    pub problems: Vec<String>,
    /// Whether exactly this was in force already; then nothing is appended.
    pub repeated: bool,
    /// The entry.
    pub appended: Option<Appended>,
}

/// Brings in an SBOM (CycloneDX, SPDX), an image or root file system (a tar or a folder), or a lock file that does not lie
/// in the repository. Its components are part of the product from then on; the newest of a name is in force.
///
/// # Errors
/// When it is none of these, cannot be read whole, or has no component.
pub fn soup_import(ws: &Workspace, by: &str, path: &Path, name: Option<&str>) -> Result<SbomImported> {
    let label =
        path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
    let name = match name {
        Some(name) => name.to_owned(),
        None => label
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '-' })
            .collect(),
    };
    identifier("the name of an SBOM", &name)?;
    let read = read(path, &label)?;
    refuse_unreadable(&label, &read.inventory)?;
    let problems = read
        .inventory
        .problems
        .iter()
        .map(|p| {
            if p.source.line == 0 {
                p.cause.to_string()
            } else {
                format!("line {}: {}", p.source.line, p.cause)
            }
        })
        .collect();
    let origin = format!("{label} {}", read.digest.oci());
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let in_force = state.security.sboms_in_force().get(name.as_str()).map(|s| s.body.clone());
    if let Some(body) = in_force.filter(|b| b.source == origin) {
        return Ok(SbomImported { body, problems, repeated: true, appended: None });
    }
    let (format, bytes) = match read.sbom {
        Some((format, bytes)) => (format, bytes),
        // What was found is kept in a form that others can read; the image itself may be gigabytes.
        None => {
            let head = Head {
                product: name.clone(),
                version: read.digest.oci(),
                supplier: None,
                authors: vec![ws.config.product.name.clone()],
                timestamp: ws.clock.now(),
                tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            };
            ("CycloneDX 1.6".to_owned(), soup::sbom::cyclonedx(&read.inventory.graph, &head))
        }
    };
    let body = SbomImport {
        name,
        format,
        digest: Digest::of(&bytes),
        components: read.inventory.graph.components().len() as u64,
        source: origin,
    };
    ws.blobs().put(&bytes)?;
    let draft = ws.at(&state).process(by, &body)?;
    let appended = ws.append(&ledger, &state, &[draft])?;
    Ok(SbomImported { body, problems, repeated: false, appended: Some(appended) })
}

/// An imported SBOM is no part of the product any more.
///
/// # Errors
/// When there is none of this name.
pub fn soup_retire(ws: &Workspace, by: &str, name: &str, reason: &str) -> Result<Appended> {
    said("a reason", reason)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    if !state.security.sboms_in_force().contains_key(name) {
        let known: Vec<&str> = state.security.sboms_in_force().into_keys().collect();
        let known =
            if known.is_empty() { "none is".to_owned() } else { format!("there are {}", known.join(", ")) };
        return Err(Error::refused(format!("no SBOM `{name}` is in force")).hint(known));
    }
    let body = SbomRetire { name: name.to_owned(), reason: reason.to_owned() };
    let draft = ws.at(&state).process(by, &body)?;
    ws.append(&ledger, &state, &[draft])
}

struct Read {
    inventory: Inventory,
    /// Of the file, or of the files of a folder that were looked at.
    digest: Digest,
    /// The document itself and its format, where it is an SBOM.
    sbom: Option<(String, Vec<u8>)>,
}

fn read(path: &Path, label: &str) -> Result<Read> {
    let doing = || format!("read {}", path.display());
    if path.is_dir() {
        return folder(path, label);
    }
    let file = std::fs::File::open(path).doing(doing())?;
    let size = file.metadata().doing(doing())?.len();
    let mut content = BufReader::with_capacity(1 << 20, file);
    let begins = content.fill_buf().doing(doing())?;
    if Image::is_tar(begins) {
        let mut counted = Counted { from: content, digest: vocabulary::Digester::default() };
        let mut image = Image::default();
        image
            .take_tar(&mut BufReader::with_capacity(1 << 20, &mut counted))
            .map_err(|reason| not_taken(label, &reason))?;
        std::io::copy(&mut counted, &mut std::io::sink()).doing(doing())?;
        let digest = counted.digest.finish();
        return Ok(Read { inventory: image.finish(&imported_as(label)), digest, sbom: None });
    }
    if size > BYTES_MAX {
        return Err(Error::refused(format!(
            "{label} has {size} bytes, more than the {BYTES_MAX} that are read"
        )));
    }
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes).doing(doing())?;
    let digest = Digest::of(&bytes);
    let as_sbom = soup::sbom::read(&imported_as(label), &bytes);
    let wrong_format = |i: &Inventory| {
        i.graph.is_empty()
            && i.problems
                .iter()
                .any(|p| matches!(p.cause, Cause::Unsupported(_) | Cause::Malformed { .. } | Cause::NotText))
    };
    if wrong_format(&as_sbom)
        && let Some(lock) = soup::lock::read(label, &bytes)
        && !wrong_format(&lock)
    {
        return Ok(Read { inventory: lock, digest, sbom: None });
    }
    let format = soup::sbom::format(&bytes);
    Ok(Read { inventory: as_sbom, digest, sbom: Some((format, bytes)) })
}

/// A root file system or OCI layout as a folder: only what is looked at is opened.
fn folder(path: &Path, label: &str) -> Result<Read> {
    let mut image = Image::default();
    let mut digest = vocabulary::Digester::default();
    for below in looked_at(path) {
        let file = path.join(&below);
        let mut content = Vec::new();
        std::fs::File::open(&file)
            .and_then(|f| f.take(BYTES_MAX * 16).read_to_end(&mut content))
            .doing(format_args!("read {}", file.display()))?;
        digest.update(below.as_bytes());
        digest.update(Digest::of(&content).oci().as_bytes());
        image.take(&below, &mut content.as_slice()).map_err(|reason| not_taken(label, &reason))?;
    }
    Ok(Read { inventory: image.finish(&imported_as(label)), digest: digest.finish(), sbom: None })
}

/// The files of a folder that are looked at, in order.
fn looked_at(folder: &Path) -> Vec<String> {
    let mut out: Vec<String> =
        Image::PATHS.iter().filter(|p| folder.join(p).is_file()).map(|p| (*p).to_owned()).collect();
    for below in Image::FOLDERS {
        let entries = std::fs::read_dir(folder.join(below)).into_iter().flatten().flatten();
        let files = entries.filter(|e| e.path().is_file());
        out.extend(files.map(|e| format!("{below}{}", e.file_name().to_string_lossy())));
    }
    out.sort();
    out
}

fn not_taken(label: &str, reason: &str) -> Error {
    Error::refused(format!("{label} is not taken in: {reason}"))
        .hint("taken in are CycloneDX 1.2 to 1.7 (JSON, XML) and SPDX 2.2 to 3.0.1 (JSON, tag-value), lock files by their name, and images or root file systems as tar or folder with the data base of dpkg, apk or rpm")
}

/// Refuses what has no component, and what was read in part only: components that were left out would never be looked up, and
/// once it is brought in nothing says so any more.
fn refuse_unreadable(label: &str, inventory: &Inventory) -> Result<()> {
    let hides = |cause: &Cause| {
        matches!(
            cause,
            Cause::Malformed { .. }
                | Cause::TooMany { .. }
                | Cause::TooLarge { .. }
                | Cause::Elsewhere { .. }
        )
    };
    let empty = inventory.graph.is_empty();
    let why = inventory.problems.iter().filter(|p| empty || hides(&p.cause));
    let why: Vec<String> = why.map(|p| p.cause.to_string()).collect();
    if why.is_empty() { Ok(()) } else { Err(not_taken(label, &why.join("; "))) }
}

/// Digests what is read.
struct Counted<R> {
    from: R,
    digest: vocabulary::Digester,
}

impl<R: std::io::Read> std::io::Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let n = self.from.read(into)?;
        self.digest.update(into.get(..n).unwrap_or_default());
        Ok(n)
    }
}
