//! CycloneDX 1.6 and 1.7 as JSON (cyclonedx.org, ECMA-424).

use super::{Head, json, licence_expression, references, roots, terms, unknown_fields, uuid};
use model::components::{Component, ComponentGraph, ComponentKind};
use serde::Serialize;
use vocabulary::Digest;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bom<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    bom_format: &'static str,
    spec_version: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    serial_number: String,
    version: u32,
    metadata: Metadata<'a>,
    components: Vec<Part<'a>>,
    dependencies: Vec<Dependency<'a>>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    timestamp: String,
    tools: Tools<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<Named<'a>>,
    component: Part<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<Named<'a>>,
}

#[derive(Serialize)]
struct Tools<'a> {
    components: [Part<'a>; 1],
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
}

#[derive(Serialize, Default)]
struct Part<'a> {
    #[serde(rename = "type")]
    ty: &'static str,
    #[serde(rename = "bom-ref", skip_serializing_if = "str::is_empty")]
    reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<Named<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<HashOf<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<Licence<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    copyright: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    cpe: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    purl: &'a str,
    #[serde(rename = "externalReferences", skip_serializing_if = "Vec::is_empty")]
    external_references: Vec<External<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<Property>,
}

#[derive(Serialize)]
struct HashOf<'a> {
    alg: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Licence<'a> {
    Expression(String),
    License(Named<'a>),
}

#[derive(Serialize)]
struct External<'a> {
    #[serde(rename = "type")]
    ty: &'a str,
    url: &'a str,
}

#[derive(Serialize)]
struct Property {
    name: &'static str,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dependency<'a> {
    #[serde(rename = "ref")]
    reference: &'a str,
    depends_on: Vec<&'a str>,
}

/// The reference of the product itself.
const PRODUCT: &str = "product";

/// The versions of CycloneDX that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CycloneDx {
    /// 1.6, ECMA-424.
    V1_6,
    /// 1.7
    V1_7,
}

/// The SBOM of the product as CycloneDX 1.6. Equal input gives equal bytes; the serial is made of the content.
pub fn cyclonedx(graph: &ComponentGraph, head: &Head) -> Vec<u8> {
    cyclonedx_as(graph, head, CycloneDx::V1_6)
}

/// As [`cyclonedx`], in a version.
pub fn cyclonedx_as(graph: &ComponentGraph, head: &Head, version: CycloneDx) -> Vec<u8> {
    let (schema, spec_version) = match version {
        CycloneDx::V1_6 => ("http://cyclonedx.org/schema/bom-1.6.schema.json", "1.6"),
        CycloneDx::V1_7 => ("http://cyclonedx.org/schema/bom-1.7.schema.json", "1.7"),
    };
    let references = references(graph);
    let mut bom = Bom {
        schema,
        bom_format: "CycloneDX",
        spec_version,
        serial_number: String::new(),
        version: 1,
        metadata: metadata(head),
        components: graph.components().iter().zip(&references).map(|(c, r)| part(c, r)).collect(),
        dependencies: dependencies(graph, &references),
    };
    bom.serial_number = format!("urn:uuid:{}", uuid(&Digest::of(&json(&bom))));
    json(&bom)
}

fn metadata(head: &Head) -> Metadata<'_> {
    let supplier = || head.supplier.as_deref().map(|name| Named { name });
    let unknown = if head.supplier.is_none() { vec![unknown("supplier".to_owned())] } else { Vec::new() };
    Metadata {
        timestamp: head.timestamp.to_string(),
        tools: Tools {
            components: [Part {
                ty: "application",
                name: "dossier",
                version: &head.tool_version,
                ..Part::default()
            }],
        },
        authors: head.authors.iter().map(|name| Named { name }).collect(),
        component: Part {
            ty: "application",
            reference: PRODUCT,
            name: &head.product,
            version: &head.version,
            supplier: supplier(),
            properties: unknown,
            ..Part::default()
        },
        supplier: supplier(),
    }
}

fn unknown(fields: String) -> Property {
    Property { name: "dossier:unknown", value: fields }
}

fn part<'a>(c: &'a Component, reference: &'a str) -> Part<'a> {
    let (group, name) = match c.name.split_once('/') {
        // The scope of an npm name; elsewhere a slash is part of the name.
        Some((group, name)) if group.starts_with('@') => (Some(group), name),
        _ => (None, c.name.as_str()),
    };
    let licenses = match licence_expression(c) {
        Some(expression) => vec![Licence::Expression(expression)],
        None => c.licences.iter().map(|name| Licence::License(Named { name })).collect(),
    };
    let mut properties = vec![Property { name: "dossier:kind", value: c.kind.as_str().to_owned() }];
    properties.push(Property { name: "dossier:source", value: c.source.to_string() });
    if !c.targets.is_empty() {
        properties.push(Property { name: "dossier:targets", value: c.targets.join(" ") });
    }
    if !c.features.is_empty() {
        properties.push(Property { name: "dossier:features", value: c.features.join(" ") });
    }
    for (name, value) in
        [("dossier:support-level", &c.support_level), ("dossier:end-of-support", &c.end_of_support)]
    {
        if !value.is_empty() {
            properties.push(Property { name, value: value.clone() });
        }
    }
    let missing = unknown_fields(c);
    if !missing.is_empty() {
        properties.push(unknown(missing.join(" ")));
    }
    let download = terms::download(c).map(|url| {
        let ty = if url.starts_with("git+") { "vcs" } else { "distribution" };
        External { ty, url }
    });
    let addresses = c.addresses.iter().map(|a| External { ty: &a.kind, url: &a.url });
    Part {
        ty: terms::cyclonedx_type(c),
        reference,
        supplier: c.supplier.as_deref().map(|name| Named { name }),
        group,
        name,
        version: &c.version,
        description: &c.description,
        scope: match c.kind {
            ComponentKind::Own => None,
            ComponentKind::Dev | ComponentKind::Build => Some("excluded"),
            _ if c.optional => Some("optional"),
            _ => Some("required"),
        },
        hashes: c.hashes.iter().map(|h| HashOf { alg: h.algorithm.as_str(), content: &h.hex }).collect(),
        licenses,
        copyright: &c.copyright,
        cpe: &c.cpe,
        purl: &c.purl,
        external_references: download.into_iter().chain(addresses).collect(),
        properties,
    }
}

fn dependencies<'a>(graph: &ComponentGraph, references: &'a [String]) -> Vec<Dependency<'a>> {
    let of = |i: u32| references.get(i as usize).map(String::as_str);
    let product =
        Dependency { reference: PRODUCT, depends_on: roots(graph).into_iter().filter_map(of).collect() };
    let others = (0_u32..)
        .zip(references)
        .map(|(i, reference)| Dependency { reference, depends_on: graph.needs(i).filter_map(of).collect() });
    std::iter::once(product).chain(others).collect()
}
