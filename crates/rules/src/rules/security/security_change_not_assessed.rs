//! See `security_change_not_assessed.md`.

use super::in_scope;
use crate::prelude::*;
use model::history::Touched;
use vocabulary::ItemId;

rule!(SECURITY_CHANGE_NOT_ASSESSED, "security_change_not_assessed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let (Some(state), Some(history)) = (cx.state, cx.history) else { return };
    if !in_scope(cx) {
        return;
    }
    let mut assessed = 0;
    for (id, touched) in &history.touched {
        let all = relevance(cx, touched);
        let (Some(first), Some(change)) = (all.first(), state.changes.get(id)) else { continue };
        let relevant: Vec<_> = change
            .analyses
            .iter()
            .filter(|a| a.body.security_relevant && !a.body.security.trim().is_empty())
            .collect();
        let denied =
            change.analyses.last().map(|a| !a.body.security_relevant || a.body.security.trim().is_empty());
        let (what, lacks) = match denied {
            None => (&first.what, "was never analysed"),
            Some(true) => (&first.what, "is denied by its analysis"),
            Some(false) => {
                // What is meant for one control says nothing of another.
                let named = || {
                    let analysed = relevant.iter().flat_map(|a| &a.body.affects);
                    analysed.chain(&change.opened.body.affects)
                };
                let said = |part: &Part| {
                    named().any(|n| part.items.contains(n))
                        || relevant.iter().any(|a| part.names.iter().any(|n| says(&a.body.security, n)))
                };
                match all.iter().find(|part| !said(part)) {
                    Some(part) => (&part.what, "is no part of its analysis"),
                    None => {
                        assessed += 1;
                        continue;
                    }
                }
            }
        };
        out.at_entry(change.opened.meta.seq, id).arg("what", what.clone()).arg("lacks", lacks);
    }
    if assessed > 0 {
        out.saw_text(format!(
            "{assessed} changes relevant to security since {}, each assessed",
            history.baseline
        ));
    }
}

/// A part of a change that is relevant to security.
struct Part {
    /// What the change does there.
    what: String,
    /// The items that stand for it where an analysis names what is affected.
    items: Vec<ItemId>,
    /// The names by which a text speaks of it.
    names: Vec<String>,
}

/// Every part of a change that is relevant to security.
fn relevance(cx: &Snapshot<'_>, touched: &Touched) -> Vec<Part> {
    let mut out = Vec::new();
    for id in &touched.items {
        let Some(ix) = cx.model.find(id.as_str()) else { continue };
        let item = cx.model.item(ix);
        let what = if item.kind == Kind::Threat {
            format!("touches the threat `{id}`")
        } else if cx.model.targets(ix, LinkType::Mitigates).next().is_some() {
            format!("touches `{id}`, which mitigates a threat")
        } else if item.value("category").is_some_and(|c| c.split(',').any(|c| c.trim() == "security")) {
            format!("touches the security requirement `{id}`")
        } else {
            continue;
        };
        out.push(Part { what, items: vec![id.clone()], names: vec![id.to_string()] });
    }
    for soup in &touched.soup {
        // `pkg:cargo/time 0.3.1 -> 0.3.2`
        let package = soup.split_whitespace().next().unwrap_or(soup);
        let short = package.rsplit('/').next().unwrap_or(package);
        let covers = |item: &&model::Item| {
            let written = item.values("covers").into_iter().chain(item.value("purl"));
            written.into_iter().any(|p| p.split(['@', '?']).next() == Some(package))
        };
        let items = cx.model.of_kind(Kind::Soup).iter().filter_map(|ix| cx.model.get(*ix)).filter(covers);
        out.push(Part {
            what: format!("brings another version of SOUP ({soup})"),
            items: items.map(|i| i.id.clone()).collect(),
            names: vec![package.to_owned(), short.to_owned()],
        });
    }
    out
}

/// Whether a text names something, as a word of its own.
fn says(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + name.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}
