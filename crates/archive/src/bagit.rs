//! Export as a BagIt 1.0 bag (RFC 8493): `data/` is the archive, or some of its releases, as an OCI image layout, and
//! `sha256sum -c manifest-sha256.txt` checks it on any system. And the check of such a bag.

use crate::archive::{Archive, ArchiveError, retention_to_bytes};
use crate::blob_store::io_error;
use crate::disk::digest_copy;
use crate::manifest::index_to_bytes;
use crate::problem::{Code, Problem};
use crate::verify::RELEASE_DOCUMENTS;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use vocabulary::{Date, Digest};

const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
const PAYLOAD_MANIFEST: &str = "manifest-sha256.txt";
const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";

/// Exports the releases `versions`, or all where it is empty, as a bag into `folder`, which must be absent or empty.
/// `date` is the bagging date.
///
/// # Errors
/// Where a release does not exist, a blob is not what its name says, or the disk refuses.
pub fn export_bagit(
    archive: &Archive,
    versions: &[String],
    folder: &Path,
    date: Date,
) -> Result<(), ArchiveError> {
    let mut releases = archive.list()?;
    if let Some(absent) = versions.iter().find(|v| !releases.iter().any(|r| r.version == **v)) {
        return Err(ArchiveError::NoRelease(absent.clone()));
    }
    releases.retain(|r| versions.is_empty() || versions.contains(&r.version));
    let mut bag = Bag::begin(folder)?;
    let mut blobs = BTreeSet::new();
    for indexed in &releases {
        blobs.extend(archive.release(&indexed.version)?.blobs());
    }
    for digest in &blobs {
        let found = bag.file(&format!("data/blobs/sha256/{digest}"), &mut archive.store().open(*digest)?)?;
        if found != *digest {
            return Err(crate::StoreError::Content { expected: *digest, found }.into());
        }
    }
    let mut retention = archive.retention()?;
    retention.retain(|version, _| releases.iter().any(|r| r.version == *version));
    bag.file("data/retention.json", &mut &retention_to_bytes(retention)?[..])?;
    let index = index_to_bytes(&releases)
        .map_err(|e| ArchiveError::Document { name: "index.json", reason: e.to_string() })?;
    bag.file("data/index.json", &mut &index[..])?;
    for name in RELEASE_DOCUMENTS.iter().chain(&["oci-layout"]) {
        if let Some(bytes) = archive.store().document(name)? {
            bag.file(&format!("data/{name}"), &mut &bytes[..])?;
        }
    }
    let names: Vec<&str> = releases.iter().map(|r| r.version.as_str()).collect();
    bag.finish(&names, date)
}

struct Bag<'a> {
    folder: &'a Path,
    payload: BTreeMap<String, Digest>,
    bytes: u64,
}

impl<'a> Bag<'a> {
    fn begin(folder: &'a Path) -> Result<Bag<'a>, ArchiveError> {
        let making = || io_error(format!("make the folder {}", folder.display()));
        fs::create_dir_all(folder.join("data/blobs/sha256")).map_err(making())?;
        let listing = io_error(format!("list {}", folder.display()));
        if fs::read_dir(folder).map_err(listing)?.count() > 1 {
            return Err(crate::unpack::UnpackError::NotEmpty(folder.to_owned()).into());
        }
        Ok(Bag { folder, payload: BTreeMap::new(), bytes: 0 })
    }

    fn file(&mut self, name: &str, content: &mut dyn io::Read) -> Result<Digest, ArchiveError> {
        let path = self.folder.join(name);
        let writing = || io_error(format!("write {}", path.display()));
        let mut file = File::create_new(&path).map_err(writing())?;
        let (digest, size) = digest_copy(content, &mut file).map_err(writing())?;
        self.payload.insert(name.to_owned(), digest);
        self.bytes += size;
        Ok(digest)
    }

    fn finish(self, versions: &[&str], date: Date) -> Result<(), ArchiveError> {
        let info = format!(
            "Bagging-Date: {date}\nPayload-Oxum: {}.{}\nExternal-Identifier: {}\nBag-Software-Agent: dossier\n",
            self.bytes,
            self.payload.len(),
            versions.join(" "),
        );
        let mut tags = BTreeMap::new();
        let files = [
            ("bagit.txt", DECLARATION.to_owned()),
            ("bag-info.txt", info),
            (PAYLOAD_MANIFEST, lines(&self.payload)),
        ];
        for (name, text) in files {
            self.text(name, &text)?;
            tags.insert(name.to_owned(), Digest::of(text.as_bytes()));
        }
        self.text(TAG_MANIFEST, &lines(&tags))?;
        crate::disk::sync_file_system(self.folder)?;
        Ok(())
    }

    fn text(&self, name: &str, text: &str) -> Result<(), ArchiveError> {
        let path = self.folder.join(name);
        Ok(fs::write(&path, text).map_err(io_error(format!("write {}", path.display())))?)
    }
}

fn lines(digests: &BTreeMap<String, Digest>) -> String {
    digests.iter().fold(String::new(), |mut out, (name, digest)| {
        // Writing to a String cannot fail. Two spaces, as sha256sum writes and reads.
        let _ = writeln!(out, "{digest}  {name}");
        out
    })
}

/// Whether `folder` looks like a bag.
pub fn is_bag(folder: &Path) -> bool {
    folder.join("bagit.txt").is_file()
}

/// Checks a bag: its declaration, every file against its manifests, nothing missing and nothing more. What is in
/// `data/` is an archive, and verified as one by [`crate::verify_archive`].
pub fn verify_bag(folder: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut problem = |path: &str, message: String| problems.push(Problem::new(Code::Bag, path, message));
    match fs::read_to_string(folder.join("bagit.txt")) {
        Ok(text) if text == DECLARATION => {}
        Ok(_) => problem("bagit.txt", "it does not declare BagIt 1.0 in UTF-8".to_owned()),
        Err(e) => problem("bagit.txt", e.to_string()),
    }
    for manifest in [PAYLOAD_MANIFEST, TAG_MANIFEST] {
        let listed = match fs::read_to_string(folder.join(manifest)) {
            Ok(text) => text,
            Err(e) => {
                problem(manifest, e.to_string());
                continue;
            }
        };
        let listed = match parse_manifest(&listed) {
            Ok(listed) => listed,
            Err(reason) => {
                problem(manifest, reason);
                continue;
            }
        };
        for (name, expected) in &listed {
            match digest_file(&folder.join(name)) {
                Ok(found) if found == *expected => {}
                Ok(found) => problem(name, format!("its content is that of sha256:{found}: it was changed")),
                Err(e) => problem(name, format!("listed in {manifest}: {e}")),
            }
        }
        let (prefix, found) = match manifest {
            PAYLOAD_MANIFEST => ("data", files_below(&folder.join("data"), "data")),
            _ => ("", files_of(folder)),
        };
        match found {
            Ok(found) => {
                found.iter().filter(|f| !listed.contains_key(*f) && *f != TAG_MANIFEST).for_each(|f| {
                    problem(f, format!("it is not listed in {manifest}"));
                })
            }
            Err(e) => problem(prefix, e.to_string()),
        }
    }
    problems
}

fn parse_manifest(text: &str) -> Result<BTreeMap<String, Digest>, String> {
    let mut listed = BTreeMap::new();
    for (i, line) in text.lines().enumerate() {
        let parsed = line.split_once("  ").and_then(|(digest, name)| Some((digest.parse().ok()?, name)));
        let inside = |name: &str| name.split('/').all(|c| !matches!(c, "" | "." | ".."));
        match parsed {
            Some((digest, name)) if inside(name) && !name.contains('\\') => {
                if listed.insert(name.to_owned(), digest).is_some() {
                    return Err(format!("line {}: `{name}` stands twice", i + 1));
                }
            }
            _ => return Err(format!("line {} is no digest and path inside the bag", i + 1)),
        }
    }
    if listed.is_empty() { Err("it lists nothing".to_owned()) } else { Ok(listed) }
}

fn digest_file(path: &Path) -> io::Result<Digest> {
    // A link or a device is no file of a bag.
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    digest_copy(&mut File::open(path)?, &mut io::sink()).map(|(digest, _)| digest)
}

fn files_of(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != "data" {
            names.push(name);
        }
    }
    Ok(names)
}

fn files_below(folder: &Path, prefix: &str) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    let mut open: Vec<(PathBuf, String)> = vec![(folder.to_owned(), prefix.to_owned())];
    while let Some((folder, prefix)) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() { open.push((entry.path(), name)) } else { names.push(name) }
        }
    }
    Ok(names)
}
