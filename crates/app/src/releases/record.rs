//! `release show`: the release record, rendered from manifest and entries at any time.

use super::existing;
use super::gate::{Gate, judge_at};
use crate::analysis::Inputs;
use crate::error::Result;
use crate::workspace::Workspace;

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
    let release = existing(&state, version)?;
    let as_of = match (inputs.as_of, release.gate()) {
        (Some(date), _) => date,
        // A sealed release is judged as of the verdict that was signed, so that its record says the same for ever.
        (None, Some(gate)) if release.sealed.is_some() => gate.body.as_of,
        _ => ws.clock.today(&ws.config.product.timezone)?,
    };
    render(ws, &judge_at(ws, version, inputs.ledger_at, as_of)?, form)
}

/// The record of a judged release.
pub(super) fn render(ws: &Workspace, gate: &Gate, form: RecordForm) -> Result<Vec<u8>> {
    crate::pages::release_record(ws, gate, form)
}
