//! 62304:5.4: units and their detailed design.

use crate::registry::Source;

mod interface_without_design;
mod no_units;
mod unit_without_design;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    no_units::NO_UNITS,
    unit_without_design::UNIT_WITHOUT_DESIGN,
    interface_without_design::INTERFACE_WITHOUT_DESIGN,
];
