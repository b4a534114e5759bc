//! See `out_of_scope_not_validated.md`.

use super::words_in;
use crate::prelude::*;
use crate::systems::is_qualified_out;

rule!(OUT_OF_SCOPE_NOT_VALIDATED, "out_of_scope_not_validated", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    if !cx.items_of(Kind::SoftwareSystem).any(|(_, i)| is_qualified_out(i)) {
        out.saw_text("no software system is qualified as out of scope");
    }
    for (_, item) in cx.items_of(Kind::SoftwareSystem).filter(|(_, i)| is_qualified_out(i)) {
        let why = if words_in(item, "qualification-reason") < 4 {
            "nothing says why, so the duties of IEC 62304 stay"
        } else if cx.state.is_some() && !cx.is_approved(item.id.as_str(), item.digest) {
            "nobody approved that, so the duties of IEC 62304 stay"
        } else if words_in(item, "validation") == 0 {
            "no record shows that it was validated for its use"
        } else {
            let record = item.value("validation").unwrap_or_default();
            out.saw_text(format!("{} is out of scope, validated by {record}", item.id));
            continue;
        };
        // It belongs to no system that is judged, so the finding is the product's.
        out.at(item.location()).about(item.id.as_str()).arg("why", why);
    }
}
