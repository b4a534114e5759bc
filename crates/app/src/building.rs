//! Building a product in the sandbox, from folders: used at stage, for the rebuild from the stage, and from the archive.

use crate::error::{Doing as _, Error, Result};
use product::{Build, Config};
use rebuild::{BuildInputs, BuildSpec, Built, CargoArchives, Limits, Output};
use records::Artefact;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use vocabulary::Digest;

/// Where the artefact's own report of its version goes among the outputs.
pub(crate) const REPORTED: &str = "reported-version.txt";

/// What is needed to build again, as the archive holds it (`build.json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recipe {
    pub format: String,
    pub version: String,
    pub build: String,
    pub commit: String,
    /// Where the product lies in the source tree: empty, or a folder with `/` at its end.
    pub product: String,
    pub commands: Vec<String>,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    pub variables: BTreeMap<String, String>,
    /// Lock files whose dependency archives lie in the tree `dependencies`.
    pub lockfiles: Vec<String>,
    /// SOURCE_DATE_EPOCH: the commit's time.
    pub epoch: i64,
    /// The digest of the environment's tar; of the attestation, where an external runner built.
    pub environment: Digest,
    /// The external runner that built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner: Option<String>,
}

/// The format of a recipe.
pub(crate) const RECIPE_FORMAT: &str = "dossier/build/v1";

impl Recipe {
    /// The recipe of a release. `{version}`, `{build}` and `{commit}` in variables stand for what is released.
    pub(crate) fn of(
        config: &Config,
        version: &str,
        build: &str,
        commit: &str,
        product: &str,
        epoch: i64,
        environment: Digest,
    ) -> Result<Recipe> {
        let b: &Build = &config.build;
        if (b.commands.is_empty() && b.runner.is_none()) || b.outputs.is_empty() {
            return Err(Error::refused("[build] in dossier.toml names no commands or no outputs")
                .hint("say how the product is built: commands, outputs, environment (docs/rebuild.md)"));
        }
        let filled = |text: &String| {
            text.replace("{version}", version).replace("{build}", build).replace("{commit}", commit)
        };
        let mut commands = b.commands.clone();
        if let Some(command) = &b.version_command {
            commands.push(format!("{command} > \"$OUT/{REPORTED}\""));
        }
        Ok(Recipe {
            format: RECIPE_FORMAT.to_owned(),
            version: version.to_owned(),
            build: build.to_owned(),
            commit: commit.to_owned(),
            product: product.to_owned(),
            commands,
            inputs: b.inputs.clone(),
            outputs: b.outputs.clone(),
            variables: b.variables.iter().map(|(k, v)| (k.clone(), filled(v))).collect(),
            lockfiles: b.lockfiles.iter().filter(|l| l.ends_with("Cargo.lock")).cloned().collect(),
            epoch,
            environment,
            runner: b.runner.clone(),
        })
    }

    fn spec(&self) -> BuildSpec {
        BuildSpec {
            commands: self.commands.clone(),
            inputs: self.inputs.clone(),
            outputs: self.outputs.clone(),
            variables: self.variables.clone(),
            limits: Limits::default(),
        }
    }

    /// Builds in the sandbox. `source` is the whole tree of the commit, `root` the unpacked environment, `archives` the
    /// folder of dependency archives, `work` an empty folder for everything else.
    pub(crate) fn build(&self, source: &Path, root: &Path, archives: &Path, work: &Path) -> Result<Built> {
        let product = source.join(&self.product);
        let laid_out = work.join("deps");
        let mut dependencies = None;
        for lock in &self.lockfiles {
            let path = product.join(lock);
            let text = std::fs::read_to_string(&path).doing(format_args!("read {lock} of the source"))?;
            let found = CargoArchives::find(&text, &[archives]).doing("find the dependency archives")?;
            found.lay_out(&laid_out).doing("lay out the dependency archives")?;
            dependencies = Some(laid_out.as_path());
        }
        if copy_folders(archives, &laid_out)? {
            dependencies = Some(laid_out.as_path());
        }
        let inputs = BuildInputs {
            source: &product,
            root,
            dependencies,
            epoch: self.epoch,
            scratch: &work.join("scratch"),
            outputs: &work.join("out"),
        };
        rebuild::build(&self.spec(), &inputs).map_err(|e| {
            Error::environment("the build in the sandbox did not come to its end")
                .because(e)
                .hint("docs/rebuild.md tells what a build may see and how to look at its log")
        })
    }
}

/// Copies the folders of a folder, and says whether there are any: what `[build] dependencies` names stands in folders, the
/// archives of Cargo beside them.
fn copy_folders(from: &Path, to: &Path) -> Result<bool> {
    let mut any = false;
    for entry in std::fs::read_dir(from).doing(format_args!("read {}", from.display()))? {
        let entry = entry.doing(format_args!("read {}", from.display()))?;
        if entry.file_type().doing(format_args!("read {}", from.display()))?.is_dir() {
            any = true;
            copy_tree(&entry.path(), &to.join(entry.file_name()))?;
        }
    }
    Ok(any)
}

/// Copies a folder with everything in it. A link could lead anywhere, so there may be none.
///
/// # Errors
/// When the folder to be made is there already, something cannot be read or written, or is neither file nor folder.
pub(crate) fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        return Err(Error::refused(format!("two dependencies are called {}", to.display())));
    }
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let (here, there) = (from.join(&below), to.join(&below));
        std::fs::create_dir_all(&there).doing(format_args!("make {}", there.display()))?;
        for entry in std::fs::read_dir(&here).doing(format_args!("read {}", here.display()))? {
            let entry = entry.doing(format_args!("read {}", here.display()))?;
            let kind = entry.file_type().doing(format_args!("read {}", here.display()))?;
            if kind.is_dir() {
                folders.push(below.join(entry.file_name()));
            } else if kind.is_file() {
                let copied = std::fs::copy(entry.path(), there.join(entry.file_name()));
                copied.doing(format_args!("copy {}", entry.path().display()))?;
            } else {
                return Err(Error::refused(format!("{} is no file", entry.path().display()))
                    .hint("a folder of [build] dependencies has files and folders, and no links"));
            }
        }
    }
    Ok(())
}

/// The outputs as records name them, without the report of the version.
pub(crate) fn artefacts(outputs: &[Output]) -> Result<Vec<Artefact>> {
    let one = |o: &Output| {
        let digest = o.digest.parse().doing("read the digest of an output")?;
        Ok(Artefact { path: o.path.clone(), digest, size: o.size })
    };
    outputs.iter().filter(|o| o.path != REPORTED).map(one).collect()
}

/// What the artefact itself reported.
pub(crate) fn reported(out: &Path) -> String {
    std::fs::read_to_string(out.join(REPORTED)).map(|t| t.trim().to_owned()).unwrap_or_default()
}

/// The folders in which cargo keeps the archives that it fetched.
pub(crate) fn cargo_cache() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".cargo")));
    home.map(|h| vec![h.join("registry").join("cache")]).unwrap_or_default()
}

/// What is known of this host, for records; outputs must not depend on it.
pub(crate) fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{} (Linux {}, {})", name.trim(), kernel.trim(), std::env::consts::ARCH)
}
