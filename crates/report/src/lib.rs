//! Reports: the release record and the documents beside it, controlled documents, documents made from items, the risk file,
//! the SOUP list, the test report, the matrix, and the index of a package.
//!
//! A view becomes a [`Sheet`], a sequence of [`Block`]s that means the same everywhere; a sheet is written as
//! Markdown, as one self-contained HTML file, as PDF/A, or as a Word file for work. So the forms cannot say different things, and no text
//! of a product is ever markup: Markdown of the product is parsed into blocks too, and raw HTML in it is shown as text.
//!
//! It decides nothing: verdicts and reasons come with the view.

mod block;
mod docx;
mod html;
mod markdown;
mod matrix;
mod parse;
mod pdf;
#[cfg(test)]
mod sample_sheets;
mod sheet;
mod sheets;
mod when;

pub use block::{Align, Block, Cell, Column, Inline, inline};
pub use html::{Addresses, blocks_html, escape, picture_type};
pub use matrix::{MATRIX_SCRIPT, matrix_csv, matrix_html};
pub use parse::markdown_blocks;
pub use sheet::{ReportError, Sheet};
pub use sheets::{
    agile_mapping, change_list, configuration_baseline, controlled_document, item_document, matrix_document,
    package_index, release_record, residual_anomalies, risk_file, soup_list, test_report, version_history,
};
pub use typeset::{INTER_REGULAR, INTER_SEMIBOLD};
pub use when::{day_and_time, thousands};
