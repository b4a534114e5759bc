//! Signatures on a release: order, persons, what voids them, and signing on another machine.

use super::bench::*;
use std::path::Path;

const SIGN: &str = "release sign 1.0.0";

#[test]
fn signatures_are_given_in_order_by_different_people_who_hold_the_role() {
    let p = Product::judged();
    p.refused_act("release-manager", SIGN, &["`release-manager` signs last", "software-lead has not signed"]);
    p.refused_act("qa-lead", &format!("{SIGN} --role prrc"), &["qa-lead", "prrc"]);
    p.act("qa-lead", SIGN);
    p.refused_act("qa-lead", SIGN, &["`qa-lead` is signed already, by `qa-lead`"]);

    // The same person in a second seat: five different people have to sign.
    p.ok("role grant qa-lead prrc --reason 'stands in'");
    p.ok("release gate 1.0.0");
    p.refused_act(
        "qa-lead",
        &format!("{SIGN} --role prrc"),
        &["`qa-lead` has signed as `qa-lead`", "5 different"],
    );
    p.refused(2, "release seal 1.0.0", &["the release manager has not signed", "dossier release sign 1.0.0"]);
}

#[test]
fn evidence_that_changes_voids_signatures_and_the_differing_line_is_named() {
    let p = Product::judged();
    for role in ROLES {
        p.act(role, SIGN);
    }
    p.ok("anomaly report AN-2 --title t --description d --found f --version 1.0.0 --severity minor");
    p.refused_act("qa-lead", SIGN, &["the gate's verdict is stale", "AN-2", "dossier release gate 1.0.0"]);
    p.refused(2, "release seal 1.0.0", &["stale", "AN-2"]);
    let gate = p.run("release gate 1.0.0 --format json");
    gate.says(1, &["R0042"]);
    let signatures = gate.json()["signatures"].clone();
    assert_eq!(signatures[0]["role"], "software-lead");
    assert_eq!(signatures[0]["status"], "void");
    assert_eq!(signatures[4]["status"], "void");
    p.refused_act("qa-lead", SIGN, &["no signature before a passing gate", "fail"]);
}

#[test]
fn a_signature_is_given_on_another_machine_with_ssh_keygen() {
    if !ssh_keygen() {
        return;
    }
    let p = Product::judged();
    let (position, request) = (p.position(), p.beside("for-qa-lead.json"));
    let shown = request.display();
    p.ok(&format!("{SIGN} --as qa-lead --request '{shown}'"))
        .says(0, &["nothing is recorded yet", "ssh-keygen -Y sign -n dossier.v1"]);
    assert_eq!(p.position(), position, "a request appends nothing");
    let accept = format!("{SIGN} --as qa-lead --accept '{shown}'");
    p.refused(2, &accept, &[".sig", "sign it first"]);

    // By the wrong person's key, under another namespace, and over other bytes: refused each time.
    sign(&p.key("prrc"), "dossier.v1", &request);
    p.refused(2, &accept, &["qa-lead"]);
    sign(&p.key("qa-lead"), "file", &request);
    p.refused(2, &accept, &["dossier.v1"]);
    sign(&p.key("qa-lead"), "dossier.v1", &request);
    let statement = std::fs::read_to_string(&request).unwrap();
    std::fs::write(&request, statement.replace("qa-lead", "prrc")).unwrap();
    assert_ne!(p.run(&accept).code, 0);
    std::fs::write(&request, statement).unwrap();
    assert_eq!(p.position(), position);

    // For another seat, for another act, and in the end for what it was made for.
    p.refused(2, &format!("{SIGN} --as prrc --role prrc --accept '{shown}'"), &["another record"]);
    p.refused(2, &format!("document approve DOC-RMR --as qa-lead --accept '{shown}'"), &["is a request for"]);
    p.ok(&accept);
    assert_eq!(p.position(), position + 1);
    p.ok("ledger verify");
    p.refused(2, &accept, &[]);
}

#[test]
fn the_signature_file_of_another_release_is_refused() {
    if !ssh_keygen() {
        return;
    }
    let p = Product::judged();
    let request = p.beside("first.json");
    let shown = request.display();
    p.ok(&format!("{SIGN} --as qa-lead --request '{shown}'"));
    sign(&p.key("qa-lead"), "dossier.v1", &request);
    // The next candidate of the release is another one: other commit, other evidence.
    p.write("dossier/manual.md", std::fs::read_to_string(p.path("dossier/manual.md")).unwrap() + "\nMore.\n");
    p.commit("the manual says more");
    p.ok("release open 1.0.0 --build 1.0.0+b.1 --summary 'the second candidate'");
    p.refused(2, &format!("{SIGN} --as qa-lead --accept '{shown}'"), &["1.0.0"]);
    p.act("qa-lead", "document approve DOC-IFU");
    p.act("qa-lead", CHECKLIST);
    p.act("qa-lead", EVALUATION);
    p.ok("release stage 1.0.0");
    // The tag of the first candidate names another commit.
    p.git("tag -d v1.0.0");
    p.sign_tag("v1.0.0");
    p.ok("release gate 1.0.0");
    p.refused(2, &format!("{SIGN} --as qa-lead --accept '{shown}'"), &["another record", "request again"]);
    let refused = p.ok("ledger audit --refused --format json").out;
    assert_eq!(refused.matches("signature/refuse/v1").count(), 2, "both are on record: {refused}");
    assert!(refused.contains("was written for another record"), "{refused}");
}

fn ssh_keygen() -> bool {
    let there = isolated("ssh-keygen").arg("-?").output().is_ok();
    if !there {
        eprintln!("skipped: there is no ssh-keygen here");
    }
    there
}

fn sign(key: &Path, namespace: &str, file: &Path) {
    let mut signature = file.as_os_str().to_owned();
    signature.push(".sig");
    let _ = std::fs::remove_file(signature);
    let mut keygen = isolated("ssh-keygen");
    keygen.args(["-q", "-Y", "sign", "-n", namespace, "-f"]).arg(key).arg(file);
    let done = said(keygen);
    assert_eq!(done.code, 0, "{}", done.err);
}
