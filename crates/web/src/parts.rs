//! The parts that pages are made of: status, findings, evidence, signatures, lists with filter and pages.

use maud::{Markup, PreEscaped, html};
use report::{Addresses, blocks_html, day_and_time, markdown_blocks, thousands};
use views::{
    Digest, Evidence, FindingPlace, FindingRow, LinkCell, Outcome, Ref, ResultCell, Seat, Signature, Verdict,
};

use crate::address::address;
use crate::filter::Shown;
use crate::params::{Params, ROWS_MAX};
use crate::source::At;

/// Shape, word and colour of a verdict.
pub(crate) fn status(verdict: Verdict) -> Markup {
    html! { span.s.(verdict.as_str()) { (verdict.words()) } }
}

/// The look of a verdict under another word, where a page has finer ones.
pub(crate) fn status_word(verdict: Verdict, word: &str) -> Markup {
    html! { span.s.(verdict.as_str()) { (word) } }
}

/// A status with a remark below.
pub(crate) fn status_with(verdict: Verdict, remark: &str) -> Markup {
    html! { (status(verdict)) @if !remark.is_empty() { span.remark { (words(remark)) } } }
}

/// A sentence whose names stand between backticks, as messages of rules have them.
pub(crate) fn words(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    html! {
        // An even number of parts means a backtick without its partner: then it is a backtick.
        @if parts.len().is_multiple_of(2) { (text) }
        @else { @for (i, part) in parts.iter().enumerate() {
            @if i % 2 == 1 { code { (part) } } @else { (part) }
        } }
    }
}

/// An id, as a link where it has a page.
pub(crate) fn id(id: &Ref, at: &At) -> Markup {
    match address(id, at) {
        Some(url) => html! { a.id href=(url) { (id.id) } },
        // A name is one word; what has several is said, and breaks between them.
        None if id.id.contains(' ') => html! { span.said { (id.id) } },
        None => html! { span.id { (id.id) } },
    }
}

/// Ids by commas, or a dash.
pub(crate) fn ids(all: &[Ref], at: &At) -> Markup {
    html! {
        @if all.is_empty() { span.faint { "–" } }
        @for (i, one) in all.iter().enumerate() { @if i > 0 { ", " } (id(one, at)) }
    }
}

/// Text, or a dash.
pub(crate) fn or_dash(text: &str) -> Markup {
    html! { @if text.is_empty() { span.faint { "–" } } @else { (text) } }
}

/// Markdown of the product, harmless.
pub(crate) fn prose(markdown: &str, at: &At) -> Markup {
    // The text of an item begins at any level; on its page it stands below the title, and no level is skipped.
    let levels = markdown_blocks(markdown, 0).into_iter().filter_map(|b| match b {
        report::Block::Heading { level, .. } => i8::try_from(level).ok(),
        _ => None,
    });
    let highest = levels.min().unwrap_or(1);
    let html = blocks_html(
        &markdown_blocks(markdown, 1 - highest),
        Addresses { of_id: &|id| address(id, at), of_picture: &|_| None },
    );
    html! { div.prose { (PreEscaped(html)) } }
}

/// A digest: short to read, whole in the tooltip and when copied from it.
pub(crate) fn digest(digest: &Digest) -> Markup {
    html! { code.digest title={ "sha256:" (digest) } { (digest.short()) "…" } }
}

/// A link of the trace with its state.
pub(crate) fn link(link: &LinkCell, at: &At) -> Markup {
    html! {
        span.link {
            (id(&link.target, at))
            @if !link.title.is_empty() { " " span.t { (link.title) } }
            @if !link.state.is_sound() { " " span.s.finding { (link.state.as_str()) } }
        }
    }
}

/// Links below each other, or a dash.
pub(crate) fn links<'a>(all: impl IntoIterator<Item = &'a LinkCell>, at: &At) -> Markup {
    let all: Vec<_> = all.into_iter().collect();
    html! { @if all.is_empty() { span.faint { "–" } } @for one in all { (link(one, at)) } }
}

/// Test cases with their outcome.
pub(crate) fn results(all: &[ResultCell], at: &At) -> Markup {
    html! {
        @if all.is_empty() { span.faint { "none" } }
        @for one in all {
            span.link {
                (id(&one.case.target, at)) " " (outcome(one.outcome)) " "
                span.faint { (one.level) }
                @if !one.case.state.is_sound() { " " span.s.finding { (one.case.state.as_str()) } }
                @if let Some(run) = &one.run { " " (id(run, at)) }
            }
        }
    }
}

/// The outcome of a test, with the shape of the verdict that it amounts to.
pub(crate) fn outcome(outcome: Outcome) -> Markup {
    let look = match outcome {
        Outcome::Pass => Verdict::Pass,
        Outcome::Fail | Outcome::Missing | Outcome::Blocked | Outcome::Outdated => Verdict::Finding,
        Outcome::Deferred => Verdict::Waived,
        Outcome::Skipped => Verdict::Advisory,
    };
    html! { span.s.(look.as_str()) { (outcome.as_str()) } }
}

/// The verdict over a page.
pub(crate) fn verdict(verdict: Verdict, headline: &str, reason: &str) -> Markup {
    html! {
        div.verdict.(verdict.as_str()) role="status" {
            span.big aria-hidden="true" { (verdict.shape()) }
            div { strong { (headline) } @if !reason.is_empty() { p { (words(reason)) } } }
        }
    }
}

/// A finding: what, where, why, next step.
pub(crate) fn finding(row: &FindingRow, at: &At, open: bool) -> Markup {
    html! {
        details.row.wide open[open] {
            summary {
                span.id { (row.rule.id) }
                span { (words(&row.message)) }
                (status(row.verdict))
            }
            div.body {
                p {
                    (id(&row.rule, at)) " " span.faint { (row.name) }
                    @if let Some(subject) = &row.subject { " · " (id(subject, at)) }
                    @for clause in &row.clauses { " · " (id(clause, at)) }
                }
                @if !row.why.is_empty() { div.why.(row.verdict.as_str()) { (words(&row.why)) } }
                @if let Some(at) = &row.place { (place(at)) }
                @for related in &row.related { (place(related)) }
                @if !row.help.is_empty() { p.next { strong { "Next: " } (words(&row.help)) } }
                @if let Some(command) = &row.command { p { code.command { (command) } } }
                @if let Some(waived) = &row.waived { p { strong { "Waived: " } (waived) } }
            }
        }
    }
}

fn place(place: &FindingPlace) -> Markup {
    html! {
        p.place { code { (place.file) ":" (place.line) ":" (place.column) } @if !place.note.is_empty() { " " (place.note) } }
        @if let Some(snippet) = &place.snippet { pre.snippet { span.ln { (place.line) } (snippet) } }
    }
}

/// Evidence, as a list.
pub(crate) fn evidence(rows: &[Evidence], at: &At) -> Markup {
    html! {
        @if !rows.is_empty() {
            ul.ev { @for row in rows { li {
                @if let Some(reference) = &row.reference { (id(reference, at)) " " }
                (words(&row.what))
                @if !row.note.is_empty() { " " span.faint { (words(&row.note)) } }
                @if let Some(of) = &row.digest { " " (digest(of)) }
            } } }
        }
    }
}

/// A seat on a release: the signature with all it must show, or what it waits for.
pub(crate) fn seat(seat: &Seat, at: &At) -> Markup {
    html! {
        div.seat.open[seat.signature.is_none()] {
            // Once signed, the statement stands in the signature as its meaning, and once is enough.
            div.role { (seat.title) @if seat.signature.is_none() && !seat.statement.is_empty() { " · " (seat.statement) } }
            @match &seat.signature {
                Some(made) => (signature(made, at)),
                None => div.who {
                    @if seat.ready { "can be signed now" }
                    @else if let Some(what) = &seat.waits_for { "waits for " (what) }
                    @else { "not signed" }
                },
            }
        }
    }
}

/// Name, role, meaning, date and time, key and its enrolment (21 CFR 11.50).
pub(crate) fn signature(made: &Signature, at: &At) -> Markup {
    html! {
        @if let Some(reason) = &made.void { div.void { span.s.finding { "void:" } " " (reason) } }
        div.who.struck[made.void.is_some()] { (made.name) " " span.faint { (made.role) } }
        div.meaning { "“" (made.meaning) "”" }
        div.when { time datetime=(made.at) { (day_and_time(made.at)) } " · entry " (id(&made.entry, at)) }
        div.key { "key " code { (made.key) } " enrolled " (made.enrolled) " by entry " (id(&made.enrolled_in, at)) " · covers " (digest(&made.digest)) }
    }
}

/// Chips that filter a list by verdict, each with its number.
pub(crate) fn verdict_filter(counts: &[(Verdict, usize)], path: &str, params: &Params) -> Markup {
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    html! {
        a.f href=(params.with(path, "verdict", "")) aria-current=[params.verdict.is_none().then_some("true")] { "all " span.c { (thousands(total as u64)) } }
        @for (of, count) in counts {
            a.f href=(params.with(path, "verdict", of.as_str())) aria-current=[(params.verdict == Some(*of)).then_some("true")] {
                (status(*of)) " " span.c { (thousands(*count as u64)) }
            }
        }
    }
}

/// The search box of a list, with what else filters it.
pub(crate) fn filter_bar(path: &str, params: &Params, chips: Markup) -> Markup {
    html! {
        div.filter {
            form method="get" action=(path) role="search" {
                @for (name, value) in params.hidden(&["q"]) { input type="hidden" name=(name) value=(value); }
                input #q type="search" name="q" value=(params.q) placeholder="Filter: id, word …" aria-label="Filter this list" autocomplete="off";
            }
            nav.chips aria-label="Filter" { (chips) }
        }
    }
}

/// What a list shows, and the way to its other pages.
pub(crate) fn pager<T>(shown: &Shown<'_, T>, path: &str, params: &Params) -> Markup {
    pages(shown.first, shown.rows.len(), shown.matching, shown.total, path, params)
}

/// The same for a list that was cut elsewhere.
pub(crate) fn pages(
    first: usize,
    rows: usize,
    matching: usize,
    total: usize,
    path: &str,
    params: &Params,
) -> Markup {
    let number = |n: usize| thousands(n as u64);
    let page = |from: usize| params.with(path, "from", &from.to_string());
    html! {
        p.pager {
            @if matching == 0 { "Nothing matches; " a href=(crate::address::url(path, &[], &params.at)) { "show all " (number(total)) } "." }
            @else if rows == total { (number(total)) @if total == 1 { " row" } @else { " rows" } }
            @else { (number(first + 1)) " to " (number(first + rows)) " of " (number(matching)) @if matching != total { ", " (number(total)) " in all" } }
            @if first > 0 { " " a rel="prev" href=(page(first.saturating_sub(ROWS_MAX))) { "← previous" } }
            @if first + rows < matching { " " a rel="next" href=(page(first + rows)) { "next →" } }
        }
    }
}

/// A table whose rows become cards on a narrow screen.
pub(crate) fn table(columns: &[&str], rows: impl IntoIterator<Item = Vec<Markup>>) -> Markup {
    html! {
        // What scrolls sideways on a narrow screen has to be reached by keyboard.
        div.card.scroll role="group" aria-label="Table" tabindex="0" { table.stack {
            thead { tr { @for title in columns { th scope="col" { (title) } } } }
            tbody { @for row in rows { tr {
                @for (cell, title) in row.into_iter().zip(columns) { td data-label=(title) { div { (cell) } } }
            } } }
        } }
    }
}

/// Names with values.
pub(crate) fn facts(rows: Vec<(&str, Markup)>) -> Markup {
    html! { dl.facts { @for (name, value) in rows { div { dt { (name) } dd { (value) } } } } }
}
