//! Items: the list, and one item with its trace.

use maud::{Markup, html};
use views::{ItemHistoryRow, ItemList, ItemPage, LinkCell, tally};

use crate::chain::chain_svg;
use crate::filter::shown;
use crate::params::Params;
use crate::parts::{
    digest, facts, filter_bar, finding, id, link, pager, prose, status, table, verdict_filter,
};
use crate::shell::Content;
use crate::source::At;

/// All items.
pub(crate) fn items(body: &ItemList, params: &Params) -> Content {
    let path = "/items";
    let keep = |row: &views::ItemRow| {
        params.verdict.is_none_or(|verdict| row.verdict == verdict)
            && (params.kind.is_empty() || row.kind == params.kind)
    };
    let page = shown(&body.rows, params, keep, |row| vec![&row.id.id, &row.title, &row.kind, &row.file]);
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for row in &body.rows {
        match kinds.iter_mut().find(|(kind, _)| *kind == row.kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((&row.kind, 1)),
        }
    }
    let counts = tally(body.rows.iter().map(|row| row.verdict));
    let main = html! {
        h1 { "Items" }
        p.sub { "Requirements, design, risks and tests, as the documents have them." }
        (filter_bar(path, params, html! {
            (verdict_filter(&counts, path, params))
            span.gap {}
            @for (kind, count) in &kinds {
                @let chosen = params.kind == *kind;
                a.f href=(params.with(path, "kind", if chosen { "" } else { kind })) aria-current=[chosen.then_some("true")] {
                    (kind) " " span.c { (count) }
                }
            }
        }))
        (table(&["Item", "Title", "Kind", "Links", "Verdict", "Place"], page.rows.iter().map(|row| vec![
            id(&row.id, &params.at),
            html! { (row.title) },
            html! { (row.kind) },
            html! { span.num { (row.links_out) " out, " (row.links_in) " in" } },
            status(row.verdict),
            html! { code { (row.file) ":" (row.line) } },
        ])))
        (pager(&page, path, params))
    };
    Content { menu: path, title: "Items".into(), main }
}

/// One item.
pub(crate) fn item(body: &ItemPage, params: &Params) -> Content {
    let at = &params.at;
    let main = html! {
        p.id { (body.id.id) " · " (body.kind) @if let Some(class) = body.class { " · class " (class) } }
        h1 { (body.title) }
        p.sub { code { (body.file) ":" (body.line) } " · content " (digest(&body.digest)) }
        (prose(&body.text, at))
        @if !body.fields.is_empty() {
            (facts(body.fields.iter().map(|(name, value)| (name.as_str(), html! { (value) })).collect()))
        }
        h2 { "Trace" }
        (chain_svg(&body.chain, at))
        div.halves {
            (link_list("Links out", &body.links_out, at))
            (link_list("Links in", &body.links_in, at))
        }
        h2 { "Findings" }
        @if body.findings.is_empty() { p.sub { "No rule found anything about this item." } }
        @else { div.card { @for row in &body.findings { (finding(row, at, true)) } } }
        h2 { "History" }
        (history(&body.history, at))
    };
    Content { menu: "/items", title: body.id.id.clone(), main }
}

fn link_list(title: &str, all: &[LinkCell], at: &At) -> Markup {
    html! {
        section {
            h3 { (title) }
            @if all.is_empty() { p.sub { "None." } }
            @else { ul.ev { @for one in all { li { span.faint { (one.link) } " " (link(one, at)) } } } }
        }
    }
}

/// What is known of changes, newest first.
pub(crate) fn history(rows: &[ItemHistoryRow], at: &At) -> Markup {
    html! {
        @if rows.is_empty() { p.sub { "No change is recorded." } }
        @else { (table(&["When", "Who", "What", "Why"], rows.iter().map(|row| vec![
            html! { span.num { (row.when) } },
            html! { (row.who) },
            html! { (row.what) },
            html! { (row.why) @if let Some(reference) = &row.reference { " " (id(reference, at)) } },
        ]))) }
    }
}
