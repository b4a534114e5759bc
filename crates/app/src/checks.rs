//! `check`, `explain`, `status`, `clauses list`: what the rules say.

use crate::analysis::{Analysis, Inputs};
use crate::error::{Error, Result};
use crate::workspace::{CONFIG_FILE, Workspace};
use diagnostics::render::{self, Format, Options};
use diagnostics::{Diagnostic, FindingsReport, Verdict};
use model::class::{Approval, Classes};
use records::State;
use rules::{Judgement, Previous, ReleaseContext, ReleaseTag, Snapshot};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use vocabulary::SafetyClass;

/// Forms of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingsForm {
    /// As rustc prints them, with source lines.
    Full {
        /// With colours.
        colour: bool,
    },
    /// A line each.
    Concise,
    /// `dossier/findings/v1`.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub workflows.
    Github,
    /// JUnit XML.
    Junit,
}

/// What the rules say of an analysis.
#[derive(Debug)]
pub struct Checked {
    /// What was judged.
    pub analysis: Analysis,
    /// The verdicts.
    pub judgement: Judgement,
    report: FindingsReport,
}

/// Checks documents and records against every clause.
///
/// # Errors
/// When something cannot be read, or the ledger holds what this version does not know.
pub fn check(ws: &Workspace, inputs: &Inputs, documents_only: bool) -> Result<Checked> {
    check_against(ws, inputs, documents_only, None)
}

/// As [`check`]; with a base only the findings that are new against that revision, for the review of a change. Verdicts on
/// clauses stay those of the whole product. The base is judged with the same records and the same date, so that what differs
/// comes from the documents.
///
/// # Errors
/// As [`check`], and when the base is no revision.
pub fn check_against(
    ws: &Workspace,
    inputs: &Inputs,
    documents_only: bool,
    base: Option<&str>,
) -> Result<Checked> {
    let Some(base) = base else {
        return with_rules(|| judged(ws, inputs, documents_only, None, None));
    };
    let before = Inputs { at: Some(base.to_owned()), ..inputs.clone() };
    let old = with_rules(|| judged(ws, &before, documents_only, None, None))?;
    let known: BTreeSet<Fingerprint> = old.report.findings.iter().map(fingerprint).collect();
    let mut checked = judged(ws, inputs, documents_only, Some(base), None)?;
    checked.report.findings.retain(|d| !known.contains(&fingerprint(d)));
    Ok(checked)
}

/// As [`check`], on a state that was folded from entry 0 to the position of the inputs; none of a product without a ledger.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_on(ws: &Workspace, inputs: &Inputs, state: Option<State>) -> Result<Checked> {
    with_rules(|| judged(ws, inputs, false, None, state))
}

/// What makes a finding the same one in two revisions: lines move, texts of messages name what they are about.
type Fingerprint = (String, Option<String>, String, String);

fn fingerprint(d: &Diagnostic) -> Fingerprint {
    let file = d.location.file_line().map_or("", |(file, _)| file);
    (d.rule.to_string(), d.subject.clone(), d.message.clone(), file.to_owned())
}

/// Reading the rules takes as long as judging a small product: it is done while documents are read.
fn with_rules(judge: impl FnOnce() -> Result<Checked>) -> Result<Checked> {
    std::thread::scope(|scope| {
        scope.spawn(rules::prepare);
        judge()
    })
}

fn judged(
    ws: &Workspace,
    inputs: &Inputs,
    documents_only: bool,
    base: Option<&str>,
    state: Option<State>,
) -> Result<Checked> {
    if !documents_only {
        ws.readable()?;
    }
    let without = documents_only || ws.config.ledger.origin.is_none();
    let mut analysis = match (without, state) {
        (true, _) => Analysis::documents_only(ws, inputs)?,
        (false, Some(state)) => Analysis::with_state(ws, inputs, state)?,
        (false, None) => Analysis::load(ws, inputs)?,
    };
    if let Some(base) = base {
        analysis.previous = Some((format!("`{base}`"), crate::analysis::items_at(ws, base)?));
    }
    if analysis.with_ledger {
        analysis.history = crate::histories::load(ws, &analysis, None)?;
        crate::releases::sound(&analysis.state)?;
    }
    let tags = crate::releases::tags_of_sealed(ws, &analysis)?;
    let judgement = judge_with_tags(&analysis, None, &tags)?;
    let report = report(&analysis, &judgement);
    Ok(Checked { analysis, judgement, report })
}

/// Has the rules judge an analysis; with a release, those of the gate too.
pub(crate) fn judge(analysis: &Analysis, release: Option<ReleaseContext<'_>>) -> Result<Judgement> {
    judge_with_tags(analysis, release, &[])
}

/// As [`judge`], with the tags of releases as the repository has them.
pub(crate) fn judge_with_tags(
    analysis: &Analysis,
    release: Option<ReleaseContext<'_>>,
    tags: &[ReleaseTag],
) -> Result<Judgement> {
    with_snapshot(analysis, release, tags, rules::judge)
}

/// Looks at an analysis as the rules do.
pub(crate) fn with_snapshot<T>(
    analysis: &Analysis,
    release: Option<ReleaseContext<'_>>,
    tags: &[ReleaseTag],
    look: impl FnOnce(&Snapshot<'_>) -> T,
) -> Result<T> {
    let reader_findings = reader_findings(analysis);
    let classes = classes(analysis);
    let inputs = rules::Inputs {
        config: &analysis.config,
        reader_findings: &reader_findings,
        documents: &analysis.documents,
        model: &analysis.model,
        classes: &classes,
        state: analysis.with_ledger.then_some(&analysis.state),
        results: Some(&analysis.joined),
        software: analysis.software_digest(),
        components: (!analysis.config.build.lockfiles.is_empty()).then_some(&analysis.components),
        history: analysis.history.as_ref(),
        as_of: analysis.as_of,
        release,
        tags,
        previous: analysis.previous.as_ref().map(|(name, model)| Previous { name, model }),
        dependencies: &analysis.dependencies,
        records: &analysis.records,
    };
    let snapshot = Snapshot::new(inputs).map_err(|e| Error::refused(e.to_string()).because(e))?;
    Ok(look(&snapshot))
}

fn reader_findings(analysis: &Analysis) -> Vec<Diagnostic> {
    let lists = [&analysis.config_findings, &analysis.documents.diagnostics, &analysis.evidence_findings];
    lists.into_iter().flatten().cloned().collect()
}

/// The classes that hold: a class counts as recorded with an approval of the system's item at its present content.
pub(crate) fn classes(analysis: &Analysis) -> Classes {
    let approval = |item: &model::Item| {
        if !analysis.with_ledger {
            return rules::standing(item, Approval::NotChecked);
        }
        let approval = match analysis.state.approvals_of(item.id.as_str(), item.digest).next() {
            Some(_) => Approval::Approved,
            None => Approval::Missing,
        };
        rules::standing(item, approval)
    };
    Classes::new(&analysis.model, analysis.config.product.class, &approval)
}

/// The class of each software system, as text.
pub(crate) fn systems(analysis: &Analysis) -> BTreeMap<String, String> {
    let classes = classes(analysis);
    let row = |s: &model::class::SystemClass| {
        Some((analysis.model.get(s.system)?.id.to_string(), s.effective.to_string()))
    };
    classes.systems().iter().filter_map(row).collect()
}

/// The software systems that are qualified as out of scope, each with the record of its computer software validation; empty where it
/// names none.
pub(crate) fn out_of_scope(analysis: &Analysis) -> BTreeMap<String, String> {
    let classes = classes(analysis);
    let row =
        |item: &model::Item| (item.id.to_string(), item.value("validation").unwrap_or_default().into_owned());
    classes.outside().iter().filter_map(|ix| analysis.model.get(*ix)).map(row).collect()
}

/// A line for each of [`out_of_scope`].
pub(crate) fn out_of_scope_lines(systems: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    for (system, record) in systems {
        let record = if record.is_empty() { "no validation record" } else { record };
        let _ = writeln!(out, "{system}  outside of IEC 62304, computer software validation: {record}");
    }
    out
}

/// The findings with the inputs that they are a function of.
pub(crate) fn report(analysis: &Analysis, judgement: &Judgement) -> FindingsReport {
    let systems = systems(analysis);
    let highest = systems.values().max().cloned();
    let declared = analysis.config.product.class.unwrap_or(SafetyClass::C).to_string();
    FindingsReport {
        product: analysis.config.product.name.clone(),
        edition: analysis.config.product.edition.clone(),
        class: highest.unwrap_or(declared),
        systems,
        profile: analysis.config.profile_name(),
        commit: analysis.head().map(|c| c.to_string()),
        dirty: analysis.is_work_tree(),
        tree: Some(analysis.tree_digest().to_string()),
        ledger: analysis.with_ledger.then_some(analysis.state.position),
        as_of: analysis.as_of.to_string(),
        rule_set: judgement.rule_set.to_string(),
        findings: judgement.findings.clone(),
        clauses: judgement.clauses.clone(),
    }
}

impl Checked {
    /// The findings with the inputs that they are a function of.
    pub fn report(&self) -> &FindingsReport {
        &self.report
    }

    /// The findings in one of their forms.
    ///
    /// # Errors
    /// When a form cannot be written.
    pub fn render(&self, form: FindingsForm) -> Result<String> {
        let mut out = String::new();
        let (form, colour) = match form {
            FindingsForm::Full { colour } => (Format::Full, colour),
            FindingsForm::Concise => (Format::Concise, false),
            FindingsForm::Json => (Format::Json, false),
            FindingsForm::Sarif => (Format::Sarif, false),
            FindingsForm::Github => (Format::Github, false),
            FindingsForm::Junit => (Format::Junit, false),
        };
        let sources = Sources(&self.analysis);
        let done = render::render(&mut out, form, &self.report, &options(&sources, colour));
        done.map_err(|e| Error::environment("could not write the findings").because(e))?;
        Ok(out)
    }

    /// One line for people.
    pub fn summary(&self) -> String {
        let counts = self.report.counts();
        let clauses = diagnostics_tally(&self.judgement);
        let ledger = match self.report.ledger {
            Some(n) => format!("ledger {n}"),
            None => "documents only: no record was looked at".to_owned(),
        };
        format!(
            "{} errors, {} warnings, {} notes, {} waived · clauses: {clauses} · {} · class {} · profile {} · {ledger} · as of {}",
            counts.errors,
            counts.warnings,
            counts.notes,
            counts.waived,
            self.report.edition,
            self.report.class,
            self.report.profile,
            self.report.as_of
        )
    }

    /// The list of its own of the software systems that are out of scope, a line each; empty where there is none.
    pub fn out_of_scope(&self) -> String {
        out_of_scope_lines(&out_of_scope(&self.analysis))
    }

    /// The clauses that do not apply, a line for each reason; empty where all apply.
    pub fn not_applicable(&self) -> String {
        let mut by_reason: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for c in self.judgement.clauses.iter().filter(|c| c.verdict == Verdict::NotApplicable) {
            by_reason.entry((&c.subject, &c.reason)).or_default().push(&c.clause);
        }
        let mut out = String::new();
        for ((subject, reason), clauses) in by_reason {
            let numbers: Vec<&str> = clauses.iter().map(|c| c.trim_start_matches("62304:")).collect();
            let _ = writeln!(out, "not applicable to {subject}: {}: {reason}", numbers.join(", "));
        }
        out
    }
}

fn diagnostics_tally(judgement: &Judgement) -> String {
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for c in &judgement.clauses {
        *counts.entry(c.verdict).or_default() += 1;
    }
    counts.iter().map(|(v, n)| format!("{n} {}", v.as_str())).collect::<Vec<_>>().join(", ")
}

/// The texts that snippets are cut from.
pub(crate) struct Sources<'a>(&'a Analysis);

impl render::Sources for Sources<'_> {
    fn text(&self, path: &str) -> Option<Cow<'_, str>> {
        if path == CONFIG_FILE {
            return Some(Cow::Borrowed(&self.0.config_text));
        }
        let files = &self.0.documents.files;
        let at = files.binary_search_by(|f| (*f.path).cmp(path)).ok()?;
        files.get(at).map(|f| Cow::Borrowed(f.text.as_str()))
    }
}

/// What renderers need besides findings.
pub(crate) fn options<'a>(sources: &'a Sources<'_>, colour: bool) -> Options<'a> {
    Options { sources, colour, version: env!("CARGO_PKG_VERSION") }
}

/// The texts of an analysis, for snippets.
pub(crate) fn sources(analysis: &Analysis) -> Sources<'_> {
    Sources(analysis)
}

/// The text about a rule or a clause.
///
/// # Errors
/// When there is neither of that name.
pub fn explain(what: &str) -> Result<String> {
    let heading = || crate::clause_library::clause_show(what).ok().map(|d| d.text);
    rules::explain(what).or_else(heading).ok_or_else(|| {
        Error::refused(format!("`{what}` is neither a rule nor a clause"))
            .hint("rules stand in findings (`R0042`, or by name); clauses: dossier clauses list")
    })
}

/// A clause in a list.
#[derive(Clone, Debug, Serialize)]
pub struct ClauseRow {
    /// `62304:5.8.3`
    pub id: String,
    /// In our own words.
    pub title: String,
    /// The classes that it applies to.
    pub classes: Vec<String>,
    /// `P` plan, `M` maintained, `R` record.
    pub kind: String,
    /// The edition.
    pub edition: String,
    /// What is evidence, in one line.
    pub evidence: String,
    /// Whether it is in force.
    pub in_force: bool,
    /// `rule:R0042`, `evaluation`.
    pub checked_by: Vec<String>,
}

/// The clauses of the edition, in numeric order.
///
/// # Errors
/// When the class is none.
pub fn clause_list(all: bool, class: Option<&str>) -> Result<Vec<ClauseRow>> {
    let class: Option<SafetyClass> = match class {
        None => None,
        Some(text) => {
            Some(text.parse().map_err(|e: vocabulary::ParseClassError| Error::refused(e.to_string()))?)
        }
    };
    let edition = clauses::edition(clauses::DEFAULT_EDITION)
        .ok_or_else(|| Error::environment("the clause library has no edition of IEC 62304"))?;
    let wanted = edition
        .clauses
        .iter()
        .filter(|c| all || c.in_force)
        .filter(|c| class.is_none_or(|class| c.applies_to(class.as_str())));
    let row = |c: &clauses::Clause| ClauseRow {
        id: c.id.clone(),
        title: c.title.clone(),
        classes: c.classes.iter().map(ToString::to_string).collect(),
        kind: c.kind.map_or("-", clauses::Kind::letter).to_string(),
        edition: edition.edition.clone(),
        evidence: c.evidence.clone(),
        in_force: c.in_force,
        checked_by: rules::checked_by(c),
    };
    Ok(wanted.map(row).collect())
}
