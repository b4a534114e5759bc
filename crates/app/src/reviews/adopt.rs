//! A document that somebody confirmed becomes evidence of the product: an external controlled document, by digest.

use crate::document_life::{ExternalProcedure, document_external};
use crate::error::{Error, Result};
use crate::workspace::{Appended, Workspace};
use review::{DecisionKind, Review, ReviewedFile};
use std::path::Path;
use vocabulary::Digest;

/// How a reviewed document is adopted.
#[derive(Clone, Debug)]
pub struct Adoption {
    /// The file as the review names it.
    pub file: String,
    /// The id by which it is known here: `DOC-SOP-12`.
    pub document: String,
    /// Its revision there.
    pub revision: String,
    /// Where it is kept.
    pub location: String,
    /// Why a further revision is entered.
    pub reason: String,
}

/// Enters a reviewed document as an external controlled document. The file on disk has to be the one that was reviewed, and at
/// least one verdict that rests on it has to be confirmed.
///
/// # Errors
/// When the review does not know the file, its bytes changed since, nobody confirmed a verdict on it, or it is a blank form.
pub fn review_adopt(
    ws: &Workspace,
    by: &str,
    review: &Review,
    adoption: &Adoption,
    path: &Path,
) -> Result<Appended> {
    let file = known(review, &adoption.file)?;
    if file.template {
        return Err(Error::refused(format!("`{}` is a blank form", file.file))
            .hint("fill it in, and review it again"));
    }
    let bytes = std::fs::read(path)
        .map_err(|e| Error::environment(format!("{} cannot be read", path.display())).because(e))?;
    let digest = Digest::of(&bytes).to_string();
    if digest != file.digest {
        return Err(Error::refused(format!(
            "{} is not the file that was reviewed: its digest differs",
            path.display()
        ))
        .hint("review the folder again, look at the changed passages, then adopt"));
    }
    if !confirmed(review, &file.file) {
        return Err(Error::refused(format!("no verdict that rests on `{}` is confirmed", file.file)).hint(
            "confirm one: `dossier review DIR --decisions-form FILE`, fill in, then `--decisions FILE`",
        ));
    }
    let procedure = ExternalProcedure {
        document: adoption.document.clone(),
        title: if file.title.is_empty() { file.file.clone() } else { file.title.clone() },
        revision: adoption.revision.clone(),
        location: adoption.location.clone(),
        reason: adoption.reason.clone(),
    };
    document_external(ws, by, &procedure, path)
}

fn known<'r>(review: &'r Review, file: &str) -> Result<&'r ReviewedFile> {
    review.files.iter().find(|f| f.file == file).ok_or_else(|| {
        Error::refused(format!("the review of {} knows no file `{file}`", review.source))
            .hint("name it as the list of files in the review does")
    })
}

/// Whether a standing confirmation rests on a passage of this file.
fn confirmed(review: &Review, file: &str) -> bool {
    review.clauses.iter().flat_map(|c| &c.constraints).any(|c| {
        let stands =
            c.decision.as_ref().is_some_and(|d| d.decision == DecisionKind::Confirmed) && !c.ask_again;
        stands && c.quotes.iter().any(|q| q.file == file)
    })
}
