//! Which class's duties hold for each software system and item, from what is recorded in the documents.
//!
//! No class on record, one without rationale or without approval: duties of class C (62304:4.3 g). The class that the
//! maker declares for the product may only raise. An item inherits its parent's class unless a lower one has a rationale
//! that names its segregation (62304:4.3 d).

use crate::{Item, ItemIx, Kind, LinkType, Model};
use std::collections::VecDeque;
use vocabulary::SafetyClass;

/// Whether the ledger holds an approval of an item's present content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// It does.
    Approved,
    /// It does not.
    Missing,
    /// There is no ledger to ask (`check --documents-only`).
    NotChecked,
    /// The system is qualified as outside of IEC 62304, with a reason that counts: it and what belongs to it have no class.
    OutOfScope,
}

/// Why a class holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is recorded, with rationale and approval.
    Recorded,
    /// The product's declared class is higher than the recorded one.
    Declared,
    /// No class is recorded: duties of class C.
    NotRecorded,
    /// The recorded class is none of `A`, `B`, `C`: duties of class C.
    Unreadable,
    /// The recorded class has no rationale: duties of class C.
    NoRationale,
    /// The recorded class is not approved: duties of class C.
    NotApproved,
    /// An item has the class of what it is part of.
    Inherited,
    /// An item has a lower class written without rationale or segregation, which does not count.
    LoweredWithoutRationale,
}

/// The class of a software system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemClass {
    /// The `SYSTEM` item.
    pub system: ItemIx,
    /// What is written there.
    pub recorded: Option<SafetyClass>,
    /// Whose duties hold.
    pub effective: SafetyClass,
    /// Why.
    pub why: Why,
}

/// The class of a software item or unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemClass {
    /// What is written there.
    pub written: Option<SafetyClass>,
    /// Whose duties hold.
    pub effective: SafetyClass,
    /// Why.
    pub why: Why,
}

/// The classes of a product.
#[derive(Clone, Debug)]
pub struct Classes {
    systems: Vec<SystemClass>,
    outside: Vec<ItemIx>,
    product: SafetyClass,
    items: Vec<Option<ItemClass>>,
    system_of: Vec<Option<ItemIx>>,
}

impl Classes {
    /// Works out the classes. `declared` is `[product] class`; `approval` says what the ledger knows about a `SYSTEM` item
    /// at its present digest.
    pub fn new(
        model: &Model,
        declared: Option<SafetyClass>,
        approval: &dyn Fn(&Item) -> Approval,
    ) -> Classes {
        let is_outside = |ix: &ItemIx| approval(model.item(*ix)) == Approval::OutOfScope;
        let (outside, inside): (Vec<ItemIx>, Vec<ItemIx>) =
            model.of_kind(Kind::SoftwareSystem).iter().copied().partition(is_outside);
        let systems: Vec<SystemClass> =
            inside.into_iter().map(|ix| system(model, ix, declared, approval)).collect();
        let product = systems.iter().map(|s| s.effective).max().unwrap_or(SafetyClass::C);
        let system_of = membership(model, &systems, &outside);
        let mut classes =
            Classes { items: vec![None; model.items().len()], systems, outside, product, system_of };
        for (ix, item) in model.enumerate() {
            if matches!(item.kind, Kind::SoftwareItem | Kind::SoftwareUnit) {
                classes.work_out(model, ix);
            }
        }
        classes
    }

    /// The software systems, in the order of the model. None: nothing was classified, so the product has the duties of
    /// class C.
    pub fn systems(&self) -> &[SystemClass] {
        &self.systems
    }

    /// The software systems outside of IEC 62304, in the order of the model.
    pub fn outside(&self) -> &[ItemIx] {
        &self.outside
    }

    /// Whether an item belongs to a system outside of IEC 62304, or is one.
    pub fn is_outside(&self, ix: ItemIx) -> bool {
        self.system_of(ix).is_some_and(|system| self.outside.contains(&system))
    }

    /// The class of the whole product: the highest of its systems.
    pub fn product(&self) -> SafetyClass {
        self.product
    }

    /// The system that an item belongs to: the only one, or the one that its links lead to.
    pub fn system_of(&self, ix: ItemIx) -> Option<ItemIx> {
        self.system_of.get(ix.0 as usize).copied().flatten()
    }

    /// The class of an item's system; of the product where it belongs to none.
    pub fn of_system_of(&self, ix: ItemIx) -> SafetyClass {
        let system = self.system_of(ix);
        let class = system.and_then(|s| self.systems.iter().find(|c| c.system == s));
        class.map_or(self.product, |c| c.effective)
    }

    /// How the class of a software item or unit came about; none for other kinds.
    pub fn item(&self, ix: ItemIx) -> Option<ItemClass> {
        self.items.get(ix.0 as usize).copied().flatten()
    }

    /// The class whose duties hold for any item: its own for items and units, the highest of the items that a
    /// requirement is allocated to, the system's for all else.
    pub fn of(&self, model: &Model, ix: ItemIx) -> SafetyClass {
        if let Some(class) = self.item(ix) {
            return class.effective;
        }
        let allocated = model.targets(ix, LinkType::AllocatedTo).filter_map(|(to, _)| self.item(to));
        allocated.map(|c| c.effective).max().unwrap_or_else(|| self.of_system_of(ix))
    }

    /// Works out an item after its parents, without recursion: a hostile chain may be as long as the file.
    fn work_out(&mut self, model: &Model, start: ItemIx) {
        let mut stack = vec![(start, false)];
        let mut on_path = std::collections::HashSet::new();
        while let Some((ix, parents_done)) = stack.pop() {
            if self.item(ix).is_some() {
                continue;
            }
            if !parents_done && on_path.insert(ix) {
                stack.push((ix, true));
                let parents = model.targets(ix, LinkType::PartOf).map(|(to, _)| to);
                stack.extend(
                    parents.filter(|p| is_part(model, *p) && !on_path.contains(p)).map(|p| (p, false)),
                );
                continue;
            }
            let class = self.class_below(model, ix);
            if let Some(slot) = self.items.get_mut(ix.0 as usize) {
                *slot = Some(class);
            }
        }
    }

    fn class_below(&self, model: &Model, ix: ItemIx) -> ItemClass {
        // In a cycle of `part-of`, which is a finding, a parent has no class yet: then the system's counts.
        let parents = model.targets(ix, LinkType::PartOf).filter_map(|(to, _)| self.item(to));
        let inherited = parents.map(|c| c.effective).max().unwrap_or_else(|| self.of_system_of(ix));
        let item = model.item(ix);
        let written = item.value("class").and_then(|c| c.parse().ok());
        let (effective, why) = match written {
            None => (inherited, Why::Inherited),
            Some(class) if class >= inherited => (class, Why::Recorded),
            Some(class) if is_filled(item, "rationale") && is_filled(item, "segregated-from") => {
                (class, Why::Recorded)
            }
            Some(_) => (inherited, Why::LoweredWithoutRationale),
        };
        ItemClass { written, effective, why }
    }
}

fn system(
    model: &Model,
    ix: ItemIx,
    declared: Option<SafetyClass>,
    approval: &dyn Fn(&Item) -> Approval,
) -> SystemClass {
    let item = model.item(ix);
    let text = item.value("class");
    let recorded = text.as_deref().and_then(|c| c.parse::<SafetyClass>().ok());
    let (effective, why) = match recorded {
        None if text.is_some_and(|t| !t.is_empty()) => (SafetyClass::C, Why::Unreadable),
        None => (SafetyClass::C, Why::NotRecorded),
        Some(_) if !is_filled(item, "rationale") && item.text().trim().is_empty() => {
            (SafetyClass::C, Why::NoRationale)
        }
        Some(_) if approval(item) == Approval::Missing => (SafetyClass::C, Why::NotApproved),
        Some(class) => match declared {
            Some(d) if d > class => (d, Why::Declared),
            _ => (class, Why::Recorded),
        },
    };
    SystemClass { system: ix, recorded, effective, why }
}

/// Which system each item belongs to: with one system, to it; with several, to the one from which it is reached first
/// along incoming links (an item that is part of it, a requirement allocated to that item, its tests).
fn membership(model: &Model, systems: &[SystemClass], outside: &[ItemIx]) -> Vec<Option<ItemIx>> {
    if let ([only], []) = (systems, outside) {
        return vec![Some(only.system); model.items().len()];
    }
    let mut out = vec![None; model.items().len()];
    let mut queue: VecDeque<(ItemIx, ItemIx)> =
        systems.iter().map(|s| s.system).chain(outside.iter().copied()).map(|s| (s, s)).collect();
    while let Some((ix, system)) = queue.pop_front() {
        let Some(slot) = out.get_mut(ix.0 as usize) else { continue };
        if slot.is_none() {
            *slot = Some(system);
            queue.extend(model.incoming(ix).filter(|l| l.state.joins()).map(|l| (l.from, system)));
        }
    }
    out
}

fn is_part(model: &Model, ix: ItemIx) -> bool {
    model.get(ix).is_some_and(|i| matches!(i.kind, Kind::SoftwareItem | Kind::SoftwareUnit))
}

fn is_filled(item: &Item, key: &str) -> bool {
    item.value(key).is_some_and(|v| !v.is_empty())
}
