//! The dependencies of a Rust product: the `.crate` archives exactly as cargo fetched them, each checked against the
//! checksum in Cargo.lock, and their layout as a source that cargo uses without network.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::io;
use crate::tarball::{decompressed, unpack_environment};
use crate::unpacking::make_empty;
use crate::{EnvironmentError, digest};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";
/// The file that the sandbox shows to cargo as its configuration.
pub(crate) const CONFIG: &str = "cargo-config.toml";

/// One dependency archive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CargoArchive {
    /// The package.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The registry, as Cargo.lock names it.
    pub source: String,
    /// SHA-256 of the archive, as Cargo.lock states it and as it was found.
    pub digest: String,
    /// Where the archive lies.
    pub path: PathBuf,
}

impl CargoArchive {
    /// `NAME-VERSION.crate`.
    pub fn file_name(&self) -> String {
        format!("{}-{}.crate", self.name, self.version)
    }
}

/// All dependency archives of a Cargo.lock.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CargoArchives {
    /// Sorted by name and version.
    pub archives: Vec<CargoArchive>,
}

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
}

impl CargoArchives {
    /// Finds the archive of every package of `lock` (the text of Cargo.lock) that does not come from the product's own
    /// tree. Each of `directories` holds `.crate` files itself or one directory deeper, as cargo's `registry/cache`
    /// does. A missing archive, one without checksum and one with other bytes are errors; so are dependencies from git,
    /// which have no archive (vendor them, or use a registry).
    pub fn find(lock: &str, directories: &[&Path]) -> Result<CargoArchives, EnvironmentError> {
        let lock: Lock = toml::from_str(lock).map_err(|e| EnvironmentError::Malformed {
            what: "Cargo.lock".to_owned(),
            why: e.message().to_owned(),
        })?;
        let places = places(directories)?;
        let mut archives = Vec::new();
        for package in lock.package {
            if let Some(source) = &package.source {
                archives.push(find(&package, source, &places)?);
            }
        }
        archives.sort();
        Ok(CargoArchives { archives })
    }

    /// Unpacks the archives below `directory` (empty or absent) as a directory source, with the configuration that
    /// makes cargo use it. The sandbox shows the directory as `/build/deps`.
    pub fn lay_out(&self, directory: &Path) -> Result<(), EnvironmentError> {
        make_empty(directory)?;
        let vendor = directory.join("vendor");
        fs::create_dir(&vendor).map_err(io("making the directory", &vendor))?;
        for archive in &self.archives {
            lay_out_one(archive, directory, &vendor)?;
        }
        let config = directory.join(CONFIG);
        fs::write(&config, self.config()).map_err(io("writing", &config))
    }

    fn config(&self) -> String {
        let mut text =
            String::from("[net]\noffline = true\n\n[source.dossier]\ndirectory = \"/build/deps/vendor\"\n");
        text.push_str("\n[source.crates-io]\nreplace-with = \"dossier\"\n");
        let others: BTreeSet<&str> =
            self.archives.iter().map(|a| a.source.as_str()).filter(|s| *s != CRATES_IO).collect();
        for (n, source) in others.into_iter().enumerate() {
            let url = source.strip_prefix("registry+").unwrap_or(source);
            let quoted = toml::Value::String(url.to_owned());
            let _ =
                write!(text, "\n[source.registry-{n}]\nregistry = {quoted}\nreplace-with = \"dossier\"\n");
        }
        text
    }
}

/// The directories and the directories in them, sorted.
fn places(directories: &[&Path]) -> Result<Vec<PathBuf>, EnvironmentError> {
    let mut places = Vec::new();
    for directory in directories {
        places.push((*directory).to_owned());
        let list = fs::read_dir(directory).map_err(io("listing", directory))?;
        let mut inner: Vec<_> =
            list.filter_map(|e| e.ok().map(|e| e.path())).filter(|p| p.is_dir()).collect();
        inner.sort();
        places.extend(inner);
    }
    Ok(places)
}

fn find(package: &Locked, source: &str, places: &[PathBuf]) -> Result<CargoArchive, EnvironmentError> {
    let (name, version) = (&package.name, &package.version);
    let refuse = |why: &str| EnvironmentError::Specification {
        what: format!("the dependency {name} {version}"),
        why: why.to_owned(),
    };
    let plain =
        |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.+".contains(&b));
    if !plain(name) || !plain(version) {
        return Err(refuse("its name or version has characters that no package has"));
    }
    if !source.starts_with("registry+") && !source.starts_with("sparse+") {
        return Err(refuse(
            "it comes from git, so that there is no archive of it; vendor it into the product",
        ));
    }
    let digest = package.checksum.clone().ok_or_else(|| refuse("Cargo.lock has no checksum for it"))?;
    let file_name = format!("{name}-{version}.crate");
    let mut other = None;
    for path in places.iter().map(|p| p.join(&file_name)).filter(|p| p.is_file()) {
        let mut file = fs::File::open(&path).map_err(io("opening", &path))?;
        let (found, _) = digest::of_reader(&mut file).map_err(io("reading", &path))?;
        if found == digest {
            let (name, version, source) = (name.clone(), version.clone(), source.to_owned());
            return Ok(CargoArchive { name, version, source, digest, path });
        }
        other = Some((path, found));
    }
    Err(match other {
        Some((path, found)) => {
            EnvironmentError::Digest { what: path.display().to_string(), expected: digest, found }
        }
        None => refuse("its archive is not there; `cargo fetch --locked` gets it"),
    })
}

fn lay_out_one(archive: &CargoArchive, directory: &Path, vendor: &Path) -> Result<(), EnvironmentError> {
    let scratch = directory.join("unpacking");
    let bytes = fs::read(&archive.path).map_err(io("reading", &archive.path))?;
    if digest::of(&bytes) != archive.digest {
        let (what, found) = (archive.path.display().to_string(), digest::of(&bytes));
        return Err(EnvironmentError::Digest { what, expected: archive.digest.clone(), found });
    }
    let mut tar = decompressed(bytes.as_slice()).map_err(io("reading", &archive.path))?;
    unpack_environment(&mut tar, &scratch)?;
    let top = format!("{}-{}", archive.name, archive.version);
    let (from, to) = (scratch.join(&top), vendor.join(&top));
    fs::rename(&from, &to).map_err(io("moving", &from))?;
    fs::remove_dir_all(&scratch).map_err(io("removing", &scratch))?;
    let checksum = to.join(".cargo-checksum.json");
    let text = serde_json::json!({ "files": {}, "package": archive.digest }).to_string();
    fs::write(&checksum, text).map_err(io("writing", &checksum))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crate_bytes(top: &str) -> Vec<u8> {
        let gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut tar = tar::Builder::new(gz);
        for (path, text) in [("Cargo.toml", "[package]\n"), ("src/lib.rs", "pub fn f() {}\n")] {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, format!("{top}/{path}"), text.as_bytes()).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap()
    }

    fn lock(checksum: &str) -> String {
        format!(
            "version = 4\n[[package]]\nname = \"mine\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"dep\"\n\
             version = \"1.0.0\"\nsource = \"{CRATES_IO}\"\nchecksum = \"{checksum}\"\n"
        )
    }

    #[test]
    fn archives_are_found_by_checksum_and_laid_out_as_a_source() {
        let cache = tempfile::tempdir().unwrap();
        let registry = cache.path().join("index-1");
        fs::create_dir(&registry).unwrap();
        let bytes = crate_bytes("dep-1.0.0");
        fs::write(registry.join("dep-1.0.0.crate"), &bytes).unwrap();
        let found = CargoArchives::find(&lock(&digest::of(&bytes)), &[cache.path()]).unwrap();
        assert_eq!(found.archives.len(), 1);
        assert_eq!(found.archives[0].file_name(), "dep-1.0.0.crate");
        let out = cache.path().join("deps");
        found.lay_out(&out).unwrap();
        assert_eq!(fs::read_to_string(out.join("vendor/dep-1.0.0/src/lib.rs")).unwrap(), "pub fn f() {}\n");
        assert!(fs::read_to_string(out.join(CONFIG)).unwrap().contains("replace-with"));
        assert!(!out.join("unpacking").exists());
    }

    #[test]
    fn what_is_not_exactly_what_the_lock_file_names_is_refused() {
        let cache = tempfile::tempdir().unwrap();
        let find = |lock: &str| CargoArchives::find(lock, &[cache.path()]).unwrap_err().to_string();
        let sum = "0".repeat(64);
        assert!(find(&lock(&sum)).contains("cargo fetch"));
        fs::write(cache.path().join("dep-1.0.0.crate"), b"other").unwrap();
        assert!(find(&lock(&sum)).contains("has the digest"));
        let git = lock(&sum).replace(CRATES_IO, "git+https://example.org/dep#abc");
        assert!(find(&git).contains("comes from git"));
        let escape = lock(&sum).replace("\"dep\"", "\"../dep\"");
        assert!(find(&escape).contains("characters"));
        let no_sum = lock(&sum).replace("checksum", "other");
        assert!(find(&no_sum).contains("no checksum"));
        assert!(find("[[package]").contains("Cargo.lock"));
        assert_eq!(CargoArchives::find("version = 4\n", &[]).unwrap(), CargoArchives::default());
    }

    #[test]
    fn an_archive_that_reaches_outside_of_its_directory_is_refused() {
        let cache = tempfile::tempdir().unwrap();
        let bytes = crate_bytes("other-top");
        fs::write(cache.path().join("dep-1.0.0.crate"), &bytes).unwrap();
        let found = CargoArchives::find(&lock(&digest::of(&bytes)), &[cache.path()]).unwrap();
        assert!(found.lay_out(&cache.path().join("deps")).is_err());
    }
}
