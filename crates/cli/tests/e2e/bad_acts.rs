//! What an inspector asks for: acts that nobody may do, each refused by name and each on record.
//!
//! | bad act | here, or in |
//! |---|---|
//! | unknown person, expired role, revoked key, clock set back | `what_nobody_may_sign_is_refused_by_name_and_on_record` |
//! | a second signature by the same person | `signatures`, and here on record |
//! | two people signing at once | `https` |
//! | a wrong second factor many times | `access`, `passkeys` |
//! | a signature file from another release | `signatures` |
//! | a restored old database | `an_old_database_is_told_from_the_present_one_and_its_restoring_is_on_record` |

use super::bench::*;

/// How many refusals are on record, and the newest of them as text.
fn refusals(p: &Product) -> (usize, String) {
    let trail = p.ok("ledger audit --refused --format json").json();
    let rows = trail["entries"].as_array().unwrap().clone();
    (rows.len(), rows.last().map(ToString::to_string).unwrap_or_default())
}

/// Runs an act that is refused with these words, and that the refusal is the newest entry.
#[track_caller]
fn refused(p: &Product, line: &str, words: &[&str]) {
    let (before, _) = refusals(p);
    p.run(line).says(2, words);
    let (after, newest) = refusals(p);
    assert_eq!(after, before + 1, "dossier {line}: the refusal is not on record");
    assert!(newest.contains(words[0]), "`{}` is not in {newest}", words[0]);
}

#[test]
fn what_nobody_may_sign_is_refused_by_name_and_on_record() {
    let mut p = Product::judged();
    let as_person = |p: &Product, person: &str, key: &str, line: &str| {
        format!("{line} --as {person} --key '{}'", p.key(key).display())
    };
    let read = "document read DOC-SDP";
    refused(&p, &as_person(&p, "nobody", "qa-lead", read), &["`nobody` is not enrolled"]);
    refused(
        &p,
        &as_person(&p, "nobody", "qa-lead", &format!("{read} --role qa-lead")),
        &["`nobody` is not an enrolled, active person"],
    );
    // A second signature by the same person, in the same seat.
    p.act("qa-lead", "release sign 1.0.0");
    refused(&p, &as_person(&p, "qa-lead", "qa-lead", "release sign 1.0.0"), &["`qa-lead` is signed already"]);
    // A key that was revoked: from then on, whatever it signed before.
    let keys = p.ok("person report --format json").json();
    let of = |person: &str| {
        let all = keys["persons"].as_array().unwrap().iter();
        let row = all.into_iter().find(|r| r["person"] == person).unwrap().clone();
        row["means"][0]["id"].as_str().unwrap().to_owned()
    };
    p.ok(&format!("key revoke risk-owner --fingerprint {} --reason stolen", of("risk-owner")));
    refused(&p, &as_person(&p, "risk-owner", "risk-owner", read), &["is not in force at this position"]);
    // A role with a last day.
    p.ok("role grant software-lead prrc --until 2026-03-04 --reason 'stands in'");
    p.act("software-lead", &format!("{read} --role prrc"));
    p.at("2026-03-05T12:00:00.000Z");
    let late = as_person(&p, "software-lead", "software-lead", "document read DOC-RMP --role prrc");
    refused(&p, &late, &["`software-lead` did not hold the role `prrc`"]);
    let then = p.ok("person report --on 2026-03-04 --format json").json();
    let roles = |report: &serde_json::Value| {
        let all = report["persons"].as_array().unwrap().iter();
        all.into_iter().find(|r| r["person"] == "software-lead").unwrap()["roles"].to_string()
    };
    assert!(
        roles(&then).contains("prrc") && !roles(&p.ok("person report --format json").json()).contains("prrc")
    );
    // A clock that stands back: nothing is signed in the past, and that it was tried is on record with the time before.
    p.ok("anomaly report AN-1 --title t --description d --found f --version 1.0.0 --severity minor");
    p.at("2026-03-01T12:00:00.000Z");
    let back = as_person(&p, "prrc", "prrc", read);
    refused(&p, &back, &["clock"]);
    let position = p.position();
    p.run("anomaly report AN-2 --title t --description d --found f --version 1.0.0 --severity minor")
        .says(2, &["clock"]);
    assert_eq!(p.position(), position);
    p.at("2026-03-05T12:00:00.000Z");
    p.ok("ledger verify");
}

#[test]
fn an_old_database_is_told_from_the_present_one_and_its_restoring_is_on_record() {
    let p = Product::approved();
    let (backup, kept) = (p.beside("backup"), p.beside("anchors"));
    p.ok(&format!("backup '{}'", backup.display()));
    p.ok("anomaly report AN-1 --title t --description d --found f --version 1 --severity minor");
    p.ok(&format!("ledger anchor --folder '{}'", kept.display()));
    let verify = format!("ledger verify --anchors '{}'", kept.display());
    p.ok(&verify);
    // Somebody puts the old database in the place of the present one.
    std::fs::remove_file(p.path(".dossier/ledger.db")).unwrap();
    p.ok(&format!("restore '{}' --reason 'the disk failed'", backup.display()));
    let done = p.run(&verify);
    done.says(3, &["this ledger does not hold"]);
    let trail = p.ok("ledger audit --act backup/restore").out;
    assert!(trail.contains("the disk failed"), "{trail}");
}
