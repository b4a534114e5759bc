//! The list test: for every clause and every class that it is due for, a seeded defect turns exactly that clause to a finding,
//! and the repaired product (the base) has none.
//!
//! `base.md` is a small product with evidence for every clause; `defects.toml` changes a few words of it. A new rule that asks for
//! more evidence is first seen here: give the base what it asks for, and its clause a defect.

use crate::cases::parse::{Case, cases};
use crate::cases::stage::Stage;
use crate::engine::{Judgement, judge};
use crate::registry::registry;
use clauses::Condition;
use diagnostics::Verdict;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Edits that make the base another product, by name.
    variant: BTreeMap<String, Vec<Edit>>,
    defect: Vec<Defect>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// What stands in the base; every place of it.
    find: String,
    #[serde(default)]
    put: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defect {
    clause: String,
    /// The edit, where one is enough.
    find: Option<String>,
    #[serde(default)]
    put: String,
    #[serde(default)]
    edits: Vec<Edit>,
    /// Items that are taken out, with every link to them and every evaluation of them.
    #[serde(default)]
    drop: Vec<String>,
    /// Blocks that are added.
    #[serde(default)]
    append: String,
    /// The classes that it is for; all for which the clause is due where nothing is said.
    #[serde(default)]
    classes: Vec<String>,
    /// The base's variant that it is seeded in.
    variant: Option<String>,
    /// Other clauses that the same cause breaks by its nature, and why it is one cause.
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    because: String,
}

const CLASSES: [&str; 3] = ["A", "B", "C"];

/// A file beside this one, read when the test runs so that a new defect needs no compiler.
fn data(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cases/clauses");
    std::fs::read_to_string(folder.join(name)).expect("the file is beside the test")
}

fn file() -> File {
    toml::from_str(&data("defects.toml")).expect("defects.toml can be read")
}

fn base(class: &str, edits: &[Edit]) -> String {
    let text = data("base.md").replace("CLASS", class);
    edits.iter().fold(text, |text, e| {
        let find = e.find.replace("CLASS", class);
        assert!(text.contains(&find), "the base has no {find:?}");
        text.replace(&find, &e.put.replace("CLASS", class))
    })
}

fn judged(text: &str, gate: bool) -> Judgement {
    // Records of a release belong to the gate.
    let (before, after) = text.split_once("# records of the release\n").expect("the base marks them");
    let (_, rest) = after.split_once("# end\n").expect("the base marks their end");
    let text = if gate { text.to_owned() } else { format!("{before}{rest}") };
    let case: Case = cases(&format!("\n## Cases\n{text}")).pop().expect("one case");
    let rule = registry().rule(if gate { "R0042" } else { "R0050" }).expect("a rule");
    Stage::of(rule, &case).with_snapshot(judge)
}

/// The clauses of the edition with a finding.
fn found(judgement: &Judgement) -> BTreeSet<String> {
    let rows = judgement.clauses.iter().filter(|v| v.verdict == Verdict::Finding);
    rows.map(|v| v.clause.clone()).collect()
}

/// Takes an item out, with every link to it and every evaluation of it.
fn without(text: &str, id: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("## ") || line.starts_with("```") {
            inside = line.starts_with(&format!("## {id} "));
        }
        if inside {
            continue;
        }
        let judged = format!("{{ subject = \"{id}\", digest = \"digest of {id}\" }}");
        let line = line.replace(&format!("{judged}, "), "").replace(&judged, "");
        let link = format!("{id}@STAMP");
        if line.starts_with("- ") && line.contains(&link) {
            let (key, values) = line.split_once(": ").expect("a field");
            let kept: Vec<&str> = values.split(", ").filter(|v| *v != link).collect();
            if !kept.is_empty() {
                let _ = writeln!(out, "{key}: {}", kept.join(", "));
            }
            continue;
        }
        out.push_str(&line.replace(", ]", "]"));
        out.push('\n');
    }
    out
}

fn is_due(clause: &clauses::Clause, class: &str) -> bool {
    clause.applies_to(class)
}

fn is_gate(clause: &str) -> bool {
    clauses::clause(clause).is_some_and(|c| c.condition == Some(Condition::Release))
}

#[test]
fn the_base_product_has_evidence_for_every_clause_that_is_due() {
    let file = file();
    let mut wrong = String::new();
    for class in CLASSES {
        for (name, edits) in std::iter::once(("plain", [].as_slice()))
            .chain(file.variant.iter().map(|(n, e)| (n.as_str(), e.as_slice())))
        {
            let text = base(class, edits);
            for gate in [false, true] {
                let judgement = judged(&text, gate);
                for v in &judgement.clauses {
                    let clause = clauses::clause(&v.clause).expect("a clause");
                    let due = is_due(clause, class) && name == "plain" && clause.condition.is_none();
                    let clean = v.verdict == Verdict::Pass || (!due && v.verdict == Verdict::NotApplicable);
                    if !clean {
                        let _ = writeln!(
                            wrong,
                            "{name} {class} gate={gate} {} {}: {}",
                            v.clause, v.verdict, v.reason
                        );
                    }
                }
                for d in judgement.findings.iter().filter(|d| d.verdict == Verdict::Finding) {
                    let _ = writeln!(
                        wrong,
                        "{name} {class} gate={gate} {} {}: {} {:?}",
                        d.rule, d.location, d.message, d.notes
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_seeded_defect_turns_exactly_its_clause_to_a_finding() {
    let file = file();
    let mut wrong = String::new();
    let mut seeded: BTreeSet<(String, String)> = BTreeSet::new();
    for defect in &file.defect {
        let clause =
            clauses::clause(&defect.clause).unwrap_or_else(|| panic!("{} is no clause", defect.clause));
        let variant = defect.variant.as_ref().map_or([].as_slice(), |v| file.variant[v].as_slice());
        assert!(
            defect.also.is_empty() || !defect.because.is_empty(),
            "{}: say why it is one cause",
            defect.clause
        );
        for class in CLASSES.iter().filter(|c| is_due(clause, c)) {
            if !defect.classes.is_empty() && !defect.classes.iter().any(|c| c == class) {
                continue;
            }
            let mut text = base(class, variant);
            for id in &defect.drop {
                text = without(&text, id);
            }
            let one = defect.find.as_ref().map(|find| Edit { find: find.clone(), put: defect.put.clone() });
            for e in defect.edits.iter().chain(one.as_ref()) {
                let find = e.find.replace("CLASS", class);
                assert!(text.contains(&find), "{}: the product has no {find:?}", defect.clause);
                text = text.replace(&find, &e.put.replace("CLASS", class));
            }
            text.push_str(&defect.append);
            let judgement = judged(&text, is_gate(&defect.clause));
            let found = found(&judgement);
            let due = |c: &String| clauses::clause(c).is_some_and(|c| is_due(c, class));
            let expected: BTreeSet<String> = std::iter::once(&defect.clause)
                .chain(defect.also.iter().filter(|c| due(c)))
                .cloned()
                .collect();
            if found == expected {
                seeded.insert((defect.clause.clone(), (*class).to_owned()));
            } else {
                let of_rules: Vec<String> = judgement
                    .findings
                    .iter()
                    .filter(|d| d.verdict == Verdict::Finding)
                    .map(|d| format!("{} {:?} {}", d.rule, d.clauses, d.message))
                    .collect();
                let _ = writeln!(
                    wrong,
                    "{} class {class}: found {found:?}\n    {}",
                    defect.clause,
                    of_rules.join("\n    ")
                );
            }
        }
    }
    for clause in clauses::edition(clauses::DEFAULT_EDITION).expect("the edition").in_force() {
        for class in CLASSES.iter().filter(|c| is_due(clause, c)) {
            if !seeded.contains(&(clause.id.clone(), (*class).to_owned())) {
                let _ = writeln!(wrong, "{} class {class}: no seeded defect that holds", clause.id);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The number of sub-clauses of 5 to 9 that a rule over evidence decides; the others stand in `library/unruled.toml`.
#[test]
fn at_least_65_of_the_89_have_a_rule_over_evidence() {
    let standard = clauses::edition(clauses::DEFAULT_EDITION).expect("the edition");
    let of_89 = standard.in_force().filter(|c| !c.number.starts_with('4'));
    let (ruled, all) = of_89.fold((0, 0), |(ruled, all), c| {
        // Rules about the tool, and about documents being written at all, decide no clause.
        let over_evidence = |r: &&crate::Rule| {
            !matches!(r.group, "tool" | "documents") || (r.group == "tool" && c.number == "8.3")
        };
        (ruled + usize::from(registry().of_clause(&c.id).any(|r| over_evidence(&r))), all + 1)
    });
    assert_eq!(all, 89);
    assert!(ruled >= 65, "{ruled} of {all}");
}
