//! Which of the fields that NTIA and FDA ask for are known (crosswalk 6.4).

use super::stream::{elements, is_list, members};
use super::unknown_fields;
use model::components::{ComponentGraph, ComponentKind};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
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

/// What SPDX 3 says of the making of a document.
#[derive(Deserialize)]
struct Info {
    #[serde(rename = "type")]
    ty: Option<String>,
    #[serde(rename = "createdBy")]
    created_by: Option<IgnoredAny>,
    created: Option<IgnoredAny>,
}

/// Which fields of the document itself are missing: its author, its time stamp, and in CycloneDX who supplies the product that
/// it is about. SPDX names that among its packages.
pub fn missing_of_document(bytes: &[u8]) -> Vec<&'static str> {
    let text = String::from_utf8_lossy(bytes);
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let xml = super::xml::version_of(&text).map(|_| super::xml::metadata(&text).unwrap_or_default());
    let members = match std::str::from_utf8(bare).map(members) {
        Ok(Ok(members)) => members,
        _ if xml.is_some() => Vec::new(),
        // Tags and values.
        _ => {
            let has = |tag: &str| text.lines().any(|l| l.trim_start().starts_with(tag));
            let fields = [("author", has("Creator:")), ("timestamp", has("Created:"))];
            return fields.into_iter().filter(|(_, there)| !there).map(|(name, _)| name).collect();
        }
    };
    let cyclonedx = xml.is_some() || members.iter().any(|(name, _)| name == "bomFormat");
    let member = |name: &str| members.iter().find(|(n, _)| n == name).map(|(_, raw)| *raw);
    let tree = |name: &str| {
        let value = member(name).and_then(|raw| serde_json::from_str::<serde_json::Value>(raw.get()).ok());
        value.unwrap_or_default()
    };
    let (metadata, creation) = (xml.unwrap_or_else(|| tree("metadata")), tree("creationInfo"));
    let there = |pointer: &str| {
        let (of, path) = match pointer.strip_prefix("/metadata") {
            Some(path) => (&metadata, path),
            None => (&creation, pointer.strip_prefix("/creationInfo").unwrap_or(pointer)),
        };
        match of.pointer(path) {
            Some(serde_json::Value::Array(all)) => !all.is_empty(),
            Some(serde_json::Value::String(text)) => !text.trim().is_empty(),
            Some(serde_json::Value::Object(_)) => true,
            _ => false,
        }
    };
    // SPDX 3 says it in an element of its own, the first of its kind.
    let mut info: Option<Info> = None;
    if let Some(graph) = member("@graph").filter(|g| is_list(g)) {
        let take = |_, one: Info| {
            if one.ty.as_deref() == Some("CreationInfo") && info.is_none() {
                info = Some(one);
            }
        };
        // What cannot be read is said by whoever reads the components.
        let _ = elements(graph, take);
    }
    let in_info = |of: fn(&Info) -> bool| info.as_ref().is_some_and(of);
    let author = [
        "/metadata/authors",
        "/metadata/manufacturer",
        "/metadata/manufacture",
        "/metadata/supplier",
        "/creationInfo/creators",
    ]
    .into_iter()
    .any(there)
        || in_info(|i| i.created_by.is_some());
    let timestamp = ["/metadata/timestamp", "/creationInfo/created"].into_iter().any(there)
        || in_info(|i| i.created.is_some());
    let about = ["/metadata/component/supplier", "/metadata/component/manufacturer", "/metadata/supplier"];
    let supplier = !cyclonedx || about.into_iter().any(there);
    let fields = [("author", author), ("timestamp", timestamp), ("supplier", supplier)];
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
