//! `dossier.toml`: what is understood, what is reported, and that nothing makes the reader fail.

use product::{KEYS, parse};
use proptest::prelude::*;
use vocabulary::SafetyClass;

/// Rule, place, message and help of each finding.
fn found(text: &str) -> Vec<String> {
    let (_, found) = parse(text, "dossier.toml");
    for d in &found {
        assert!(d.subject.is_some() || d.name == "unreadable-configuration", "it names no key: {d:?}");
    }
    let line = |d: &diagnostics::Diagnostic| {
        format!("{} {} {} / {}", d.rule, d.location, d.message, d.help.as_deref().unwrap_or("-"))
    };
    found.iter().map(line).collect()
}

fn with(rest: &str) -> String {
    format!("[product]\nname = \"t\"\n{rest}")
}

#[test]
fn the_smallest_file_has_every_default() {
    let (c, found) = parse("[product]\nname = \"triage\"\n", "dossier.toml");
    assert!(found.is_empty(), "{found:?}");
    assert_eq!((c.product.name.as_str(), c.product.class), ("triage", None));
    assert_eq!((c.product.profile, c.product.timezone.as_str()), (product::Profile::Playbook, "UTC"));
    assert_eq!(c.product.edition, clauses::DEFAULT_EDITION);
    assert_eq!(c.documents.root, "dossier");
    assert_eq!(c.roles.release, product::DEFAULT_ROLES);
    assert_eq!(c.roles.distinct_people, 5);
    assert_eq!((c.ledger.origin.as_deref(), c.ledger.url.as_str()), (None, "sqlite:.dossier/ledger.db"));
    assert_eq!(c.archive.path, ".dossier/archive");
    assert_eq!(
        c.risk.is_acceptable("serious", "remote"),
        Some(false),
        "nothing is acceptable without a matrix"
    );
    assert_eq!(c.risk.injury("minor"), Some(product::Injury::NonSerious));
    assert!(c.rules.is_empty() && c.kinds.is_empty() && !c.retention.implantable);
}

#[test]
fn the_example_of_the_documentation_is_understood() {
    let text = include_str!("../../../docs/configuration.md");
    let example = text.rsplit("```toml\n").next().unwrap().split("```").next().unwrap();
    let (c, found) = parse(example, "dossier.toml");
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(c.product.class, Some(SafetyClass::B));
    assert_eq!(c.kinds["REQ"], "software-requirement");
    assert_eq!(c.build.environment.packages, ["gcc", "libc6-dev"]);
    assert_eq!(c.risk.is_acceptable("serious", "remote"), Some(true));
    assert_eq!(c.risk.is_acceptable("serious", "frequent"), Some(false));
    assert_eq!(c.risk.is_acceptable("catastrophic", "frequent"), None);
    assert_eq!(c.rules["R0029"], diagnostics::Level::At(diagnostics::Severity::Error));
    assert_eq!(c.place("product.class").to_string(), "dossier.toml:3:1");
    assert_eq!(c.place("product.profile").to_string(), "dossier.toml:1:1");
    assert!(c.is_set("build.environment.packages") && !c.is_set("roles"));
}

#[test]
fn the_documentation_lists_every_key() {
    let text = include_str!("../../../docs/configuration.md");
    let mut table = "";
    let mut listed = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## `[").and_then(|l| l.strip_suffix("]`")) {
            table = name;
        } else if let Some(key) = line.strip_prefix("| `").and_then(|l| l.split('`').next()) {
            listed.push((table, key, line));
        }
    }
    let row = |k: &product::Key| format!("| `{}` | {} | {} | {} |", k.key, k.takes, k.default, k.about);
    let want: Vec<(&str, &str, String)> = KEYS.iter().map(|k| (k.table, k.key, row(k))).collect();
    let got: Vec<(&str, &str, String)> = listed.iter().map(|(t, k, l)| (*t, *k, (*l).to_owned())).collect();
    assert_eq!(got, want, "docs/configuration.md and crates/product/src/keys.rs disagree");
}

/// Each key is read: a value of a type that no key takes is reported at its place.
#[test]
fn every_key_is_read() {
    for key in KEYS.iter().filter(|k| k.key != "*") {
        let table = if key.table == "product" {
            "[product]".to_owned()
        } else {
            format!("[product]\nname = \"t\"\n[{}]", key.table.replace('*', "x"))
        };
        let text = format!("{table}\n{} = 1979-05-27\n", key.key);
        let wrong = found(&text).into_iter().any(|f| f.starts_with("R0012") && f.contains(key.key));
        assert!(wrong, "`{}.{}` of a wrong type is not reported: {:?}", key.table, key.key, found(&text));
    }
}

#[test]
fn what_is_wrong_has_its_place_and_a_way_out() {
    let cases: &[(&str, &str)] = &[
        ("", "R0014 dossier.toml:1:1 the product has no name / write `name = \"…\"` under `[product]`"),
        (
            "[product]\n",
            "R0014 dossier.toml:1:2 the product has no name / write `name = \"…\"` under `[product]`",
        ),
        (
            "[product]\nname = \"\"\n",
            "R0013 dossier.toml:2:8 `product.name` is empty / write a value, or leave the key out",
        ),
        (
            &with("calss = \"B\""),
            "R0011 dossier.toml:3:1 unknown key `calss` in `[product]` / did you mean `class`?",
        ),
        (
            &with("mirror = \"x\""),
            "R0011 dossier.toml:3:1 unknown key `mirror` in `[product]` / `mirror` belongs into `[archive]`",
        ),
        (
            &with("class = \"D\""),
            "R0013 dossier.toml:3:9 `product.class`: `D` is no software safety class; write `A`, `B` or `C` / see docs/configuration.md",
        ),
        (
            &with("profile = \"playbok\""),
            "R0013 dossier.toml:3:11 `product.profile` cannot be `playbok` / did you mean `playbook`?",
        ),
        (
            &with("timezone = \"Mars/Olympus\""),
            "R0013 dossier.toml:3:12 `product.timezone`: there is no time zone `Mars/Olympus` / write an IANA name such as `Europe/Vienna`",
        ),
        (
            &with("lifetime_years = \"five\""),
            "R0012 dossier.toml:3:18 `product.lifetime_years` takes a whole number, and here is of type string / write a whole number",
        ),
        (
            &with("lifetime_years = -5"),
            "R0013 dossier.toml:3:18 `product.lifetime_years` cannot be -5 / write a whole number from 1 on",
        ),
        (
            &with("[roles]\ndistinct_people = 1"),
            "R0013 dossier.toml:4:19 `roles.distinct_people` cannot be 1 / write a whole number from 2 on",
        ),
        (
            &with("[roles]\nrelease = []"),
            "R0013 dossier.toml:4:11 `roles.release` names nobody / name the roles, or leave the key out",
        ),
        (
            &with("[kinds]\nreq = \"soup\""),
            "R0013 dossier.toml:4:1 `kinds.req`: this is no prefix of an id / write capital letters and digits only, as in `REQ`",
        ),
        (
            &with("[documents]\nroot = \"../x\""),
            "R0013 dossier.toml:4:8 `documents.root`: `../x` is not a folder of the product / write a path relative to `dossier.toml`, without `..`",
        ),
        (
            &with("[ledger]\nurl = \"ftp://x\""),
            "R0013 dossier.toml:4:7 `ledger.url`: `ftp://x` is no place of a ledger / write `sqlite:PATH`, `postgres://…` or `https://…`",
        ),
        (
            &with("[build]\ncommands = \"make\""),
            "R0012 dossier.toml:4:12 `build.commands` takes a list of texts, and here is of type string / write a list of texts",
        ),
        (
            &with("[build.environment]\ndigest = \"x\""),
            "R0013 dossier.toml:4:10 `build.environment.digest`: `x` is no SHA-256 digest: 64 lower-case hex digits, optionally after `sha256:` / see docs/configuration.md",
        ),
        (
            &with("[rules]\nR0042 = \"loud\""),
            "R0013 dossier.toml:4:9 `rules.R0042` cannot be `loud` / write one of `off`, `note`, `warning`, `error`",
        ),
        (
            &with("[risk.acceptable]\nserius = []"),
            "R0013 dossier.toml:4:1 `serius` is not on the scale `risk.severity` / did you mean `serious`?",
        ),
        (
            &with("[results]\nreports = [\"a\", \"a\"]"),
            "R0013 dossier.toml:4:17 `results.reports` names `a` twice / leave one of them out",
        ),
    ];
    for (text, want) in cases {
        assert_eq!(found(text), [*want], "{text}");
    }
    // A misspelt `[product]` is two things to mend: the word, and, if it was not meant, the absent name.
    assert_eq!(
        found("[prodct]\n"),
        [
            "R0014 dossier.toml:1:1 the product has no name / write `name = \"…\"` under `[product]`",
            "R0011 dossier.toml:1:2 unknown table `prodct` / did you mean `product`?",
        ]
    );
    let tracker = "[trackers.jira]\nkind = \"jira\"\nproject = \"TRI\"\nanomaly = [\"Bug\"]\nurl = \"https://jira.example\"\n";
    assert_eq!(found(&with(tracker)), [""; 0]);
}

#[test]
fn a_broken_line_does_not_hide_the_rest() {
    let (c, found) =
        parse("[product]\nname = \"t\"\nclass = \n[roles]\ndistinct_people = 3\n", "dossier.toml");
    assert_eq!(found.iter().map(|d| d.rule.as_ref()).collect::<Vec<_>>(), ["R0010"]);
    assert_eq!((c.product.name.as_str(), c.roles.distinct_people), ("t", 3));
}

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>()) {
        let (_, found) = parse(&text, "dossier.toml");
        prop_assert!(!found.is_empty() || text.contains("name"));
    }

    #[test]
    fn text_that_is_nearly_a_configuration(parts in prop::collection::vec(prop::sample::select(vec![
        "[product]\n", "name = ", "\"t\"\n", "class = \"B\"\n", "[", "]", "\n", "=", "'", "[[build]]\n", "build.environment = ", "{", "}", "1", "risk", ".",
        "acceptable", "true", "# x\n", "\u{e4}", "\"\"\"", "-1\n", "[\"a\", 1]\n", "9999999999999999999999\n", "0x1f\n", "nan\n",
    ]), 0..25)) {
        let (_, found) = parse(&parts.concat(), "dossier.toml");
        for d in found {
            prop_assert!(d.location.file_line().is_some());
        }
    }
}

#[test]
fn an_edition_without_safety_classes_is_refused_with_those_that_have_them() {
    for (edition, expected) in [("iso13485:2016", "safety classes"), ("iec62304:1899", "no edition")] {
        let (c, wrong) =
            parse(&format!("[product]\nname = \"x\"\nedition = \"{edition}\"\n"), "dossier.toml");
        let said = format!("{wrong:?}");
        assert!(said.contains(expected), "{edition}: {said}");
        assert!(said.contains(clauses::DEFAULT_EDITION), "{said}");
        assert_eq!(c.product.edition, clauses::DEFAULT_EDITION);
    }
    let known = "[product]\nname = \"x\"\nedition = \"iec62304:2006+a1:2015\"\n";
    assert!(parse(known, "dossier.toml").1.is_empty());
}
