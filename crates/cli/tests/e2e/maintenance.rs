//! After the release: feedback, complaints, corrective action, trends, and what the rules say of them.

use super::access::Server;
use super::bench::*;
use std::path::{Path, PathBuf};

const REPORT: &str = "--description 'Half a second late' --found 'in use' --reproduction 'call it' --version 1.0.0 \
                      --severity minor --performance slow --safety none --security none";

/// The rules that `check` names now.
fn rules(p: &Product) -> Vec<String> {
    let findings = p.run("check --format json").json();
    let mut out: Vec<String> = findings["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["rule"].as_str().unwrap().to_owned())
        .collect();
    out.sort();
    out.dedup();
    out
}

#[test]
fn the_clauses_about_problems_and_changes_fire_and_fall_silent_through_the_command_line() {
    let p = Product::judged();
    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p.ok("release seal 1.0.0");
    assert!(rules(&p).is_empty(), "{:?}", rules(&p));

    p.ok(&format!("anomaly report AN-1 --title 'The line is late' {REPORT} --affects SRS-001"));
    p.ok("anomaly investigate AN-1 --cause 'a loop' --safety-relevant --hazards HAZ-001 --outcome 'to be corrected'");
    assert_eq!(
        rules(&p),
        ["R0492", "R0493", "R0499"],
        "what follows, whom to advise, which releases have it"
    );
    p.ok("change open CR-1 --title 'A shorter loop' --reason AN-1 --category corrective --answers AN-1");
    p.ok("anomaly investigate AN-1 --cause 'a loop' --safety-relevant --hazards HAZ-001 --outcome 'to be corrected' --change CR-1");
    p.ok("anomaly advise AN-1 --parties support --means mail --message 'restart it'");
    p.act(
        "risk-owner",
        "anomaly judge AN-1 --release 1.0.0 --affected --hazards HAZ-001 --rationale 'late, not wrong' \
         --users 'yes: they plan by it' --regulators 'no: no harm is possible'",
    );
    assert_eq!(rules(&p), ["R0454", "R0457"], "users were to be told, and nobody decided on reporting");
    p.act(
        "prrc",
        "complaint decide AN-1 --regulation mdr-87 --aware 2026-03-01 --reason 'no harm is possible'",
    );
    p.ok("feedback notice FSN-1 --audience users --about AN-1 --versions 1.0.0 --message 'restart it' --sent 'mail of today'");
    assert!(rules(&p).is_empty(), "{:?}", rules(&p));

    // A commit without a change, one seen before its approval, and a change nobody analysed.
    let script = p.path("src/thermo.sh");
    let text = std::fs::read_to_string(&script).unwrap();
    std::fs::write(&script, format!("{text}# shorter\n")).unwrap();
    p.commit("a shorter loop");
    let found = p.run("check");
    found.says(1, &["error[R0470]", "a shorter loop", "src/thermo.sh", "Change: CR-"]);
    p.git("commit -q --amend -m 'a shorter loop\n\nChange: CR-1'");
    p.ok("change observe");
    assert!(rules(&p).contains(&"R0471".to_owned()), "{:?}", rules(&p));
    p.act("software-lead", "change approve CR-1 --reason 'worth it'");
    let after = rules(&p);
    assert!(after.contains(&"R0471".to_owned()) && after.contains(&"R0453".to_owned()), "{after:?}");
    assert!(after.contains(&"R0474".to_owned()), "{after:?}");

    p.ok("feedback installed site-7 --version 1.0.1-hotfix --found 'service report'");
    p.run("check").says(1, &["error[R0456]", "1.0.1-hotfix", "no release of that version was ever opened"]);
}

#[test]
fn a_complaint_closes_once_its_report_was_decided_and_sent() {
    let p = Product::approved();
    let receive = "complaint receive CMP-1 --device 'thermo 1.0.0' --nature 'shows the wrong unit'";
    p.refused(2, &format!("{receive} --received 2099-01-01 --aware 2099-01-01"), &["has not come yet"]);
    let wrong = "complaint receive CMP-1 --device d --nature 'call me@example.org' --received 2026-03-01 --aware 2026-03-01";
    p.refused(2, wrong, &["address of a person", "--external"]);
    p.ok(&format!("{receive} --received 2026-03-01 --aware 2026-03-01 --external crm:42"));
    p.refused_act("qa-lead", "complaint close CMP-1 --reason done", &["is not investigated"]);
    p.refused(2, "complaint investigate CMP-1 --result r --problem", &["is a problem report"]);
    p.ok(&format!("anomaly report AN-1 --title 'Wrong unit' {REPORT} --sources CMP-1"));
    p.refused(2, "capa open CAPA-1 --description d --source AN-9", &["`AN-9` is neither", "--source audit:"]);
    p.ok("capa open CAPA-1 --description 'units are mixed' --source AN-1");
    p.ok("capa open CAPA-2 --description 'training is missing' --source 'audit:2026-03/7'");
    p.ok("capa step CAPA-2 --stage plan --text 'train support' --links CMP-1");
    p.run("check").says(1, &["error[R0457]", "complaint `CMP-1`: nobody decided whether it is reported"]);
    p.ok("remind --dry-run --format json --as-of 2026-03-10")
        .says(0, &["decide whether it is reported:", "2026-03-16"]);
    p.ok("complaint investigate CMP-1 --result 'a table is wrong' --problem --anomalies AN-1 --capas CAPA-1");
    p.refused_act("qa-lead", "complaint close CMP-1 --reason done", &["nobody decided whether"]);
    p.refused_act(
        "prrc",
        "complaint decide CMP-1 --regulation mdr-99 --aware 2026-03-01 --reason r",
        &["no regulation"],
    );
    p.act(
        "prrc",
        "complaint decide CMP-1 --regulation mdr-87 --reportable --aware 2026-03-01 --reason 'could recur'",
    );
    p.ok("complaint list").says(0, &["CMP-1", "mdr-87: due 2026-03-16"]);
    p.refused_act(
        "qa-lead",
        "complaint close CMP-1 --reason done",
        &["is reportable under mdr-87 until 2026-03-16"],
    );
    p.act(
        "prrc",
        "complaint decide CMP-1 --regulation mdr-87 --reportable --aware 2026-03-01 --reason 'could recur' \
         --reported 2026-03-04 --reference MIR-7",
    );
    p.act("qa-lead", "complaint close CMP-1 --reason 'reported and answered'");
    // A safety problem that is to be reported is not closed before it is.
    let decide =
        "complaint decide AN-1 --regulation mdr-87 --reportable --aware 2026-03-01 --reason 'could recur'";
    p.act("prrc", decide);
    p.run("check").says(1, &["error[R0457]", "was to be reported under mdr-87 until 2026-03-16"]);
    p.ok("anomaly resolve AN-1 --disposition corrected --fixed-in 1.0.1 --resolution 'one table'");
    p.refused_act("qa-lead", "anomaly verify AN-1 --evidence RUN-1", &["`AN-1` is reportable under mdr-87"]);
    p.act("prrc", &format!("{decide} --reported 2026-03-04 --reference MIR-8"));
    p.act("qa-lead", "anomaly verify AN-1 --evidence RUN-1");
    let capa = p.ok("capa list --format json").json();
    assert_eq!(capa["capas"][0]["links"][0], "CMP-1", "cross-linked both ways");
    let complaint = p.ok("complaint show CMP-1 --format json").json();
    assert_eq!(
        complaint["capas"],
        serde_json::json!(["CAPA-1", "CAPA-2"]),
        "whichever of the two names the other"
    );
    p.ok("complaint show CMP-1").says(
        0,
        &[
            "CMP-1 · closed",
            "reporting decided by The prrc (prrc)",
            "reference: MIR-7",
            "result: a table is wrong",
        ],
    );
    p.ok("capa show CAPA-2").says(0, &["CAPA-2 · plan", "links: CMP-1", "text: train support"]);
    p.refused(2, "capa show CAPA-9", &["there is no corrective action `CAPA-9`"]);
    // On the pages too, each names the others.
    let server = Server::of(&p, "");
    let to = |path: &str| format!("href=\"{path}\"");
    let (anomaly, complaint) = (to("/anomalies/AN-1"), to("/complaints/CMP-1"));
    let (one, other) = (to("/capas/CAPA-1"), to("/capas/CAPA-2"));
    let words = [&*anomaly, &*one, &*other, "a table is wrong", "MIR-7", "Reply to the complainant"];
    server.get("/complaints/CMP-1", "").says(200, &words);
    server.get("/anomalies/AN-1", "").says(200, &[&*complaint, &*one, "Reporting to authorities", "MIR-8"]);
    server.get("/capas/CAPA-2", "").says(200, &[&*complaint, "audit:2026-03/7"]);
    drop(server);
    p.run("complaint show CMP-9").says(2, &["there is no complaint `CMP-9`"]);
    assert_eq!(p.ok("anomaly show AN-1 --format json").json()["complaints"][0], "CMP-1");

    p.refused_act(
        "qa-lead",
        "capa close CAPA-1 --effective --evidence e",
        &["no action of `CAPA-1` is on record"],
    );
    p.ok("capa step CAPA-1 --stage action --text 'one table for all units' --links AN-1");
    p.act("qa-lead", "capa close CAPA-1 --effective --evidence 'no such report in three months'");
    p.refused(2, "capa step CAPA-1 --stage plan --text more", &["is closed"]);
}

#[test]
fn personal_data_are_sealed_read_with_a_purpose_and_deleted_without_breaking_the_ledger() {
    let p = Product::approved();
    std::fs::write(p.beside("who"), "Jane Doe, +43 1 234").unwrap();
    let receive = |id: &str| {
        format!(
            "complaint receive {id} --device 'thermo 1.0.0' --nature 'wrong unit' --received 2026-03-01 --aware 2026-03-01 --personal '{}'",
            p.beside("who").display()
        )
    };
    p.ok(&receive("CMP-1"));
    p.ok(&receive("CMP-2"));
    p.refused(2, &receive("CMP-1"), &["`CMP-1` was recorded before"]);
    let folder = p.path(".dossier/personal");
    let files = || std::fs::read_dir(&folder).unwrap().map(|f| f.unwrap().path()).collect::<Vec<_>>();
    assert_eq!(
        files().len(),
        2,
        "the same person twice is two digests, and a refused complaint leaves nothing"
    );
    for file in files() {
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.windows(8).any(|w| w == b"Jane Doe"));
    }
    p.refused(2, "complaint personal CMP-1 --purpose ''", &["what they are read for"]);
    let read = p.ok("complaint personal CMP-1 --purpose 'call back'");
    assert_eq!(read.out.trim_end(), "Jane Doe, +43 1 234");
    assert_eq!(p.kinds().last().unwrap(), "trail/access/v1", "that they were read is on record");
    let everything = p.ok("ledger log --format json").out;
    assert!(!everything.contains("Jane"), "the ledger knows no person");

    p.ok("complaint erase CMP-1 --reason 'request under GDPR 17'");
    assert_eq!(files().len(), 1);
    p.refused(2, "complaint personal CMP-1 --purpose again", &["were deleted on", "GDPR 17"]);
    p.refused(2, "complaint erase CMP-1 --reason again", &["were deleted on"]);
    p.ok("ledger verify");

    let left = files().remove(0);
    let mut bytes = std::fs::read(&left).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&left, bytes).unwrap();
    p.refused(3, "complaint personal CMP-2 --purpose check", &["were changed"]);
}

/// A backup holds what was acknowledged; what somebody had deleted does not come back from it.
#[test]
fn a_backup_brings_personal_data_back_but_never_those_that_were_deleted() {
    let p = Product::approved();
    for id in ["CMP-1", "CMP-2", "CMP-3"] {
        let who = p.beside("who");
        std::fs::write(&who, format!("the caller of {id}")).unwrap();
        p.ok(&format!(
            "complaint receive {id} --device 'thermo 1.0.0' --nature 'wrong unit' --received 2026-03-01 --aware 2026-03-01 --personal '{}'",
            who.display()
        ));
    }
    let (near, far) = (p.beside("near"), p.beside("far"));
    for place in [&near, &far] {
        p.ok(&format!("backup '{}'", place.display())).says(0, &["backed up and verified"]);
    }
    let sealed = |place: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(place.join("personal")).unwrap().map(|f| f.unwrap().path()).collect()
    };
    assert_eq!((sealed(&near).len(), sealed(&far).len()), (3, 3));
    for file in sealed(&near) {
        assert!(!std::fs::read(file).unwrap().windows(10).any(|w| w == b"the caller"), "only sealed");
    }

    let erase = "complaint erase CMP-1 --reason 'request under GDPR 17'";
    p.refused(2, &format!("{erase} --backup '{}'", p.beside("nowhere").display()), &["is no backup"]);
    p.ok(&format!("{erase} --backup '{}'", near.display()));
    assert_eq!((sealed(&near).len(), sealed(&far).len()), (2, 3), "from the backup that was named");
    let third = p.beside("third");
    p.ok(&format!("backup '{}'", third.display()));
    assert_eq!(sealed(&third).len(), 2);

    // The disk fails. Both backups come back: one without the file, one whose file is left out.
    for (place, words) in
        [(&near, "verified and restored"), (&far, "personal data of 1 complaints were deleted")]
    {
        let lost = p.copied();
        std::fs::remove_dir_all(lost.path(".dossier")).unwrap();
        lost.ok(&format!("restore '{}' --reason 'the disk failed'", place.display())).says(0, &[words]);
        assert_eq!(lost.ok("complaint personal CMP-2 --purpose check").out.trim_end(), "the caller of CMP-2");
        lost.refused(3, "complaint personal CMP-1 --purpose check", &["are not here", "complaint erase"]);
        lost.ok("ledger verify");
    }

    // What is missing without a deletion is damage.
    let gone = sealed(&far).remove(0);
    let erased = sealed(&near).iter().all(|f| f.file_name() != gone.file_name());
    std::fs::remove_file(if erased { sealed(&far).remove(1) } else { gone }).unwrap();
    let lost = p.copied();
    std::fs::remove_dir_all(lost.path(".dossier")).unwrap();
    let said = lost.run(&format!("restore '{}' --reason 'the disk failed'", far.display()));
    said.says(3, &["is missing, and no deletion of it is known here"]);
    assert!(!lost.path(".dossier/ledger.db").exists());
}

#[test]
fn an_adverse_trend_is_shown_reviewed_and_opens_a_corrective_action() {
    let mut p = Product::judged();
    for (month, count) in [("04", 1), ("05", 1), ("06", 1), ("07", 9)] {
        for n in 0..count {
            p.at(&format!("2026-{month}-{:02}T12:00:00.000Z", 10 + n));
            p.ok(&format!("anomaly report AN-{month}{n} --title late {REPORT} --affects SRS-001"));
        }
    }
    let trend = "anomaly trend --by item --from 2026-04-01 --to 2026-07-31";
    let svg = p.beside("trend.svg");
    let shown = p.run(&format!("{trend} --svg '{}'", svg.display()));
    shown.says(1, &["SRS-001: 12 anomalies", "2026-07     9", "above the limit", "u-chart"]);
    assert!(std::fs::read_to_string(&svg).unwrap().starts_with("<svg"));
    p.run("anomaly trend --by colour").says(2, &["cannot be grouped by `colour`"]);
    p.run("anomaly trend --from 2026-07-01 --to 2026-01-01").says(2, &["ends before it"]);
    let review = format!("{trend} --review --conclusion 'the new loop'");
    let done = p.try_act("qa-lead", &review);
    assert_eq!(done.code, 1, "{}", done.err);
    assert!(done.err.contains("opened CAPA-1"), "{}", done.err);
    p.ok("capa list").says(0, &["CAPA-1", "adverse trend of problem reports: SRS-001"]);
    assert!(!rules(&p).contains(&"R0497".to_owned()));
    // The same question at the same position gives the same answer.
    assert_eq!(p.run(trend).out, p.run(trend).out);
}

#[test]
fn feedback_is_evaluated_at_its_interval() {
    let p = Product::approved();
    p.refused(
        2,
        "feedback evaluate hotline --from 2026-01-01 --to 2026-01-31 --messages 0 --conclusion none",
        &["no source"],
    );
    p.ok("feedback source hotline --description 'calls of clinics' --every 30 --owner qa-lead");
    p.refused(
        2,
        "feedback evaluate hotline --from 2026-02-01 --to 2026-01-31 --messages 0 --conclusion c",
        &["end on"],
    );
    p.ok("feedback evaluate hotline --from 2026-01-01 --to 2026-01-31 --messages 0 --conclusion 'nothing came'");
    p.ok("feedback list").says(0, &["hotline", "2026-03-02"]);
    p.run("check --as-of 2026-03-02");
    let late = p.run("check --as-of 2026-03-03 --format json").json();
    let late = late["findings"].as_array().unwrap().iter().any(|f| f["rule"] == "R0450");
    assert!(late, "overdue by a day");
}
