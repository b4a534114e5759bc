//! SPDX 2.3 as JSON (spdx.github.io/spdx-spec/v2.3).

use super::{Head, end_of_support, json, licence_expression, roots, terms, uuid};
use model::components::{Component, ComponentGraph, ComponentKind};
use serde::Serialize;
use vocabulary::Digest;

/// Said where something is not known: SPDX 2.3, 7.
const UNKNOWN: &str = "NOASSERTION";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    spdx_version: &'static str,
    data_license: &'static str,
    #[serde(rename = "SPDXID")]
    id: &'static str,
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    document_namespace: String,
    creation_info: Creation,
    packages: Vec<Package<'a>>,
    relationships: Vec<Relationship>,
}

#[derive(Serialize)]
struct Creation {
    created: String,
    creators: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Package<'a> {
    #[serde(rename = "SPDXID")]
    id: String,
    name: &'a str,
    version_info: &'a str,
    supplier: String,
    download_location: &'a str,
    files_analyzed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checksums: Vec<Checksum<'a>>,
    license_concluded: &'static str,
    license_declared: String,
    copyright_text: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    homepage: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    external_refs: Vec<ExternalRef<'a>>,
    primary_package_purpose: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    valid_until_date: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    comment: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Checksum<'a> {
    algorithm: String,
    checksum_value: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExternalRef<'a> {
    reference_category: &'static str,
    reference_type: &'a str,
    reference_locator: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    spdx_element_id: String,
    relationship_type: &'static str,
    related_spdx_element: String,
}

const DOCUMENT: &str = "SPDXRef-DOCUMENT";
const PRODUCT: &str = "SPDXRef-Product";

/// The SBOM of the product as SPDX 2.3. Equal input gives equal bytes; the namespace is made of the content.
pub fn spdx(graph: &ComponentGraph, head: &Head) -> Vec<u8> {
    let ids: Vec<String> = (1..).zip(graph.components()).map(|(n, c)| id(n, c)).collect();
    let mut packages = vec![product(head)];
    packages.extend(graph.components().iter().zip(&ids).map(|(c, id)| package(c, id, head)));
    let mut document = Document {
        spdx_version: "SPDX-2.3",
        data_license: "CC0-1.0",
        id: DOCUMENT,
        name: format!("{} {}", head.product, head.version),
        document_namespace: String::new(),
        creation_info: creation(head),
        packages,
        relationships: relationships(graph, &ids),
    };
    document.document_namespace = format!("urn:uuid:{}", uuid(&Digest::of(&json(&document))));
    json(&document)
}

/// SPDX ids take letters, digits, `.` and `-`; the number makes them unique.
fn id(n: usize, c: &Component) -> String {
    let name: String =
        c.name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    format!("SPDXRef-Package-{n}-{name}")
}

fn creation(head: &Head) -> Creation {
    // SPDX takes whole seconds only.
    let stamp = head.timestamp.to_string();
    let created = stamp.split_once('.').map_or(stamp.clone(), |(seconds, _)| format!("{seconds}Z"));
    let mut creators = vec![format!("Tool: dossier-{}", head.tool_version)];
    creators.extend(head.authors.iter().map(|a| format!("Organization: {a}")));
    Creation { created, creators }
}

fn supplier(name: Option<&str>) -> String {
    name.map_or_else(|| UNKNOWN.to_owned(), |n| format!("Organization: {n}"))
}

fn product(head: &Head) -> Package<'_> {
    Package {
        id: PRODUCT.to_owned(),
        name: &head.product,
        version_info: &head.version,
        supplier: supplier(head.supplier.as_deref()),
        download_location: UNKNOWN,
        files_analyzed: false,
        checksums: Vec::new(),
        license_concluded: UNKNOWN,
        license_declared: UNKNOWN.to_owned(),
        copyright_text: UNKNOWN,
        description: "",
        homepage: None,
        external_refs: Vec::new(),
        primary_package_purpose: "APPLICATION",
        valid_until_date: String::new(),
        comment: String::new(),
    }
}

fn package<'a>(c: &'a Component, id: &str, head: &Head) -> Package<'a> {
    let own = c.kind == ComponentKind::Own;
    let expression = licence_expression(c);
    let comment = super::comment(c);
    let cpe = (!c.cpe.is_empty()).then_some(ExternalRef {
        reference_category: "SECURITY",
        reference_type: if c.cpe.starts_with("cpe:2.3:") { "cpe23Type" } else { "cpe22Type" },
        reference_locator: &c.cpe,
    });
    let purl = (!c.purl.is_empty()).then_some(ExternalRef {
        reference_category: "PACKAGE-MANAGER",
        reference_type: "purl",
        reference_locator: &c.purl,
    });
    let homepage = terms::homepage(c);
    // The category is for what the specification has no type of its own.
    let addresses =
        c.addresses.iter().filter(|a| a.kind != "website" || Some(a.url.as_str()) != homepage).map(|a| {
            ExternalRef { reference_category: "OTHER", reference_type: &a.kind, reference_locator: &a.url }
        });
    Package {
        id: id.to_owned(),
        name: &c.name,
        version_info: if c.version.is_empty() { UNKNOWN } else { &c.version },
        supplier: supplier(c.supplier.as_deref().or(head.supplier.as_deref().filter(|_| own))),
        download_location: terms::download(c).unwrap_or(UNKNOWN),
        files_analyzed: false,
        checksums: c
            .hashes
            .iter()
            .map(|h| Checksum { algorithm: h.algorithm.as_str().replace('-', ""), checksum_value: &h.hex })
            .collect(),
        license_concluded: UNKNOWN,
        license_declared: expression.unwrap_or_else(|| UNKNOWN.to_owned()),
        copyright_text: if c.copyright.is_empty() { UNKNOWN } else { &c.copyright },
        description: &c.description,
        homepage,
        external_refs: purl.into_iter().chain(cpe).chain(addresses).collect(),
        primary_package_purpose: terms::spdx_purpose(c),
        valid_until_date: end_of_support(c).unwrap_or_default(),
        comment,
    }
}

fn relationships(graph: &ComponentGraph, ids: &[String]) -> Vec<Relationship> {
    let of = |i: u32| ids.get(i as usize).cloned();
    let depends = |from: String, to: u32| {
        let to_id = of(to)?;
        // SPDX says it the other way round for what is not shipped.
        Some(match graph.get(to).map(|c| c.kind) {
            Some(ComponentKind::Dev) => relationship(to_id, "DEV_DEPENDENCY_OF", from),
            Some(ComponentKind::Build) => relationship(to_id, "BUILD_DEPENDENCY_OF", from),
            _ => relationship(from, "DEPENDS_ON", to_id),
        })
    };
    let mut all = vec![relationship(DOCUMENT.to_owned(), "DESCRIBES", PRODUCT.to_owned())];
    all.extend(roots(graph).into_iter().filter_map(|to| depends(PRODUCT.to_owned(), to)));
    all.extend(graph.edges().iter().filter_map(|(from, to)| depends(of(*from)?, *to)));
    all
}

fn relationship(from: String, kind: &'static str, to: String) -> Relationship {
    Relationship { spdx_element_id: from, relationship_type: kind, related_spdx_element: to }
}
