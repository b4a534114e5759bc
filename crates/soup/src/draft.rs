//! Drafts of SOUP items from lock files, for a product that begins.
//!
//! A draft has what the lock file knows and leaves open what a person has to find out. Open fields are written empty:
//! an empty field is a finding, so that a draft never passes for an evaluation.

use crate::Purl;
use model::components::{ComponentGraph, ComponentKind};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A SOUP item to be completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The id, `SOUP-serde`; unique among the drafts.
    pub id: String,
    /// The component's name.
    pub title: String,
    /// Package URL without version.
    pub purl: String,
    /// Licences that the lock file states.
    pub licences: Vec<String>,
}

/// A draft for each component that the maker's own manifests name, sorted by id. What only other components need is
/// covered by them.
pub fn drafts(graph: &ComponentGraph) -> Vec<Draft> {
    let mut by_purl: BTreeMap<String, Draft> = BTreeMap::new();
    let direct = graph.components().iter().filter(|c| c.kind == ComponentKind::Direct);
    for c in direct {
        let Some(purl) = Purl::parse(&c.purl) else { continue };
        by_purl.entry(purl.package.clone()).or_insert_with(|| Draft {
            id: format!("SOUP-{}", id_part(&c.name)),
            title: c.name.clone(),
            purl: purl.package,
            licences: c.licences.clone(),
        });
    }
    let mut taken = BTreeSet::new();
    let mut drafts: Vec<Draft> = by_purl.into_values().collect();
    for draft in &mut drafts {
        let first = draft.id.clone();
        let mut n = 2;
        while !taken.insert(draft.id.clone()) {
            draft.id = format!("{first}-{n}");
            n += 1;
        }
    }
    drafts.sort_by(|a, b| a.id.cmp(&b.id));
    drafts
}

/// The name in the letters that an id takes.
fn id_part(name: &str) -> String {
    let mapped: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' })
        .collect();
    let trimmed = mapped.trim_matches('-');
    if trimmed.is_empty() { "item".to_owned() } else { trimmed.to_owned() }
}

/// The drafts as a document of SOUP items.
pub fn markdown(drafts: &[Draft]) -> String {
    let mut out = String::from("---\ntitle: SOUP list\nkind: soup\n---\n# SOUP list\n");
    for d in drafts {
        let licence = d.licences.join(" AND ");
        // Writing to a string does not fail.
        let _ = write!(
            out,
            "\n## {} {}\n- purl: {}\n- covers: {}\n- supplier:\n- source:\n- licence: {licence}\n- functional:\n\
             - performance:\n- needs:\n- anomaly-list:\n- support-level:\n- end-of-support:\n",
            d.id, d.title, d.purl, d.purl,
        );
    }
    out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n"
}
