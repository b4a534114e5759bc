//! Test runs, cases and the report over them.

use super::documents::computed_cover;
use super::reading::{Reading, level, outcome};
use super::signatures;
use model::{Item, ItemIx, Kind, LinkType};
use records::state::Run;
use records::{DeviationRecord, Recorded};
use std::collections::BTreeMap;
use views::{
    CaseOutcome, CaseRow, Deviation, Outcome, Ref, RefKind, RunList, RunPage, RunRow, TestReport, TestSummary,
};
use vocabulary::Digest;

/// The most results of one case that are listed; the counts have all of them.
const RESULTS_MAX: usize = 12;

/// All runs, newest first.
pub(super) fn runs(r: &Reading<'_>) -> RunList {
    let mut all: Vec<&Run> = r.state().runs.values().collect();
    all.sort_by_key(|run| std::cmp::Reverse(run.meta().seq));
    RunList { rows: all.into_iter().map(|run| row(r, run)).collect() }
}

/// The runs on exactly this software.
pub(super) fn runs_on(r: &Reading<'_>, software: Digest) -> Vec<RunRow> {
    let on = |run: &&Run| run.context().software == Some(software);
    let mut all: Vec<&Run> = r.state().runs.values().filter(on).collect();
    all.sort_by_key(|run| run.meta().seq);
    all.into_iter().map(|run| row(r, run)).collect()
}

/// One run with what came out of it.
pub(super) fn run_page(r: &Reading<'_>, id: &str) -> Option<RunPage> {
    let run = r.state().runs.get(id)?;
    let number = r.analysis.joined.runs.iter().position(|known| known.facts.id == id);
    let of_run = |item: &Item| {
        let results = evidence_of_run(r, item, number?);
        (!results.is_empty()).then(|| case_row_of(r, item, results))
    };
    Some(RunPage {
        run: row(r, run),
        cases: r.model().items().iter().filter_map(of_run).collect(),
        signatures: signatures::of(r.state(), run.meta()).into_iter().collect(),
    })
}

fn row(r: &Reading<'_>, run: &Run) -> RunRow {
    let context = run.context();
    let joined = r.analysis.joined.runs.iter().find(|known| known.facts.id == run.id());
    let counted = joined.map(|known| known.results.counts());
    let count = |of: model::results::Outcome| counted.as_ref().map_or(0, |c| c.of(of));
    let (passed, failed) = (
        count(model::results::Outcome::Passed),
        count(model::results::Outcome::Failed) + count(model::results::Outcome::Errored),
    );
    let configuration: Vec<String> = context.configuration.iter().map(|(k, v)| format!("{k}: {v}")).collect();
    let (title, digest) = match run {
        Run::Imported(i) => (format!("{} ({})", i.body.file, i.body.format), i.body.report),
        Run::Executed(e) => (format!("{}, step by step", e.body.protocol), e.body.steps),
    };
    RunRow {
        id: Ref::new(RefKind::Run, run.id()),
        title,
        at: context.ran_at.parse().unwrap_or(run.meta().at),
        by: r.state().printed_name(&context.responsible).to_owned(),
        origin: run.origin().about().to_owned(),
        configuration: configuration.join(", "),
        tools: context.tools.join(", "),
        software: context.software.unwrap_or_else(|| Digest::of(b"")),
        passed,
        failed,
        other: counted.map_or(0, |c| c.total().saturating_sub(passed + failed)),
        digest,
    }
}

/// Counts by level over all planned cases, on the software that was read.
pub(super) fn summary(r: &Reading<'_>) -> Vec<TestSummary> {
    let mut levels: BTreeMap<(usize, String), TestSummary> = BTreeMap::new();
    for case in cases(r) {
        let level = level(case);
        let order = ["unit", "integration", "system"].iter().position(|l| *l == level).unwrap_or(3);
        let empty = || TestSummary {
            level: level.clone(),
            planned: 0,
            passed: 0,
            failed: 0,
            deferred: 0,
            missing: 0,
            runs: vec![],
        };
        let row = levels.entry((order, level.clone())).or_insert_with(empty);
        let seen = r.seen(case);
        row.planned += 1;
        match seen.outcome {
            Outcome::Pass => row.passed += 1,
            Outcome::Fail | Outcome::Blocked => row.failed += 1,
            Outcome::Deferred => row.deferred += 1,
            Outcome::Missing | Outcome::Outdated | Outcome::Skipped => row.missing += 1,
        }
        row.runs.extend(seen.run.filter(|run| !row.runs.contains(run)));
    }
    levels.into_values().collect()
}

/// Signed deviations from the plan, for a version.
pub(super) fn deviations(r: &Reading<'_>, version: &str) -> Vec<Deviation> {
    r.state().deviations_for(version).filter_map(|d| deviation(r, d)).collect()
}

fn deviation(r: &Reading<'_>, d: &Recorded<DeviationRecord>) -> Option<Deviation> {
    let covered: Vec<&str> = d.body.verified_by.iter().map(vocabulary::ItemId::as_str).collect();
    Some(Deviation {
        subject: r.refer(d.body.case.as_str()),
        reason: d.body.reason.clone(),
        covered_by: if covered.is_empty() { "nothing else".to_owned() } else { covered.join(", ") },
        anomaly: Some(r.refer(&d.body.anomaly)),
        signature: signatures::of(r.state(), &d.meta)?,
    })
}

/// The test report over all planned cases on the software that was read.
pub(super) fn report(r: &Reading<'_>) -> TestReport {
    let software = r.software();
    let runs = software.map(|s| runs_on(r, s)).unwrap_or_default();
    let intro = match software {
        Some(s) => format!(
            "Results count for exactly the software that was tested: configuration items, lock files and build recipe \
             with the digest `sha256:{s}`. {} runs are recorded on it.",
            runs.len()
        ),
        None => "There is no commit, so no result counts.".to_owned(),
    };
    TestReport {
        cover: computed_cover(
            r,
            "test-report",
            "Test report",
            software.unwrap_or_else(|| r.analysis.tree_digest()),
        ),
        intro,
        summary: summary(r),
        runs,
        cases: cases(r).map(|case| case_row(r, case)).collect(),
        deviations: r.release.map(|v| deviations(r, v)).unwrap_or_default(),
    }
}

fn cases<'a>(r: &Reading<'a>) -> impl Iterator<Item = &'a Item> {
    let model = r.model();
    model.of_kind(Kind::TestCase).iter().filter_map(|ix: &ItemIx| model.get(*ix))
}

fn case_row(r: &Reading<'_>, case: &Item) -> CaseRow {
    let here = r.software().and_then(|s| r.analysis.joined.evidence(&case.id)?.on(&s));
    let results = here.map(|e| e.results.as_slice()).unwrap_or_default();
    let results = results.iter().filter_map(|at| result(r, *at)).collect();
    case_row_of(r, case, results)
}

fn case_row_of(r: &Reading<'_>, case: &Item, mut results: Vec<CaseOutcome>) -> CaseRow {
    let verifies =
        r.model().find(case.id.as_str()).map(|ix| r.out_of(ix, LinkType::Verifies)).unwrap_or_default();
    results.sort_by_key(|result| result.outcome);
    results.truncate(RESULTS_MAX);
    CaseRow {
        id: r.refer(case.id.as_str()),
        title: case.title().to_owned(),
        level: level(case),
        verifies: verifies.into_iter().map(|l| l.target).collect(),
        outcome: r.seen(case).outcome,
        results,
    }
}

fn evidence_of_run(r: &Reading<'_>, item: &Item, run: usize) -> Vec<CaseOutcome> {
    let all = r.analysis.joined.evidence(&item.id).map(|e| e.by_software.as_slice()).unwrap_or_default();
    let refs = all.iter().flat_map(|e| &e.results).filter(|at| at.run as usize == run);
    refs.filter_map(|at| result(r, *at)).collect()
}

fn result(r: &Reading<'_>, at: model::results::ResultRef) -> Option<CaseOutcome> {
    let (facts, result) = r.analysis.joined.result(at)?;
    let name = if result.class.is_empty() {
        result.name.to_owned()
    } else {
        format!("{}::{}", result.class, result.name)
    };
    let note = if result.message.is_empty() { name } else { format!("{name}: {}", result.message) };
    Some(CaseOutcome {
        run: Ref::new(RefKind::Run, facts.id.as_str()),
        outcome: outcome(result.outcome),
        note,
    })
}
