//! What programs read: each object has the fields of its committed schema, and the counts that it promises.

use super::bench::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

pub(super) fn schema(name: &str) -> Value {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schemas").join(format!("{name}.schema.json"));
    serde_json::from_slice(&std::fs::read(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display())))
        .unwrap()
}

#[track_caller]
pub(super) fn fits(schema: &Value, value: &Value) {
    let validator = jsonschema::validator_for(schema).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The gate's schema with that of findings put in for the reference to it.
pub(super) fn gate_schema() -> Value {
    let mut gate = schema("gate-v1");
    let findings = schema("findings-v1");
    let id = findings["$id"].as_str().unwrap().to_owned();
    assert_eq!(
        gate["allOf"][0]["$ref"],
        json!(id.rsplit('/').next().unwrap()),
        "it refers to the findings' schema"
    );
    gate["allOf"][0] = json!({ "$ref": id });
    gate["$defs"]["findings"] = findings;
    gate
}

#[test]
fn clauses_are_102_in_force_and_105_with_all() {
    let p = Product::written();
    let schema = schema("clauses-v1");
    for (line, rows) in [("clauses list --format json", 102), ("clauses list --all --format json", 105)] {
        let list = p.ok(line).json();
        fits(&schema, &list);
        let clauses = list["clauses"].as_array().unwrap();
        assert_eq!(clauses.len(), rows, "{line}");
        let ids: BTreeSet<&str> = clauses.iter().map(|c| c["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), rows, "an id comes twice");
        assert!(ids.contains("62304:5.8.3") && !ids.contains("62304:7.3.3.a"));
        for c in clauses.iter().filter(|c| c["in_force"] == true) {
            assert_ne!(c["checked_by"], json!([]), "{} is checked by nothing", c["id"]);
            assert_ne!(c["classes"], json!([]), "{} applies to no class", c["id"]);
        }
    }
    let of_a = p.ok("clauses list --class A --format json").json();
    assert!(of_a["clauses"].as_array().unwrap().iter().all(|c| c["classes"][0] == "A"));
}

#[test]
fn items_carry_fields_links_and_digests_that_stamps_repeat() {
    let p = Product::approved();
    let items = p.ok("trace items --format json").json();
    fits(&schema("items-v1"), &items);
    let items = items["items"].as_array().unwrap();
    let find = |id: &str| items.iter().find(|i| i["id"] == id).unwrap_or_else(|| panic!("no {id}"));
    let srs = find("SRS-001");
    assert_eq!(srs["kind"], "software-requirement");
    assert_eq!(srs["title"], "Fever from 38.0 degrees");
    assert_eq!((srs["file"].as_str(), srs["line"].as_u64()), (Some("dossier/requirements.md"), Some(13)));
    assert_eq!(srs["links"][0], json!({"type": "satisfies", "target": "SYS-001", "state": "current"}));
    let stamp = find("SYS-001")["digest"].as_str().unwrap().get(..8).unwrap().to_owned();
    let text = std::fs::read_to_string(p.path("dossier/requirements.md")).unwrap();
    assert!(text.contains(&format!("satisfies: SYS-001@{stamp}")), "{text}");

    // Another text at one end: the link is suspect, at the other end and in the list.
    p.write("dossier/requirements.md", text.replace("a reading is a fever.", "a reading is a high fever."));
    let items = p.ok("trace items --format json").json();
    let items = items["items"].as_array().unwrap();
    let srs = items.iter().find(|i| i["id"] == "SRS-001").unwrap();
    assert_eq!(srs["links"][0]["state"], "suspect");
    p.run("check").says(1, &["R0053"]);
}

#[test]
fn check_gives_each_clause_once_per_system_at_any_position() {
    let p = Product::approved();
    let schema = schema("findings-v1");
    let now = p.ok("check --format json").json();
    fits(&schema, &now);
    assert_eq!((now["dirty"].as_bool(), now["class"].as_str()), (Some(true), Some("B")));
    assert_eq!(now["systems"], json!({"SYSTEM-thermo": "B"}));
    let rows: BTreeSet<(&str, &str)> = now["clauses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["clause"].as_str().unwrap(), c["subject"].as_str().unwrap()))
        .collect();
    assert_eq!(rows.len(), now["clauses"].as_array().unwrap().len(), "a clause stands there twice");
    assert_eq!(rows.len(), 102);

    // The past is asked for by position and revision; the answer then is the answer now.
    let past = "check --format json --at HEAD --ledger-at 20 --as-of 2026-06-01";
    let first = p.run(past);
    p.ok("anomaly report AN-1 --title t --description d --found f --version 1.0.0 --severity minor");
    let again = p.run(past);
    assert_eq!(first.out, again.out);
    fits(&schema, &again.json());
    assert_eq!(again.json()["ledger"], 20);
    assert_eq!(again.json()["dirty"], false);
    let only = p.run("check --format json --documents-only").json();
    fits(&schema, &only);
    assert_eq!(only["ledger"], Value::Null);
}

#[test]
fn the_gate_says_verdicts_signatures_and_what_is_signed() {
    let p = Product::judged();
    let schema = gate_schema();
    let gate = p.ok("release gate 1.0.0 --dry-run --format json").json();
    fits(&schema, &gate);
    assert_eq!(gate["verdict"], "pass");
    assert!(gate["gate"].as_object().unwrap().values().all(|s| s["verdict"] == "pass"), "{}", gate["gate"]);
    p.act("software-lead", "release sign 1.0.0");
    let signed = p.ok("release gate 1.0.0 --dry-run --format json").json();
    fits(&schema, &signed);
    assert_eq!(
        signed["manifest_digest"], gate["manifest_digest"],
        "a signature does not change what is signed"
    );
    assert_eq!(signed["signatures"][0]["name"], "The software-lead");
    assert_eq!(signed["signatures"][0]["status"], "signed");
}

#[test]
fn the_verifier_says_what_it_checked() {
    let Some(verifier) = verifier() else { return };
    let p = Product::approved();
    // The export is an entry itself, which it does not hold.
    let (export, position) = (p.beside("export"), p.position());
    p.ok(&format!("ledger export '{}'", export.display()));
    let mut command = isolated(&verifier);
    command.arg(&export).args(["--format", "json"]);
    let report = said(command).json();
    fits(&schema("verify-v1"), &report);
    assert_eq!(report["ok"], true);
    assert_eq!(report["trust"], "self-consistent only");
    assert_eq!(report["checked"]["entries"].as_u64(), Some(position));

    let entries = std::fs::read_dir(export.join("tile/entries")).unwrap().map(|e| e.unwrap().path());
    let tile =
        entries.filter(|e| e.is_dir()).flat_map(|d| d.read_dir().unwrap()).map(|e| e.unwrap().path()).next();
    let tile = tile.unwrap();
    let mut bytes = std::fs::read(&tile).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&tile, bytes).unwrap();
    let mut command = isolated(&verifier);
    command.arg(&export).args(["--format", "json"]);
    let broken = said(command);
    assert_eq!(broken.code, 1);
    fits(&schema("verify-v1"), &broken.json());
    assert_eq!(broken.json()["ok"], false);
}
