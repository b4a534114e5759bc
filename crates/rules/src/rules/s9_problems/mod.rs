//! Clause 9: problem resolution.

use crate::registry::Source;

mod adverse_trend_without_action;
mod anomaly_not_disclosed_as_stated;
mod anomaly_not_investigated;
mod correction_without_change;
mod criticality_not_stated;
mod false_claim_of_no_anomalies;
mod fielded_release_not_judged;
mod investigation_incomplete;
mod parties_not_advised;
mod resolution_not_verified;
mod tracker_disagrees;
mod tracker_field_missing;
mod trend_review_overdue;

/// The rules of this group, by id.
pub(super) const RULES: &[Source] = &[
    criticality_not_stated::CRITICALITY_NOT_STATED,
    anomaly_not_investigated::ANOMALY_NOT_INVESTIGATED,
    investigation_incomplete::INVESTIGATION_INCOMPLETE,
    parties_not_advised::PARTIES_NOT_ADVISED,
    correction_without_change::CORRECTION_WITHOUT_CHANGE,
    trend_review_overdue::TREND_REVIEW_OVERDUE,
    adverse_trend_without_action::ADVERSE_TREND_WITHOUT_ACTION,
    resolution_not_verified::RESOLUTION_NOT_VERIFIED,
    tracker_field_missing::TRACKER_FIELD_MISSING,
    tracker_disagrees::TRACKER_DISAGREES,
    fielded_release_not_judged::FIELDED_RELEASE_NOT_JUDGED,
    anomaly_not_disclosed_as_stated::ANOMALY_NOT_DISCLOSED_AS_STATED,
    false_claim_of_no_anomalies::FALSE_CLAIM_OF_NO_ANOMALIES,
];
