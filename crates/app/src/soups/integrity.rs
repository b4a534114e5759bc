//! Downloaded dependencies against the digests of the lock files: at the stage, and once more when the release is sealed.

use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use git::ObjectId;
use model::components::{ComponentGraph, ComponentKind};
use product::Config;
use soup::integrity::{Archives, Standing, is_archive, is_cached_archive};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What was compared.
#[derive(Debug, Default)]
pub(crate) struct Intact {
    /// Archives that have the digest of their lock file.
    pub fit: usize,
    /// Archives of which the lock file states no digest that proves anything, by component.
    pub without: Vec<String>,
    /// Archives that no lock file names, by path: nothing says what they are to be.
    pub unnamed: Vec<String>,
    /// Components of which a store has only the files, unpacked.
    pub unpacked: Vec<String>,
    /// Of how many packages that are part of the product no archive is here, by the type of their package URL.
    pub absent: BTreeMap<String, usize>,
}

/// Compares every archive of a folder with the lock files; `locks` are their paths and bytes, go.sum among them.
///
/// # Errors
/// When one has another digest, or a crate is there that no lock file names.
pub(crate) fn intact(graph: &ComponentGraph, locks: &[(String, Vec<u8>)], folder: &Path) -> Result<Intact> {
    let mut archives = Archives::of(graph);
    for (file, bytes) in locks {
        archives.state(file, bytes);
    }
    let mut out = Intact::default();
    let mut seen = BTreeSet::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).doing(format_args!("read {}", next.display()))? {
            let entry = entry.doing(format_args!("read {}", next.display()))?;
            let kind = entry.file_type().doing(format_args!("read {}", next.display()))?;
            if kind.is_dir() {
                folders.push(entry.path());
                continue;
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            let bytes = std::fs::read(entry.path()).doing(format_args!("read {name}"))?;
            let path = entry.path();
            let path = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            match archives.judge(&path, &bytes) {
                Standing::Fits(component) => {
                    out.fit += 1;
                    seen.insert(component);
                }
                Standing::NoDigest(component) => {
                    seen.insert(component.clone());
                    out.without.push(component);
                }
                Standing::Unpacked(component) => {
                    seen.insert(component.clone());
                    out.unpacked.push(component);
                }
                Standing::Unknown if name.ends_with(".crate") => {
                    return Err(Error::verification(format!(
                        "`{name}` is among the dependencies and in no lock file"
                    )));
                }
                Standing::Unknown if is_archive(&name) || is_cached_archive(&path, &bytes) => {
                    out.unnamed.push(path)
                }
                Standing::Unknown => {}
                Standing::Differs { component, wanted, found } => {
                    return Err(Error::verification(format!(
                        "`{name}` is not what the lock file names for {component}: its digest is {found}, and not {wanted}"
                    ))
                    .hint("a dependency was changed on its way, or the archive on disk was: fetch it again and stage again"));
                }
            }
        }
    }
    out.without.sort();
    out.unnamed.sort();
    out.unpacked.sort();
    for c in graph.components() {
        let shipped = !matches!(c.kind, ComponentKind::Own | ComponentKind::Dev);
        let ty = c.purl.strip_prefix("pkg:").and_then(|p| p.split('/').next());
        if let Some(ty) = ty.filter(|_| shipped && !seen.contains(&soup::integrity::shown(c))) {
            *out.absent.entry(ty.to_owned()).or_default() += 1;
        }
    }
    Ok(out)
}

/// The lock files of a commit, and the go.sum beside each go.mod: what states the digests of archives.
///
/// # Errors
/// When one cannot be read.
pub(crate) fn locks(
    ws: &Workspace,
    config: &Config,
    commit: Option<ObjectId>,
) -> Result<Vec<(String, Vec<u8>)>> {
    let mut out = Vec::new();
    for file in &config.build.lockfiles {
        let beside = file.strip_suffix("go.mod").map(|folder| format!("{folder}go.sum"));
        for file in std::iter::once(file.clone()).chain(beside) {
            if let Some(bytes) = crate::components::bytes_of(ws, &file, commit)? {
                out.push((file, bytes));
            }
        }
    }
    Ok(out)
}
