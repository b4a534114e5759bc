//! See `role_holder_untrained.md`.

use crate::prelude::*;

rule!(ROLE_HOLDER_UNTRAINED, "role_holder_untrained", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    for role in &cx.config.roles.trained {
        for (person, held) in state.holders_of(role, cx.as_of) {
            if !held.trained_for(role, cx.as_of) {
                out.at(cx.config.place("roles.trained")).about(person).arg("role", role.clone());
            }
        }
    }
}
