//! CycloneDX 1.2 to 1.7: components are checked and taken one at a time, from JSON or from what `xml` makes of XML.

use super::check::Check;
use super::read::{Gathering, malformed};
use super::stream::{elements, is_list, lines_before, members};
use super::terms;
use crate::inventory::{Cause, Inventory, Problem};
use crate::purl::normalized;
use model::components::{Address, Component, ComponentGraph, ComponentKind, Hash};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "type", default)]
    ty: String,
    description: Option<String>,
    copyright: Option<String>,
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
    cpe: Option<String>,
    manufacturer: Option<Organisation>,
    #[serde(rename = "externalReferences", default)]
    external: Vec<External>,
    #[serde(default)]
    properties: Vec<PartProperty>,
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
struct External {
    #[serde(rename = "type", default)]
    ty: String,
    #[serde(default)]
    url: String,
}

#[derive(Deserialize)]
struct PartProperty {
    #[serde(default)]
    name: String,
    #[serde(default)]
    value: String,
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

/// What is taken of a document while it is read: components as they come, and everything that is wrong with it.
pub(super) struct Taking<'a> {
    gathering: Gathering<'a>,
    check: Check,
    /// What is no component at all is told only where nothing else is wrong: the check names the place.
    unfit: Option<String>,
}

impl<'a> Taking<'a> {
    pub(super) fn new(file: &'a str, version: &str, xml: bool) -> Self {
        Taking { gathering: Gathering::new(file), check: Check::new(version, xml), unfit: None }
    }

    /// A member of the outermost object, which is neither of the two lists that are taken one by one.
    pub(super) fn member(&mut self, name: &str, value: &Value) {
        self.check.member(name, value);
    }

    /// A component of the outermost list, with its place.
    pub(super) fn component(&mut self, place: usize, one: Value) {
        self.check.element("components", place, &one);
        if !self.check.found().is_empty() || self.unfit.is_some() || self.gathering.too_many {
            return;
        }
        if let Err(e) = self.gathering.parts(one) {
            self.unfit = Some(format!("/components/{place}: {e}"));
        }
    }

    /// A dependency as it is written, with its place. What it joins is known only when all components are.
    pub(super) fn dependency(&mut self, place: usize, one: &Value) {
        self.check.element("dependencies", place, one);
    }

    /// The components, where the document breaks no rule; else what it breaks.
    pub(super) fn sound(self) -> Result<Gathering<'a>, Inventory> {
        let Taking { gathering, check, unfit } = self;
        let problem = |cause| Problem { cause, source: gathering.source() };
        if !check.found().is_empty() {
            let problems = check.found().iter().map(|what| problem(Cause::Invalid(what.clone()))).collect();
            return Err(Inventory { graph: ComponentGraph::default(), problems });
        }
        match unfit {
            Some(reason) => Err(Inventory::unreadable(
                gathering.file(),
                0,
                Cause::Malformed { format: "CycloneDX", reason },
            )),
            None => Ok(gathering),
        }
    }
}

/// The components of a document, or everything that is wrong with it.
pub(super) fn read(file: &str, text: &str, version: &str) -> Inventory {
    let refuse = |e: &serde_json::Error, line| malformed(file, "CycloneDX", e, line);
    let members = match members(text) {
        Ok(members) => members,
        Err(e) => return refuse(&e, 0),
    };
    let mut taking = Taking::new(file, version, false);
    for (name, raw) in &members {
        let done = match name.as_str() {
            "components" if is_list(raw) => elements(raw, |i, one| taking.component(i, one)),
            "dependencies" if is_list(raw) => elements(raw, |i, one| taking.dependency(i, &one)),
            _ => serde_json::from_str(raw.get()).map(|value| taking.member(name, &value)),
        };
        if let Err(e) = done {
            return refuse(&e, lines_before(text, raw));
        }
    }
    let mut gathering = match taking.sound() {
        Ok(gathering) => gathering,
        Err(refused) => return refused,
    };
    // References are known only now, wherever the components stand.
    for (_, raw) in members.iter().filter(|(name, _)| name == "dependencies") {
        if let Err(e) = gathering.dependencies(raw) {
            return refuse(&e, lines_before(text, raw));
        }
    }
    gathering.finish()
}

impl Gathering<'_> {
    /// A component and those in it, each before what it holds; JSON itself is nested at most 128 deep here.
    fn parts(&mut self, outermost: Value) -> serde_json::Result<()> {
        let mut queue: Vec<Part> = vec![serde_json::from_value(outermost)?];
        while let Some(mut part) = queue.pop() {
            queue.extend(std::mem::take(&mut part.components).into_iter().rev());
            let component = self.part(&part);
            self.add(part.reference, component);
        }
        Ok(())
    }

    fn dependencies(&mut self, list: &RawValue) -> serde_json::Result<()> {
        elements(list, |_, dependency: Dependency| self.needs(&dependency.reference, dependency.depends_on))
    }

    /// What one component needs, by references.
    pub(super) fn needs(&mut self, reference: &str, all: Vec<String>) {
        // The product itself, in `metadata`, is no component: its edges are left out.
        let Some(from) = self.by_reference.get(reference).copied() else { return };
        for wanted in all {
            match self.by_reference.get(&wanted).copied() {
                Some(to) => self.edges.push((from, to)),
                None => self.problem(Cause::MissingDependency { component: reference.to_owned(), wanted }),
            }
        }
    }

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
        let organisation = |o: &Option<Organisation>| o.as_ref().and_then(|s| s.name.clone());
        let supplier = organisation(&part.supplier)
            .or_else(|| organisation(&part.manufacturer))
            .or_else(|| part.publisher.clone());
        // What dossier wrote says more than the format can.
        let own = |name: &str| part.properties.iter().find(|p| p.name == name).map(|p| p.value.as_str());
        let kind = match (own("dossier:kind"), part.scope.as_deref()) {
            (Some("own"), _) => ComponentKind::Own,
            (Some("direct"), _) => ComponentKind::Direct,
            (Some("build"), _) => ComponentKind::Build,
            (Some("dev"), _) | (None, Some("excluded")) => ComponentKind::Dev,
            _ => ComponentKind::Transitive,
        };
        let targets = own("dossier:targets").unwrap_or_default();
        let from = |e: &&External| e.ty == "distribution" || e.ty == "vcs" && e.url.starts_with("git+");
        let download = part.external.iter().find(from).map(|e| e.url.clone());
        let address = |e: &External| {
            let kind = terms::address_kind(&e.ty).filter(|_| terms::is_address(&e.url))?;
            Some(Address { kind: kind.to_owned(), url: e.url.clone() })
        };
        let addresses =
            part.external.iter().filter(|e| download.as_ref() != Some(&e.url)).filter_map(address);
        Component {
            purl: part.purl.as_deref().map(normalized).unwrap_or_default(),
            version: part.version.clone(),
            supplier: supplier.filter(|s| !s.is_empty()),
            licences: part.licenses.iter().filter_map(licence).collect(),
            hashes,
            cpe: part.cpe.clone().unwrap_or_default(),
            kind,
            optional: part.scope.as_deref() == Some("optional"),
            addresses: addresses.collect(),
            download,
            purpose: terms::purpose(&part.ty),
            description: part.description.clone().unwrap_or_default(),
            copyright: part.copyright.clone().unwrap_or_default(),
            targets: targets.split_whitespace().map(str::to_owned).collect(),
            features: own("dossier:features")
                .unwrap_or_default()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            support_level: own("dossier:support-level").unwrap_or_default().to_owned(),
            end_of_support: own("dossier:end-of-support").unwrap_or_default().to_owned(),
            source: self.source(),
            name,
        }
    }
}
