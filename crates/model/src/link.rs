//! Links between items: their types, which ends they may have, and their states.

use crate::{ItemIx, Kind};
use diagnostics::Span;
use hashbrown::HashSet;
use std::fmt;
use std::str::FromStr;
use vocabulary::{Digest, ItemId, Stamp};

/// The type of a link, as the field that holds it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkType {
    /// A software requirement satisfies a system requirement.
    Satisfies,
    /// A software requirement implements a risk control; a unit or design implements a software requirement.
    Implements,
    /// A software requirement is allocated to a software item.
    AllocatedTo,
    /// An item is part of another.
    PartOf,
    /// A test case verifies something.
    Verifies,
    /// A hazard leads to a hazardous situation.
    LeadsTo,
    /// A cause causes a hazardous situation.
    Causes,
    /// A cause arises in a software item or in SOUP.
    ArisesIn,
    /// A risk control controls a cause or a hazardous situation.
    Controls,
    /// A software item uses SOUP.
    Uses,
    /// A risk control or requirement mitigates a threat.
    Mitigates,
}

impl LinkType {
    /// All types, in the order of the design.
    pub const ALL: [LinkType; 11] = [
        LinkType::Satisfies,
        LinkType::Implements,
        LinkType::AllocatedTo,
        LinkType::PartOf,
        LinkType::Verifies,
        LinkType::LeadsTo,
        LinkType::Causes,
        LinkType::ArisesIn,
        LinkType::Controls,
        LinkType::Uses,
        LinkType::Mitigates,
    ];

    /// The field's name, `allocated-to`.
    pub fn as_str(self) -> &'static str {
        match self {
            LinkType::Satisfies => "satisfies",
            LinkType::Implements => "implements",
            LinkType::AllocatedTo => "allocated-to",
            LinkType::PartOf => "part-of",
            LinkType::Verifies => "verifies",
            LinkType::LeadsTo => "leads-to",
            LinkType::Causes => "causes",
            LinkType::ArisesIn => "arises-in",
            LinkType::Controls => "controls",
            LinkType::Uses => "uses",
            LinkType::Mitigates => "mitigates",
        }
    }

    /// The words for the link seen from its target, `verified by`.
    pub fn inverse(self) -> &'static str {
        match self {
            LinkType::Satisfies => "satisfied by",
            LinkType::Implements => "implemented by",
            LinkType::AllocatedTo => "allocated",
            LinkType::PartOf => "consists of",
            LinkType::Verifies => "verified by",
            LinkType::LeadsTo => "follows from",
            LinkType::Causes => "caused by",
            LinkType::ArisesIn => "place of",
            LinkType::Controls => "controlled by",
            LinkType::Uses => "used by",
            LinkType::Mitigates => "mitigated by",
        }
    }

    /// Whether a link of this type may go from one kind to another: the table of `docs/formats/documents.md`.
    pub fn allows(self, from: Kind, to: Kind) -> bool {
        use Kind::{
            Cause, DetailedDesign, Hazard, HazardousSituation, Interface, RiskControl, SoftwareItem,
            SoftwareRequirement, SoftwareSystem, SoftwareUnit, Soup, SystemRequirement, TestCase, Threat,
        };
        match self {
            LinkType::Satisfies => (from, to) == (SoftwareRequirement, SystemRequirement),
            LinkType::Implements => matches!(
                (from, to),
                (SoftwareRequirement, RiskControl) | (SoftwareUnit | DetailedDesign, SoftwareRequirement)
            ),
            LinkType::AllocatedTo => (from, to) == (SoftwareRequirement, SoftwareItem),
            LinkType::PartOf => match to {
                // Anything may say which software system it belongs to.
                SoftwareSystem => true,
                SoftwareItem => {
                    matches!(from, SoftwareItem | SoftwareUnit | Interface | DetailedDesign | Soup)
                }
                SoftwareUnit => matches!(from, SoftwareUnit | Interface | DetailedDesign),
                // A whole and its parts of the same kind.
                _ => from == to,
            },
            LinkType::Verifies => {
                from == TestCase
                    && matches!(
                        to,
                        SoftwareRequirement
                            | RiskControl
                            | SystemRequirement
                            | Interface
                            | SoftwareUnit
                            | SoftwareItem
                            | Soup
                            | Threat
                    )
            }
            LinkType::LeadsTo => (from, to) == (Hazard, HazardousSituation),
            LinkType::Causes => (from, to) == (Cause, HazardousSituation),
            LinkType::ArisesIn => from == Cause && matches!(to, SoftwareItem | Soup),
            LinkType::Controls => from == RiskControl && matches!(to, Cause | HazardousSituation),
            LinkType::Uses => (from, to) == (SoftwareItem, Soup),
            LinkType::Mitigates => matches!((from, to), (RiskControl | SoftwareRequirement, Threat)),
        }
    }

    /// Whether a chain of links of this type that comes back to its beginning is a fault.
    pub fn is_acyclic(self) -> bool {
        matches!(self, LinkType::PartOf | LinkType::Satisfies | LinkType::Implements)
    }
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The text names no type of link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no link")]
pub struct UnknownLink(pub String);

impl FromStr for LinkType {
    type Err = UnknownLink;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        LinkType::ALL.into_iter().find(|l| l.as_str() == s).ok_or_else(|| UnknownLink(s.to_owned()))
    }
}

/// A link as it is written in an item, before anything is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The type.
    pub kind: LinkType,
    /// The id that it names.
    pub target: ItemId,
    /// The stamp after `@`.
    pub stamp: Option<Stamp>,
    /// Id and stamp in the item's file.
    pub span: Span,
}

/// A link of the model.
#[derive(Clone, Debug)]
pub struct Link {
    /// The item that carries it.
    pub from: ItemIx,
    /// The type.
    pub kind: LinkType,
    /// The id that it names.
    pub target: ItemId,
    /// The item of that id; none where it dangles.
    pub to: Option<ItemIx>,
    /// The stamp.
    pub stamp: Option<Stamp>,
    /// Where it stands in the file of `from`.
    pub span: Span,
    /// What it is worth.
    pub state: LinkState,
}

/// What a link is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkState {
    /// Confirmed against the target's present text, and recorded.
    Current,
    /// The target has changed since: proves nothing.
    Suspect,
    /// Never confirmed, or the stamp has no record.
    Unconfirmed,
    /// There is no such item.
    Dangling,
    /// The ends cannot be linked so.
    WrongKind,
    /// The item has the same link above.
    Duplicate,
}

impl LinkState {
    /// All states.
    pub const ALL: [LinkState; 6] = [
        LinkState::Current,
        LinkState::Suspect,
        LinkState::Unconfirmed,
        LinkState::Dangling,
        LinkState::WrongKind,
        LinkState::Duplicate,
    ];

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            LinkState::Current => "current",
            LinkState::Suspect => "suspect",
            LinkState::Unconfirmed => "unconfirmed",
            LinkState::Dangling => "dangling",
            LinkState::WrongKind => "wrong-kind",
            LinkState::Duplicate => "duplicate",
        }
    }

    /// Whether the link is evidence.
    pub fn proves(self) -> bool {
        self == LinkState::Current
    }

    /// Whether the link joins two items at all, whatever it proves.
    pub fn joins(self) -> bool {
        matches!(self, LinkState::Current | LinkState::Suspect | LinkState::Unconfirmed)
    }
}

impl fmt::Display for LinkState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What the ledger knows about confirmed links.
pub trait Confirmations {
    /// Whether a person's record confirms the link from `from` to `target` while `target` had this content digest.
    fn is_confirmed(&self, from: &ItemId, kind: LinkType, target: &ItemId, target_digest: &Digest) -> bool;
}

/// The confirmed links of a ledger: both ends, the type, and the target's digest.
#[derive(Clone, Debug, Default)]
pub struct ConfirmedLinks(HashSet<(ItemId, ItemId, LinkType, Digest)>);

impl ConfirmedLinks {
    /// Notes a confirmation. The digest of `from` is in the record for people to see; a link stays current when only its
    /// carrier changes, because it is the target that it was confirmed against.
    pub fn insert(&mut self, from: ItemId, kind: LinkType, target: ItemId, target_digest: Digest) {
        self.0.insert((from, target, kind, target_digest));
    }

    /// Makes room for `n` more.
    pub fn reserve(&mut self, n: usize) {
        self.0.reserve(n);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Confirmations for ConfirmedLinks {
    fn is_confirmed(&self, from: &ItemId, kind: LinkType, target: &ItemId, target_digest: &Digest) -> bool {
        // Cloning an id copies 24 bytes; a borrowed pair cannot look up an owned one.
        self.0.contains(&(from.clone(), target.clone(), kind, *target_digest))
    }
}

/// A ledger that confirms nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoConfirmations;

impl Confirmations for NoConfirmations {
    fn is_confirmed(&self, _: &ItemId, _: LinkType, _: &ItemId, _: &Digest) -> bool {
        false
    }
}

/// Takes stamps at their word: for `check --documents-only`, which has no ledger to ask and says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct TrustStamps;

impl Confirmations for TrustStamps {
    fn is_confirmed(&self, _: &ItemId, _: LinkType, _: &ItemId, _: &Digest) -> bool {
        true
    }
}
