//! A measurement, not a test: how long all rules take over a large product.
//!
//! `cargo test -p rules --release -- --ignored --nocapture ten_thousand_items`

use super::parse::{Case, cases};
use super::stage::Stage;
use crate::engine::judge;
use crate::findings::Findings;
use crate::registry::registry;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Instant;

#[test]
#[ignore = "a measurement"]
#[allow(clippy::print_stderr, reason = "a measurement is for reading")]
fn ten_thousand_items() {
    let stage = |document: &str| {
        let markdown = format!("\n## Cases\n### c\n```markdown file=dossier/a.md\n{document}```\n");
        let case: Case = cases(&markdown).pop().expect("one case");
        Stage::of(registry().rule("R0050").expect("a rule"), &case)
    };
    let unconfirmed = stage(&document(&HashMap::new()));
    let stamps = unconfirmed.with_snapshot(|cx| {
        cx.model.items().iter().map(|i| (i.id.to_string(), format!("@{}", i.digest.stamp()))).collect()
    });
    let confirmed = stage(&document(&stamps));
    for stage in [unconfirmed, confirmed] {
        stage.with_snapshot(|cx| {
            let mut each: Vec<_> = registry()
                .rules()
                .iter()
                .map(|rule| {
                    let mut out = Findings::new(rule, cx);
                    let start = Instant::now();
                    (rule.check)(cx, &mut out);
                    (start.elapsed(), rule)
                })
                .collect();
            each.sort_by_key(|(took, _)| std::cmp::Reverse(*took));
            eprintln!("slowest: {:?}", &each[..6]);
            for _ in 0..3 {
                let start = Instant::now();
                let findings = judge(cx).findings.len();
                let took = start.elapsed();
                let (items, links) = (cx.model.items().len(), cx.model.links().len());
                eprintln!("{items} items, {links} links, {findings} findings: {took:?}");
            }
        });
    }
}

fn document(stamps: &HashMap<String, String>) -> String {
    let stamp = |id: String| stamps.get(&id).map_or_else(|| id.clone(), |stamp| format!("{id}{stamp}"));
    let mut text = String::from("## SYSTEM-app The app\n- class: B\n- rationale: not serious\n\n");
    let _ = write!(text, "## ITM-a The item\n- part-of: {}\n\n", stamp("SYSTEM-app".into()));
    for n in 0..2_500 {
        let _ = write!(text, "## SYS-{n} The user sees result {n}\n\nText.\n\n");
    }
    for n in 0..5_000 {
        let (sys, item) = (stamp(format!("SYS-{}", n / 2)), stamp("ITM-a".into()));
        let _ = write!(
            text,
            "## SRS-{n} Show result {n}\n- satisfies: {sys}\n- allocated-to: {item}\n\nText.\n\n"
        );
    }
    for n in 0..2_500 {
        let (a, b) = (stamp(format!("SRS-{}", 2 * n)), stamp(format!("SRS-{}", 2 * n + 1)));
        let _ = write!(
            text,
            "## TC-{n} Result {n}\n- verifies: {a}, {b}\n- results: suite::case_{n}\n\nText.\n\n"
        );
    }
    text
}
