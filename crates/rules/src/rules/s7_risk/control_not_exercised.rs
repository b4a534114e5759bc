//! See `control_not_exercised.md`.

use crate::prelude::*;
use crate::rules::s5_7_verification::has_passed;

rule!(CONTROL_NOT_EXERCISED, "control_not_exercised", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    if cx.results.is_none_or(|r| r.runs.is_empty()) {
        return;
    }
    for (ix, item) in cx.items_of(Kind::RiskControl) {
        let requirements = cx.model.sources(ix, LinkType::Implements).map(|(from, _)| from);
        let verified = std::iter::once(ix).chain(requirements);
        let cases: Vec<&Item> = verified
            .flat_map(|v| cx.model.sources(v, LinkType::Verifies))
            .filter_map(|(from, _)| cx.model.get(from))
            .collect();
        if cases.is_empty() {
            // `control-without-verification`, or a result that names the control itself.
            continue;
        }
        if cases.iter().any(|case| has_passed(cx, case)) {
            out.saw(ix, item);
        } else {
            let mut names: Vec<String> = cases.iter().map(|c| format!("`{}`", c.id)).collect();
            names.sort_unstable();
            names.dedup();
            let reasons: Vec<String> = cases.iter().filter_map(|case| why_not(cx, case)).collect();
            let report = out.at_item(ix, item).arg("cases", names.join(", "));
            for reason in reasons {
                report.note(reason);
            }
        }
    }
}

/// Why a case did not pass, in the words of its report: above all that it was expected to fail.
fn why_not(cx: &Snapshot<'_>, case: &Item) -> Option<String> {
    let results = cx.results?;
    let evidence = results.evidence(&case.id)?;
    let here = match &cx.software {
        Some(software) => evidence.on(software)?,
        None => evidence.by_software.first()?,
    };
    let (run, result) = results.result(here.deciding)?;
    let said = if result.message.is_empty() { String::new() } else { format!(": {}", result.message) };
    Some(format!("`{}` {} in run {}{said}", case.id, result.outcome, run.id))
}
