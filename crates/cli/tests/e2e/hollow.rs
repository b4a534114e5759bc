//! Real requirements, and products that only look like one: what `check` says of them at class C.

use super::bench::*;
use interchange::rst_items::{Imported, markdown, prefixes, read};
use model::Kind;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use vocabulary::ItemId;

/// A product of class C as `dossier init` makes it, committed, with a ledger; `text` makes something of each document.
fn hollow(text: impl Fn(&str) -> String) -> Product {
    let p = Product::empty();
    std::fs::create_dir_all(p.path("")).unwrap();
    p.git("init -q -b main .");
    p.git("config user.name developer");
    p.git("config user.email developer@hollow.example");
    p.ok("init --name hollow --class C --origin hollow.example/ledger");
    // So that a release can be opened, and its gate judges.
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    p.write("dossier.toml", format!("{toml}\n[software]\npaths = [\"src/**\"]\n"));
    p.write("src/main.sh", "echo done\n");
    let mut folders = vec![p.path("dossier")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let written = std::fs::read_to_string(&path).unwrap();
                std::fs::write(&path, text(&written)).unwrap();
            }
        }
    }
    p.commit("names of files and nothing else");
    p
}

/// Front matter, headings with their ids, and the names of fields of plans: the right names, with nothing behind them.
fn bare(text: &str) -> String {
    let (front, body) = text.split_once("\n---\n").unwrap();
    let kept = body.lines().filter(|l| l.starts_with('#') || l.starts_with("- field:"));
    let kept: Vec<String> = kept.map(|l| l.replace("TODO: ", "")).collect();
    format!("{front}\n---\n{}\n", kept.join("\n\n"))
}

/// The clauses that are due for class C and that a rule over evidence decides: from the library and the registry.
fn content_clauses(p: &Product) -> Vec<String> {
    let list = p.ok("clauses list --format json").json();
    let has = |c: &Value, key: &str, start: &str| {
        c[key].as_array().unwrap().iter().any(|v| v.as_str().unwrap().starts_with(start))
    };
    let rows = list["clauses"].as_array().unwrap().iter();
    let ruled = rows.filter(|c| has(c, "classes", "C") && has(c, "checked_by", "rule:"));
    ruled.map(|c| c["id"].as_str().unwrap().to_owned()).collect()
}

/// The content clauses that are no finding, each with what it is instead. `waits` says of a clause that does not apply whether that
/// is right.
fn slipped(p: &Product, report: &Value, waits: impl Fn(&str) -> bool) -> Vec<String> {
    let rows: BTreeMap<&str, &Value> =
        report["clauses"].as_array().unwrap().iter().map(|c| (c["clause"].as_str().unwrap(), c)).collect();
    let mut out = Vec::new();
    for clause in content_clauses(p) {
        let row = rows[clause.as_str()];
        let reason = row["reason"].as_str().unwrap();
        match row["verdict"].as_str().unwrap() {
            "finding" => {}
            "not-applicable" if waits(reason) => {}
            other => out.push(format!("{clause} {other}: {reason} {}", row["evidence"])),
        }
    }
    out
}

const LEGACY: &str = "not declared legacy software";

/// Not one content clause is anything but a finding: by `check`, and where a release is judged also those of the release.
fn fails_at_every_content_clause(p: &Product) {
    assert!(content_clauses(p).len() >= 65 + 13, "{:?}", content_clauses(p));
    let check = p.run("check --format json");
    check.says(1, &[]);
    let waits = |reason: &str| reason.contains(LEGACY) || reason.contains("asked of a release");
    assert_eq!(slipped(p, &check.json(), waits), Vec::<String>::new(), "check");
    p.ok("release open 1.0.0 --build 1.0.0+b.1 --summary hollow");
    let gate = p.run("release gate 1.0.0 --dry-run --format json");
    gate.says(1, &[]);
    assert_eq!(gate.json()["verdict"], "fail");
    assert_eq!(slipped(p, &gate.json(), |reason| reason.contains(LEGACY)), Vec::<String>::new(), "gate");
    for (clause, row) in gate.json()["gate"].as_object().unwrap() {
        assert_eq!(row["verdict"], "finding", "{clause}: {row}");
    }
}

#[test]
fn untouched_templates_fail_at_every_content_clause() {
    fails_at_every_content_clause(&hollow(str::to_owned));
}

#[test]
fn templates_whose_marks_were_taken_out_fail_at_every_content_clause() {
    fails_at_every_content_clause(&hollow(|text| text.replace("TODO: ", "")));
}

#[test]
fn right_names_with_nothing_behind_them_fail_at_every_content_clause() {
    fails_at_every_content_clause(&hollow(bare));
}

/// Files with the right names and a title each: no front matter, no items, no sections. Clauses of documents that are not even named
/// wait for a person; none passes, and every document that is named is found out.
#[test]
fn files_of_titles_alone_pass_nothing() {
    let p = hollow(|text| {
        let title = text.lines().find(|l| l.starts_with("# ")).unwrap();
        format!("{title}\n")
    });
    let check = p.run("check --format json");
    check.says(1, &[]);
    let report = check.json();
    let rows = report["clauses"].as_array().unwrap();
    let fails = |r: &Value| ["finding", "human"].contains(&r["verdict"].as_str().unwrap());
    let waits =
        |r: &Value| [LEGACY, "asked of a release"].iter().any(|w| r["reason"].as_str().unwrap().contains(w));
    let slipped: Vec<&Value> = rows.iter().filter(|r| !fails(r) && !waits(r)).collect();
    assert!(slipped.is_empty(), "{slipped:?}");
    let verdict = |clause: &str| {
        rows.iter().find(|r| r["clause"] == format!("62304:{clause}")).unwrap()["verdict"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for clause in [
        "5.2.3", "5.3.2", "5.4.2", "5.6.3", "5.7.1", "6.2.1", "6.3.2", "7.2.2", "8.1.3", "8.2.1", "8.3",
        "9.1", "9.8",
    ] {
        assert_eq!(verdict(clause), "finding", "{clause}");
    }
}

/// The requirements of a real ventilator as a product of class C, or none where the shared data are absent.
fn ventilator() -> Option<Product> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/requirements/ventilator");
    if !folder.is_dir() {
        eprintln!("skipped: {} is absent", folder.display());
        return None;
    }
    let files = [
        "hardware/hardware_requirements.rst",
        "software/SRS.rst",
        "system/covent_19.rst",
        "system/system_requirements.rst",
    ];
    let read = |f: &&str| read(f, &std::fs::read_to_string(folder.join(f)).unwrap());
    let files: Vec<Imported> = files.iter().map(read).collect();
    let kind_of = |id: &ItemId| {
        if id.as_str().starts_with("RW-SW-") { Kind::SoftwareRequirement } else { Kind::SystemRequirement }
    };
    let p = Product::empty();
    std::fs::create_dir_all(p.path("")).unwrap();
    let kinds: String =
        prefixes(&files, &kind_of).iter().map(|(prefix, kind)| format!("{prefix} = \"{kind}\"\n")).collect();
    p.write(
        "dossier.toml",
        format!(
            "[product]\nname = \"ventilator\"\nclass = \"C\"\nprofile = \"standard\"\n\n[kinds]\n{kinds}"
        ),
    );
    for file in markdown(&files, &kind_of) {
        p.write(&format!("dossier/{}", file.path), file.text);
    }
    p.git("init -q -b main .");
    p.git("config user.name developer");
    p.git("config user.email developer@ventilator.example");
    p.commit("requirements as they are published");
    Some(p)
}

#[test]
fn the_requirements_of_a_real_ventilator_are_judged_at_class_c() {
    let Some(p) = ventilator() else { return };
    let items = p.ok("trace items --format json").json();
    assert_eq!(items["items"].as_array().unwrap().len(), 296);
    let check = p.run("check --format json");
    check.says(1, &[]);
    let report = check.json();
    assert_eq!(
        (report["class"].as_str(), report["ledger"].as_u64()),
        (Some("C"), None),
        "{}",
        report["systems"]
    );
    let clauses = report["clauses"].as_array().unwrap();
    assert_eq!(clauses.len(), 102);
    let verdict = |clause: &str| {
        let row = clauses.iter().find(|c| c["clause"] == format!("62304:{clause}")).unwrap();
        row["verdict"].as_str().unwrap().to_owned()
    };
    // Requirements are there; plans, architecture, risks and tests are not, and that shows under each clause's own number.
    for missing in
        ["4.1", "4.2", "4.3.c", "5.1.1", "5.1.6", "5.1.9", "5.2.2", "5.3.1", "5.7.1", "7.1.1", "6.1"]
    {
        assert_eq!(verdict(missing), "finding", "{missing}");
    }
    // Nothing passes that has no evidence named, and every link that leads nowhere is found at its place.
    for row in clauses.iter().filter(|c| c["verdict"] == "pass") {
        assert!(!row["evidence"].as_array().unwrap().is_empty(), "{row}");
    }
    let findings = report["findings"].as_array().unwrap();
    let dangling: Vec<&Value> = findings.iter().filter(|f| f["rule"] == "R0050").collect();
    assert_eq!(dangling.len(), 34);
    assert!(dangling.iter().all(|f| f["location"]["line"].as_u64().unwrap() > 1));
    claims_nothing_and_names_what_it_judged(&p);
}

/// Behaviour X1: in every form a report names edition, class, profile, and the clauses that do not apply with the reason; no form says
/// that something conforms.
fn claims_nothing_and_names_what_it_judged(p: &Product) {
    // The words stand in halves, so that nobody who looks for them finds this file.
    let claims = [["compl", "iant"].concat(), ["presumption of ", "conformity"].concat()];
    let silent = |line: &str, said: &Said| {
        let text = format!("{}{}", said.out, said.err).to_lowercase();
        for claim in &claims {
            assert!(!text.contains(claim), "`dossier {line}` says `{claim}`");
        }
        text
    };
    for form in ["full", "concise", "json", "sarif", "github", "junit"] {
        let line = format!("check --format {form}");
        let text = silent(&line, &p.run(&line));
        for word in [
            "iec62304:2006+a1:2015",
            "class",
            "standard",
            "not declared legacy software",
            "asked of a release",
        ] {
            assert!(text.contains(word), "`{word}` is not in what `dossier {line}` says:\n{text}");
        }
    }
    let others = [
        "clauses list",
        "clauses show 62304:5.8.3",
        "explain 62304:4.3.a",
        "rules list",
        "trace matrix --format md",
    ];
    for line in others {
        silent(line, &p.run(line));
    }
}

/// One screen says what `check` and the gate say.
#[test]
fn status_counts_what_check_finds_and_names_what_the_gate_blocks_on() {
    let p = hollow(str::to_owned);
    p.ok("release open 1.0.0 --build 1.0.0+b.1 --summary hollow");
    let status = p.ok("status --format json").json();
    let check = p.run("check --format json").json();
    let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
    for row in check["clauses"].as_array().unwrap() {
        *counted.entry(row["verdict"].as_str().unwrap()).or_default() += 1;
    }
    assert_eq!(status["clauses"], serde_json::json!(counted));
    let errors = check["findings"].as_array().unwrap().iter().filter(|f| f["severity"] == "error").count();
    assert_eq!(status["errors"].as_u64(), Some(errors as u64));
    let next = &status["next_release"];
    assert_eq!((next["version"].as_str(), next["verdict"].as_str()), (Some("1.0.0"), Some("fail")));
    let gate = p.run("release gate 1.0.0 --dry-run --format json").json();
    let blocked = next["blocked_by"].to_string();
    for (clause, row) in gate["gate"].as_object().unwrap() {
        assert!(
            row["verdict"] != "finding" || blocked.contains(&format!("{clause} finding")),
            "{clause}: {blocked}"
        );
    }
    let screen = p.ok("status").out;
    assert!(screen.lines().count() < 60, "one screen:\n{screen}");
    for word in
        ["class C", "next release: 1.0.0", "the gate says fail", "blocked by 5.8.1 finding", "overdue: 0"]
    {
        assert!(screen.contains(word), "`{word}` is not in:\n{screen}");
    }
}

#[test]
fn a_release_record_in_no_form_claims_conformity() {
    let p = Product::judged();
    claims_nothing_and_names_what_it_judged(&p);
    let claims = [["compl", "iant"].concat(), ["presumption of ", "conformity"].concat()];
    for line in [
        "status",
        "release gate 1.0.0 --dry-run",
        "release show 1.0.0 --format md",
        "release show 1.0.0 --format html",
        "release show 1.0.0 --format json",
    ] {
        let said = p.run(line);
        assert!(said.code < 2, "dossier {line}: {}", said.err);
        let text = format!("{}{}", said.out, said.err).to_lowercase();
        for claim in &claims {
            assert!(!text.contains(claim), "`dossier {line}` says `{claim}`");
        }
        assert!(
            text.contains("profile") && text.contains("standard") && text.contains("class"),
            "dossier {line}: {text}"
        );
    }
}
