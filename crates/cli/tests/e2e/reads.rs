//! Every verb that reads prints one JSON object of a committed schema, for any point in time; every other verb stands here
//! with what it does instead. The verbs are asked of the program, so that a new one has to be placed.

use super::bench::*;
use super::contracts::{fits, gate_schema, schema};
use serde_json::Value;
use std::collections::BTreeSet;

/// A verb that reads.
pub(super) struct Read {
    pub(super) verb: &'static str,
    /// What is typed, without `--format json`.
    line: &'static str,
    schema: &'static str,
    /// Whether it takes the inputs `--at`, `--ledger-at` and `--as-of`, or why not.
    inputs: Inputs,
}

pub(super) enum Inputs {
    Taken,
    /// Reads records only: the position, and why no revision.
    Position(&'static str),
    /// Why it does not take them.
    Not(&'static str),
}
use Inputs::{Not, Position, Taken};

const fn read(verb: &'static str, line: &'static str, schema: &'static str, inputs: Inputs) -> Read {
    Read { verb, line, schema, inputs }
}

const PROGRAM: Inputs = Not("says what the program holds, whatever the product");
const ARCHIVE: Inputs = Not("reads what lies in the archive now, and says whether it is whole");

pub(super) const READS: &[Read] = &[
    read("check", "check", "findings-v1", Taken),
    read("explain", "explain R0042", "explanation-v1", PROGRAM),
    read("status", "status", "status-v1", Taken),
    read("metrics", "metrics", "metrics-v1", Taken),
    read("remind", "remind --dry-run", "told-v1", Taken),
    read("trace items", "trace items", "items-v1", Taken),
    read("trace matrix", "trace matrix", "matrix-v1", Taken),
    read("trace chain", "trace chain SRS-001", "chain-v1", Taken),
    read("trace impact", "trace impact HEAD~1..HEAD", "impact-v1", Not("the range names both ends")),
    read("clauses form", "clauses form 62304:5.3.6", "evaluation-form-v1", PROGRAM),
    read("trace diff", "trace diff HEAD~1 HEAD", "trace-diff-v1", Not("the revisions name both ends")),
    read("clauses list", "clauses list", "clauses-v1", PROGRAM),
    read("clauses show", "clauses show 62304:5.8.3", "clauses-v1", Taken),
    read("clauses map", "clauses map 62304:5.8 --to qmsr", "crosswalk-v1", PROGRAM),
    read(
        "clauses citations",
        "clauses citations dossier",
        "citations-v1",
        Not("reads the files that it is given, at the day that they state"),
    ),
    read("test list", "test list", "runs-v1", Taken),
    read("test show", "test show RUN-1", "run-v1", Taken),
    read("soup list", "soup list", "soup-v1", Taken),
    read("soup due", "soup due", "soup-due-v1", Taken),
    read("soup fields", "soup fields", "sbom-fields-v1", Taken),
    read("soup licences", "soup licences", "licences-v1", Taken),
    read(
        "soup criteria",
        "soup criteria",
        "soup-criteria-v1",
        Not("reads the texts that a review attests to now"),
    ),
    read("anomaly list", "anomaly list", "anomalies-v1", Taken),
    read("anomaly show", "anomaly show AN-1", "anomaly-v1", Taken),
    read("anomaly fielded", "anomaly fielded", "fielded-v2", Taken),
    read("anomaly unresolved", "anomaly unresolved 1.0.0", "unresolved-anomalies-v1", Taken),
    read(
        "anomaly view list",
        "anomaly view list",
        "views-v1",
        Not("names saved questions, whose answers are `anomaly list`"),
    ),
    read("change show", "change show CR-1", "change-v1", Taken),
    read("change commits", "change commits", "change-commits-v1", Taken),
    read("change impact", "change impact CR-1", "impact-v1", Taken),
    read("change list", "change list", "changes-v1", Taken),
    read("security show", "security show", "security-file-v1", Taken),
    read("anomaly trend", "anomaly trend", "trend-v1", Taken),
    read("feedback list", "feedback list", "feedback-v1", Taken),
    read("tracker status", "tracker status", "trackers-v1", Taken),
    read("complaint show", "complaint show CMP-1", "complaint-v1", Taken),
    read("complaint list", "complaint list", "complaints-v1", Taken),
    read("capa show", "capa show CAPA-1", "capa-v1", Taken),
    read("capa list", "capa list", "capas-v1", Taken),
    read("document list", "document list", "documents-v1", Taken),
    read("document history", "document history DOC-SDP", "document-history-v1", Taken),
    read("person list", "person list", "persons-v1", Taken),
    read(
        "person report",
        "person report",
        "person-report-v1",
        Not("the day is asked for with --on, and is that of roles, keys and passwords alike"),
    ),
    read("key passkeys", "key passkeys", "passkeys-v1", Taken),
    read("role list", "role list", "roles-v1", Not("the day is asked for with --on")),
    read("waiver list", "waiver list", "waivers-v1", Taken),
    read("rules list", "rules list", "rules-v1", Taken),
    read("rules test", "rules test", "own-rules-v1", Taken),
    read("release gate", "release gate 1.0.0 --dry-run", "gate-v1", Taken),
    read("release list", "release list", "releases-v1", Taken),
    read("release show", "release show 1.0.0", "release-record-v1", Taken),
    read("release diff", "release diff 1.0.0 1.0.0", "release-diff-v1", Not("the versions name both ends")),
    read("archive verify", "archive verify", "verify-v1", ARCHIVE),
    read("archive list", "archive list", "archive-v1", ARCHIVE),
    read("archive retention", "archive retention", "archive-v1", ARCHIVE),
    read("ledger verify", "ledger verify", "ledger-verify-v1", Not("verifies all of it, or nothing is said")),
    read("ledger log", "ledger log", "log-v1", Taken),
    read("ledger audit", "ledger audit", "audit-trail-v1", Position("no document is read")),
    read("key commits", "key commits", "git-signatures-v1", Not("the range names both ends")),
    read("vuln datasets", "vuln datasets", "datasets-v1", Position("no document is read")),
];

/// Verbs that do something, or whose output has a form of its own, and which.
pub(super) const OTHERS: &[(&str, &str)] = &[
    ("init", "writes files"),
    ("rules time", "measures, and says something else each time"),
    ("classify", "asks a person, and writes the document"),
    ("backup", "writes a folder"),
    ("restore", "writes the ledger and the archive"),
    ("key password", "records"),
    ("key invite", "records, and prints the code once"),
    ("key password-revoke", "records"),
    ("key passkey-revoke", "records"),
    ("key unlock", "records"),
    ("key token", "records, and prints the token once"),
    ("key token-revoke", "records"),
    ("ledger anchor", "records"),
    ("ledger review", "records"),
    ("ledger copy", "writes a folder"),
    ("review adopt", "records"),
    ("review open", "serves pages of a review; keeps decisions in a file of TOML"),
    ("vuln import", "records"),
    ("security import", "writes a document"),
    ("security test", "records"),
    ("security judge", "records"),
    ("security appendix", "prints Markdown"),
    ("security controls", "prints Markdown"),
    ("security risks", "prints Markdown"),
    ("security notes", "prints Markdown"),
    ("security image", "records"),
    ("security sign", "writes files whose forms are those of in-toto and Sigstore"),
    ("vuln sync", "records; says what came of each data set"),
    ("vuln watch", "records; says what it did"),
    ("vuln assess", "records"),
    ("vuln scan", "records; `scan-v1` is held in the test of vulnerabilities"),
    ("vuln export", "prints OpenVEX, CSAF or CycloneDX, whose schemas are theirs"),
    ("trace confirm", "records"),
    ("clauses evaluate", "records"),
    ("clauses export", "prints OSCAL or what CISO Assistant reads, whose schemas are theirs"),
    ("test run", "records"),
    ("test import", "records"),
    ("test execute", "records"),
    ("soup review", "records"),
    ("soup none", "records"),
    ("soup import", "records"),
    ("soup retire", "records"),
    ("soup drift", "records; `drift-v1` is held in the test of SOUP"),
    ("soup notices", "prints a text for people"),
    ("soup sbom", "prints CycloneDX or SPDX, whose schemas are theirs"),
    ("anomaly report", "records"),
    ("anomaly investigate", "records"),
    ("anomaly evaluate", "records"),
    ("anomaly resolve", "records"),
    ("anomaly verify", "records"),
    ("anomaly amend", "records"),
    ("anomaly advise", "records"),
    ("anomaly judge", "records"),
    ("anomaly reopen", "records"),
    ("anomaly view save", "records"),
    ("anomaly addendum", "needs a sealed release; `addendum-v1` is its schema"),
    ("change open", "records"),
    ("change approve", "records"),
    ("change implement", "records"),
    ("change verify", "records"),
    ("change close", "records"),
    ("change analyse", "records"),
    ("change observe", "records"),
    ("change regress", "records"),
    ("change reanalyse", "records"),
    ("feedback source", "records"),
    ("feedback evaluate", "records"),
    ("feedback notice", "records"),
    ("feedback installed", "records"),
    ("complaint receive", "records"),
    ("complaint investigate", "records"),
    ("complaint decide", "records"),
    ("complaint close", "records"),
    ("complaint personal", "prints what a person said, as it was given, and records that it was read"),
    ("complaint erase", "records, and deletes"),
    ("tracker import", "records, and prints `dossier/tracker-sync/v1`, held in the test of trackers"),
    ("tracker sync", "records, and prints `dossier/tracker-sync/v1`, held in the test of trackers"),
    ("capa open", "records"),
    ("capa step", "records"),
    ("capa close", "records"),
    ("document approve", "records"),
    ("document export", "writes a file for people"),
    ("document submit", "records"),
    ("document effective", "records"),
    ("document read", "records"),
    ("document review", "records"),
    ("document obsolete", "records"),
    ("document external", "records"),
    ("export package", "writes a folder with an index"),
    ("waiver grant", "records"),
    ("waiver withdraw", "records"),
    ("person enrol", "records"),
    ("person leave", "records"),
    ("person train", "records"),
    ("person close-administration", "records"),
    ("person letter", "records"),
    ("role delegate", "records"),
    ("role permissions", "prints the table of dossier.toml for people"),
    ("role grant", "records"),
    ("role revoke", "records"),
    ("key new", "writes a key and records it"),
    ("key enrol", "records"),
    ("key endorse", "records"),
    ("key revoke", "records"),
    ("release open", "records"),
    ("release attest", "records"),
    ("release notes", "drafts a document in Markdown"),
    ("release checklist", "records"),
    ("release deviation", "records"),
    ("release stage", "builds and records"),
    ("release sign", "records"),
    ("release seal", "writes the archive and records"),
    ("release deliver", "writes the delivery manifest and records"),
    ("release withdraw", "records"),
    ("rebuild", "builds and records"),
    ("drill", "builds and records"),
    ("delivery check", "needs an installation; its schema is held in the test of sealing"),
    ("archive export", "writes a bag"),
    ("archive unpack", "writes files"),
    ("archive hold", "records"),
    ("archive mirror", "writes the second copy"),
    ("ledger export", "writes tiles"),
    ("ledger rotate", "records"),
    ("ledger checkpoint", "prints a signed note, whose form is C2SP's"),
    ("serve", "serves pages"),
    ("completions", "prints a script for a shell"),
    ("man", "writes man pages"),
];

/// The verbs that do the work: those without verbs below them, from the page that the program writes of itself.
fn verbs(product: &Product) -> BTreeSet<String> {
    let page = product.ok("generate cli").out;
    let all: Vec<&str> = page
        .lines()
        .filter(|l| l.starts_with("##"))
        .filter_map(|l| l.split_once("dossier "))
        .map(|(_, verb)| verb)
        .collect();
    let leaf = |verb: &&&str| !all.iter().any(|other| other.starts_with(&format!("{verb} ")));
    all.iter().filter(leaf).map(|v| (*v).to_owned()).collect()
}

#[test]
fn every_verb_reads_with_a_schema_or_says_what_it_does_instead() {
    let p = Product::written();
    let there = verbs(&p);
    assert!(there.len() > 60, "{there:?}");
    let placed: Vec<&str> = READS.iter().map(|r| r.verb).chain(OTHERS.iter().map(|(v, _)| *v)).collect();
    let set: BTreeSet<String> = placed.iter().map(|v| (*v).to_owned()).collect();
    assert_eq!(set.len(), placed.len(), "a verb stands there twice");
    let new: Vec<&String> = there.difference(&set).collect();
    assert!(
        new.is_empty(),
        "new verbs: put them into READS with a schema, or into OTHERS with a reason: {new:?}"
    );
    let gone: Vec<&String> = set.difference(&there).collect();
    assert!(gone.is_empty(), "these verbs are no more: {gone:?}");
}

/// A product with a record of each kind that is listed.
fn product() -> Product {
    let p = Product::approved();
    p.ok("release open 1.0.0 --build 1.0.0+b.1 --summary 'the first version'");
    p.ok(
        "anomaly report AN-1 --title t --description d --found 'by a user' --version 1.0.0 --severity minor",
    );
    p.ok("change open CR-1 --title t --reason r");
    p.ok("complaint receive CMP-1 --device 'thermo 1.0.0' --received 2026-03-01 --aware 2026-03-01 --nature 'a wrong line'");
    p.ok("complaint investigate CMP-1 --result 'a wrong unit' --problem --anomalies AN-1");
    p.ok("capa open CAPA-1 --description d --source CMP-1");
    p.ok("capa step CAPA-1 --stage plan --text t --due 2026-04-01 --links AN-1");
    p
}

fn schema_of(read: &Read) -> Value {
    if read.schema == "gate-v1" { gate_schema() } else { schema(read.schema) }
}

#[test]
fn what_reading_verbs_print_fits_the_committed_schemas() {
    let p = product();
    let archived = ["archive verify", "archive list", "archive retention"];
    for r in READS.iter().filter(|r| !archived.contains(&r.verb)) {
        let said = p.run(&format!("{} --format json", r.line));
        assert!(said.code < 2, "dossier {}: {}{}", r.line, said.out, said.err);
        let value = said.json();
        fits(&schema_of(r), &value);
        let format = value["format"].as_str().unwrap().replace("dossier/", "").replace('/', "-");
        let gate = r.verb == "release gate" && format == "findings-v1";
        assert!(gate || format == r.schema, "dossier {} says it is {format}", r.verb);
    }
}

#[test]
fn reading_verbs_go_back_in_time_and_say_the_same_again() {
    let p = product();
    let reported = p.kinds().iter().position(|k| k.starts_with("anomaly/report")).unwrap();
    let at = reported as u64;
    for r in READS {
        let help = p.ok(&format!("{} --help", r.verb)).out;
        let options = ["--at <REV>", "--ledger-at <N>", "--as-of <DATE>"];
        let has = options.map(|o| help.contains(o));
        match r.inputs {
            Taken => assert_eq!(has, [true; 3], "dossier {} takes {options:?}", r.verb),
            Position(why) => assert_eq!(has[..2], [false, true], "dossier {}: {why}", r.verb),
            Not(why) => assert_eq!(has[..2], [false; 2], "dossier {} takes them, though: {why}", r.verb),
        }
    }
    let times = format!("--format json --at HEAD --ledger-at {at} --as-of 2026-12-31");
    let then = ["anomaly list", "change list", "status", "check", "ledger log", "trace items"];
    let first: Vec<String> = then.iter().map(|line| p.run(&format!("{line} {times}")).out).collect();
    assert!(!first[0].contains("AN-1") && !first[1].contains("CR-1"), "what came later is seen");
    p.ok("anomaly report AN-2 --title t --description d --found f --version 1.0.0 --severity minor");
    for (line, before) in then.iter().zip(&first) {
        assert_eq!(&p.run(&format!("{line} {times}")).out, before, "dossier {line} {times}");
    }
    p.run(&format!("anomaly list --ledger-at {}", p.position() + 1)).says(2, &["is not reached"]);
}
