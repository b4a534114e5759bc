//! 62304:7: the risk chain from hazard to the verification of the control.

use crate::registry::Source;

mod cause_not_documented;
mod cause_without_control;
mod cause_without_item;
mod control_controls_nothing;
mod control_effectiveness_not_shown;
mod control_item_class_too_low;
mod control_not_exercised;
mod control_removed;
mod control_without_design;
mod control_without_verification;
mod field_problem_without_hazard;
mod hazard_without_situation;
mod no_hazards;
mod risk_file_without_revision;
mod situation_without_cause;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    no_hazards::NO_HAZARDS,
    hazard_without_situation::HAZARD_WITHOUT_SITUATION,
    situation_without_cause::SITUATION_WITHOUT_CAUSE,
    cause_without_item::CAUSE_WITHOUT_ITEM,
    cause_without_control::CAUSE_WITHOUT_CONTROL,
    control_without_verification::CONTROL_WITHOUT_VERIFICATION,
    control_effectiveness_not_shown::CONTROL_EFFECTIVENESS_NOT_SHOWN,
    control_controls_nothing::CONTROL_CONTROLS_NOTHING,
    control_item_class_too_low::CONTROL_ITEM_CLASS_TOO_LOW,
    cause_not_documented::CAUSE_NOT_DOCUMENTED,
    control_without_design::CONTROL_WITHOUT_DESIGN,
    control_not_exercised::CONTROL_NOT_EXERCISED,
    risk_file_without_revision::RISK_FILE_WITHOUT_REVISION,
    field_problem_without_hazard::FIELD_PROBLEM_WITHOUT_HAZARD,
    control_removed::CONTROL_REMOVED,
];
