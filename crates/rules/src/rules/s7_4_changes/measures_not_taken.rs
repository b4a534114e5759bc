//! See `measures_not_taken.md`.

use crate::prelude::*;
use records::Reanalysis;

rule!(MEASURES_NOT_TAKEN, "measures_not_taken", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut settled = 0;
    for (id, change) in state.changes.iter().filter(|(_, c)| !c.is_dropped()) {
        match change.reanalyses.last() {
            Some(r) if r.body.outcome == Reanalysis::MeasuresNeeded => drop(out.at_entry(r.meta.seq, id)),
            Some(_) => settled += 1,
            None => {}
        }
    }
    if settled > 0 {
        out.saw_text_for("62304:7.4.3", format!("{settled} re-analyses that need nothing more"));
    }
}
