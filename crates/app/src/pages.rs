//! What pages and reports show: views filled from an analysis.

use crate::analysis::{Analysis, Inputs};
use crate::error::{Error, Result};
use crate::releases::{Gate, RecordForm};
use crate::traces::MatrixForm;
use crate::workspace::Workspace;
use std::path::Path;

/// Forms of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Markdown.
    Markdown,
    /// One HTML page.
    Html,
    /// PDF/A.
    Pdf,
}

/// The pages of a product.
#[derive(Debug)]
pub struct Site;

pub(crate) fn matrix(_: &Analysis, _: MatrixForm) -> Result<String> {
    Err(Error::refused("not there yet"))
}

pub(crate) fn release_record(_: &Workspace, _: &Gate, _: RecordForm) -> Result<Vec<u8>> {
    Err(Error::refused("not there yet"))
}

/// A document for readers.
///
/// # Errors
/// When there is no such document.
pub fn document_export(_: &Workspace, _: &Inputs, _: &str, _: Form, _: &Path) -> Result<()> {
    Err(Error::refused("not there yet"))
}
