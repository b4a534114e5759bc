//! See `watch_missed.md`.

use super::in_scope;
use crate::prelude::*;

rule!(WATCH_MISSED, "watch_missed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    if !in_scope(cx) && state.security.datasets.is_empty() {
        return;
    }
    let seals = state.fielded().filter_map(|(_, r)| r.sealed.as_ref());
    let Some(first) = seals.min_by_key(|s| s.meta.seq) else { return };
    let days = i64::from(cx.config.advisories.watch_days);
    let whole = state.security.watches.iter().rev().find(|w| w.body.is_whole());
    let (seq, since) = match whole {
        Some(w) => (w.meta.seq, cx.as_of.days_since(w.meta.at.date_utc())),
        None => (first.meta.seq, cx.as_of.days_since(first.body.day)),
    };
    if since <= days {
        let text = whole.map(|w| format!("{} of {}", w.body.watch, w.meta.at.date_utc()));
        out.saw_text(text.unwrap_or_else(|| format!("the first release was sealed {since} days ago")));
        return;
    }
    let what = match (whole, state.security.watches.last()) {
        (Some(_), _) => format!("were looked up last {since} days ago, and the cadence is {days} days"),
        (None, Some(_)) => "were never looked up without something missing".to_owned(),
        (None, None) => "were never looked up in the advisories".to_owned(),
    };
    out.at_entry(seq, "releases").arg("what", what);
}
