//! One record for people: what it is, what it is tied to, and everything that was recorded of it, in order. It is written from the
//! same JSON that programs get, so that the two never say different things.

use crate::context::Global;
use crate::print::{self, Outcome};
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// What became of a record, by the list of its JSON in which it stands.
const ACTS: [(&str, &str); 21] = [
    ("report", "reported"),
    ("amendments", "amended"),
    ("investigations", "investigated"),
    ("advices", "parties advised"),
    ("evaluations", "evaluated"),
    ("fielded", "judged in the field"),
    ("resolutions", "resolved"),
    ("verifications", "verified"),
    ("reopenings", "reopened"),
    ("reportability", "reporting decided"),
    ("request", "requested"),
    ("analyses", "analysed"),
    ("approvals", "approved"),
    ("implementations", "implemented"),
    ("regressions", "tests selected"),
    ("reanalyses", "risk analysed again"),
    ("received", "received"),
    ("erasures", "personal data deleted"),
    ("opened", "opened"),
    ("steps", "worked on"),
    ("closed", "closed"),
];

/// What names the record itself, and is not said again in each entry.
const SUBJECTS: [&str; 4] = ["anomaly", "change", "complaint", "capa"];

/// Prints a record: as JSON where that was asked for.
pub(crate) fn shown(global: &Global, record: &Value) -> Outcome {
    match global.json() {
        true => print::json(record),
        false => print::out(&text(record)),
    }
    Outcome::Clean
}

fn text(record: &Value) -> String {
    let Some(parts) = record.as_object() else { return String::new() };
    let mut entries: Vec<(u64, &str, &Value)> = Vec::new();
    let mut facts = String::new();
    for (name, value) in parts {
        let list = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
        let of_ledger = list.iter().filter_map(|v| Some((v.get("entry")?.as_u64()?, name.as_str(), v)));
        let before = entries.len();
        entries.extend(of_ledger.filter(|(.., v)| v.get("record").is_some()));
        let subject = SUBJECTS.contains(&name.as_str()) || matches!(name.as_str(), "format" | "state");
        if entries.len() == before && !subject {
            fact(&mut facts, name, value);
        }
    }
    entries.sort_by_key(|(seq, ..)| *seq);
    let id = SUBJECTS.iter().find_map(|s| parts.get(*s)?.as_str()).unwrap_or_default();
    let state = parts.get("state").and_then(Value::as_str).unwrap_or_default();
    let mut out = format!("{id} · {state}\n{facts}");
    for (seq, name, entry) in entries {
        let word = ACTS.iter().find(|(n, _)| *n == name).map_or(name, |(_, word)| word);
        let at = entry.get("at").and_then(Value::as_str).unwrap_or_default();
        let day = at.split_once('T').map_or(at, |(day, _)| day);
        let _ = writeln!(out, "\n{day}  {word} by {} (entry {seq})", who(entry));
        for (key, value) in entry.get("record").and_then(Value::as_object).into_iter().flatten() {
            if value.as_str() != Some(id) || !SUBJECTS.contains(&key.as_str()) {
                fact(&mut out, key, value);
            }
        }
    }
    out
}

/// Who signed it in which role, or the process that recorded it.
fn who(entry: &Value) -> String {
    let part = |name: &str| entry.pointer(name).and_then(Value::as_str);
    match (part("/signed_by"), part("/signed_by/name"), part("/signed_by/role")) {
        (Some(signer), ..) => signer.to_owned(),
        (_, Some(name), Some(role)) => format!("{name} ({role})"),
        _ => part("/actor").unwrap_or("nobody").to_owned(),
    }
}

/// A line `name: value`; none where nothing is said.
fn fact(out: &mut String, name: &str, value: &Value) {
    let said = said(value);
    if !said.is_empty() {
        let _ = writeln!(out, "  {}: {}", name.replace('_', " "), said.replace('\n', "\n    "));
    }
}

fn said(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(all) => all.iter().map(said).filter(|s| !s.is_empty()).collect::<Vec<_>>().join(", "),
        Value::Object(parts) => of_object(parts),
    }
}

/// An item that was judged is named without its digest; of other objects everything is said.
fn of_object(parts: &Map<String, Value>) -> String {
    if let (Some(item), true) = (parts.get("item"), parts.contains_key("digest")) {
        return said(item);
    }
    let pairs = parts.iter().map(|(name, value)| (name.replace('_', " "), said(value)));
    let pairs = pairs.filter(|(_, said)| !said.is_empty()).map(|(name, said)| format!("{name} {said}"));
    pairs.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::text;
    use serde_json::json;

    #[test]
    fn a_record_is_told_in_the_order_of_the_ledger_and_what_nobody_said_is_left_out() {
        let record = json!({
            "format": "dossier/anomaly/v1", "anomaly": "A-7", "state": "investigated", "capas": [], "changes": ["CR-1"],
            "evaluations": [{"entry": 9, "at": "2026-03-02T10:00:00.000Z", "actor": "risk-owner",
                "signed_by": {"name": "The risk owner", "role": "risk-owner"},
                "record": {"anomaly": "A-7", "judged": [{"item": "RC-1", "digest": "00"}], "plan": ""}}],
            "report": {"entry": 4, "at": "2026-03-01T10:00:00.000Z", "actor": "developer", "signed_by": null,
                "record": {"anomaly": "A-7", "title": "Late", "description": "one\ntwo", "safety_relevant": false}},
        });
        assert_eq!(
            text(&record),
            "A-7 · investigated\n  changes: CR-1\n\n2026-03-01  reported by developer (entry 4)\n  description: one\n    two\n  \
             safety relevant: no\n  title: Late\n\n2026-03-02  evaluated by The risk owner (risk-owner) (entry 9)\n  judged: RC-1\n"
        );
    }
}
