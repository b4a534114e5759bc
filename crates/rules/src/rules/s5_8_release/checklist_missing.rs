//! See `checklist_missing.md`.

use super::judged;
use crate::prelude::*;

rule!(CHECKLIST_MISSING, "checklist_missing", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    match release.release.checklist() {
        Some(checklist) if !checklist.body.lines.is_empty() => out.saw_text(format!(
            "checklist of {} lines, signed by {} in entry {}",
            checklist.body.lines.len(),
            cx.signer(&checklist.meta),
            checklist.meta.seq
        )),
        Some(empty) => {
            out.at_entry(empty.meta.seq, release.version).arg("release", release.version.to_owned());
        }
        None => {
            let opened = release.release.candidate().map_or(0, |c| c.meta.seq);
            out.at_entry(opened, release.version).arg("release", release.version.to_owned());
        }
    }
}
