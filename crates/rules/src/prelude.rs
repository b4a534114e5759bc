//! What the check of a rule uses.

pub(crate) use crate::findings::Findings;
pub(crate) use crate::item_facts::{has_part, is_external};
pub(crate) use crate::registry::rule;
pub(crate) use crate::snapshot::Snapshot;
pub(crate) use model::{Item, ItemIx, Kind, Link, LinkState, LinkType};
