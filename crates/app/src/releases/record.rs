//! `release show`: the release record, rendered from manifest and entries at any time.

use super::existing;
use super::gate::{Gate, judge_at};
use crate::analysis::Inputs;
use crate::error::Result;
use crate::workspace::Workspace;
use records::State;

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
    let (gate, now) = as_it_stands(ws, inputs, version)?;
    crate::pages::release_record(&gate, &now, form)
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
