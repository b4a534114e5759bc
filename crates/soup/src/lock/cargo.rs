//! Cargo.lock, versions 1 to 4 (doc.rust-lang.org/cargo, `cargo::core::resolver::encode`).
//!
//! Packages without a source are the maker's own: workspace members and path dependencies. A lock file does not tell
//! build and development dependencies from others, so none is taken for one.

use crate::inventory::{Cause, Inventory, Problem, text};
use crate::purl::purl;
use diagnostics::LineIndex;
use model::components::{Component, ComponentGraph, ComponentKind, Hash, HashAlgorithm, SourceLine};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use toml::Spanned;

/// The newest version of the format that is read.
const VERSION_MAX: u64 = 4;

#[derive(Deserialize)]
struct Lock {
    version: Option<u64>,
    #[serde(default)]
    package: Vec<Package>,
    /// Version 1 of the oldest cargos: the workspace's only member.
    root: Option<Package>,
    /// Versions 1: `"checksum name version (source)" = "…"`.
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Package {
    name: Spanned<String>,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

/// Reads a Cargo.lock. `file` is the path that components are reported with.
pub fn read(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let lines = LineIndex::new(text);
    let line = |offset: usize| lines.position(text, offset).0;
    let lock: Lock = match toml::from_str(text) {
        Ok(lock) => lock,
        Err(e) => {
            let at = e.span().map_or(0, |s| line(s.start));
            let cause = Cause::Malformed { format: "Cargo.lock", reason: e.message().to_owned() };
            return Inventory::unreadable(file, at, cause);
        }
    };
    if let Some(version) = lock.version.filter(|v| *v > VERSION_MAX) {
        return Inventory::unreadable(
            file,
            0,
            Cause::Unsupported(format!("version {version} of Cargo.lock")),
        );
    }
    let packages: Vec<Package> = lock.root.into_iter().chain(lock.package).collect();
    let mut reader = Reader { file, packages: &packages, metadata: &lock.metadata, problems: Vec::new() };
    let mut components: Vec<Component> =
        packages.iter().map(|p| reader.component(p, line(p.name.span().start))).collect();
    let edges = reader.edges(&line);
    for (from, to) in &edges {
        let own = components.get(*from).is_some_and(|c| c.kind == ComponentKind::Own);
        if let (true, Some(needed)) = (own, components.get_mut(*to))
            && needed.kind == ComponentKind::Transitive
        {
            needed.kind = ComponentKind::Direct;
        }
    }
    Inventory::finished(file, ComponentGraph::new(components, edges), reader.problems)
}

struct Reader<'a> {
    file: &'a str,
    packages: &'a [Package],
    metadata: &'a BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, line: u32, cause: Cause) {
        self.problems.push(Problem { cause, source: SourceLine { file: self.file.to_owned(), line } });
    }

    fn component(&mut self, p: &Package, line: u32) -> Component {
        let name = p.name.get_ref().as_str();
        if p.version.is_empty() {
            self.problem(line, Cause::NoVersion { component: name.to_owned() });
        }
        let source = p.source.as_deref();
        let old_key = || format!("checksum {name} {} ({})", p.version, source.unwrap_or_default());
        let checksum = p.checksum.as_ref().or_else(|| self.metadata.get(&old_key()));
        let hashes = match checksum.map(String::as_str) {
            // Version 1 writes this for packages from git.
            None | Some("<none>") => Vec::new(),
            Some(hex) if is_sha256(hex) => {
                vec![Hash { algorithm: HashAlgorithm::Sha256, hex: hex.to_ascii_lowercase() }]
            }
            Some(other) => {
                let value = other.to_owned();
                self.problem(line, Cause::BadDigest { component: name.to_owned(), value });
                Vec::new()
            }
        };
        let place = source.map(|s| Place::of(s, name, &p.version));
        Component {
            purl: place.as_ref().map_or_else(String::new, |at| {
                purl("cargo", None, name, &p.version, at.qualifier.as_ref().map(|(k, v)| (*k, v.as_str())))
            }),
            name: name.to_owned(),
            version: p.version.clone(),
            supplier: None,
            licences: Vec::new(),
            hashes,
            kind: if source.is_some() { ComponentKind::Transitive } else { ComponentKind::Own },
            optional: false,
            download: place.map(|at| at.download),
            targets: Vec::new(),
            source: SourceLine { file: self.file.to_owned(), line },
            ..Component::default()
        }
    }

    fn edges(&mut self, line: &dyn Fn(usize) -> u32) -> Vec<(usize, usize)> {
        let packages = self.packages;
        let mut by_name: HashMap<&str, Vec<usize>> = HashMap::with_capacity(packages.len());
        for (i, p) in packages.iter().enumerate() {
            by_name.entry(p.name.get_ref()).or_default().push(i);
        }
        let mut edges = Vec::new();
        for (from, p) in packages.iter().enumerate() {
            for wanted in &p.dependencies {
                match find(packages, &by_name, wanted) {
                    Some(to) => edges.push((from, to)),
                    None => {
                        let component = p.name.get_ref().clone();
                        let cause = Cause::MissingDependency { component, wanted: wanted.clone() };
                        self.problem(line(p.name.span().start), cause);
                    }
                }
            }
        }
        edges
    }
}

/// The package that a dependency means: `name`, `name version` or `name version (source)`, as much as is needed.
fn find(packages: &[Package], by_name: &HashMap<&str, Vec<usize>>, wanted: &str) -> Option<usize> {
    let mut parts = wanted.splitn(3, ' ');
    let (name, version) = (parts.next()?, parts.next());
    let source = parts.next().map(|s| s.trim_start_matches('(').trim_end_matches(')'));
    let mut fitting = by_name.get(name)?.iter().copied().filter(|i| {
        packages.get(*i).is_some_and(|p| {
            version.is_none_or(|v| v == p.version)
                && source.is_none_or(|s| p.source.as_deref().is_some_and(|have| same_source(have, s)))
        })
    });
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

/// Sources of dependencies leave out the commit of a git source.
fn same_source(have: &str, wanted: &str) -> bool {
    have == wanted || have.split_once('#').is_some_and(|(address, _)| address == wanted)
}

fn is_sha256(hex: &str) -> bool {
    hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Where a package is obtained.
struct Place {
    download: String,
    /// What its package URL needs, because it is not the package of this name on crates.io.
    qualifier: Option<(&'static str, String)>,
}

impl Place {
    fn of(source: &str, name: &str, version: &str) -> Place {
        if matches!(
            source,
            "registry+https://github.com/rust-lang/crates.io-index" | "sparse+https://index.crates.io/"
        ) {
            let download = format!("https://static.crates.io/crates/{name}/{name}-{version}.crate");
            return Place { download, qualifier: None };
        }
        let qualifier = match source.split_once('+') {
            // Branch and tag move; the commit after `#` does not.
            Some(("git", _)) => {
                let (address, commit) = source.split_once('#').unwrap_or((source, ""));
                let address = address.split('?').next().unwrap_or(address);
                let at = if commit.is_empty() { "" } else { "@" };
                ("vcs_url", format!("{address}{at}{commit}"))
            }
            Some((_, registry)) => ("repository_url", registry.to_owned()),
            None => ("repository_url", source.to_owned()),
        };
        Place { download: source.to_owned(), qualifier: Some(qualifier) }
    }
}
