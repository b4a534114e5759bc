//! See `deviation_not_tenable.md`.

use super::judged;
use crate::prelude::*;
use crate::rules::s5_7_verification::has_passed;
use records::DeviationRecord;

rule!(DEVIATION_NOT_TENABLE, "deviation_not_tenable", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, state)) = judged(cx) else { return };
    for deviation in state.deviations_for(release.version) {
        let body = &deviation.body;
        let why = if state.anomalies.contains_key(&body.anomaly) {
            objection(cx, body)
        } else {
            Some(format!("anomaly `{}` is not on record", body.anomaly))
        };
        match why {
            Some(why) => {
                out.at_entry(deviation.meta.seq, body.case.as_str()).arg("why", why);
            }
            None => out.saw_text(format!("deviation for {} in entry {}", body.case, deviation.meta.seq)),
        }
    }
}

/// What the case was to verify and no other passed case does; `None` where nothing is left open.
fn objection(cx: &Snapshot<'_>, deviation: &DeviationRecord) -> Option<String> {
    let Some(case) = cx.model.find(deviation.case.as_str()) else {
        return Some("there is no such test case".to_owned());
    };
    let passed: Vec<ItemIx> = deviation
        .verified_by
        .iter()
        .filter_map(|id| cx.model.find(id.as_str()))
        .filter(|ix| *ix != case && has_passed(cx, cx.model.item(*ix)))
        .collect();
    for (target, _) in cx.model.targets(case, LinkType::Verifies) {
        let otherwise =
            passed.iter().any(|p| cx.model.targets(*p, LinkType::Verifies).any(|(t, _)| t == target));
        if !otherwise {
            let item = cx.model.item(target);
            return Some(format!(
                "{} `{}` is verified by no other case that passed",
                item.kind.plain(),
                item.id
            ));
        }
    }
    None
}
