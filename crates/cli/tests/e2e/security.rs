//! The cybersecurity file: threat models in, security tests and their judgement, signatures of images, and the watch over what is
//! in the field.

use super::bench::*;
use super::contracts::{fits, schema};
use serde_json::json;

const MODEL: &str = r#"{"summary": {"title": "Thermo"}, "detail": {"diagrams": [{"title": "Main", "cells": [
  {"shape": "store", "data": {"name": "Readings", "type": "tm.Store", "threats": [
    {"id": "t-1", "title": "Forged reading", "type": "Spoofing", "status": "Open", "severity": "High", "description": "Somebody sends readings.", "mitigation": "Sign them."}]}}]}]}}"#;

#[test]
fn a_threat_model_comes_over_once_and_is_found_incomplete() {
    let p = Product::approved();
    p.write("model.json", MODEL);
    p.write("broken.tm7", "<ThreatModel><Threat");
    p.refused(2, "security import broken.tm7", &["broken.tm7 is not taken in", ".tm7"]);
    p.ok("security import model.json").says(0, &["OWASP Threat Dragon: 1 threats written"]);
    let text = std::fs::read_to_string(p.path("dossier/security/threat-model.md")).unwrap();
    assert!(
        text.contains("## THR-001 Forged reading\n- stride: spoofing\n- element: Readings (store)"),
        "{text}"
    );
    p.ok("security import model.json").says(0, &["0 threats written", "1 were there"]);
    let said = p.run("check").out;
    for rule in ["R0285", "R0604", "R0601", "R0610"] {
        assert!(said.contains(&format!("[{rule}]")), "{rule} is not in:\n{said}");
    }
    let file = p.run("security show --format json").json();
    fits(&schema("security-file-v1"), &file);
    assert_eq!(file["threats"][0]["id"]["id"], "THR-001");
    assert_eq!(file["documents"].as_array().unwrap().len(), 15);
    p.run("security show").says(1, &["asked for, because the threat model has 1 threats", "Threat model"]);
    p.ok("security risks").says(0, &["THR-001 Forged reading"]);
    p.ok("security appendix").says(0, &["No requirement and no control answers:", "THR-001"]);
    p.ok("security controls").says(0, &["no test case"]);
}

fn sarif(results: &serde_json::Value) -> String {
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "scan", "version": "1.2"}}, "results": results}]}).to_string()
}

#[test]
fn results_of_a_security_test_wait_until_a_person_judged_them() {
    let p = Product::approved();
    let result = json!([{"ruleId": "shell-injection", "level": "error", "message": {"text": "input reaches the shell"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/thermo.sh"}, "region": {"startLine": 4}}}],
        "partialFingerprints": {"primary": "abc123"}}]);
    std::fs::write(p.beside("scan.sarif"), sarif(&result)).unwrap();
    std::fs::write(p.beside("none.sarif"), sarif(&json!(null))).unwrap();
    let (scan, none) = (p.beside("scan.sarif"), p.beside("none.sarif"));
    let test = |file: &std::path::Path| {
        format!("security test {} --kind vulnerability --tester 'qa-lead, no author'", file.display())
    };
    p.refused(2, &test(&none), &["has no list of results"]);
    p.run(&test(&scan)).says(1, &["SEC-1 of scan 1.2: 1 results, 1 open"]);
    p.refused(2, &test(&scan), &["brought in before, as SEC-1"]);
    p.run("check").says(0, &["[R0602]", "shell-injection", "src/thermo.sh:4"]);
    p.refused_act(
        "qa-lead",
        "security judge SEC-1 zzz --verdict accepted --reason x",
        &["no open result `zzz`"],
    );
    p.refused_act(
        "qa-lead",
        "security judge SEC-1 primary --verdict anomaly --reason x",
        &["which problem report"],
    );
    p.act(
        "qa-lead",
        "security judge SEC-1 primary=abc --verdict false-positive --reason 'the value is a number'",
    );
    assert!(!p.run("check").out.contains("[R0602]"));
    let file = p.run("security show --format json").json();
    assert_eq!(
        (file["tests"][0]["open"].as_u64(), file["tests"][0]["current"].as_bool()),
        (Some(0), Some(true))
    );
}

#[test]
fn an_image_is_signed_and_its_signature_is_checked_with_the_configured_key() {
    let p = Product::approved();
    let digest = format!("sha256:{}", "ab".repeat(32));
    let image = format!("registry.example/base@{digest}");
    let out = p.beside("signed");
    p.refused(
        2,
        &format!("security image {image} --signature {}/payload.json", out.display()),
        &["no key is configured"],
    );
    p.refused(
        2,
        &format!("security sign --image registry.example/base:1 --output {}", out.display()),
        &["names no digest"],
    );
    p.ok(&format!("security sign --image {image} --output {}", out.display()))
        .says(0, &["payload.json.sig", "cosign verify-blob"]);
    let config = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    std::fs::create_dir_all(p.path("keys")).unwrap();
    std::fs::copy(out.join("cosign.pub"), p.path("keys/base.pub")).unwrap();
    p.write("dossier.toml", format!("{config}\n[images.keys]\n\"registry.example/\" = \"keys/base.pub\"\n"));
    let check = |image: &str| {
        p.run(&format!("security image {image} --signature {}", out.join("payload.json").display()))
    };
    check(&image).says(0, &["registry.example/base is signed with keys/base.pub"]);
    // The signature is of another image.
    let other = format!("registry.example/base@sha256:{}", "cd".repeat(32));
    check(&other).says(1, &["the signature holds, and is of sha256:abab"]);
    let payload = std::fs::read_to_string(out.join("payload.json")).unwrap();
    std::fs::write(out.join("payload.json"), payload.replace("abab", "cdcd")).unwrap();
    check(&image).says(1, &["not by this key, or of other bytes"]);
}

#[test]
fn what_becomes_known_of_a_fielded_release_is_a_problem_report_with_a_day() {
    let p = Product::judged();
    for role in ROLES {
        p.act(role, &format!("release sign 1.0.0 --role {role}"));
    }
    p.ok("release seal 1.0.0");
    let sbom = p.ok("soup sbom").out;
    let sbom: serde_json::Value = serde_json::from_str(&sbom).unwrap();
    let component = sbom["components"].as_array().unwrap().iter().find(|c| c["purl"].is_string()).unwrap();
    let (name, version) = (component["name"].as_str().unwrap(), component["version"].as_str().unwrap());
    p.refused(2, "vuln watch --offline", &["no data set of advisories"]);
    let advisory = json!({"id": "GHSA-xxxx-yyyy-zzzz", "modified": "2026-03-01T00:00:00Z", "aliases": ["CVE-2026-7"], "summary": "bad",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": [{"package": {"ecosystem": "npm", "name": name}, "versions": [version]}]});
    p.write("a.json", advisory.to_string());
    p.ok("vuln import a.json");
    let done = p.run("vuln watch --offline --format json");
    assert_eq!(done.code, 1, "{}{}", done.out, done.err);
    let done = done.json();
    assert_eq!(done["releases"][0]["release"], "1.0.0");
    assert_eq!(done["reported"][0]["anomaly"], "VULN-1");
    assert_eq!(done["reported"][0]["level"], "critical");
    assert_eq!(done["reported"][0]["due"], "2026-03-09");
    p.ok("anomaly show VULN-1").says(0, &["GHSA-xxxx-yyyy-zzzz"]);
    // Once is enough, and a scheduler asks in vain until the cadence is over.
    p.ok("vuln watch --offline").says(0, &["1.0.0 scanned as SCAN-2, 1 open"]);
    p.ok("vuln watch --offline --due").says(0, &["the next watch is due on 2026-03-09"]);
    p.run("check --as-of 2026-03-20").says(1, &["[R0606]", "[R0607]", "VULN-1"]);
    p.act(
        "qa-lead",
        "vuln assess CVE-2026-7 --release 1.0.0 --status not-affected --justification vulnerable_code_not_in_execute_path --impact 'never called' --safety none",
    );
    assert!(!p.run("check --as-of 2026-03-20").out.contains("[R0607]"));
    p.ok("ledger verify");
}
