//! The rules that hold for a product: ours with the severities that it sets, and those that the firm wrote.

use crate::analysis::{Analysis, Inputs};
use crate::checks;
use crate::error::{Error, Result};
use crate::workspace::Workspace;
use diagnostics::Level;
use rules::{OwnRule, OwnRules, RecordView};
use serde::Serialize;
use std::fmt::Write as _;

/// The records as rules of a firm read them; none where the firm has no rules.
pub(crate) fn records(ws: &Workspace, ledger_at: Option<u64>) -> Result<Vec<RecordView>> {
    let entries = ws.ledger()?.entries_to(ledger_at)?;
    let view = |e: ledger::Entry| RecordView {
        seq: e.seq,
        at: e.at.to_string(),
        actor: e.actor,
        kind: e.kind,
        body: serde_json::Value::Object(e.body),
    };
    Ok(entries.into_iter().map(view).collect())
}

/// A rule in a list.
#[derive(Clone, Debug, Serialize)]
pub struct RuleRow {
    /// `R0042`, `F-1`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose it is: `dossier`, or the file of the firm's rule.
    pub of: String,
    /// What it counts against.
    pub clauses: Vec<String>,
    /// The severity here: its own, or the one that `dossier.toml` sets; `off` where it is switched off.
    pub severity: String,
    /// The severity where a release is judged.
    pub at_gate: String,
    /// Whether a signed waiver can except a finding under this profile.
    pub waivable: bool,
    /// How many findings it has now.
    pub findings: usize,
}

/// The rules of a product.
#[derive(Clone, Debug, Serialize)]
pub struct RuleList {
    /// Always `dossier/rules/v1`.
    pub format: &'static str,
    /// The profile.
    pub profile: String,
    /// The rules, ours first.
    pub rules: Vec<RuleRow>,
}

/// Every rule with what holds for it here.
///
/// # Errors
/// As [`checks::check`].
pub fn rules_list(ws: &Workspace, inputs: &Inputs) -> Result<RuleList> {
    let checked = checks::check(ws, inputs, ws.config.ledger.origin.is_none())?;
    let config = &checked.analysis.config;
    let own = OwnRules::read(&checked.analysis.documents.own_rules);
    let in_force = checks::with_snapshot(&checked.analysis, None, &[], rules::overrides_in_force)?;
    let found = |id: &str| checked.judgement.findings.iter().filter(|d| d.rule == id).count();
    let row = |meta: &rules::Meta, of: String| {
        let level = in_force.get(&meta.id);
        let (severity, at_gate) = match level {
            Some(Level::Off) => ("off".to_owned(), "off".to_owned()),
            Some(Level::At(s)) => (s.to_string(), s.to_string()),
            None => (meta.severity.to_string(), meta.severity_at_gate.to_string()),
        };
        let firm = &config.own_profile.never_waivable_rules;
        let waivable = meta.waivable && !firm.iter().any(|r| *r == meta.id || *r == meta.name);
        RuleRow {
            findings: found(&meta.id),
            id: meta.id.clone(),
            name: meta.name.clone(),
            of,
            clauses: meta.clauses.clone(),
            severity,
            at_gate,
            waivable,
        }
    };
    let ours = rules::registry().rules().iter().filter(|r| r.meta.removed.is_none());
    let mut list: Vec<RuleRow> = ours.map(|r| row(&r.meta, "dossier".to_owned())).collect();
    list.extend(own.rules.iter().map(|r| row(&r.meta, r.file.path.to_string())));
    Ok(RuleList { format: "dossier/rules/v1", profile: config.profile_name(), rules: list })
}

impl RuleList {
    /// For people: a line each.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "profile {}", self.profile);
        for r in &self.rules {
            let never = if r.waivable { "" } else { " never waivable" };
            let of = if r.of == "dossier" { "" } else { r.of.as_str() };
            let found = if r.findings > 0 { format!(" {} found", r.findings) } else { String::new() };
            let _ = writeln!(
                out,
                "{:6} {:7} {} · {}{never}{found} {of}",
                r.id,
                r.severity,
                r.name,
                r.clauses.join(", ")
            );
        }
        out
    }
}

/// What the cases of a firm's rules say.
#[derive(Clone, Debug, Serialize)]
pub struct RulesTested {
    /// Always `dossier/own-rules/v1`.
    pub format: &'static str,
    /// Rules that can be read, with the number of their cases.
    pub rules: Vec<TestedRule>,
    /// What is wrong.
    pub problems: Vec<RuleProblem>,
}

/// A rule whose cases were run.
#[derive(Clone, Debug, Serialize)]
pub struct TestedRule {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Cases that fire.
    pub firing: usize,
    /// Cases that are silent.
    pub silent: usize,
    /// Whether all hold.
    pub sound: bool,
}

/// Something wrong with a rule's file.
#[derive(Clone, Debug, Serialize)]
pub struct RuleProblem {
    /// The file.
    pub file: String,
    /// The line.
    pub line: u32,
    /// What.
    pub message: String,
}

/// Runs the cases of the firm's rules.
///
/// # Errors
/// When documents or repository cannot be read.
pub fn rules_test(ws: &Workspace, inputs: &Inputs) -> Result<RulesTested> {
    let own = own(ws, inputs)?;
    let tested = |r: &OwnRule| {
        let (firing, silent) = r.cases();
        TestedRule {
            id: r.meta.id.clone(),
            name: r.meta.name.clone(),
            file: r.file.path.to_string(),
            firing,
            silent,
            sound: !own.problems.iter().any(|p| p.path == r.file.path),
        }
    };
    let problem = |p: &rules::OwnRuleProblem| RuleProblem {
        file: p.path.to_string(),
        line: p.line,
        message: p.why.clone(),
    };
    Ok(RulesTested {
        format: "dossier/own-rules/v1",
        rules: own.rules.iter().map(tested).collect(),
        problems: own.problems.iter().map(problem).collect(),
    })
}

impl RulesTested {
    /// Whether every rule can be read and every case holds.
    pub fn holds(&self) -> bool {
        self.problems.is_empty()
    }

    /// For people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for r in &self.rules {
            let shape = if r.sound { "●" } else { "▲" };
            let _ = writeln!(
                out,
                "{shape} {} {}: {} cases fire, {} are silent ({})",
                r.id, r.name, r.firing, r.silent, r.file
            );
        }
        for p in &self.problems {
            let _ = writeln!(out, "▲ {}:{}: {}", p.file, p.line, p.message);
        }
        if self.rules.is_empty() && self.problems.is_empty() {
            out.push_str(
                "the firm has no rules of its own: docs/formats/own-rules.md says how one is written\n",
            );
        }
        out
    }
}

fn own(ws: &Workspace, inputs: &Inputs) -> Result<OwnRules> {
    let inputs = Inputs { at: inputs.at.clone(), ..Inputs::default() };
    Ok(OwnRules::read(&Analysis::of_documents(ws, &inputs)?.documents.own_rules))
}

/// How long a rule takes.
#[derive(Clone, Debug, Serialize)]
pub struct RuleTime {
    /// The rule, ours or the firm's.
    pub rule: String,
    /// Its name.
    pub name: String,
    /// Microseconds, the least of several rounds.
    pub micros: u128,
}

/// How long each rule takes over the product, ours and the firm's, the slowest first: the least of `rounds` rounds, one thread.
///
/// # Errors
/// When documents or ledger cannot be read.
pub fn rules_time(ws: &Workspace, inputs: &Inputs, rounds: usize) -> Result<Vec<RuleTime>> {
    let analysis = Analysis::whole(ws, inputs)?;
    let began = std::time::Instant::now();
    let mut out: Vec<RuleTime> = Vec::new();
    for _ in 0..rounds.max(1) {
        let times =
            checks::with_snapshot(&analysis, None, &[], |cx| rules::timings(cx, &|| began.elapsed()))?;
        for t in times {
            let micros = t.took.as_micros();
            match out.iter_mut().find(|known| known.rule == t.id) {
                Some(known) => known.micros = known.micros.min(micros),
                None => out.push(RuleTime { rule: t.id, name: t.name, micros }),
            }
        }
    }
    out.sort_by_key(|t| std::cmp::Reverse(t.micros));
    Ok(out)
}

/// The text about a rule of the firm.
///
/// # Errors
/// When there is none of that id or name, or documents cannot be read.
pub fn own_rule_explain(ws: &Workspace, what: &str) -> Result<String> {
    let own = own(ws, &Inputs::default())?;
    own.rule(what).map(OwnRule::explanation).ok_or_else(|| {
        Error::refused(format!("`{what}` is neither a rule nor a clause"))
            .hint("rules stand in findings (`R0042`, or by name) and in `dossier rules list`; clauses: dossier clauses list")
    })
}

/// Whether a rule of ours or of the firm can be waived, with its id and name.
pub(crate) fn waivable(ws: &Workspace, rule: &str) -> Result<(String, String, bool)> {
    let firm = &ws.config.own_profile.never_waivable_rules;
    let of = |meta: &rules::Meta| {
        let forbidden = firm.iter().any(|r| *r == meta.id || *r == meta.name);
        (meta.id.clone(), meta.name.clone(), meta.waivable && !forbidden)
    };
    if let Some(ours) = rules::rule(rule) {
        return Ok(of(&ours.meta));
    }
    own(ws, &Inputs::default())?.rule(rule).map(|r| of(&r.meta)).ok_or_else(|| {
        Error::refused(format!("there is no rule `{rule}`"))
            .hint("findings name their rule; `dossier rules list` shows all")
    })
}
