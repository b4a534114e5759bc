//! `soup licences` and `soup notices`: what third-party components are licensed under, by policy, and the file of notices.

use crate::analysis::{Analysis, Inputs};
use crate::error::{Error, Result};
use crate::workspace::Workspace;
use model::components::{Component, ComponentGraph};
use serde::Serialize;
use soup::licences::{Facts, Policy, Standing, is_notice};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The licences of shipped components.
#[derive(Debug, Serialize)]
pub struct Licences {
    /// The licences that are permitted; empty where there is no policy.
    pub policy: Vec<String>,
    /// Each component.
    pub components: Vec<LicenceRow>,
}

/// The licence of a component.
#[derive(Debug, Serialize)]
pub struct LicenceRow {
    /// Name and version.
    pub component: String,
    /// Its package URL.
    pub purl: String,
    /// The licence, as it is stated.
    pub licence: String,
    /// `permitted`, `not-permitted`, `unknown`, `no-expression`; empty where there is no policy.
    pub verdict: &'static str,
    /// The licences that are needed and not on the list.
    pub missing: Vec<String>,
}

impl Licences {
    /// Whether every licence is known and, where there is a policy, permitted.
    pub fn is_clean(&self) -> bool {
        self.components.iter().all(|c| matches!(c.verdict, "permitted" | ""))
    }
}

/// The licences of what is shipped: as lock files, SOUP items, dossier.toml and the downloaded packages say.
///
/// # Errors
/// When something cannot be read, or the policy names what is no licence.
pub fn soup_licences(ws: &Workspace, inputs: &Inputs) -> Result<Licences> {
    let analysis = Analysis::whole(ws, inputs)?;
    let (policy, wrong) = Policy::new(&analysis.config.soup.licences);
    if let Some(first) = wrong.first() {
        return Err(Error::refused(format!("[soup] licences: `{first}` is no licence of SPDX"))
            .hint("write one id each, with its exception where it has one: https://spdx.org/licenses"));
    }
    let mut graph = analysis.components.clone();
    let packages = Packages::here(ws, &analysis);
    packages.fill(&mut graph);
    let has_policy = !analysis.config.soup.licences.is_empty();
    let row = |c: &Component| {
        let (verdict, missing) = match policy.judge(c) {
            Standing::Unknown => ("unknown", Vec::new()),
            Standing::NoExpression(_) => ("no-expression", Vec::new()),
            _ if !has_policy => ("", Vec::new()),
            Standing::Permitted => ("permitted", Vec::new()),
            Standing::NotPermitted(missing) => ("not-permitted", missing),
        };
        let (component, licence) = (format!("{} {}", c.name, c.version), c.licences.join(", "));
        LicenceRow { component, purl: c.purl.clone(), licence, verdict, missing }
    };
    let components = graph.components().iter().filter(|c| c.kind.is_shipped()).map(row).collect();
    Ok(Licences { policy: analysis.config.soup.licences.clone(), components })
}

/// The text of third-party notices: every licence text once, with the components that it came with.
///
/// # Errors
/// When something cannot be read, or there is no component.
pub fn soup_notices(ws: &Workspace, inputs: &Inputs) -> Result<String> {
    let analysis = Analysis::whole(ws, inputs)?;
    if analysis.components.is_empty() {
        return Err(Error::refused("no component is known, and that is not \"no third-party component\"")
            .hint("name the lock files in dossier.toml: [build] lockfiles = [\"Cargo.lock\"]"));
    }
    crate::trail::note_export(ws, "notices")?;
    Ok(notices(&analysis, &Packages::here(ws, &analysis)))
}

/// The notices of an analysis, with the packages that lie in a folder.
pub(crate) fn notices(analysis: &Analysis, packages: &Packages) -> String {
    let mut graph = analysis.components.clone();
    packages.fill(&mut graph);
    soup::licences::notices(&analysis.config.product.name, &graph, |c| packages.of(c).files)
}

/// The downloaded packages.
pub(crate) struct Packages {
    /// Archives of Cargo by file name.
    archives: BTreeMap<String, PathBuf>,
    /// The folder above `node_modules`, by lock file.
    modules: BTreeMap<String, PathBuf>,
}

impl Packages {
    /// Those of a folder of archives, as a stage has them.
    pub(crate) fn in_folder(folder: &Path) -> Packages {
        let mut archives = BTreeMap::new();
        crates_of(folder, 1, &mut archives);
        Packages { archives, modules: BTreeMap::new() }
    }

    /// Those of this machine: Cargo's cache, and `node_modules` beside the lock files.
    fn here(ws: &Workspace, analysis: &Analysis) -> Packages {
        let mut archives = BTreeMap::new();
        for folder in crate::building::cargo_cache() {
            crates_of(&folder, 2, &mut archives);
        }
        let beside = |lock: &String| Some((lock.clone(), ws.path(lock).parent()?.to_path_buf()));
        Packages { archives, modules: analysis.config.build.lockfiles.iter().filter_map(beside).collect() }
    }

    /// Fills in the licences that neither lock file nor SOUP item states.
    pub(crate) fn fill(&self, graph: &mut ComponentGraph) {
        graph.fill(|_, c| {
            if c.licences.is_empty() {
                c.licences.extend(self.of(c).licence);
            }
        });
    }

    /// What the package of a component says. An archive counts only with the digest that the lock file states.
    fn of(&self, c: &Component) -> Facts {
        if c.purl.starts_with("pkg:cargo/") {
            let path = self.archives.get(&format!("{}-{}.crate", c.name, c.version));
            let bytes = path.and_then(|p| std::fs::read(p).ok());
            let digest = bytes.as_deref().map(|b| vocabulary::Digest::of(b).to_string());
            let same = c.hashes.iter().any(|h| Some(&h.hex) == digest.as_ref());
            return bytes.filter(|_| same).and_then(|b| soup::licences::archive(&b).ok()).unwrap_or_default();
        }
        let folder = self.modules.get(&c.source.file).filter(|_| c.purl.starts_with("pkg:npm/"));
        folder.map(|f| of_folder(&f.join("node_modules").join(&c.name), &c.version)).unwrap_or_default()
    }
}

fn crates_of(folder: &Path, deep: u8, out: &mut BTreeMap<String, PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".crate") {
            out.insert(name, path);
        } else if deep > 1 && path.is_dir() {
            crates_of(&path, deep - 1, out);
        }
    }
}

/// An installed package of npm, where it is the version that the lock file has.
fn of_folder(folder: &Path, version: &str) -> Facts {
    let mut facts = Facts::default();
    let text = |path: &Path| std::fs::read(path).map(|b| String::from_utf8_lossy(&b).into_owned());
    let Ok(manifest) = text(&folder.join("package.json")) else { return facts };
    let stated: Option<serde_json::Value> = serde_json::from_str(&manifest).ok();
    if stated.as_ref().and_then(|m| m.get("version")).and_then(|v| v.as_str()) != Some(version) {
        return facts;
    }
    facts.take("package.json", &manifest);
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    for name in names.iter().filter(|n| is_notice(n)) {
        if let Ok(text) = text(&folder.join(name)) {
            facts.take(name, &text);
        }
    }
    facts
}
