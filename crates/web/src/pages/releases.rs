//! Releases: the list, and the record of one release as a page.

use maud::{Markup, PreEscaped, html};
use views::{ReleaseList, ReleaseRecord, ReleaseRow};

use crate::address::{address, encode, url};
use crate::params::Params;
use crate::parts::{id, status, table};
use crate::shell::Content;
use crate::source::At;

/// All releases.
pub(crate) fn releases(body: &ReleaseList, params: &Params) -> Content {
    let at = &params.at;
    let main = html! {
        h1 { "Releases" }
        p.sub { "Newest first. A release passes the gate, is signed, sealed on the same day, and delivered." }
        @if body.rows.is_empty() { p { "No release is open. " code.command { "dossier release open VERSION --commit REV" } } }
        @else { (table(&["Release", "State", "Gate", "Signatures", "Released", "Commit"], body.rows.iter().map(|row| vec![
            html! { (id(&row.id, at)) " " span.faint { (row.kind) } span.t { (row.summary) } },
            html! { (row.state.as_str()) },
            gate(row),
            html! { (row.signatures.0) " of " (row.signatures.1) },
            html! { @match row.released { Some(date) => (date), None => span.faint { "–" } } },
            html! { code { (row.commit.chars().take(9).collect::<String>()) } " " span.faint { (row.build) } },
        ]))) }
    };
    Content { menu: "/releases", title: "Releases".into(), main }
}

fn gate(row: &ReleaseRow) -> Markup {
    html! { @match row.verdict { Some(verdict) => (status(verdict)), None => span.faint { "not asked" } } }
}

/// A release in a few words, for the overview.
pub(crate) fn short(row: &ReleaseRow, at: &At) -> Markup {
    html! {
        div.seat {
            div.role { (row.state.as_str()) " · " (row.signatures.0) " of " (row.signatures.1) " signatures" }
            div.who { (id(&row.id, at)) " " (gate(row)) }
            div.when { (row.summary) @if let Some(date) = row.released { " · " (date) } }
        }
    }
}

/// The record of one release, as its document has it.
pub(crate) fn record(body: &ReleaseRecord, params: &Params) -> Content {
    let at = &params.at;
    let version = &body.header.version;
    let sheet = report::release_record(body);
    let text = report::blocks_html(
        &sheet.blocks,
        report::Addresses { of_id: &|id| address(id, at), of_picture: &|_| None },
    );
    let file = |form: &str| url(&format!("/releases/{}{form}", encode(version)), &[], at);
    let main = html! {
        p.id { (body.id) " · software release record · " (body.header.build) }
        h1 { "Release " (version) }
        p.sub { a href=(file("")) { "Gate" } " · " a href=(file("/record.pdf")) { "PDF" } " · " a href=(file("/record.md")) { "Markdown" } }
        @for mark in body.marks.iter().filter(|mark| mark.kind.is_of_release()) { p.mark role="note" { (mark.text) } }
        article.prose.record { (PreEscaped(text)) }
    };
    Content { menu: "/releases", title: format!("Record {version}"), main }
}
