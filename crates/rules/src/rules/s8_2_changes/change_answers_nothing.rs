//! See `change_answers_nothing.md`.

use crate::prelude::*;
use records::ChangeCategory;

rule!(CHANGE_ANSWERS_NOTHING, "change_answers_nothing", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let known = |id: &String| {
        state.anomalies.contains_key(id) || state.complaints.contains_key(id) || state.capas.contains_key(id)
    };
    let named = |id: &str| {
        state.anomalies.values().any(|a| {
            a.investigations.iter().any(|i| i.body.change.as_deref() == Some(id))
                || a.resolutions.iter().any(|r| r.body.change.as_deref() == Some(id))
        })
    };
    let mut traced = 0;
    for (id, change) in state.changes.iter().filter(|(_, c)| !c.is_dropped()) {
        let opened = &change.opened.body;
        let fault = if let Some(gone) = opened.answers.iter().find(|a| !known(a)) {
            format!("answers `{gone}`, which is neither an anomaly nor a complaint nor a corrective action")
        } else if opened.category == Some(ChangeCategory::Corrective)
            && opened.answers.is_empty()
            && !named(id)
        {
            "is corrective and answers no problem report".to_owned()
        } else {
            traced += usize::from(!opened.answers.is_empty());
            continue;
        };
        out.at_entry(change.opened.meta.seq, id).arg("fault", fault);
    }
    if traced > 0 {
        out.saw_text(format!("{traced} changes traced to the problems that they answer"));
    }
}
