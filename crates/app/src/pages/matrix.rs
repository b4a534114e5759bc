//! The live traceability matrix.

use super::reading::Reading;
use model::{ItemIx, Kind, LinkType};
use views::{LinkCell, Matrix, MatrixRow, Outcome, ResultCell, Verdict};

/// One row for each software requirement, each risk control and each system requirement, in the order of the documents.
pub(super) fn matrix(r: &Reading<'_>) -> Matrix {
    let of = |kind| r.model().of_kind(kind).iter().map(|ix| row(r, *ix));
    let kinds = [Kind::SoftwareRequirement, Kind::RiskControl, Kind::SystemRequirement];
    Matrix { rows: kinds.into_iter().flat_map(of).collect() }
}

fn row(r: &Reading<'_>, ix: ItemIx) -> MatrixRow {
    let item = r.model().item(ix);
    let mut sources = r.out_of(ix, LinkType::Satisfies);
    let controls = if item.kind == Kind::RiskControl { LinkType::Controls } else { LinkType::Implements };
    sources.extend(r.out_of(ix, controls));
    let allocated = r.out_of(ix, LinkType::AllocatedTo);
    let mut implemented = r.links_to(ix, LinkType::Implements);
    implemented.extend(r.links_to(ix, LinkType::Satisfies));
    let tests = r.tests_of(ix);
    let (verdict, gap) = judged(r, item.id.as_str(), [&sources, &allocated, &implemented], &tests);
    MatrixRow {
        id: r.item_ref(ix),
        kind: item.kind.plain().to_owned(),
        title: item.title().to_owned(),
        class: Some(r.classes.of(r.model(), ix)),
        sources,
        allocated,
        implemented,
        tests,
        verdict,
        gap,
    }
}

/// The verdict over a row is that of the rules about its requirement and its tests. What only the row shows (a link that
/// proves nothing, a case without a result) is at least an advisory: whether it is demanded, the rules say.
fn judged(r: &Reading<'_>, id: &str, links: [&Vec<LinkCell>; 3], tests: &[ResultCell]) -> (Verdict, String) {
    let gap = gap(links, tests);
    let subjects = std::iter::once(id).chain(tests.iter().map(|t| t.case.target.id.as_str()));
    r.standing(subjects, gap)
}

fn gap(links: [&Vec<LinkCell>; 3], tests: &[ResultCell]) -> String {
    let mut gaps: Vec<String> = Vec::new();
    let links = links.into_iter().flatten().chain(tests.iter().map(|t| &t.case));
    for link in links.filter(|l| !l.state.is_sound()) {
        gaps.push(format!("{} {}", link.target, link.state.as_str()));
    }
    if tests.is_empty() {
        gaps.push("nothing verifies it".to_owned());
    }
    for test in tests.iter().filter(|t| t.outcome != Outcome::Pass) {
        gaps.push(format!("{} {}", test.case.target, test.outcome.as_str()));
    }
    let more = gaps.len().saturating_sub(3);
    gaps.truncate(3);
    let mut text = gaps.join(", ");
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}
