//! SPDX 3.0.1 as JSON-LD (spdx.github.io/spdx-spec/v3.0.1): written, and read as far as components go.

use super::read::{Checksum, ExternalRef, Package, Relationship, SpdxDocument};
use super::stream::{elements, members};
use super::{Head, end_of_support, json, licence_expression, roots, terms, uuid};
use model::components::{Component, ComponentGraph, ComponentKind};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use vocabulary::Digest;

const CONTEXT: &str = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";
const INFO: &str = "_:creationinfo";

/// The SBOM of the product as SPDX 3.0.1. Equal input gives equal bytes; the ids are made of the content.
pub fn spdx3(graph: &ComponentGraph, head: &Head) -> Vec<u8> {
    // The namespace is made of what stands in it.
    let space = format!("urn:uuid:{}", uuid(&Digest::of(&json(&written(graph, head, "urn:uuid:x")))));
    json(&json!({"@context": CONTEXT, "@graph": written(graph, head, &space)}))
}

fn written(graph: &ComponentGraph, head: &Head, space: &str) -> Vec<Value> {
    let stamp = head.timestamp.to_string();
    let created = stamp.split_once('.').map_or(stamp.clone(), |(seconds, _)| format!("{seconds}Z"));
    let mut agents: BTreeMap<String, String> = BTreeMap::new();
    let mut expressions: BTreeMap<String, String> = BTreeMap::new();
    let suppliers =
        graph.components().iter().filter_map(|c| c.supplier.as_deref()).chain(head.supplier.as_deref());
    for name in suppliers.chain(head.authors.iter().map(String::as_str)) {
        let n = agents.len() + 1;
        agents.entry(name.to_owned()).or_insert_with(|| format!("{space}#agent-{n}"));
    }
    for expression in graph.components().iter().filter_map(licence_expression) {
        let n = expressions.len() + 1;
        expressions.entry(expression).or_insert_with(|| format!("{space}#licence-{n}"));
    }
    let tool = format!("{space}#tool");
    let product = format!("{space}#product");
    let ids: Vec<String> = (1..=graph.components().len()).map(|n| format!("{space}#package-{n}")).collect();
    let authors: Vec<&String> = head.authors.iter().filter_map(|a| agents.get(a)).collect();
    let mut out = vec![
        json!({"@id": INFO, "type": "CreationInfo", "specVersion": "3.0.1", "created": created, "createdBy": authors,
            "createdUsing": [tool]}),
        json!({"spdxId": tool, "type": "Tool", "creationInfo": INFO, "name": format!("dossier {}", head.tool_version)}),
    ];
    out.extend(
        agents.iter().map(
            |(name, id)| json!({"spdxId": id, "type": "Organization", "creationInfo": INFO, "name": name}),
        ),
    );
    out.extend(expressions.iter().map(|(text, id)| {
        json!({"spdxId": id, "type": "simplelicensing_LicenseExpression", "creationInfo": INFO,
            "simplelicensing_licenseExpression": text})
    }));
    let supplier = |name: Option<&str>| name.and_then(|n| agents.get(n));
    out.push(package(
        &product,
        &head.product,
        &head.version,
        supplier(head.supplier.as_deref()),
        "application",
    ));
    for (c, id) in graph.components().iter().zip(&ids) {
        let own = head.supplier.as_deref().filter(|_| c.kind == ComponentKind::Own);
        out.push(component(c, id, supplier(c.supplier.as_deref().or(own))));
    }
    out.extend(relationships(graph, space, &product, &ids, &expressions));
    let all: Vec<Value> = out.iter().filter_map(|e| e.get("spdxId").cloned()).collect();
    let sbom = format!("{space}#sbom");
    out.push(
        json!({"spdxId": sbom, "type": "software_Sbom", "creationInfo": INFO, "software_sbomType": ["build"],
        "rootElement": [product], "element": all}),
    );
    out.push(json!({"spdxId": format!("{space}#document"), "type": "SpdxDocument", "creationInfo": INFO,
        "name": format!("{} {}", head.product, head.version), "rootElement": [sbom],
        "profileConformance": ["core", "software", "simpleLicensing"]}));
    out
}

fn package(id: &str, name: &str, version: &str, supplier: Option<&String>, purpose: &str) -> Value {
    let mut out = json!({"spdxId": id, "type": "software_Package", "creationInfo": INFO, "name": name,
        "software_primaryPurpose": purpose});
    if let Some(map) = out.as_object_mut() {
        if !version.is_empty() {
            map.insert("software_packageVersion".into(), version.into());
        }
        if let Some(supplier) = supplier {
            map.insert("suppliedBy".into(), supplier.as_str().into());
        }
    }
    out
}

fn component(c: &Component, id: &str, supplier: Option<&String>) -> Value {
    let mut out = package(id, &c.name, &c.version, supplier, terms::spdx3_purpose(c));
    let Some(map) = out.as_object_mut() else { return out };
    map.insert("comment".into(), super::comment(c).into());
    if let Some(end) = end_of_support(c) {
        map.insert("validUntilTime".into(), end.into());
    }
    if let Some(level) = support_level(&c.support_level) {
        map.insert("supportLevel".into(), json!([level]));
    }
    if !c.purl.is_empty() {
        map.insert("software_packageUrl".into(), c.purl.as_str().into());
    }
    if !c.cpe.is_empty() {
        let id =
            json!([{"type": "ExternalIdentifier", "externalIdentifierType": "cpe23", "identifier": c.cpe}]);
        map.insert("externalIdentifier".into(), id);
    }
    if let Some(download) = terms::download(c) {
        map.insert("software_downloadLocation".into(), download.into());
    }
    for (name, value) in [("description", &c.description), ("software_copyrightText", &c.copyright)] {
        if !value.is_empty() {
            map.insert(name.into(), value.as_str().into());
        }
    }
    let homepage = terms::homepage(c);
    if let Some(page) = homepage {
        map.insert("software_homePage".into(), page.into());
    }
    let others = c.addresses.iter().filter(|a| a.kind != "website" || Some(a.url.as_str()) != homepage);
    let others: Vec<Value> = others
        .map(|a| json!({"type": "ExternalRef", "externalRefType": terms::spdx3_address(&a.kind), "locator": [a.url]}))
        .collect();
    if !others.is_empty() {
        map.insert("externalRef".into(), others.into());
    }
    if !c.hashes.is_empty() {
        let hash = |h: &model::components::Hash| json!({"type": "Hash", "algorithm": h.algorithm.as_str().replace('-', "").to_ascii_lowercase(), "hashValue": h.hex});
        map.insert("verifiedUsing".into(), c.hashes.iter().map(hash).collect());
    }
    out
}

/// The words that SPDX 3 has for support; what is written otherwise stands in the comment alone.
fn support_level(written: &str) -> Option<&'static str> {
    let plain: String = written.to_ascii_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    let known = ["support", "limitedSupport", "noSupport", "endOfSupport", "development", "deployed"];
    match plain.as_str() {
        "supported" | "maintained" | "activelymaintained" | "active" => Some("support"),
        "abandoned" | "unmaintained" | "nolongermaintained" => Some("noSupport"),
        other => known.into_iter().find(|k| k.to_ascii_lowercase() == other),
    }
}

/// From whom, which relationship, to whom, in which part of the life cycle.
type Row<'a> = (String, &'static str, Vec<&'a String>, Option<&'static str>);

fn relationships(
    graph: &ComponentGraph,
    space: &str,
    product: &str,
    ids: &[String],
    expressions: &BTreeMap<String, String>,
) -> Vec<Value> {
    let of = |i: u32| ids.get(i as usize);
    let scope = |i: u32| match graph.get(i).map(|c| c.kind) {
        Some(ComponentKind::Dev) => Some("development"),
        Some(ComponentKind::Build) => Some("build"),
        _ => None,
    };
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut depends = |from: &str, needed: &[u32]| {
        for wanted in [None, Some("build"), Some("development")] {
            let to: Vec<&String> =
                needed.iter().filter(|i| scope(**i) == wanted).filter_map(|i| of(*i)).collect();
            if !to.is_empty() {
                rows.push((from.to_owned(), "dependsOn", to, wanted));
            }
        }
    };
    depends(product, &roots(graph));
    for (i, id) in (0_u32..).zip(ids) {
        depends(id, &graph.needs(i).collect::<Vec<_>>());
    }
    for (c, id) in graph.components().iter().zip(ids) {
        if let Some(licence) = licence_expression(c).and_then(|e| expressions.get(&e)) {
            rows.push((id.clone(), "hasDeclaredLicense", vec![licence], None));
        }
    }
    let row = |(n, (from, kind, to, scope)): (usize, Row<'_>)| {
        let ty = if scope.is_some() { "LifecycleScopedRelationship" } else { "Relationship" };
        let mut out = json!({"spdxId": format!("{space}#relationship-{}", n + 1), "type": ty, "creationInfo": INFO,
            "from": from, "relationshipType": kind, "to": to});
        if let (Some(scope), Some(map)) = (scope, out.as_object_mut()) {
            map.insert("scope".into(), scope.into());
        }
        out
    };
    rows.into_iter().enumerate().map(row).collect()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Element {
    #[serde(rename = "type")]
    ty: String,
    #[serde(rename = "spdxId")]
    id: String,
    name: String,
    comment: String,
    #[serde(rename = "suppliedBy")]
    supplied_by: Value,
    #[serde(rename = "originatedBy")]
    originated_by: Value,
    #[serde(rename = "software_packageVersion")]
    version: String,
    #[serde(rename = "software_packageUrl")]
    purl: String,
    #[serde(rename = "software_downloadLocation")]
    download: Option<String>,
    description: Option<String>,
    summary: Option<String>,
    #[serde(rename = "software_copyrightText")]
    copyright: Option<String>,
    #[serde(rename = "software_homePage")]
    homepage: Option<String>,
    #[serde(rename = "software_primaryPurpose")]
    purpose: String,
    #[serde(rename = "validUntilTime")]
    valid_until: Option<String>,
    #[serde(rename = "externalRef")]
    references: Vec<Reference>,
    #[serde(rename = "externalIdentifier")]
    identifiers: Vec<Identifier>,
    #[serde(rename = "verifiedUsing")]
    verified: Vec<Verified>,
    from: String,
    to: Vec<String>,
    #[serde(rename = "relationshipType")]
    relationship: String,
    scope: String,
    #[serde(rename = "rootElement")]
    roots: Vec<String>,
}

/// What other elements name an element by.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    #[serde(rename = "type")]
    ty: String,
    #[serde(rename = "spdxId")]
    id: String,
    name: String,
    #[serde(rename = "simplelicensing_licenseExpression")]
    expression: String,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "externalRefType", default)]
    ty: String,
    #[serde(default)]
    locator: Vec<String>,
}

#[derive(Deserialize)]
struct Identifier {
    #[serde(rename = "externalIdentifierType", default)]
    ty: String,
    #[serde(default)]
    identifier: String,
}

#[derive(Deserialize)]
struct Verified {
    #[serde(default)]
    algorithm: String,
    #[serde(rename = "hashValue", default)]
    value: String,
}

/// The versions of the context that are read.
const VERSIONS: [&str; 2] = ["3.0.1", "3.0.0"];

/// The document in the terms of SPDX 2, or why it is none.
pub(super) fn read(text: &str) -> Result<SpdxDocument, String> {
    let members = members(text).map_err(|e| e.to_string())?;
    let member = |name: &str| members.iter().find(|(n, _)| n == name).map(|(_, raw)| *raw);
    let context = member("@context").map_or("none", RawValue::get);
    if !VERSIONS.iter().any(|v| context.contains(&format!("spdx.org/rdf/{v}/"))) {
        return Err(format!("its context is {context}, and SPDX 3.0.1 is read"));
    }
    let mut document = SpdxDocument::default();
    let Some(graph) = member("@graph") else { return Ok(document) };
    // Elements name each other in any order: once for what is named, once for what names it.
    let (mut names, mut licences) = (HashMap::new(), HashMap::new());
    elements(graph, |_, e: Named| {
        if !e.expression.is_empty() {
            licences.insert(e.id, e.expression);
        } else if e.ty != "software_Package" && !e.name.is_empty() {
            names.insert(e.id, e.name);
        }
    })
    .map_err(|e| e.to_string())?;
    let (mut declared, mut roots) = (HashMap::new(), Vec::new());
    elements(graph, |_, e: Element| match e.ty.as_str() {
        "software_Package" => document.package(to_package(&e, &names)),
        "software_Sbom" | "SpdxDocument" => roots.extend(e.roots),
        ty if ty.ends_with("Relationship") => {
            if e.relationship == "hasDeclaredLicense" {
                if let Some(licence) = e.to.iter().rev().find_map(|to| licences.get(to)) {
                    declared.insert(e.from, licence.clone());
                }
            } else {
                e.to.iter().for_each(|to| relation(&mut document, &e, to));
            }
        }
        _ => {}
    })
    .map_err(|e| e.to_string())?;
    for package in &mut document.packages {
        package.license_declared = declared.remove(&package.id);
    }
    // What an SBOM is rooted in is what it describes.
    let packages: HashSet<&str> = document.packages.iter().map(|p| p.id.as_str()).collect();
    let described = roots.iter().filter(|r| packages.contains(r.as_str()));
    let described: Vec<Relationship> = described.map(|r| Relationship::of("", "DESCRIBES", r)).collect();
    document.relationships.extend(described);
    Ok(document)
}

fn to_package(e: &Element, named: &HashMap<String, String>) -> Package {
    let first = |v: &Value| match v {
        Value::Array(all) => all.first().and_then(Value::as_str).map(str::to_owned),
        other => other.as_str().map(str::to_owned),
    };
    let agent = first(&e.supplied_by).or_else(|| first(&e.originated_by));
    let mut external_refs: Vec<ExternalRef> = e
        .identifiers
        .iter()
        .filter_map(|i| {
            let ty = match i.ty.as_str() {
                "packageUrl" | "packageURL" => "purl",
                "cpe23" => "cpe23Type",
                "cpe22" => "cpe22Type",
                _ => return None,
            };
            Some(ExternalRef { reference_type: ty.to_owned(), reference_locator: i.identifier.clone() })
        })
        .collect();
    if !e.purl.is_empty() {
        external_refs
            .insert(0, ExternalRef { reference_type: "purl".to_owned(), reference_locator: e.purl.clone() });
    }
    for r in &e.references {
        let of = |locator: &String| ExternalRef {
            reference_type: r.ty.clone(),
            reference_locator: locator.clone(),
        };
        external_refs.extend(r.locator.iter().map(of));
    }
    let checksum = |v: &Verified| {
        let known = !v.algorithm.is_empty() && !v.value.is_empty();
        known.then(|| Checksum { algorithm: v.algorithm.clone(), checksum_value: v.value.clone() })
    };
    Package {
        id: e.id.clone(),
        name: e.name.clone(),
        version_info: e.version.clone(),
        supplier: agent.and_then(|a| named.get(&a).map(|n| format!("Organization: {n}"))),
        download_location: e.download.clone(),
        checksums: e.verified.iter().filter_map(checksum).collect(),
        external_refs,
        comment: e.comment.clone(),
        description: e.description.clone(),
        summary: e.summary.clone(),
        copyright_text: e.copyright.clone(),
        homepage: e.homepage.clone(),
        primary_package_purpose: e.purpose.clone(),
        valid_until_date: e.valid_until.clone(),
        ..Package::default()
    }
}

fn relation(document: &mut SpdxDocument, e: &Element, to: &str) {
    match (e.relationship.as_str(), e.scope.as_str()) {
        ("dependsOn", "development" | "test") => {
            document.relationships.push(Relationship::of(to, "DEV_DEPENDENCY_OF", &e.from));
        }
        ("dependsOn", "build") => {
            document.relationships.push(Relationship::of(to, "BUILD_DEPENDENCY_OF", &e.from))
        }
        ("dependsOn" | "hasStaticLink" | "hasDynamicLink" | "hasRequirement", _) => {
            document.relationships.push(Relationship::of(&e.from, "DEPENDS_ON", to));
        }
        ("contains", _) => document.relationships.push(Relationship::of(&e.from, "CONTAINS", to)),
        ("describes", _) => document.relationships.push(Relationship::of(&e.from, "DESCRIBES", to)),
        _ => {}
    }
}
