//! The risk chains.

use maud::{Markup, html};
use views::{Acceptability, RiskEstimate, RiskPage, RiskRow, Verdict, tally};

use crate::filter::shown;
use crate::params::Params;
use crate::parts::{filter_bar, id, links, or_dash, pager, results, status, verdict_filter, words};
use crate::shell::Content;
use crate::source::At;

/// Every chain from hazard to residual risk.
pub(crate) fn risk(body: &RiskPage, params: &Params) -> Content {
    let path = "/risk";
    let page = shown(
        &body.rows,
        params,
        |row| params.verdict.is_none_or(|verdict| row.verdict == verdict),
        |row| {
            let mut texts = vec![row.harm.as_str(), &row.sequence, &row.gap];
            let links = [&row.hazard, &row.situation]
                .into_iter()
                .chain(&row.cause)
                .chain(&row.controls)
                .chain(&row.arises_in);
            texts.extend(links.flat_map(|link| [link.target.id.as_str(), &link.title]));
            texts
        },
    );
    let counts = tally(body.rows.iter().map(|row| row.verdict));
    let main = html! {
        h1 { "Risk" }
        p.sub { "From hazard over cause and control to the risk that remains. Acceptability is computed from the plan's matrix." }
        (filter_bar(path, params, verdict_filter(&counts, path, params)))
        @for row in &page.rows { (chain(row, &params.at)) }
        (pager(&page, path, params))
    };
    Content { menu: path, title: "Risk".into(), main }
}

/// One chain as five steps, left to right; below each other on a narrow screen.
fn chain(row: &RiskRow, at: &At) -> Markup {
    let step = |title: &str, content: Markup| html! { div.step { h3 { (title) } (content) } };
    html! {
        article.card.risk {
            header {
                (id(&row.situation.target, at)) " " h2 { (row.situation.title) }
                (status(row.verdict))
            }
            @if !row.gap.is_empty() { p.why.(row.verdict.as_str()) { (words(&row.gap)) } }
            div.chain5 {
                (step("Hazard", html! { (links([&row.hazard], at)) p.t { (or_dash(&row.harm)) } }))
                (step("Cause", html! { (links(&row.cause, at)) span.faint { "arises in" } (links(&row.arises_in, at)) p.t { (row.sequence) } }))
                (step("Before control", estimate(&row.before)))
                (step("Risk control", html! { (links(&row.controls, at)) span.faint { "implemented by" } (links(&row.implemented, at)) }))
                (step("Verified by", results(&row.verified, at)))
                (step("Residual risk", estimate(&row.after)))
            }
        }
    }
}

fn estimate(estimate: &RiskEstimate) -> Markup {
    let look = match estimate.acceptable {
        Acceptability::Acceptable => Verdict::Pass,
        Acceptability::Reduce => Verdict::Advisory,
        Acceptability::Unacceptable => Verdict::Finding,
        Acceptability::Unknown => Verdict::Human,
    };
    html! {
        p.t { (or_dash(&estimate.severity)) " × " (or_dash(&estimate.probability)) }
        span.s.(look.as_str()) { (estimate.acceptable.as_str()) }
    }
}
