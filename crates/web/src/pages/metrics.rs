//! Metrics: each figure with its target, its definition, its course, and what does not count.

use app::Metrics;
use maud::{Markup, PreEscaped, html};
use views::Verdict;

use crate::params::Params;
use crate::parts::{status_with, table, words};
use crate::shell::Content;

/// How many of those that are not as they are to be are named.
const NAMED: usize = 20;

/// All figures.
pub(crate) fn metrics(body: &Metrics, _params: &Params) -> Content {
    let main = html! {
        h1 { "Metrics" }
        p.sub {
            "As of " (body.as_of) ", a period of " (body.window_days) " days. Computed again from the records at each look; a past day is "
            code { "dossier metrics --on DATE" } "."
        }
        (table(&["Figure", "Value", "Target", "Standing"], body.metrics.iter().map(|m| {
            vec![
                html! { a href={ "#" (m.id) } { (m.name) } },
                value(m.value, m.unit),
                html! { (m.target.text) @if !m.target.own { " " span.faint { "default" } } },
                standing(m.standing.as_str(), &m.note),
            ]
        })))
        // Numbers and names of this program, escaped by the drawing itself.
        figure.card.pad role="group" aria-label="Chart" tabindex="0" { (PreEscaped(body.to_svg())) }
        @for m in &body.metrics {
            h2 id=(m.id) { (m.name) }
            p { (words(m.definition)) " " span.faint { (m.clauses.join(", ")) } }
            p.sub { @if m.note.is_empty() { (m.counted) "." } @else { (m.note) "." } }
            @if !m.parts.is_empty() {
                (table(&["Part", "Value", "Counted"], m.parts.iter().map(|p| {
                    vec![html! { (p.name) }, value(p.value, p.unit), html! { (p.of) }]
                })))
            }
            @if !m.missing.is_empty() {
                (table(&["Not as it is to be", "Why"], m.missing.iter().take(NAMED).map(|x| {
                    vec![html! { span.id { (x.id) } }, html! { (x.why) }]
                })))
                @if m.missing.len() > NAMED { p.sub { "and " (m.missing.len() - NAMED) " more" } }
            }
        }
    };
    Content { menu: "/metrics", title: "Metrics".into(), main }
}

fn value(value: Option<f64>, unit: &str) -> Markup {
    let unit = match unit {
        "percent" => " %",
        "days" => " days",
        _ => "",
    };
    html! { @match value { Some(v) => { (v) (unit) } None => { span.faint { "–" } } } }
}

fn standing(word: &str, note: &str) -> Markup {
    let verdict = match word {
        "met" => Verdict::Pass,
        "missed" => Verdict::Finding,
        _ => Verdict::NotApplicable,
    };
    let remark = if word == "met" {
        "target reached"
    } else if word == "missed" {
        "target missed"
    } else {
        note
    };
    status_with(verdict, remark)
}
