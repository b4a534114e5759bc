//! SARIF 2.1.0: one run, one rule for each rule that has a finding, one result for each finding. Waived findings are results
//! with a suppression, which counts as accepted where no status is given.

use crate::{Diagnostic, FindingsReport, Location, Severity};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::{self, Write};

pub(super) fn render(out: &mut dyn Write, report: &FindingsReport, version: &str) -> fmt::Result {
    let text = serde_json::to_string_pretty(&log(report, version)).map_err(|_| fmt::Error)?;
    writeln!(out, "{text}")
}

fn log(report: &FindingsReport, version: &str) -> Value {
    let mut rules: BTreeMap<&str, &Diagnostic> = BTreeMap::new();
    for d in &report.findings {
        rules.entry(&d.rule).or_insert(d);
    }
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(i, r)| (*r, i)).collect();
    let driver = json!({
        "name": "dossier",
        "version": version,
        "rules": rules.values().map(|d| rule(d)).collect::<Vec<_>>(),
    });
    let mut run = json!({
        "tool": { "driver": driver },
        "columnKind": "unicodeCodePoints",
        "results": report.findings.iter().map(|d| result(d, &index)).collect::<Vec<_>>(),
        "properties": {
            "product": report.product,
            "edition": report.edition,
            "class": report.class,
            "profile": report.profile,
            "dirty": report.dirty,
            "asOf": report.as_of,
            "ruleSet": report.rule_set,
            "ledger": report.ledger,
            "commit": report.commit,
        },
    });
    if report.findings.is_empty() {
        run["results"] = json!([]);
    }
    let not_applicable = report.clauses.iter().filter(|c| c.verdict == crate::Verdict::NotApplicable);
    run["properties"]["notApplicable"] = not_applicable
        .map(|c| json!({ "clause": c.clause, "subject": c.subject, "reason": c.reason }))
        .collect();
    json!({ "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run] })
}

fn rule(d: &Diagnostic) -> Value {
    json!({
        "id": d.rule,
        "name": d.name,
        "shortDescription": { "text": d.name.replace('-', " ") },
        "properties": { "tags": d.clauses },
    })
}

fn result(d: &Diagnostic, index: &BTreeMap<&str, usize>) -> Value {
    let mut text = d.message.clone();
    if let Some(help) = &d.help {
        text.push_str("\n\nhelp: ");
        text.push_str(help);
    }
    let mut r = Map::new();
    r.insert("ruleId".into(), json!(d.rule));
    if let Some(i) = index.get(d.rule.as_ref()) {
        r.insert("ruleIndex".into(), json!(i));
    }
    r.insert("level".into(), json!(level(d.severity)));
    r.insert("message".into(), json!({ "text": text }));
    r.insert("locations".into(), json!([location(&d.location, &d.label, None)]));
    if !d.related.is_empty() {
        let related = d.related.iter().enumerate().map(|(i, r)| location(&r.location, &r.label, Some(i)));
        r.insert("relatedLocations".into(), related.collect());
    }
    if let Some(waiver) = &d.waived_by {
        let suppression = json!({ "kind": "external", "justification": format!("waived by {waiver}") });
        r.insert("suppressions".into(), json!([suppression]));
    }
    r.insert(
        "properties".into(),
        json!({ "verdict": d.verdict.as_str(), "clauses": d.clauses, "subject": d.subject, "notes": d.notes }),
    );
    Value::Object(r)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn location(l: &Location, label: &str, id: Option<usize>) -> Value {
    let mut out = Map::new();
    match l {
        Location::File { path, line, column, .. } => {
            let physical = json!({
                "artifactLocation": { "uri": uri(path) },
                "region": { "startLine": line, "startColumn": column },
            });
            out.insert("physicalLocation".into(), physical);
        }
        Location::External { url } => {
            out.insert("physicalLocation".into(), json!({ "artifactLocation": { "uri": uri(url) } }));
        }
        other => {
            let name = other.to_string();
            out.insert("logicalLocations".into(), json!([{ "fullyQualifiedName": name, "kind": "record" }]));
        }
    }
    if !label.is_empty() {
        out.insert("message".into(), json!({ "text": label }));
    }
    if let Some(id) = id {
        out.insert("id".into(), json!(id));
    }
    Value::Object(out)
}

/// A path as URI reference: what is not allowed there is percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for b in path.bytes() {
        if b.is_ascii_alphanumeric() || b"-._~/:?#[]@!$&'()*+,;=%".contains(&b) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}
