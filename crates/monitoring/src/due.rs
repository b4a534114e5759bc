//! What is due on a day: evaluations of feedback, steps of corrective actions, legal terms, notices, reviews, drills, waivers.

mod access;

use records::State;
use records::state::later;
use serde::Serialize;
use std::collections::BTreeMap;
use vocabulary::Date;

/// Days after which a SOUP review is old.
const SOUP_DAYS: i64 = 90;
/// Days after which an approval that waits is overdue.
const APPROVAL_DAYS: i64 = 14;

/// The terms that a firm sets.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Days within which an anomaly is investigated.
    pub investigate_days: u32,
    /// Days between two reviews of trends.
    pub trend_days: u32,
}

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Due {
    /// The last day for it.
    pub until: Date,
    /// What is to be done, in words.
    pub what: String,
    /// What it is about.
    pub subject: String,
    /// Whether that day has passed.
    pub overdue: bool,
}

/// Everything that is overdue or due within `ahead` days, the oldest first.
pub fn due(state: &State, terms: Terms, as_of: Date, ahead: i64) -> Vec<Due> {
    let horizon = as_of.plus_days(ahead.max(0));
    let mut out = Vec::new();
    let mut add = |until: Date, what: &str, subject: &str| {
        if until <= horizon {
            let overdue = until < as_of;
            out.push(Due { until, what: what.to_owned(), subject: subject.to_owned(), overdue });
        }
    };
    maintenance(state, &mut add);
    problems(state, terms, &mut add);
    reviews(state, as_of, &mut add);
    access::expiries(state, as_of, &mut add);
    access::documents(state, as_of, &mut add);
    out.sort();
    out
}

type Add<'a> = &'a mut dyn FnMut(Date, &str, &str);

fn maintenance(state: &State, add: Add<'_>) {
    for (name, source) in state.sources.iter().filter(|(_, s)| s.registered.body.active) {
        add(source.due(), "evaluate the feedback of", name);
    }
    for (id, capa) in &state.capas {
        if let Some(day) = capa.due() {
            add(day, "take the next step of", id);
        }
    }
    let mut newest = BTreeMap::new();
    for r in &state.reportability {
        newest.insert((&r.body.subject, &r.body.regulation), r);
    }
    for ((subject, regulation), r) in newest {
        if let Some(day) = r.body.deadline.filter(|_| r.body.reportable && r.body.reported.is_none()) {
            add(day, &format!("report under {regulation}:"), subject);
        }
    }
    for (id, complaint) in state.complaints.iter().filter(|(_, c)| c.closed.is_none()) {
        if state.reportability_of(id).is_empty() {
            add(complaint.decision_due(), "decide whether it is reported:", id);
        }
    }
    for (id, anomaly) in &state.anomalies {
        for (version, _) in state.fielded() {
            let Some(judged) = anomaly.judged_in(version) else { continue };
            for (audience, i) in [("users", &judged.body.users), ("regulators", &judged.body.regulators)] {
                let told = state.notices.values().any(|n| {
                    n.body.audience == audience
                        && n.body.about.contains(id)
                        && n.body.versions.iter().any(|v| v == version)
                });
                if let Some(day) = i.until.filter(|_| i.needed && !told) {
                    add(day, &format!("tell {audience} of {version} about"), id);
                }
            }
        }
    }
}

fn problems(state: &State, terms: Terms, add: Add<'_>) {
    for (id, a) in state.anomalies.iter().filter(|(_, a)| a.is_open() && a.investigations.is_empty()) {
        add(a.report.meta.at.date_utc().plus_days(terms.investigate_days.into()), "investigate", id);
    }
    for (id, c) in state.changes.iter().filter(|(_, c)| c.closed.is_none() && c.approvals.is_empty()) {
        add(c.opened.meta.at.date_utc().plus_days(APPROVAL_DAYS), "approve or refuse", id);
    }
    for (report, releases) in state.vulnerabilities_due() {
        let what = format!("judge {} for {}:", report.vulnerability, releases.join(", "));
        add(report.due, &what, &report.anomaly);
    }
    let first = state.fielded().filter_map(|(_, r)| r.sealed.as_ref()).map(|s| s.body.day).min();
    if let Some(first) = first.filter(|_| !state.anomalies.is_empty()) {
        let last = state.trend_reviews.iter().map(|r| r.body.to).max().unwrap_or(first);
        add(last.plus_days(terms.trend_days.into()), "review the trends of", "problem reports");
    }
    // A drill each quarter, once there is something to draw.
    if let Some(first) = first {
        let last = state.drills.iter().map(|d| d.meta.at.date_utc()).max().unwrap_or(first);
        add(quarter_end(last), "run a drill:", "dossier drill");
    }
}

/// The last day of the quarter after the one in which the last drill lay.
fn quarter_end(last: Date) -> Date {
    let quarter = |d: Date| -> (i16, i8) {
        let text = d.to_string();
        let year = text.get(..4).and_then(|y| y.parse().ok()).unwrap_or(1);
        let month: i8 = text.get(5..7).and_then(|m| m.parse().ok()).unwrap_or(1);
        (year, (month - 1) / 3)
    };
    let (year, q) = match quarter(last) {
        (year, 3) => (year + 1, 0),
        (year, q) => (year, q + 1),
    };
    let first_of_next = if q == 3 { Date::new(year + 1, 1, 1) } else { Date::new(year, (q + 1) * 3 + 1, 1) };
    first_of_next.map_or(last, |d| d.plus_days(-1))
}

fn reviews(state: &State, as_of: Date, add: Add<'_>) {
    let mut newest: BTreeMap<&str, Date> = BTreeMap::new();
    for r in &state.soup_reviews {
        let day = newest.entry(r.body.item.as_str()).or_insert(r.body.searched);
        *day = (*day).max(r.body.searched);
    }
    for (item, day) in newest {
        add(day.plus_days(SOUP_DAYS), "review the published anomalies of", item);
    }
    for (id, w) in state.waivers.iter().filter(|(_, w)| w.body.until >= as_of) {
        add(w.body.until, "end or renew the waiver", id);
    }
    let newest = state.fielded().map(|(v, _)| v).reduce(|a, b| if later(b, a) { b } else { a });
    for (version, release) in &state.releases {
        let open = release.sealed.is_none() && release.withdrawn.is_none();
        let behind = newest.is_some_and(|n| later(n, version));
        if let Some(opened) = release.candidate().filter(|_| open && behind) {
            add(opened.meta.at.date_utc(), "withdraw or seal the release", version);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_drill_is_due_by_the_end_of_the_next_quarter() {
        assert_eq!(quarter_end(d("2026-02-03")), d("2026-06-30"));
        assert_eq!(quarter_end(d("2026-02-03")), d("2026-06-30"));
        assert_eq!(quarter_end(d("2025-11-30")), d("2026-03-31"));
        assert_eq!(quarter_end(d("2026-07-01")), d("2026-12-31"));
    }

    #[test]
    fn an_empty_ledger_owes_nothing() {
        let terms = Terms { investigate_days: 30, trend_days: 92 };
        assert!(due(&State::default(), terms, d("2026-03-01"), 30).is_empty());
    }
}
