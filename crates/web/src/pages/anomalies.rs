//! Anomalies: the list, and one anomaly with its evaluations.

use maud::{Markup, html};
use report::day_and_time;
use views::{AnomalyEvaluation, AnomalyPage, AnomalyRow, AnomalySnapshot, tally};

use crate::filter::shown;
use crate::pages::items;
use crate::pages::registers::section;
use crate::params::Params;
use crate::parts::{
    facts, filter_bar, id, ids, links, or_dash, pager, prose, signature, status_with, table, verdict_filter,
};
use crate::shell::Content;
use crate::source::At;

/// All anomalies.
pub(crate) fn anomalies(body: &AnomalySnapshot, params: &Params) -> Content {
    let path = "/anomalies";
    let keep = |row: &AnomalyRow| params.verdict.is_none_or(|verdict| row.verdict == verdict);
    let page = shown(&body.rows, params, keep, |row| {
        vec![&row.id.id, &row.title, &row.state, &row.severity, &row.found_in, &row.origin]
    });
    let counts = tally(body.rows.iter().map(|row| row.verdict));
    let main = html! {
        h1 { "Anomalies" }
        p.sub { "Asked: " (body.query) "." @if body.rows.is_empty() { " None known." } }
        (filter_bar(path, params, verdict_filter(&counts, path, params)))
        (rows(page.rows.iter().copied(), &params.at))
        (pager(&page, path, params))
    };
    Content { menu: path, title: "Anomalies".into(), main }
}

/// Anomalies as rows.
pub(crate) fn rows<'a>(rows: impl Iterator<Item = &'a AnomalyRow>, at: &At) -> Markup {
    table(
        &["Anomaly", "State", "Severity", "Found in", "Affects", "Verdict"],
        rows.map(|row| {
            vec![
                html! { (id(&row.id, at)) span.t { (row.title) } },
                html! { (row.state) },
                or_dash(&row.severity),
                html! { (or_dash(&row.found_in)) @if !row.origin.is_empty() { " " span.faint { (row.origin) } } },
                ids(&row.affects, at),
                status_with(row.verdict, &row.gap),
            ]
        }),
    )
}

/// One anomaly.
pub(crate) fn anomaly(body: &AnomalyPage, params: &Params) -> Content {
    let (residual, row, at) = (&body.anomaly, &body.anomaly.anomaly, &params.at);
    let mut fields = vec![
        ("verdict", status_with(row.verdict, &row.gap)),
        ("severity", or_dash(&row.severity)),
        ("found in", or_dash(&row.found_in)),
        ("origin", or_dash(&row.origin)),
        ("affects", ids(&row.affects, at)),
        ("how to reproduce", prose(&residual.reproduction, at)),
        ("why not corrected", or_dash(&residual.rationale)),
    ];
    fields.extend(body.fields.iter().map(|(name, cell)| (name.as_str(), ids(cell, at))));
    let main = html! {
        p.id { (row.id.id) " · anomaly · " (row.state) }
        h1 { (row.title) }
        p.sub { "Reported " (day_and_time(row.reported)) }
        (prose(&residual.description, at))
        (facts(fields))
        h2 { "Evaluations" }
        @if body.evaluations.is_empty() { p.sub { "It was not evaluated for any release." } }
        @for one in &body.evaluations { (evaluation(one, at)) }
        @for one in &body.tables { (section(one, at)) }
        h2 { "History" }
        (items::history(&body.history, at))
    };
    Content { menu: "/anomalies", title: row.id.id.clone(), main }
}

/// The evaluation for one release: judgement, hazards, controls, signatures.
pub(crate) fn evaluation(one: &AnomalyEvaluation, at: &At) -> Markup {
    html! {
        div.card.pad {
            p { "For release " (id(&one.release, at)) ": " strong { @if one.acceptable { "no contribution to an unacceptable risk" } @else { "contributes to an unacceptable risk" } } }
            p { (one.judgement) }
            (facts(vec![("hazards", links(&one.hazards, at)), ("risk controls", links(&one.controls, at))]))
            div.seat { (signature(&one.signature, at)) }
            @if let Some(prrc) = &one.prrc { div.seat { (signature(prrc, at)) } }
        }
    }
}
