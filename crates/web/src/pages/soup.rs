//! The SOUP register, and one SOUP item.

use maud::{Markup, html};
use views::{SoupList, SoupPage, SoupRow, tally};

use crate::filter::shown;
use crate::pages::anomalies;
use crate::params::Params;
use crate::parts::{
    facts, filter_bar, finding, id, ids, or_dash, pager, prose, signature, status_with, table,
    verdict_filter, words,
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
        p.sub { "Software of unknown provenance. Versions from " (body.version_source) ". "
            @if body.scan.is_empty() { "Known vulnerabilities were never looked up." }
            @else { "Known vulnerabilities from " (body.scan) "." } }
        p.sub {
            a href="#differences" { (body.differences.len()) " differences" } " · "
            a href="#due" { (body.due.len()) " reviews due" } " · "
            a href="#drift" { (body.drift.len()) " environments" } " · "
            a href="#licences" { (body.licences.len()) " licences" }
        }
        (filter_bar(path, params, verdict_filter(&counts, path, params)))
        (rows(&page.rows, &params.at))
        (pager(&page, path, params))
        (differences(body))
        (due(body, &params.at))
        (drift(body, &params.at))
        (licences(body))
    };
    Content { menu: path, title: "SOUP".into(), main }
}

/// The most lines of differences on the page; `dossier soup list` prints all.
const LINES_MAX: usize = 50;

fn differences(body: &SoupList) -> Markup {
    html! {
        h2 id="differences" { "Differences between register and components" }
        @if body.differences.is_empty() { p.sub { "None: every component stands in an item, and every item has its component." } }
        @else {
            ul { @for line in body.differences.iter().take(LINES_MAX) { li { (words(line)) } } }
            @if body.differences.len() > LINES_MAX {
                p.sub { "and " (body.differences.len() - LINES_MAX) " more: " code { "dossier soup list" } }
            }
        }
    }
}

fn due(body: &SoupList, at: &At) -> Markup {
    html! {
        h2 id="due" { "Reviews of published anomalies that are due" }
        @if body.due.is_empty() { p.sub { "None is due." } }
        @else {
            (table(&["Component", "Version", "Why", "Safety"], body.due.iter().map(|d| vec![
                html! { (id(&d.item, at)) span.t { (d.title) } },
                html! { code { (d.version) } },
                html! { (d.why) },
                html! { @if d.safety { "a hazardous situation can arise in it" } @else { span.faint { "–" } } },
            ])))
            p.sub { "Walk through them: " code { "dossier soup review" } }
        }
    }
}

fn drift(body: &SoupList, at: &At) -> Markup {
    html! {
        h2 id="drift" { "Environments" }
        @if body.drift.is_empty() { p.sub { "No environment was compared with its declaration." } }
        @else {
            (table(&["Environment", "Compared", "Differences", "Change requests", "Verdict"], body.drift.iter().map(|d| vec![
                html! { (d.environment) },
                html! { (d.at) span.remark { (d.compared) " things" } },
                html! {
                    @if d.drifted == 0 { span.faint { "none" } }
                    @for line in &d.differences { div { (words(line)) } }
                    @if d.drifted > d.differences.len() as u64 { div { "and " (d.drifted - d.differences.len() as u64) " more" } }
                },
                ids(&d.changes, at),
                status_with(d.verdict, ""),
            ])))
        }
    }
}

fn licences(body: &SoupList) -> Markup {
    html! {
        h2 id="licences" { "Licences of what is shipped" }
        @if body.licences.is_empty() { p.sub { "No shipped component is known." } }
        @else {
            (table(&["Licence", "Components", "Verdict"], body.licences.iter().map(|l| vec![
                or_dash(&l.licence),
                html! { (l.components) },
                status_with(l.verdict, &l.gap),
            ])))
        }
    }
}

fn vulnerabilities(row: &SoupRow) -> Markup {
    let words = row.known_in_words();
    html! { @if row.known.is_none_or(|k| k.found == 0) { span.faint { (words) } } @else { (words) } }
}

fn rows(rows: &[&SoupRow], at: &At) -> Markup {
    table(
        &["Component", "Version", "Licence", "Used by", "Anomaly list reviewed", "Vulnerabilities", "Verdict"],
        rows.iter().map(|row| {
            vec![
                html! { (id(&row.id, at)) span.t { (row.title) @if row.transitive { " " span.faint { "transitive" } } } },
                html! { code { (row.version) } },
                or_dash(&row.licence),
                ids(&row.used_by, at),
                reviewed(row),
                vulnerabilities(row),
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
            ("vulnerabilities", vulnerabilities(row)),
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
