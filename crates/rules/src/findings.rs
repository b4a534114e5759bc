//! What a rule writes into: findings, and the evidence that it saw.

use crate::registry::Rule;
use crate::snapshot::Snapshot;
use diagnostics::{Location, Related};
use model::{Item, ItemIx, Kind};
use std::borrow::Cow;

/// The findings and the evidence of one rule.
pub struct Findings<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) cx: &'a Snapshot<'a>,
    pub(crate) reports: Vec<Report>,
    pub(crate) seen: Vec<Seen>,
    pub(crate) notes: Vec<Note>,
}

/// One finding before overrides, waivers and classes are applied.
#[derive(Debug)]
pub struct Report {
    pub(crate) location: Location,
    /// The item that it is about, which decides the software systems it belongs to; none for the whole product.
    pub(crate) item: Option<ItemIx>,
    pub(crate) subject: Option<String>,
    pub(crate) arguments: Vec<(&'static str, Cow<'static, str>)>,
    pub(crate) related: Vec<Related>,
    pub(crate) notes: Vec<String>,
    /// Whether the class of the item's system decides what is asked, because the item's own class is what is wrong.
    pub(crate) by_system: bool,
    /// The clauses that it counts against; empty for all of the rule's.
    pub(crate) clauses: Vec<Cow<'static, str>>,
}

/// How many items of one kind a rule saw for one clause and one software system.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The clause; empty for all of the rule's.
    pub(crate) clause: &'static str,
    pub(crate) system: usize,
    pub(crate) kind: Kind,
    pub(crate) count: usize,
    pub(crate) first: ItemIx,
    pub(crate) last: ItemIx,
}

/// Evidence in words.
#[derive(Debug)]
pub(crate) struct Note {
    pub(crate) clause: &'static str,
    pub(crate) text: String,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(rule: &'a Rule, cx: &'a Snapshot<'a>) -> Findings<'a> {
        Findings { rule, cx, reports: Vec::new(), seen: Vec::new(), notes: Vec::new() }
    }

    /// A finding at the heading of an item. Fills `{subject}`.
    pub fn at_item(&mut self, ix: ItemIx, item: &Item) -> &mut Report {
        let location = item.location();
        self.push(location, Some(ix), Some(item.id.to_string()))
    }

    /// A finding at a field of an item, or at its heading where it has no such field. Fills `{subject}`.
    pub fn at_field(&mut self, ix: ItemIx, item: &Item, key: &str) -> &mut Report {
        let span = item.field(key).map_or(item.heading, |f| f.key_span);
        self.push(item.location_of(span), Some(ix), Some(item.id.to_string()))
    }

    /// A finding at some place, about an item. Fills `{subject}`.
    pub fn at_place_in(&mut self, ix: ItemIx, item: &Item, location: Location) -> &mut Report {
        self.push(location, Some(ix), Some(item.id.to_string()))
    }

    /// A finding about a record of the ledger: the entry's number, and what it is about. Fills `{subject}`.
    pub fn at_entry(&mut self, seq: u64, subject: &str) -> &mut Report {
        self.push(Location::entry(seq), None, Some(subject.to_owned()))
    }

    /// A finding about the product as a whole, at a place of `dossier.toml` or of a document.
    pub fn at(&mut self, location: Location) -> &mut Report {
        self.push(location, None, None)
    }

    fn push(&mut self, location: Location, item: Option<ItemIx>, subject: Option<String>) -> &mut Report {
        let mut arguments: Vec<(&'static str, Cow<'static, str>)> = Vec::with_capacity(3);
        if let Some(subject) = &subject {
            arguments.push(("subject", Cow::Owned(subject.clone())));
        }
        let report = Report {
            location,
            item,
            subject,
            arguments,
            related: Vec::new(),
            notes: Vec::new(),
            by_system: false,
            clauses: Vec::new(),
        };
        self.reports.push_mut(report)
    }

    /// An item was looked at and is in order: evidence for all clauses of the rule.
    pub fn saw(&mut self, ix: ItemIx, item: &Item) {
        self.saw_for("", ix, item);
    }

    /// An item was looked at and is in order: evidence for one clause of the rule.
    pub fn saw_for(&mut self, clause: &'static str, ix: ItemIx, item: &Item) {
        for system in self.cx.systems.of_item(ix) {
            let known = self
                .seen
                .iter_mut()
                .find(|s| s.system == system && s.kind == item.kind && s.clause == clause);
            match known {
                Some(s) => {
                    s.count += 1;
                    s.last = ix;
                }
                None => {
                    self.seen.push(Seen { clause, system, kind: item.kind, count: 1, first: ix, last: ix });
                }
            }
        }
    }

    /// Something else was looked at and is in order: evidence for all clauses of the rule.
    pub fn saw_text(&mut self, text: impl Into<String>) {
        self.saw_text_for("", text);
    }

    /// Something else was looked at and is in order: evidence for one clause of the rule.
    pub fn saw_text_for(&mut self, clause: &'static str, text: impl Into<String>) {
        self.notes.push(Note { clause, text: text.into() });
    }
}

impl Report {
    /// A finding of a rule that the firm wrote.
    pub(crate) fn of_the_firm(location: Location, item: Option<ItemIx>, subject: String) -> Report {
        let mut report = Report {
            location,
            item,
            subject: None,
            arguments: Vec::new(),
            related: Vec::new(),
            notes: Vec::new(),
            by_system: false,
            clauses: Vec::new(),
        };
        report.about(subject);
        report
    }

    /// Fills a placeholder of message, label and help.
    pub fn arg(&mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> &mut Report {
        self.arguments.push((name, value.into()));
        self
    }

    /// Says what it is about, where the place does not. Fills `{subject}`.
    pub fn about(&mut self, subject: impl Into<String>) -> &mut Report {
        let subject = subject.into();
        self.arguments.retain(|(name, _)| *name != "subject");
        self.arguments.push(("subject", Cow::Owned(subject.clone())));
        self.subject = Some(subject);
        self
    }

    /// Counts it against this clause instead of all of the rule's. May be said several times.
    pub fn clause(&mut self, clause: impl Into<Cow<'static, str>>) -> &mut Report {
        self.clauses.push(clause.into());
        self
    }

    /// Asks what is due for the class of the item's system: for findings about the item's own class.
    pub fn by_class_of_system(&mut self) -> &mut Report {
        self.by_system = true;
        self
    }

    /// Adds a related place.
    pub fn related(&mut self, location: Location, label: impl Into<String>) -> &mut Report {
        self.related.push(Related { location, label: label.into() });
        self
    }

    /// Adds a fact.
    pub fn note(&mut self, note: impl Into<String>) -> &mut Report {
        self.notes.push(note.into());
        self
    }
}
