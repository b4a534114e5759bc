//! The build environment: gathered from packages, toolchains or an image into one tree, which says itself what it is.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write};
use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::error::io;
use crate::{Content, EnvironmentError, EnvironmentSpec, Layout, Node, debian, image, toolchain};

/// Where the environment describes itself.
const DESCRIPTION: &str = "etc/dossier-environment.json";
const DESCRIPTION_BYTES_MAX: u64 = 16 << 20;
/// What every environment has, so that the sandbox can mount there.
const MOUNT_POINTS: &[&str] = &["build/src", "build/deps", "build/out", "dev", "proc", "tmp"];
/// What programs expect to find; only where nothing else brings it.
const PLAIN_FILES: &[(&str, &str)] = &[
    ("etc/passwd", "root:x:0:0:root:/:/bin/sh\nbuild:x:1000:1000:build:/tmp/home:/bin/sh\n"),
    ("etc/group", "root:x:0:\nbuild:x:1000:\n"),
    ("etc/hosts", "127.0.0.1 localhost\n"),
    ("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
];
const STANDARD_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What an environment says of itself, inside its own tar.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EnvironmentDescription {
    /// `dossier/environment/v1`.
    pub format: String,
    /// The Debian packages in it, sorted by name.
    pub packages: Vec<Package>,
    /// The toolchains in it, in the order of the specification.
    pub toolchains: Vec<ToolchainDescription>,
    /// The digest of the image it is made of, if any.
    pub image: Option<String>,
    /// The variables that a build in it starts with, `PATH` at least.
    pub variables: BTreeMap<String, String>,
}

/// A Debian package of an environment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Package {
    /// For instance `gcc-12`.
    pub name: String,
    /// For instance `12.2.0-14`.
    pub version: String,
    /// For instance `amd64`.
    pub architecture: String,
}

/// A toolchain of an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolchainDescription {
    /// Its name; it is at `/opt/NAME`.
    pub name: String,
    /// What its compiler says of itself, where it was asked.
    pub version: Option<String>,
}

/// A gathered environment. Files still lie where they were found; [`Environment::write_tar`] and
/// [`Environment::unpack`] read them.
#[derive(Debug)]
pub struct Environment {
    layout: Layout,
    description: EnvironmentDescription,
    /// Holds what came out of an image until this is dropped.
    _spool: TempDir,
}

impl Environment {
    /// Gathers what `spec` names: an image first, packages and toolchains over it.
    pub fn gather(spec: &EnvironmentSpec) -> Result<Environment, EnvironmentError> {
        if spec.packages.is_empty() && spec.toolchains.is_empty() && spec.image.is_none() {
            return Err(EnvironmentError::Empty);
        }
        let spool = tempfile::tempdir().map_err(io("making a directory in", &std::env::temp_dir()))?;
        let mut layout = Layout::default();
        let mut description =
            EnvironmentDescription { format: "dossier/environment/v1".to_owned(), ..Default::default() };
        if let Some(spec) = &spec.image {
            let image = image::add_image(&mut layout, spec, spool.path())?;
            description.image = Some(image.digest);
            description.variables = image.variables;
        }
        if !spec.packages.is_empty() {
            description.packages = debian::add_packages(&mut layout, &spec.packages, &spec.without)?;
        }
        for toolchain in &spec.toolchains {
            description.toolchains.push(toolchain::add_toolchain(&mut layout, toolchain)?);
        }
        let exclude: Vec<&str> = spec.exclude.iter().map(String::as_str).collect();
        layout.exclude(&patterns(&exclude)?);
        add_path(&mut description);
        finish(&mut layout, &description)?;
        Ok(Environment { layout, description, _spool: spool })
    }

    /// What it is made of.
    pub fn description(&self) -> &EnvironmentDescription {
        &self.description
    }

    /// Its tree.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Writes it as a normalised tar; returns digest and size. Same content, same bytes.
    pub fn write_tar(&self, out: &mut dyn Write) -> Result<(String, u64), EnvironmentError> {
        self.layout.write_tar(out)
    }

    /// Writes it to a directory, ready to be a sandbox's root.
    pub fn unpack(&self, directory: &Path) -> Result<(), EnvironmentError> {
        self.layout.unpack(directory)
    }
}

/// Puts the toolchains in front of the path.
fn add_path(description: &mut EnvironmentDescription) {
    let standing = description.variables.remove("PATH").unwrap_or_else(|| STANDARD_PATH.to_owned());
    let toolchains = description.toolchains.iter().map(|t| format!("/opt/{}/bin", t.name));
    let path: Vec<String> = toolchains.chain([standing]).collect();
    description.variables.insert("PATH".to_owned(), path.join(":"));
}

fn finish(layout: &mut Layout, description: &EnvironmentDescription) -> Result<(), EnvironmentError> {
    for path in MOUNT_POINTS {
        // What an image left there would only be covered.
        layout.remove(path.as_bytes());
        layout.put(path.as_bytes(), Node::Directory)?;
    }
    let file = |bytes: &[u8]| Node::File { content: Content::Bytes(bytes.to_vec()), executable: false };
    for (path, text) in PLAIN_FILES {
        if layout.find(path.as_bytes()).is_none() {
            layout.put(path.as_bytes(), file(text.as_bytes()))?;
        }
    }
    let text = serde_json::to_vec_pretty(description).map_err(|e| EnvironmentError::Specification {
        what: "the environment's description".to_owned(),
        why: e.to_string(),
    })?;
    layout.put(DESCRIPTION.as_bytes(), file(&text))
}

/// What the environment unpacked at `root` says of itself; `None` if it says nothing (a foreign root file system).
pub fn read_description(root: &Path) -> Result<Option<EnvironmentDescription>, EnvironmentError> {
    let path = root.join(DESCRIPTION);
    // Neither the file nor its directory may be a link: it would lead into this host.
    let plain = |p: &Path| fs::symlink_metadata(p).is_ok_and(|m| !m.is_symlink());
    if !path.parent().is_some_and(plain) || !plain(&path) {
        return Ok(None);
    }
    let mut text = Vec::new();
    let file = fs::File::open(&path).map_err(io("reading", &path))?;
    file.take(DESCRIPTION_BYTES_MAX).read_to_end(&mut text).map_err(io("reading", &path))?;
    let malformed = |e: serde_json::Error| EnvironmentError::Malformed {
        what: DESCRIPTION.to_owned(),
        why: e.to_string(),
    };
    serde_json::from_slice(&text).map(Some).map_err(malformed)
}

/// A set of globs in which `*` stays within a directory.
pub(crate) fn patterns(list: &[impl AsRef<str>]) -> Result<GlobSet, EnvironmentError> {
    let mut set = GlobSetBuilder::new();
    for pattern in list {
        let bad = |e: globset::Error| EnvironmentError::Specification {
            what: format!("the pattern `{}`", pattern.as_ref()),
            why: e.kind().to_string(),
        };
        let glob = GlobBuilder::new(pattern.as_ref()).literal_separator(true).empty_alternates(true).build();
        set.add(glob.map_err(bad)?);
    }
    set.build().map_err(|e| EnvironmentError::Specification {
        what: "the patterns".to_owned(),
        why: e.kind().to_string(),
    })
}
