//! See `archive_not_rehashed.md`.

use crate::prelude::*;

rule!(ARCHIVE_NOT_REHASHED, "archive_not_rehashed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state.filter(|_| cx.profile.second_copy) else { return };
    let sealed = state.releases.values().filter_map(|r| r.sealed.as_ref());
    let Some(first) = sealed.min_by_key(|s| s.meta.seq) else { return };
    let days = cx.config.archive.rehash_days;
    let place = cx.config.place(if cx.config.is_set("archive") { "archive" } else { "product" });
    let clean = state.rehashes.iter().rev().find(|r| r.body.problems == 0);
    let since = clean.map_or(first.body.day, |r| r.meta.at.date_utc());
    let why = match state.rehashes.last() {
        Some(r) if r.body.problems > 0 => format!("the last time {} things did not hold", r.body.problems),
        _ if cx.as_of.days_since(since) > i64::from(days) => "it is overdue".to_owned(),
        _ => {
            out.saw_text(format!("every blob of the archive was read on {since}"));
            return;
        }
    };
    out.at(place).arg("since", since.to_string()).arg("days", days.to_string()).arg("why", why);
}
