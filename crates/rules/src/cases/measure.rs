//! A measurement, not a test: how long all rules take over a large product.
//!
//! `cargo test -p rules --release -- --ignored --nocapture ten_thousand_items`

use super::parse::{Case, cases};
use super::stage::Stage;
use crate::engine::judge;
use crate::registry::registry;
use std::fmt::Write as _;
use std::time::Instant;

#[test]
#[ignore = "a measurement"]
fn ten_thousand_items() {
    let mut text = String::from(
        "## SYSTEM-app The app\n- class: B\n- rationale: not serious\n\n## ITM-a The item\n- part-of: SYSTEM-app@STAMP\n\n",
    );
    for n in 0..2_500 {
        let _ = write!(text, "## SYS-{n} The user sees result {n}\n\nText.\n\n");
    }
    for n in 0..5_000 {
        let sys = n / 2;
        let _ = write!(
            text,
            "## SRS-{n} Show result {n}\n- satisfies: SYS-{sys}\n- allocated-to: ITM-a\n\nThe app shows it.\n\n"
        );
    }
    for n in 0..2_500 {
        let (a, b) = (2 * n, 2 * n + 1);
        let _ = write!(
            text,
            "## TC-{n} Result {n}\n- level: system\n- verifies: SRS-{a}, SRS-{b}\n- steps: s\n- expected: e\n\n"
        );
    }
    let case =
        format!("\n## Cases\n### c\n```markdown file=dossier/a.md\n{}```\n", text.replace("@STAMP", ""));
    let case: Case = cases(&case).pop().expect("one case");
    let stage = Stage::of(registry().rule("R0050").expect("a rule"), &case);
    stage.with_snapshot(|cx| {
        for _ in 0..3 {
            let start = Instant::now();
            let judgement = judge(cx);
            eprintln!(
                "{} items, {} links, {} findings: {:?}",
                cx.model.items().len(),
                cx.model.links().len(),
                judgement.findings.len(),
                start.elapsed()
            );
        }
    });
}
