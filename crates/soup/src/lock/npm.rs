//! package-lock.json and npm-shrinkwrap.json, versions 1 to 3 (docs.npmjs.com, "package-lock.json").
//!
//! Versions 2 and 3 list installed folders, version 1 a tree; both become folders here. A package installed in several
//! folders at one version is one component.

mod entries;

use crate::inventory::{Cause, Inventory, Problem, text};
use crate::purl::purl;
use base64::Engine as _;
use diagnostics::LineIndex;
use entries::{Entry, Folder};
use model::components::{Component, ComponentGraph, ComponentKind, Hash, HashAlgorithm, SourceLine};
use std::collections::HashMap;

/// Reads a package-lock.json. `file` is the path that components are reported with.
pub fn read(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let lines = LineIndex::new(text);
    let line = |offset: usize| lines.position(text, offset).0;
    match entries::folders(text) {
        Ok(read) => {
            let mut reader = Reader { file, folders: &read.folders, problems: Vec::new() };
            for (offset, key) in &read.twice {
                reader.problem(line(*offset), Cause::Twice(key.clone()));
            }
            let graph = reader.graph(&line, read.roots_known);
            Inventory::finished(file, graph, reader.problems)
        }
        Err((offset, cause)) => Inventory::unreadable(file, offset.map_or(0, line), cause),
    }
}

struct Reader<'a> {
    file: &'a str,
    folders: &'a [Folder],
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, line: u32, cause: Cause) {
        self.problems.push(Problem { cause, source: SourceLine { file: self.file.to_owned(), line } });
    }

    fn graph(&mut self, line: &dyn Fn(usize) -> u32, roots_known: bool) -> ComponentGraph {
        let folders = self.folders;
        let by_path: HashMap<&str, usize> =
            folders.iter().enumerate().map(|(i, f)| (f.path.as_str(), i)).collect();
        let mut components: Vec<Component> = Vec::new();
        // Component of each folder; a link is what it leads to.
        let mut place: Vec<Option<usize>> = vec![None; folders.len()];
        let mut known: HashMap<(String, String, String), usize> = HashMap::new();
        for (i, folder) in folders.iter().enumerate().filter(|(_, f)| !f.entry.link) {
            let component = self.component(folder, line(folder.offset));
            let identity = (component.purl.clone(), component.name.clone(), component.version.clone());
            let at = *known.entry(identity).or_insert(components.len());
            match components.get_mut(at) {
                Some(first) => self.same(first, component),
                None => components.push(component),
            }
            if let Some(p) = place.get_mut(i) {
                *p = Some(at);
            }
        }
        let of_folder = |i: usize| {
            let folder = folders.get(i)?;
            let target =
                if folder.entry.link { by_path.get(folder.entry.resolved.as_deref()?).copied()? } else { i };
            place.get(target).copied().flatten()
        };
        let edges = self.edges(line, &by_path, &of_folder);
        set_direct(&mut components, &edges, roots_known);
        ComponentGraph::new(components, edges)
    }

    fn component(&mut self, folder: &Folder, line: u32) -> Component {
        let entry = &folder.entry;
        let installed = folder.path.rsplit_once("node_modules/").map(|(_, name)| name);
        let mut name = entry.name.as_deref().or(installed).unwrap_or(&folder.path).to_owned();
        if name.is_empty() {
            // A root manifest without a name.
            name.push('.');
        }
        let version = entry.version.clone().unwrap_or_default();
        let own = installed.is_none();
        if version.is_empty() && !own {
            self.problem(line, Cause::NoVersion { component: name.clone() });
        }
        let hashes = self.hashes(entry, &name, line);
        let (namespace, bare) = match name.split_once('/') {
            Some((scope, bare)) if scope.starts_with('@') => (Some(scope), bare),
            _ => (None, name.as_str()),
        };
        let qualifier = entry.resolved.as_deref().and_then(foreign_source);
        let kind = match () {
            () if own => ComponentKind::Own,
            () if entry.dev => ComponentKind::Dev,
            () => ComponentKind::Transitive,
        };
        Component {
            purl: if own { String::new() } else { purl("npm", namespace, bare, &version, qualifier) },
            version,
            supplier: None,
            licences: entry.licences(),
            hashes,
            kind,
            optional: entry.optional || entry.dev_optional || entry.peer,
            download: entry.resolved.clone(),
            targets: entry.targets(),
            source: SourceLine { file: self.file.to_owned(), line },
            name,
            ..Component::default()
        }
    }

    /// Digests of an `integrity` field: `sha512-<base64>`, several separated by spaces.
    fn hashes(&mut self, entry: &Entry, name: &str, line: u32) -> Vec<Hash> {
        let mut hashes = Vec::new();
        for written in entry.integrity.as_deref().unwrap_or_default().split_ascii_whitespace() {
            match digest(written) {
                Some(hash) => hashes.push(hash),
                None => {
                    let value = written.to_owned();
                    self.problem(line, Cause::BadDigest { component: name.to_owned(), value });
                }
            }
        }
        hashes.sort();
        hashes
    }

    /// The same package in another folder.
    fn same(&mut self, first: &mut Component, again: Component) {
        let differs = first
            .hashes
            .iter()
            .any(|a| again.hashes.iter().any(|b| a.algorithm == b.algorithm && a.hex != b.hex));
        if differs {
            self.problem(again.source.line, Cause::TwoContents { component: first.name.clone() });
        }
        if first.hashes.is_empty() {
            first.hashes = again.hashes;
        }
        first.kind = first.kind.min(again.kind);
        first.optional &= again.optional;
    }

    fn edges(
        &mut self,
        line: &dyn Fn(usize) -> u32,
        by_path: &HashMap<&str, usize>,
        of_folder: &dyn Fn(usize) -> Option<usize>,
    ) -> Vec<(usize, usize)> {
        let mut edges = Vec::new();
        for (i, folder) in self.folders.iter().enumerate().filter(|(_, f)| !f.entry.link) {
            let Some(from) = of_folder(i) else { continue };
            for (wanted, must) in folder.entry.needs() {
                match installed(by_path, &folder.path, wanted).and_then(of_folder) {
                    Some(to) => edges.push((from, to)),
                    None if must => {
                        let component = folder.path.clone();
                        let wanted = wanted.to_owned();
                        self.problem(line(folder.offset), Cause::MissingDependency { component, wanted });
                    }
                    None => {}
                }
            }
        }
        edges
    }
}

/// Where Node finds `name` from the folder at `path`: in its own `node_modules`, or in those of the folders above.
fn installed(by_path: &HashMap<&str, usize>, path: &str, name: &str) -> Option<usize> {
    let mut folder = path;
    loop {
        let sought = match folder {
            "" => format!("node_modules/{name}"),
            _ => format!("{folder}/node_modules/{name}"),
        };
        if let Some(i) = by_path.get(sought.as_str()) {
            return Some(*i);
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        folder = folder.strip_suffix("node_modules").map_or(folder, |above| above.trim_end_matches('/'));
    }
}

/// Marks what the maker's own manifests name. Version 1 does not have them: there it is what nothing else needs.
fn set_direct(components: &mut [Component], edges: &[(usize, usize)], roots_known: bool) {
    let mut direct = vec![!roots_known; components.len()];
    for (from, to) in edges {
        let own = components.get(*from).is_some_and(|c| c.kind == ComponentKind::Own);
        if let Some(d) = direct.get_mut(*to)
            && own == roots_known
        {
            *d = roots_known;
        }
    }
    for (component, direct) in components.iter_mut().zip(direct) {
        if direct && component.kind == ComponentKind::Transitive {
            component.kind = ComponentKind::Direct;
        }
    }
}

/// A digest as Subresource Integrity writes it.
pub(super) fn digest(written: &str) -> Option<Hash> {
    let (algorithm, base64) = written.split_once('-')?;
    let algorithm = match algorithm {
        "sha512" => HashAlgorithm::Sha512,
        "sha384" => HashAlgorithm::Sha384,
        "sha256" => HashAlgorithm::Sha256,
        "sha1" => HashAlgorithm::Sha1,
        "md5" => HashAlgorithm::Md5,
        _ => return None,
    };
    // Options may follow a `?` (W3C Subresource Integrity).
    let base64 = base64.split('?').next()?;
    let hex = hex::encode(base64::engine::general_purpose::STANDARD.decode(base64).ok()?);
    (hex.len() == algorithm.hex_len()).then_some(Hash { algorithm, hex })
}

/// What the package URL of a package needs that does not come from a registry.
fn foreign_source(resolved: &str) -> Option<(&'static str, &str)> {
    if resolved.starts_with("git+") || resolved.starts_with("git:") {
        Some(("vcs_url", resolved))
    } else if resolved.starts_with("http") && !resolved.contains("/-/") {
        Some(("download_url", resolved))
    } else {
        None
    }
}
