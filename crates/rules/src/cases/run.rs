//! Running the cases.

use super::parse::{Case, cases};
use super::stage::Stage;
use crate::case_file::Mark;
use crate::engine::judge_with;
use crate::registry::{Rule, registry};
use diagnostics::Diagnostic;
use std::collections::BTreeSet;

#[test]
fn every_case_fires_where_it_is_marked_and_nowhere_else() {
    let mut wrong = String::new();
    for rule in registry().rules() {
        for case in cases(rule.markdown) {
            let (expected, found) = (case.expected(), found(rule, &case));
            if expected != found.iter().map(|(mark, _)| mark.clone()).collect::<Vec<_>>() {
                wrong.push_str(&format!(
                    "\n{} {} / {}\n  expected {expected:?}\n  found    {found:#?}\n",
                    rule.meta.id, rule.meta.name, case.title
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_rule_has_a_case_that_fires_and_one_that_is_silent() {
    for rule in registry().rules() {
        let cases = cases(rule.markdown);
        let fires = |c: &Case| c.marks().any(|m| m == rule.meta.id);
        assert!(cases.iter().any(fires), "{rule:?} has no firing case");
        assert!(cases.iter().any(|c| !fires(c)), "{rule:?} has no silent case");
    }
}

#[test]
fn every_placeholder_is_filled_in_some_case_and_none_is_left_open() {
    for rule in registry().rules() {
        for case in cases(rule.markdown) {
            for (_, said) in found(rule, &case) {
                assert!(!said.contains(['{', '}']), "{rule:?} / {}: {said}", case.title);
            }
        }
    }
}

/// The findings of the rule, and of those that the case names, each with all that it says.
fn found(rule: &Rule, case: &Case) -> Vec<(Mark, String)> {
    let stage = Stage::of(rule, case);
    let named: BTreeSet<&str> = case.marks().chain([rule.meta.id.as_str()]).collect();
    let mut out: Vec<(Mark, String)> = stage.with_snapshot(|cx| {
        let judgement = judge_with(cx, |r| named.contains(r.meta.id.as_str()));
        let wanted = judgement.findings.iter().filter(|d| named.contains(d.rule.as_ref()));
        wanted.map(|d| (mark(case, d), said(d))).collect()
    });
    out.sort();
    out
}

fn mark(case: &Case, d: &Diagnostic) -> Mark {
    let in_case = d.location.file_line().filter(|(file, _)| case.blocks.iter().any(|b| b.file == *file));
    let (file, line) = in_case.unwrap_or(("", 0));
    (file.to_owned(), line, d.rule.to_string())
}

fn said(d: &Diagnostic) -> String {
    format!("{}: {} | {} | {}", d.location, d.message, d.label, d.help.as_deref().unwrap_or(""))
}
