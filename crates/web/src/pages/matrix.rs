//! The live traceability matrix.

use maud::html;
use views::{Matrix, MatrixRow, tally};

use crate::address::url;
use crate::filter::shown;
use crate::params::Params;
use crate::parts::{filter_bar, id, links, pager, results, status_with, table, verdict_filter};
use crate::shell::Content;

/// Everything that the search looks at in a row.
fn texts(row: &MatrixRow) -> Vec<&str> {
    let ends = [&row.sources, &row.allocated, &row.implemented].into_iter().flatten();
    let mut texts = vec![row.id.id.as_str(), &row.title, &row.kind, &row.gap];
    texts.extend(
        ends.chain(row.tests.iter().map(|test| &test.case))
            .flat_map(|link| [link.target.id.as_str(), &link.title]),
    );
    texts
}

/// The matrix.
pub(crate) fn matrix(body: &Matrix, params: &Params) -> Content {
    let (path, at) = ("/matrix", &params.at);
    let page =
        shown(&body.rows, params, |row| params.verdict.is_none_or(|verdict| row.verdict == verdict), texts);
    let counts = tally(body.rows.iter().map(|row| row.verdict));
    let main = html! {
        h1 { "Traceability matrix" }
        p.sub {
            "Each requirement: where it comes from, where it lives, what implements and what verifies it. "
            a href=(url("/matrix.csv", &[], at)) { "CSV" } " · " a href=(url("/matrix.html", &[], at)) { "one file" }
        }
        (filter_bar(path, params, verdict_filter(&counts, path, params)))
        (table(&["Requirement", "From", "Allocated to", "Implemented by", "Verified by", "Verdict"], page.rows.iter().map(|row| vec![
            html! { (id(&row.id, at)) @if let Some(class) = row.class { " " span.faint { "class " (class) } } span.t { (row.title) } },
            links(&row.sources, at),
            links(&row.allocated, at),
            links(&row.implemented, at),
            results(&row.tests, at),
            status_with(row.verdict, &row.gap),
        ])))
        (pager(&page, path, params))
    };
    Content { menu: path, title: "Matrix".into(), main }
}
