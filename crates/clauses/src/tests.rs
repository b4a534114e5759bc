//! What the texts of the library have to be like, beyond what reading them checks: specific, whole, and without claims.

use crate::guide::{Guide, Language};
use crate::{CROSSWALK_SOURCES, GUIDE_SOURCES, SOURCES, guides, library};
use std::collections::{BTreeMap, BTreeSet};

/// Every text of a guide that people read, with a name for messages.
fn texts(g: &Guide) -> Vec<(String, &str)> {
    let name = |field: &str| format!("{} {field}", g.clause);
    let mut out = vec![
        (name("asks"), g.asks.as_str()),
        (name("why"), &g.why),
        (name("amendment_text"), &g.amendment.text),
        (name("carries_over"), &g.carries_over),
        (name("new"), &g.new),
        (name("audit_focus"), &g.audit_focus),
        (name("question"), &g.question),
        (name("defence"), &g.defence.text),
    ];
    for c in &g.constraints {
        out.push((format!("{} text", c.id), &c.text));
        out.push((format!("{} satisfied", c.id), &c.satisfied));
        out.push((format!("{} broken", c.id), &c.broken));
    }
    for gap in &g.gaps {
        out.push((format!("{} text", gap.id), &gap.text));
        out.push((format!("{} example", gap.id), &gap.example));
        out.push((format!("{} add", gap.id), &gap.add));
    }
    out
}

/// Runs of three words.
fn shingles(text: &str) -> BTreeSet<Vec<String>> {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    words.windows(3).map(<[String]>::to_vec).collect()
}

/// Texts as specific as they pretend to be share few runs of words with those of another clause.
const LIKENESS_MAX: f64 = 0.5;

#[test]
fn no_two_clauses_say_nearly_the_same() {
    let mut all = Vec::new();
    for g in guides().all() {
        for (name, text) in texts(g) {
            let of_text = shingles(text);
            // Shorter ones are too short to be told apart by their words.
            if of_text.len() >= 6 {
                all.push((g.clause.as_str(), name, of_text));
            }
        }
    }
    let mut by_shingle: BTreeMap<&Vec<String>, Vec<usize>> = BTreeMap::new();
    for (n, (_, _, of_text)) in all.iter().enumerate() {
        for s in of_text {
            by_shingle.entry(s).or_default().push(n);
        }
    }
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for places in by_shingle.values() {
        for (i, a) in places.iter().enumerate() {
            for b in &places[i + 1..] {
                *shared.entry((*a, *b)).or_default() += 1;
            }
        }
    }
    let mut alike = Vec::new();
    for ((a, b), n) in shared {
        let ((clause_a, name_a, of_a), (clause_b, name_b, of_b)) = (&all[a], &all[b]);
        let likeness = n as f64 / (of_a.len() + of_b.len() - n) as f64;
        if clause_a != clause_b && likeness > LIKENESS_MAX {
            alike.push(format!("{name_a} ~ {name_b}: {likeness:.2}"));
        }
    }
    assert!(alike.is_empty(), "{}", alike.join("\n"));
}

#[test]
fn a_near_duplicate_would_be_found() {
    let (a, b) = (
        shingles("The plan names the tasks, milestones and criteria for each deliverable of the project."),
        shingles("The plan names the tasks, milestones and criteria for each document of the project."),
    );
    let both = a.intersection(&b).count();
    assert!(both as f64 / (a.len() + b.len() - both) as f64 > LIKENESS_MAX);
}

#[test]
fn examples_differ_from_what_they_are_examples_of() {
    for c in guides().all().flat_map(|g| &g.constraints) {
        assert!(c.satisfied != c.broken && c.satisfied != c.text && c.broken != c.text, "{}", c.id);
        assert!(c.satisfied.len() >= 30 && c.broken.len() >= 20, "{}: an example too short to be one", c.id);
    }
}

#[test]
fn every_constraint_is_due_for_no_more_classes_than_its_clause_and_together_for_all_of_them() {
    for g in guides().all() {
        let clause = crate::clause(&g.clause).unwrap();
        for class in &clause.classes {
            assert!(
                g.constraints.iter().any(|c| c.applies_to(class)),
                "{}: nothing is due for class {class}",
                g.clause
            );
        }
    }
}

#[test]
fn no_phrasing_both_says_and_denies_or_misses() {
    for f in guides().all().flat_map(|g| &g.constraints).flat_map(|c| &c.facets) {
        for (language, w) in &f.wording {
            for p in &w.says {
                assert!(!w.denies.contains(p) && !w.near.contains(p), "{} {language:?}: {}", f.id, p.text);
            }
        }
        assert!(f.wording.contains_key(&Language::En) && f.wording.contains_key(&Language::De), "{}", f.id);
    }
}

#[test]
fn related_clauses_exist_and_are_others() {
    for g in guides().all() {
        for id in &g.related {
            let known = crate::governing(id).is_some() || library().heading(id).is_some();
            assert!(known && *id != g.clause, "{}: related `{id}`", g.clause);
        }
    }
}

#[test]
fn patterns_of_documents_are_regular_expressions_that_find_their_own_title() {
    let mut wrong = Vec::new();
    for d in guides().documents() {
        let pattern = regex::RegexBuilder::new(&d.pattern).case_insensitive(true).build();
        let pattern = pattern.unwrap_or_else(|e| panic!("{}: {e}", d.id));
        if !pattern.is_match(&d.title) || pattern.is_match("lunch menu") || pattern.is_match("") {
            wrong.push(&d.id);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// The words stand in two halves, so that this file is not found by whoever looks for them.
#[test]
fn no_file_of_the_library_claims_conformity() {
    let files = SOURCES
        .iter()
        .chain(GUIDE_SOURCES)
        .chain(CROSSWALK_SOURCES)
        .chain(&[("documents.toml", crate::DOCUMENTS)]);
    for (name, text) in files {
        let text = text.to_lowercase();
        for word in [["compl", "iant"], ["presumption of ", "conformity"], ["konform", " mit"]] {
            assert!(!text.contains(&word.concat()), "library/{name}: `{}`", word.concat());
        }
    }
}

/// One constraint is a whole clause in other words; what makes a clause checkable are its parts.
#[test]
fn every_clause_is_taken_apart_and_its_gaps_are_several() {
    let thin = |g: &&Guide| g.constraints.len() < 2 || g.gaps.len() < 2;
    let thin: Vec<&str> = guides().all().filter(thin).map(|g| g.clause.as_str()).collect();
    assert!(thin.is_empty(), "{thin:?}");
}

#[test]
fn every_clause_in_force_has_a_guide() {
    let with: BTreeSet<&str> = guides().all().map(|g| g.clause.as_str()).collect();
    let rows = library().standards().iter().find(|s| s.id == crate::GUIDED_STANDARD).unwrap();
    let in_force: BTreeSet<&str> = rows.in_force().map(|c| c.id.as_str()).collect();
    assert_eq!(with, in_force);
    assert_eq!(with.len(), 102);
}
