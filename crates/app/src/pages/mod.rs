//! What pages and reports show: the read models of `views`, filled from an analysis and its judgement.
//!
//! One file for each subject. Everything shown comes from documents, records and rules; what a page adds is the joining.

mod anomalies;
mod clause_pages;
mod documents;
mod export;
mod findings;
mod folded;
mod inputs;
mod items;
mod ledger_pages;
mod matrix;
mod overview;
mod package;
mod pictures;
mod reading;
mod record;
mod registers;
mod release_pages;
mod risk;
mod security;
mod signatures;
mod site;
mod soup;
#[cfg(test)]
mod specimen;
mod tests;
mod upkeep;

pub use export::{Form, document_export};
pub use ledger_pages::LogQuery;
pub use package::{PackageExport, package_export};
pub(crate) use security::security_file;
pub use site::Site;

use crate::analysis::Analysis;
use crate::checks;
use crate::error::{Doing as _, Error, Result};
use crate::releases::{Gate, RecordForm, ReleaseDocument};
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
            row.verdict.words().to_owned()
        } else {
            format!("{}: {}", row.verdict.words(), row.gap)
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

/// A document of a judged release, seen from a state that may be later.
pub(crate) fn release_document(
    gate: &Gate,
    now: &State,
    document: ReleaseDocument,
    form: RecordForm,
) -> Result<Vec<u8>> {
    let view = record_view(gate, now)?;
    let name = document.as_str();
    let (sheet, rows) = match document {
        ReleaseDocument::Record => (report::release_record(&view), None),
        ReleaseDocument::ConfigurationBaseline => {
            (report::configuration_baseline(&view), Some(serde_json::json!(view.configuration)))
        }
        ReleaseDocument::VersionHistory => {
            (report::version_history(&view), Some(serde_json::json!(view.history)))
        }
        ReleaseDocument::ResidualAnomalies => {
            (report::residual_anomalies(&view), Some(serde_json::json!(view.anomalies)))
        }
        ReleaseDocument::ChangeList => (report::change_list(&view), Some(serde_json::json!(view.changes))),
    };
    Ok(match form {
        RecordForm::Markdown => sheet.markdown().into_bytes(),
        RecordForm::Html => sheet.html().into_bytes(),
        RecordForm::Pdf => sheet.pdf().doing(format_args!("set the {name} as PDF"))?,
        RecordForm::Docx => sheet.docx().doing(format_args!("write the {name} as a Word file"))?,
        RecordForm::Json => {
            let value = match rows {
                None => serde_json::json!({"format": "dossier/release-record/v1", "record": view}),
                Some(rows) => serde_json::json!({"format": "dossier/release-document/v1", "document": name,
                    "release": view.header, "manifest": view.manifest_digest, "rows": rows}),
            };
            serde_json::to_vec_pretty(&value).doing(format_args!("write the {name}"))?
        }
    })
}

/// The requirements of a judged release as one rendered document: what a team whose stories live in a tracker freezes for the release.
pub(crate) fn frozen_requirements(ws: &crate::workspace::Workspace, gate: &Gate) -> Result<report::Sheet> {
    export::sheet(&release_pages::reading(gate), ws, "requirements")
}

fn record_view(gate: &Gate, now: &State) -> Result<ReleaseRecord> {
    record::record(gate, now)
        .ok_or_else(|| Error::refused(format!("no release `{}` is open", gate.manifest.release)))
}
