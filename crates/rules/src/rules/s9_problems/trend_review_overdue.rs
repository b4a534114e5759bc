//! See `trend_review_overdue.md`.

use crate::prelude::*;

rule!(TREND_REVIEW_OVERDUE, "trend_review_overdue", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let first = state.fielded().filter_map(|(_, r)| r.sealed.as_ref()).map(|s| s.body.day).min();
    let Some(first) = first.filter(|_| !state.anomalies.is_empty()) else { return };
    let term = i64::from(cx.config.anomalies.trend_days);
    let last = state.trend_reviews.iter().map(|r| r.body.to).max();
    let when = match last {
        Some(day) if cx.as_of.days_since(day) <= term => {
            out.saw_text(format!("trends reviewed up to {day}"));
            return;
        }
        Some(day) => format!("last reviewed up to {day}"),
        None if cx.as_of.days_since(first) <= term => return,
        None => "never reviewed".to_owned(),
    };
    out.at(cx.whole_product()).arg("when", when);
}
