//! What a firm makes of the rules: rules of its own, its own profile in a file that products share, waivers that are withdrawn.

use super::bench::*;
use super::contracts::{fits, schema};
use serde_json::Value;

/// A rule of a firm with a case that fires and one that is silent.
const RULE: &str = r#"+++
id = "F-1"
name = "requirement-without-owner"
clauses = ["62304:5.2.1"]
severity = "error"
waivable = true
over = "software-requirement"
holds = "has(item.fields.owner)"
message = "requirement `{subject}` has no owner"
help = "write `- owner: ROLE` below the heading"
+++
## What it checks

Each requirement names the role that owns it.

## Cases

### Without an owner

```markdown file=dossier/requirements.md
## SRS-1 Show the result   #~ F-1
```

### With one

```markdown file=dossier/requirements.md
## SRS-1 Show the result
- owner: software-lead
```
"#;

const FILE: &str = "dossier/rules/f-1.md";

/// The findings of a rule: message and place.
fn found(p: &Product, rule: &str) -> Vec<(String, String)> {
    let report = p.run("check --format json").json();
    let of_rule = |f: &&Value| f["rule"] == rule;
    let row = |f: &Value| {
        let place = &f["location"];
        let place = format!("{}:{}", place["file"].as_str().unwrap_or_default(), place["line"]);
        (f["message"].as_str().unwrap().to_owned(), place)
    };
    report["findings"].as_array().unwrap().iter().filter(of_rule).map(row).collect()
}

#[test]
fn a_rule_of_the_firm_is_listed_tested_timed_and_finds() {
    let p = Product::written();
    p.write(FILE, RULE);
    p.ok("rules test").says(0, &["● F-1 requirement-without-owner: 1 cases fire, 1 are silent", FILE]);
    p.ok("rules list").says(0, &["F-1", "requirement-without-owner", "62304:5.2.1", "2 found", FILE]);
    let list = p.ok("rules list --format json").json();
    fits(&schema("rules-v1"), &list);
    let row = list["rules"].as_array().unwrap().iter().find(|r| r["id"] == "F-1").unwrap();
    assert_eq!((row["of"].as_str(), row["waivable"].as_bool()), (Some(FILE), Some(true)), "{row}");
    p.ok("explain F-1").says(0, &["a rule of the firm", "has(item.fields.owner)", "the role that owns it"]);
    let times = p.ok("rules time --rounds 1 --format json").json();
    let times = times["rules"].as_array().unwrap();
    assert!(times.len() > 100 && times.iter().all(|t| t["micros"].is_u64()), "{times:?}");
    let micros = |t: &Value| t["micros"].as_u64().unwrap();
    assert!(times.windows(2).all(|w| micros(&w[0]) >= micros(&w[1])), "the slowest first");
    let of_firm: Vec<&Value> = times.iter().filter(|t| t["rule"] == "F-1").collect();
    assert!(of_firm.len() == 1 && of_firm[0]["name"] == "requirement-without-owner", "{of_firm:?}");

    // What it finds stands beside what our rules find: message, clause, place and help.
    let report = p.run("check --format json").json();
    fits(&schema("findings-v1"), &report);
    let findings = report["findings"].as_array().unwrap();
    let of_firm: Vec<&Value> = findings.iter().filter(|f| f["rule"] == "F-1").collect();
    assert_eq!(of_firm.len(), 2, "{of_firm:?}");
    let first = of_firm[0];
    assert_eq!(first["message"], "requirement `SRS-001` has no owner");
    assert_eq!(first["clauses"], serde_json::json!(["62304:5.2.1"]));
    assert_eq!(first["help"], "write `- owner: ROLE` below the heading");
    let clause = report["clauses"].as_array().unwrap().iter().find(|c| c["clause"] == "62304:5.2.1").unwrap();
    assert!(clause["verdict"] == "finding" && clause["reason"].as_str().unwrap().contains("F-1"), "{clause}");

    let requirements = std::fs::read_to_string(p.path("dossier/requirements.md")).unwrap();
    let line = 1 + requirements.lines().position(|l| l.starts_with("## SRS-001")).unwrap();
    let place = format!("dossier/requirements.md:{line}");
    assert_eq!(found(&p, "F-1")[0], ("requirement `SRS-001` has no owner".to_owned(), place));
    p.write(
        "dossier/requirements.md",
        requirements.replace("- category:", "- owner: software-lead\n- category:"),
    );
    assert_eq!(found(&p, "F-1"), []);
}

#[test]
fn a_rule_of_the_firm_that_cannot_be_relied_on_is_named_with_file_and_line() {
    let p = Product::written();
    // A third case, marked as firing where the rule is silent.
    let wrong = "### Wrong\n\n```markdown file=dossier/requirements.md\n## SRS-3 Show   #~ F-1\n- owner: software-lead\n```\n";
    p.write(FILE, format!("{RULE}\n{wrong}"));
    let tested = p.run("rules test --format json");
    tested.says(1, &[]);
    fits(&schema("own-rules-v1"), &tested.json());
    let problem = &tested.json()["problems"][0];
    let line = problem["line"].as_u64().unwrap() as usize;
    let text = std::fs::read_to_string(p.path(FILE)).unwrap();
    let at = text.lines().nth(line - 1).unwrap();
    assert_eq!(problem["file"], FILE);
    assert!(at.contains("SRS-3") || at.starts_with("### Wrong"), "line {line} is {at:?}: {problem}");
    p.run("rules test").says(1, &["▲ F-1 requirement-without-owner", &format!("▲ {FILE}:{line}: ")]);
    assert!(found(&p, "R0310")[0].1.starts_with(FILE), "{:?}", found(&p, "R0310"));

    // One that does not compile finds nothing and is itself found; so is one that reads what there is not.
    for (holds, why) in [
        ("has(item.fields.owner", "`holds` is no CEL"),
        ("has(requirement.fields.owner)", "reads `requirement`; over this there are item, product"),
    ] {
        p.write(FILE, RULE.replace("has(item.fields.owner)", holds));
        p.run("rules test").says(1, &[&format!("▲ {FILE}:"), why]);
        let unsound = found(&p, "R0310");
        assert!(unsound.len() == 1 && unsound[0].0.contains(why), "{unsound:?}");
        assert_eq!(found(&p, "F-1"), []);
    }
    // A rule may not pass itself off as one of ours.
    p.write(FILE, RULE.replace("id = \"F-1\"", "id = \"R0050\""));
    p.run("rules test").says(1, &["are dossier's own"]);
}

/// The verdict on 5.2.1 and how many findings a waiver carries.
fn standing(p: &Product) -> (String, u64) {
    let report = p.run("check --format json").json();
    let clauses = report["clauses"].as_array().unwrap();
    let clause = clauses.iter().find(|c| c["clause"] == "62304:5.2.1").unwrap();
    let waived = report["findings"].as_array().unwrap().iter().filter(|f| f["waived_by"] == "W-1").count();
    (clause["verdict"].as_str().unwrap().to_owned(), waived as u64)
}

#[test]
fn a_waiver_is_withdrawn_by_a_signed_act_and_what_it_carried_is_a_finding_again() {
    let p = Product::approved();
    // One requirement without owner; the other has one.
    let requirements = std::fs::read_to_string(p.path("dossier/requirements.md")).unwrap();
    p.write(
        "dossier/requirements.md",
        requirements.replacen("- category: alarms", "- owner: software-lead\n- category: alarms", 1),
    );
    p.write(FILE, RULE);
    assert_eq!(standing(&p), ("finding".to_owned(), 0));
    p.refused_act("risk-owner", "waiver withdraw W-1 --reason over", &["there is no waiver `W-1`"]);
    p.act(
        "risk-owner",
        "waiver grant W-1 --rule F-1 --subject SRS-001 --reason 'the owner comes in May' --until 2099-12-31",
    );
    assert_eq!(standing(&p), ("waived".to_owned(), 1), "waived, and never a pass");
    let before = p.position();
    let all_before = p.kinds().len();

    p.refused_act("risk-owner", "waiver withdraw W-1 --reason ' '", &["a reason"]);
    p.refused_act("software-lead", "waiver withdraw W-1 --reason over", &["waiver/withdraw", "qa-lead"]);
    p.refused(2, "waiver withdraw W-1 --reason over", &["--as"]);
    p.act("qa-lead", "waiver withdraw W-1 --reason 'the owner came'").says(0, &["withdrew W-1"]);
    assert_eq!(p.position(), before + 1);
    assert_eq!(p.kinds().last().unwrap(), "waiver/withdraw/v1");
    assert_eq!(standing(&p), ("finding".to_owned(), 0));

    p.ok("waiver list").says(
        0,
        &[
            "W-1 F-1 for SRS-001: withdrawn",
            "withdrawn by The qa-lead (qa-lead)",
            "the owner came",
            "The risk-owner",
        ],
    );
    let list = p.ok("waiver list --format json").json();
    fits(&schema("waivers-v1"), &list);
    assert_eq!(list["waivers"][0]["withdrawn"]["role"], "qa-lead");
    // At the position before, it stands; it is no unused waiver now; and its id is never used again.
    let then = p.ok(&format!("waiver list --format json --ledger-at {all_before}")).json();
    assert_eq!(then["waivers"][0]["standing"], "in force");
    assert_eq!(found(&p, "R0001"), []);
    p.refused_act("qa-lead", "waiver withdraw W-1 --reason again", &["was withdrawn before"]);
    p.refused_act(
        "risk-owner",
        "waiver grant W-1 --rule F-1 --subject SRS-001 --reason again --until 2099-12-31",
        &["W-1", "withdrawn"],
    );
    p.ok("ledger verify");
}

const FIRM: &str = "# Of the firm, the same in each of its products.\n[profile]\nname = \"Acme QMS 4\"\nrelease_roles = [\"security-lead\"]\n\
                    never_waivable_rules = [\"requirement-without-owner\"]\nwaiver_days = 60\n\n[profile.severity]\n\
                    unconfirmed-link = \"error\"\n\n[profile.review_days]\nsoup = 30\n";

#[test]
fn a_firms_profile_is_a_file_that_products_share_and_a_product_only_adds_to_it() {
    let p = Product::approved();
    p.write("dossier/firm.toml", FIRM);
    p.write(FILE, RULE);
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let with = |profile: &str| format!("{toml}\n[profile]\nfile = \"dossier/firm.toml\"\n{profile}");
    // What the product writes beside it is milder, and does not hold.
    p.write("dossier.toml", with("waiver_days = 900\n[profile.severity]\nunconfirmed-link = \"off\"\n"));
    p.commit("the profile of the firm");
    let list = p.ok("rules list --format json").json();
    assert_eq!(list["profile"], "Acme QMS 4 (standard)");
    let rule = |name: &str| {
        let rules = list["rules"].as_array().unwrap();
        rules.iter().find(|r| r["name"] == name).unwrap_or_else(|| panic!("{name}")).clone()
    };
    assert_eq!(rule("unconfirmed-link")["severity"], "error");
    assert_eq!(rule("requirement-without-owner")["waivable"], false);
    p.refused_act(
        "risk-owner",
        "waiver grant W-1 --rule F-1 --subject SRS-001 --reason 'for now' --until 2099-12-31",
        &["`F-1` (requirement-without-owner) can never be waived"],
    );

    // The firm's further role signs too, before the release manager; nobody holds it, and the gate says so.
    p.ok("release open 1.0.0 --build 1.0.0+b.1 --summary 'the first version'");
    let gate = p.run("release gate 1.0.0 --dry-run --format json").json();
    let roles: Vec<&str> =
        gate["signatures"].as_array().unwrap().iter().map(|s| s["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["software-lead", "qa-lead", "risk-owner", "prrc", "security-lead", "release-manager"]);
    assert_eq!(gate["profile"], "Acme QMS 4 (standard)");
    let vacant = gate["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "R0148").unwrap();
    assert!(vacant["message"].as_str().unwrap().contains("security-lead"), "{vacant}");

    // A commit is read with the file that it has.
    p.write("dossier/firm.toml", FIRM.replace("Acme QMS 4", "Acme QMS 5"));
    assert_eq!(p.run("check --format json").json()["profile"], "Acme QMS 5 (standard)");
    assert_eq!(p.run("check --format json --at HEAD").json()["profile"], "Acme QMS 4 (standard)");

    // The firm's digest tells a file that somebody changed; one that is not there is no milder profile.
    let mut sum = isolated("sha256sum");
    sum.arg(p.path("dossier/firm.toml"));
    let digest = said(sum).out.split_whitespace().next().unwrap().to_owned();
    p.write("dossier.toml", with(&format!("file_digest = \"{digest}\"\n")));
    assert_eq!(found(&p, "R0013"), []);
    p.write("dossier/firm.toml", FIRM);
    let wrong = found(&p, "R0013");
    assert!(wrong.len() == 1 && wrong[0].0.contains(&digest), "{wrong:?}");
    std::fs::remove_file(p.path("dossier/firm.toml")).unwrap();
    p.run("check").says(1, &["error[R0013]", "`dossier/firm.toml` cannot be read"]);
}

#[test]
fn products_of_one_repository_share_the_profile_that_lies_beside_them() {
    let p = Product::empty();
    p.write("firm/profile.toml", FIRM);
    let toml = |name: &str, file: &str| {
        format!(
            "[product]\nname = \"{name}\"\nclass = \"B\"\nprofile = \"standard\"\n\n[profile]\nfile = \"{file}\"\n"
        )
    };
    for name in ["pump", "app"] {
        p.write(&format!("products/{name}/dossier.toml"), toml(name, "../../firm/profile.toml"));
        p.write(
            &format!("products/{name}/dossier/requirements.md"),
            "# Requirements\n\n## SRS-001 Show the result\n\nThe result is shown within two seconds.\n",
        );
    }
    p.git("init -q -b main .");
    p.git("config user.name developer");
    p.git("config user.email developer@firm.example");
    p.commit("two products and the profile of the firm");
    let check =
        |name: &str, more: &str| p.run(&format!("check -C products/{name} --format json{more}")).json();
    let wrong = |report: &Value| {
        let findings = report["findings"].as_array().unwrap();
        let of = findings
            .iter()
            .filter(|f| f["rule"] == "R0013")
            .map(|f| f["message"].as_str().unwrap().to_owned());
        of.collect::<Vec<_>>()
    };
    let trees: Vec<Value> = ["pump", "app"]
        .map(|name| {
            let report = check(name, "");
            assert_eq!(
                (report["profile"].as_str(), wrong(&report)),
                (Some("Acme QMS 4 (standard)"), Vec::new())
            );
            report["tree"].clone()
        })
        .to_vec();

    // One edit reaches both, and shows in what each verdict says that it looked at; a commit keeps its own.
    p.write("firm/profile.toml", FIRM.replace("Acme QMS 4", "Acme QMS 5"));
    for (name, before) in ["pump", "app"].into_iter().zip(&trees) {
        let now = check(name, "");
        assert_eq!(now["profile"], "Acme QMS 5 (standard)");
        assert!(now["tree"].is_string() && now["tree"] != *before, "{name}");
        let then = check(name, " --at HEAD");
        assert_eq!(
            (&then["profile"], &then["tree"]),
            (&Value::from("Acme QMS 4 (standard)"), before),
            "{name}"
        );
    }

    // What no commit holds is not believed: outside of the repository, behind a link, or nothing at all.
    p.write("products/app/dossier.toml", toml("app", "../../../profile.toml"));
    assert!(
        wrong(&check("app", ""))[0].contains("outside of the repository"),
        "{:?}",
        wrong(&check("app", ""))
    );
    std::os::unix::fs::symlink(p.path("firm/profile.toml"), p.path("firm/link.toml")).unwrap();
    p.write("products/app/dossier.toml", toml("app", "../../firm/link.toml"));
    assert!(wrong(&check("app", ""))[0].contains("a symbolic link is not followed"));
    p.write("products/app/dossier.toml", toml("app", "../../firm/none.toml"));
    p.run("check -C products/app").says(1, &["error[R0013]", "`../../firm/none.toml` cannot be read"]);
    p.write("products/app/dossier.toml", toml("app", "/etc/profile.toml"));
    p.run("check -C products/app").says(1, &["error[R0013]", "relative to the folder of dossier.toml"]);
}
