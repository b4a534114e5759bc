//! `release show`: the release record, rendered from manifest and entries at any time.

use super::existing;
use super::gate::{Gate, judge_at, judge_on};
use crate::analysis::Inputs;
use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use records::State;
use records::state::Release;
use std::io::Read as _;

/// Forms of the release record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordForm {
    /// Markdown.
    Markdown,
    /// JSON.
    Json,
    /// One HTML page.
    Html,
    /// PDF/A.
    Pdf,
    /// A Word file, for work.
    Docx,
}

/// The documents that are made of a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReleaseDocument {
    /// The release record.
    #[default]
    Record,
    /// The configuration baseline (62304:8.1.3).
    ConfigurationBaseline,
    /// The version history: tested versus released.
    VersionHistory,
    /// The residual anomalies with their evaluations.
    ResidualAnomalies,
    /// The change requests.
    ChangeList,
}

impl ReleaseDocument {
    /// All of them, in the order in which they are archived.
    pub const ALL: [ReleaseDocument; 5] = [
        ReleaseDocument::Record,
        ReleaseDocument::ConfigurationBaseline,
        ReleaseDocument::VersionHistory,
        ReleaseDocument::ResidualAnomalies,
        ReleaseDocument::ChangeList,
    ];

    /// Its name, in commands and in the archive.
    pub fn as_str(self) -> &'static str {
        match self {
            ReleaseDocument::Record => "release-record",
            ReleaseDocument::ConfigurationBaseline => "configuration-baseline",
            ReleaseDocument::VersionHistory => "version-history",
            ReleaseDocument::ResidualAnomalies => "residual-anomalies",
            ReleaseDocument::ChangeList => "change-list",
        }
    }
}

/// A document of a release as it stands at the inputs.
///
/// # Errors
/// When there is no such release, or something cannot be read.
pub fn release_show(
    ws: &Workspace,
    inputs: &Inputs,
    version: &str,
    document: ReleaseDocument,
    form: RecordForm,
) -> Result<Vec<u8>> {
    let state = ws.ledger()?.state(inputs.ledger_at)?;
    if sealed_under_other_rules(existing(&state, version)?) {
        return archived(ws, version, document, form);
    }
    let (gate, now) = as_it_stands(ws, inputs, version)?;
    crate::pages::release_document(&gate, &now, document, form)
}

/// Rules are code: what another rule set judged cannot be judged again here, and need not be once it is sealed.
pub(crate) fn sealed_under_other_rules(release: &Release) -> bool {
    let opened_under = release.candidate().map(|o| o.body.rule_set.as_str());
    release.sealed.is_some() && opened_under != Some(rules::rule_set_digest().to_string().as_str())
}

/// The record as it was sealed, from the archive.
pub(crate) fn archived(
    ws: &Workspace,
    version: &str,
    document: ReleaseDocument,
    form: RecordForm,
) -> Result<Vec<u8>> {
    let ending = match form {
        RecordForm::Markdown => "md",
        RecordForm::Json => "json",
        RecordForm::Pdf => "pdf",
        RecordForm::Html | RecordForm::Docx => {
            return Err(Error::refused(format!(
                "release `{version}` was sealed under another rule set, and its record is not archived in that form"
            ))
                .hint("ask for md, json or pdf: these are read from the archive as they were sealed"));
        }
    };
    let archive = crate::archives::open_read_only(ws)?;
    let layer = format!("record/{}.{ending}", document.as_str());
    let mut bytes = Vec::new();
    archive
        .open_layer(version, &layer)
        .doing("find the sealed record")?
        .read_to_end(&mut bytes)
        .doing("read the sealed record")?;
    Ok(bytes)
}

/// A release judged as it stands at the inputs, with the state that it is seen from. A sealed release is judged at the
/// position and date at which it was sealed, so that its record says the same for ever; what happened to it afterwards is
/// in the state.
///
/// # Errors
/// When there is no such release, or something cannot be read.
pub(crate) fn as_it_stands(ws: &Workspace, inputs: &Inputs, version: &str) -> Result<(Gate, State)> {
    as_it_stands_on(ws, inputs, version, ws.ledger()?.state(inputs.ledger_at)?)
}

/// As [`as_it_stands`], on a state that was folded from entry 0 to the position of the inputs.
pub(crate) fn as_it_stands_on(
    ws: &Workspace,
    inputs: &Inputs,
    version: &str,
    state: State,
) -> Result<(Gate, State)> {
    let release = existing(&state, version)?;
    let (position, as_of) = match (&release.sealed, release.gate(), inputs.as_of) {
        (Some(sealed), Some(gate), as_of) => (sealed.meta.seq, as_of.unwrap_or(gate.body.as_of)),
        (_, _, Some(as_of)) => (state.position, as_of),
        _ => (state.position, ws.clock.today(&ws.config.product.timezone)?),
    };
    let gate = match position == state.position {
        true => judge_on(ws, version, state.clone(), as_of)?,
        false => judge_at(ws, version, Some(position), as_of)?,
    };
    Ok((gate, state))
}

/// A document of a release that is being sealed.
pub(super) fn render(gate: &Gate, document: ReleaseDocument, form: RecordForm) -> Result<Vec<u8>> {
    crate::pages::release_document(gate, &gate.analysis.state, document, form)
}
