//! What users are told: what is new, what was corrected, what is still wrong.

use super::{Material, line, sentence};
use records::state::Anomaly;
use records::{AnomalyEvaluate, EvaluationOutcome};
use std::fmt::Write as _;

/// The text below the title.
pub(super) fn body(m: &Material<'_>) -> String {
    let mut out = String::new();
    let opened = m.state.releases.get(m.version).and_then(|r| r.candidate());
    if let Some(opened) = opened {
        let _ = writeln!(out, "{}", sentence(&opened.body.summary));
        let _ = writeln!(out, "\n- Version: {}\n- Build: {}", line(m.version), line(&opened.body.build));
    }
    match m.since {
        Some(since) => {
            let _ = writeln!(out, "- Replaces: {}", line(since));
        }
        None => {
            let _ = writeln!(out, "- Replaces: nothing; no earlier version was released");
        }
    }
    changes(&mut out, m);
    corrected(&mut out, m);
    known(&mut out, m);
    notices(&mut out, m);
    out
}

/// Changes by what they are for. Corrective ones stand with what they correct.
fn changes(out: &mut String, m: &Material<'_>) {
    let all = m.diff.map(|d| d.change_requests.as_slice()).unwrap_or_default();
    for (head, wanted) in [
        ("What is new", &["perfective"][..]),
        ("What was adapted", &["adaptive", "preventive"]),
        ("Further changes", &[""]),
    ] {
        let rows: Vec<_> = all.iter().filter(|c| wanted.contains(&c.category.as_str())).collect();
        if rows.is_empty() && head != "What is new" {
            continue;
        }
        let _ = writeln!(out, "\n## {head}\n");
        if rows.is_empty() {
            let _ = writeln!(out, "This version brings no new function.");
        }
        for c in rows {
            let _ = writeln!(out, "- {} ({})", line(&c.title), c.change);
        }
    }
    let missing = m.diff.map(|d| d.history_missing.as_str()).unwrap_or_default();
    if !missing.is_empty() {
        let _ = writeln!(out, "\nThe change requests of this version could not be read: {missing}.");
    }
}

/// Anomalies that the version before had and this one has not.
fn corrected(out: &mut String, m: &Material<'_>) {
    let _ = writeln!(out, "\n## Corrected problems\n");
    let Some(since) = m.since else {
        let _ = writeln!(out, "This is the first version.");
        return;
    };
    let gone = |a: &Anomaly| a.residual_in(since) && !a.residual_in(m.version);
    let by_correction =
        |a: &Anomaly| a.resolution().is_some_and(|r| r.body.disposition == records::Disposition::Corrected);
    let rows: Vec<_> = m.state.anomalies.iter().filter(|(_, a)| gone(a) && by_correction(a)).collect();
    if rows.is_empty() {
        let _ = writeln!(out, "No problem of {} is recorded as corrected in this version.", line(since));
    }
    for (id, a) in rows {
        let done = a.resolution().map(|r| sentence(&r.body.resolution)).unwrap_or_default();
        let _ = writeln!(out, "- {id}: {} {done}", sentence(&a.report.body.title));
    }
}

/// Residual anomalies that users are told of, as their evaluations say. Nothing is said of there being none.
fn known(out: &mut String, m: &Material<'_>) {
    let _ = writeln!(out, "\n## Known problems\n");
    let (mut told, mut silent, mut open) = (Vec::new(), 0, Vec::new());
    for (id, a) in m.state.residual_anomalies(m.version) {
        match a.evaluation_for(m.version).map(|e| &e.body) {
            Some(e) if disclosed(e) => told.push((id, a, e)),
            Some(_) => silent += 1,
            None => open.push(id),
        }
    }
    for (id, a, e) in &told {
        let _ = writeln!(out, "### {id} {}\n", line(&a.report.body.title));
        let _ = writeln!(out, "{}", sentence(&a.report.body.description));
        for (head, text) in [
            ("Effect on use", &e.use_effects),
            ("Why it is not corrected", &e.not_corrected),
            ("Plan", &e.plan),
        ] {
            if !text.trim().is_empty() {
                let _ = writeln!(out, "{head}: {}", sentence(text));
            }
        }
        if e.outcome == EvaluationOutcome::Unacceptable {
            let _ = writeln!(out, "It was judged to contribute to an unacceptable risk.");
        }
        out.push('\n');
    }
    if told.is_empty() {
        let _ = writeln!(out, "No known problem of this version was decided to be told to users.");
    }
    if silent > 0 {
        let _ = writeln!(
            out,
            "<!-- {silent} further residual anomalies were evaluated and decided not to be told. -->"
        );
    }
    if !open.is_empty() {
        let _ = writeln!(out, "<!-- not evaluated for this version yet: {} -->", open.join(", "));
    }
}

fn disclosed(e: &AnomalyEvaluate) -> bool {
    match &e.disclosure {
        Some(d) => d.disclosed,
        None => !e.disclosed.trim().is_empty(),
    }
}

/// Notices to users that concern this version.
fn notices(out: &mut String, m: &Material<'_>) {
    let rows = m.state.notices.iter().filter(|(_, n)| {
        n.body.audience == "users"
            && n.body.versions.iter().any(|v| Some(v.as_str()) == m.since || v == m.version)
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n## Notices to users\n");
    for (id, n) in rows {
        let _ = writeln!(out, "- {id}: {}", line(&n.body.about.join(", ")));
    }
}
