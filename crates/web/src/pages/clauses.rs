//! Clauses: the list, and one clause with everything that bears on it.

use maud::{Markup, html};
use views::{ClauseList, ClausePage, ClauseRow, tally};

use crate::filter::shown;
use crate::params::Params;
use crate::parts::{evidence, filter_bar, finding, id, pager, prose, status_with, table, verdict_filter};
use crate::shell::Content;
use crate::source::At;

/// All clauses.
pub(crate) fn clauses(body: &ClauseList, params: &Params) -> Content {
    let path = "/clauses";
    let keep = |row: &ClauseRow| params.verdict.is_none_or(|verdict| row.verdict == verdict);
    let page =
        shown(&body.rows, params, keep, |row| vec![&row.clause.id, &row.title, &row.subject, &row.reason]);
    let counts = tally(body.rows.iter().map(|row| row.verdict));
    let main = html! {
        h1 { "Clauses" }
        p.sub { "What the edition asks for, which evidence is there, and what is not. Titles and summaries are our own words." }
        (filter_bar(path, params, verdict_filter(&counts, path, params)))
        (rows(page.rows.iter().copied(), &params.at))
        (pager(&page, path, params))
    };
    Content { menu: path, title: "Clauses".into(), main }
}

fn rows<'a>(rows: impl Iterator<Item = &'a ClauseRow>, at: &At) -> Markup {
    table(
        &["Clause", "Verdict", "System", "Classes", "Checked by", "Evidence"],
        rows.map(|row| {
            vec![
                html! { (id(&row.clause, at)) span.t { (row.title) } },
                status_with(row.verdict, &row.reason),
                html! { (row.subject) },
                html! { (row.classes) },
                html! { @for one in &row.checked_by { span.link { (one) } } },
                html! { (row.evidence) },
            ]
        }),
    )
}

/// One clause.
pub(crate) fn clause(body: &ClausePage, params: &Params) -> Content {
    let at = &params.at;
    let clause = &body.clause.id;
    let main = html! {
        p.id { (clause) }
        h1 { (body.title) }
        (prose(&body.summary, at))
        h2 { "Verdicts" }
        @if body.rows.is_empty() { p.sub { "It is no clause that this product's documents and records are judged by as a whole; it takes part in other verdicts." } }
        @else { (rows(body.rows.iter(), at)) }
        h2 { "Findings" }
        @if body.findings.is_empty() { p.sub { "No finding counts against it." } }
        @else { div.card { @for row in &body.findings { (finding(row, at, true)) } } }
        h2 { "Evidence" }
        @if body.evidence.is_empty() { p.sub { "No evidence was found." } }
        @else { div.card.pad { (evidence(&body.evidence, at)) } }
        @if !body.crosswalk.is_empty() {
            h2 { "In other standards" }
            ul.ev { @for (other, text) in &body.crosswalk { li { (id(other, at)) " " (text) } } }
        }
    };
    Content { menu: "/clauses", title: clause.to_owned(), main }
}
