//! 62304:4.3: the safety class, recorded, reasoned, approved.

use crate::registry::Source;

mod class_not_approved;
mod class_not_recorded;
mod class_signed_by_one_side;
mod class_too_low;
mod class_without_rationale;
mod declared_class_differs;
mod external_control_without_proof;
mod initial_class_not_recorded;
mod internal_control_claimed;
mod item_class_lowered;
mod item_class_unreadable;
mod item_class_without_reason;
mod item_group_below_highest;
mod legacy_not_eligible;
mod legacy_without_system_tests;
mod no_software_system;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    no_software_system::NO_SOFTWARE_SYSTEM,
    class_not_recorded::CLASS_NOT_RECORDED,
    class_without_rationale::CLASS_WITHOUT_RATIONALE,
    class_not_approved::CLASS_NOT_APPROVED,
    declared_class_differs::DECLARED_CLASS_DIFFERS,
    item_class_lowered::ITEM_CLASS_LOWERED,
    class_too_low::CLASS_TOO_LOW,
    item_group_below_highest::ITEM_GROUP_BELOW_HIGHEST,
    legacy_not_eligible::LEGACY_NOT_ELIGIBLE,
    legacy_without_system_tests::LEGACY_WITHOUT_SYSTEM_TESTS,
    item_class_unreadable::ITEM_CLASS_UNREADABLE,
    item_class_without_reason::ITEM_CLASS_WITHOUT_REASON,
    external_control_without_proof::EXTERNAL_CONTROL_WITHOUT_PROOF,
    internal_control_claimed::INTERNAL_CONTROL_CLAIMED,
    initial_class_not_recorded::INITIAL_CLASS_NOT_RECORDED,
    class_signed_by_one_side::CLASS_SIGNED_BY_ONE_SIDE,
];
