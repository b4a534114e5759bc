//! See `class_signed_by_one_side.md`.

use crate::prelude::*;
use std::collections::BTreeSet;

rule!(CLASS_SIGNED_BY_ONE_SIDE, "class_signed_by_one_side", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    // A profile that names no roles asks for no signatures of two sides.
    if cx.profile.engineering_roles.is_empty() || cx.profile.clinical_roles.is_empty() {
        return;
    }
    for system in cx.classes.systems() {
        let item = cx.model.item(system.system);
        let approvals = state.approvals_of(item.id.as_str(), item.digest);
        let roles: BTreeSet<&str> =
            approvals.filter_map(|a| a.meta.signer.as_deref()).map(|s| s.role.as_str()).collect();
        // Nobody at all: `class-not-approved`.
        if roles.is_empty() || system.recorded.is_none() {
            continue;
        }
        let sides = [
            ("an engineering role", &cx.profile.engineering_roles),
            ("a clinical or regulatory role", &cx.profile.clinical_roles),
        ];
        let open = sides.iter().find(|(_, of_side)| !of_side.iter().any(|r| roles.contains(r.as_str())));
        match open {
            None => out.saw(system.system, item),
            Some((missing, of_side)) => {
                let signed: Vec<&str> = roles.iter().copied().collect();
                out.at_field(system.system, item, "class")
                    .arg("signed", signed.join(", "))
                    .arg("missing", *missing)
                    .arg("role", of_side.first().cloned().unwrap_or_default());
            }
        }
    }
}
