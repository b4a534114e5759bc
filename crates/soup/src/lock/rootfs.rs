//! Container images and root file systems: tars as `docker save` and OCI layouts write them, plain tars, and folders that
//! the caller walks. What is installed is read from the data bases of dpkg, apk and rpm; layers count in the order of the
//! image's manifest, and a later layer wins.
//!
//! Layers are read as they stream by: only the data bases are kept in memory, never a layer.

use super::gather::Gather;
use super::rpm;
use super::systems::{System, apk_into, dpkg_into};
use crate::inventory::{Cause, Inventory};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};

const DPKG: &str = "var/lib/dpkg/status";
/// Distroless images have a file for each package here.
const DPKG_PARTS: &str = "var/lib/dpkg/status.d/";
const APK: [&str; 2] = ["lib/apk/db/installed", "usr/lib/apk/db/installed"];
const RELEASE: [&str; 2] = ["usr/lib/os-release", "etc/os-release"];
const RPM: [&str; 6] = [
    "var/lib/rpm/rpmdb.sqlite",
    "usr/lib/sysimage/rpm/rpmdb.sqlite",
    "var/lib/rpm/Packages.db",
    "usr/lib/sysimage/rpm/Packages.db",
    "var/lib/rpm/Packages",
    "usr/lib/sysimage/rpm/Packages",
];
/// What SQLite has not written into the data base yet. It is empty where the system was shut down in order.
const RPM_PENDING: [&str; 2] = ["var/lib/rpm/rpmdb.sqlite-wal", "usr/lib/sysimage/rpm/rpmdb.sqlite-wal"];
/// Largest data base that is read: 256 MiB.
const DATABASE_MAX: u64 = 256 << 20;
/// Largest manifest of an image: 4 MiB, as registries have it.
const MANIFEST_MAX: u64 = 4 << 20;
/// Most of an image that is unpacked: 64 GiB. It streams by; a bomb ends here.
const UNPACKED_MAX: u64 = 64 << 30;
/// What gzip and zstd begin with.
const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The memory that a frame of zstd may ask for: 128 MiB, what `zstd -d` gives without being told.
const WINDOW_LOG_MAX: u32 = 27;
/// Most layers, and most manifests.
const PARTS_MAX: usize = 1024;

/// What of one layer, or of a root file system, is looked at.
#[derive(Default)]
struct Layer {
    files: BTreeMap<String, Vec<u8>>,
    /// Files that the layer deletes.
    gone: Vec<String>,
}

/// What is done with each file of a tar: its path, its content.
type Each<'e> = dyn FnMut(&mut Image, &str, &mut dyn Read) -> Result<(), String> + 'e;

/// An image or root file system that is being read.
#[derive(Default)]
pub struct Image {
    root: Layer,
    layers: BTreeMap<String, Layer>,
    manifests: BTreeMap<String, Vec<u8>>,
    /// Blobs that are no tar, with the reason: nothing wrong, unless a manifest names one as a layer.
    unread: BTreeMap<String, String>,
    unpacked: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Saved {
    #[serde(default)]
    layers: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Manifest {
    manifests: Vec<Described>,
    layers: Vec<Described>,
}

#[derive(Deserialize)]
struct Described {
    digest: String,
    platform: Option<Platform>,
}

#[derive(Deserialize)]
struct Platform {
    #[serde(default)]
    os: String,
}

impl Image {
    /// The files of a root file system or OCI layout that are looked at.
    pub const PATHS: [&'static str; 15] = [
        "index.json",
        "manifest.json",
        DPKG,
        APK[0],
        APK[1],
        RELEASE[0],
        RELEASE[1],
        RPM[0],
        RPM[1],
        RPM[2],
        RPM[3],
        RPM[4],
        RPM[5],
        RPM_PENDING[0],
        RPM_PENDING[1],
    ];
    /// The folders whose files are looked at besides.
    pub const FOLDERS: [&'static str; 2] = [DPKG_PARTS, "blobs/sha256/"];

    fn is_database(path: &str) -> bool {
        path == DPKG
            || path.starts_with(DPKG_PARTS)
            || APK.contains(&path)
            || RELEASE.contains(&path)
            || RPM.contains(&path)
            || RPM_PENDING.contains(&path)
    }

    /// Whether it may be a layer or a manifest of an image.
    fn is_part(path: &str) -> bool {
        path.starts_with("blobs/sha256/")
            || path.ends_with("layer.tar")
            || matches!(path, "index.json" | "manifest.json")
            || (!path.contains('/') && [".tar", ".tar.gz", ".tar.zst"].iter().any(|e| path.ends_with(e)))
    }

    /// Takes a file of the image or root file system; `path` is relative to its top.
    ///
    /// # Errors
    /// When it cannot be read, or there is more than an image holds.
    pub fn take(&mut self, path: &str, content: &mut dyn Read) -> Result<(), String> {
        if Self::is_database(path) {
            let bytes = bytes_of(content, DATABASE_MAX)?;
            self.spend(bytes.len() as u64)?;
            self.root.files.insert(path.to_owned(), bytes);
            return Ok(());
        }
        if !Self::is_part(path) {
            return Ok(());
        }
        let mut content = BufReader::with_capacity(1 << 16, content);
        let begins = content.fill_buf().map_err(|e| e.to_string())?;
        if begins.first() == Some(&b'{') || begins.first() == Some(&b'[') {
            let bytes = bytes_of(&mut content, MANIFEST_MAX)?;
            self.manifests.insert(path.to_owned(), bytes);
            return self.counted();
        }
        let mut layer = Layer::default();
        let is_tar = self
            .tar(&mut content, &mut |image, path, content| image.keep_of_layer(&mut layer, path, content));
        match is_tar {
            Ok(()) => {
                self.layers.insert(path.to_owned(), layer);
                self.counted()
            }
            // A blob of an OCI layout may be anything, an attestation for instance; a layer is a tar.
            Err(why) if path.starts_with("blobs/") && layer.files.is_empty() => {
                self.unread.insert(path.to_owned(), why);
                self.counted()
            }
            Err(e) => Err(format!("{path}: {e}")),
        }
    }

    fn counted(&self) -> Result<(), String> {
        if self.layers.len() + self.manifests.len() + self.unread.len() > PARTS_MAX {
            return Err(format!("it has more than {PARTS_MAX} layers and manifests"));
        }
        Ok(())
    }

    fn spend(&mut self, bytes: u64) -> Result<(), String> {
        self.unpacked = self.unpacked.saturating_add(bytes);
        if self.unpacked > UNPACKED_MAX {
            return Err("it unpacks to more than 64 GiB".to_owned());
        }
        Ok(())
    }

    fn keep_of_layer(&mut self, layer: &mut Layer, path: &str, content: &mut dyn Read) -> Result<(), String> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if let Some(deleted) = name.strip_prefix(".wh.") {
            layer.gone.push(if deleted == ".wh..opq" {
                format!("{folder}/")
            } else {
                format!("{folder}/{deleted}")
            });
        } else if Self::is_database(path) {
            let bytes = bytes_of(content, DATABASE_MAX)?;
            self.spend(bytes.len() as u64)?;
            layer.files.insert(path.to_owned(), bytes);
        }
        Ok(())
    }

    /// Calls `each` with every file of a tar, packed or not.
    fn tar(&mut self, content: &mut dyn BufRead, each: &mut Each<'_>) -> Result<(), String> {
        let begins = content.fill_buf().map_err(|e| e.to_string())?;
        let plain: Box<dyn Read + '_> = if begins.starts_with(&GZIP) {
            Box::new(flate2::bufread::MultiGzDecoder::new(content))
        } else if begins.starts_with(&ZSTD) {
            let mut zstd = zstd::Decoder::with_buffer(content).map_err(|e| e.to_string())?;
            zstd.window_log_max(WINDOW_LOG_MAX).map_err(|e| e.to_string())?;
            Box::new(zstd)
        } else {
            Box::new(content)
        };
        let mut read = Ending { from: plain.take(UNPACKED_MAX), zeros: 0 };
        let mut archive = tar::Archive::new(&mut read);
        for entry in archive.entries().map_err(|e| e.to_string())? {
            let mut entry = entry.map_err(|e| e.to_string())?;
            self.spend(entry.size())?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let path = entry.path().map_err(|e| e.to_string())?.to_string_lossy().into_owned();
            let path = path.trim_start_matches("./").trim_start_matches('/').to_owned();
            each(self, &path, &mut entry)?;
        }
        // A download that broke off between two files looks complete but for this.
        if read.zeros < 512 {
            return Err("the tar has no end: the file is cut off".to_owned());
        }
        Ok(())
    }

    /// Whether a file that begins so is one tar, packed or not; 262 bytes tell.
    pub fn is_tar(begins: &[u8]) -> bool {
        begins.get(257..262) == Some(b"ustar") || begins.starts_with(&GZIP) || begins.starts_with(&ZSTD)
    }

    /// Takes a whole tar: an image, or a root file system. Packed with gzip or zstd, or not.
    ///
    /// # Errors
    /// When it is none, is cut off, or unpacks to too much.
    pub fn take_tar(&mut self, content: &mut dyn BufRead) -> Result<(), String> {
        self.tar(content, &mut |image, path, content| image.take(path, content))
    }

    /// The digests of the image's manifests, `sha256:…`, as its index names them; none for a root file system.
    pub fn digests(&self) -> Vec<String> {
        let index = self.manifests.get("index.json").and_then(|b| serde_json::from_slice::<Manifest>(b).ok());
        index.map(|i| i.manifests.into_iter().map(|m| m.digest).collect()).unwrap_or_default()
    }

    /// The layers in the order in which they lie on each other.
    fn order(&self) -> Vec<String> {
        let of = |path: &str| self.manifests.get(path);
        if let Some(saved) = of("manifest.json").and_then(|b| serde_json::from_slice::<Vec<Saved>>(b).ok()) {
            return saved.into_iter().flat_map(|s| s.layers).collect();
        }
        let blob = |digest: &str| digest.strip_prefix("sha256:").map(|hex| format!("blobs/sha256/{hex}"));
        let manifest = |path: &str| of(path).and_then(|b| serde_json::from_slice::<Manifest>(b).ok());
        let Some(index) = manifest("index.json") else { return self.layers.keys().cloned().collect() };
        let mut todo: Vec<Manifest> = vec![index];
        // An index may name indices; of several platforms the first one whose layers are here is read.
        for _ in 0..PARTS_MAX {
            let Some(next) = todo.pop() else { break };
            if !next.layers.is_empty() {
                let paths: Vec<String> = next.layers.iter().filter_map(|l| blob(&l.digest)).collect();
                if paths.iter().any(|p| self.layers.contains_key(p) || self.unread.contains_key(p)) {
                    return paths;
                }
                continue;
            }
            let real =
                next.manifests.iter().filter(|m| m.platform.as_ref().is_none_or(|p| p.os != "unknown"));
            todo.extend(real.rev().filter_map(|m| manifest(&blob(&m.digest)?)));
        }
        Vec::new()
    }

    /// Why this is not the whole image that its index names: its manifest or a layer is not there, or was not read.
    pub fn incomplete(&self) -> Option<String> {
        let layers = self.order();
        if layers.is_empty() && !self.digests().is_empty() {
            return Some("the manifest that its index names is not there".to_owned());
        }
        layers.iter().find(|path| !self.layers.contains_key(*path)).map(|path| self.unread_layer(path))
    }

    fn unread_layer(&self, path: &str) -> String {
        format!(
            "its layer `{path}` was not read: {}",
            self.unread.get(path).map_or("it is not there", String::as_str)
        )
    }

    /// What is installed. `file` is the path that components are reported with.
    pub fn finish(mut self, file: &str) -> Inventory {
        let order = self.order();
        let mut seen = std::mem::take(&mut self.root.files);
        let mut gather = Gather::new(file);
        let mut laid = BTreeSet::new();
        for path in order {
            if !laid.insert(path.clone()) {
                continue;
            }
            let Some(layer) = self.layers.remove(&path) else {
                // What an unread layer adds or deletes is unknown, so the list of what is installed is, too.
                let reason = self.unread_layer(&path);
                gather.problem(0, Cause::Malformed { format: "image", reason });
                continue;
            };
            seen.retain(|path, _| !layer.gone.iter().any(|g| is_gone(path, g)));
            seen.extend(layer.files);
        }
        let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
        let release = RELEASE.iter().find_map(|p| seen.get(*p)).map(text).unwrap_or_default();
        let system = System::of(&release);
        for (path, bytes) in &seen {
            let path = path.as_str();
            if path == DPKG || (path.starts_with(DPKG_PARTS) && !path.ends_with(".md5sums")) {
                dpkg_into(&mut gather, &system, &text(bytes));
            } else if APK.contains(&path) {
                apk_into(&mut gather, &system, &text(bytes));
            } else if RPM.contains(&path)
                && let Err(reason) = rpm::into(&mut gather, &system, bytes)
            {
                gather.problem(0, Cause::Malformed { format: "data base of rpm", reason });
            } else if RPM_PENDING.contains(&path) && !bytes.is_empty() {
                let reason = format!(
                    "{} bytes of it stand in `{path}` and not in the data base yet; ask it for something on the system (rpm -qa), and take the image again",
                    bytes.len()
                );
                gather.problem(0, Cause::Malformed { format: "data base of rpm", reason });
            }
        }
        gather.finish()
    }
}

/// Counts the zeros that the bytes read so far end in: a tar ends in blocks of them.
struct Ending<R> {
    from: R,
    zeros: usize,
}

impl<R: Read> Read for Ending<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let n = self.from.read(into)?;
        let got = into.get(..n).unwrap_or_default();
        match got.iter().rposition(|b| *b != 0) {
            Some(last) => self.zeros = n - last - 1,
            None => self.zeros += n,
        }
        Ok(n)
    }
}

fn is_gone(path: &str, gone: &str) -> bool {
    path == gone || path.strip_prefix(gone).is_some_and(|rest| gone.ends_with('/') || rest.starts_with('/'))
}

fn bytes_of(content: &mut dyn Read, most: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    content.take(most + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
    if bytes.len() as u64 > most {
        return Err(format!("a file in it has more than {most} bytes"));
    }
    Ok(bytes)
}

/// Reads an image or a root file system that is one tar.
pub fn image(file: &str, bytes: &[u8]) -> Inventory {
    let mut image = Image::default();
    let mut content = bytes;
    match image.take_tar(&mut content) {
        Ok(()) => image.finish(file),
        Err(reason) => {
            let cause = Cause::Malformed { format: "image or root file system as a tar", reason };
            Inventory::unreadable(file, 0, cause)
        }
    }
}
