//! See `security_change_not_assessed.md`.

use super::in_scope;
use crate::prelude::*;
use model::history::Touched;

rule!(SECURITY_CHANGE_NOT_ASSESSED, "security_change_not_assessed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let (Some(state), Some(history)) = (cx.state, cx.history) else { return };
    if !in_scope(cx) {
        return;
    }
    let mut assessed = 0;
    for (id, touched) in &history.touched {
        let Some(what) = relevance(cx, touched) else { continue };
        let Some(change) = state.changes.get(id) else { continue };
        let lacks = match change.analyses.last() {
            Some(a) if a.body.security_relevant && !a.body.security.trim().is_empty() => {
                assessed += 1;
                continue;
            }
            Some(_) => "is denied by its analysis",
            None => "was never analysed",
        };
        out.at_entry(change.opened.meta.seq, id).arg("what", what).arg("lacks", lacks);
    }
    if assessed > 0 {
        out.saw_text(format!(
            "{assessed} changes relevant to security since {}, each assessed",
            history.baseline
        ));
    }
}

/// Why a change is relevant to security; none where it is not.
fn relevance(cx: &Snapshot<'_>, touched: &Touched) -> Option<String> {
    for id in &touched.items {
        let Some(ix) = cx.model.find(id.as_str()) else { continue };
        let item = cx.model.item(ix);
        if item.kind == Kind::Threat {
            return Some(format!("touches the threat `{id}`"));
        }
        if cx.model.targets(ix, LinkType::Mitigates).next().is_some() {
            return Some(format!("touches `{id}`, which mitigates a threat"));
        }
        if item.value("category").is_some_and(|c| c.split(',').any(|c| c.trim() == "security")) {
            return Some(format!("touches the security requirement `{id}`"));
        }
    }
    let soup = touched.soup.first()?;
    Some(format!("brings another version of SOUP ({soup})"))
}
