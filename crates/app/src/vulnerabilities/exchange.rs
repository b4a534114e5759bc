//! VEX out and in: what the product's people said, for others; what others said, as evidence.

use crate::error::{Doing as _, Error, Result};
use crate::workspace::{Appended, Workspace};
use records::{Recorded, State, VexImport, VexStatus, VulnerabilityAssess};
use soup::vex::{Document, Format, Statement, Status};
use std::path::Path;
use vocabulary::Digest;

/// The forms of a VEX document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VexForm {
    /// OpenVEX 0.2.0.
    OpenVex,
    /// CSAF 2.0, profile VEX.
    Csaf,
    /// CycloneDX 1.6.
    CycloneDx,
}

/// Every assessment of a release, or of the development state, with its history, as a VEX document.
///
/// # Errors
/// When nobody has judged anything: an empty document would read as "nothing to say".
pub fn vuln_export(
    ws: &Workspace,
    release: Option<&str>,
    ledger_at: Option<u64>,
    form: VexForm,
) -> Result<String> {
    let state = ws.ledger()?.state(ledger_at)?;
    let of_release =
        |a: &&Recorded<VulnerabilityAssess>| release.is_none_or(|r| a.body.release.as_deref() == Some(r));
    let said: Vec<&Recorded<VulnerabilityAssess>> =
        state.security.assessments.iter().filter(of_release).collect();
    let Some(last) = said.last() else {
        return Err(Error::refused(
            "nobody has judged a vulnerability, and an empty document is not \"not affected\"",
        )
        .hint("judge what `dossier vuln scan` found: dossier vuln assess ID …"));
    };
    crate::trail::note_export(ws, &format!("VEX {}", release.unwrap_or("development")))?;
    let document = Document {
        id: format!(
            "https://{}/vex/{}",
            state.origin.trim_end_matches('/'),
            release.unwrap_or("development")
        ),
        // Who supplies the product, as its SBOMs name them.
        author: ws.config.soup.supplier.clone().unwrap_or_else(|| state.product.clone()),
        product: state.product.clone(),
        version: release.unwrap_or("development").to_owned(),
        at: last.meta.at.to_string(),
        statements: said.iter().map(|a| statement(a)).collect(),
    };
    let format = match form {
        VexForm::OpenVex => Format::OpenVex,
        VexForm::Csaf => Format::Csaf,
        VexForm::CycloneDx => Format::CycloneDx,
    };
    String::from_utf8(soup::vex::write(&document, format)).doing("write the VEX document")
}

fn statement(a: &Recorded<VulnerabilityAssess>) -> Statement {
    let b = &a.body;
    let version = if b.version.is_empty() { String::new() } else { format!("@{}", b.version) };
    let mut aliases = b.aliases.clone();
    aliases.sort();
    Statement {
        vulnerability: b.vulnerability.clone(),
        aliases,
        component: soup::normalized(&format!("{}{version}", b.component)),
        status: match b.status {
            VexStatus::NotAffected => Status::NotAffected,
            VexStatus::Affected => Status::Affected,
            VexStatus::Fixed => Status::Fixed,
            VexStatus::UnderInvestigation => Status::UnderInvestigation,
        },
        justification: b.justification.map(|j| j.as_str().to_owned()),
        impact: b.impact.clone(),
        action: b.action.clone(),
        at: a.meta.at.to_string(),
    }
}

/// Brings in a supplier's VEX document: kept as evidence and shown beside matches, never a verdict of its own. The same bytes
/// are brought in once: again, they are where they were.
pub(super) fn take_vex(ws: &Workspace, by: &str, path: &Path, bytes: &[u8]) -> Result<(VexImport, Appended)> {
    let shown = path.display();
    let (document, format) =
        soup::vex::read(bytes).map_err(|e| Error::refused(format!("{shown} is not taken in: {e}")))?;
    let body = VexImport {
        format: format.as_str().to_owned(),
        digest: Digest::of(bytes),
        author: document.author.clone(),
        document: if document.id.is_empty() { shown.to_string() } else { document.id.clone() },
        statements: document.statements.len() as u64,
        source: shown.to_string(),
    };
    let ledger = ws.ledger()?;
    let state: State = ledger.state(None)?;
    if let Some(known) = state.security.statements.iter().find(|s| s.body.digest == body.digest) {
        let there = Appended::Entries { first: known.meta.seq, position: state.position };
        return Ok((known.body.clone(), there));
    }
    ws.blobs().put(bytes)?;
    let draft = ws.at(&state).process(by, &body)?;
    Ok((body, ws.append(&ledger, &state, &[draft])?))
}

/// What imported documents say of each match: of its component at this version, or at any.
pub(super) fn statements_about(
    ws: &Workspace,
    state: &State,
    scan: &soup::advisories::Scan,
) -> Vec<Vec<super::scan::Said>> {
    let mut out = vec![Vec::new(); scan.matches.len()];
    for record in &state.security.statements {
        // A document that is not here any more is named by `ledger verify`; a scan does not end with it.
        let Ok(bytes) = ws.blobs().get(record.body.digest) else { continue };
        let Ok((document, _)) = soup::vex::read(&bytes) else { continue };
        for statement in &document.statements {
            for (m, said) in scan.matches.iter().zip(&mut out) {
                if is_about(statement, m) {
                    said.push(super::scan::Said {
                        author: document.author.clone(),
                        status: statement.status.as_str().to_owned(),
                        justification: statement.justification.clone(),
                        impact: statement.impact.clone(),
                        action: statement.action.clone(),
                        at: statement.at.clone(),
                        entry: record.meta.seq,
                    });
                }
            }
        }
    }
    out
}

fn is_about(statement: &Statement, m: &soup::advisories::Match) -> bool {
    let named = |id: &str| {
        id.eq_ignore_ascii_case(&statement.vulnerability)
            || statement.aliases.iter().any(|a| a.eq_ignore_ascii_case(id))
    };
    if !m.ids().any(named) {
        return false;
    }
    match (soup::Purl::parse(&statement.component), soup::Purl::parse(&m.component)) {
        (Some(theirs), Some(ours)) => {
            theirs.package == ours.package && theirs.version.is_none_or(|v| v == m.version)
        }
        _ => statement.component.is_empty() || statement.component == m.component,
    }
}
