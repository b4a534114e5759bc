//! The cybersecurity file: threat models in, security tests and what people say of their results, what it holds, and the texts
//! that are made of it.

mod images;
mod import;
mod signing;
mod tests;
mod texts;

pub use images::{ImageChecked, image_verify};
pub use import::{ImportedModel, threat_import};
pub use signing::{SignedImage, image_sign};
pub use tests::{ResultJudgement, SecurityTestOptions, SecurityTested, security_judge, security_test};
pub use texts::{SecurityText, security_text};

use crate::analysis::{Analysis, Inputs};
use crate::checks;
use crate::error::Result;
use crate::workspace::Workspace;
use views::SecurityFile;

/// What the cybersecurity file holds at one point.
///
/// # Errors
/// When documents, repository or ledger cannot be read.
pub fn security_file(ws: &Workspace, inputs: &Inputs) -> Result<SecurityFile> {
    let analysis = Analysis::load(ws, inputs)?;
    let judgement = checks::judge(&analysis, None)?;
    Ok(crate::pages::security_file(&analysis, &judgement))
}
