//! Software bills of materials: written as CycloneDX 1.6 and 1.7, SPDX 2.3 and 3.0.1; read in these and older versions.
//!
//! Written bytes are a function of their input alone: no clock, no random number. What is not known is said to be
//! unknown (`NOASSERTION` in SPDX, a property `dossier:unknown` in CycloneDX), never left out silently.

mod check;
mod cyclonedx;
mod fields;
mod parts;
mod read;
mod spdx;
mod spdx3;
mod stream;
mod tag_value;
mod terms;
mod xml;

pub use cyclonedx::{CycloneDx, cyclonedx, cyclonedx_as};
pub use fields::{Coverage, coverage, is_advisory, missing_of_document};
pub use read::{format, read};
pub use spdx::spdx;
pub use spdx3::spdx3;

use model::components::{Component, ComponentGraph, ComponentKind};
use model::licences::expression as licence_expression;
use std::collections::{HashMap, HashSet};
use vocabulary::{Digest, Instant};

/// What an SBOM says about itself and about the product; all of it is the caller's to know.
#[derive(Debug, Clone)]
pub struct Head {
    /// The product's name.
    pub product: String,
    /// The product's version.
    pub version: String,
    /// Who supplies the product.
    pub supplier: Option<String>,
    /// Who wrote the SBOM: organisations or roles.
    pub authors: Vec<String>,
    /// When.
    pub timestamp: Instant,
    /// Version of the tool that writes it.
    pub tool_version: String,
}

/// The NTIA and FDA fields that are unknown of a component (crosswalk 6.4).
fn unknown_fields(c: &Component) -> Vec<&'static str> {
    // The maker's own parts are supplied by the maker, are not downloaded and have no registry name.
    let own = c.kind == ComponentKind::Own;
    let fields = [
        ("supplier", c.supplier.is_none() && !own),
        ("version", c.version.is_empty()),
        ("purl", c.purl.is_empty() && !own),
        ("hash", c.hashes.is_empty() && !own),
        ("licence", c.licences.is_empty() && !own),
    ];
    fields.into_iter().filter(|(_, unknown)| *unknown).map(|(name, _)| name).collect()
}

/// What SPDX has no field for, as a comment that reads back: what the component is needed for, where that is read, and
/// what is stated in words of its own.
fn comment(c: &Component) -> String {
    let mut out = format!("{}, from {}", c.kind.as_str(), c.source);
    let mut more = |name: &str, value: &str| {
        if !value.is_empty() {
            out.push_str("; ");
            out.push_str(name);
            out.push_str(": ");
            // What parts the values stands in none.
            out.push_str(&value.replace('%', "%25").replace(';', "%3B"));
        }
    };
    more("optional", if c.optional { "yes" } else { "" });
    more("targets", &c.targets.join(" "));
    more("features", &c.features.join(" "));
    more("support level", &c.support_level);
    more("end of support", &c.end_of_support);
    more("unknown", &unknown_fields(c).join(" "));
    if licence_expression(c).is_none() {
        c.licences.iter().for_each(|licence| more("licence as stated", licence));
    }
    out
}

/// Takes over what [`comment`] says.
fn take_comment(c: &mut Component, comment: &str) {
    let mut parts = comment.split("; ");
    let silent = c.licences.is_empty();
    let Some((kind, _)) = parts.next().and_then(|first| first.split_once(", from ")) else { return };
    let kinds = [
        ComponentKind::Own,
        ComponentKind::Direct,
        ComponentKind::Transitive,
        ComponentKind::Build,
        ComponentKind::Dev,
    ];
    let Some(kind) = kinds.into_iter().find(|k| k.as_str() == kind) else { return };
    c.kind = kind;
    for (name, value) in parts.filter_map(|p| p.split_once(": ")) {
        let value = &value.replace("%3B", ";").replace("%25", "%");
        match name {
            "optional" => c.optional = value == "yes",
            "targets" => c.targets = value.split_whitespace().map(str::to_owned).collect(),
            "features" => c.features = value.split_whitespace().map(str::to_owned).collect(),
            "support level" => value.clone_into(&mut c.support_level),
            "end of support" => value.clone_into(&mut c.end_of_support),
            "licence as stated" if silent => c.licences.push(value.clone()),
            _ => {}
        }
    }
}

/// The end of support as SPDX takes it, where what is written begins with a date.
fn end_of_support(c: &Component) -> Option<String> {
    let date: vocabulary::Date = c.end_of_support.get(..10)?.parse().ok()?;
    Some(format!("{date}T00:00:00Z"))
}

/// A reference for each component, unique in the document: its purl where it has one of its own.
fn references(graph: &ComponentGraph) -> Vec<String> {
    let mut taken: HashMap<String, usize> = HashMap::new();
    let wanted = graph.components().iter().map(|c| match c.purl.as_str() {
        "" => format!("{}:{}@{}", c.kind.as_str(), c.name, c.version),
        purl => purl.to_owned(),
    });
    wanted
        .map(|reference| {
            let again = taken.entry(reference.clone()).or_default();
            *again += 1;
            if *again == 1 { reference } else { format!("{reference}#{again}") }
        })
        .collect()
}

/// The components that the product itself needs: the maker's own that no other own part needs; without any own, the
/// direct ones; and without those, all that nothing else needs.
fn roots(graph: &ComponentGraph) -> Vec<u32> {
    let kind = |i: u32| graph.get(i).map(|c| c.kind);
    let all = || (0_u32..).take(graph.components().len());
    let own = |i: &u32| kind(*i) == Some(ComponentKind::Own);
    if all().any(|i| own(&i)) {
        // In a ring of own parts each is a root, so that none is lost.
        let edges = graph.edges().iter();
        let below: HashSet<u32> = edges.filter(|(from, _)| own(from)).map(|(_, to)| *to).collect();
        let top: Vec<u32> = all().filter(own).filter(|i| !below.contains(i)).collect();
        return if top.is_empty() { all().filter(own).collect() } else { top };
    }
    let direct: Vec<u32> = all().filter(|i| kind(*i) == Some(ComponentKind::Direct)).collect();
    if !direct.is_empty() {
        return direct;
    }
    let needed: HashSet<u32> = graph.edges().iter().map(|(_, to)| *to).collect();
    all().filter(|i| !needed.contains(i)).collect()
}

/// A UUID (RFC 9562, version 8) made of a digest, so that equal content has an equal serial.
fn uuid(digest: &Digest) -> String {
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest.0) {
        *to = from;
    }
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex::encode(bytes);
    let part = |range| hex.get(range).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32))
}

/// Pretty JSON with a final newline.
fn json(document: &impl serde::Serialize) -> Vec<u8> {
    // Strings, numbers and lists always serialise.
    let mut bytes = serde_json::to_vec_pretty(document).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
