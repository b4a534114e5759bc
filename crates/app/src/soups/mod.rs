//! SOUP: the register, what is due for review, imported SBOMs, the software bill of materials, licences and drift.

mod bill;
mod drift;
mod drift_serve;
mod import;
mod integrity;
mod licences;
mod probe;
mod register;
mod review;

pub use bill::{SbomFields, soup_fields, soup_sbom};
pub(crate) use bill::{archived, sbom};
pub use drift::{DriftInput, Drifted, soup_drift};
pub use drift_serve::{DriftDue, drift_due};
pub use import::{SbomImported, soup_import, soup_retire};
pub(crate) use integrity::{intact, locks};
pub use licences::{LicenceRow, Licences, soup_licences, soup_notices};
pub(crate) use licences::{Packages, notices};
pub(crate) use register::difference;
pub use register::{SoupRegister, SoupRow, SoupSource, soup_list};
pub(crate) use review::due;
pub use review::{CriteriaText, LastReview, ReviewDraft, SoupDue, soup_criteria, soup_due, soup_review};

use crate::act::Actor;
use crate::analysis::{Analysis, Inputs};
use crate::error::{Error, Result};
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use model::Kind;
use records::SoupNone;
use vocabulary::Digest;

/// States that the software of a commit holds no third-party component. The statement holds for its software digest and for
/// no other.
///
/// # Errors
/// When lock files or SOUP items of that commit name one, or the person cannot sign.
pub fn soup_none(ws: &Workspace, actor: &Actor, at: Option<&str>, reason: &str) -> Result<Appended> {
    said("a reason", reason)?;
    if at.is_none() {
        crate::repository::clean(&crate::repository::open(ws)?)?;
    }
    let inputs = Inputs { at: Some(at.unwrap_or("HEAD").to_owned()), ..Inputs::default() };
    let analysis = Analysis::load(ws, &inputs)?;
    if let Some(c) = analysis.components.components().iter().find(|c| c.kind.is_shipped()) {
        return Err(Error::refused(format!(
            "`{}` names the third-party component {} {}",
            c.source.file, c.name, c.version
        ))
        .hint("it is SOUP: register it, or take it out of the product"));
    }
    if let Some(item) = analysis.model.of_kind(Kind::Soup).iter().find_map(|ix| analysis.model.get(*ix)) {
        return Err(Error::refused(format!("`{}` is registered as SOUP", item.id)));
    }
    if let Some(finding) = analysis.evidence_findings.first() {
        return Err(Error::refused(format!("what is there is not known: {}", finding.message)));
    }
    let body = SoupNone { software: Digest(analysis.software()?.digest), reason: reason.to_owned() };
    let meaning = "this software holds no third-party component";
    ws.act_on(&ws.ledger()?, &analysis.state, actor, meaning, &body)
}
