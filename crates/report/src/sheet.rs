//! A sheet: a cover and blocks, written in four forms.

use views::{Cover, Picture, RevisionRow};

use crate::block::{Block, Cell, Column, Inline, inline};
use crate::{docx, html, markdown, pdf};

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The Word file could not be put together.
    #[error("{document}: the Word file could not be written")]
    Docx {
        /// The document's id.
        document: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The PDF could not be set.
    #[error("{document}: the PDF could not be set")]
    Pdf {
        /// The document's id.
        document: String,
        /// Why.
        #[source]
        source: typeset::TypesetError,
    },
}

/// A report before it is Markdown, HTML or PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What stands on the first page.
    pub cover: Cover,
    /// Facts on the cover beyond those that every document has.
    pub facts: Vec<(String, Cell)>,
    /// The body.
    pub blocks: Vec<Block>,
    /// The pictures that the body embeds.
    pub pictures: Vec<Picture>,
}

impl Sheet {
    /// The sheet as CommonMark with tables.
    pub fn markdown(&self) -> String {
        markdown::write(self)
    }

    /// The sheet as one HTML file that needs nothing else.
    pub fn html(&self) -> String {
        html::write(self)
    }

    /// The sheet as one HTML file in which ids with an address are links.
    pub fn html_linked(&self, of_id: &dyn Fn(&views::Ref) -> Option<String>) -> String {
        html::write_linked(self, of_id)
    }

    /// The sheet as a Word file, for work. The same sheet gives the same bytes.
    pub fn docx(&self) -> Result<Vec<u8>, ReportError> {
        docx::write(self)
    }

    /// The sheet as PDF/A-2b. The same sheet gives the same bytes.
    pub fn pdf(&self) -> Result<Vec<u8>, ReportError> {
        pdf::write(self)
            .map(|document| document.pdf)
            .map_err(|source| ReportError::Pdf { document: self.cover.id.clone(), source })
    }
}

/// The facts of the cover, in the same order in every form.
pub(crate) fn cover_facts(sheet: &Sheet) -> Vec<(String, Cell)> {
    let cover = &sheet.cover;
    let mut facts: Vec<(String, Cell)> = Vec::new();
    let mut fact = |name: &str, value: Cell| facts.push((name.to_owned(), value));
    fact("Document", inline::cell(&cover.id));
    fact("Kind", inline::cell(&cover.kind));
    fact("Product", inline::cell(&cover.product));
    if let Some(version) = &cover.version {
        fact("Version", inline::cell(version));
    }
    if let Some(class) = cover.class {
        fact("Software safety class", inline::cell(class.as_str()));
    }
    fact("Revision", inline::cell(&cover.revision));
    for (name, value) in &cover.control {
        fact(name, inline::cell(value));
    }
    if !cover.owner.is_empty() {
        fact("Owner", inline::cell(&cover.owner));
    }
    if let Some(file) = &cover.file {
        fact("File", vec![inline::code(file)]);
    }
    if let Some(commit) = &cover.commit {
        fact("Commit", vec![inline::code(commit)]);
    }
    if let Some(ledger) = cover.ledger {
        fact("Ledger position", inline::cell(crate::thousands(ledger)));
    }
    fact("As of", inline::cell(cover.as_of.to_string()));
    facts.extend(sheet.facts.iter().cloned());
    facts.push(("Content digest".to_owned(), vec![Inline::Digest(cover.digest)]));
    facts
}

/// The revisions as a table.
pub(crate) fn history_table(history: &[RevisionRow]) -> (Vec<Column>, Vec<Vec<Cell>>) {
    let columns = vec![
        Column::new("Revision", 14),
        Column::new("Date", 14),
        Column::new("Author", 16),
        Column::new("Change", 36),
        Column::new("Approved by", 20),
    ];
    let row = |row: &RevisionRow| {
        let approved = if row.approved_by.is_empty() {
            inline::soft("not approved")
        } else {
            inline::text(&row.approved_by)
        };
        vec![
            vec![inline::text(&row.revision), Inline::Break, inline::soft(row.digest.short())],
            inline::cell(row.date.to_string()),
            inline::cell(&row.author),
            inline::cell(&row.change),
            vec![approved],
        ]
    };
    (columns, history.iter().map(row).collect())
}
