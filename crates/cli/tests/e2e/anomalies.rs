//! Anomalies as people live them: reported, questioned, investigated, resolved, reopened, judged against what is in the field.

use super::bench::*;

const REPORT: &str =
    "--description 'Half a second late' --found 'in use' --reproduction 'call it' --version 1.0.0";

fn ids(p: &Product, question: &str) -> Vec<String> {
    let list = p.ok(&format!("anomaly list '{question}' --format json")).json();
    let rows = list["anomalies"].as_array().unwrap();
    rows.iter().map(|r| r["anomaly"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_list_answers_a_question_and_a_fault_in_it_is_shown_at_its_place() {
    let p = Product::approved();
    p.ok(&format!(
        "anomaly report AN-1 --title 'The line is late' {REPORT} --severity major --affects SRS-001"
    ));
    p.ok(&format!(
        "anomaly report AN-2 --title 'A typing error' {REPORT} --severity cosmetic --affects ITM-script"
    ));
    p.ok(&format!("anomaly report AN-3 --title 'Wrong unit' {REPORT} --severity critical --affects SRS-001"));
    assert_eq!(ids(&p, "severity>=major and open and affects SRS-001"), ["AN-1", "AN-3"]);
    assert_eq!(ids(&p, "not affects SRS-001 or title ~ unit"), ["AN-2", "AN-3"]);
    assert_eq!(ids(&p, "order by severity desc limit 1"), ["AN-3"]);
    let fault = p.run("anomaly list 'severty>=major'");
    fault.says(2, &["anomalies have no `severty` at character 1", "did you mean `severity`?"]);
    p.run("anomaly list 'severity>=grave'").says(2, &["the scale is cosmetic, minor, major, critical"]);
    // A word that no record can have is a mistake, and no empty list.
    p.run("anomaly list 'state=opened'").says(2, &["`opened` is no state", "\"will not be corrected\""]);
    p.run("change list 'category in (korrektiv)'").says(2, &["`korrektiv` is no category", "corrective"]);
    assert_eq!(ids(&p, "state=Reported and disposition!=wont-fix").len(), 3);
    p.refused(
        2,
        &format!("anomaly report AN-9 --title t {REPORT} --severity minor --affects ITM-core"),
        &["there is no item `ITM-core`", "dossier trace items"],
    );
    p.refused(2, "anomaly amend AN-1 --affects SRS-999 --reason r", &["there is no item `SRS-999`"]);
    p.refused(2, "change open CR-9 --title t --reason r --affects SRS-999", &["there is no item `SRS-999`"]);

    p.refused(2, "anomaly view save urgent 'severity>='", &["the value of `severity` is missing"]);
    p.ok("anomaly view save urgent 'severity>=major and open' --about 'what the daily looks at'");
    p.ok("anomaly list --view urgent title~late").says(0, &["AN-1"]);
    p.run("anomaly list --view nothing").says(2, &["no view `nothing`", "anomaly view list"]);
    p.ok("anomaly view list").says(0, &["urgent", "severity>=major and open"]);

    // The past is asked for by position: the third anomaly was not there yet.
    let before = p.position();
    p.ok("anomaly amend AN-2 --set severity=critical --reason 'it is read aloud in an alarm'");
    assert_eq!(ids(&p, "severity=critical"), ["AN-2", "AN-3"]);
    let then = p.ok(&format!("anomaly list severity=critical --ledger-at {before} --format json")).json();
    assert_eq!(then["count"], 1);
    p.refused(2, "anomaly amend AN-2 --set colour=red --reason r", &["`colour` is no field of a report"]);
}

#[test]
fn an_anomaly_is_closed_once_reopened_with_a_reason_and_no_chain_of_duplicates_runs_in_a_circle() {
    let p = Product::approved();
    for id in ["AN-1", "AN-2", "AN-3"] {
        p.ok(&format!("anomaly report {id} --title t {REPORT} --severity minor"));
    }
    let duplicate = |id: &str, of: &str| {
        format!("anomaly resolve {id} --disposition duplicate --duplicate-of {of} --resolution same")
    };
    p.ok(&duplicate("AN-1", "AN-2"));
    p.ok(&duplicate("AN-2", "AN-3"));
    p.refused(2, &duplicate("AN-3", "AN-1"), &["`AN-3` would be a duplicate of itself"]);
    p.refused(2, &duplicate("AN-3", "AN-9"), &["there is no anomaly `AN-9`"]);
    p.refused(2, &duplicate("AN-1", "AN-3"), &["`AN-1` is closed", "anomaly reopen AN-1"]);

    p.refused(2, "anomaly reopen AN-3 --reason r", &["is not resolved"]);
    let corrected =
        "anomaly resolve AN-3 --disposition corrected --fixed-in 1.0.1 --resolution 'the loop ends'";
    p.refused(2, &format!("{corrected} --change CR-9"), &["there is no change request `CR-9`"]);
    p.ok(corrected);
    p.act("qa-lead", "anomaly verify AN-3 --evidence RUN-1");
    assert!(ids(&p, "open").is_empty());
    p.refused(2, corrected, &["closed"]);
    p.ok("anomaly reopen AN-3 --reason 'seen again in 1.0.2'");
    assert_eq!(ids(&p, "open and reopened"), ["AN-3"]);
    assert_eq!(ids(&p, "residual-in 1.0.1"), ["AN-3"], "a correction that was taken back corrects nothing");
    p.ok(corrected);
    p.refused(
        2,
        "anomaly investigate AN-3 --cause c --outcome o --change CR-1",
        &["no change request `CR-1`"],
    );
    p.refused(2, "anomaly advise AN-3 --parties '' --means mail --message m", &["nobody is named"]);
    p.ok("anomaly advise AN-3 --parties support,clinic-7 --means 'mail of 2026-03-01' --message 'do not use it'");
    let shown = p.ok("anomaly show AN-3 --format json").json();
    assert_eq!(shown["advices"][0]["record"]["parties"][1], "clinic-7");
    assert_eq!(shown["reopenings"].as_array().unwrap().len(), 1);
}

#[test]
fn what_becomes_known_after_the_seal_is_judged_for_each_release_in_the_field() {
    let p = Product::judged();
    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p.ok("release seal 1.0.0");
    p.ok("anomaly addendum 1.0.0").says(0, &["None was reported"]);
    p.refused(2, "anomaly addendum 1.0.1", &["there is no release `1.0.1`"]);
    p.ok(&format!("anomaly report AN-7 --title 'Late' {REPORT} --severity major --affects SRS-001"));
    p.refused_act(
        "risk-owner",
        "anomaly evaluate AN-7 --release 1.0.0 --outcome acceptable --rationale 'rare'",
        &["`1.0.0` is sealed", "dossier anomaly judge AN-7 --release 1.0.0"],
    );
    p.run("anomaly fielded --open").says(1, &["1.0.0", "AN-7", "not judged", "pairs: 1 not judged"]);
    let fielded = p.ok("anomaly fielded --format json").json();
    assert_eq!(fielded["pairs"], serde_json::json!({"not judged": 1}));
    assert_eq!(
        fielded["rows"],
        serde_json::json!([{"anomaly": "AN-7", "severity": "major", "standing": "not judged", "releases": ["1.0.0"],
            "title": "Late"}])
    );
    p.refused(2, "anomaly fielded --release 2.0.0", &["`2.0.0` is not in the field"]);
    let judge = "anomaly judge AN-7 --release 1.0.0 --affected --hazards HAZ-001 --rationale 'the alarm is not late' \
                 --regulators 'no: no harm is possible'";
    p.refused_act("risk-owner", &format!("{judge} --users perhaps"), &["neither yes nor no"]);
    p.refused_act("risk-owner", &format!("{judge} --users no"), &["the reason for telling users"]);
    p.act("risk-owner", &format!("{judge} --users 'yes: they plan by it' --users-until 2026-03-20"));
    p.ok("anomaly fielded --open");
    let addendum = p.ok("anomaly addendum 1.0.0");
    addendum.says(
        0,
        &["AN-7 Late", "standing: affected", "yes until 2026-03-20: they plan by it", "The risk-owner"],
    );

    // A later finding was not judged.
    p.ok("anomaly investigate AN-7 --cause 'a race' --safety-relevant --hazards HAZ-001 --outcome 'worse' --no-change 'in work'");
    p.run("anomaly fielded --open").says(1, &["judged before the last finding"]);
    // What waits comes first, the worst of it before the rest; a hundred rows, and how many more there are.
    for n in 0..105 {
        let severity = if n == 104 { "critical" } else { "minor" };
        p.ok(&format!("anomaly report B-{n} --title 'Late' {REPORT} --severity {severity}"));
    }
    let some = p.ok("anomaly fielded --format json").json();
    assert_eq!((some["rows"].as_array().unwrap().len(), some["more"].as_u64()), (100, Some(6)));
    assert_eq!(some["pairs"], serde_json::json!({"not judged": 105, "judged before the last finding": 1}));
    assert_eq!(
        (some["rows"][0]["anomaly"].as_str(), some["rows"][1]["anomaly"].as_str()),
        (Some("B-104"), Some("AN-7"))
    );
    p.ok("anomaly fielded").says(0, &["6 further rows"]);
    assert_eq!(p.ok("anomaly fielded --all --format json").json()["rows"].as_array().unwrap().len(), 106);
    assert_eq!(p.ok("anomaly fielded AN-7 --format json").json()["rows"].as_array().unwrap().len(), 1);
    // And what is not in the field is evaluated, not judged.
    let other = judge.replace("1.0.0", "2.0.0");
    p.refused_act(
        "risk-owner",
        &format!("{other} --users 'no: none has it'"),
        &["`2.0.0` is not in the field"],
    );
}

#[test]
fn the_list_for_the_authority_says_what_is_recorded_and_what_is_not() {
    let p = Product::approved();
    p.ok(&format!(
        "anomaly report AN-1 --title '=HYPERLINK' {REPORT} --severity minor --performance 'half a second'"
    ));
    p.ok("release open 1.0.0 --build 1.0.0+b.1 --summary first");
    p.act(
        "risk-owner",
        "anomaly evaluate AN-1 --release 1.0.0 --outcome acceptable --hazards HAZ-001 --rationale 'late, not wrong' \
         --not-disclosed 'nobody can see it' --use-effects 'none: the operator waits anyway' --not-corrected 'a fix may race'",
    );
    let list = p.ok("anomaly unresolved 1.0.0 --format json").json();
    let entry = &list["anomalies"][0];
    assert_eq!(entry["use_and_human_factors"], "none: the operator waits anyway");
    assert_eq!(entry["root_cause"], "not recorded");
    assert_eq!(entry["outcome"], "acceptable");
    let csv = p.ok("anomaly unresolved 1.0.0 --format csv").out;
    assert!(csv.contains("\"'=HYPERLINK"), "a spreadsheet would run it: {csv}");
    p.run("anomaly unresolved 1.0.0 --format sarif").says(2, &["no form"]);
    let body = p.ok("anomaly show AN-1 --format json").json();
    let judged = body["evaluations"][0]["record"]["judged"].as_array().unwrap().len();
    assert!(judged > 1, "the risk file around the hazard is bound too");
}
