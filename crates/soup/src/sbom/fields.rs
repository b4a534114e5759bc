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

/// Whether a missing field is only an advisory: the hash, which the minimum elements leave out, and what neither NTIA nor
/// FDA asks for (licence) or FDA asks for in its own words (support).
pub fn is_advisory(field: &str) -> bool {
    matches!(field, "hash" | "licence" | "support-level" | "end-of-support")
}

/// Which fields of the document itself are missing: its author, its time stamp.
pub fn missing_of_document(bytes: &[u8]) -> Vec<&'static str> {
    let text = String::from_utf8_lossy(bytes);
    let document: serde_json::Value = match serde_json::from_slice(bytes) {
        Ok(document) => document,
        // Tags and values.
        Err(_) => {
            let has = |tag: &str| text.lines().any(|l| l.trim_start().starts_with(tag));
            let fields = [("author", has("Creator:")), ("timestamp", has("Created:"))];
            return fields.into_iter().filter(|(_, there)| !there).map(|(name, _)| name).collect();
        }
    };
    let there = |pointer: &str| match document.pointer(pointer) {
        Some(serde_json::Value::Array(all)) => !all.is_empty(),
        Some(serde_json::Value::String(text)) => !text.trim().is_empty(),
        Some(serde_json::Value::Object(_)) => true,
        _ => false,
    };
    let elements = document.pointer("/@graph").and_then(serde_json::Value::as_array);
    let info = elements.into_iter().flatten().find(|e| e.get("type").is_some_and(|t| t == "CreationInfo"));
    let in_info = |key: &str| info.and_then(|i| i.get(key)).is_some_and(|v| !v.is_null());
    let author = [
        "/metadata/authors",
        "/metadata/manufacturer",
        "/metadata/manufacture",
        "/metadata/supplier",
        "/creationInfo/creators",
    ]
    .into_iter()
    .any(there)
        || in_info("createdBy");
    let timestamp =
        ["/metadata/timestamp", "/creationInfo/created"].into_iter().any(there) || in_info("created");
    let fields = [("author", author), ("timestamp", timestamp)];
    fields.into_iter().filter(|(_, there)| !there).map(|(name, _)| name).collect()
}

/// Looks through the components of the product.
pub fn coverage(graph: &ComponentGraph) -> Coverage {
    let mut out = Coverage { relationships: !graph.edges().is_empty(), ..Coverage::default() };
    for c in graph.components().iter().filter(|c| c.kind != ComponentKind::Own) {
        out.components += 1;
        let name = if c.purl.is_empty() { format!("{} {}", c.name, c.version) } else { c.purl.clone() };
        let support = [("support-level", &c.support_level), ("end-of-support", &c.end_of_support)];
        let support = support.into_iter().filter(|(_, value)| value.is_empty()).map(|(field, _)| field);
        for field in unknown_fields(c).into_iter().chain(support) {
            out.missing.entry(field).or_default().push(name.clone());
        }
    }
    out
}
