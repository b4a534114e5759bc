//! Controlled documents: the list, and one document.

use maud::{PreEscaped, html};
use report::Addresses;
use views::{ControlledDocument, DocumentList, tally};

use crate::address::{address, encode, url};
use crate::filter::shown;
use crate::params::Params;
use crate::parts::{
    digest, facts, filter_bar, id, or_dash, pager, signature, status_with, table, verdict, verdict_filter,
};
use crate::shell::Content;
use crate::source::At;

/// All controlled documents.
pub(crate) fn documents(body: &DocumentList, params: &Params) -> Content {
    let path = "/documents";
    let keep = |row: &views::DocumentRow| params.verdict.is_none_or(|verdict| row.verdict == verdict);
    let page = shown(&body.rows, params, keep, |row| {
        vec![&row.id.id, &row.title, &row.kind, &row.owner, &row.approved_by, &row.gap]
    });
    let counts = tally(body.rows.iter().map(|row| row.verdict));
    let main = html! {
        h1 { "Documents" }
        p.sub { "Controlled documents. An approval holds for exactly the text that was approved." }
        (filter_bar(path, params, verdict_filter(&counts, path, params)))
        (table(&["Document", "Kind", "Revision", "Owner", "Approved by", "Verdict"], page.rows.iter().map(|row| vec![
            html! { (id(&row.id, &params.at)) span.t { (row.title) } },
            html! { (row.kind) },
            html! { (row.revision) " " (digest(&row.digest)) },
            or_dash(&row.owner),
            or_dash(&row.approved_by),
            status_with(row.verdict, &row.gap),
        ])))
        (pager(&page, path, params))
    };
    Content { menu: path, title: "Documents".into(), main }
}

/// One document, with its cover beside it.
pub(crate) fn document(body: &ControlledDocument, params: &Params) -> Content {
    let (cover, at) = (&body.cover, &params.at);
    let sheet = report::controlled_document(body);
    let file = |form: &str| url(&format!("/documents/{}/{form}", encode(&cover.id)), &[], at);
    let picture = |path: &str| {
        let number = body.pictures.iter().position(|picture| picture.path == path)?;
        Some(file(&format!("picture/{number}")))
    };
    let text =
        report::blocks_html(&sheet.blocks, Addresses { of_id: &|id| address(id, at), of_picture: &picture });
    let main = html! {
        p.id { (cover.id) " · " (cover.kind) " · revision " (cover.revision) }
        h1 { (cover.title) }
        p.sub { a href=(file("pdf")) { "PDF" } " · " a href=(file("markdown")) { "Markdown" } }
        (verdict(body.verdict, if body.verdict.blocks() { "Not in force" } else { "In force" }, &body.reason))
        div.cols {
            article.prose { (PreEscaped(text)) }
            aside {
                h2.first { "Document" }
                @for (name, value) in &cover.control { p.sub { (name) ": " b { (value) } } }
                (facts(vec![
                    ("owner", or_dash(&cover.owner)),
                    ("file", html! { code { (or_dash(cover.file.as_deref().unwrap_or_default())) } }),
                    ("content", digest(&cover.digest)),
                ]))
                h2 { "Approvals" }
                @if cover.approvals.is_empty() { p.sub { "Nobody approved this text." } }
                @else { div.card { @for made in &cover.approvals { div.seat { (signature(made, at)) } } } }
                @if *at == At::default() { p.signs { a.btn.quiet[!cover.approvals.is_empty()] href=(file("sign")) { "Approve this text" } } }
                h2 { "Revisions" }
                @if cover.history.is_empty() { p.sub { "No earlier revision is recorded." } }
                @else { div.card { @for row in &cover.history { div.seat {
                    div.role { "revision " (row.revision) " · " (row.date) " · " (row.author) }
                    div { (row.change) }
                    div.when { (or_dash(&row.approved_by)) " · " (digest(&row.digest)) }
                } } } }
            }
        }
    };
    Content { menu: "/documents", title: cover.id.clone(), main }
}
