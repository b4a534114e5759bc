//! Test runs: the list, and one run with its cases.

use maud::{Markup, html};
use report::{day_and_time, thousands};
use views::{RunList, RunPage, RunRow, Verdict};

use crate::filter::shown;
use crate::params::Params;
use crate::parts::{digest, facts, filter_bar, id, ids, outcome, pager, signature, status, table};
use crate::shell::Content;

/// All runs.
pub(crate) fn runs(body: &RunList, params: &Params) -> Content {
    let path = "/runs";
    let page = shown(
        &body.rows,
        params,
        |_| true,
        |row| vec![&row.id.id, &row.title, &row.by, &row.origin, &row.configuration, &row.tools],
    );
    let main = html! {
        h1 { "Tests" }
        p.sub { "Runs, newest first. A result counts for the software digest it was made on." }
        (filter_bar(path, params, html! {}))
        (table(&["Run", "When, by whom", "Software", "Results", "Origin"], page.rows.iter().map(|row| vec![
            html! { (id(&row.id, &params.at)) span.t { (row.title) } },
            html! { (day_and_time(row.at)) span.t { (row.by) } },
            digest(&row.software),
            counts(row),
            html! { (row.origin) },
        ])))
        (pager(&page, path, params))
    };
    Content { menu: path, title: "Tests".into(), main }
}

fn counts(row: &RunRow) -> Markup {
    let look = if row.failed > 0 {
        Verdict::Finding
    } else if row.passed == 0 {
        Verdict::Human
    } else {
        Verdict::Pass
    };
    html! { (status(look)) span.t { (thousands(row.passed as u64)) " pass, " (thousands(row.failed as u64)) " fail, " (thousands(row.other as u64)) " other" } }
}

/// One run.
pub(crate) fn run(body: &RunPage, params: &Params) -> Content {
    let (run, at) = (&body.run, &params.at);
    let page = shown(&body.cases, params, |_| true, |case| vec![&case.id.id, &case.title, &case.level]);
    let path = format!("/runs/{}", crate::address::encode(&run.id.id));
    let main = html! {
        p.id { (run.id.id) " · test run" }
        h1 { (run.title) }
        p.sub { (day_and_time(run.at)) " · " (run.by) }
        (facts(vec![
            ("results", counts(run)),
            ("origin", html! { (run.origin) }),
            ("configuration", html! { (run.configuration) }),
            ("tools", html! { (run.tools) }),
            ("software", digest(&run.software)),
            ("report", digest(&run.digest)),
        ]))
        h2 { "Cases" }
        (filter_bar(&path, params, html! {}))
        (table(&["Case", "Verifies", "Outcome", "Note"], page.rows.iter().map(|case| vec![
            html! { (id(&case.id, at)) span.t { (case.title) } },
            ids(&case.verifies, at),
            outcome(case.outcome),
            html! { @for result in &case.results { span.link { (result.note) } } },
        ])))
        (pager(&page, &path, params))
        h2 { "Signatures" }
        @if body.signatures.is_empty() { p.sub { "Nobody signed this run." } }
        @else { div.card { @for made in &body.signatures { div.seat { (signature(made, at)) } } } }
    };
    Content { menu: "/runs", title: run.id.id.clone(), main }
}
