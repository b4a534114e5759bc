//! Registers: changes, complaints, and addenda of sealed releases.

use maud::{Markup, html};
use views::{Ref, Register, RegisterPage, RegisterRow, RegisterTable, tally};

use crate::address::{address, encode, url};
use crate::filter::shown;
use crate::pages::items;
use crate::params::Params;
use crate::parts::{facts, filter_bar, id, ids, pager, prose, status_with, table, verdict_filter};
use crate::shell::Content;
use crate::source::At;

/// All change requests.
pub(crate) fn changes(body: &Register, params: &Params) -> Content {
    list("/changes", "/changes", body, params)
}

/// All complaints.
pub(crate) fn complaints(body: &Register, params: &Params) -> Content {
    list("/complaints", "/complaints", body, params)
}

/// All corrective actions.
pub(crate) fn capas(body: &Register, params: &Params) -> Content {
    list("/capas", "/capas", body, params)
}

/// All sources of feedback.
pub(crate) fn feedback(body: &Register, params: &Params) -> Content {
    list("/feedback", "/feedback", body, params)
}

/// What became known of a release after its seal.
pub(crate) fn addendum(body: &Register, params: &Params) -> Content {
    let version = body.name.trim_start_matches("Addendum to release ");
    list(&format!("/releases/{}/addendum", encode(version)), "/releases", body, params)
}

fn list(path: &str, menu: &'static str, body: &Register, params: &Params) -> Content {
    let keep = |row: &RegisterRow| params.verdict.is_none_or(|verdict| row.verdict == verdict);
    let page = shown(&body.rows, params, keep, |row| {
        let mut texts = vec![row.id.id.as_str(), row.title.as_str()];
        texts.extend(row.cells.iter().flatten().map(|r| r.id.as_str()));
        texts
    });
    let counts = tally(body.rows.iter().map(|row| row.verdict));
    let mut columns = vec!["Record"];
    columns.extend(body.columns.iter().map(String::as_str));
    columns.push("Verdict");
    let rows = page.rows.iter().map(|row| {
        let mut cells = vec![html! { (id(&row.id, &params.at)) span.t { (row.title) } }];
        cells.extend(row.cells.iter().map(|c| ids(c, &params.at)));
        cells.push(status_with(row.verdict, &row.gap));
        cells
    });
    let main = html! {
        h1 { (body.name) }
        p.sub { (body.about) @if body.rows.is_empty() { " None is on record." } }
        (filter_bar(path, params, verdict_filter(&counts, path, params)))
        (table(&columns, rows))
        (pager(&page, path, params))
    };
    Content { menu, title: body.name.clone(), main }
}

/// One change request, with the way to what it touches.
pub(crate) fn change(body: &RegisterPage, params: &Params) -> Content {
    let mut content = one("/changes", body, params);
    let to = url(&format!("/changes/{}/impact", encode(&body.id.id)), &[], &params.at);
    content.main = html! { (content.main) p { a href=(to) { "What it touches" } } };
    content
}

/// What a change request touches.
pub(crate) fn impact(body: &RegisterPage, params: &Params) -> Content {
    one("/changes", body, params)
}

/// One corrective action.
pub(crate) fn capa(body: &RegisterPage, params: &Params) -> Content {
    one("/capas", body, params)
}

/// One complaint.
pub(crate) fn complaint(body: &RegisterPage, params: &Params) -> Content {
    one("/complaints", body, params)
}

fn one(menu: &'static str, body: &RegisterPage, params: &Params) -> Content {
    let at = &params.at;
    let mut fields = vec![("verdict", status_with(body.verdict, &body.gap))];
    fields.extend(body.fields.iter().map(|(name, cell)| (name.as_str(), ids(cell, at))));
    let main = html! {
        p.id { (body.id.id) " · " (body.kind) " · " (body.state) }
        h1 { (body.title) }
        (prose(&body.text, at))
        (facts(fields))
        @for one in &body.tables { (section(one, at)) }
        @if !body.history.is_empty() {
            h2 { "History" }
            (items::history(&body.history, at))
        }
    };
    Content { menu, title: body.id.id.clone(), main }
}

/// A table of a record's page with its heading.
pub(crate) fn section(of: &RegisterTable, at: &At) -> Markup {
    let columns: Vec<&str> = of.columns.iter().map(String::as_str).collect();
    let rows = of.rows.iter().map(|row| row.iter().map(|c| ids(c, at)).collect());
    html! {
        h2 { (of.heading) }
        @if of.rows.is_empty() { p.sub { (of.empty) } } @else { (table(&columns, rows)) }
    }
}

/// The way to the addendum of a sealed release.
pub(crate) fn addendum_link(version: &str, at: &At) -> Markup {
    let to = address(&Ref::new(views::RefKind::Release, version), at).unwrap_or_default();
    let (path, query) =
        to.split_once('?').map_or((to.as_str(), String::new()), |(p, q)| (p, format!("?{q}")));
    html! { a href={ (path) "/addendum" (query) } { "What became known after the seal" } }
}
