//! See `security_test_result_open.md`.

use crate::prelude::*;

rule!(SECURITY_TEST_RESULT_OPEN, "security_test_result_open", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((state, software)) = cx.state.zip(cx.software) else { return };
    for test in state.security.tests_of(software) {
        let open = super::open_results(state, &test.body);
        let listed = u64::try_from(test.body.found.len()).unwrap_or(u64::MAX);
        let rest = test.body.open.saturating_sub(listed);
        for found in &open {
            let place = if found.place.is_empty() { String::new() } else { format!("at {} ", found.place) };
            out.at_entry(test.meta.seq, &test.body.test)
                .arg("result", found.rule.clone())
                .arg("level", found.level.clone())
                .arg("place", place);
        }
        if rest > 0 {
            out.at_entry(test.meta.seq, &test.body.test)
                .arg("result", format!("{rest} more results"))
                .arg("level", "error or warning")
                .arg("place", "in its report ");
        }
        if open.is_empty() && rest == 0 {
            out.saw_text(format!("{} ({}), nothing open", test.body.test, test.body.tools.join(", ")));
        }
    }
}
