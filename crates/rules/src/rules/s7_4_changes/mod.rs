//! Clause 7.4: risk of change.

use crate::registry::Source;

mod control_change_not_reanalysed;
mod measures_not_taken;

/// The rules of this group, by id.
pub(super) const RULES: &[Source] =
    &[control_change_not_reanalysed::CONTROL_CHANGE_NOT_REANALYSED, measures_not_taken::MEASURES_NOT_TAKEN];
