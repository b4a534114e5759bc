//! Trends of problem reports: rates by month with their limits, drawn and as numbers (62304:9.6).

use app::{By, Trend};
use maud::{PreEscaped, html};
use views::Verdict;

use crate::address::url;
use crate::params::Params;
use crate::parts::{status_with, table};
use crate::shell::Content;
use crate::source::{At, PageResult, Source, SourceError};

/// What a trend is grouped by: the word of the address and the word on the page.
const GROUPS: [(&str, &str); 5] = [
    ("", "all in one"),
    ("item", "by item"),
    ("category", "by cause"),
    ("version", "by version"),
    ("severity", "by severity"),
];
/// So many groups are drawn and listed; the rest is counted.
const SHOWN: usize = 12;

/// The trend that the address asks for.
pub(crate) fn load(source: &dyn Source, at: &At, by: &str) -> PageResult<Trend> {
    if By::of(by).is_none() {
        let known: Vec<&str> = GROUPS.iter().map(|(word, _)| *word).filter(|w| !w.is_empty()).collect();
        return Err(SourceError::NotFound(format!(
            "Trends are not grouped by {by}. `?kind=` is one of {}.",
            known.join(", ")
        )));
    }
    source.trend(at, by)
}

/// The page.
pub(crate) fn trends(body: &Trend, params: &Params) -> Content {
    let adverse = body.groups.iter().filter(|g| !g.adverse.is_empty()).count();
    let main = html! {
        h1 { "Trends" }
        p.sub { "Problem reports from " (body.from) " to " (body.to) ", by month. " (body.method) }
        nav.chips aria-label="Grouped" {
            @for (word, name) in GROUPS {
                a.f href=(url("/trends", &[("kind", word)], &params.at))
                    aria-current=[(params.kind == word).then_some("true")] { (name) }
            }
        }
        @if body.groups.is_empty() {
            p { "No problem was reported in these months. That says nothing about problems that nobody reports: see the sources of feedback." }
        } @else {
            p { (adverse) " of " (body.groups.len()) " groups are adverse by the rule above." }
            // Numbers and names of this program and of the records, escaped by the drawing itself.
            figure.card.pad role="group" aria-label="Chart" tabindex="0" { (PreEscaped(drawn(body).to_svg())) }
            (table(&["Group", "Reports", "Centre", "Last month", "Limit", "Standing"], body.groups.iter().take(SHOWN).map(|g| {
                let last = g.points.last();
                vec![
                    html! { (g.group) },
                    html! { (g.total) },
                    html! { (g.centre) },
                    html! { @if let Some(p) = last { (p.rate) } },
                    html! { @if let Some(p) = last { (p.upper) } },
                    match g.adverse.is_empty() {
                        true => status_with(Verdict::Pass, "within its limits"),
                        false => status_with(Verdict::Finding, &g.adverse.join("; ")),
                    },
                ]
            })))
            @if body.groups.len() > SHOWN { p.sub { "and " (body.groups.len() - SHOWN) " more groups" } }
        }
        p.sub { "A trend counts as reviewed once somebody signed it: " code { "dossier anomaly trend --review" } "." }
    };
    Content { menu: "/trends", title: "Trends".into(), main }
}

/// As many groups as a page can hold.
fn drawn(body: &Trend) -> Trend {
    Trend { groups: body.groups.iter().take(SHOWN).cloned().collect(), ..body.clone() }
}
