//! See `release_role_vacant.md`.

use super::judged;
use crate::prelude::*;

rule!(RELEASE_ROLE_VACANT, "release_role_vacant", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((_, state)) = judged(cx) else { return };
    for role in &cx.config.roles.release {
        let can_sign = |p: &records::state::Person| p.keys.iter().any(|k| k.in_force_at(state.position));
        match state.holders_of(role, cx.as_of).find(|(_, p)| can_sign(p)) {
            // Not who: another holder would change the text that people sign.
            Some(_) => out.saw_text(format!("the role {role} is held by somebody who can sign")),
            None => {
                let place = if cx.config.is_set("roles.release") { "roles.release" } else { "product" };
                out.at(cx.config.place(place)).about(role.clone());
            }
        }
    }
}
