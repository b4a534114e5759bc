//! The gate of one release: first the verdict, then the reason, then the evidence.

use maud::{Markup, html};
use views::{GatePage, GateSection, ReleaseHeader, ReleaseState};

use crate::address::{encode, url};
use crate::pages::anomalies;
use crate::pages::registers::addendum_link;
use crate::params::Params;
use crate::parts::{digest, evidence, facts, finding, prose, seat, status, verdict, words};
use crate::shell::Content;
use crate::source::At;

/// The most findings of a section that are listed here, and how many of them are shown in full.
const FINDINGS_MAX: usize = 12;
const OPEN_MAX: usize = 3;

/// The gate.
pub(crate) fn gate(body: &GatePage, params: &Params) -> Content {
    let (header, at) = (&body.header, &params.at);
    let file = |form: &str| url(&format!("/releases/{}/{form}", encode(&header.version)), &[], at);
    let main = html! {
        p.id { (header.candidate) " · build " (header.build) " · " (header.kind) " release · class " (header.class) }
        h1 { "Release " (header.version) }
        p.sub { (header.summary) }
        (steps(header.state))
        @for mark in body.marks.iter().filter(|mark| mark.kind.is_of_release()) { p.mark role="note" { (mark.text) } }
        (verdict(body.verdict, &body.headline, &body.reason))
        div.cols {
            section {
                h2.first { "Gate, clause 5.8" }
                @if body.sections.is_empty() { p.sub { "The gate has not looked at this release yet." } }
                @else { div.card { @for section in &body.sections { (section_row(section, at)) } } }
                @if !body.adjacent.is_empty() {
                    h2 { "Adjacent duties" }
                    div.card { @for section in &body.adjacent { (section_row(section, at)) } }
                }
                h2 { "Residual anomalies" }
                @if body.anomalies.is_empty() { p.sub { "None known." } }
                @else { (anomalies::rows(body.anomalies.iter().map(|row| &row.anomaly), at)) }
                @if !body.afterwards.is_empty() {
                    h2 { "After sealing" }
                    div.card.pad { (evidence(&body.afterwards, at)) }
                    p.sub { (addendum_link(&header.version, at)) }
                }
            }
            aside {
                h2.first { "Signatures" }
                div.card { @for one in &body.seats { (seat(one, at)) } }
                p.sub {
                    "Drafted from the records: " a href=(file("notes")) { "release notes" } ", "
                    a href=(file("security-notes")) { "security release notes" }
                }
                @if signable(body, at) { p.signs { a.btn href=(file("sign")) { "Sign this release" } } }
                h2 { "Evidence manifest" }
                div.card.pad {
                    @match &body.manifest_digest {
                        Some(of) => code.whole { "sha256:" (of) },
                        None => span.faint { "none before the gate" },
                    }
                    p.note { "Every signature covers this digest. Any change of evidence voids them." }
                }
                h2 { "Record" }
                div.card.pad { p.note { a href=(file("record")) { "Read" } " · " a href=(file("record.pdf")) { "PDF" } " · " a href=(file("record.md")) { "Markdown" } } }
                h2 { "Baseline" }
                (baseline(header))
            }
        }
    };
    Content { menu: "/releases", title: format!("Release {}", header.version), main }
}

/// Whether somebody's signature is awaited: now, over a verdict that may be signed, with a seat that is open.
fn signable(body: &GatePage, at: &At) -> bool {
    *at == At::default()
        && body.header.state < ReleaseState::Sealed
        && !body.verdict.blocks()
        && body.seats.iter().any(|seat| seat.ready)
}

fn baseline(header: &ReleaseHeader) -> Markup {
    let mut rows = vec![
        ("commit", html! { code { (header.commit.chars().take(12).collect::<String>()) } }),
        ("tree", digest(&header.tree)),
        ("profile", html! { (header.profile) }),
    ];
    if let Some(tag) = &header.tag {
        rows.push(("tag", html! { code { (tag) } }));
    }
    if let Some(date) = header.released {
        rows.push(("released", html! { (date) }));
    }
    for (system, class) in &header.systems {
        rows.push(("system", html! { (system) ", class " (class) }));
    }
    facts(rows)
}

/// Where the release stands.
fn steps(state: ReleaseState) -> Markup {
    let done = |step: ReleaseState| state != ReleaseState::Withdrawn && step < state;
    html! {
        ol.steps {
            @for step in ReleaseState::PATH {
                li.done[done(step)].now[step == state] aria-current=[(step == state).then_some("step")] { (step.as_str()) }
            }
            @if state == ReleaseState::Withdrawn { li.now aria-current="step" { "withdrawn" } }
        }
    }
}

fn section_row(section: &GateSection, at: &At) -> Markup {
    html! {
        details.row.long[section.number.chars().count() > 6] #(section.number) open[section.verdict.blocks()] {
            summary { span.id { (section.number) } span { (section.title) } (status(section.verdict)) }
            div.body {
                p { (words(&section.reason)) }
                @if !section.text.is_empty() { (prose(&section.text, at)) }
                @for row in section.findings.iter().take(FINDINGS_MAX) { (finding(row, at, section.findings.len() <= OPEN_MAX)) }
                @if section.findings.len() > FINDINGS_MAX {
                    p.sub { (section.findings.len() - FINDINGS_MAX) " more; the record has all of them." }
                }
                (evidence(&section.evidence, at))
                p { a href=(crate::address::address(&section.clause, at).unwrap_or_default()) { "Clause " (section.clause.id) } }
            }
        }
    }
}
