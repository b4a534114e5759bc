//! Whole file systems as environments: a root file system tar, an OCI image layout, the output of `docker save`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::digest::Hashing;
use crate::error::io;
use crate::tarball::{add_layer, decompressed};
use crate::{Content, EnvironmentError, ImageSpec, Layout, Node, digest};

/// Larger JSON files in an image are refused.
const JSON_BYTES_MAX: u64 = 16 << 20;
/// An index may name an index, this often.
const INDEX_DEPTH_MAX: usize = 4;

/// What became of an image.
pub(crate) struct Image {
    /// The digest that it was pinned by.
    pub(crate) digest: String,
    /// The variables that its configuration sets.
    pub(crate) variables: BTreeMap<String, String>,
}

/// What names an image, whoever holds it: its configuration (the image id) and its layers unpacked. The manifest's digest
/// changes when layers are packed anew, as registries do; these do not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageIdentity {
    /// SHA-256 of the manifest, in hex; none in the output of `docker save`.
    pub manifest: Option<String>,
    /// SHA-256 of the configuration, in hex: the image id.
    pub config: String,
    /// SHA-256 of each layer unpacked, in hex, checked against the content.
    pub layers: Vec<String>,
}

/// The images in an OCI layout (a folder or a tar of one) or in what `docker save` wrote; empty where `path` is neither.
/// Every layer is read and digested.
///
/// # Errors
/// When it is one and something of it is missing, malformed, or has another digest than it states.
pub fn identify(path: &Path) -> Result<Vec<ImageIdentity>, EnvironmentError> {
    let spool = tempfile::tempdir().map_err(io("making a folder beside", path))?;
    let mut files = if path.is_dir() {
        Files::Directory(path.to_owned())
    } else {
        let file = fs::File::open(path).map_err(io("opening", path))?;
        let mut tar = decompressed(file).map_err(io("reading", path))?;
        let mut inside = Layout::default();
        if add_layer(&mut inside, &mut tar, spool.path(), &mut 0).is_err() {
            return Ok(Vec::new());
        }
        Files::Tar(inside)
    };
    let mut found = Vec::new();
    if let Some(index) = files.read("index.json")? {
        let index: Index = serde_json::from_slice(&index).map_err(|e| malformed("index.json", e))?;
        manifests(&mut files, &index, 0, &mut found)?;
    } else if let Some(list) = files.read("manifest.json")? {
        let list: Vec<DockerManifest> =
            serde_json::from_slice(&list).map_err(|e| malformed("manifest.json", e))?;
        for one in list {
            let bytes = files.read(&one.config)?.ok_or_else(|| malformed(&one.config, "it is missing"))?;
            let config: Config = serde_json::from_slice(&bytes).map_err(|e| malformed(&one.config, e))?;
            let layers = checked_layers(&mut files, &one.layers, &config)?;
            found.push(ImageIdentity { manifest: None, config: digest::of(&bytes), layers });
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn manifests(
    files: &mut Files,
    index: &Index,
    depth: usize,
    found: &mut Vec<ImageIdentity>,
) -> Result<(), EnvironmentError> {
    if depth > INDEX_DEPTH_MAX {
        return Err(malformed("index.json", "its indexes are nested too deeply"));
    }
    for descriptor in &index.manifests {
        let hex = plain(&descriptor.digest)?.to_owned();
        let bytes = files.blob(&hex)?;
        if let Ok(inner) = serde_json::from_slice::<Index>(&bytes) {
            manifests(files, &inner, depth + 1, found)?;
            continue;
        }
        let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|e| malformed(&hex, e))?;
        let id = plain(&manifest.config.digest)?.to_owned();
        let config: Config = serde_json::from_slice(&files.blob(&id)?).map_err(|e| malformed(&id, e))?;
        let names = manifest.layers.iter().map(|l| plain(&l.digest).map(|hex| format!("blobs/sha256/{hex}")));
        let names = names.collect::<Result<Vec<String>, _>>()?;
        let layers = checked_layers(files, &names, &config)?;
        found.push(ImageIdentity { manifest: Some(hex), config: id, layers });
    }
    Ok(())
}

/// The digests of the layers unpacked, after reading each.
fn checked_layers(
    files: &mut Files,
    names: &[String],
    config: &Config,
) -> Result<Vec<String>, EnvironmentError> {
    if config.rootfs.diff_ids.len() != names.len() || names.is_empty() {
        return Err(malformed("rootfs", "it names no layers, or another number than the manifest"));
    }
    let mut out = Vec::new();
    for (name, diff_id) in names.iter().zip(&config.rootfs.diff_ids) {
        let file = files.open(name)?.ok_or_else(|| malformed(name, "it is missing"))?;
        let mut reader = decompressed(file).map_err(io("reading", Path::new(name)))?;
        let (found, _) = digest::of_reader(&mut reader).map_err(io("reading", Path::new(name)))?;
        must_be(name, found.clone(), plain(diff_id)?)?;
        out.push(found);
    }
    Ok(out)
}

/// Adds all layers of the image to `layout`; contents go to files in `spool`.
pub(crate) fn add_image(
    layout: &mut Layout,
    spec: &ImageSpec,
    spool: &Path,
) -> Result<Image, EnvironmentError> {
    match spec {
        ImageSpec::RootFs { path, digest } => add_root_fs(layout, path, plain(digest)?, spool),
        ImageSpec::Oci { path, digest } => add_oci(layout, path, plain(digest)?, spool),
    }
}

/// The hex digits of a digest, with or without `sha256:`.
fn plain(digest: &str) -> Result<&str, EnvironmentError> {
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    let is_hex = hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let why = "64 lower-case hex digits are expected".to_owned();
    is_hex
        .then_some(hex)
        .ok_or(EnvironmentError::Specification { what: format!("the digest `{digest}`"), why })
}

fn must_be(what: &str, found: String, expected: &str) -> Result<(), EnvironmentError> {
    if found == expected {
        return Ok(());
    }
    Err(EnvironmentError::Digest { what: what.to_owned(), expected: expected.to_owned(), found })
}

fn add_root_fs(
    layout: &mut Layout,
    path: &Path,
    pinned: &str,
    spool: &Path,
) -> Result<Image, EnvironmentError> {
    let open = || fs::File::open(path).map_err(io("opening", path));
    let (found, _) = digest::of_reader(&mut open()?).map_err(io("reading", path))?;
    must_be(&path.display().to_string(), found, pinned)?;
    let mut tar = decompressed(open()?).map_err(io("reading", path))?;
    add_layer(layout, &mut tar, spool, &mut 0)?;
    Ok(Image { digest: pinned.to_owned(), variables: BTreeMap::new() })
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
    #[serde(default)]
    platform: Option<Platform>,
}

#[derive(Deserialize)]
struct Platform {
    os: String,
    architecture: String,
}

#[derive(Deserialize)]
struct Index {
    manifests: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Manifest {
    config: Descriptor,
    layers: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct DockerManifest {
    #[serde(rename = "Config")]
    config: String,
    #[serde(rename = "Layers")]
    layers: Vec<String>,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    config: RunConfig,
    rootfs: RootFs,
}

#[derive(Deserialize, Default)]
struct RunConfig {
    #[serde(rename = "Env", default)]
    env: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct RootFs {
    diff_ids: Vec<String>,
}

/// The files of an image, in a directory or taken out of a tar.
enum Files {
    Directory(PathBuf),
    Tar(Layout),
}

impl Files {
    fn open(&mut self, name: &str) -> Result<Option<fs::File>, EnvironmentError> {
        let path = match self {
            Files::Directory(directory) => directory.join(name),
            Files::Tar(layout) => match layout.find(name.as_bytes()) {
                Some(Node::File { content: Content::Host(path), .. }) => path.clone(),
                _ => return Ok(None),
            },
        };
        match fs::File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(io("opening", &path)(e)),
        }
    }

    fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, EnvironmentError> {
        let Some(file) = self.open(name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        file.take(JSON_BYTES_MAX).read_to_end(&mut bytes).map_err(io("reading", Path::new(name)))?;
        Ok(Some(bytes))
    }

    /// The blob of that digest, checked.
    fn blob(&mut self, hex: &str) -> Result<Vec<u8>, EnvironmentError> {
        let name = format!("blobs/sha256/{hex}");
        let bytes = self.read(&name)?.ok_or_else(|| malformed(&name, "it is missing"))?;
        must_be(&name, digest::of(&bytes), hex)?;
        Ok(bytes)
    }
}

fn malformed(what: &str, why: impl ToString) -> EnvironmentError {
    EnvironmentError::Malformed { what: format!("`{what}` of the image"), why: why.to_string() }
}

fn add_oci(layout: &mut Layout, path: &Path, pinned: &str, spool: &Path) -> Result<Image, EnvironmentError> {
    let mut number = 0;
    let mut files = if path.is_dir() {
        Files::Directory(path.to_owned())
    } else {
        let file = fs::File::open(path).map_err(io("opening", path))?;
        let mut tar = decompressed(file).map_err(io("reading", path))?;
        let mut inside = Layout::default();
        add_layer(&mut inside, &mut tar, spool, &mut number)?;
        Files::Tar(inside)
    };
    let (config, layers) = match oci_manifest(&mut files, pinned)? {
        Some(found) => found,
        None => docker_manifest(&mut files, pinned)?,
    };
    if config.rootfs.diff_ids.len() != layers.len() || layers.is_empty() {
        return Err(malformed("rootfs", "it names no layers, or another number than the manifest"));
    }
    for (name, diff_id) in layers.iter().zip(&config.rootfs.diff_ids) {
        let file = files.open(name)?.ok_or_else(|| malformed(name, "it is missing"))?;
        let mut bytes = Hashing::new(decompressed(file).map_err(io("reading", Path::new(name)))?);
        add_layer(layout, &mut bytes, spool, &mut number)?;
        std::io::copy(&mut bytes, &mut std::io::sink()).map_err(io("reading", Path::new(name)))?;
        must_be(name, bytes.finish().0, plain(diff_id)?)?;
    }
    let variables = config.config.env.unwrap_or_default();
    let variables = variables.iter().filter_map(|v| v.split_once('='));
    let variables = variables.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    Ok(Image { digest: pinned.to_owned(), variables })
}

/// Configuration and layer files of the manifest that `pinned` names, or that fits this machine in the index that it
/// names; `None` if the image has no index or the index does not lead to it.
fn oci_manifest(files: &mut Files, pinned: &str) -> Result<Option<(Config, Vec<String>)>, EnvironmentError> {
    let Some(index) = files.read("index.json")? else { return Ok(None) };
    let index: Index = serde_json::from_slice(&index).map_err(|e| malformed("index.json", e))?;
    let Some(manifest) = find_manifest(files, &index, pinned, 0)? else { return Ok(None) };
    let config = files.blob(plain(&manifest.config.digest)?)?;
    let config = serde_json::from_slice(&config).map_err(|e| malformed("config", e))?;
    let layers = manifest.layers.iter().map(|l| plain(&l.digest).map(|hex| format!("blobs/sha256/{hex}")));
    Ok(Some((config, layers.collect::<Result<_, _>>()?)))
}

fn find_manifest(
    files: &mut Files,
    index: &Index,
    pinned: &str,
    depth: usize,
) -> Result<Option<Manifest>, EnvironmentError> {
    if depth > INDEX_DEPTH_MAX {
        return Err(malformed("index.json", "its indexes are nested too deeply"));
    }
    for descriptor in &index.manifests {
        let hex = plain(&descriptor.digest)?;
        let Ok(bytes) = files.blob(hex) else { continue };
        if let Ok(inner) = serde_json::from_slice::<Index>(&bytes) {
            let found = if hex == pinned {
                for_this_machine(files, &inner)?
            } else {
                find_manifest(files, &inner, pinned, depth + 1)?
            };
            if found.is_some() {
                return Ok(found);
            }
        } else if hex == pinned {
            return serde_json::from_slice(&bytes).map(Some).map_err(|e| malformed(hex, e));
        }
    }
    Ok(None)
}

fn for_this_machine(files: &mut Files, index: &Index) -> Result<Option<Manifest>, EnvironmentError> {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let fits = |p: &Platform| p.os == "linux" && p.architecture == architecture;
    let Some(descriptor) = index.manifests.iter().find(|d| d.platform.as_ref().is_some_and(fits)) else {
        return Err(malformed("index", format!("it has no manifest for linux/{architecture}")));
    };
    let bytes = files.blob(plain(&descriptor.digest)?)?;
    serde_json::from_slice(&bytes).map(Some).map_err(|e| malformed(&descriptor.digest, e))
}

fn docker_manifest(files: &mut Files, pinned: &str) -> Result<(Config, Vec<String>), EnvironmentError> {
    let none = || malformed("index.json", format!("neither it nor manifest.json leads to sha256:{pinned}"));
    let list = files.read("manifest.json")?.ok_or_else(none)?;
    let list: Vec<DockerManifest> =
        serde_json::from_slice(&list).map_err(|e| malformed("manifest.json", e))?;
    for manifest in list {
        let Some(config) = files.read(&manifest.config)? else { continue };
        if digest::of(&config) == pinned {
            let config = serde_json::from_slice(&config).map_err(|e| malformed(&manifest.config, e))?;
            return Ok((config, manifest.layers));
        }
    }
    Err(none())
}
