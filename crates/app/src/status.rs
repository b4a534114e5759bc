//! `status`: one screen about where the product stands: class, clauses by verdict, what blocks the next release, what is overdue.

use crate::analysis::Inputs;
use crate::checks;
use crate::error::Result;
use crate::releases;
use crate::workspace::Workspace;
use diagnostics::{Diagnostic, Verdict};
use records::State;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use vocabulary::Date;

/// How many lines of one sort the screen shows.
const LINES: usize = 8;
/// How many clauses of one verdict are named in a line.
const NAMED: usize = 12;

/// Where the product stands.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// Always `dossier/status/v1`.
    pub format: &'static str,
    /// The product's name.
    pub product: String,
    /// The edition of IEC 62304.
    pub edition: String,
    /// The highest class.
    pub class: String,
    /// The class of each software system.
    pub systems: BTreeMap<String, String>,
    /// Software systems that are qualified as outside of IEC 62304, each with the record of its validation.
    pub out_of_scope: BTreeMap<String, String>,
    /// The profile, the firm's own where it has one.
    pub profile: String,
    /// The commit that was read, or that the work tree is based on.
    pub commit: Option<String>,
    /// The ledger's position.
    pub ledger: u64,
    /// The day that ages are counted to.
    pub as_of: Date,
    /// Clauses by verdict.
    pub clauses: BTreeMap<String, usize>,
    /// The clauses that block: verdict `finding` or `human`.
    pub open_clauses: Vec<OpenClause>,
    /// Findings by severity.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Findings that a signed waiver carries.
    pub waived: usize,
    /// The first things to do: the worst findings, a line each.
    pub first: Vec<String>,
    /// Releases that are not sealed yet, with what they wait for.
    pub open_releases: Vec<String>,
    /// The next release, and what blocks it; none where none is open.
    pub next_release: Option<NextRelease>,
    /// What is overdue, or due within two weeks.
    pub due: Vec<monitoring::due::Due>,
}

/// A clause that is not in order.
#[derive(Clone, Debug, Serialize)]
pub struct OpenClause {
    /// The clause.
    pub clause: String,
    /// The software system.
    pub subject: String,
    /// The verdict.
    pub verdict: String,
    /// Why.
    pub reason: String,
}

/// The release that is worked on.
#[derive(Clone, Debug, Serialize)]
pub struct NextRelease {
    /// Its version.
    pub version: String,
    /// Where it is: `candidate`, `signed`, …
    pub phase: String,
    /// What the gate says: `pass`, `waived` or `fail`.
    pub verdict: String,
    /// What blocks it, a line each: sub-clauses, duties beside them, errors, open signatures.
    pub blocked_by: Vec<String>,
}

/// Where the product stands.
///
/// # Errors
/// As [`checks::check`].
pub fn status(ws: &Workspace, inputs: &Inputs) -> Result<Status> {
    let checked = checks::check(ws, inputs, false)?;
    let (analysis, report) = (&checked.analysis, checked.report());
    let counts = report.counts();
    let mut clauses = BTreeMap::new();
    for c in &report.clauses {
        *clauses.entry(c.verdict.as_str().to_owned()).or_default() += 1;
    }
    let mut open: Vec<_> = report.clauses.iter().filter(|c| c.verdict.blocks()).collect();
    open.sort_by_key(|c| c.verdict);
    let open_clauses = open.into_iter().map(|c| OpenClause {
        clause: c.clause.clone(),
        subject: c.subject.clone(),
        verdict: c.verdict.as_str().to_owned(),
        reason: c.reason.clone(),
    });
    let errors = report.findings.iter().filter(|d| d.is_error());
    let first = errors.take(10).map(|d| format!("{} {}", d.rule, d.message)).collect();
    let mut unsealed: Vec<_> =
        analysis.state.releases.iter().filter(|(_, r)| r.sealed.is_none() && r.withdrawn.is_none()).collect();
    unsealed.sort_by_key(|(_, r)| r.candidate().map(|c| c.meta.seq));
    let next_release = match unsealed.last() {
        Some((version, release)) => {
            Some(next(ws, inputs, version, release.phase().as_str(), &analysis.state)?)
        }
        None => None,
    };
    Ok(Status {
        format: "dossier/status/v1",
        product: report.product.clone(),
        edition: report.edition.clone(),
        class: report.class.clone(),
        systems: report.systems.clone(),
        out_of_scope: checks::out_of_scope(analysis),
        profile: report.profile.clone(),
        commit: report.commit.clone(),
        ledger: analysis.state.position,
        as_of: analysis.as_of,
        clauses,
        open_clauses: open_clauses.collect(),
        errors: counts.errors,
        warnings: counts.warnings,
        waived: counts.waived,
        first,
        open_releases: unsealed.iter().map(|(v, r)| format!("{v} is {}", r.phase().as_str())).collect(),
        next_release,
        due: crate::dues::of(ws, analysis),
    })
}

/// What the gate would say of an open release. A release that was opened under another rule set says only that.
fn next(ws: &Workspace, inputs: &Inputs, version: &str, phase: &str, state: &State) -> Result<NextRelease> {
    let of = |verdict: &str, blocked_by| NextRelease {
        version: version.to_owned(),
        phase: phase.to_owned(),
        verdict: verdict.to_owned(),
        blocked_by,
    };
    let inputs = Inputs { at: None, ..inputs.clone() };
    let gate = match releases::as_it_stands_on(ws, &inputs, version, state.clone()) {
        Ok((gate, _)) => gate,
        Err(error) => return Ok(of("fail", vec![error.to_string()])),
    };
    let line = |clause: &str, verdict: &str, reason: &str| format!("{clause} {verdict}: {reason}");
    let sections = gate.manifest.sections.iter().chain(&gate.manifest.adjacent);
    let blocks = |verdict: &str| verdict == Verdict::Finding.as_str() || verdict == Verdict::Human.as_str();
    let mut blocked_by: Vec<String> = sections
        .filter(|(_, s)| blocks(&s.verdict))
        .map(|(clause, s)| line(clause, &s.verdict, &s.reason))
        .collect();
    blocked_by.extend(
        gate.judgement
            .findings
            .iter()
            .filter(|d| d.is_error())
            .map(|d: &Diagnostic| format!("{} {}", d.rule, d.message)),
    );
    if gate.passes() {
        let unsigned = gate.seats.seats.iter();
        let unsigned = unsigned.filter(|(_, s)| !matches!(s, release::signatures::SeatStatus::Signed(_)));
        blocked_by.extend(unsigned.map(|(role, _)| format!("waits for the signature of {role}")));
    }
    Ok(of(gate.manifest.verdict.as_str(), blocked_by))
}

impl Status {
    /// For people, on one screen: at most [`LINES`] lines of each sort, and how many more there are.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let commit = self.commit.as_deref().map_or("no commit", |c| c.get(..12).unwrap_or(c));
        let _ = writeln!(
            out,
            "{} · {} · class {} · profile {}\ncommit {commit} · ledger {} · as of {}\n",
            self.product, self.edition, self.class, self.profile, self.ledger, self.as_of
        );
        for (system, class) in &self.systems {
            let _ = writeln!(out, "  {system}  class {class}");
        }
        for line in checks::out_of_scope_lines(&self.out_of_scope).lines() {
            let _ = writeln!(out, "  {line}");
        }
        self.clauses_text(&mut out);
        let _ = writeln!(
            out,
            "\nfindings: {} errors, {} warnings, {} waived",
            self.errors, self.warnings, self.waived
        );
        lines(&mut out, "▲", &self.first, self.errors);
        match &self.next_release {
            None => out.push_str("\nnext release: none is open\n"),
            Some(next) => {
                let _ = writeln!(
                    out,
                    "\nnext release: {} ({}), the gate says {}",
                    next.version, next.phase, next.verdict
                );
                lines(&mut out, "blocked by", &next.blocked_by, next.blocked_by.len());
            }
        }
        let overdue = self.due.iter().filter(|d| d.overdue).count();
        let _ = writeln!(out, "\noverdue: {overdue}, due within two weeks: {}", self.due.len() - overdue);
        let due: Vec<String> = self
            .due
            .iter()
            .map(|d| {
                let word = if d.overdue { "since" } else { "by" };
                format!("{word} {}: {} {}", d.until, d.what, d.subject)
            })
            .collect();
        lines(&mut out, "◆", &due, due.len());
        out
    }

    fn clauses_text(&self, out: &mut String) {
        out.push_str("\nclauses\n");
        // Worst first, whatever the alphabet says.
        for verdict in Verdict::ALL {
            let Some(n) = self.clauses.get(verdict.as_str()) else { continue };
            let named: Vec<&str> = self
                .open_clauses
                .iter()
                .filter(|c| c.verdict == verdict.as_str())
                .map(|c| c.clause.trim_start_matches("62304:"))
                .collect();
            let more = named.len().saturating_sub(NAMED);
            let shown = named.iter().take(NAMED).copied().collect::<Vec<_>>().join(" ");
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let _ = writeln!(out, "  {} {n:4} {:15} {shown}{more}", verdict.shape(), verdict.words());
        }
    }
}

fn lines(out: &mut String, mark: &str, all: &[String], of: usize) {
    for line in all.iter().take(LINES) {
        let _ = writeln!(out, "  {mark} {line}");
    }
    let shown = all.len().min(LINES);
    if of > shown {
        let _ = writeln!(out, "  … and {} more", of - shown);
    }
}
