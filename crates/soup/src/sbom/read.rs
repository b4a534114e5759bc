//! SBOMs of others: CycloneDX 1.2 to 1.7 as JSON and XML, SPDX 2.2 and 2.3 as JSON and tag-value, SPDX 3.0.1 as JSON-LD.
//!
//! The content decides what a file is, not its name. What merely looks like an SBOM is refused and says why.

use super::stream::{elements, lines_before, members};
use super::terms;
use crate::inventory::{Cause, Inventory, Problem, text};
use crate::purl::normalized;
use model::components::{Address, Component, ComponentGraph, ComponentKind, Hash, HashAlgorithm, SourceLine};
use serde::Deserialize;
use std::collections::HashMap;

pub(super) const CYCLONEDX: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];
/// Most components of an SBOM: what the largest file of nothing but names would hold is ten times as many, and several GiB.
pub(super) const COMPONENTS_MAX: usize = 1_000_000;
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
    if super::tag_value::is_tag_value(text) {
        return tag_value(file, text);
    }
    let refuse = |what: String| Inventory::unreadable(file, 0, Cause::Unsupported(what));
    // serde would take an array for the fields in order.
    if text.trim_start().starts_with(['[', '"']) {
        return refuse("JSON that is no object".to_owned());
    }
    if text.trim_start().starts_with('<') {
        return super::xml::read(file, text);
    }
    let kind: Kind = match serde_json::from_str(text) {
        Ok(kind) => kind,
        Err(e) => return malformed(file, "SBOM in JSON", &e, 0),
    };
    match (kind.bom_format.as_deref(), kind.spdx_version.as_deref()) {
        (Some("CycloneDX"), None) => match kind.spec_version.as_ref().and_then(serde_json::Value::as_str) {
            Some(v) if CYCLONEDX.contains(&v) => super::parts::read(file, text, v),
            v => refuse(format!("CycloneDX {}", v.unwrap_or("without a version"))),
        },
        (None, Some(v)) if SPDX.contains(&v) => match spdx2(text) {
            Ok(document) => spdx(file, document),
            Err((e, before)) => malformed(file, "SPDX", &e, before),
        },
        (None, Some(v)) => refuse(v.to_owned()),
        (Some(other), None) => refuse(format!("the format `{other}`")),
        (Some(_), Some(_)) => refuse("a file that claims to be CycloneDX and SPDX".to_owned()),
        (None, None) if kind.context.is_some() => match super::spdx3::read(text) {
            Ok(document) => spdx(file, document),
            Err(reason) => {
                Inventory::unreadable(file, 0, Cause::Malformed { format: "SPDX 3 as JSON-LD", reason })
            }
        },
        (None, None) => refuse("JSON without `bomFormat` or `spdxVersion`".to_owned()),
    }
}

/// The format and version that an SBOM says it has: `CycloneDX 1.6`, `SPDX-2.3`; empty where it says none.
pub fn format(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if let Some(version) = super::xml::version_of(&text) {
        return format!("CycloneDX {version}");
    }
    let Ok(kind) = serde_json::from_slice::<Kind>(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
    else {
        let tag = text.lines().find_map(|l| l.trim().strip_prefix("SPDXVersion:"));
        return tag.unwrap_or_default().trim().to_owned();
    };
    match (kind.bom_format, kind.spec_version, kind.spdx_version) {
        (Some(name), Some(version), _) => format!("{name} {}", version.as_str().unwrap_or_default()),
        (_, _, Some(spdx)) => spdx,
        _ if kind.context.is_some() => "SPDX-3.0.1".to_owned(),
        _ => String::new(),
    }
}

fn tag_value(file: &str, text: &str) -> Inventory {
    let version = text.lines().find_map(|l| l.trim().strip_prefix("SPDXVersion:")).unwrap_or_default().trim();
    if !SPDX.contains(&version) {
        return Inventory::unreadable(file, 0, Cause::Unsupported(version.to_owned()));
    }
    match super::tag_value::read(text) {
        Ok(document) => spdx(file, document),
        Err((line, cause)) => Inventory::unreadable(file, line, cause),
    }
}

/// `before` is the number of lines before the text that was read.
pub(super) fn malformed(file: &str, format: &'static str, e: &serde_json::Error, before: usize) -> Inventory {
    let line = u32::try_from(e.line() + before).unwrap_or(u32::MAX);
    let mut reason = e.to_string();
    if let Some(at) = reason.find(" at line ") {
        reason.truncate(at);
    }
    Inventory::unreadable(file, line, Cause::Malformed { format, reason })
}

/// Gathers components and the references that dependencies name them by.
pub(super) struct Gathering<'a> {
    file: &'a str,
    components: Vec<Component>,
    pub(super) by_reference: HashMap<String, usize>,
    pub(super) edges: Vec<(usize, usize)>,
    problems: Vec<Problem>,
    pub(super) too_many: bool,
}

impl<'a> Gathering<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        let (components, edges, problems) = (Vec::new(), Vec::new(), Vec::new());
        Gathering { file, components, by_reference: HashMap::new(), edges, problems, too_many: false }
    }

    pub(super) fn problem(&mut self, cause: Cause) {
        self.problems.push(Problem { cause, source: self.source() });
    }

    pub(super) fn file(&self) -> &'a str {
        self.file
    }

    pub(super) fn source(&self) -> SourceLine {
        SourceLine { file: self.file.to_owned(), line: 0 }
    }

    pub(super) fn add(&mut self, reference: Option<String>, mut component: Component) {
        if self.components.len() == COMPONENTS_MAX {
            self.too_many = true;
            return;
        }
        if component.version.is_empty() {
            self.problem(Cause::NoVersion { component: component.name.clone() });
        }
        if let Some(reference) = reference
            && self.by_reference.insert(reference.clone(), self.components.len()).is_some()
        {
            self.problem(Cause::Twice(reference));
        }
        // The formats put them in places of their own, so their order says nothing.
        component.addresses.sort();
        component.addresses.dedup();
        self.components.push(component);
    }

    pub(super) fn hash(&mut self, component: &str, algorithm: &str, value: &str) -> Option<Hash> {
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

    pub(super) fn finish(self) -> Inventory {
        if self.too_many {
            // Part of a list is no list.
            return Inventory::unreadable(self.file, 0, Cause::TooMany { limit: COMPONENTS_MAX });
        }
        Inventory::finished(self.file, ComponentGraph::new(self.components, self.edges), self.problems)
    }
}

/// What of a document of SPDX is looked at, whatever its form.
#[derive(Default)]
pub(super) struct SpdxDocument {
    pub(super) packages: Vec<Package>,
    pub(super) relationships: Vec<Relationship>,
    too_many: bool,
}

impl SpdxDocument {
    pub(super) fn package(&mut self, package: Package) {
        // One more than there may be components: the product itself is a package too.
        self.too_many |= self.packages.len() > COMPONENTS_MAX;
        if !self.too_many {
            self.packages.push(package);
        }
    }
}

/// SPDX 2 as JSON, or what is wrong and how many lines stand before it.
fn spdx2(text: &str) -> Result<SpdxDocument, (serde_json::Error, usize)> {
    let mut document = SpdxDocument::default();
    for (name, raw) in members(text).map_err(|e| (e, 0))? {
        let done = match name.as_str() {
            "packages" => elements(raw, |_, package| document.package(package)),
            "relationships" => elements(raw, |_, relationship| document.relationships.push(relationship)),
            _ => Ok(()),
        };
        done.map_err(|e| (e, lines_before(text, raw)))?;
    }
    Ok(document)
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Package {
    #[serde(rename = "SPDXID")]
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) version_info: String,
    pub(super) supplier: Option<String>,
    pub(super) download_location: Option<String>,
    pub(super) license_declared: Option<String>,
    pub(super) valid_until_date: Option<String>,
    #[serde(default)]
    pub(super) comment: String,
    pub(super) description: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) copyright_text: Option<String>,
    pub(super) homepage: Option<String>,
    #[serde(default)]
    pub(super) primary_package_purpose: String,
    pub(super) license_concluded: Option<String>,
    #[serde(default)]
    pub(super) checksums: Vec<Checksum>,
    #[serde(default)]
    pub(super) external_refs: Vec<ExternalRef>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Checksum {
    pub(super) algorithm: String,
    pub(super) checksum_value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExternalRef {
    pub(super) reference_type: String,
    pub(super) reference_locator: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Relationship {
    pub(super) spdx_element_id: String,
    pub(super) relationship_type: String,
    pub(super) related_spdx_element: String,
}

impl Relationship {
    pub(super) fn of(from: &str, kind: &str, to: &str) -> Relationship {
        Relationship {
            spdx_element_id: from.to_owned(),
            relationship_type: kind.to_owned(),
            related_spdx_element: to.to_owned(),
        }
    }
}

fn spdx(file: &str, document: SpdxDocument) -> Inventory {
    let mut gathering = Gathering::new(file);
    gathering.too_many = document.too_many;
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
        let reference = |ty: &str| {
            package.external_refs.iter().find(|r| r.reference_type == ty).map(|r| &r.reference_locator)
        };
        let (purl, cpe) = (reference("purl"), reference("cpe23Type").or_else(|| reference("cpe22Type")));
        let page = known(&package.homepage).map(|url| ("website", url));
        let others = package
            .external_refs
            .iter()
            .filter_map(|r| Some((terms::address_kind(&r.reference_type)?, r.reference_locator.clone())));
        let address = |(kind, url): (&str, String)| {
            terms::is_address(&url).then(|| Address { kind: kind.to_owned(), url })
        };
        let supplier = known(&package.supplier).map(|s| {
            let name = s.strip_prefix("Organization: ").or_else(|| s.strip_prefix("Person: "));
            name.unwrap_or(&s).to_owned()
        });
        let mut component = Component {
            purl: purl.map(|p| normalized(p)).unwrap_or_default(),
            cpe: cpe.cloned().unwrap_or_default(),
            name: package.name.clone(),
            version: Some(package.version_info.clone()).filter(|v| v != "NOASSERTION").unwrap_or_default(),
            supplier,
            licences: known(&package.license_declared)
                .or_else(|| known(&package.license_concluded))
                .into_iter()
                .collect(),
            hashes,
            kind: ComponentKind::Transitive,
            optional: false,
            download: known(&package.download_location),
            purpose: terms::purpose(&package.primary_package_purpose),
            description: known(&package.description).or_else(|| known(&package.summary)).unwrap_or_default(),
            copyright: known(&package.copyright_text).unwrap_or_default(),
            addresses: page.into_iter().chain(others).filter_map(address).collect(),
            targets: Vec::new(),
            features: Vec::new(),
            support_level: String::new(),
            end_of_support: package.valid_until_date.clone().unwrap_or_default(),
            source: self.source(),
        };
        super::take_comment(&mut component, &package.comment);
        component
    }
}
