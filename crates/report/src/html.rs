//! A sheet as one HTML file that needs nothing else, and blocks as HTML inside somebody else's page.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use views::{Picture, Ref, Seat, Signature, Verdict};

use crate::block::{Align, Block, Cell, Column, Inline};
use crate::sheet::{self, Sheet};
use crate::when::day_and_time;

/// The style of self-contained reports.
pub(crate) const STYLE: &str = include_str!("../templates/report.css");

/// Where things are to be found.
#[derive(Clone, Copy)]
pub struct Addresses<'a> {
    /// The address of an id, or none where it has no page.
    pub of_id: &'a dyn Fn(&Ref) -> Option<String>,
    /// The address of a picture by the path that the document writes, or none where it is not shown.
    pub of_picture: &'a dyn Fn(&str) -> Option<String>,
}

/// `blocks` as HTML, each id a link where it has an address. All text is escaped.
pub fn blocks_html(blocks: &[Block], addresses: Addresses<'_>) -> String {
    many(blocks, addresses).into_string()
}

/// `text` with the five characters escaped that HTML gives a meaning.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// A picture inside the file itself. A browser runs nothing that an `img` shows.
fn data_uri(picture: &Picture) -> Option<String> {
    Some(format!("data:{};base64,{}", picture_type(&picture.bytes)?, BASE64.encode(&picture.bytes)))
}

/// The media type of a picture by its first bytes; `None` for what cannot be shown.
pub fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => {
            let head = std::str::from_utf8(bytes).ok()?.trim_start();
            (head.starts_with("<svg") || head.starts_with("<?xml") && head.contains("<svg"))
                .then_some("image/svg+xml")
        }
    }
}

/// Writes `sheet`.
pub(crate) fn write(sheet: &Sheet) -> String {
    write_linked(sheet, &|_| None)
}

/// Writes `sheet` with links.
pub(crate) fn write_linked(sheet: &Sheet, of_id: &dyn Fn(&Ref) -> Option<String>) -> String {
    let cover = &sheet.cover;
    let embedded = |path: &str| sheet.pictures.iter().find(|picture| picture.path == path).and_then(data_uri);
    let nowhere = Addresses { of_id, of_picture: &embedded };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                title { (cover.id) " · " (cover.title) " · " (cover.product) }
                style { (PreEscaped(STYLE)) }
            }
            body.sheet {
                header {
                    p.kicker { (cover.kind) " · " (cover.product) }
                    h1 { (cover.title) }
                    @for mark in &cover.marks { p.mark { (mark.text) } }
                    (facts(&sheet::cover_facts(sheet), nowhere))
                }
                (many(&sheet.blocks, nowhere))
                @if !cover.approvals.is_empty() {
                    h2 { "Approvals" }
                    (approvals(&cover.approvals))
                }
                @if !cover.history.is_empty() {
                    @let (columns, rows) = sheet::history_table(&cover.history);
                    h2 { "History" }
                    (table(&columns, &rows, nowhere))
                }
                footer { span { (cover.id) " · " (cover.revision) } span.mono { "sha256:" (cover.digest) } }
            }
        }
    }
    .into_string()
}

fn many(blocks: &[Block], address: Addresses<'_>) -> Markup {
    html! { @for block in blocks { (one(block, address)) } }
}

fn one(block: &Block, address: Addresses<'_>) -> Markup {
    match block {
        Block::Heading { level, number, text, status } => heading(
            *level,
            number,
            html! {
                @if !number.is_empty() { span.number { (number) } " " }
                (line(text, address))
                @if let Some(verdict) = status { " " (shape_and_word(*verdict)) }
            },
        ),
        Block::Paragraph { text } => html! { p { (line(text, address)) } },
        Block::List { start: None, items } => {
            html! { ul { @for item in items { li { (many(item, address)) } } } }
        }
        Block::List { start: Some(first), items } => {
            html! { ol start=(first) { @for item in items { li { (many(item, address)) } } } }
        }
        Block::Quote { blocks } => html! { blockquote { (many(blocks, address)) } },
        Block::Code { text, .. } => html! { pre { code { (text) } } },
        Block::Facts { rows } => facts(rows, address),
        Block::Table { rows, empty, .. } if rows.is_empty() => html! { p.empty { (empty) } },
        Block::Table { columns, rows, .. } => table(columns, rows, address),
        Block::Verdict { verdict, headline, reason } => html! {
            div.verdict.(verdict.as_str()) role="status" {
                span.big aria-hidden="true" { (verdict.shape()) }
                div { strong { (headline) } br; (reason) }
            }
        },
        Block::Callout { verdict, blocks } => html! {
            div.callout.(verdict.as_str()) { (shape_and_word(*verdict)) (many(blocks, address)) }
        },
        Block::Signatures { seats } => signatures(seats),
        Block::Rule => html! { hr; },
        Block::PageBreak => html! { div.page-break {} },
    }
}

/// A heading; the number of a sub-clause is its address within the page: `#s-5.8.3`.
fn heading(level: u8, number: &str, content: Markup) -> Markup {
    let is_clause = number.starts_with(|c: char| c.is_ascii_digit()) && !number.contains(' ');
    let id = is_clause.then(|| format!("s-{number}"));
    match level {
        0 | 1 => html! { h2 id=[id] { (content) } },
        2 => html! { h3 id=[id] { (content) } },
        3 => html! { h4 id=[id] { (content) } },
        _ => html! { h5 id=[id] { (content) } },
    }
}

/// Shape and word, in the colour of the status: never colour alone.
fn shape_and_word(verdict: Verdict) -> Markup {
    html! { span.s.(verdict.as_str()) { (verdict.words()) } }
}

fn facts(rows: &[(String, Cell)], address: Addresses<'_>) -> Markup {
    html! { dl.facts { @for (name, value) in rows { div { dt { (name) } dd { (line(value, address)) } } } } }
}

fn table(columns: &[Column], rows: &[Vec<Cell>], address: Addresses<'_>) -> Markup {
    let align = |i: usize| match columns.get(i).map(|column| column.align) {
        Some(Align::End) => Some("end"),
        Some(Align::Middle) => Some("middle"),
        Some(Align::Start) | None => None,
    };
    html! {
        // What scrolls sideways on a narrow screen has to be reached by keyboard.
        div.scroll role="group" aria-label="Table" tabindex="0" { table {
            thead { tr { @for (i, column) in columns.iter().enumerate() { th scope="col" class=[align(i)] { (column.title) } } } }
            tbody { @for row in rows { tr {
                @for (i, cell) in row.iter().enumerate() { td class=[align(i)] { (line(cell, address)) } }
            } } }
        } }
    }
}

fn line(text: &[Inline], address: Addresses<'_>) -> Markup {
    html! { @for piece in text { (piece_html(piece, address)) } }
}

fn piece_html(inline: &Inline, address: Addresses<'_>) -> Markup {
    match inline {
        Inline::Text(text) => html! { (text) },
        Inline::Soft(text) => html! { span.soft { (text) } },
        Inline::Code(text) => html! { code { (text) } },
        Inline::Strong(inner) => html! { strong { (line(inner, address)) } },
        Inline::Emphasis(inner) => html! { em { (line(inner, address)) } },
        Inline::Struck(inner) => html! { s { (line(inner, address)) } },
        Inline::Link { text, url } => {
            html! { a href=(url) rel="noopener noreferrer" { (line(text, address)) } }
        }
        Inline::Ref(id) => match (address.of_id)(id) {
            Some(url) => html! { a.id href=(url) { (id.id) } },
            None => html! { span.id { (id.id) } },
        },
        Inline::Status(verdict) => shape_and_word(*verdict),
        Inline::Digest(digest) => html! { code.digest { (digest) } },
        Inline::Picture { path, alt } => match (address.of_picture)(path) {
            Some(url) => html! { img src=(url) alt=(alt); },
            None => html! { span.soft { "[picture: " (alt) "] " } code { (path) } },
        },
        Inline::Break => html! { br; },
    }
}

fn signatures(seats: &[Seat]) -> Markup {
    html! {
        div.seats { @for seat in seats { section.seat.open[seat.signature.is_none()] {
            p.role { strong { (seat.title) } @if !seat.statement.is_empty() { " · " (seat.statement) } }
            @match &seat.signature {
                Some(signature) => (manifestation(signature)),
                None => p.soft { "not signed" @if let Some(what) = &seat.waits_for { ", waits for " (what) } },
            }
        } } }
    }
}

fn approvals(signatures: &[Signature]) -> Markup {
    html! {
        div.seats { @for signature in signatures { section.seat {
            p.role { strong { (signature.role) } }
            (manifestation(signature))
        } } }
    }
}

/// Name, date and time, meaning and key: all that a signature must show (21 CFR 11.50).
fn manifestation(signature: &Signature) -> Markup {
    html! {
        p.who { strong { (signature.name) } " (" (signature.person) "), " (signature.role) ", "
            time datetime=(signature.at) { (day_and_time(signature.at)) } }
        p.meaning { (signature.meaning) }
        p.key { "key " code { (signature.key) } ", enrolled " (signature.enrolled) " by entry " (signature.enrolled_in)
            " · entry " (signature.entry) " · digest " code.digest { (signature.digest) } }
        @if let Some(reason) = &signature.void { p.void { "VOID: " (reason) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::markdown_blocks;

    #[test]
    fn hostile_markdown_is_inert() {
        let markdown = "<img src=x onerror=alert(1)> [a](javascript:x) ![\"><script>](\"><script>) `<b>`\n\n\
                        |<i>|\n|-|\n|<u>\"|\n\n> <script>alert(1)</script>\n";
        let html = blocks_html(
            &markdown_blocks(markdown, 0),
            Addresses { of_id: &|id| Some(format!("/x?{}", id.id)), of_picture: &|_| None },
        );
        for tag in ["<img", "<script", "<b>", "<i>", "<u>", "javascript:"] {
            assert!(!html.contains(tag), "{tag} in {html}");
        }
    }

    #[test]
    fn the_five_characters_are_escaped() {
        assert_eq!(escape("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    }
}
