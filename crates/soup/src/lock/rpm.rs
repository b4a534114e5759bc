//! The data base of rpm, in each of its three forms: SQLite (rpm 4.16 and later), ndb (SUSE), Berkeley DB (older ones).
//! All of them hold one header for each installed package (rpm.org, "RPM v4 package format").

mod berkeley;
mod ndb;
mod sqlite;

use super::gather::Gather;
use super::systems::{Installed, System, add};
use crate::inventory::{BYTES_MAX, Cause, Inventory};
use model::components::{Hash, HashAlgorithm};

/// Most packages of one system.
const PACKAGES_MAX: usize = 200_000;

/// Reads a data base of rpm: `rpmdb.sqlite`, `Packages.db` or `Packages`.
pub fn read(file: &str, bytes: &[u8]) -> Inventory {
    let mut gather = Gather::new(file);
    if bytes.len() > BYTES_MAX {
        return Inventory::unreadable(file, 0, Cause::TooLarge { bytes: bytes.len(), limit: BYTES_MAX });
    }
    match into(&mut gather, &System::default(), bytes) {
        Ok(()) => gather.finish(),
        Err(reason) => {
            Inventory::unreadable(file, 0, Cause::Malformed { format: "data base of rpm", reason })
        }
    }
}

/// Adds the packages of a data base, or says why it is none. Nothing is added where it cannot be read whole.
pub(super) fn into(gather: &mut Gather<'_>, system: &System, bytes: &[u8]) -> Result<(), String> {
    let headers = if bytes.starts_with(b"SQLite format 3\0") {
        sqlite::headers(bytes)?
    } else if bytes.starts_with(b"RpmP") {
        ndb::headers(bytes)?
    } else if berkeley::is(bytes) {
        berkeley::headers(bytes)?
    } else {
        return Err("it is neither SQLite nor ndb nor a hash of Berkeley DB".to_owned());
    };
    let packages: Vec<Package> = headers.iter().map(|h| Package::of(h)).collect::<Result<_, _>>()?;
    for p in packages.iter().filter(|p| p.name != "gpg-pubkey") {
        let release = if p.release.is_empty() { String::new() } else { format!("-{}", p.release) };
        let version = format!("{}{release}", p.version);
        let installed = Installed {
            ty: "rpm",
            name: &p.name,
            version: &version,
            arch: &p.arch,
            source: &p.source,
            epoch: &p.epoch,
            line: 0,
        };
        let component = add(gather, system, &installed);
        component.supplier = Some(p.vendor.clone()).filter(|v| !v.is_empty());
        component.licences = Some(p.licence.clone()).filter(|l| !l.is_empty()).into_iter().collect();
        component.hashes =
            p.header.clone().map(|hex| Hash { algorithm: HashAlgorithm::Sha256, hex }).into_iter().collect();
    }
    Ok(())
}

/// What a header says of its package.
#[derive(Default)]
struct Package {
    name: String,
    epoch: String,
    version: String,
    release: String,
    arch: String,
    vendor: String,
    licence: String,
    source: String,
    /// The SHA-256 of the header itself, which the package's signature covers.
    header: Option<String>,
}

/// An integer of four bytes, big-endian.
fn big(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    let number = u32::from_be_bytes(four.try_into().ok()?);
    usize::try_from(number).ok()
}

/// An integer of four bytes, little-endian.
fn little(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    let number = u32::from_le_bytes(four.try_into().ok()?);
    usize::try_from(number).ok()
}

impl Package {
    /// The facts of a header as the data base keeps it: the numbers of entries and of bytes, the index, the data.
    fn of(header: &[u8]) -> Result<Package, String> {
        let cut = || "a header is cut off".to_owned();
        let entries = big(header, 0).ok_or_else(cut)?;
        let size = big(header, 4).ok_or_else(cut)?;
        let data = entries.checked_mul(16).and_then(|n| n.checked_add(8)).ok_or_else(cut)?;
        let store = data.checked_add(size).and_then(|end| header.get(data..end)).ok_or_else(cut)?;
        let mut package = Package::default();
        for entry in header.get(8..data).ok_or_else(cut)?.chunks_exact(16) {
            let (Some(tag), Some(ty), Some(offset)) = (big(entry, 0), big(entry, 4), big(entry, 8)) else {
                return Err(cut());
            };
            let text = || -> Result<String, String> {
                let from = store.get(offset..).ok_or_else(cut)?;
                let end = from.iter().position(|b| *b == 0).ok_or_else(cut)?;
                Ok(String::from_utf8_lossy(from.get(..end).unwrap_or_default()).into_owned())
            };
            // Types 6 and 9 are texts, 4 is a number; 8, a list of texts, begins as a text does.
            match (tag, ty) {
                (1000, 6) => package.name = text()?,
                (1001, 6) => package.version = text()?,
                (1002, 6) => package.release = text()?,
                (1003, 4) => package.epoch = big(store, offset).ok_or_else(cut)?.to_string(),
                (1011, 6 | 9) => package.vendor = text()?,
                (1014, 6 | 9) => package.licence = text()?,
                (1022, 6) => package.arch = text()?,
                (1044, 6) => package.source = text()?,
                (273, 6) => {
                    package.header =
                        Some(text()?).filter(|h| h.len() == 64 && h.bytes().all(|b| b.is_ascii_hexdigit()));
                }
                _ => {}
            }
        }
        if package.name.is_empty() {
            return Err("a header names no package".to_owned());
        }
        Ok(package)
    }
}
