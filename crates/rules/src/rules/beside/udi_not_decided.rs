//! See `udi_not_decided.md`.

use super::{in_europe, said};
use crate::prelude::*;
use crate::snapshot::Previous;
use crate::systems::is_device;
use std::collections::BTreeMap;
use vocabulary::Digest;

rule!(UDI_NOT_DECIDED, "udi_not_decided", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let (Some(release), Some(previous)) = (cx.release.as_ref().filter(|_| in_europe(cx)), cx.previous) else {
        return;
    };
    for (ix, item) in cx.items_of(Kind::SoftwareSystem).filter(|(_, i)| is_device(i)) {
        let Some(di) = said(item, "udi-di") else { continue };
        let before = previous.model.by_id(item.id.as_str());
        if before.and_then(|b| said(b, "udi-di")).is_none_or(|b| b != di) {
            out.saw_text(format!("{} has an identifier of its own since {}", item.id, previous.name));
            continue;
        }
        let changes = changes(cx, item, before, &previous);
        let decided = said(item, "udi-decision").is_some_and(|d| is_for(&d, release.version));
        if changes.is_empty() || decided {
            out.saw_text(format!("{} keeps the identifier of {}", item.id, previous.name));
        } else {
            out.at_field(ix, item, "udi-di")
                .arg("previous", previous.name.to_owned())
                .arg("changes", changes.join(", "))
                .arg("version", release.version.to_owned());
        }
    }
}

/// Whether a decision is about this version and gives a reason.
fn is_for(decision: &str, version: &str) -> bool {
    decision
        .split_once(':')
        .is_some_and(|(of, reason)| of.trim() == version && reason.split_whitespace().count() >= 4)
}

/// Which items of a kind count.
type Wanted<'a> = &'a dyn Fn(&Item) -> bool;

fn changes(cx: &Snapshot<'_>, item: &Item, before: Option<&Item>, previous: &Previous<'_>) -> Vec<String> {
    let mut out = Vec::new();
    for (field, what) in
        [("intended-purpose", "the intended purpose changed"), ("platforms", "the platforms changed")]
    {
        if before.and_then(|b| said(b, field)) != said(item, field) {
            out.push(what.to_owned());
        }
    }
    let of = |model: &model::Model, kind: Kind, wanted: Wanted<'_>| -> BTreeMap<String, Digest> {
        let items = model.of_kind(kind).iter().filter_map(|ix| model.get(*ix));
        items.filter(|i| wanted(i)).map(|i| (i.id.to_string(), i.digest)).collect()
    };
    let marked = |i: &Item| {
        let categories = i.values("category");
        ["performance", "data", "user-interface"].iter().any(|c| categories.iter().any(|v| v == c))
    };
    let all = |_: &Item| true;
    let kinds: [(Kind, Wanted<'_>, &str); 3] = [
        (Kind::SoftwareItem, &all, "software items"),
        (Kind::Interface, &all, "interfaces"),
        (Kind::SoftwareRequirement, &marked, "requirements on performance, data or user interface"),
    ];
    for (kind, wanted, what) in kinds {
        let (was, is) = (of(previous.model, kind, wanted), of(cx.model, kind, wanted));
        let differs = is.iter().filter(|(id, digest)| was.get(*id) != Some(*digest)).map(|(id, _)| id);
        let gone = was.keys().filter(|id| !is.contains_key(*id));
        let names: Vec<&str> = differs.chain(gone).map(String::as_str).collect();
        if let [first, rest @ ..] = names.as_slice() {
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            out.push(format!("{what} changed (`{first}`{more})"));
        }
    }
    out
}
