//! `classify`, `check --base` and the forms of evaluations, through the binary.

use super::bench::*;

#[test]
fn classify_shows_the_table_refuses_what_it_cannot_decide_and_writes_the_document() {
    let p = Product::written();
    let risks = "---\ndocument: DOC-RMF\n---\n# Risk file\n\n## SYSTEM-one The app\n\n## HAZ-900 No alarm\n- leads-to: HS-900\n\n\
                 ## HS-900 Fever is not noticed\n\nNobody comes.\n\n## CAU-900 Wrong limit\n- causes: HS-900\n\nThe comparison is wrong.\n";
    std::fs::remove_dir_all(p.path("dossier")).unwrap();
    p.write("dossier/risks/file.md", risks);
    p.run("classify --show").says(1, &["SYSTEM-one", "D6", "contributes yes", "recorded none"]);
    p.run("classify --answer HS-900.severity=awful --rationale x")
        .says(2, &["`awful` is no severity", "one of minor, serious"]);
    p.run("classify --answer HS-901.severity=minor --rationale x")
        .says(2, &["`HS-901` is no hazardous situation"]);
    p.run("classify --answer HS-900.severity=minor --class A --rationale 'an alarm that comes late'")
        .says(2, &["class A is lower than what the table gives", "row D5"]);
    let written = p.run("classify --answer HS-900.severity=minor --rationale 'a late alarm heals without intervention' --format json");
    written.says(0, &[]);
    let system = &written.json()["systems"][0];
    assert_eq!((system["outcome"].as_str(), system["recorded"].as_str()), (Some("B"), Some("B")), "{system}");
    let text = std::fs::read_to_string(p.path("dossier/risks/file.md")).unwrap();
    for line in
        ["- class: B\n", "- hazards: HAZ-900\n", "- severity: minor\n", "- rationale: a late alarm heals"]
    {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
    p.run("classify --show").says(0, &["class B by row D5", "recorded B"]);
}

#[test]
fn the_interview_asks_until_it_is_answered_and_writes_the_document() {
    let p = Product::written();
    let risks = "---\ndocument: DOC-RMF\n---\n# Risk file\n\n## SYSTEM-one The app\n\n## HAZ-900 No alarm\n- leads-to: HS-900\n\n\
                 ## HS-900 Fever is not noticed\n\nNobody comes.\n";
    std::fs::remove_dir_all(p.path("dossier")).unwrap();
    p.write("dossier/risks/file.md", risks);
    let said = p.at_terminal(
        "classify",
        &[
            ("[unknown]: ", "perhaps"),
            ("[unknown]: ", "yes"),
            ("[not recorded]: ", "serious"),
            ("has failed: remote, frequent: ", ""),
            ("(none on file): remote, frequent: ", "frequently"),
            ("(none on file): remote, frequent: ", ""),
            ("in a sentence or two: ", ""),
            ("in a sentence or two: ", "the app is the only one that notices the fever of the child"),
            ("(Enter: the table's): ", "D"),
            ("(Enter: the table's): ", ""),
        ],
    );
    let Some((code, shown)) = said else { return };
    assert_eq!(code, Some(0), "{shown}");
    for said in [
        "`perhaps` is none of yes, no, unknown",
        "`frequently` is none of",
        "none is recorded yet",
        "SYSTEM-one: class C",
    ] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let text = std::fs::read_to_string(p.path("dossier/risks/file.md")).unwrap();
    for line in [
        "- class: C\n",
        "- contributes: yes\n",
        "- severity: serious\n",
        "- rationale: the app is the only one",
    ] {
        assert!(text.contains(line), "{line} is not in:\n{text}");
    }
    p.run("classify --show").says(0, &["recorded C"]);
}

#[test]
fn check_against_a_base_reports_what_is_new() {
    let p = Product::written();
    let before = p.run("check --documents-only --format json").json()["findings"].as_array().unwrap().len();
    p.run("check --documents-only --base HEAD --format json").says(0, &["\"findings\": []"]);
    p.write(
        "dossier/requirements/new.md",
        "## SRS-990 Nothing asks for this\n\nText of a new requirement.\n",
    );
    let new = p.run("check --documents-only --base HEAD --format json");
    let findings = new.json()["findings"].as_array().unwrap().clone();
    assert!(!findings.is_empty() && findings.len() < before.max(1) + 10, "{findings:#?}");
    assert!(findings.iter().any(|f| f["subject"] == "SRS-990" && f["rule"] == "R0071"), "{findings:#?}");
    p.run("check --documents-only --base no-such-revision").says(2, &["names no commit"]);
}

#[test]
fn a_form_is_shown_and_an_evaluation_that_leaves_it_open_is_refused() {
    let p = Product::judged();
    p.ok("clauses form 62304:5.2.5").says(0, &["--answer revisited=", "judged: every system-requirement"]);
    p.run("clauses form 62304:5.1.3").says(2, &["has no form"]);
    p.refused_act(
        "qa-lead",
        "clauses evaluate 62304:5.2.5 --subject 1.0.0 --judged DOC-SRS --rationale ok",
        &["leaves questions of its form open", "--answer updated="],
    );
    p.refused_act(
        "qa-lead",
        "clauses evaluate 62304:5.2.5 --subject 1.0.0 --judged DOC-SRS --answer nonsense=x --rationale ok",
        &["has no question `nonsense`", "revisited"],
    );
}

#[test]
fn a_part_that_is_out_of_scope_stands_on_a_list_of_its_own() {
    let p = Product::written();
    let risks = std::fs::read_to_string(p.path("dossier/risks.md")).unwrap();
    let tool = "\n## SYSTEM-fixture Test fixture of the factory\n- intended-purpose: presses the button of each device once before it is packed\n\
                - qualification: out-of-scope\n- qualification-reason: it tests devices in the factory and never meets a patient\n\
                - validation: DOC-CSV-7\n";
    p.write("dossier/risks.md", risks + tool);
    for form in ["full", "concise", "github"] {
        p.run(&format!("check --documents-only --format {form}"))
            .says(0, &["SYSTEM-fixture  outside of IEC 62304, computer software validation: DOC-CSV-7"]);
    }
    let report = p.run("check --documents-only --format json").json();
    let subjects: std::collections::BTreeSet<&str> =
        report["clauses"].as_array().unwrap().iter().map(|c| c["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, std::collections::BTreeSet::from(["SYSTEM-thermo"]), "not under 62304");
    assert!(report["systems"].get("SYSTEM-fixture").is_none(), "{}", report["systems"]);
}
