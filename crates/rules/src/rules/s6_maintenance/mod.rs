//! Clause 6: maintenance.

use crate::registry::Source;

mod change_not_analysed;
mod feedback_not_evaluated;
mod feedback_problem_without_report;
mod installed_version_not_released;
mod notice_not_issued;
mod report_not_decided;

/// The rules of this group, by id.
pub(super) const RULES: &[Source] = &[
    feedback_not_evaluated::FEEDBACK_NOT_EVALUATED,
    feedback_problem_without_report::FEEDBACK_PROBLEM_WITHOUT_REPORT,
    change_not_analysed::CHANGE_NOT_ANALYSED,
    notice_not_issued::NOTICE_NOT_ISSUED,
    report_not_decided::REPORT_NOT_DECIDED,
    installed_version_not_released::INSTALLED_VERSION_NOT_RELEASED,
];
