//! The list of unresolved anomalies in the form that the FDA's guidance on device software asks for: description, discovery,
//! root cause, effect on safety and effectiveness with use and human factors, outcome, and why it is not corrected.

use crate::error::{Error, Result};
use crate::workspace::Workspace;
use records::{EvaluationOutcome, State};
use serde::Serialize;
use std::fmt::Write as _;

/// Forms of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnresolvedForm {
    /// Comma-separated values.
    Csv,
    /// One JSON object.
    Json,
    /// Markdown.
    Markdown,
}

#[derive(Serialize)]
struct Unresolved<'a> {
    format: &'static str,
    release: &'a str,
    query: String,
    ledger: u64,
    anomalies: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    anomaly: &'a str,
    description: String,
    discovery: &'a str,
    root_cause: &'a str,
    category: &'a str,
    effect_on_safety: String,
    effect_on_effectiveness: &'a str,
    use_and_human_factors: &'a str,
    outcome: &'static str,
    not_corrected_because: &'a str,
    plan: &'a str,
}

const NOT_SAID: &str = "not recorded";

fn or_not<'a>(texts: impl IntoIterator<Item = &'a str>) -> &'a str {
    texts.into_iter().find(|t| !t.trim().is_empty()).unwrap_or(NOT_SAID)
}

/// The unresolved anomalies of a release, with "not recorded" wherever the records say nothing.
///
/// # Errors
/// When there is no such release.
pub fn anomaly_unresolved(
    ws: &Workspace,
    version: &str,
    form: UnresolvedForm,
    ledger_at: Option<u64>,
) -> Result<String> {
    let state = ws.ledger()?.listed(ws, ledger_at)?;
    if !state.releases.contains_key(version) {
        return Err(Error::refused(format!("there is no release `{version}`"))
            .hint("list them with `dossier release list`"));
    }
    let list = Unresolved {
        format: "dossier/unresolved-anomalies/v1",
        release: version,
        query: format!("residual-in {version}"),
        ledger: state.position,
        anomalies: entries(&state, version),
    };
    Ok(match form {
        UnresolvedForm::Json => {
            serde_json::to_string_pretty(&list)
                .map_err(|e| Error::environment("could not write JSON").because(e))?
                + "\n"
        }
        UnresolvedForm::Csv => csv(&list),
        UnresolvedForm::Markdown => markdown(&list),
    })
}

fn entries<'a>(state: &'a State, version: &str) -> Vec<Entry<'a>> {
    let entry = |(id, a): (&'a str, &'a records::state::Anomaly)| {
        let report = &a.report.body;
        let investigation = a.investigation().map(|i| &i.body);
        let evaluation = a.evaluation_for(version).map(|e| &e.body);
        let hazards: Vec<String> = evaluation
            .into_iter()
            .flat_map(|e| e.hazards.iter().chain(&e.controls))
            .map(ToString::to_string)
            .collect();
        let safety = evaluation.map_or(report.safety.as_str(), |e| e.rationale.as_str());
        Entry {
            anomaly: id,
            description: format!("{}: {}", report.title, report.description),
            discovery: or_not([report.found.as_str()]),
            root_cause: or_not(investigation.map(|i| i.cause.as_str())),
            category: or_not(investigation.map(|i| i.category.as_str())),
            effect_on_safety: match hazards.is_empty() {
                true => or_not([safety]).to_owned(),
                false => format!("{} ({})", or_not([safety]), hazards.join(", ")),
            },
            effect_on_effectiveness: or_not([report.performance.as_str(), report.criticality.as_str()]),
            use_and_human_factors: or_not(evaluation.map(|e| e.use_effects.as_str())),
            outcome: match evaluation.map(|e| e.outcome) {
                Some(EvaluationOutcome::Acceptable) => "acceptable",
                Some(EvaluationOutcome::Unacceptable) => "unacceptable",
                None => "not evaluated",
            },
            not_corrected_because: or_not(
                evaluation
                    .map(|e| e.not_corrected.as_str())
                    .into_iter()
                    .chain(a.resolution().map(|r| r.body.resolution.as_str())),
            ),
            plan: or_not(evaluation.map(|e| e.plan.as_str())),
        }
    };
    state.residual_anomalies(version).map(entry).collect()
}

const HEAD: [&str; 11] = [
    "anomaly",
    "description",
    "discovery",
    "root cause",
    "category",
    "effect on safety",
    "effect on effectiveness",
    "use and human factors",
    "outcome",
    "not corrected because",
    "plan",
];

impl Entry<'_> {
    fn cells(&self) -> [&str; 11] {
        [
            self.anomaly,
            &self.description,
            self.discovery,
            self.root_cause,
            self.category,
            &self.effect_on_safety,
            self.effect_on_effectiveness,
            self.use_and_human_factors,
            self.outcome,
            self.not_corrected_because,
            self.plan,
        ]
    }
}

fn csv(list: &Unresolved<'_>) -> String {
    // A cell that a spreadsheet would take for a formula is disarmed.
    let cell = |text: &str| {
        let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
        format!("\"{}\"", text.replace('"', "\"\""))
    };
    let line = |cells: &[&str]| cells.iter().map(|c| cell(c)).collect::<Vec<_>>().join(",") + "\r\n";
    let mut out = line(&HEAD);
    for e in &list.anomalies {
        out.push_str(&line(&e.cells()));
    }
    out
}

fn markdown(list: &Unresolved<'_>) -> String {
    let mut out = format!(
        "# Unresolved anomalies of {}\n\nQuestion: `{}`, in the first {} entries of the ledger: {} anomalies.\n",
        list.release,
        list.query,
        list.ledger,
        list.anomalies.len()
    );
    for e in &list.anomalies {
        let _ = writeln!(out, "\n## {}\n", e.anomaly);
        for (name, text) in HEAD.iter().zip(e.cells()).skip(1) {
            let _ = writeln!(out, "- {name}: {}", text.replace('\n', " "));
        }
    }
    out
}
