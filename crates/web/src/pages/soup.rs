//! The SOUP register, and one SOUP item.

use maud::{Markup, html};
use views::{SoupList, SoupPage, SoupRow, tally};

use crate::filter::shown;
use crate::pages::anomalies;
use crate::params::Params;
use crate::parts::{
    facts, filter_bar, finding, id, ids, or_dash, pager, prose, signature, status_with, table, verdict_filter,
};
use crate::shell::Content;
use crate::source::At;

/// The register.
pub(crate) fn soup(body: &SoupList, params: &Params) -> Content {
    let path = "/soup";
    let keep = |row: &SoupRow| params.verdict.is_none_or(|verdict| row.verdict == verdict);
    let page = shown(&body.rows, params, keep, |row| {
        vec![&row.id.id, &row.title, &row.purl, &row.licence, &row.supplier, &row.gap]
    });
    let counts = tally(body.rows.iter().map(|row| row.verdict));
    let main = html! {
        h1 { "SOUP" }
        p.sub { "Software of unknown provenance. Versions from " (body.version_source) "." }
        (filter_bar(path, params, verdict_filter(&counts, path, params)))
        (rows(&page.rows, &params.at))
        (pager(&page, path, params))
    };
    Content { menu: path, title: "SOUP".into(), main }
}

fn rows(rows: &[&SoupRow], at: &At) -> Markup {
    table(
        &["Component", "Version", "Licence", "Used by", "Anomaly list reviewed", "Verdict"],
        rows.iter().map(|row| {
            vec![
                html! { (id(&row.id, at)) span.t { (row.title) @if row.transitive { " " span.faint { "transitive" } } } },
                html! { code { (row.version) } },
                or_dash(&row.licence),
                ids(&row.used_by, at),
                reviewed(row),
                status_with(row.verdict, &row.gap),
            ]
        }),
    )
}

fn reviewed(row: &SoupRow) -> Markup {
    html! {
        @match row.reviewed {
            Some(date) => { (date) @if let Some(days) = row.review_age_days { " " span.faint { (days) " days ago" } } },
            None => span.faint { "never" },
        }
    }
}

/// One SOUP item.
pub(crate) fn soup_item(body: &SoupPage, params: &Params) -> Content {
    let (row, at) = (&body.row, &params.at);
    let main = html! {
        p.id { (row.id.id) " · SOUP" @if row.transitive { " · transitive" } }
        h1 { (row.title) " " (row.version) }
        p.sub { code { (row.purl) } }
        (facts(vec![
            ("verdict", status_with(row.verdict, &row.gap)),
            ("supplier", or_dash(&row.supplier)),
            ("licence", or_dash(&row.licence)),
            ("requirements", prose(&row.requirements, at)),
            ("needs", or_dash(&row.needs)),
            ("used by", ids(&row.used_by, at)),
            ("anomaly list", or_dash(&row.anomaly_list)),
            ("reviewed", reviewed(row)),
            ("support", or_dash(&row.support)),
            ("vulnerabilities", html! { (row.unassessed) " unassessed" }),
        ]))
        @if !body.components.is_empty() { h2 { "Components covered" } (rows(&body.components.iter().collect::<Vec<_>>(), at)) }
        h2 { "Reviews" }
        @if body.reviews.is_empty() { p.sub { "Its anomaly list was never reviewed." } }
        @else { div.card { @for review in &body.reviews { div.seat { (signature(review, at)) } } } }
        @if !body.anomalies.is_empty() { h2 { "Published anomalies judged relevant" } (anomalies::rows(body.anomalies.iter(), at)) }
        @if !body.findings.is_empty() { h2 { "Findings" } div.card { @for row in &body.findings { (finding(row, at, true)) } } }
    };
    Content { menu: "/soup", title: row.id.id.clone(), main }
}
