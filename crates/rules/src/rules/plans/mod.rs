//! What plans and procedures state, field by field (`library/plan-fields.toml`): 62304:4.1, 4.2, 5.1, 6.1 and the planning
//! parts of 5.5 and 5.6; and the documents of legacy software (4.4).

use crate::registry::Source;

mod additional_criteria_not_set;
mod common_defects_not_treated;
mod configuration_not_planned;
mod documentation_not_planned;
mod integration_content_not_shown;
mod integration_not_planned;
mod integration_steps_not_planned;
mod legacy_gaps_not_analysed;
mod legacy_gaps_not_planned;
mod legacy_risk_not_analysed;
mod legacy_without_rationale;
mod maintenance_plan_incomplete;
mod plan_incomplete;
mod plan_not_kept_current;
mod plan_without_methods;
mod plan_without_system_inputs;
mod quality_system_not_named;
mod regression_not_planned;
mod risk_management_not_planned;
mod risk_plan_incomplete;
mod supporting_items_not_controlled;
mod unit_criteria_not_set;
mod unit_verification_not_planned;
mod verification_not_planned;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    quality_system_not_named::QUALITY_SYSTEM_NOT_NAMED,
    risk_plan_incomplete::RISK_PLAN_INCOMPLETE,
    plan_incomplete::PLAN_INCOMPLETE,
    plan_not_kept_current::PLAN_NOT_KEPT_CURRENT,
    plan_without_system_inputs::PLAN_WITHOUT_SYSTEM_INPUTS,
    plan_without_methods::PLAN_WITHOUT_METHODS,
    integration_not_planned::INTEGRATION_NOT_PLANNED,
    verification_not_planned::VERIFICATION_NOT_PLANNED,
    risk_management_not_planned::RISK_MANAGEMENT_NOT_PLANNED,
    documentation_not_planned::DOCUMENTATION_NOT_PLANNED,
    configuration_not_planned::CONFIGURATION_NOT_PLANNED,
    supporting_items_not_controlled::SUPPORTING_ITEMS_NOT_CONTROLLED,
    common_defects_not_treated::COMMON_DEFECTS_NOT_TREATED,
    unit_verification_not_planned::UNIT_VERIFICATION_NOT_PLANNED,
    unit_criteria_not_set::UNIT_CRITERIA_NOT_SET,
    additional_criteria_not_set::ADDITIONAL_CRITERIA_NOT_SET,
    integration_steps_not_planned::INTEGRATION_STEPS_NOT_PLANNED,
    integration_content_not_shown::INTEGRATION_CONTENT_NOT_SHOWN,
    regression_not_planned::REGRESSION_NOT_PLANNED,
    maintenance_plan_incomplete::MAINTENANCE_PLAN_INCOMPLETE,
    legacy_risk_not_analysed::LEGACY_RISK_NOT_ANALYSED,
    legacy_gaps_not_analysed::LEGACY_GAPS_NOT_ANALYSED,
    legacy_gaps_not_planned::LEGACY_GAPS_NOT_PLANNED,
    legacy_without_rationale::LEGACY_WITHOUT_RATIONALE,
];
