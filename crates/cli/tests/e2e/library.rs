//! The clause library through the binary: guides, crosswalk, citations that hold on a day, exports; and what no output claims.

use super::bench::*;
use super::contracts::{fits, schema};
use serde_json::Value;

#[test]
fn a_clause_is_shown_with_its_guide_and_so_is_each_below_a_heading() {
    let p = Product::written();
    let schema = schema("clauses-v1");
    let one = p.ok("clauses show 62304:5.8.3 --format json").json();
    fits(&schema, &one);
    let clause = &one["clauses"][0];
    assert_eq!(clause["id"], "62304:5.8.3");
    assert_eq!(clause["guide"]["constraints"][0]["id"], "62304:5.8.3/each-evaluated");
    assert_eq!(clause["valid_from"], "2015-06-25");
    let eight = p.ok("clauses show 62304:5.8 --format json").json();
    fits(&schema, &eight);
    assert_eq!(eight["clauses"].as_array().unwrap().len(), 8);
    let all = p.ok("clauses show 62304:5 --format json").json();
    assert!(all["clauses"].as_array().unwrap().iter().all(|c| c["guide"]["gaps"][0]["example"].is_string()));
    p.ok("clauses show 13485:7.3.8").says(0, &["13485:7.3.8", "iso13485:2016"]);
    p.ok("explain 62304:9.6").says(0, &["Audit focus", "62304:9.6/trends-analysed", "Common gaps"]);
    let explained = p.ok("explain 5.8.1 --format json").json();
    fits(&schema, &serde_json::json!({"format": "dossier/clauses/v1", "clauses": explained["clauses"]}));
    p.run("clauses show 62304:5.99.1")
        .says(2, &["there is no clause `62304:5.99.1`", "dossier clauses list"]);
    let of_another = p.ok("clauses list --standard qmsr --format json").json();
    fits(&schema, &of_another);
    assert!(of_another["clauses"].as_array().unwrap().iter().any(|c| c["id"] == "qmsr:820.10.c"));
}

#[test]
fn the_audit_defence_names_what_the_product_has_and_what_it_has_not() {
    let p = Product::written();
    let filled = p.ok("clauses show 62304:5 --defence --format json").json();
    fits(&schema("defence-v1"), &filled);
    let clauses = filled["clauses"].as_array().unwrap();
    let of = |id: &str| clauses.iter().find(|c| c["clause"] == id).unwrap();
    let requirements = of("62304:5.2.1")["text"].as_str().unwrap();
    assert!(
        requirements.contains("SRS-001") && requirements.contains("dossier/requirements.md"),
        "{requirements}"
    );
    assert!(clauses.iter().all(|c| !c["text"].as_str().unwrap().contains('{')));
    assert!(clauses.iter().any(|c| c["text"].as_str().unwrap().contains("[not found: ")));
    p.run("clauses show 13485:7.3.8 --defence").says(2, &["no guide for `13485:7.3.8`"]);
}

#[test]
fn the_crosswalk_names_every_link_and_the_weakest() {
    let p = Product::written();
    let schema = schema("crosswalk-v1");
    let map = p.ok("clauses map 62304:5.8 --to qmsr --format json").json();
    fits(&schema, &map);
    let find = |map: &Value, to: &str| {
        map["mappings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|m| m["to"] == to)
            .unwrap_or_else(|| panic!("{to}"))
            .clone()
    };
    let transfer = find(&map, "qmsr:820.10.c");
    assert_eq!(
        (transfer["relation"].as_str(), transfer["inferred"].as_bool()),
        (Some("intersect"), Some(true))
    );
    assert_eq!(transfer["weakest"]["to"], "13485:7.3.8");
    let legacy = p.ok("clauses map '820.30(h)' --to 13485 --format json").json();
    fits(&schema, &legacy);
    assert_eq!(find(&legacy, "13485:7.3.8")["relation"], "equal");
    p.ok("clauses map 62304:5.8 --to mdr").says(0, &["mdr:annex-ii.6.1.b", "[2+"]);
    let fewer = p.ok("clauses map 62304:5.8 --format json").json();
    assert!(fewer["left_out"].as_u64().unwrap() > 0);
    let more = p.ok("clauses map 62304:5.8 --all --format json").json();
    fits(&schema, &more);
    assert!(more["mappings"].as_array().unwrap().len() > fewer["mappings"].as_array().unwrap().len());
    p.run("clauses map 62304:5.8 --to iso9001").says(2, &["no standard `iso9001`", "one of 62304"]);
}

#[test]
fn a_citation_is_judged_by_the_day_of_its_document() {
    let p = Product::written();
    p.write(
        "reports/2026.md",
        "---\ndate: 2026-03-02\n---\nTransfer by 21 CFR 820.30(h), complaints by 820.35(a).\n",
    );
    p.write("reports/2025.md", "---\ndate: 2025-11-02\n---\nTransfer by 21 CFR 820.30(h).\n");
    p.write("reports/history.md", "---\ndate: 2026-03-02\n---\nThe legacy 820.30(h) was replaced.\n");
    p.write("reports/undated.md", "See 820.198.\n");
    p.write("reports/picture.png", "no text");
    let said = p.run("clauses citations reports --as-of 2026-04-01 --format json");
    assert_eq!(said.code, 1, "{said:?}");
    let found = said.json();
    fits(&schema("citations-v1"), &found);
    let stale = found["stale"].as_array().unwrap();
    let rows: Vec<(&str, &str, u64)> = stale
        .iter()
        .map(|s| (s["file"].as_str().unwrap(), s["cited"].as_str().unwrap(), s["line"].as_u64().unwrap()))
        .collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[0].0.ends_with("2026.md") && rows[0].1 == "820.30(h)" && rows[0].2 == 4, "{rows:?}");
    assert!(rows[1].0.ends_with("undated.md") && rows[1].1 == "820.198");
    assert!(found["unread"][0]["file"].as_str().unwrap().ends_with("picture.png"));
    p.ok("clauses citations reports/2025.md reports/history.md").says(0, &["0 stale citations in 2 files"]);
    p.run("clauses citations reports/2026.md").says(1, &["cite instead: qmsr:820.10.c, 13485:7.3.8"]);
    p.ok("clauses citations reports/undated.md --as-of 2026-02-01");
    p.run("clauses citations nowhere.md").says(2, &["nowhere.md"]);
}

#[test]
fn other_tools_get_the_library() {
    let p = Product::written();
    let oscal = p.ok("clauses export --format oscal").json();
    assert_eq!(oscal["catalog"]["metadata"]["oscal-version"], "1.1.2");
    assert!(oscal["catalog"]["groups"].as_array().unwrap().len() >= 5);
    p.ok("clauses export --format ciso-assistant --standard 13485")
        .says(0, &["requirement_nodes:", "assessable: true"]);
    p.ok("clauses export --format ciso-assistant --to 13485")
        .says(0, &["requirement_mapping_sets:", "relationship: subset"]);
    p.run("clauses export").says(2, &["--format ciso-assistant"]);
    p.run("clauses export --format oscal --to 13485").says(2, &["no mappings"]);
}

/// The words stand in halves, so that nobody who looks for them finds this file.
#[test]
fn the_binary_holds_no_claim_of_conformity() {
    let bytes = std::fs::read(env!("CARGO_BIN_EXE_dossier")).unwrap();
    let word = ["compl", "iant"].concat();
    // The texts of SPDX licences go into the notices; four of them say something of their own software.
    let of_licences = [
        format!("doc software is {word} with the new us daylight savings rule"),
        format!("your implementation of the standards is {word}."),
        format!("in products that are {word} with\nthe iso/iec mpeg audio standards"),
        format!("modifications are fully {word} with any api"),
    ];
    let mut text = String::from_utf8_lossy(&bytes).to_lowercase();
    for said in of_licences {
        text = text.replace(&said, "");
    }
    let mut claims = vec![["presumption of ", "conformity"].concat(), ["konformitäts", "vermutung"].concat()];
    for subject in [
        "is ", "are ", "fully ", "62304 ", "62304-", "13485 ", "13485-", "mdr ", "mdr-", "fda ", "fda-",
        "iso ", "iec ",
    ] {
        claims.push(format!("{subject}{word}"));
    }
    for object in [
        " with iec",
        " with iso",
        " with the mdr",
        " with mdr",
        " with 62304",
        " with the standard",
        " with 21 cfr",
    ] {
        claims.push(format!("{word}{object}"));
    }
    for claim in claims {
        if let Some(at) = text.find(&claim) {
            let around: String = text[at..].chars().take(80).collect();
            panic!("the binary says `{around}`");
        }
    }
}

#[test]
fn a_report_names_edition_class_profile_and_why_clauses_do_not_apply() {
    let p = Product::written();
    let report = p.run("check --format json").json();
    assert_eq!(report["edition"], "iec62304:2006+a1:2015");
    assert!(["A", "B", "C"].contains(&report["class"].as_str().unwrap()));
    assert!(["playbook", "standard"].contains(&report["profile"].as_str().unwrap()));
    let mut not_applicable = 0;
    for c in report["clauses"].as_array().unwrap() {
        if c["verdict"] == "not-applicable" {
            not_applicable += 1;
            assert!(c["reason"].as_str().is_some_and(|r| r.len() > 10), "{c}");
        }
    }
    assert!(not_applicable > 0);
    let text = p.run("check");
    let text = format!("{}{}", text.out, text.err);
    for word in ["iec62304:2006+a1:2015", "class", "profile"] {
        assert!(text.contains(word), "`{word}` is not in the report:\n{text}");
    }
}
