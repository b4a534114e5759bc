//! Known vulnerabilities, their judgement, and whether what runs is what was declared.

use crate::registry::Source;
use crate::snapshot::Snapshot;
use model::Kind;
use records::{
    FoundVulnerability, Recorded, SecurityFinding, SecurityTest, State, VulnerabilityAssess,
    VulnerabilityScan,
};

mod advisories_old;
mod base_image_not_verified;
mod environment_drifted;
mod environment_not_observed;
mod fielded_vulnerability_overdue;
mod licence_not_permitted;
mod release_not_scanned;
mod security_change_not_assessed;
mod security_notes_missing;
mod security_test_result_open;
mod soup_review_old;
mod stale_vulnerability_assessment;
mod threat_incomplete;
mod threat_model_missing;
mod threat_not_tested;
mod vulnerability_cadence_not_planned;
mod vulnerability_not_assessed;
mod vulnerability_uncontrolled;
mod vulnerability_under_investigation;
mod watch_missed;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    vulnerability_not_assessed::VULNERABILITY_NOT_ASSESSED,
    vulnerability_under_investigation::VULNERABILITY_UNDER_INVESTIGATION,
    vulnerability_uncontrolled::VULNERABILITY_UNCONTROLLED,
    stale_vulnerability_assessment::STALE_VULNERABILITY_ASSESSMENT,
    release_not_scanned::RELEASE_NOT_SCANNED,
    soup_review_old::SOUP_REVIEW_OLD,
    advisories_old::ADVISORIES_OLD,
    environment_drifted::ENVIRONMENT_DRIFTED,
    environment_not_observed::ENVIRONMENT_NOT_OBSERVED,
    licence_not_permitted::LICENCE_NOT_PERMITTED,
    security_change_not_assessed::SECURITY_CHANGE_NOT_ASSESSED,
    threat_not_tested::THREAT_NOT_TESTED,
    security_test_result_open::SECURITY_TEST_RESULT_OPEN,
    security_notes_missing::SECURITY_NOTES_MISSING,
    threat_incomplete::THREAT_INCOMPLETE,
    threat_model_missing::THREAT_MODEL_MISSING,
    watch_missed::WATCH_MISSED,
    fielded_vulnerability_overdue::FIELDED_VULNERABILITY_OVERDUE,
    base_image_not_verified::BASE_IMAGE_NOT_VERIFIED,
    vulnerability_cadence_not_planned::VULNERABILITY_CADENCE_NOT_PLANNED,
];

/// Whether the cybersecurity file is asked for: the maker says that threats can reach the device, or has found one.
fn in_scope(cx: &Snapshot<'_>) -> bool {
    match cx.config.security.cyber_device {
        Some(stated) => stated,
        None => cx.items_of(Kind::Threat).next().is_some(),
    }
}

/// The results of a security test that nobody has judged, among those that its entry holds.
fn open_results<'a>(state: &State, test: &'a SecurityTest) -> Vec<&'a SecurityFinding> {
    test.found.iter().filter(|f| state.security.judgement_of(&f.key).is_none()).collect()
}

/// The scan that counts: of the release at the gate, else of the work tree.
fn last_scan<'a>(cx: &Snapshot<'a>) -> Option<&'a Recorded<VulnerabilityScan>> {
    let security = &cx.state?.security;
    let of_release = cx.release.as_ref().and_then(|r| security.last_scan(Some(r.version)));
    of_release.or_else(|| security.last_scan(None))
}

/// The newest assessment of a match for exactly this version, at the gate one for this release before others.
fn answer<'a>(
    cx: &Snapshot<'_>,
    state: &'a State,
    found: &FoundVulnerability,
) -> Option<&'a Recorded<VulnerabilityAssess>> {
    let package = found.component.split(['?', '#']).next().unwrap_or_default();
    let package = match package.rsplit_once('@') {
        // An `@` with a slash behind it opens an npm scope.
        Some((before, version)) if !version.contains('/') => before,
        _ => package,
    };
    let fits = |a: &&Recorded<VulnerabilityAssess>| {
        let mut known = std::iter::once(&a.body.vulnerability).chain(&a.body.aliases);
        a.body.component == package
            && a.body.version == found.version
            && known.any(|id| *id == found.id || found.aliases.contains(id))
    };
    let all = || state.security.assessments.iter().rev().filter(fits);
    let release = cx.release.as_ref().map(|r| r.version);
    all().find(|a| release.is_some() && a.body.release.as_deref() == release).or_else(|| all().next())
}
