//! The object `dossier/findings/v1` (docs/schemas/findings-v1.schema.json). Its fields are a contract: more may come,
//! none may change.

use crate::{ClauseVerdict, Diagnostic, FindingsReport, Location, Related};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

/// The `format` of the object.
pub const FORMAT: &str = "dossier/findings/v1";

/// A report as JSON value, for objects that hold more, such as that of the gate.
pub fn value(report: &FindingsReport) -> serde_json::Value {
    // Maps have text keys and there is no float, so this cannot fail; null would say so all the same.
    serde_json::to_value(Wire::of(report)).unwrap_or_default()
}

/// One finding as JSON value.
pub fn finding(d: &Diagnostic) -> serde_json::Value {
    serde_json::to_value(Finding::of(d)).unwrap_or_default()
}

pub(super) fn render(out: &mut dyn Write, report: &FindingsReport) -> fmt::Result {
    let text = serde_json::to_string_pretty(&Wire::of(report)).map_err(|_| fmt::Error)?;
    writeln!(out, "{text}")
}

#[derive(Serialize)]
struct Wire<'a> {
    format: &'static str,
    product: &'a str,
    edition: &'a str,
    class: &'a str,
    systems: &'a BTreeMap<String, String>,
    profile: &'a str,
    commit: Option<&'a str>,
    dirty: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    tree: Option<&'a str>,
    ledger: Option<u64>,
    as_of: &'a str,
    rule_set: &'a str,
    findings: Vec<Finding<'a>>,
    clauses: Vec<Clause<'a>>,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'a str,
    name: &'a str,
    severity: &'static str,
    clauses: &'a [String],
    verdict: &'static str,
    message: &'a str,
    label: &'a str,
    subject: Option<&'a str>,
    location: Place<'a>,
    related: Vec<RelatedPlace<'a>>,
    notes: &'a [String],
    help: Option<&'a str>,
    waived_by: Option<&'a str>,
}

#[derive(Serialize)]
struct RelatedPlace<'a> {
    location: Place<'a>,
    label: &'a str,
}

/// A place; which keys there are says what sort it is.
#[derive(Serialize)]
#[serde(untagged)]
enum Place<'a> {
    File {
        file: &'a str,
        line: u32,
        column: u32,
        start: u32,
        end: u32,
    },
    Record {
        record: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        revision: Option<&'a str>,
        field: &'a str,
    },
    Entry {
        entry: u64,
        field: &'a str,
    },
    Archive {
        archive: &'a str,
        path: &'a str,
    },
    External {
        url: &'a str,
    },
}

#[derive(Serialize)]
struct Clause<'a> {
    clause: &'a str,
    subject: &'a str,
    verdict: &'static str,
    reason: &'a str,
    evidence: &'a [String],
    checked_by: &'a [String],
}

impl<'a> Wire<'a> {
    fn of(r: &'a FindingsReport) -> Wire<'a> {
        Wire {
            format: FORMAT,
            product: &r.product,
            edition: &r.edition,
            class: &r.class,
            systems: &r.systems,
            profile: &r.profile,
            commit: r.commit.as_deref(),
            dirty: r.dirty,
            tree: r.tree.as_deref(),
            ledger: r.ledger,
            as_of: &r.as_of,
            rule_set: &r.rule_set,
            findings: r.findings.iter().map(Finding::of).collect(),
            clauses: r.clauses.iter().map(Clause::of).collect(),
        }
    }
}

impl<'a> Finding<'a> {
    fn of(d: &'a Diagnostic) -> Finding<'a> {
        let related = |r: &'a Related| RelatedPlace { location: Place::of(&r.location), label: &r.label };
        Finding {
            rule: &d.rule,
            name: &d.name,
            severity: d.severity.as_str(),
            clauses: &d.clauses,
            verdict: d.verdict.as_str(),
            message: &d.message,
            label: &d.label,
            subject: d.subject.as_deref(),
            location: Place::of(&d.location),
            related: d.related.iter().map(related).collect(),
            notes: &d.notes,
            help: d.help.as_deref(),
            waived_by: d.waived_by.as_deref(),
        }
    }
}

impl<'a> Place<'a> {
    fn of(l: &'a Location) -> Place<'a> {
        match l {
            Location::File { path, span, line, column } => {
                Place::File { file: path, line: *line, column: *column, start: span.start, end: span.end }
            }
            Location::Record { id, revision, field } => {
                Place::Record { record: id, revision: revision.as_deref(), field }
            }
            Location::LedgerEntry { seq, field } => Place::Entry { entry: *seq, field },
            Location::Archive { digest, path } => Place::Archive { archive: digest, path },
            Location::External { url } => Place::External { url },
        }
    }
}

impl<'a> Clause<'a> {
    fn of(c: &'a ClauseVerdict) -> Clause<'a> {
        Clause {
            clause: &c.clause,
            subject: &c.subject,
            verdict: c.verdict.as_str(),
            reason: &c.reason,
            evidence: &c.evidence,
            checked_by: &c.checked_by,
        }
    }
}
