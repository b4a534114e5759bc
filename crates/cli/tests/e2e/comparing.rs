//! Figures, comparisons and notes of a product with a sealed release and one after it.

use super::bench::*;

/// 1.0.0 is sealed; 1.1.0 has another source under CR-1, another risk text, and a corrected anomaly.
fn two_releases() -> Product {
    let mut p = Product::judged();
    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p.ok("release seal 1.0.0");
    p.at("2026-04-10T09:00:00.000Z");
    p.ok("anomaly report AN-1 --title 'The line is late' --description 'Half a second late' --found 'in use' \
          --reproduction 'call it' --version 1.0.0 --severity minor --performance slow --safety none --security none");
    p.ok(
        "anomaly report AN-2 --title 'A *bold* word' --description 'd' --found 'in use' --reproduction 'r' \
          --version 1.0.0 --severity major --performance none --safety none --security none",
    );
    p.at("2026-04-14T09:00:00.000Z");
    p.ok("change open CR-1 --title 'A shorter loop' --reason AN-1 --category corrective --answers AN-1");
    p.ok("anomaly investigate AN-1 --cause 'a loop' --outcome 'to be corrected' --change CR-1");
    p.ok("change open CR-2 --title 'Show the unit' --reason asked --category perfective");
    let script = p.path("src/thermo.sh");
    let text = std::fs::read_to_string(&script).unwrap();
    std::fs::write(&script, format!("{text}# shorter\n")).unwrap();
    p.commit("a shorter loop\n\nChange: CR-1");
    let file = p.path("dossier/risks/unit.md");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, "# Units\n\n## HAZ-077 A new hazard\n\nWrong unit.\n").unwrap();
    p.commit("a new hazard\n\nChange: CR-2");
    p.ok("anomaly resolve AN-1 --disposition corrected --fixed-in 1.1.0 --change CR-1 --resolution 'The loop is shorter'");
    p.act("qa-lead", "anomaly verify AN-1 --evidence RUN-1");
    p.ok("release open 1.1.0 --build 1.1.0+b.2 --summary 'a shorter loop'");
    p
}

#[test]
fn a_comparison_names_what_changed_and_under_which_change() {
    let p = two_releases();
    let diff = p.ok("release diff 1.0.0 1.1.0 --format json").json();
    let section = |what: &str| -> Vec<serde_json::Value> {
        let all = diff["sections"].as_array().unwrap();
        all.iter().find(|s| s["what"] == what).unwrap()["rows"].as_array().unwrap().clone()
    };
    let risk = section("risks");
    assert_eq!(
        (risk.len(), risk[0]["id"].as_str(), risk[0]["became"].as_str()),
        (1, Some("HAZ-077"), Some("added"))
    );
    assert_eq!(risk[0]["changes"], serde_json::json!(["CR-2"]));
    let file = section("configuration items");
    assert!(
        file.iter().any(|f| f["id"].as_str().unwrap().ends_with("src/thermo.sh")
            && f["became"] == "changed"
            && f["changes"] == serde_json::json!(["CR-1"])),
        "{file:?}"
    );
    let anomalies = section("anomalies");
    assert_eq!(anomalies.len(), 1, "{anomalies:?}");
    assert_eq!((&anomalies[0]["id"], &anomalies[0]["became"]), (&"AN-1".into(), &"removed".into()));
    // Every result was got on the software of 1.0.0: none of them speaks for 1.1.0.
    let tests = section("tests");
    assert!(
        !tests.is_empty() && tests.iter().all(|t| t["details"].to_string().contains("not run on it")),
        "{tests:?}"
    );
    assert_eq!(diff["uncovered"], serde_json::json!([]));
    let changes: Vec<&str> =
        diff["change_requests"].as_array().unwrap().iter().map(|c| c["change"].as_str().unwrap()).collect();
    assert_eq!(changes, ["CR-1", "CR-2"]);
    // The other way round what was added is removed; with itself nothing changed.
    let back = p.ok("release diff 1.1.0 1.0.0 --format json").json();
    assert_eq!(back["changes"]["items"]["removed"], diff["changes"]["items"]["added"]);
    let same = p.ok("release diff 1.0.0 1.0.0 --format json").json();
    assert!(same["sections"].as_array().unwrap().iter().all(|s| s["rows"].as_array().unwrap().is_empty()));
    p.ok("release diff 1.0.0 1.1.0")
        .says(0, &["+ HAZ-077 A new hazard [CR-2]", "- AN-1", "corrected in 1.1.0"]);
    p.run("release diff 1.0.0 9.9.9").says(2, &["there is no release `9.9.9`"]);
}

#[test]
fn notes_are_drafted_from_the_records_and_never_over_what_people_wrote() {
    let p = two_releases();
    let users = p.ok("release notes 1.1.0").out;
    for words in [
        "document: DOC-RN-1.1.0",
        "- AN-1: The line is late. The loop is shorter.",
        "Show the unit (CR-2)",
        "- Replaces: 1.0.0",
    ] {
        assert!(users.contains(words), "{words} is not in:\n{users}");
    }
    assert!(!users.contains("*bold*"), "texts of records are no markup");
    assert!(users.contains("not evaluated for this version yet: AN-2"), "{users}");
    let security = p.ok("release notes 1.1.0 --security").out;
    assert!(security.contains("No scan of this version is recorded"), "{security}");
    p.ok("release notes 1.1.0 -o dossier/notes.md").says(0, &["drafted DOC-RN-1.1.0", "compared with 1.0.0"]);
    p.run("release notes 1.1.0 -o dossier/notes.md").says(2, &["never overwrites"]);
    // What was drafted is a controlled document of the product.
    p.commit("notes\n\nChange: CR-1");
    assert!(p.ok("document list").out.contains("DOC-RN-1.1.0"));
    p.run("release notes 3.0.0").says(2, &["no release `3.0.0`"]);
}

#[test]
fn figures_are_computed_on_any_past_day_and_say_what_they_counted() {
    let p = two_releases();
    let now = p.run("metrics --format json --as-of 2026-05-01").json();
    let figure = |all: &serde_json::Value, id: &str| -> serde_json::Value {
        all["metrics"].as_array().unwrap().iter().find(|m| m["id"] == id).unwrap().clone()
    };
    let escape = figure(&now, "escape-rate");
    assert_eq!((escape["value"].as_f64(), escape["of"].as_u64()), (Some(100.0), Some(2)), "{escape}");
    assert_eq!(figure(&now, "investigation-time")["value"].as_f64(), Some(4.0));
    assert_eq!(figure(&now, "release-cycle")["of"].as_u64(), Some(1));
    // At the end of March nothing had been reported yet, and the documents are those of 1.0.0.
    let then = p.run("metrics --format json --on 2026-03-31").json();
    assert_eq!(figure(&then, "escape-rate")["value"], serde_json::Value::Null);
    assert!(then["ledger"].as_u64() < now["ledger"].as_u64());
    assert!(then["commit"].is_string());
    // The course of a later look has that day with the same values.
    let course = now["history"].as_array().unwrap();
    let march = course.iter().find(|h| h["date"] == "2026-03-31").unwrap();
    for m in then["metrics"].as_array().unwrap() {
        let id = m["id"].as_str().unwrap();
        assert_eq!(march["values"][id]["value"], m["value"], "{id}");
    }
    p.run("metrics --svg figures.svg").says(1, &["Defect escape rate", "wrote"]);
    assert!(std::fs::read_to_string(p.path("figures.svg")).unwrap().starts_with("<svg"));
    p.run("metrics --on 2020-01-01").says(2, &["had no entry by 2020-01-01"]);
    p.run("metrics --on tomorrow").says(2, &["--on"]);
}

#[test]
fn what_is_due_is_shown_without_being_sent() {
    let p = two_releases();
    let told =
        p.ok("remind --dry-run --format json --as-of 2026-06-15 --webhook https://chat.example.org/T0KEN");
    let told = told.json();
    let due = told["digest"]["due"].as_array().unwrap();
    assert!(
        due.iter().any(|d| d["what"] == "investigate" && d["subject"] == "AN-2" && d["overdue"] == true),
        "{due:?}"
    );
    assert!(due.iter().any(|d| d["what"] == "evaluate for 1.1.0" && d["subject"] == "AN-2"), "{due:?}");
    assert_eq!(told["sent"], serde_json::json!(["https://chat.example.org/…"]), "no secret is shown");
    p.run("remind").says(2, &["nobody is named", "--dry-run"]);
    p.run("remind --smtp smtps://mail.example.org --from nobody --to qa@example.org")
        .says(2, &["no mail address"]);
    let year = "anomaly trend --as-of 2026-06-15 --from 2025-06-16 --pdf trend.pdf";
    p.run(year).says(1, &["2025-06", "2026-04", "▇", "adverse"]);
    assert!(std::fs::read(p.path("trend.pdf")).unwrap().starts_with(b"%PDF"));
    // Months before the ledger began are no months without problems.
    let began =
        p.ok("ledger log --format json").json()["entries"][0]["at"].as_str().unwrap()[..10].to_owned();
    let told = p.run("anomaly trend --as-of 2026-06-15 --format json").json();
    assert_eq!(told["from"], began.as_str());
}
