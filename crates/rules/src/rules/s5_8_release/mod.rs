//! 62304:5.8: the release gate, sub-clause by sub-clause, and the duties beside it. These rules run only where a release
//! is being judged.

use crate::prelude::*;
use crate::registry::Source;
use crate::snapshot::ReleaseContext;
use records::state::Anomaly;
use records::{AnomalyEvaluate, Recorded, State};

mod archive_not_ready;
mod build_not_described;
mod checklist_line_open;
mod checklist_missing;
mod configuration_incomplete;
mod delivery_procedure_missing;
mod deviation_not_tenable;
mod document_not_approved;
mod evaluation_without_hazard;
mod no_component_known;
mod none_known_without_looking;
mod platform_without_result;
mod rebuild_not_identical;
mod release_not_staged;
mod release_not_tagged;
mod release_role_vacant;
mod release_tag_moved;
mod residual_anomaly_not_documented;
mod residual_anomaly_without_prrc;
mod results_not_evaluated;
mod retention_not_set;
mod risk_report_missing;
mod stale_anomaly_evaluation;
mod unacceptable_residual_anomaly;
mod unevaluated_residual_anomaly;
mod version_not_reported;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    deviation_not_tenable::DEVIATION_NOT_TENABLE,
    results_not_evaluated::RESULTS_NOT_EVALUATED,
    residual_anomaly_not_documented::RESIDUAL_ANOMALY_NOT_DOCUMENTED,
    none_known_without_looking::NONE_KNOWN_WITHOUT_LOOKING,
    unevaluated_residual_anomaly::UNEVALUATED_RESIDUAL_ANOMALY,
    unacceptable_residual_anomaly::UNACCEPTABLE_RESIDUAL_ANOMALY,
    stale_anomaly_evaluation::STALE_ANOMALY_EVALUATION,
    evaluation_without_hazard::EVALUATION_WITHOUT_HAZARD,
    residual_anomaly_without_prrc::RESIDUAL_ANOMALY_WITHOUT_PRRC,
    release_not_staged::RELEASE_NOT_STAGED,
    version_not_reported::VERSION_NOT_REPORTED,
    release_not_tagged::RELEASE_NOT_TAGGED,
    release_tag_moved::RELEASE_TAG_MOVED,
    configuration_incomplete::CONFIGURATION_INCOMPLETE,
    no_component_known::NO_COMPONENT_KNOWN,
    build_not_described::BUILD_NOT_DESCRIBED,
    rebuild_not_identical::REBUILD_NOT_IDENTICAL,
    checklist_missing::CHECKLIST_MISSING,
    checklist_line_open::CHECKLIST_LINE_OPEN,
    document_not_approved::DOCUMENT_NOT_APPROVED,
    archive_not_ready::ARCHIVE_NOT_READY,
    retention_not_set::RETENTION_NOT_SET,
    delivery_procedure_missing::DELIVERY_PROCEDURE_MISSING,
    risk_report_missing::RISK_REPORT_MISSING,
    release_role_vacant::RELEASE_ROLE_VACANT,
    platform_without_result::PLATFORM_WITHOUT_RESULT,
];

/// The release that is being judged, with the state of the ledger. These rules run only where there is one.
fn judged<'c, 'a>(cx: &'c Snapshot<'a>) -> Option<(&'c ReleaseContext<'a>, &'a State)> {
    cx.release.as_ref().zip(cx.state)
}

/// The newest evaluation of each residual anomaly for the release.
fn evaluations<'a>(
    release: &ReleaseContext<'_>,
    state: &'a State,
) -> impl Iterator<Item = (&'a str, &'a Recorded<AnomalyEvaluate>)> + use<'a> {
    let version = release.version.to_owned();
    residual(release, state).filter_map(move |(id, anomaly)| Some((id, anomaly.evaluation_for(&version)?)))
}

/// The anomalies that are known and not corrected in the release.
fn residual<'a>(
    release: &ReleaseContext<'_>,
    state: &'a State,
) -> impl Iterator<Item = (&'a str, &'a Anomaly)> + use<'a> {
    let version = release.version.to_owned();
    let all = state.anomalies.iter().map(|(id, a)| (id.as_str(), a));
    all.filter(move |(_, a)| a.residual_in(&version))
}
