//! SBOMs of others: CycloneDX 1.2 to 1.6 and SPDX 2.2 and 2.3, as JSON.
//!
//! The content decides what a file is, not its name. What merely looks like an SBOM is refused and says why.

use crate::inventory::{Cause, Inventory, Problem, text};
use crate::purl::normalized;
use model::components::{Component, ComponentGraph, ComponentKind, Hash, HashAlgorithm, SourceLine};
use serde::Deserialize;
use std::collections::HashMap;

const CYCLONEDX: [&str; 5] = ["1.2", "1.3", "1.4", "1.5", "1.6"];
const SPDX: [&str; 2] = ["SPDX-2.2", "SPDX-2.3"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    bom_format: Option<String>,
    spec_version: Option<serde_json::Value>,
    spdx_version: Option<String>,
    #[serde(rename = "@context")]
    context: Option<serde::de::IgnoredAny>,
}

/// Reads an SBOM. `file` is the path that components are reported with.
pub fn read(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let refuse = |what: String| Inventory::unreadable(file, 0, Cause::Unsupported(what));
    // serde would take an array for the fields in order.
    if text.trim_start().starts_with(['[', '"']) {
        return refuse("JSON that is no object".to_owned());
    }
    let kind: Kind = match serde_json::from_str(text) {
        Ok(kind) => kind,
        Err(e) => return malformed(file, "SBOM in JSON", &e),
    };
    match (kind.bom_format.as_deref(), kind.spdx_version.as_deref()) {
        (Some("CycloneDX"), None) => match kind.spec_version.as_ref().and_then(serde_json::Value::as_str) {
            Some(v) if CYCLONEDX.contains(&v) => cyclonedx(file, text),
            v => refuse(format!("CycloneDX {}", v.unwrap_or("without a version"))),
        },
        (None, Some(v)) if SPDX.contains(&v) => spdx(file, text),
        (None, Some(v)) => refuse(v.to_owned()),
        (Some(other), None) => refuse(format!("the format `{other}`")),
        (Some(_), Some(_)) => refuse("a file that claims to be CycloneDX and SPDX".to_owned()),
        (None, None) if kind.context.is_some() => refuse("JSON-LD (SPDX 3)".to_owned()),
        (None, None) => refuse("JSON without `bomFormat` or `spdxVersion`".to_owned()),
    }
}

fn malformed(file: &str, format: &'static str, e: &serde_json::Error) -> Inventory {
    let line = u32::try_from(e.line()).unwrap_or(u32::MAX);
    let mut reason = e.to_string();
    if let Some(at) = reason.find(" at line ") {
        reason.truncate(at);
    }
    Inventory::unreadable(file, line, Cause::Malformed { format, reason })
}

/// Gathers components and the references that dependencies name them by.
struct Gathering<'a> {
    file: &'a str,
    components: Vec<Component>,
    by_reference: HashMap<String, usize>,
    edges: Vec<(usize, usize)>,
    problems: Vec<Problem>,
}

impl<'a> Gathering<'a> {
    fn new(file: &'a str) -> Self {
        let (components, edges, problems) = (Vec::new(), Vec::new(), Vec::new());
        Gathering { file, components, by_reference: HashMap::new(), edges, problems }
    }

    fn problem(&mut self, cause: Cause) {
        self.problems.push(Problem { cause, source: self.source() });
    }

    fn source(&self) -> SourceLine {
        SourceLine { file: self.file.to_owned(), line: 0 }
    }

    fn add(&mut self, reference: Option<String>, component: Component) {
        if component.version.is_empty() {
            self.problem(Cause::NoVersion { component: component.name.clone() });
        }
        if let Some(reference) = reference
            && self.by_reference.insert(reference.clone(), self.components.len()).is_some()
        {
            self.problem(Cause::Twice(reference));
        }
        self.components.push(component);
    }

    fn hash(&mut self, component: &str, algorithm: &str, value: &str) -> Option<Hash> {
        let plain = algorithm.replace('-', "");
        let known = HashAlgorithm::ALL
            .into_iter()
            .find(|a| a.as_str().replace('-', "").eq_ignore_ascii_case(&plain))?;
        let hex = value.trim().to_ascii_lowercase();
        if hex.len() != known.hex_len() || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            self.problem(Cause::BadDigest { component: component.to_owned(), value: value.to_owned() });
            return None;
        }
        Some(Hash { algorithm: known, hex })
    }

    fn finish(self) -> Inventory {
        Inventory::finished(self.file, ComponentGraph::new(self.components, self.edges), self.problems)
    }
}

#[derive(Deserialize)]
struct Bom {
    #[serde(default)]
    components: Vec<Part>,
    #[serde(default)]
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "bom-ref")]
    reference: Option<String>,
    group: Option<String>,
    name: String,
    #[serde(default)]
    version: String,
    scope: Option<String>,
    supplier: Option<Organisation>,
    publisher: Option<String>,
    purl: Option<String>,
    #[serde(default)]
    hashes: Vec<PartHash>,
    #[serde(default)]
    licenses: Vec<LicenceChoice>,
    #[serde(default)]
    components: Vec<Part>,
}

#[derive(Deserialize)]
struct Organisation {
    name: Option<String>,
}

#[derive(Deserialize)]
struct PartHash {
    alg: String,
    content: String,
}

#[derive(Deserialize)]
struct LicenceChoice {
    expression: Option<String>,
    license: Option<Licence>,
}

#[derive(Deserialize)]
struct Licence {
    id: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Dependency {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(rename = "dependsOn", default)]
    depends_on: Vec<String>,
}

fn cyclonedx(file: &str, text: &str) -> Inventory {
    let bom: Bom = match serde_json::from_str(text) {
        Ok(bom) => bom,
        Err(e) => return malformed(file, "CycloneDX", &e),
    };
    let mut gathering = Gathering::new(file);
    // Components may hold components; JSON itself is nested at most 128 deep here.
    let mut queue: Vec<Part> = bom.components.into_iter().rev().collect();
    while let Some(mut part) = queue.pop() {
        queue.extend(std::mem::take(&mut part.components).into_iter().rev());
        let component = gathering.part(&part);
        gathering.add(part.reference, component);
    }
    for dependency in bom.dependencies {
        // The product itself, in `metadata`, is no component: its edges are left out.
        let Some(from) = gathering.by_reference.get(&dependency.reference).copied() else { continue };
        for wanted in dependency.depends_on {
            match gathering.by_reference.get(&wanted).copied() {
                Some(to) => gathering.edges.push((from, to)),
                None => gathering
                    .problem(Cause::MissingDependency { component: dependency.reference.clone(), wanted }),
            }
        }
    }
    gathering.finish()
}

impl Gathering<'_> {
    fn part(&mut self, part: &Part) -> Component {
        let name = match part.group.as_deref() {
            Some(group) if !group.is_empty() => format!("{group}/{}", part.name),
            _ => part.name.clone(),
        };
        let mut hashes: Vec<Hash> =
            part.hashes.iter().filter_map(|h| self.hash(&name, &h.alg, &h.content)).collect();
        hashes.sort();
        let licence = |l: &LicenceChoice| {
            let named = l.license.as_ref().and_then(|l| l.id.clone().or_else(|| l.name.clone()));
            l.expression.clone().or(named)
        };
        let supplier = part.supplier.as_ref().and_then(|s| s.name.clone()).or_else(|| part.publisher.clone());
        let excluded = part.scope.as_deref() == Some("excluded");
        Component {
            purl: part.purl.as_deref().map(normalized).unwrap_or_default(),
            version: part.version.clone(),
            supplier: supplier.filter(|s| !s.is_empty()),
            licences: part.licenses.iter().filter_map(licence).collect(),
            hashes,
            kind: if excluded { ComponentKind::Dev } else { ComponentKind::Transitive },
            optional: part.scope.as_deref() == Some("optional"),
            download: None,
            targets: Vec::new(),
            source: self.source(),
            name,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SpdxDocument {
    #[serde(default)]
    packages: Vec<Package>,
    #[serde(default)]
    relationships: Vec<Relationship>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    #[serde(rename = "SPDXID")]
    id: String,
    name: String,
    #[serde(default)]
    version_info: String,
    supplier: Option<String>,
    download_location: Option<String>,
    license_declared: Option<String>,
    #[serde(default)]
    checksums: Vec<Checksum>,
    #[serde(default)]
    external_refs: Vec<ExternalRef>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Checksum {
    algorithm: String,
    checksum_value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExternalRef {
    reference_type: String,
    reference_locator: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    spdx_element_id: String,
    relationship_type: String,
    related_spdx_element: String,
}

fn spdx(file: &str, text: &str) -> Inventory {
    let document: SpdxDocument = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(e) => return malformed(file, "SPDX", &e),
    };
    let mut gathering = Gathering::new(file);
    let described: Vec<&str> = document
        .relationships
        .iter()
        .filter(|r| r.relationship_type == "DESCRIBES")
        .map(|r| r.related_spdx_element.as_str())
        .collect();
    // The package that the document describes is the product, if it is not the only one there is.
    let product = |p: &Package| document.packages.len() > 1 && described == [p.id.as_str()];
    for package in document.packages.iter().filter(|p| !product(p)) {
        let component = gathering.package(package);
        gathering.add(Some(package.id.clone()), component);
    }
    for r in &document.relationships {
        let (from, to) = match r.relationship_type.as_str() {
            "DEPENDS_ON" | "CONTAINS" => (&r.spdx_element_id, &r.related_spdx_element),
            "DEPENDENCY_OF"
            | "CONTAINED_BY"
            | "DEV_DEPENDENCY_OF"
            | "BUILD_DEPENDENCY_OF"
            | "RUNTIME_DEPENDENCY_OF"
            | "OPTIONAL_DEPENDENCY_OF" => (&r.related_spdx_element, &r.spdx_element_id),
            _ => continue,
        };
        let kind = match r.relationship_type.as_str() {
            "DEV_DEPENDENCY_OF" => Some(ComponentKind::Dev),
            "BUILD_DEPENDENCY_OF" => Some(ComponentKind::Build),
            _ => None,
        };
        let to = gathering.by_reference.get(to).copied();
        if let (Some(kind), Some(c)) = (kind, to.and_then(|to| gathering.components.get_mut(to))) {
            c.kind = kind;
        }
        // Files and other documents are named by relationships too; only packages are components.
        if let (Some(from), Some(to)) = (gathering.by_reference.get(from).copied(), to) {
            gathering.edges.push((from, to));
        }
    }
    gathering.finish()
}

impl Gathering<'_> {
    fn package(&mut self, package: &Package) -> Component {
        let known =
            |s: &Option<String>| s.clone().filter(|s| s != "NOASSERTION" && s != "NONE" && !s.is_empty());
        let mut hashes: Vec<Hash> = package
            .checksums
            .iter()
            .filter_map(|c| self.hash(&package.name, &c.algorithm, &c.checksum_value))
            .collect();
        hashes.sort();
        let purl = package.external_refs.iter().find(|r| r.reference_type == "purl");
        let supplier = known(&package.supplier).map(|s| {
            let name = s.strip_prefix("Organization: ").or_else(|| s.strip_prefix("Person: "));
            name.unwrap_or(&s).to_owned()
        });
        Component {
            purl: purl.map(|r| normalized(&r.reference_locator)).unwrap_or_default(),
            name: package.name.clone(),
            version: Some(package.version_info.clone()).filter(|v| v != "NOASSERTION").unwrap_or_default(),
            supplier,
            licences: known(&package.license_declared).into_iter().collect(),
            hashes,
            kind: ComponentKind::Transitive,
            optional: false,
            download: known(&package.download_location),
            targets: Vec::new(),
            source: self.source(),
        }
    }
}
