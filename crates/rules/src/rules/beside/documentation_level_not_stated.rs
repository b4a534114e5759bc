//! See `documentation_level_not_stated.md`.

use super::{in_america, words_in};
use crate::prelude::*;
use crate::systems::is_device;

rule!(DOCUMENTATION_LEVEL_NOT_STATED, "documentation_level_not_stated", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    if !in_america(cx) {
        out.saw_text("not placed on the market of the United States");
        return;
    }
    for (ix, item) in cx.items_of(Kind::SoftwareSystem).filter(|(_, i)| is_device(i)) {
        let level = item.value("documentation-level").unwrap_or_default();
        let known = ["basic", "enhanced"].iter().any(|l| l.eq_ignore_ascii_case(&level));
        let why = match (known, words_in(item, "documentation-level-reason") >= 4) {
            (true, true) => {
                out.saw_text(format!("{}: documentation level {level}, with its reason", item.id));
                continue;
            }
            (true, false) => "nothing says why its documentation level is the one that is stated".to_owned(),
            (false, _) if level.is_empty() => "its documentation level is not stated".to_owned(),
            (false, _) => format!("`documentation-level: {level}` is neither basic nor enhanced"),
        };
        out.at_item(ix, item).arg("why", why);
    }
}
