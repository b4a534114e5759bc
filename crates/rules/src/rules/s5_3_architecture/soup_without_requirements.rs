//! See `soup_without_requirements.md`.

use crate::prelude::*;

rule!(SOUP_WITHOUT_REQUIREMENTS, "soup_without_requirements", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::Soup) {
        let what = match (has_part(item, "functional"), has_part(item, "performance")) {
            (true, true) => {
                out.saw(ix, item);
                continue;
            }
            (false, false) => "functional and performance requirements",
            (false, true) => "functional requirements",
            (true, false) => "performance requirements",
        };
        out.at_item(ix, item).arg("what", what);
    }
}
