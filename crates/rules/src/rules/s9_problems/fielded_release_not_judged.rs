//! See `fielded_release_not_judged.md`.

use crate::prelude::*;
use records::Disposition;

rule!(FIELDED_RELEASE_NOT_JUDGED, "fielded_release_not_judged", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut fielded: Vec<_> =
        state.fielded().filter_map(|(version, r)| Some((version, r.sealed.as_ref()?.meta.seq))).collect();
    fielded.sort_by_key(|(_, sealed)| *sealed);
    let mut judged = 0;
    for (id, anomaly) in &state.anomalies {
        let none = anomaly.resolution().is_some_and(|r| {
            matches!(r.body.disposition, Disposition::NotAnAnomaly | Disposition::Duplicate)
        });
        if none {
            continue;
        }
        let since = anomaly.reopenings.last().map_or(0, |r| r.meta.seq).max(anomaly.report.meta.seq);
        let last = anomaly.last_finding();
        let (mut never, mut before) = (Vec::new(), Vec::new());
        for (version, _) in fielded.iter().take_while(|(_, sealed)| *sealed < since) {
            match anomaly.judged_in(version) {
                None => never.push(*version),
                Some(j) if j.body.seen < last => before.push(*version),
                Some(_) => judged += 1,
            }
        }
        let standings = [("is not judged", never), ("was judged before its last finding", before)];
        for (standing, versions) in standings.into_iter().filter(|(_, versions)| !versions.is_empty()) {
            out.at_entry(anomaly.report.meta.seq, id)
                .arg("standing", standing)
                .arg("releases", named(&versions))
                .arg("release", versions.last().copied().unwrap_or_default().to_owned());
        }
    }
    if judged > 0 {
        out.saw_text(format!("{judged} judgements of anomalies against releases in the field"));
    }
}

/// The versions, the newest first: all of a few, and of many how many more there are.
fn named(versions: &[&str]) -> String {
    const FEW: usize = 4;
    let word = if versions.len() == 1 { "release" } else { "releases" };
    let first: Vec<String> = versions.iter().rev().take(FEW).map(|v| format!("`{v}`")).collect();
    let more = match versions.len().saturating_sub(FEW) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{word} {}{more}", first.join(", "))
}
