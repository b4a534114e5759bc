//! Tests of the verdict on clauses, of waivers and overrides, and of one cause being one finding.

use super::parse::{Case, cases};
use super::stage::Stage;
use crate::engine::{Judgement, judge};
use crate::registry::registry;
use diagnostics::{ClauseVerdict, Verdict};

/// Judges blocks written as in a rule's file, by all rules; with `gate`, for release 2.4.0.
fn judged(gate: bool, blocks: &str) -> Judgement {
    let case: Case = cases(&format!("\n## Cases\n### case\n{blocks}\n")).pop().expect("one case");
    let rule = registry().rule(if gate { "R0042" } else { "R0050" }).expect("a rule");
    Stage::of(rule, &case).with_snapshot(judge)
}

fn row<'j>(judgement: &'j Judgement, clause: &str, subject: &str) -> &'j ClauseVerdict {
    let mut rows = judgement.clauses.iter().filter(|v| v.clause == clause && v.subject == subject);
    let row = rows.next().unwrap_or_else(|| panic!("{clause} of {subject} has no row"));
    assert!(rows.next().is_none(), "{clause} of {subject} stands twice");
    row
}

fn rules(judgement: &Judgement) -> Vec<&str> {
    judgement.findings.iter().map(|d| d.rule.as_ref()).collect()
}

const TWO_SYSTEMS: &str = r#"
```markdown file=dossier/all.md
## SYSTEM-app The app
- class: B
- rationale: the harm is not serious

## SYSTEM-site The web site
- class: A
- rationale: no hazardous situation can follow

## ITM-triage Triage engine
- part-of: SYSTEM-app

## ITM-pages Pages
- part-of: SYSTEM-site

## UNT-pathway Pathway selection
- part-of: ITM-triage

## UNT-menu Menu
- part-of: ITM-pages
```
"#;

#[test]
fn every_clause_in_force_has_one_row_for_each_system_in_numeric_order() {
    let judgement = judged(false, TWO_SYSTEMS);
    let in_force = clauses::edition(clauses::DEFAULT_EDITION).unwrap().in_force().count();
    assert_eq!(judgement.clauses.len(), 2 * in_force);
    let ids: Vec<&str> = judgement.clauses.iter().map(|v| v.clause.as_str()).collect();
    assert!(ids.is_sorted_by(|a, b| clauses::compare_ids(a, b).is_le()));
    assert!(judgement.clauses.iter().all(|v| !v.reason.is_empty() && !v.checked_by.is_empty()));
}

#[test]
fn a_pass_names_its_evidence_and_nothing_passes_without() {
    for (gate, blocks) in [(false, TWO_SYSTEMS), (true, TWO_SYSTEMS), (false, ""), (true, "")] {
        for v in judged(gate, blocks).clauses.iter().filter(|v| v.verdict == Verdict::Pass) {
            assert!(!v.evidence.is_empty(), "{v:?}");
        }
    }
    let nothing = judged(false, "");
    assert!(nothing.clauses.iter().all(|v| v.verdict != Verdict::Pass), "an empty product passes nothing");
}

#[test]
fn what_is_not_due_for_a_class_says_so_and_findings_count_for_their_own_system() {
    let judgement = judged(false, TWO_SYSTEMS);
    let of_app = row(&judgement, "62304:5.5.5", "SYSTEM-app");
    assert_eq!((of_app.verdict, of_app.reason.as_str()), (Verdict::Finding, "R0098 unit-not-verified"));
    let of_site = row(&judgement, "62304:5.5.5", "SYSTEM-site");
    assert_eq!(of_site.verdict, Verdict::NotApplicable);
    assert!(of_site.reason.starts_with("not due for class A"), "{}", of_site.reason);
    let units: Vec<_> = judgement
        .findings
        .iter()
        .filter(|d| d.rule == "R0098")
        .filter_map(|d| d.subject.as_deref())
        .collect();
    assert_eq!(units, ["UNT-pathway"]);
}

#[test]
fn release_clauses_wait_for_a_release_and_legacy_ones_for_legacy_software() {
    let judgement = judged(false, TWO_SYSTEMS);
    for clause in ["62304:5.8.1", "62304:5.8.8", "62304:4.4.1"] {
        assert_eq!(row(&judgement, clause, "SYSTEM-app").verdict, Verdict::NotApplicable, "{clause}");
    }
    // That no anomaly is known says something only where somebody has looked.
    let ran = "```toml file=results\n[[result]]\nitem = \"TC-1\"\noutcome = \"passed\"\n```\n";
    let unseen = judged(true, TWO_SYSTEMS);
    assert_eq!(row(&unseen, "62304:5.8.2", "SYSTEM-site").verdict, Verdict::Finding);
    let gate = judged(true, &format!("{TWO_SYSTEMS}\n{ran}"));
    assert_eq!(row(&gate, "62304:5.8.7", "SYSTEM-app").verdict, Verdict::Finding);
    assert_eq!(row(&gate, "62304:5.8.2", "SYSTEM-site").verdict, Verdict::Pass);
    assert_eq!(row(&gate, "62304:5.8.3", "SYSTEM-site").verdict, Verdict::NotApplicable);
    let adjacent: Vec<&str> = gate.adjacent.iter().map(|v| v.clause.as_str()).collect();
    assert!(adjacent.contains(&"14971:9") && adjacent.contains(&"13485:8.2.6"), "{adjacent:?}");
    let whole = gate.of_clause("62304:5.8.7").unwrap();
    assert_eq!((whole.verdict, whole.subject.as_str()), (Verdict::Finding, ""));
}

#[test]
fn a_clause_without_a_rule_waits_for_a_person() {
    let judgement = judged(false, TWO_SYSTEMS);
    let review = row(&judgement, "62304:5.3.6", "SYSTEM-app");
    assert_eq!(review.verdict, Verdict::Human);
    assert!(
        review.reason.starts_with("no rule over evidence yet; needs a person's evaluation"),
        "{}",
        review.reason
    );
    assert_eq!(review.checked_by, ["evaluation"]);
}

#[test]
fn a_document_that_claims_to_be_evidence_is_shown_and_makes_nothing_pass() {
    let judgement = judged(
        false,
        "```markdown file=dossier/plan.md\n---\ndocument: DOC-SDP\nclauses: [\"62304:5.2.5\"]\n---\n# Plan\n\nText.\n```\n",
    );
    let row = row(&judgement, "62304:5.2.5", "case");
    assert_eq!(row.verdict, Verdict::Human);
    assert!(row.evidence[0].starts_with("document DOC-SDP "), "{row:?}");
}

#[test]
fn only_a_current_evaluation_makes_human_a_pass() {
    const FIELDS: &str = "fields = { implements = \"row by row\", interfaces = \"both sides\", soup-operation = \"none used\" }\n";
    let with = |evaluation: &str| {
        let blocks = format!(
            "{TWO_SYSTEMS}\n```toml file=records\n[[record]]\nkind = \"evaluation/record/v1\"\nclause = \"62304:5.3.6\"\n\
             subject = \"SYSTEM-app\"\n{evaluation}\n{FIELDS}```\n"
        );
        let judgement = judged(false, &blocks);
        (
            row(&judgement, "62304:5.3.6", "SYSTEM-app").clone(),
            row(&judgement, "62304:5.3.6", "SYSTEM-site").verdict,
        )
    };
    let judged_now = "judged = [{ subject = \"ITM-triage\", digest = \"digest of ITM-triage\" }]";
    let (v, other_system) = with(&format!("adequate = true\n{judged_now}"));
    assert_eq!((v.verdict, other_system), (Verdict::Pass, Verdict::NotApplicable));
    assert!(v.evidence[0].starts_with("evaluated by qa-lead in entry 0"), "{:?}", v.evidence);

    let (v, _) = with(&format!("adequate = false\n{judged_now}"));
    assert_eq!(v.verdict, Verdict::Finding);
    let (v, _) =
        with("adequate = true\njudged = [{ subject = \"UNT-menu\", digest = \"digest of UNT-menu\" }]");
    assert!(v.reason.contains("`ITM-triage` is not among what was judged"), "{}", v.reason);
    let (v, _) = with("adequate = true");
    assert_eq!(v.verdict, Verdict::Human, "it names nothing that was judged");
    let (v, _) =
        with("adequate = true\njudged = [{ subject = \"ITM-triage\", digest = \"of another text\" }]");
    assert_eq!(v.verdict, Verdict::Human);
    assert!(v.reason.contains("has changed since it was judged"), "{}", v.reason);
}

#[test]
fn a_waiver_makes_the_clause_waived_and_is_found_where_it_is_wrong() {
    let with = |rule: &str, subject: &str, until: &str| {
        judged(
            false,
            &format!(
                "```markdown file=dossier/a.md\n## SRS-1 Show the result\n\nThe app shows it.\n```\n\n```toml file=records\n\
                 [[record]]\nkind = \"waiver/grant/v1\"\nwaiver = \"W-1\"\nrule = \"{rule}\"\nsubject = \"{subject}\"\n\
                 until = \"{until}\"\n```\n"
            ),
        )
    };
    let waived = with("requirement-without-source", "SRS-1", "2026-12-31");
    let finding = waived.findings.iter().find(|d| d.rule == "R0071").unwrap();
    assert_eq!((finding.verdict, finding.waived_by.as_deref()), (Verdict::Waived, Some("W-1")));
    assert!(!rules(&waived).iter().any(|r| r.starts_with("R000")), "{:?}", rules(&waived));

    assert!(rules(&with("R0071", "SRS-1", "2026-02-28")).contains(&"R0002"), "expired");
    assert!(rules(&with("R0071", "SRS-2", "2026-12-31")).contains(&"R0001"), "unused");
    assert!(rules(&with("R0071", "", "2026-12-31")).contains(&"R0003"), "over-wide");
    let never = with("no-software-system", "case", "2026-12-31");
    assert!(rules(&never).contains(&"R0004"), "{:?}", rules(&never));
    assert_eq!(row(&never, "62304:4.3.g", "case").verdict, Verdict::Finding);
}

#[test]
fn the_strict_profile_lets_waive_nothing_of_the_release() {
    let waive = "```toml file=records\n[[record]]\nkind = \"anomaly/report/v1\"\nanomaly = \"A-1\"\n\n[[record]]\n\
                 kind = \"anomaly/evaluate/v1\"\nanomaly = \"A-1\"\nrelease = \"2.4.0\"\nhazards = []\n\n[[record]]\n\
                 kind = \"waiver/grant/v1\"\nwaiver = \"W-1\"\nrule = \"R0135\"\nsubject = \"A-1\"\n```\n";
    let strict = "```toml file=dossier.toml\n[product]\nname = \"case\"\nprofile = \"playbook\"\n```\n";
    let verdict = |j: &Judgement| j.findings.iter().find(|d| d.rule == "R0135").map(|d| d.verdict);
    assert_eq!(verdict(&judged(true, waive)), Some(Verdict::Waived));
    assert_eq!(verdict(&judged(true, &format!("{strict}{waive}"))), Some(Verdict::Finding));
}

#[test]
fn an_override_changes_severity_and_verdict_but_not_of_what_is_never_waivable() {
    let with = |line: &str| {
        judged(
            false,
            &format!(
                "```toml file=dossier.toml\n[product]\nname = \"case\"\n\n[rules]\n{line}\n```\n\n\
                 ```markdown file=dossier/a.md\n## SRS-1 Show the result\n\nThe app shows it.\n```\n"
            ),
        )
    };
    let verdict = |j: &Judgement, rule: &str| j.findings.iter().find(|d| d.rule == rule).map(|d| d.verdict);
    assert_eq!(verdict(&with(""), "R0071"), Some(Verdict::Finding));
    assert_eq!(verdict(&with("requirement-without-source = \"note\""), "R0071"), Some(Verdict::Advisory));
    let off = with("R0071 = \"off\"");
    assert_eq!((verdict(&off, "R0071"), off.switched_off), (None, 1));
    assert_eq!(verdict(&with("no-software-system = \"off\""), "R0060"), Some(Verdict::Finding));
}

#[test]
fn one_cause_is_one_finding() {
    // A dangling verification is a dangling link; the requirement next to it has its own test.
    let judgement = judged(
        false,
        "```markdown file=dossier/a.md\n## SYSTEM-app The app\n- class: A\n- rationale: no hazardous situation can follow\n\n\
         ## SYS-1 The user sees the result\n\n## SRS-1 Show the result\n- satisfies: SYS-1@STAMP\n\nThe app shows it.\n\n\
         ## TC-1 Shown\n- level: system\n- verifies: SRS-1@00000000\n- steps: answer\n- expected: shown\n```\n\n\
         ```toml file=results\n[[result]]\nitem = \"TC-1\"\noutcome = \"failed\"\n```\n",
    );
    // Plans and kinds of content are other causes, and this product has neither.
    let of_plans =
        |d: &&diagnostics::Diagnostic| registry().rule(&d.rule).is_some_and(|r| r.group == "plans");
    let others = judgement.findings.iter().filter(|d| !of_plans(d) && d.rule != "R0232");
    let mut found: Vec<&str> = others.map(|d| d.rule.as_ref()).collect();
    found.sort_unstable();
    assert_eq!(found, ["R0053", "R0092"], "{:#?}", judgement.findings);
}

/// What the gate says is part of what people sign: an entry that has nothing to do with the release, a signature among them,
/// must not change a letter of it.
#[test]
fn an_entry_beside_the_release_changes_nothing_that_is_signed() {
    let people = "```toml file=people\nrelease-manager = \"m\"\n```\n\n";
    let other = "[[record]]\nkind = \"document/approve/v1\"\ndocument = \"DOC-OTHER\"\ndigest = \"of another text\"\n";
    let signed = |records: &str| {
        let judgement = judged(true, &format!("{TWO_SYSTEMS}\n{people}```toml file=records\n{records}```\n"));
        let sections = (1..=8).map(|n| judgement.of_clause(&format!("62304:5.8.{n}")).expect("a section"));
        (sections.collect::<Vec<_>>(), judgement.adjacent)
    };
    assert_eq!(signed(""), signed(&other.repeat(5)));
}

#[test]
fn the_same_snapshot_gives_the_same_findings() {
    let (first, again) = (judged(true, TWO_SYSTEMS), judged(true, TWO_SYSTEMS));
    assert_eq!(first.findings, again.findings);
    assert_eq!(first.clauses, again.clauses);
}

#[test]
fn reported_clauses_are_those_of_the_front_matter() {
    for rule in registry().rules().iter().filter(|r| !r.meta.clauses.is_empty()) {
        for case in cases(rule.markdown) {
            let judgement = Stage::of(rule, &case).with_snapshot(judge);
            for d in judgement.findings.iter().filter(|d| d.rule == rule.meta.id.as_str()) {
                for cited in &d.clauses {
                    let stands =
                        rule.meta.clauses.iter().any(|c| cited == c || cited.starts_with(&format!("{c}.")));
                    assert!(stands, "{rule:?} reports {cited}, which its front matter does not name");
                }
            }
        }
    }
}
