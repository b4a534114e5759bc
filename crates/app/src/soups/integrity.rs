//! Downloaded dependencies against the digests of the lock files: at the stage, and once more when the release is sealed.

use crate::error::{Doing as _, Error, Result};
use model::components::ComponentGraph;
use soup::integrity::{Archives, Standing};
use std::path::Path;

/// What was compared.
#[derive(Debug, Default)]
pub(crate) struct Intact {
    /// Archives that have the digest of their lock file.
    pub fit: usize,
    /// Archives of which the lock file states no digest that proves anything, by component.
    pub without: Vec<String>,
}

/// Compares every archive of a folder with the lock files.
///
/// # Errors
/// When one has another digest, or a crate is there that no lock file names.
pub(crate) fn intact(graph: &ComponentGraph, folder: &Path) -> Result<Intact> {
    let archives = Archives::of(graph);
    let mut out = Intact::default();
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
            match archives.judge(&name, &bytes) {
                Standing::Fits(_) => out.fit += 1,
                Standing::NoDigest(component) => out.without.push(component),
                Standing::Unknown if name.ends_with(".crate") => {
                    return Err(Error::verification(format!(
                        "`{name}` is among the dependencies and in no lock file"
                    )));
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
    Ok(out)
}
