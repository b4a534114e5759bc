//! See `requirement_content_incomplete.md`.

use crate::prelude::*;
use crate::text_likeness::words;
use std::collections::BTreeSet;

rule!(REQUIREMENT_CONTENT_INCOMPLETE, "requirement_content_incomplete", check);

/// The kinds of content, as `category` names them.
const KINDS: [&str; 12] = [
    "function",
    "inputs-outputs",
    "interface",
    "alarms-and-messages",
    "security",
    "user-interface",
    "data",
    "installation",
    "operation",
    "it-network",
    "user-maintenance",
    "regulatory",
];

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    // Without any requirement the cause is another one: `no-software-requirements`.
    let Some((ix, first)) = cx.items_of(Kind::SoftwareRequirement).next() else { return };
    let mut treated: BTreeSet<String> = BTreeSet::new();
    for (_, item) in cx.items_of(Kind::SoftwareRequirement) {
        treated.extend(item.values("category").iter().map(|c| c.to_lowercase()));
    }
    for place in cx.stated.places("content-not-applicable") {
        let reasoned = place.topics().filter(|(_, why)| words(why).len() >= 3);
        treated.extend(reasoned.map(|(kind, _)| kind.to_owned()));
    }
    let left: Vec<String> =
        KINDS.iter().filter(|k| !treated.contains(**k)).map(|k| format!("`{k}`")).collect();
    if left.is_empty() {
        out.saw_text(format!("each of the {} kinds of content is treated or reasoned away", KINDS.len()));
    } else {
        out.at_item(ix, first).about(cx.config.product.name.clone()).arg("what", left.join(", "));
    }
}
