//! Anomalies, tests, documents and people of two releases.

use super::{DiffRow, DiffSection, Under, items};
use crate::analysis::Analysis;
use model::Kind;
use model::results::Outcome;
use records::State;
use records::state::{Anomaly, Release};
use std::collections::{BTreeMap, BTreeSet};

/// Residual anomalies: new ones, corrected ones, and those that were judged otherwise.
pub(super) fn anomalies(state: &State, from: &str, to: &str) -> DiffSection {
    let mut rows = Vec::new();
    for (id, a) in &state.anomalies {
        let (was, is) = (a.residual_in(from), a.residual_in(to));
        let (became, details) = match (was, is) {
            (false, true) => ("added", vec![format!("severity {}", a.report.body.severity)]),
            (true, false) => ("removed", vec![resolved(a)]),
            (true, true) => ("changed", judged(a, from, to)),
            (false, false) => continue,
        };
        if became == "changed" && details.is_empty() {
            continue;
        }
        let changes = monitoring::anomalies::changes_of(a).into_iter().map(str::to_owned).collect();
        rows.push(DiffRow { id: id.clone(), became, title: a.report.body.title.clone(), details, changes });
    }
    DiffSection { what: "anomalies", rows }
}

fn resolved(a: &Anomaly) -> String {
    match a.resolution().map(|r| (r.body.disposition, r.body.fixed_in.as_deref())) {
        Some((d, Some(version))) => format!("{} in {version}", d.as_str()),
        Some((d, None)) => d.as_str().to_owned(),
        None => String::new(),
    }
}

/// What was judged otherwise for the newer release.
fn judged(a: &Anomaly, from: &str, to: &str) -> Vec<String> {
    let word = |version: &str| {
        let outcome = a.evaluation_for(version).map(|e| e.body.outcome);
        match outcome {
            None => "not evaluated",
            Some(records::EvaluationOutcome::Acceptable) => "acceptable",
            Some(records::EvaluationOutcome::Unacceptable) => "unacceptable",
        }
    };
    let (was, is) = (word(from), word(to));
    if was == is { Vec::new() } else { vec![format!("evaluation: {was} → {is}")] }
}

/// Test cases: their texts, and what became of them on the software of each release.
pub(super) fn tests(old: &Analysis, new: &Analysis, under: &Under) -> DiffSection {
    let mut rows: BTreeMap<String, DiffRow> = items::rows(old, new, under)
        .into_iter()
        .filter(|(kind, _)| *kind == Kind::TestCase)
        .map(|(_, row)| (row.id.clone(), row))
        .collect();
    for ix in new.model.of_kind(Kind::TestCase) {
        let Some(item) = new.model.get(*ix) else { continue };
        let (was, is) = (outcome(old, &item.id), outcome(new, &item.id));
        if was == is || old.model.find(item.id.as_str()).is_none() {
            continue;
        }
        let row = rows.entry(item.id.to_string()).or_insert_with(|| DiffRow {
            id: item.id.to_string(),
            became: "changed",
            title: item.title().to_owned(),
            ..DiffRow::default()
        });
        row.details.push(format!("result: {was} → {is}"));
    }
    DiffSection { what: "tests", rows: rows.into_values().collect() }
}

fn outcome(a: &Analysis, case: &vocabulary::ItemId) -> &'static str {
    let evidence = a.joined.evidence(case);
    let here = match a.software_digest() {
        Some(software) => evidence.and_then(|e| e.on(&software)),
        None => evidence.and_then(|e| e.by_software.first()),
    };
    here.map_or("not run on it", |e| match e.outcome() {
        Outcome::Passed => "passed",
        other => other.as_str(),
    })
}

/// Controlled documents, and who approved the new text.
pub(super) fn documents(state: &State, old: &Analysis, new: &Analysis, under: &Under) -> DiffSection {
    let of = |a: &Analysis| -> BTreeMap<String, (vocabulary::Digest, String)> {
        let all = a.documents.controlled.iter();
        all.map(|d| (d.id.to_string(), (d.digest, d.file.path.to_string()))).collect()
    };
    let (before, after) = (of(old), of(new));
    let row = |id: &String| {
        let (became, path) = match (before.get(id), after.get(id)) {
            (None, Some((_, path))) => ("added", path),
            (Some((_, path)), None) => ("removed", path),
            (Some((a, _)), Some((b, path))) if a != b => ("changed", path),
            _ => return None,
        };
        let approvals = after.get(id).into_iter().flat_map(|(digest, _)| state.approvals_of(id, *digest));
        let mut details: Vec<String> = approvals
            .filter_map(|a| a.meta.signer.as_deref())
            .map(|s| format!("approved by {} ({})", s.name, s.role))
            .collect();
        if details.is_empty() && became != "removed" {
            details.push("its text has no approval".to_owned());
        }
        Some(DiffRow { id: id.clone(), became, title: path.clone(), details, changes: under.path(path) })
    };
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    DiffSection { what: "documents", rows: all.into_iter().filter_map(row).collect() }
}

/// Who held which role at the end of each release, and who signed it.
pub(super) fn people(state: &State, old: &Release, new: &Release) -> DiffSection {
    // The end of a release is its seal; where it is not sealed, now.
    let end = |r: &Release| match &r.sealed {
        Some(s) => (s.meta.seq, s.meta.at.date_utc()),
        None => {
            let last = state.last_at.unwrap_or_else(|| vocabulary::Instant::from_millis(0));
            (state.position, last.date_utc())
        }
    };
    let held = |r: &Release| -> BTreeSet<(String, String)> {
        let (seq, on) = end(r);
        let known = state.persons.iter().filter(|(_, p)| p.enrolled.meta.seq < seq);
        known
            .flat_map(|(id, p)| {
                let roles: BTreeSet<&str> = p.roles.iter().map(|g| g.granted.body.role.as_str()).collect();
                let holds = roles.into_iter().filter(|role| p.holds(role, seq, on));
                holds.map(|role| (id.clone(), role.to_owned())).collect::<Vec<_>>()
            })
            .collect()
    };
    let (was, is) = (held(old), held(new));
    let row = |became: &'static str, (person, role): &(String, String)| DiffRow {
        id: person.clone(),
        became,
        title: state.printed_name(person).to_owned(),
        details: vec![format!("role {role}")],
        changes: Vec::new(),
    };
    let mut rows: Vec<DiffRow> = is.difference(&was).map(|r| row("added", r)).collect();
    rows.extend(was.difference(&is).map(|r| row("removed", r)));
    rows.extend(signers(old, new));
    rows.sort();
    DiffSection { what: "people", rows }
}

/// Signatures of the release by another person than the one before.
fn signers(old: &Release, new: &Release) -> Vec<DiffRow> {
    let of = |r: &Release| -> BTreeMap<String, (String, String)> {
        let manifest =
            r.sealed.as_ref().map(|s| s.body.manifest).or_else(|| r.gate().map(|g| g.body.manifest));
        let signed = manifest.map(|m| r.signatures_over(m)).unwrap_or_default();
        let signer = |s: &&records::Recorded<records::ReleaseSign>| {
            let signer = s.meta.signer.as_deref()?;
            Some((s.body.role.clone(), (signer.person.to_string(), signer.name.to_string())))
        };
        signed.iter().filter_map(signer).collect()
    };
    let (was, is) = (of(old), of(new));
    let row = |(role, (person, name)): (&String, &(String, String))| {
        let before = was.get(role)?;
        (before.0 != *person).then(|| DiffRow {
            id: person.clone(),
            became: "changed",
            title: name.clone(),
            details: vec![format!("signed as {role}; {} did before", before.1)],
            changes: Vec::new(),
        })
    };
    is.iter().filter_map(row).collect()
}
