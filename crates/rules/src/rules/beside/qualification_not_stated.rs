//! See `qualification_not_stated.md`.

use super::{in_europe, words_in};
use crate::prelude::*;
use crate::systems::{QUALIFICATIONS, is_device};

rule!(QUALIFICATION_NOT_STATED, "qualification_not_stated", check);

/// The classes of the MDR.
const CLASSES: [&str; 6] = ["I", "Is", "Im", "IIa", "IIb", "III"];

/// The fewest words of an intended purpose or a reason.
const FEWEST: usize = 4;

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::SoftwareSystem) {
        let wrong = objections(cx, item);
        if wrong.is_empty() {
            out.saw_text_for(
                "mdcg-2019-11:qualification.purpose",
                format!("{} is qualified: {}", item.id, item.value("qualification").unwrap_or_default()),
            );
            if !in_europe(cx) || !is_device(item) {
                let why = "no class of the MDR is asked of it";
                out.saw_text_for("mdcg-2019-11:classification.rule-11", format!("{}: {why}", item.id));
            } else {
                let class = item.value("mdr-class").unwrap_or_default().into_owned();
                out.saw_text_for(
                    "mdcg-2019-11:classification.rule-11",
                    format!("{}: class {class}", item.id),
                );
            }
        } else {
            out.at_item(ix, item).arg("why", wrong.join("; "));
        }
    }
}

fn objections(cx: &Snapshot<'_>, item: &Item) -> Vec<String> {
    let mut out = Vec::new();
    let word = item.value("qualification").unwrap_or_default();
    if !QUALIFICATIONS.iter().any(|q| q.eq_ignore_ascii_case(&word)) {
        out.push(if word.is_empty() {
            "`qualification` is not stated".to_owned()
        } else {
            format!("`qualification: {word}` is none of {}", QUALIFICATIONS.join(", "))
        });
    }
    for (field, what) in
        [("intended-purpose", "what it is intended for"), ("qualification-reason", "why it is that")]
    {
        if words_in(item, field) < FEWEST {
            out.push(format!("`{field}` does not say {what}"));
        }
    }
    if in_europe(cx) && is_device(item) && out.is_empty() {
        if words_in(item, "mdr-rule") == 0 {
            out.push("`mdr-rule` does not say which rule of Annex VIII applies".to_owned());
        }
        let class = item.value("mdr-class").unwrap_or_default();
        if !CLASSES.contains(&&*class) {
            out.push(format!("`mdr-class: {class}` is none of {}", CLASSES.join(", ")));
        }
    }
    out
}
