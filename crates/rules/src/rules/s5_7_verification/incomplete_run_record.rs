//! See `incomplete_run_record.md`.

use super::counting_runs;
use crate::prelude::*;

rule!(INCOMPLETE_RUN_RECORD, "incomplete_run_record", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let mut complete = 0;
    for run in counting_runs(cx) {
        let configuration = &run.configuration;
        let missing: Vec<&str> = [
            ("the version tested", run.version.is_empty()),
            ("the configuration", configuration.hardware.is_empty() && configuration.software.is_empty()),
            ("the test tools", run.tools.is_empty()),
            ("the person responsible", run.person.is_empty()),
        ]
        .into_iter()
        .filter_map(|(what, is_missing)| is_missing.then_some(what))
        .collect();
        if missing.is_empty() {
            complete += 1;
        } else {
            out.at_entry(run.position, &run.id).arg("missing", missing.join(", "));
        }
    }
    if complete > 0 {
        out.saw_text_for("62304:5.7.5", format!("{complete} complete run records"));
        out.saw_text_for("62304:9.8", format!("{complete} complete run records"));
    }
}
