//! What pages and reports show: the read models of `views`, filled from an analysis and its judgement.
//!
//! One file for each subject. Everything shown comes from documents, records and rules; what a page adds is the joining.

mod anomalies;
mod clause_pages;
mod documents;
mod export;
mod findings;
mod inputs;
mod items;
mod ledger_pages;
mod matrix;
mod overview;
mod pictures;
mod reading;
mod record;
mod release_pages;
mod risk;
mod signatures;
mod site;
mod soup;
#[cfg(test)]
mod specimen;
mod tests;

pub use export::{Form, document_export};
pub use ledger_pages::LogQuery;
pub use site::Site;

use crate::analysis::Analysis;
use crate::checks;
use crate::error::{Doing as _, Error, Result};
use crate::releases::{Gate, RecordForm};
use crate::traces::MatrixForm;
use reading::Reading;
use records::State;
use std::fmt::Write as _;
use views::{Matrix, ReleaseRecord};

/// The matrix in one of its forms.
pub(crate) fn matrix(analysis: &Analysis, form: MatrixForm) -> Result<String> {
    let judgement = checks::judge(analysis, None)?;
    let r = Reading::new(analysis, &judgement, None);
    let matrix = matrix::matrix(&r);
    let inputs = inputs::inputs(&r);
    Ok(match form {
        MatrixForm::Csv => report::matrix_csv(&matrix),
        MatrixForm::Html => report::matrix_html(&matrix, &inputs),
        MatrixForm::Markdown => matrix_markdown(&matrix),
        MatrixForm::Json => {
            let value =
                serde_json::json!({"format": "dossier/matrix/v1", "inputs": inputs, "rows": matrix.rows});
            serde_json::to_string_pretty(&value).doing("write the matrix")? + "\n"
        }
    })
}

fn matrix_markdown(matrix: &Matrix) -> String {
    let mut out = String::from(
        "| Requirement | From | Allocated to | Implemented by | Verified by | Verdict |\n|---|---|---|---|---|---|\n",
    );
    let cell = |text: String| text.replace('\\', "\\\\").replace('|', "\\|").replace(['\n', '\r'], " ");
    let names = |links: &[views::LinkCell]| {
        let name = |l: &views::LinkCell| match l.state.is_sound() {
            true => l.target.id.clone(),
            false => format!("{} ({})", l.target.id, l.state.as_str()),
        };
        cell(links.iter().map(name).collect::<Vec<_>>().join(", "))
    };
    for row in &matrix.rows {
        let tests: Vec<String> =
            row.tests.iter().map(|t| format!("{}: {}", t.case.target, t.outcome.as_str())).collect();
        let verdict = if row.gap.is_empty() {
            row.verdict.to_string()
        } else {
            format!("{}: {}", row.verdict, row.gap)
        };
        let _ = writeln!(
            out,
            "| {} {} | {} | {} | {} | {} | {} |",
            row.id,
            cell(row.title.clone()),
            names(&row.sources),
            names(&row.allocated),
            names(&row.implemented),
            cell(tests.join(", ")),
            cell(verdict)
        );
    }
    out
}

/// The record of a judged release, seen from a state that may be later.
pub(crate) fn release_record(gate: &Gate, now: &State, form: RecordForm) -> Result<Vec<u8>> {
    let view = record_view(gate, now)?;
    Ok(match form {
        RecordForm::Markdown => report::release_record(&view).markdown().into_bytes(),
        RecordForm::Html => report::release_record(&view).html().into_bytes(),
        RecordForm::Pdf => report::release_record(&view).pdf().doing("set the release record as PDF")?,
        RecordForm::Json => {
            let value = serde_json::json!({"format": "dossier/release-record/v1", "record": view});
            serde_json::to_vec_pretty(&value).doing("write the release record")?
        }
    })
}

fn record_view(gate: &Gate, now: &State) -> Result<ReleaseRecord> {
    record::record(gate, now)
        .ok_or_else(|| Error::refused(format!("no release `{}` is open", gate.manifest.release)))
}
