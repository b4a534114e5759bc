//! Which of the fields that NTIA and FDA ask for are known (crosswalk 6.4).

use super::unknown_fields;
use model::components::{ComponentGraph, ComponentKind};
use serde::Serialize;
use std::collections::BTreeMap;

/// How complete the data of the components are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// How many components are looked at; the maker's own are the product itself.
    pub components: usize,
    /// For each field the components that lack it, by purl or name. A missing hash is an advisory (the NTIA framing asks
    /// for it, the minimum elements do not), every other missing field a finding.
    pub missing: BTreeMap<&'static str, Vec<String>>,
    /// Whether it is said which component needs which.
    pub relationships: bool,
}

/// Looks through the components of the product.
pub fn coverage(graph: &ComponentGraph) -> Coverage {
    let mut out = Coverage { relationships: !graph.edges().is_empty(), ..Coverage::default() };
    for c in graph.components().iter().filter(|c| c.kind != ComponentKind::Own) {
        out.components += 1;
        let name = if c.purl.is_empty() { format!("{} {}", c.name, c.version) } else { c.purl.clone() };
        for field in unknown_fields(c) {
            out.missing.entry(field).or_default().push(name.clone());
        }
    }
    out
}
