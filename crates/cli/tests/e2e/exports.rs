//! What leaves is an entry: each verb that gives out a copy in a form for keeping, and each reading of complaints; and what is only
//! read is none. docs/security.md says which is which.

use super::bench::*;
use super::reads::{OTHERS, READS};

/// Verbs that give out copies, with a line that does, and what the entry says.
const EXPORTS: &[(&str, &str, &str)] = &[
    ("anomaly trend", "anomaly trend --svg '{out}'", "trend of anomalies"),
    ("anomaly unresolved", "anomaly unresolved 1.0.0 --format csv", "unresolved anomalies of 1.0.0"),
    ("anomaly unresolved", "anomaly unresolved 1.0.0 --format md", "unresolved anomalies of 1.0.0"),
    ("change impact", "change impact CR-1 --format md", "impact"),
    ("document export", "document export DOC-SDP --format md -o '{out}'", "document DOC-SDP"),
    ("ledger audit", "ledger audit --format csv", "audit trail"),
    ("ledger audit", "ledger audit --format html", "audit trail"),
    ("ledger audit", "ledger audit --format md", "audit trail"),
    ("ledger copy", "ledger copy '{out}'", "audit trail"),
    ("ledger export", "ledger export '{out}'", "ledger"),
    ("metrics", "metrics --svg '{out}'", "metrics"),
    ("release notes", "release notes 1.0.0", "notes of 1.0.0"),
    ("release show", "release show 1.0.0 --format html", "record of 1.0.0"),
    ("release show", "release show 1.0.0 --format md", "record of 1.0.0"),
    ("release show", "release show 1.0.0 --format md -o '{out}'", "record of 1.0.0"),
    ("security appendix", "security appendix", "security appendix of development"),
    ("security controls", "security controls", "security controls of development"),
    ("security notes", "security notes 1.0.0", "security notes of 1.0.0"),
    ("security risks", "security risks", "security risks of development"),
    ("soup notices", "soup notices", "notices"),
    ("soup sbom", "soup sbom", "SBOM"),
    ("trace impact", "trace impact HEAD~1..HEAD --format md", "impact"),
    ("trace matrix", "trace matrix --format csv", "matrix"),
    ("trace matrix", "trace matrix -o '{out}'", "matrix"),
];

/// Verbs that give out copies and are tried where what they need is there.
const ELSEWHERE: &[(&str, &str)] = &[
    ("archive export", "needs a sealed release: the test of sealing"),
    ("archive unpack", "needs a sealed release: the test of sealing"),
    ("export package", "needs a sealed release: the test of packages"),
    ("vuln export", "needs an assessment: the test of vulnerabilities"),
    ("backup", "its own record says it: `backup/make`"),
    ("complaint personal", "its own test: who reads says what for"),
];

/// Verbs that do something else than record, and give out no copy of records.
const NONE: &[(&str, &str)] = &[
    ("init", "writes what its author goes on with"),
    ("rules time", "prints times"),
    ("classify", "writes what its author goes on with"),
    ("restore", "its own record says it: `backup/restore`"),
    ("review open", "works on somebody's documents, not on records"),
    ("security import", "writes what its author goes on with"),
    ("security sign", "signs what is sealed; what is published is public"),
    ("clauses export", "the library of the program"),
    ("anomaly addendum", "is read on the screen, or by a program"),
    ("role permissions", "the configuration's table, which is in git"),
    ("key new", "its own record says it"),
    ("release stage", "its own record says it"),
    ("release seal", "its own record says it"),
    ("release deliver", "its own record says it, and what is published is public"),
    ("rebuild", "its own record says it"),
    ("drill", "its own record says it"),
    ("delivery check", "reads an installation"),
    ("archive mirror", "the firm's own second copy, named in dossier.toml"),
    ("ledger checkpoint", "sizes and digests, made to be published"),
    ("serve", "each file that is taken along, and each page of complaints, is an entry of its own"),
    ("completions", "the program's own"),
    ("man", "the program's own"),
];

fn accesses(p: &Product) -> Vec<(String, String)> {
    let rows = p.ok("ledger audit --act trail/access --format json").json();
    let mut acts = std::collections::BTreeMap::new();
    let mut out = Vec::new();
    for row in rows["entries"].as_array().unwrap() {
        let about = row["about"].as_str().unwrap().to_owned();
        // A field that says the same as in the entry before about the same is no change.
        if let Some(act) = row["changes"].as_array().unwrap().iter().find(|c| c["field"] == "act") {
            acts.insert(about.clone(), act["new"].as_str().unwrap().to_owned());
        }
        out.push((acts[&about].clone(), about));
    }
    out
}

/// A product with something of everything.
fn product() -> Product {
    let p = Product::judged();
    p.ok("anomaly report AN-1 --title t --description d --found f --version 1.0.0 --severity minor");
    p.ok("change open CR-1 --title t --reason r");
    p.write("note.txt", "a second commit");
    p.commit("a second commit");
    p
}

#[test]
fn every_verb_that_gives_out_a_copy_appends_that_it_did() {
    let p = product();
    for (n, (_, line, subject)) in EXPORTS.iter().enumerate() {
        let before = accesses(&p).len();
        let out = p.beside(&format!("out-{n}"));
        let done = p.run(&line.replace("{out}", &out.display().to_string()));
        assert!(done.code < 2, "dossier {line}: {}{}", done.out, done.err);
        let after = accesses(&p);
        assert_eq!(after.len(), before + 1, "dossier {line}: not one entry");
        assert_eq!(after.last().unwrap(), &("export".to_owned(), (*subject).to_owned()), "dossier {line}");
    }
    p.ok("ledger verify");
}

#[test]
fn what_is_read_on_the_screen_or_by_a_program_is_no_export_but_for_complaints() {
    let p = product();
    let begin = p.kinds().len();
    for line in [
        "soup list",
        "trace matrix",
        "trace matrix --format json",
        "release show 1.0.0",
        "ledger audit",
        "check",
    ] {
        assert!(p.run(line).code < 2, "{line}");
    }
    assert_eq!(p.kinds().len(), begin, "nothing was appended");
    p.ok("complaint receive CMP-1 --device 'thermo 1.0.0' --nature 'it did not beep' --received 2026-03-01 --aware 2026-03-01");
    let read = |line: &str, subject: &str| {
        let before = accesses(&p).len();
        p.ok(line);
        let after = accesses(&p);
        assert_eq!(after.len(), before + 1, "dossier {line}");
        assert_eq!(after.last().unwrap(), &("read".to_owned(), subject.to_owned()), "dossier {line}");
    };
    read("complaint list", "complaints");
    read("complaint list --format json", "complaints");
    // What a complaint says stands in its entry too.
    read("ledger audit --act complaint", "complaints in the audit trail");
    read("ledger audit --text beep --format json", "complaints in the audit trail");
}

#[test]
fn every_verb_gives_out_a_copy_or_says_why_not() {
    let gives =
        |verb: &str| EXPORTS.iter().any(|(v, ..)| *v == verb) || ELSEWHERE.iter().any(|(v, _)| *v == verb);
    for (verb, does) in OTHERS.iter().filter(|(_, does)| !does.starts_with("records")) {
        let none = NONE.iter().any(|(v, _)| v == verb);
        assert!(gives(verb) != none, "dossier {verb} ({does}): an export, or a reason why it is none");
    }
    let there = |verb: &str| OTHERS.iter().any(|(v, _)| *v == verb) || READS.iter().any(|r| r.verb == verb);
    let listed = EXPORTS.iter().map(|(v, ..)| v).chain(ELSEWHERE.iter().chain(NONE).map(|(v, _)| v));
    for verb in listed {
        assert!(there(verb), "dossier {verb} is no more: a stale row");
    }
}
