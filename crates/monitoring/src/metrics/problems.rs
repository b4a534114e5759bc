//! Figures of problem resolution and change control.

use super::{About, Input, Metric, Missing, Part, Sense, Standing, from, percent, within};
use records::state::{Anomaly, Change, later};
use records::{Meta, State};
use std::collections::BTreeMap;

/// The newest sealed release; of the versions that are only opened the newest, where none is sealed.
fn newest_release(state: &State) -> Option<(&str, bool)> {
    let newest = |sealed: bool| {
        let all =
            state.releases.iter().filter(|(_, r)| r.withdrawn.is_none() && r.sealed.is_some() == sealed);
        all.map(|(v, _)| v.as_str()).reduce(|a, b| if later(b, a) { b } else { a })
    };
    newest(true).map(|v| (v, true)).or_else(|| newest(false).map(|v| (v, false)))
}

/// Whether the anomaly was known when the release was sealed (or now, where it is not).
fn known_at(state: &State, version: &str, anomaly: &Anomaly) -> bool {
    let sealed = state.releases.get(version).and_then(|r| r.sealed.as_ref());
    sealed.is_none_or(|s| anomaly.report.meta.seq < s.meta.seq)
}

/// What was known and not corrected in the newest release, by severity, each with an evaluation for it.
pub(super) fn open_anomalies(input: &Input<'_>) -> Metric {
    let about = About {
        id: "open-anomalies",
        name: "Open anomalies at release",
        definition: "Anomalies that are known and not corrected in the newest sealed release and were reported before its seal (where none is \
                     sealed: in the newest one that is open). Each needs an evaluation for that release.",
        clauses: &["62304:5.8.2", "62304:5.8.3"],
        unit: "count",
    };
    let mut target = input.targets.of(about.id, Sense::AtMost, None, about.unit);
    target.text = match target.value {
        Some(n) => format!("at most {n}, each evaluated"),
        None => "each evaluated".to_owned(),
    };
    let Some((version, sealed)) = newest_release(input.state) else {
        return about.nothing(target, "no release was opened yet");
    };
    let mut by_severity: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut of, mut missing) = (0_usize, Vec::new());
    for (id, a) in input.state.residual_anomalies(version).filter(|(_, a)| known_at(input.state, version, a))
    {
        of += 1;
        *by_severity.entry(a.report.body.severity.as_str()).or_default() += 1;
        if a.evaluation_for(version).is_none() {
            missing.push(Missing { id: id.to_owned(), why: format!("not evaluated for {version}") });
        }
    }
    let word = if sealed { "sealed" } else { "open, not sealed" };
    let counted = format!("{of} anomalies in {version} ({word}), {} evaluated", of - missing.len());
    let mut metric = about.value(target, count(of), of, of - missing.len(), counted);
    if !missing.is_empty() {
        metric.standing = Standing::Missed;
    }
    let part = |(name, n): (&str, usize)| Part {
        name: name.to_owned(),
        value: Some(count(n)),
        unit: "count",
        of: n,
    };
    Metric { parts: by_severity.into_iter().map(part).collect(), missing, ..metric }
}

/// Of the anomalies of the period, those that were seen in a version that was in the field already.
pub(super) fn escape_rate(input: &Input<'_>) -> Metric {
    let about = About {
        id: "escape-rate",
        name: "Defect escape rate",
        definition: "Anomalies reported in the period that were seen in a version sealed before the report; of all anomalies reported in the period. \
                     Duplicates and what turned out to be no anomaly are left out.",
        clauses: &["62304:6.2.1", "62304:9.6"],
        unit: "percent",
    };
    let target = input.targets.of(about.id, Sense::AtMost, Some(10), about.unit);
    let (mut of, mut missing) = (0_usize, Vec::new());
    for (id, a) in &input.state.anomalies {
        let none = a.resolution().is_some_and(|r| {
            matches!(r.body.disposition, records::Disposition::Duplicate | records::Disposition::NotAnAnomaly)
        });
        if none || !within(input, a.report.meta.at.date_utc()) {
            continue;
        }
        of += 1;
        let seen = a.report.body.version.split('+').next().unwrap_or_default();
        let sealed = input.state.releases.get(seen).and_then(|r| r.sealed.as_ref());
        if sealed.is_some_and(|s| s.meta.seq < a.report.meta.seq) {
            missing.push(Missing { id: id.clone(), why: format!("found in {seen} after its release") });
        }
    }
    if of == 0 {
        return about.nothing(target, &format!("no anomaly was reported since {}", from(input)));
    }
    let escaped = missing.len();
    let counted = format!("{escaped} of {of} anomalies since {}", from(input));
    Metric { missing, ..about.value(target, percent(escaped, of), of, of - escaped, counted) }
}

/// The mean time from the report of an anomaly to the end of its first investigation.
pub(super) fn investigation_time(input: &Input<'_>) -> Metric {
    let about = About {
        id: "investigation-time",
        name: "Time to the end of investigation",
        definition: "Mean days from the report of an anomaly to its first recorded investigation, over the investigations of the period. Anomalies that \
                     wait longer than the target without one are named.",
        clauses: &["62304:9.2"],
        unit: "days",
    };
    let default = Some(input.targets.investigate_days).filter(|n| *n > 0).or(Some(30));
    let target = input.targets.of(about.id, Sense::AtMost, default, about.unit);
    let bound = target.value.unwrap_or(f64::MAX);
    let (mut total, mut longest, mut of, mut hits, mut waiting) = (0_i64, 0_i64, 0_usize, 0_usize, 0_usize);
    let mut missing = Vec::new();
    for (id, a) in &input.state.anomalies {
        let reported = a.report.meta.at;
        match a.investigations.first() {
            Some(i) if within(input, i.meta.at.date_utc()) => {
                let took = (i.meta.at.millis() - reported.millis()).max(0);
                total += took;
                longest = longest.max(took);
                of += 1;
                hits += usize::from(days(took) <= bound);
            }
            Some(_) => {}
            None if a.is_open() => {
                waiting += 1;
                let age = input.as_of.days_since(reported.date_utc());
                if days(age * DAY) > bound {
                    missing.push(Missing {
                        id: id.clone(),
                        why: format!("reported {age} days ago, not investigated"),
                    });
                }
            }
            None => {}
        }
    }
    if of == 0 {
        let metric = about.nothing(target, &format!("no anomaly was investigated since {}", from(input)));
        let standing = if missing.is_empty() { Standing::NoData } else { Standing::Missed };
        return Metric { missing, standing, ..metric };
    }
    let counted = format!(
        "{of} investigations since {}, {hits} within the target, {waiting} anomalies wait",
        from(input)
    );
    let mean = days(total) / count(of);
    let longest = Part { name: "longest".into(), value: Some(super::tenth(days(longest))), unit: "days", of };
    Metric { parts: vec![longest], missing, ..about.value(target, mean, of, hits, counted) }
}

/// Of the changes implemented in the period, those that were analysed for safety first, and again by the risk owner where
/// they touch a verified risk control.
pub(super) fn impact_analysis(input: &Input<'_>) -> Metric {
    let about = About {
        id: "impact-analysis",
        name: "Coverage of change impact analysis",
        definition: "Changes whose safety effect was analysed before they were first implemented and, where they touch a verified risk control since the last \
                     baseline, were re-analysed by the risk owner; of all changes implemented in the period.",
        clauses: &["62304:6.2.3", "62304:7.4.1", "62304:7.4.2"],
        unit: "percent",
    };
    let target = input.targets.of(about.id, Sense::AtLeast, Some(100), about.unit);
    let history = input.documents.and_then(|d| d.history);
    let mut all = Vec::new();
    for (id, c) in input.state.changes.iter().filter(|(_, c)| !c.is_dropped()) {
        let implemented = implemented(input, id, c);
        let Some(first) = implemented.iter().map(|m| m.seq).min() else { continue };
        if !implemented.iter().any(|m| within(input, m.at.date_utc())) {
            continue;
        }
        let said = |a: &&records::Recorded<records::ChangeAnalyse>| !a.body.safety.trim().is_empty();
        let requested = Some(&c.opened.meta).filter(|_| !c.opened.body.safety_analysis.trim().is_empty());
        let analysed = requested.or_else(|| c.analyses.iter().find(said).map(|a| &a.meta));
        let touched = history.and_then(|h| h.touched.get(id)).is_some_and(|t| !t.controls.is_empty());
        let why = match analysed {
            None => Some("its effect on safety was not analysed"),
            Some(a) if a.seq > first => Some("analysed only after it was implemented"),
            Some(_) if touched && c.reanalyses.is_empty() => {
                Some("touches a verified risk control and was not re-analysed")
            }
            Some(_) => None,
        };
        all.push((id.clone(), why.map(str::to_owned)));
    }
    if all.is_empty() {
        return about.nothing(target, &format!("no change was implemented since {}", from(input)));
    }
    about.share(target, "changes implemented in the period", all)
}

/// What shows that a change was implemented: records that name its commits, and when commits that name it were first observed; of one
/// whose commits lie before the last baseline, that it was verified or closed as done.
fn implemented<'a>(input: &Input<'a>, id: &str, c: &'a Change) -> Vec<&'a Meta> {
    let history = input.documents.and_then(|d| d.history);
    let tied = history.into_iter().flat_map(|h| h.of_change(id));
    let observed = tied.filter_map(|commit| input.state.observed.get(&commit.id)).map(|o| &o.meta);
    let mut all: Vec<&Meta> = c.implementations.iter().map(|i| &i.meta).chain(observed).collect();
    if all.is_empty() {
        let closed = c.closed.iter().filter(|x| x.body.done).map(|x| &x.meta);
        all.extend(c.verifications.iter().map(|v| &v.meta).chain(closed));
    }
    all
}

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

#[allow(clippy::cast_precision_loss, reason = "times in milliseconds of some years")]
fn days(millis: i64) -> f64 {
    millis as f64 / DAY as f64
}

#[allow(clippy::cast_precision_loss, reason = "counts of records are small")]
fn count(n: usize) -> f64 {
    n as f64
}
