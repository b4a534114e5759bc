//! Releases: the list, and the record of one release as a page.

use maud::{Markup, PreEscaped, html};
use views::{GatePage, Page, ReleaseList, ReleaseRecord, ReleaseRow, SealedRecord};

use crate::address::{address, encode, url};
use crate::pages::registers::addendum_link;
use crate::params::Params;
use crate::parts::{id, prose, status, table};
use crate::shell::Content;
use crate::source::{At, PageResult, Source};

/// A draft of release notes, to be read before somebody takes it into a document.
pub(crate) fn notes(body: &app::Notes, params: &Params) -> Content {
    // The front matter is for the file; the first heading is the page's own.
    let text = body.markdown.split_once("\n# ").map_or(body.markdown.as_str(), |(_, text)| text);
    let (title, text) = text.split_once('\n').unwrap_or((text, ""));
    let since = match &body.since {
        Some(version) => format!("Compared with {version}."),
        None => "Nothing was sealed before it, so there is nothing to compare it with.".to_owned(),
    };
    let main = html! {
        p.id { (body.document) " · a draft" }
        h1 { (title) }
        p.sub { (since) " A draft from the records, made at each look. Its readers get it once it is a document that somebody approved: "
            code { "dossier release notes" } " writes it to " code { (body.path) } "." }
        (prose(text, &params.at))
    };
    Content { menu: "/releases", title: title.to_owned(), main }
}

/// All releases.
pub(crate) fn releases(body: &ReleaseList, params: &Params) -> Content {
    let at = &params.at;
    // The row below is the release before.
    let since = |row: &ReleaseRow| {
        let next = body.rows.iter().skip_while(|r| r.id != row.id).nth(1)?;
        let path = format!("/releases/{}/since/{}", encode(&row.id.id), encode(&next.id.id));
        Some((url(&path, &[], at), next.id.id.clone()))
    };
    let main = html! {
        h1 { "Releases" }
        p.sub { "Newest first. A release passes the gate, is signed, sealed on the same day, and delivered." }
        @if body.rows.is_empty() { p { "No release is open. " code.command { "dossier release open VERSION --commit REV" } } }
        @else { (table(&["Release", "State", "Gate", "Signatures", "Released", "Commit", "What changed"], body.rows.iter().map(|row| vec![
            html! { (id(&row.id, at)) " " span.faint { (row.kind) } span.t { (row.summary) } },
            html! { (row.state.as_str()) },
            gate(row),
            html! { (row.signatures.0) " of " (row.signatures.1) },
            html! { @match row.released { Some(date) => (date), None => span.faint { "–" } } },
            html! { code { (row.commit.chars().take(9).collect::<String>()) } " " span.faint { (row.build) } },
            html! { @match since(row) { Some((path, from)) => a href=(path) { "since " (from) }, None => span.faint { "–" } } },
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

/// A page of a release: judged here, or as it was sealed under another rule set.
pub(crate) enum Judged<T> {
    /// Judged by this program.
    Here(T),
    /// Read from the archive.
    Sealed(SealedRecord),
}

/// The archived record where the release was sealed under another rule set, else what `judge` gives.
pub(crate) fn judged_or_sealed<T>(
    source: &dyn Source,
    at: &At,
    version: &str,
    judge: impl FnOnce() -> PageResult<T>,
) -> PageResult<Judged<T>> {
    if let Some(page) = source.sealed_record(at, version)? {
        return Ok(Page { inputs: page.inputs, badges: page.badges, body: Judged::Sealed(page.body) });
    }
    let page = judge()?;
    Ok(Page { inputs: page.inputs, badges: page.badges, body: Judged::Here(page.body) })
}

/// The gate of a release, or its sealed record.
pub(crate) fn gate_or_sealed(body: &Judged<GatePage>, params: &Params) -> Content {
    match body {
        Judged::Here(gate) => super::gate::gate(gate, params),
        Judged::Sealed(record) => sealed(record, params),
    }
}

/// The record of a release, or the sealed one.
pub(crate) fn record_or_sealed(body: &Judged<ReleaseRecord>, params: &Params) -> Content {
    match body {
        Judged::Here(here) => record(here, params),
        Judged::Sealed(record) => sealed(record, params),
    }
}

fn sealed(body: &SealedRecord, params: &Params) -> Content {
    let version = &body.release.id;
    let blocks = report::markdown_blocks(&body.markdown, 1);
    let text = report::blocks_html(&blocks, report::Addresses { of_id: &|_| None, of_picture: &|_| None });
    let file = |form: &str| url(&format!("/releases/{}{form}", encode(version)), &[], &params.at);
    let main = html! {
        p.id { "release record as it was sealed on " (body.released) }
        h1 { "Release " (version) }
        p.sub { a href=(file("/record.pdf")) { "PDF" } " · " a href=(file("/record.md")) { "Markdown" } " · " (addendum_link(version, &params.at)) }
        p.mark role="note" {
            "This release was sealed under rule set " code { (body.rule_set) } ", which this program does not have. What follows is "
            "read from the archive; the program that judged it lies there too, as " code { "programs/dossier" } "."
        }
        article.prose.record { (PreEscaped(text)) }
    };
    Content { menu: "/releases", title: format!("Record {version}"), main }
}
