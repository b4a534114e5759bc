//! What a change reaches: from files and items to units, requirements, controls, hazards, tests and SOUP (62304:7.4, 8.2.2,
//! 8.2.3).
//!
//! A source file reaches the units whose `paths` name it, and where no unit does, the software items; a unit reaches the
//! requirements that it implements, and where it implements none, those allocated to its item. So a finer architecture gives
//! a finer answer, and a coarse one never a smaller one.

use crate::{ItemIx, Kind, LinkType, Model};
use std::collections::BTreeSet;

/// Everything that a change reaches, sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Items whose own text changed, or whose source did.
    pub changed: BTreeSet<ItemIx>,
    /// Software units.
    pub units: BTreeSet<ItemIx>,
    /// Software items, up to the system.
    pub items: BTreeSet<ItemIx>,
    /// Requirements of system and software.
    pub requirements: BTreeSet<ItemIx>,
    /// Risk controls.
    pub controls: BTreeSet<ItemIx>,
    /// Causes.
    pub causes: BTreeSet<ItemIx>,
    /// Hazardous situations and hazards.
    pub hazards: BTreeSet<ItemIx>,
    /// Test cases to run again.
    pub tests: BTreeSet<ItemIx>,
    /// SOUP.
    pub soup: BTreeSet<ItemIx>,
    /// Software systems, whose class is to be looked at again.
    pub systems: BTreeSet<ItemIx>,
}

impl Reach {
    /// Those of the controls that a test case verifies: what 7.4.2 asks about.
    pub fn verified_controls(&self, model: &Model) -> Vec<ItemIx> {
        let verified = |rc: &ItemIx| {
            let by_requirement = model.sources(*rc, LinkType::Implements).map(|(r, _)| r);
            std::iter::once(*rc)
                .chain(by_requirement)
                .any(|ix| model.sources(ix, LinkType::Verifies).next().is_some())
        };
        self.controls.iter().copied().filter(|rc| verified(rc)).collect()
    }

    /// Whether the class is to be checked again (8.2.2): a system, the architecture or an external control changed.
    pub fn asks_for_class(&self, model: &Model) -> bool {
        self.changed.iter().filter_map(|ix| model.get(*ix)).any(|i| match i.kind {
            Kind::SoftwareSystem | Kind::SoftwareItem => true,
            Kind::RiskControl => i.value("external").is_some_and(|v| v.trim() == "yes"),
            _ => false,
        })
    }
}

/// What a change of these items reaches. `sources` are units and items whose source files changed; `texts` are items whose
/// own text did.
pub fn reach(model: &Model, sources: &[ItemIx], texts: &[ItemIx]) -> Reach {
    let mut r = Reach::default();
    for ix in sources.iter().chain(texts) {
        r.changed.insert(*ix);
        by_kind(model, &mut r, *ix);
    }
    down_from_items(model, &mut r);
    to_controls(model, &mut r);
    to_hazards(model, &mut r);
    to_tests(model, &mut r);
    to_systems(model, &mut r);
    r
}

fn kind(model: &Model, ix: ItemIx) -> Option<Kind> {
    model.get(ix).map(|i| i.kind)
}

fn by_kind(model: &Model, r: &mut Reach, ix: ItemIx) {
    match kind(model, ix) {
        Some(Kind::SoftwareUnit | Kind::DetailedDesign) => drop(r.units.insert(ix)),
        Some(Kind::SoftwareItem) => drop(r.items.insert(ix)),
        Some(Kind::SystemRequirement | Kind::SoftwareRequirement) => drop(r.requirements.insert(ix)),
        Some(Kind::RiskControl) => drop(r.controls.insert(ix)),
        Some(Kind::Cause) => drop(r.causes.insert(ix)),
        Some(Kind::Hazard | Kind::HazardousSituation) => drop(r.hazards.insert(ix)),
        Some(Kind::TestCase) => drop(r.tests.insert(ix)),
        Some(Kind::Soup) => drop(r.soup.insert(ix)),
        Some(Kind::SoftwareSystem) => drop(r.systems.insert(ix)),
        _ => {}
    }
}

/// From units and items to the requirements that they carry; from SOUP to the items that use it.
fn down_from_items(model: &Model, r: &mut Reach) {
    for soup in r.soup.clone() {
        r.items.extend(model.sources(soup, LinkType::Uses).map(|(ix, _)| ix));
    }
    let direct = r.items.clone();
    for unit in r.units.clone() {
        let implemented: Vec<ItemIx> = model
            .targets(unit, LinkType::Implements)
            .map(|(ix, _)| ix)
            .filter(|ix| kind(model, *ix) == Some(Kind::SoftwareRequirement))
            .collect();
        let parents: Vec<ItemIx> = model.targets(unit, LinkType::PartOf).map(|(ix, _)| ix).collect();
        if implemented.is_empty() {
            allocated(model, r, &parents);
        }
        r.requirements.extend(implemented);
        r.items.extend(parents);
    }
    allocated(model, r, &direct.iter().copied().collect::<Vec<_>>());
    // Upwards, so that a reader sees where in the architecture it is.
    let mut open: Vec<ItemIx> = r.items.iter().copied().collect();
    while let Some(ix) = open.pop() {
        for (parent, _) in model.targets(ix, LinkType::PartOf) {
            match kind(model, parent) {
                Some(Kind::SoftwareSystem) => drop(r.systems.insert(parent)),
                _ if r.items.insert(parent) => open.push(parent),
                _ => {}
            }
        }
    }
}

fn allocated(model: &Model, r: &mut Reach, items: &[ItemIx]) {
    for item in items {
        r.requirements.extend(model.sources(*item, LinkType::AllocatedTo).map(|(ix, _)| ix));
        r.causes.extend(model.sources(*item, LinkType::ArisesIn).map(|(ix, _)| ix));
    }
}

fn to_controls(model: &Model, r: &mut Reach) {
    for soup in &r.soup {
        r.causes.extend(model.sources(*soup, LinkType::ArisesIn).map(|(ix, _)| ix));
    }
    // A requirement of the system that changed reaches those of the software that satisfy it.
    for ix in r.requirements.clone() {
        r.requirements.extend(model.sources(ix, LinkType::Satisfies).map(|(s, _)| s));
    }
    for ix in &r.requirements {
        let targets = model.targets(*ix, LinkType::Implements).map(|(rc, _)| rc);
        r.controls.extend(targets.filter(|rc| kind(model, *rc) == Some(Kind::RiskControl)));
    }
}

fn to_hazards(model: &Model, r: &mut Reach) {
    for control in &r.controls {
        for (end, _) in model.targets(*control, LinkType::Controls) {
            match kind(model, end) {
                Some(Kind::Cause) => drop(r.causes.insert(end)),
                Some(Kind::HazardousSituation) => drop(r.hazards.insert(end)),
                _ => {}
            }
        }
    }
    for cause in &r.causes {
        r.hazards.extend(model.targets(*cause, LinkType::Causes).map(|(ix, _)| ix));
    }
    for situation in r.hazards.clone() {
        r.hazards.extend(model.sources(situation, LinkType::LeadsTo).map(|(ix, _)| ix));
    }
}

fn to_tests(model: &Model, r: &mut Reach) {
    let all = [&r.changed, &r.units, &r.requirements, &r.controls, &r.soup];
    let tests: Vec<ItemIx> = all
        .into_iter()
        .flatten()
        .flat_map(|ix| model.sources(*ix, LinkType::Verifies).map(|(t, _)| t))
        .collect();
    r.tests.extend(tests);
}

fn to_systems(model: &Model, r: &mut Reach) {
    if r.systems.is_empty() && !r.changed.is_empty() {
        // A product of one system names it nowhere.
        if let [only] = model.of_kind(Kind::SoftwareSystem) {
            r.systems.insert(*only);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TrustStamps;

    // Items are made by `documents`; here the shortest way is the real one, by hand, is in `tests/`.
    #[test]
    fn nothing_reaches_nothing() {
        let model = Model::build(Vec::new(), &TrustStamps);
        assert_eq!(reach(&model, &[], &[]), Reach::default());
    }
}
