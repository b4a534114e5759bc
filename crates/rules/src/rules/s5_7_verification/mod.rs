//! 62304:5.5 to 5.7: verification of units, integration and system, and its records.

use crate::prelude::*;
use crate::registry::Source;
use model::results::{RunFacts, SoftwareEvidence};

mod change_not_retested;
mod failure_not_reported;
mod incomplete_run_record;
mod interface_not_tested;
mod no_integration_test;
mod protocol_approved_after_result;
mod requirement_only_deferred;
mod requirement_without_verification;
mod run_totals_differ;
mod source_not_controlled;
mod test_case_incomplete;
mod test_failed;
mod test_not_completed;
mod test_on_other_software;
mod test_verifies_nothing;
mod test_without_result;
mod unit_not_verified;
mod uploaded_result;
mod verified_before_control;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    requirement_without_verification::REQUIREMENT_WITHOUT_VERIFICATION,
    test_without_result::TEST_WITHOUT_RESULT,
    test_failed::TEST_FAILED,
    test_not_completed::TEST_NOT_COMPLETED,
    test_on_other_software::TEST_ON_OTHER_SOFTWARE,
    uploaded_result::UPLOADED_RESULT,
    test_verifies_nothing::TEST_VERIFIES_NOTHING,
    incomplete_run_record::INCOMPLETE_RUN_RECORD,
    unit_not_verified::UNIT_NOT_VERIFIED,
    no_integration_test::NO_INTEGRATION_TEST,
    test_case_incomplete::TEST_CASE_INCOMPLETE,
    source_not_controlled::SOURCE_NOT_CONTROLLED,
    failure_not_reported::FAILURE_NOT_REPORTED,
    change_not_retested::CHANGE_NOT_RETESTED,
    verified_before_control::VERIFIED_BEFORE_CONTROL,
    interface_not_tested::INTERFACE_NOT_TESTED,
    protocol_approved_after_result::PROTOCOL_APPROVED_AFTER_RESULT,
    requirement_only_deferred::REQUIREMENT_ONLY_DEFERRED,
    run_totals_differ::RUN_TOTALS_DIFFER,
];

/// The level of a test case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Unit,
    Integration,
    /// Also what a case without a level is.
    System,
}

pub(super) fn level(case: &Item) -> Level {
    match case.value("level").as_deref() {
        Some("unit") => Level::Unit,
        Some("integration") => Level::Integration,
        _ => Level::System,
    }
}

/// The clause that asks for the record of a case of this level.
fn clause_of_records(case: &Item) -> &'static str {
    match level(case) {
        Level::Unit => "62304:5.5.5",
        Level::Integration => "62304:5.6.7",
        Level::System => "62304:5.7.5",
    }
}

/// The clause that asks for the result of a case of this level.
fn clause_of_results(case: &Item) -> &'static str {
    match level(case) {
        Level::Unit => "62304:5.5.5",
        Level::Integration => "62304:5.6.7",
        Level::System => "62304:5.7.4",
    }
}

/// What the results say of a test case.
enum Tested<'a> {
    /// No run has a result for it.
    Never,
    /// Only runs on other software have; this is the newest of them.
    Elsewhere(&'a RunFacts),
    /// On the present software (on the newest tested one where the present one is not known).
    Here(&'a SoftwareEvidence),
}

fn tested<'a>(cx: &Snapshot<'a>, case: &Item) -> Tested<'a> {
    let Some(results) = cx.results else { return Tested::Never };
    let Some(evidence) = results.evidence(&case.id) else { return Tested::Never };
    if let Some(here) = here(cx, evidence) {
        return Tested::Here(here);
    }
    let newest = evidence.by_software.first().and_then(|e| results.runs.get(e.newest_run as usize));
    newest.map_or(Tested::Never, |run| Tested::Elsewhere(&run.facts))
}

/// The results on the present software (on the newest tested one where the present one is not known).
fn here<'a>(cx: &Snapshot<'_>, evidence: &'a model::results::ItemEvidence) -> Option<&'a SoftwareEvidence> {
    match &cx.software {
        Some(software) => evidence.on(software),
        None => evidence.by_software.first(),
    }
}

/// Whether some case on the level of the system has a result on the present software.
pub(super) fn has_system_test_result(cx: &Snapshot<'_>) -> bool {
    let cases = cx.items_of(Kind::TestCase).filter(|(_, case)| level(case) == Level::System);
    cases.into_iter().any(|(_, case)| matches!(tested(cx, case), Tested::Here(_)))
}

/// The test cases that have to be run: all, but for a release those without which it was signed to do
/// (`deviation-not-tenable` judges these).
fn planned<'a>(cx: &Snapshot<'a>) -> impl Iterator<Item = (ItemIx, &'a Item)> + use<'a> {
    let release = cx.release.as_ref().map(|r| r.version);
    let deviations =
        cx.state.zip(release).map(|(s, v)| s.deviations_for(v).map(|d| &d.body.case).collect::<Vec<_>>());
    let deviations = deviations.unwrap_or_default();
    cx.items_of(Kind::TestCase).filter(move |(_, item)| !deviations.contains(&&item.id))
}

/// Whether something verifies an item: a test case, or a result whose test names it. What became of it is judged for the
/// test, so that one failure is one finding.
pub(super) fn is_verified(cx: &Snapshot<'_>, ix: ItemIx, item: &Item) -> bool {
    cx.model.sources(ix, LinkType::Verifies).next().is_some()
        || cx.results.is_some_and(|r| r.evidence(&item.id).is_some())
}

/// Whether an item has passed on the present software.
pub(super) fn has_passed(cx: &Snapshot<'_>, case: &Item) -> bool {
    matches!(tested(cx, case), Tested::Here(e) if e.outcome() == model::results::Outcome::Passed)
}

/// The runs with a result that counts for some item on the present software, in the order of the ledger.
pub(super) fn counting_runs<'a>(cx: &Snapshot<'a>) -> impl Iterator<Item = &'a RunFacts> + use<'a> {
    let mut counts = vec![false; cx.results.map_or(0, |r| r.runs.len())];
    for evidence in cx.results.iter().flat_map(|r| r.items.values()) {
        for result in here(cx, evidence).iter().flat_map(|e| &e.results) {
            if let Some(slot) = counts.get_mut(result.run as usize) {
                *slot = true;
            }
        }
    }
    let runs = cx.results.map(|r| r.runs.as_slice()).unwrap_or_default();
    runs.iter().zip(counts).filter_map(|(run, counts)| counts.then_some(&run.facts))
}

/// The test cases with each run that has a result for them on the present software.
fn counting_places<'a>(cx: &Snapshot<'a>) -> impl Iterator<Item = (&'a Item, &'a RunFacts)> + use<'a> {
    let results = cx.results;
    let software = cx.software;
    cx.items_of(Kind::TestCase).flat_map(move |(_, item)| {
        let evidence = results.and_then(|r| r.evidence(&item.id));
        let here = evidence.and_then(|e| match &software {
            Some(software) => e.on(software),
            None => e.by_software.first(),
        });
        let places = here.map(|h| h.results.as_slice()).unwrap_or_default();
        let run = move |n: u32| results.and_then(|r| r.runs.get(n as usize)).map(|run| &run.facts);
        places.iter().filter_map(move |place| Some((item, run(place.run)?)))
    })
}
