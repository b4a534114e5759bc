//! The cybersecurity file: the gate's section, vulnerabilities, threats, tests, monitoring, the documents of premarket guidance.

use maud::{Markup, html};
use views::{SecurityDocument, SecurityDuty, SecurityFile, ThreatRow, Verdict, VulnerabilityRow};

use crate::params::Params;
use crate::parts::{facts, id, ids, or_dash, status, status_with, table};
use crate::shell::Content;
use crate::source::At;

/// The page.
pub(crate) fn security(body: &SecurityFile, params: &Params) -> Content {
    let at = &params.at;
    let open = body.vulnerabilities.iter().filter(|v| verdict(v) != Verdict::Pass).count();
    let main = html! {
        h1 { "Security" }
        p.sub { "The cybersecurity file: " (body.scope) "." }
        h2 { "Section of the gate" }
        (table(&["Duty", "Verdict"], body.duties.iter().map(duty)))
        h2 { "Known vulnerabilities" }
        @if body.vulnerabilities.is_empty() { (no_vulnerabilities(body)) }
        @else {
            p.sub { (body.vulnerabilities.len()) " found by the last scans, " (open) " wait for a judgement." }
            (table(
                &["Vulnerability", "Component", "Of", "Judged", "Safety", "Due", "Verdict"],
                body.vulnerabilities.iter().map(|v| vulnerability(v, at)),
            ))
        }
        (monitoring(body))
        h2 { "Threats" }
        @if body.threats.is_empty() { p.sub { "No threat is modelled, and that is not \"none\"." } }
        @else {
            (table(
                &["Threat", "STRIDE", "Element", "Before", "After", "Hazards", "Answered by", "Tests", "Verdict"],
                body.threats.iter().map(|t| threat(t, at)),
            ))
        }
        (tests(body))
        h2 { "Documents of premarket guidance" }
        (table(&["Document", "There is", "Verdict"], body.documents.iter().map(|d| document(d, at))))
    };
    Content { menu: "/security", title: "Security".into(), main }
}

fn duty(duty: &SecurityDuty) -> Vec<Markup> {
    let missing = html! {
        (duty.duty)
        @if duty.missing.len() > 1 {
            details { summary.faint { (duty.missing.len()) " are missing" } ul { @for line in &duty.missing { li { (line) } } } }
        }
    };
    let first = duty.missing.first().map(String::as_str).unwrap_or_default();
    vec![missing, status_with(duty.verdict, first)]
}

/// Empty is not none: what was looked at is said.
fn no_vulnerabilities(body: &SecurityFile) -> Markup {
    html! {
        @if body.datasets.is_empty() { p.sub { "No data set of advisories was brought in, so nothing is known." } }
        @else { p.sub { "None among the components that were looked up, or nothing was scanned yet: see monitoring." } }
    }
}

/// How a vulnerability stands.
fn verdict(v: &VulnerabilityRow) -> Verdict {
    match (v.status.as_str(), v.safety.as_str()) {
        ("" | "under-investigation", _) => Verdict::Finding,
        ("affected", "uncontrolled") => Verdict::Finding,
        _ if !v.confirm.is_empty() => Verdict::Finding,
        _ => Verdict::Pass,
    }
}

fn vulnerability(v: &VulnerabilityRow, at: &At) -> Vec<Markup> {
    let remark = match (v.status.as_str(), v.confirm.as_str()) {
        ("", _) => "nobody has judged it",
        (_, "") => "",
        (_, why) => why,
    };
    vec![
        html! {
            code { (v.id) } " "
            @if !v.level.is_empty() { span.faint { (v.level) } }
            @if v.exploited { " " strong { "exploited" } }
            @if !v.aliases.is_empty() { br; span.faint { (v.aliases.join(", ")) } }
        },
        html! { code { (v.component) } },
        html! { (v.release.as_deref().unwrap_or("development")) br; span.faint { (v.scan) } },
        html! {
            (or_dash(&v.status))
            @if let Some(entry) = v.entry { " " a.faint href={ "/ledger/" (entry) } { "entry " (entry) } }
            @if !v.impact.is_empty() { br; (v.impact) }
            @if !v.history.is_empty() {
                details { summary.faint { "history" } ul { @for line in &v.history { li { (line) } } } }
            }
        },
        html! { (or_dash(&v.safety)) @if !v.judged.is_empty() { br; (ids(&v.judged, at)) } },
        html! {
            @if let Some(report) = &v.report { (id(report, at)) " " }
            @if let Some(due) = v.due { (due) } @else { (or_dash("")) }
        },
        status_with(verdict(v), remark),
    ]
}

fn monitoring(body: &SecurityFile) -> Markup {
    let next = match body.next_watch {
        Some(day) => html! { (day) },
        None => html! { span.faint { "no release is in the field" } },
    };
    html! {
        h2 { "Monitoring" }
        (facts(vec![("next watch due", next)]))
        @if !body.datasets.is_empty() {
            (table(&["Data set", "Of", "Age", "Advisories", "From"], body.datasets.iter().map(|d| vec![
                html! { code { (d.name) } },
                html! { (d.date) },
                html! { (d.age_days) " days" },
                html! { (d.advisories) },
                html! { (d.source) },
            ])))
        }
        @if !body.watches.is_empty() {
            (table(&["Watch", "Day", "What was done", "Verdict"], body.watches.iter().map(|w| vec![
                html! { code { (w.id) } },
                html! { (w.day) },
                html! { @for line in &w.said { (line) br; } },
                status(if w.whole { Verdict::Pass } else { Verdict::Finding }),
            ])))
        }
        @if !body.events.is_empty() {
            details {
                summary { (body.events.len()) " events: data sets that changed, findings that disappeared" }
                ul { @for event in &body.events { li { (event) } } }
            }
        }
    }
}

fn threat(t: &ThreatRow, at: &At) -> Vec<Markup> {
    let verdict = if t.gap.is_empty() { Verdict::Pass } else { Verdict::Advisory };
    vec![
        html! { (id(&t.id, at)) span.t { (t.title) } },
        or_dash(&t.stride),
        or_dash(&t.element),
        or_dash(&t.before),
        or_dash(&t.after),
        ids(&t.hazards, at),
        ids(&t.mitigations, at),
        html! { (ids(&t.tests, at)) @if !t.tested { " " span.faint { "not passed on this software" } } },
        status_with(verdict, &t.gap),
    ]
}

fn tests(body: &SecurityFile) -> Markup {
    html! {
        h2 { "Security tests" }
        @if body.tests.is_empty() { p.sub { "No report of a security test was brought in." } }
        @else {
            (table(&["Test", "Kind", "Tools", "Day", "Tester", "Results", "Verdict"], body.tests.iter().map(|t| {
                let (verdict, remark) = match (t.open, t.current) {
                    (0, true) => (Verdict::Pass, ""),
                    (0, false) => (Verdict::Advisory, "of other software"),
                    _ => (Verdict::Finding, "results wait for a judgement"),
                };
                vec![
                    html! { code { (t.id) } },
                    html! { (t.kind) },
                    html! { (t.tools.join(", ")) },
                    html! { (t.day) },
                    or_dash(&t.tester),
                    html! { (t.results) ", " (t.open) " open" },
                    status_with(verdict, remark),
                ]
            })))
        }
    }
}

fn document(d: &SecurityDocument, at: &At) -> Vec<Markup> {
    let verdict = if d.state == "there" { Verdict::Pass } else { Verdict::Advisory };
    vec![
        html! { (id(&d.clause, at)) span.t { (d.title) } },
        html! { (ids(&d.documents, at)) @for line in &d.evidence { " " (line) ";" } },
        status_with(verdict, &d.missing),
    ]
}
