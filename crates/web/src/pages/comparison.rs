//! Two releases side by side: what changed, and under which change request.

use app::ReleaseDiff;
use maud::{Markup, html};

use crate::address::{encode, url};
use crate::params::Params;
use crate::parts::table;
use crate::shell::Content;

/// What changed from one release to another.
pub(crate) fn comparison(body: &ReleaseDiff, params: &Params) -> Content {
    let release =
        |v: &str| html! { a.id href=(url(&format!("/releases/{}", encode(v)), &[], &params.at)) { (v) } };
    let main = html! {
        p.id { "release · comparison" }
        h1 { (body.from) " → " (body.to) }
        p.sub { "From " (release(&body.from)) " to " (release(&body.to)) "." }
        @if !body.history_missing.is_empty() {
            p.mark role="note" { "Change requests cannot be told: " (body.history_missing) "." }
        }
        h2 { "Change requests" }
        @if body.change_requests.is_empty() { p.sub { "No commit between the two is tied to a change request." } }
        @else {
            (table(&["Change", "State", "Answers", "Commits"], body.change_requests.iter().map(|c| {
                vec![
                    html! { span.id { (c.change) } " " span.t { (c.title) } @if !c.category.is_empty() { " " span.faint { (c.category) } } },
                    html! { (c.state) },
                    html! { (c.answers.join(", ")) },
                    html! { (c.commits.len()) },
                ]
            })))
        }
        @if !body.uncovered.is_empty() {
            h2 { "Commits under no change request" }
            ul { @for c in &body.uncovered { li { code { (c) } } } }
        }
        @for section in &body.sections {
            h2 { (heading(section.what)) " " span.faint { (section.rows.len()) } }
            @if section.rows.is_empty() { p.sub { "Nothing changed." } }
            @else {
                (table(&["What", "Became", "Different", "Under"], section.rows.iter().map(|row| {
                    vec![
                        html! { span.id { (row.id) } " " span.t { (row.title) } },
                        became(row.became),
                        html! { @for d in &row.details { div { (d) } } },
                        html! { (row.changes.join(", ")) },
                    ]
                })))
            }
        }
    };
    Content { menu: "/releases", title: format!("{} → {}", body.from, body.to), main }
}

fn heading(what: &str) -> String {
    let mut letters = what.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn became(word: &str) -> Markup {
    let sign = match word {
        "added" => "+",
        "removed" => "−",
        _ => "~",
    };
    html! { span aria-hidden="true" { (sign) } " " (word) }
}
