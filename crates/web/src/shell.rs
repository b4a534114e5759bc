//! What surrounds every page: menu, the four inputs, marks, foot.

use maud::{DOCTYPE, Markup, html};
use views::{Badges, Inputs, MarkKind};

use crate::address::{time_query, url};
use crate::params::Params;
use crate::source::At;

/// A page's place in the menu, its title and its content.
pub(crate) struct Content {
    /// The menu entry that it belongs to, `/items`.
    pub(crate) menu: &'static str,
    /// The title in the browser's tab.
    pub(crate) title: String,
    /// The content.
    pub(crate) main: Markup,
}

/// The menu: group, then address, name and the badge beside it.
type Group = (&'static str, &'static [(&'static str, &'static str)]);
const MENU: [Group; 5] = [
    ("", &[("/", "Overview"), ("/findings", "Findings")]),
    (
        "Design",
        &[
            ("/items", "Items"),
            ("/matrix", "Matrix"),
            ("/risk", "Risk"),
            ("/soup", "SOUP"),
            ("/security", "Security"),
        ],
    ),
    (
        "Work",
        &[
            ("/anomalies", "Anomalies"),
            ("/changes", "Changes"),
            ("/complaints", "Complaints"),
            ("/capas", "Corrective actions"),
            ("/feedback", "Feedback"),
            ("/trends", "Trends"),
            ("/runs", "Tests"),
            ("/documents", "Documents"),
        ],
    ),
    (
        "Release",
        &[("/releases", "Releases"), ("/metrics", "Metrics"), ("/ledger", "Ledger"), ("/login", "Sign")],
    ),
    ("Standards", &[("/clauses", "Clauses")]),
];

/// The whole page. `path` is its own address, for travelling in time.
pub(crate) fn page(
    content: &Content,
    inputs: &Inputs,
    badges: &Badges,
    path: &str,
    params: &Params,
) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&format!("{} · {} · dossier", content.title, inputs.product)))
            body {
                a.skip href="#main" { "Skip to content" }
                div.shell {
                    (menu(content.menu, badges, &params.at))
                    main #main tabindex="-1" {
                        (inputs_bar(inputs, path, params))
                        @for mark in &inputs.marks { p.mark.quiet[mark.kind == MarkKind::WorkTree] role="note" { (mark.text) } }
                        (content.main)
                    }
                }
                (keys())
            }
        }
    }
}

/// A page for what went wrong: what, and the way out.
pub(crate) fn trouble(title: &str, text: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&format!("{title} · dossier")))
            body {
                div.shell {
                    (menu("", &Badges::default(), &At::default()))
                    main #main {
                        div.trouble {
                            h1 { (title) }
                            p.sub { (text) }
                            p { a.btn.quiet href="/" { "To the overview" } }
                        }
                    }
                }
            }
        }
    }
}

/// A page that is computed from no inputs: logging in, signing.
pub(crate) fn plain(title: &str, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&format!("{title} · dossier")))
            body {
                a.skip href="#main" { "Skip to content" }
                div.shell {
                    (menu("/login", &Badges::default(), &At::default()))
                    main #main tabindex="-1" { (main) }
                }
                (keys())
            }
        }
    }
}

/// A page that belongs to no product, with a menu of its own.
pub(crate) fn alone(title: &str, entries: &[(&str, &str)], main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(&format!("{title} · dossier")))
            body {
                a.skip href="#main" { "Skip to content" }
                div.shell {
                    nav.side aria-label="Main" {
                        a.mark href="/" { span aria-hidden="true" { "◧" } " dossier" }
                        @for (path, name) in entries { a.i href=(path) { (name) } }
                    }
                    main #main tabindex="-1" { (main) }
                }
            }
        }
    }
}

fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width,initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) }
            link rel="stylesheet" href="/dossier.css";
            link rel="icon" href="/icon.svg" type="image/svg+xml";
            script src="/keys.js" defer {}
        }
    }
}

fn menu(current: &str, badges: &Badges, at: &At) -> Markup {
    let badge = |path: &str| match path {
        "/findings" => badges.findings,
        "/matrix" => badges.matrix,
        "/risk" => badges.risk,
        "/soup" => badges.soup,
        "/anomalies" => badges.anomalies,
        "/documents" => badges.documents,
        _ => 0,
    };
    html! {
        nav.side aria-label="Main" {
            a.mark href=(url("/", &[], at)) { span aria-hidden="true" { "◧" } " dossier" }
            @for (group, entries) in MENU {
                @if !group.is_empty() { p.group { (group) } }
                @for (path, name) in entries {
                    a.i href=(url(path, &[], at)) aria-current=[(*path == current).then_some("page")] {
                        (name)
                        @if badge(path) > 0 { span.n aria-label={ (badge(path)) " open" } { (badge(path)) } }
                    }
                }
            }
        }
    }
}

/// The four inputs: always visible, each a field of the form that travels in time.
fn inputs_bar(inputs: &Inputs, path: &str, params: &Params) -> Markup {
    let commit = match &inputs.commit {
        Some(commit) => commit.chars().take(9).collect(),
        None => "work tree".to_owned(),
    };
    let ledger = inputs.ledger.map_or("none".to_owned(), report::thousands);
    let travelling = params.at != At::default();
    html! {
        details.inputs.travelling[travelling] aria-label="What this page is computed from" {
            summary {
                span.lead { "Computed from" }
                span.chip title=(inputs.commit.as_deref().unwrap_or("")) { b { "commit" } (commit) @if inputs.dirty { " + changes" } }
                span.chip { b { "ledger" } (ledger) }
                span.chip title={ (inputs.edition) " · sha256:" (inputs.rule_set_digest) } { b { "rules" } (inputs.rule_set) " · " (inputs.profile) }
                span.chip { b { "as of" } (inputs.as_of) }
                @if let Some(class) = inputs.class { span.chip { b { "class" } (class) } }
                span.travel { @if travelling { "travelling in time" } @else { "travel in time" } }
            }
            form.travel-form method="get" action=(path) {
                @for (name, value) in params.hidden(&["at", "ledger_at", "as_of"]) { input type="hidden" name=(name) value=(value); }
                @for ((name, value), (label, hint)) in time_query(&params.at).iter().zip(FIELDS) {
                    label { span { (label) } input name=(name) value=(value) placeholder=(hint) autocomplete="off"; }
                }
                button.btn type="submit" { "Go" }
                @if travelling { a.btn.quiet href=(now(path, params)) { "Back to now" } }
            }
        }
    }
}

const FIELDS: [(&str, &str); 3] =
    [("Commit, tag or branch", "work tree"), ("Ledger position", "newest"), ("As of", "2026-03-14")];

fn now(path: &str, params: &Params) -> String {
    url(path, &params.filter_query(), &At::default())
}

fn keys() -> Markup {
    html! {
        dialog #keys aria-label="Keys" {
            h2 { "Keys" }
            dl.keys {
                @for (key, what) in [("/", "search this list"), ("j k", "next, previous row"), ("Enter", "open"), ("g o", "overview"), ("g f", "findings"),
                    ("g i", "items"), ("g m", "matrix"), ("g r", "releases"), ("g l", "ledger"), ("t", "travel in time"), ("?", "this help")] {
                    div { dt { kbd { (key) } } dd { (what) } }
                }
            }
            form method="dialog" { button.btn.quiet { "Close" } }
        }
    }
}
