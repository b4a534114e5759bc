//! All findings.

use maud::html;
use views::{FindingsOverview, tally};

use crate::filter::shown;
use crate::params::Params;
use crate::parts::{filter_bar, finding, pager, verdict_filter};
use crate::shell::Content;

/// All findings, worst first.
pub(crate) fn findings(body: &FindingsOverview, params: &Params) -> Content {
    let path = "/findings";
    let keep = |row: &views::FindingRow| {
        params.verdict.is_none_or(|verdict| row.verdict == verdict)
            && (params.rule.is_empty() || row.rule.id == params.rule)
    };
    let page = shown(&body.rows, params, keep, |row| {
        let mut texts = vec![row.rule.id.as_str(), &row.name, &row.message];
        texts.extend(row.subject.iter().map(|subject| subject.id.as_str()));
        texts.extend(row.clauses.iter().map(|clause| clause.id.as_str()));
        texts.extend(row.place.iter().map(|place| place.file.as_str()));
        texts
    });
    let counts = tally(body.rows.iter().map(|row| row.verdict));
    let main = html! {
        h1 { "Findings" }
        p.sub { "What the rules found, worst first, each with its place and its next step." }
        (filter_bar(path, params, html! {
            (verdict_filter(&counts, path, params))
            @if !params.rule.is_empty() { a.f aria-current="true" href=(params.with(path, "rule", "")) { "rule " (params.rule) " ×" } }
        }))
        @if !page.rows.is_empty() { div.card { @for row in &page.rows { (finding(row, &params.at, page.rows.len() < 4)) } } }
        (pager(&page, path, params))
    };
    Content { menu: path, title: "Findings".into(), main }
}
