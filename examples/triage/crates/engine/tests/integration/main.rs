//! The engine with the clinical content it is shipped with: every red flag of every pathway, one test each.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod adult;
mod pediatric;

use triage_content::Bundle;
use triage_engine::{Age, Answer, Answers, raised};

/// What a pathway of the built-in content raises at an age in months, as `id level`.
fn raises(pathway: &str, months: u32, answers: &[(&str, &str)], expected: &[&str]) {
    let bundle = Bundle::builtin().unwrap();
    let p = bundle.pathway(pathway).unwrap();
    let answers: Answers = answers
        .iter()
        .map(|(q, a)| (q.to_string(), Answer::parse(p.question(q).unwrap(), a).unwrap()))
        .collect();
    let found: Vec<String> = raised(p, &answers, Age::of_months(months))
        .iter()
        .map(|r| format!("{} {}", r.flag.id, r.level))
        .collect();
    assert_eq!(found, expected);
}
