//! The ledger: the log, and one entry with its exact bytes.

use maud::{Markup, html};
use report::{day_and_time, thousands};
use views::{EntryPage, LedgerLog, LedgerRow, Ref, RefKind, Verdict};

use crate::params::Params;
use crate::parts::{facts, filter_bar, id, pages, signature, table, verdict};
use crate::shell::Content;
use crate::source::At;

/// Kinds that the log can be narrowed to.
const KINDS: [&str; 8] = ["anomaly/", "change/", "document/", "key/", "release/", "run/", "soup/", "trace/"];

/// A stretch of the log.
pub(crate) fn ledger(body: &LedgerLog, params: &Params) -> Content {
    let path = "/ledger";
    let (look, headline) = if body.verified {
        (Verdict::Pass, "The ledger is verified")
    } else {
        (Verdict::Finding, "The ledger is not verified")
    };
    let main = html! {
        h1 { "Ledger" }
        p.sub { (body.origin) " · position " (thousands(body.size)) " · root " code.whole { (body.root) } }
        (verdict(look, headline, &body.verification))
        (filter_bar(path, params, html! {
            a.f href=(params.with(path, "kind", "")) aria-current=[params.kind.is_empty().then_some("true")] { "all kinds" }
            @for kind in KINDS {
                a.f href=(params.with(path, "kind", kind)) aria-current=[(params.kind == kind).then_some("true")] { (kind.trim_end_matches('/')) }
            }
            @if !params.about.is_empty() { a.f aria-current="true" href=(params.with(path, "about", "")) { "about " (params.about) " ×" } }
        }))
        (rows(&body.rows, &params.at))
        (pages(body.first, body.rows.len(), body.matching, usize::try_from(body.size).unwrap_or(usize::MAX), path, params))
    };
    Content { menu: path, title: "Ledger".into(), main }
}

/// Entries as rows.
pub(crate) fn rows(rows: &[LedgerRow], at: &At) -> Markup {
    table(
        &["Entry", "When", "Who", "What", "About"],
        rows.iter().map(|row| {
            vec![
                id(&Ref::new(RefKind::Entry, row.seq.to_string()), at),
                html! { (day_and_time(row.at)) },
                html! { (row.actor) " " span.faint { (row.via) @if row.signed { ", signed" } } },
                html! { (row.summary) span.t { code { (row.kind) } } },
                html! { @match &row.subject { Some(subject) => (id(subject, at)), None => span.faint { "–" } } },
            ]
        }),
    )
}

/// One entry.
pub(crate) fn entry(body: &EntryPage, params: &Params) -> Content {
    let (row, at) = (&body.row, &params.at);
    let neighbour = |seq: u64, text: &str| {
        let url = crate::address::address(&Ref::new(RefKind::Entry, seq.to_string()), at).unwrap_or_default();
        html! { a href=(url) { (text) } }
    };
    let main = html! {
        p.id { "entry " (row.seq) " of " (thousands(body.size)) " · " (row.kind) }
        h1 { (row.summary) }
        p.sub {
            @if row.seq > 0 { (neighbour(row.seq - 1, "← earlier")) " " }
            @if row.seq + 1 < body.size { (neighbour(row.seq + 1, "later →")) }
        }
        (facts(vec![
            ("when", html! { (day_and_time(row.at)) }),
            ("who", html! { (row.actor) " " span.faint { "via " (row.via) } }),
            ("about", html! { @match &row.subject { Some(subject) => (id(subject, at)), None => span.faint { "–" } } }),
            ("leaf", html! { code.whole { (body.leaf) } }),
        ]))
        h2 { "Signature" }
        @match &body.signature {
            Some(made) => div.card { div.seat { (signature(made, at)) } },
            None => p.sub { "Made by a process; no person signed it." },
        }
        h2 { "Canonical bytes" }
        pre.raw { (body.json) }
    };
    Content { menu: "/ledger", title: format!("Entry {}", row.seq), main }
}
