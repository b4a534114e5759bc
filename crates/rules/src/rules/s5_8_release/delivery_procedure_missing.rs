//! See `delivery_procedure_missing.md`.

use super::judged;
use crate::prelude::*;
use vocabulary::ItemId;

rule!(DELIVERY_PROCEDURE_MISSING, "delivery_procedure_missing", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    let named = cx.config.archive.delivery.as_deref().map(str::trim).filter(|d| !d.is_empty());
    let why = match named {
        None => "no delivery procedure is named".to_owned(),
        Some(id) if ItemId::is_valid(id) => match cx.document(id) {
            None => format!("document `{id}` does not exist"),
            // An unapproved document is a finding of its own: `document-not-approved`.
            Some(document) => {
                return out.saw_text(format!("delivery procedure {id} {}", document.digest.short()));
            }
        },
        Some(words) => return out.saw_text(format!("delivery procedure: {words}")),
    };
    let place = if named.is_some() { "archive.delivery" } else { "product.name" };
    out.at(cx.config.place(place))
        .about(release.version)
        .arg("release", release.version.to_owned())
        .arg("why", why);
}
