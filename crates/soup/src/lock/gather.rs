//! What the readers of lock files share: components by key, who needs whom, what is wrong and where.

use crate::inventory::{Cause, Inventory, Problem};
use crate::purl::purl;
use model::components::{
    Component, ComponentGraph, ComponentKind, Hash, HashAlgorithm, SourceLine, is_exact,
};
use std::collections::HashMap;

/// A lock file that is being read.
pub(super) struct Gather<'a> {
    file: &'a str,
    components: Vec<Component>,
    by_key: HashMap<String, usize>,
    needs: Vec<(usize, String, bool)>,
    problems: Vec<Problem>,
}

impl<'a> Gather<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        let (components, needs, problems) = (Vec::new(), Vec::new(), Vec::new());
        Gather { file, components, by_key: HashMap::new(), needs, problems }
    }

    pub(super) fn file(&self) -> &'a str {
        self.file
    }

    pub(super) fn problem(&mut self, line: u32, cause: Cause) {
        self.problems.push(Problem { cause, source: SourceLine { file: self.file.to_owned(), line } });
    }

    /// A component of this package; `key` is what others name it by.
    pub(super) fn package(
        &mut self,
        key: &str,
        (ty, namespace, name): (&'static str, Option<&str>, &str),
        version: &str,
        line: u32,
    ) -> &mut Component {
        let shown = namespace.map_or_else(|| name.to_owned(), |n| format!("{n}/{name}"));
        self.pinned(&shown, version, line);
        let component = Component {
            purl: purl(ty, namespace, name, version, None),
            name: shown,
            version: version.to_owned(),
            source: SourceLine { file: self.file.to_owned(), line },
            ..Component::default()
        };
        self.add(key, component)
    }

    /// Adds a component; the same one again is the same component.
    pub(super) fn add(&mut self, key: &str, component: Component) -> &mut Component {
        let same = |c: &Component| {
            c.purl == component.purl && c.name == component.name && c.version == component.version
        };
        let known = self.by_key.get(key).copied().filter(|i| self.components.get(*i).is_some_and(same));
        let at = known.unwrap_or(self.components.len());
        self.by_key.insert(key.to_owned(), at);
        if at == self.components.len() {
            self.components.push(component);
        }
        // It was pushed just now, or known before.
        let last = self.components.len().saturating_sub(1);
        &mut self.components[at.min(last)]
    }

    /// A version that designates no one version is a finding (62304:8.1.2).
    pub(super) fn pinned(&mut self, name: &str, version: &str, line: u32) {
        if version.is_empty() {
            self.problem(line, Cause::NoVersion { component: name.to_owned() });
        } else if !is_exact(version) {
            let (component, written) = (name.to_owned(), version.to_owned());
            self.problem(line, Cause::NotPinned { component, written });
        }
    }

    /// The component of `from` needs that of `to`; where `to` must be there and is not, that is a finding.
    pub(super) fn needs(&mut self, from: &str, to: &str, must: bool) {
        if let Some(from) = self.by_key.get(from).copied() {
            self.needs.push((from, to.to_owned(), must));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.components.is_empty()
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.by_key.contains_key(key)
    }

    pub(super) fn get(&mut self, key: &str) -> Option<&mut Component> {
        let at = self.by_key.get(key).copied()?;
        self.components.get_mut(at)
    }

    /// A digest in hex; what is none is a finding.
    pub(super) fn hash(&mut self, name: &str, algorithm: &str, hex: &str, line: u32) -> Option<Hash> {
        let plain = algorithm.replace('-', "");
        let known = HashAlgorithm::ALL
            .into_iter()
            .find(|a| a.as_str().replace('-', "").eq_ignore_ascii_case(&plain))?;
        let hex = hex.trim().to_ascii_lowercase();
        if hex.len() == known.hex_len() && hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Some(Hash { algorithm: known, hex });
        }
        self.problem(line, Cause::BadDigest { component: name.to_owned(), value: hex });
        None
    }

    /// Marks as direct what nothing else needs, for files that do not say what the product itself names.
    pub(super) fn roots_are_direct(&mut self) {
        let mut needed = vec![false; self.components.len()];
        for (from, to, _) in &self.needs {
            let to = self.by_key.get(to).copied().filter(|to| to != from);
            if let Some(slot) = to.and_then(|to| needed.get_mut(to)) {
                *slot = true;
            }
        }
        for (component, needed) in self.components.iter_mut().zip(needed) {
            if !needed && component.kind == ComponentKind::Transitive {
                component.kind = ComponentKind::Direct;
            }
        }
    }

    pub(super) fn finish(mut self) -> Inventory {
        let mut edges = Vec::new();
        for (from, to, must) in std::mem::take(&mut self.needs) {
            match self.by_key.get(&to).copied() {
                Some(to) => edges.push((from, to)),
                None if must => {
                    let of = self.components.get(from);
                    let component = of.map(|c| c.name.clone()).unwrap_or_default();
                    let line = of.map_or(0, |c| c.source.line);
                    self.problem(line, Cause::MissingDependency { component, wanted: to });
                }
                None => {}
            }
        }
        Inventory::finished(self.file, ComponentGraph::new(self.components, edges), self.problems)
    }
}

/// The line of a byte, from 1.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    (1_u32..).zip(text.lines())
}

/// The namespace and name of an npm package.
pub(super) fn npm_name(name: &str) -> (Option<&str>, &str) {
    match name.split_once('/') {
        Some((scope, bare)) if scope.starts_with('@') => (Some(scope), bare),
        _ => (None, name),
    }
}
