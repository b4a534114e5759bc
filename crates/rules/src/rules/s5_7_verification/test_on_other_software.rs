//! See `test_on_other_software.md`.

use super::{Tested, clause_of_results, planned, tested};
use crate::prelude::*;

rule!(TEST_ON_OTHER_SOFTWARE, "test_on_other_software", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in planned(cx) {
        let Tested::Elsewhere(run) = tested(cx, item) else { continue };
        let report = out.at_item(ix, item).arg("run", run.id.clone()).arg("version", run.version.clone());
        report.clause(clause_of_results(item)).clause("62304:5.8.1");
        report.note(format!("tested software {}", run.software.short()));
        if let Some(now) = cx.software {
            report.note(format!("present software {}", now.short()));
        }
    }
}
