//! Clause 8.2: change control, from commits to verification.

use crate::registry::Source;

mod change_answers_nothing;
mod change_not_verified;
mod class_not_checked_again;
mod commit_before_approval;
mod commit_order_not_provable;
mod commit_without_change;
mod regression_not_selected;
mod regression_test_not_run;

/// The rules of this group, by id.
pub(super) const RULES: &[Source] = &[
    commit_without_change::COMMIT_WITHOUT_CHANGE,
    commit_before_approval::COMMIT_BEFORE_APPROVAL,
    commit_order_not_provable::COMMIT_ORDER_NOT_PROVABLE,
    class_not_checked_again::CLASS_NOT_CHECKED_AGAIN,
    regression_not_selected::REGRESSION_NOT_SELECTED,
    regression_test_not_run::REGRESSION_TEST_NOT_RUN,
    change_not_verified::CHANGE_NOT_VERIFIED,
    change_answers_nothing::CHANGE_ANSWERS_NOTHING,
];
