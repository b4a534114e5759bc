//! The register of SOUP: the SOUP items of the documents joined with the components of lock files and SBOMs, and every
//! difference between the two, in both directions (62304 8.1.2, 8.1.3).
//!
//! The version of a component has one home, the lock file; an item that writes one must agree with it.

use crate::Purl;
use model::components::{ComponentGraph, ComponentKind, is_exact};
use model::{Item, ItemIx, Kind, Model};
use std::collections::{BTreeMap, BTreeSet};

/// The register: a row per SOUP item, and the differences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Register {
    /// The items, in the order of the model.
    pub rows: Vec<Row>,
    /// What does not fit together, by item and then by component.
    pub differences: Vec<Difference>,
    /// Components for development only that no item names. They are not in the device, so that is no difference.
    pub development: Vec<u32>,
}

/// A SOUP item with its components.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The item.
    pub item: ItemIx,
    /// The components that it accounts for, by place in the graph.
    pub components: Vec<u32>,
    /// Those of them that it accounts for only because another of its components needs them.
    pub transitive: BTreeSet<u32>,
    /// The exact versions, sorted: of the components that it names, or as written where it names none.
    pub versions: Vec<String>,
}

/// Something that does not fit together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A component in the product that no SOUP item accounts for.
    ComponentWithoutItem {
        /// The component's place in the graph.
        component: u32,
    },
    /// A SOUP item whose `purl` or `covers` names nothing that is there.
    ItemWithoutComponent {
        /// The item.
        item: ItemIx,
        /// What it names.
        wanted: String,
    },
    /// An item that writes another version than the lock file has.
    VersionDisagrees {
        /// The item.
        item: ItemIx,
        /// What is written.
        written: String,
        /// The component's place in the graph.
        component: u32,
    },
    /// An item without any unique designator: no version written and none to be had from a component.
    NoDesignator {
        /// The item.
        item: ItemIx,
    },
    /// A written version that designates no one version: a range, `latest`.
    NotExact {
        /// The item.
        item: ItemIx,
        /// What is written.
        written: String,
    },
    /// A `purl` or `covers` that is no package URL.
    NoPurl {
        /// The item.
        item: ItemIx,
        /// What is written.
        written: String,
    },
    /// Two items that name the same component.
    ClaimedTwice {
        /// The component's place in the graph.
        component: u32,
        /// The first item.
        first: ItemIx,
        /// The other one.
        again: ItemIx,
    },
}

/// Joins the SOUP items of `model` with the components of `graph`.
pub fn join(model: &Model, graph: &ComponentGraph) -> Register {
    let mut joining = Joining::new(graph);
    let items: Vec<(ItemIx, &Item)> =
        model.of_kind(Kind::Soup).iter().filter_map(|ix| Some((*ix, model.get(*ix)?))).collect();
    for (ix, item) in &items {
        joining.claim(*ix, item);
    }
    // Only after every item has named its own do groups take what is left below them.
    for (row, (_, item)) in items.iter().enumerate() {
        if item.field("covers").is_some() {
            joining.claim_below(row);
        }
    }
    for (row, (ix, item)) in items.iter().enumerate() {
        joining.designate(row, *ix, item);
    }
    joining.leftovers();
    joining.register
}

/// The components with what the SOUP items that name them say (supplier, licence, support), where their sources are silent.
/// `licences` gives the licence of a package by its purl; it counts before what its source states.
pub fn described(
    model: &Model,
    mut graph: ComponentGraph,
    licences: &BTreeMap<String, String>,
) -> ComponentGraph {
    let register = join(model, &graph);
    let mut said: BTreeMap<u32, &Item> = BTreeMap::new();
    for row in &register.rows {
        // What an item says of its package does not hold for what only comes along with it.
        let named = row.components.iter().filter(|c| !row.transitive.contains(c));
        said.extend(named.filter_map(|c| Some((*c, model.get(row.item)?))));
    }
    let stated: BTreeMap<String, &String> =
        licences.iter().filter_map(|(purl, l)| Some((Purl::parse(purl)?.package, l))).collect();
    graph.fill(|i, c| {
        if let Some(licence) = Purl::parse(&c.purl).and_then(|p| stated.get(&p.package).copied()) {
            c.licences = vec![licence.clone()];
        }
        let Some(item) = said.get(&i) else { return };
        let value = |key: &str| item.value(key).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        if c.supplier.is_none() {
            c.supplier = value("supplier");
        }
        if c.licences.is_empty() {
            c.licences.extend(value("licence"));
        }
        for (own, key) in [(&mut c.support_level, "support-level"), (&mut c.end_of_support, "end-of-support")]
        {
            if own.is_empty() {
                *own = value(key).unwrap_or_default();
            }
        }
    });
    graph
}

struct Joining<'g> {
    graph: &'g ComponentGraph,
    /// The components of others by package (type, namespace and name), sorted: an item finds its own without looking at all.
    by_package: Vec<(String, u32)>,
    /// The row that accounts for each component.
    owner: Vec<Option<usize>>,
    register: Register,
}

impl<'g> Joining<'g> {
    fn new(graph: &'g ComponentGraph) -> Self {
        let of_others = (0_u32..).zip(graph.components()).filter(|(_, c)| c.kind != ComponentKind::Own);
        let mut by_package: Vec<(String, u32)> =
            of_others.filter_map(|(i, c)| Some((Purl::parse(&c.purl)?.package, i))).collect();
        by_package.sort_unstable();
        let owner = vec![None; graph.components().len()];
        Joining { graph, by_package, owner, register: Register::default() }
    }

    /// What an item names by `purl` and `covers`.
    fn claim(&mut self, ix: ItemIx, item: &Item) {
        let row = self.register.rows.len();
        let (components, transitive) = (Vec::new(), BTreeSet::new());
        self.register.rows.push(Row { item: ix, components, transitive, versions: Vec::new() });
        let purl = item.value("purl").filter(|p| !p.is_empty());
        let wanted = purl.iter().map(|p| p.to_string());
        let wanted: Vec<String> = wanted.chain(item.values("covers").iter().map(|p| p.to_string())).collect();
        let version = item.value("version").unwrap_or_default();
        for pattern in wanted.iter().filter(|p| !p.is_empty()) {
            let Some(pattern) = Pattern::parse(pattern) else {
                self.register.differences.push(Difference::NoPurl { item: ix, written: pattern.clone() });
                continue;
            };
            let mut found: Vec<u32> = self.fitting(&pattern);
            let exact = pattern.version.as_deref().or((!version.is_empty()).then_some(&*version));
            let has = |i: &u32| self.graph.get(*i).is_some_and(|c| Some(c.version.as_str()) == exact);
            if exact.is_some() && found.iter().any(has) {
                // Of several versions in the product the item designates one; the others need items of their own.
                found.retain(has);
            } else if let (Some(written), Some(component)) = (exact, found.first()) {
                let (written, component) = (written.to_owned(), *component);
                self.register.differences.push(Difference::VersionDisagrees { item: ix, written, component });
            }
            if found.is_empty() && item.value("cloud").is_none_or(|c| c != "yes") {
                let wanted = pattern.written;
                self.register.differences.push(Difference::ItemWithoutComponent { item: ix, wanted });
            }
            for component in found {
                self.take(row, component, false);
            }
        }
    }

    fn fitting(&self, pattern: &Pattern) -> Vec<u32> {
        let wanted = pattern.package.as_str();
        let from = self.by_package.partition_point(|(package, _)| package.as_str() < wanted);
        // What begins with a name stands together, behind the name itself.
        let found = self.by_package.get(from..).unwrap_or_default().iter();
        let mut found: Vec<u32> =
            found.take_while(|(package, _)| pattern.fits(package)).map(|(_, i)| *i).collect();
        found.sort_unstable();
        found
    }

    fn take(&mut self, row: usize, component: u32, transitive: bool) {
        let Some(owner) = self.owner.get_mut(component as usize) else { return };
        match *owner {
            None => *owner = Some(row),
            Some(other) if other == row => return,
            Some(other) => {
                let item_of = |r: usize| self.register.rows.get(r).map(|r| r.item);
                if let (Some(first), Some(again)) = (item_of(other), item_of(row)) {
                    self.register.differences.push(Difference::ClaimedTwice { component, first, again });
                }
                return;
            }
        }
        if let Some(row) = self.register.rows.get_mut(row) {
            row.components.push(component);
            if transitive {
                row.transitive.insert(component);
            }
        }
    }

    /// A group accounts for what its components need, as far as no other item does.
    fn claim_below(&mut self, row: usize) {
        let mut queue = self.register.rows.get(row).map(|r| r.components.clone()).unwrap_or_default();
        while let Some(component) = queue.pop() {
            for needed in self.graph.needs(component).collect::<Vec<_>>() {
                let own = self.graph.get(needed).is_some_and(|c| c.kind == ComponentKind::Own);
                if !own && self.owner.get(needed as usize).is_some_and(Option::is_none) {
                    self.take(row, needed, true);
                    queue.push(needed);
                }
            }
        }
    }

    /// The versions that an item stands for, and whether they designate anything.
    fn designate(&mut self, row: usize, ix: ItemIx, item: &Item) {
        let Some(row) = self.register.rows.get_mut(row) else { return };
        row.components.sort_unstable();
        let named = row.components.iter().filter(|c| !row.transitive.contains(c));
        let mut versions: BTreeSet<String> = named
            .filter_map(|c| self.graph.get(*c))
            .map(|c| c.version.clone())
            .filter(|v| !v.is_empty())
            .collect();
        let written = item.value("version").unwrap_or_default();
        if versions.is_empty() && !written.is_empty() {
            versions.insert(written.to_string());
        }
        row.versions = versions.into_iter().collect();
        if !written.is_empty() && !is_exact(&written) {
            let written = written.to_string();
            self.register.differences.push(Difference::NotExact { item: ix, written });
        } else if row.versions.is_empty() {
            self.register.differences.push(Difference::NoDesignator { item: ix });
        }
    }

    fn leftovers(&mut self) {
        for ((i, c), owner) in (0_u32..).zip(self.graph.components()).zip(&self.owner) {
            match (owner, c.kind) {
                (Some(_), _) | (None, ComponentKind::Own) => {}
                (None, ComponentKind::Dev) => self.register.development.push(i),
                (None, _) => {
                    self.register.differences.push(Difference::ComponentWithoutItem { component: i })
                }
            }
        }
    }
}

/// A package URL in which `*` stands for the rest of a namespace or name.
struct Pattern {
    written: String,
    /// Type, namespace and name up to the star; the whole of it without one.
    package: String,
    open: bool,
    version: Option<String>,
}

impl Pattern {
    fn parse(written: &str) -> Option<Pattern> {
        let (beginning, open) = match written.split_once('*') {
            Some((beginning, "")) => (beginning, true),
            Some(_) => return None,
            None => (written, false),
        };
        let (package, version) = if open {
            // A stand-in makes the beginning a package URL that normalises like those of the components.
            let whole = Purl::parse(&format!("{beginning}x"))?;
            (whole.package.strip_suffix('x')?.to_owned(), None)
        } else {
            let whole = Purl::parse(beginning)?;
            (whole.package, whole.version)
        };
        Some(Pattern { written: written.to_owned(), package, open, version })
    }

    fn fits(&self, package: &str) -> bool {
        if self.open { package.starts_with(&self.package) } else { package == self.package }
    }
}
