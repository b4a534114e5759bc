//! Tests over the registry: what every rule has to be, so that a forgotten step fails here.

use crate::registry::registry;
use crate::unruled::unruled;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn rule_files(extension: &str) -> BTreeSet<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut out = BTreeSet::new();
    for group in std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
        for file in std::fs::read_dir(group).unwrap().map(|e| e.unwrap().path()) {
            if file.extension().is_some_and(|e| e == extension)
                && file.file_name().is_some_and(|n| n != "mod.rs")
            {
                out.insert(file);
            }
        }
    }
    out
}

#[test]
fn every_md_is_registered_and_has_its_check_beside_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let registered: BTreeSet<PathBuf> = registry().rules().iter().map(|r| root.join(r.path())).collect();
    assert_eq!(rule_files("md"), registered);
    let checks: BTreeSet<PathBuf> = rule_files("rs").iter().map(|p| p.with_extension("md")).collect();
    assert_eq!(checks, registered);
}

#[test]
fn a_file_is_named_like_its_rule() {
    for rule in registry().rules() {
        let path = rule.path();
        let stem = Path::new(&path).file_stem().unwrap().to_string_lossy().replace('_', "-");
        assert!(rule.meta.name == stem, "{rule:?} in {path}");
    }
}

#[test]
fn ids_and_names_are_unique_and_of_the_right_shape() {
    let mut seen = BTreeSet::new();
    for rule in registry().rules() {
        let meta = &rule.meta;
        assert!(seen.insert(meta.id.clone()), "{} is taken twice", meta.id);
        assert!(seen.insert(meta.name.clone()), "{} is taken twice", meta.name);
        let digits = meta.id.strip_prefix('R').unwrap_or("");
        assert!(
            digits.len() == 4 && digits.parse::<u32>().is_ok_and(|n| n >= 40),
            "{}: rules begin at R0040",
            meta.id
        );
        assert!(meta.name.bytes().all(|c| c.is_ascii_lowercase() || c == b'-'), "{}", meta.name);
        for bad in ["use-", "do-not-", "avoid-", "check-", "missing-", "require-", "must-"] {
            assert!(!meta.name.starts_with(bad), "{}: a name states the bad thing", meta.name);
        }
    }
    for code in crate::explain::codes() {
        assert!(!seen.contains(code.rule) && !seen.contains(code.name), "{} is taken by a reader", code.rule);
    }
}

#[test]
fn texts_keep_to_the_style() {
    for rule in registry().rules() {
        let message = rule.meta.message.fill(&[]);
        assert!(!message.ends_with('.'), "{rule:?}: a message has no final period");
        assert!(
            !message.starts_with(|c: char| c.is_ascii_uppercase() && !message.starts_with("SOUP")),
            "{rule:?}"
        );
        for text in [&message, &rule.meta.label.fill(&[]), &rule.meta.help.fill(&[])] {
            for banned in ["illegal", "should", "shall ", "compliant"] {
                assert!(!text.to_lowercase().contains(banned), "{rule:?}: {text}");
            }
        }
        for chapter in ["## What it checks", "## Why", "## How to satisfy it", "## Cases"] {
            assert!(rule.markdown.contains(&format!("\n{chapter}\n")), "{rule:?} has no chapter {chapter}");
        }
        assert!(rule.meta.redirect.as_deref().is_none_or(|r| registry().rule(r).is_some()), "{rule:?}");
    }
}

#[test]
fn every_cited_clause_is_in_force() {
    for rule in registry().rules() {
        for citation in &rule.meta.clauses {
            let clause = clauses::governing(citation).unwrap_or_else(|| panic!("{rule:?} cites {citation}"));
            assert!(clause.in_force, "{rule:?} cites {citation}");
        }
    }
}

/// No rule text names a class to say when it applies: the clause library does.
#[test]
fn no_check_names_a_class() {
    for file in rule_files("rs") {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains("SafetyClass::"), "{}", file.display());
    }
}

#[test]
fn every_clause_has_a_rule_or_a_reason_and_no_reason_is_stale() {
    let standard = clauses::edition(clauses::DEFAULT_EDITION).unwrap();
    for clause in standard.in_force() {
        let has_rule = registry().of_clause(&clause.id).next().is_some();
        let has_reason = unruled().get(&clause.id).is_some_and(|r| !r.trim().is_empty());
        assert!(
            has_rule || has_reason,
            "{} has neither a rule nor a line in library/unruled.toml",
            clause.id
        );
        assert!(
            !(has_rule && has_reason),
            "{} has a rule: take its line out of library/unruled.toml",
            clause.id
        );
    }
    for id in unruled().keys() {
        assert!(
            clauses::clause(id).is_some_and(|c| c.in_force),
            "{id} in library/unruled.toml is no clause in force"
        );
    }
}

/// A rule that goes, or a number that changes its meaning, shows here and in review.
#[test]
fn the_list_of_rules() {
    let list: String = registry()
        .rules()
        .iter()
        .map(|r| {
            let waivable = if r.meta.waivable { "waivable" } else { "never waivable" };
            format!("{} {} ({}, {waivable})\n", r.meta.id, r.meta.name, r.meta.severity)
        })
        .collect();
    let expected = include_str!("rules.txt");
    assert!(list == expected, "src/cases/rules.txt is to be:\n{list}");
}

#[test]
fn the_digest_names_all_that_a_rule_set_is_made_of() {
    let (first, again) = (registry().digest(), registry().digest());
    assert_eq!(first, again);
    let groups = crate::rules::GROUPS;
    let fewer = crate::registry::Registry::read(&groups[..groups.len() - 1]).unwrap();
    assert_ne!(first, fewer.digest());
}

#[test]
fn explain_finds_rules_clauses_and_codes() {
    let text = |what| crate::explain(what).unwrap_or_default();
    assert!(text("R0042").contains("## How to satisfy it"));
    assert_eq!(text("R0042"), text("unevaluated-residual-anomaly"));
    assert!(!text("R0042").contains("## Cases"));
    assert!(text("62304:5.8.3").contains("R0042 unevaluated-residual-anomaly"));
    assert_eq!(text("5.8.3"), text("62304:5.8.3"));
    assert_eq!(text("62304:7.3.3.a"), text("62304:7.3.3"));
    assert!(text("62304:5.4.4").contains("no rule yet"));
    assert!(text("R0001").contains("unused-waiver"));
    assert!(crate::explain("R9999").is_none() && crate::explain("").is_none());
}
