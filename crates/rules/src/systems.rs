//! The software systems that verdicts are given for, and which items belong to which.

use clauses::{Clause, Condition};
use model::class::{Approval, Classes, Why};
use model::{Item, ItemIx, Model};
use vocabulary::SafetyClass;

/// A software system, or the product itself where no system is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// The id of the `SYSTEM` item; the product's name where there is none.
    pub subject: String,
    /// The class whose duties hold.
    pub class: SafetyClass,
    /// Why this class.
    pub why: &'static str,
    /// Whether it is declared legacy software (62304:4.4).
    pub legacy: bool,
}

impl System {
    /// Whether a clause is asked on the route that the system takes: of legacy software 4.4 in place of clauses 5 to 9, of
    /// other software these without 4.4. System test records stay asked on both, being the floor of the legacy route, and so
    /// does the release, which a legacy version passes like any other.
    pub(crate) fn route_asks(&self, clause: &Clause) -> bool {
        let is_development = clause.id.starts_with("62304:")
            && clause.number.starts_with(['5', '6', '7', '8', '9'])
            && clause.number != "5.7.5"
            && clause.condition != Some(Condition::Release);
        match clause.condition {
            Some(Condition::Legacy) => self.legacy,
            _ => !(self.legacy && is_development),
        }
    }
}

/// What a software system can be qualified as.
pub(crate) const QUALIFICATIONS: [&str; 4] = ["device", "component", "accessory", "out-of-scope"];

/// The fewest words of a reason that counts.
const REASON_WORDS: usize = 4;

fn is_qualified_as(item: &Item, word: &str) -> bool {
    item.value("qualification").is_some_and(|q| q.eq_ignore_ascii_case(word))
}

/// Whether a software system says that it is no part of a medical device.
pub(crate) fn is_qualified_out(item: &Item) -> bool {
    is_qualified_as(item, "out-of-scope")
}

/// Whether a software system is placed on the market by itself: all that is neither a component nor out of scope.
pub(crate) fn is_device(item: &Item) -> bool {
    !is_qualified_out(item) && !is_qualified_as(item, "component")
}

/// Whether words give a reason: enough of them, and not those of a template that nobody filled in.
fn is_reason(words: &str) -> bool {
    words.split_whitespace().count() >= REASON_WORDS && documents::placeholder::find(words).is_empty()
}

/// What the ledger's approval makes of a `SYSTEM` item: outside of IEC 62304 where it says so with a reason and the approval (or, with no
/// ledger to ask, the reason) stands.
pub fn standing(item: &Item, approval: Approval) -> Approval {
    let reasoned = item.part("qualification-reason").is_some_and(|r| is_reason(&r));
    let out = is_qualified_out(item) && reasoned && approval != Approval::Missing;
    if out { Approval::OutOfScope } else { approval }
}

/// All systems of a product; never none.
#[derive(Clone, Debug)]
pub struct Systems {
    list: Vec<System>,
    items: Vec<ItemIx>,
    /// Per item the number of its system; [`EVERY`] where it belongs to none, so that it counts for all; [`NONE`] where it belongs to
    /// a system outside of IEC 62304.
    of_item: Vec<u32>,
}

const EVERY: u32 = u32::MAX;
const NONE: u32 = u32::MAX - 1;

impl Systems {
    /// The systems of a model, with the classes that hold.
    pub fn new(model: &Model, classes: &Classes, product: &str) -> Systems {
        if classes.systems().is_empty() {
            let system = System {
                subject: product.to_owned(),
                class: classes.product(),
                why: "no software system is recorded",
                legacy: false,
            };
            return Systems { list: vec![system], items: Vec::new(), of_item: vec![0; model.items().len()] };
        }
        let items: Vec<ItemIx> = classes.systems().iter().map(|s| s.system).collect();
        let list = classes.systems().iter().map(|s| {
            let item = model.item(s.system);
            System {
                subject: item.id.to_string(),
                class: s.effective,
                why: reason(s.why),
                legacy: item.value("legacy").is_some_and(|v| v.eq_ignore_ascii_case("yes")),
            }
        });
        let number = |ix| items.iter().position(|s| *s == ix).and_then(|n| u32::try_from(n).ok());
        let of_item = model
            .enumerate()
            .map(|(ix, _)| match classes.system_of(ix).and_then(number) {
                Some(n) => n,
                None if classes.is_outside(ix) => NONE,
                None => EVERY,
            })
            .collect();
        Systems { list: list.collect(), items, of_item }
    }

    /// Every system, in the order of the documents.
    pub fn list(&self) -> &[System] {
        &self.list
    }

    /// The numbers of the systems that an item counts for.
    pub fn of_item(&self, ix: ItemIx) -> std::ops::Range<usize> {
        let all = 0..self.list.len();
        match self.of_item.get(ix.0 as usize) {
            // An item that is a system counts for itself, also where nothing is linked to it.
            Some(_) if self.items.contains(&ix) => match self.items.iter().position(|s| *s == ix) {
                Some(n) => n..n + 1,
                None => all,
            },
            Some(n) if *n == NONE => 0..0,
            Some(n) if (*n as usize) < self.list.len() => (*n as usize)..(*n as usize) + 1,
            _ => all,
        }
    }
}

fn reason(why: Why) -> &'static str {
    match why {
        Why::Recorded => "recorded, with rationale",
        Why::Declared => "declared in dossier.toml, which may only raise",
        Why::NotRecorded => "no class is recorded",
        Why::Unreadable => "what is recorded is no class",
        Why::NoRationale => "the recorded class has no rationale",
        Why::NotApproved => "the recorded class is not approved",
        Why::Inherited | Why::LoweredWithoutRationale => "inherited",
    }
}
