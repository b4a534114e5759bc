//! `release show`: the release record, rendered from manifest and entries at any time.

use super::existing;
use super::gate::{Gate, judge_at};
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
}

/// The release record as it stands at the inputs.
///
/// # Errors
/// When there is no such release, or something cannot be read.
pub fn release_show(ws: &Workspace, inputs: &Inputs, version: &str, form: RecordForm) -> Result<Vec<u8>> {
    let state = ws.ledger()?.state(inputs.ledger_at)?;
    if sealed_under_other_rules(existing(&state, version)?) {
        return archived(ws, version, form);
    }
    let (gate, now) = as_it_stands(ws, inputs, version)?;
    crate::pages::release_record(&gate, &now, form)
}

/// Rules are code: what another rule set judged cannot be judged again here, and need not be once it is sealed.
fn sealed_under_other_rules(release: &Release) -> bool {
    let opened_under = release.candidate().map(|o| o.body.rule_set.as_str());
    release.sealed.is_some() && opened_under != Some(rules::rule_set_digest().to_string().as_str())
}

/// The record as it was sealed, from the archive.
fn archived(ws: &Workspace, version: &str, form: RecordForm) -> Result<Vec<u8>> {
    let ending = match form {
        RecordForm::Markdown => "md",
        RecordForm::Json => "json",
        RecordForm::Pdf => "pdf",
        RecordForm::Html => {
            return Err(Error::refused(format!("release `{version}` was sealed under another rule set, and its record as HTML is not archived"))
                .hint("ask for md, json or pdf: these are read from the archive as they were sealed"));
        }
    };
    let archive = crate::archives::open_read_only(ws)?;
    let layer = format!("record/release-record.{ending}");
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
    let state = ws.ledger()?.state(inputs.ledger_at)?;
    let release = existing(&state, version)?;
    let (position, as_of) = match (&release.sealed, release.gate(), inputs.as_of) {
        (Some(sealed), Some(gate), as_of) => (sealed.meta.seq, as_of.unwrap_or(gate.body.as_of)),
        (_, _, Some(as_of)) => (state.position, as_of),
        _ => (state.position, ws.clock.today(&ws.config.product.timezone)?),
    };
    Ok((judge_at(ws, version, Some(position), as_of)?, state))
}

/// The record of a release that is being sealed.
pub(super) fn render(gate: &Gate, form: RecordForm) -> Result<Vec<u8>> {
    crate::pages::release_record(gate, &gate.analysis.state, form)
}
