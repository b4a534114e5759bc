//! 62304:8 and 7.1.3: SOUP, configuration and change.

use crate::prelude::*;
use crate::registry::Source;
use model::components::{Component, ComponentGraph};
use std::borrow::Cow;
use std::collections::HashMap;

mod change_not_approved;
mod component_not_registered;
mod soup_anomaly_list_missing;
mod soup_not_reviewed;
mod soup_not_shipped;
mod soup_review_overdue;
mod soup_version_differs;
mod soup_version_not_exact;
mod soup_without_supplier;
mod soup_without_version;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    soup_without_version::SOUP_WITHOUT_VERSION,
    soup_version_not_exact::SOUP_VERSION_NOT_EXACT,
    soup_without_supplier::SOUP_WITHOUT_SUPPLIER,
    component_not_registered::COMPONENT_NOT_REGISTERED,
    soup_not_shipped::SOUP_NOT_SHIPPED,
    soup_version_differs::SOUP_VERSION_DIFFERS,
    soup_anomaly_list_missing::SOUP_ANOMALY_LIST_MISSING,
    soup_not_reviewed::SOUP_NOT_REVIEWED,
    change_not_approved::CHANGE_NOT_APPROVED,
    soup_review_overdue::SOUP_REVIEW_OVERDUE,
];

/// A package URL without version, qualifiers and subpath.
fn unversioned(purl: &str) -> &str {
    let purl = purl.split(['?', '#']).next().unwrap_or(purl);
    match purl.rsplit_once('@') {
        // An `@` with a slash behind it opens an npm scope.
        Some((before, version)) if !version.contains('/') => before,
        _ => purl,
    }
}

/// A package URL as it is compared: without version, `%40` read as `@`, in lower case (types and most names ignore case).
fn comparable(purl: &str) -> String {
    unversioned(purl).trim().replace("%40", "@").to_ascii_lowercase()
}

/// The SOUP items joined with the components of lock files and SBOMs.
struct Register<'a> {
    graph: Option<&'a ComponentGraph>,
    /// Components by item.
    of_item: HashMap<ItemIx, Vec<usize>>,
    /// Per component whether an item names or covers it.
    registered: Vec<bool>,
}

impl<'a> Register<'a> {
    fn new(cx: &Snapshot<'a>) -> Register<'a> {
        let components = cx.components.map(|g| g.components()).unwrap_or_default();
        let mut register = Register {
            graph: cx.components,
            of_item: HashMap::new(),
            registered: vec![false; components.len()],
        };
        let mut by_purl: HashMap<String, Vec<usize>> = HashMap::new();
        for (n, component) in components.iter().enumerate().filter(|(_, c)| !c.purl.is_empty()) {
            by_purl.entry(comparable(&component.purl)).or_default().push(n);
        }
        for (ix, item) in cx.items_of(Kind::Soup) {
            for purl in item.values("purl") {
                let named = by_purl.get(&comparable(&purl)).map(Vec::as_slice).unwrap_or_default();
                register.join(ix, named.iter().copied());
            }
            let patterns: Vec<Cow<'_, str>> = item.values("covers");
            if !patterns.is_empty() && has_part(item, "rationale") {
                let covered = by_purl.iter().filter(|(purl, _)| patterns.iter().any(|p| matches(p, purl)));
                let covered: Vec<usize> = covered.flat_map(|(_, all)| all).copied().collect();
                register.join(ix, register.with_needs(covered));
            }
        }
        register
    }

    fn join(&mut self, ix: ItemIx, components: impl IntoIterator<Item = usize>) {
        let of_item = self.of_item.entry(ix).or_default();
        for n in components {
            of_item.push(n);
            if let Some(slot) = self.registered.get_mut(n) {
                *slot = true;
            }
        }
    }

    /// Components with everything that they need, directly or not.
    fn with_needs(&self, from: Vec<usize>) -> Vec<usize> {
        let mut found = vec![false; self.registered.len()];
        let mut todo = from;
        let mut out = Vec::new();
        while let Some(n) = todo.pop() {
            let Some(slot) = found.get_mut(n).filter(|f| !**f) else { continue };
            *slot = true;
            out.push(n);
            if let (Some(graph), Ok(n)) = (self.graph, u32::try_from(n)) {
                todo.extend(graph.needs(n).map(|n| n as usize));
            }
        }
        out
    }

    /// The components that an item names or covers.
    fn components_of(&self, ix: ItemIx) -> impl Iterator<Item = &'a Component> + use<'_, 'a> {
        let components = self.graph.map(|g| g.components()).unwrap_or_default();
        self.of_item.get(&ix).into_iter().flatten().filter_map(|n| components.get(*n))
    }

    /// The versions of an item: those of its components, or else the one that is written.
    fn versions_of(&self, ix: ItemIx, item: &Item) -> Vec<String> {
        let mut versions: Vec<String> = self.components_of(ix).map(|c| c.version.clone()).collect();
        if versions.is_empty() {
            versions.extend(item.value("version").filter(|v| !v.is_empty()).map(Cow::into_owned));
        }
        versions.sort();
        versions.dedup();
        versions
    }

    fn is_registered(&self, component: usize) -> bool {
        self.registered.get(component).copied().unwrap_or(false)
    }
}

/// Whether a `covers` pattern matches a comparable purl; `*` stands for any text.
fn matches(pattern: &str, purl: &str) -> bool {
    let pattern = pattern.trim().replace("%40", "@").to_ascii_lowercase();
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| purl.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purls_lose_their_version_and_keep_their_scope() {
        assert_eq!(unversioned("pkg:cargo/serde@1.0.228"), "pkg:cargo/serde");
        assert_eq!(unversioned("pkg:npm/@angular/core@19.2.1?x=y"), "pkg:npm/@angular/core");
        assert_eq!(unversioned("pkg:npm/@angular/core"), "pkg:npm/@angular/core");
        assert_eq!(comparable("pkg:npm/%40angular/Core@19"), "pkg:npm/@angular/core");
    }

    #[test]
    fn patterns() {
        for (pattern, purl, expect) in [
            ("pkg:npm/@angular/*", "pkg:npm/@angular/core", true),
            ("pkg:npm/%40angular/*", "pkg:npm/@angular/core", true),
            ("pkg:npm/@angular/core", "pkg:npm/@angular/core", true),
            ("pkg:npm/@angular/core", "pkg:npm/@angular/core-x", false),
            ("pkg:*/serde*", "pkg:cargo/serde_json", true),
            ("*", "pkg:cargo/x", true),
            ("pkg:npm/*/core", "pkg:npm/@angular/forms", false),
            ("", "pkg:cargo/x", false),
        ] {
            assert_eq!(matches(pattern, purl), expect, "{pattern} {purl}");
        }
    }
}
