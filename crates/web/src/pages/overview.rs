//! The first page: what holds, what does not, and what comes next.

use maud::{Markup, html};
use report::thousands;
use views::{CoverageBar, Overview};

use crate::address::url;
use crate::pages::{ledger, releases};
use crate::params::Params;
use crate::parts::{finding, verdict};
use crate::shell::Content;
use crate::source::At;

/// The first page.
pub(crate) fn overview(body: &Overview, params: &Params) -> Content {
    let at = &params.at;
    let main = html! {
        h1 { "Overview" }
        p.sub {
            "Read: "
            @for (i, (what, count)) in body.read.iter().enumerate() { @if i > 0 { ", " } (thousands(*count as u64)) " " (what) }
        }
        (verdict(body.verdict, &body.headline, &body.reason))
        div.cols {
            section {
                h2.first { "Worst findings" }
                @if body.findings.is_empty() { p.sub { "There are no findings." } }
                @else { div.card { @for (i, row) in body.findings.iter().enumerate() { (finding(row, at, i == 0)) } } }
                p.more { a href=(url("/findings", &[], at)) { "All findings" } }
                h2 { "Clauses" }
                (coverage(&body.chapters, at))
                h2 { "Latest entries" }
                (ledger::rows(&body.recent, at))
                p.more { a href=(url("/ledger", &[], at)) { "The ledger" } }
            }
            aside {
                h2.first { "Software systems" }
                div.card { @for system in &body.systems { div.seat {
                    div.role { (system.id) }
                    div.who { (system.title) " · class " (system.class) }
                    div.when { (system.reason) }
                } } }
                h2 { "Releases" }
                div.card { @for row in &body.releases { (releases::short(row, at)) } }
            }
        }
    };
    Content { menu: "/", title: "Overview".into(), main }
}

/// A bar for each chapter: how many clauses of each verdict, in words beside it.
fn coverage(bars: &[CoverageBar], at: &At) -> Markup {
    html! {
        div.card.coverage { @for bar in bars {
            @let total: usize = bar.counts.iter().map(|(_, count)| count).sum();
            a.bar href=(url("/clauses", &[("q", &format!("62304:{}", bar.chapter))], at)) {
                span.id { (bar.chapter) }
                span.name { (bar.title) }
                svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" {
                    @for (x, width, of) in segments(bar, total) { rect.(of) x=(x) y="0" width=(width) height="6" {} }
                }
                span.counts { @for (i, (of, count)) in bar.counts.iter().enumerate() { @if i > 0 { " · " } (count) " " (of.words()) } }
            }
        } }
    }
}

/// Start, width and verdict of each part of a bar that is 100 wide.
fn segments(bar: &CoverageBar, total: usize) -> Vec<(String, String, &'static str)> {
    let share = |count: usize| if total == 0 { 0.0 } else { count as f64 * 100.0 / total as f64 };
    let mut start = 0.0;
    bar.counts
        .iter()
        .map(|(verdict, count)| {
            let width = share(*count);
            let segment = (format!("{start:.2}"), format!("{:.2}", (width - 0.6).max(0.3)), verdict.as_str());
            start += width;
            segment
        })
        .collect()
}
