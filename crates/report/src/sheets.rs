//! Each view as a sheet: what stands in which report, in which order.

mod agile;
mod baseline;
mod documents;
mod matrix;
mod package;
mod release;
mod risk;
mod soup;
mod tests;

pub use agile::agile_mapping;
pub use baseline::{change_list, configuration_baseline, residual_anomalies, version_history};
pub use documents::{controlled_document, item_document};
pub use matrix::matrix_document;
pub use package::package_index;
pub use release::release_record;
pub use risk::risk_file;
pub use soup::soup_list;
pub use tests::test_report;

use views::{LinkCell, Outcome, ResultCell, Verdict};

use crate::block::{Block, Cell, Inline, inline};

/// A heading without number or status.
fn heading(level: u8, text: &str) -> Block {
    Block::Heading { level, number: String::new(), text: inline::cell(text), status: None }
}

/// A paragraph of a sentence or two, or nothing.
fn paragraph(text: &str) -> Option<Block> {
    (!text.is_empty()).then(|| Block::Paragraph { text: inline::words(text) })
}

/// A named list of facts.
fn facts(rows: Vec<(&str, Cell)>) -> Block {
    Block::Facts { rows: rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
}

/// Text, or a dash where there is none.
fn or_dash(text: &str) -> Cell {
    vec![if text.is_empty() { inline::soft("–") } else { inline::text(text) }]
}

/// Links below each other, with the state of those that prove nothing.
fn links<'a>(links: impl IntoIterator<Item = &'a LinkCell>) -> Cell {
    lines(links.into_iter().map(link))
}

fn link(link: &LinkCell) -> Cell {
    let mut cell = vec![Inline::Ref(link.target.clone())];
    if !link.title.is_empty() {
        cell.extend([inline::text(" "), inline::soft(&link.title)]);
    }
    if !link.state.is_sound() {
        cell.extend([inline::text(" "), inline::strong(link.state.as_str())]);
    }
    cell
}

/// Test cases below each other, with their outcome.
fn results<'a>(results: impl IntoIterator<Item = &'a ResultCell>) -> Cell {
    lines(results.into_iter().map(|result| {
        let mut cell = vec![Inline::Ref(result.case.target.clone()), inline::text(" ")];
        cell.push(outcome(result.outcome));
        if !result.case.state.is_sound() {
            cell.extend([inline::text(" "), inline::strong(result.case.state.as_str())]);
        }
        cell
    }))
}

fn outcome(outcome: Outcome) -> Inline {
    match outcome {
        Outcome::Pass => inline::soft("pass"),
        other => inline::strong(other.as_str()),
    }
}

/// Cells below each other; a dash when there are none.
fn lines(cells: impl Iterator<Item = Cell>) -> Cell {
    let mut all = Cell::new();
    for cell in cells {
        if !all.is_empty() {
            all.push(Inline::Break);
        }
        all.extend(cell);
    }
    if all.is_empty() { or_dash("") } else { all }
}

/// A status with its remark.
fn status(verdict: Verdict, remark: &str) -> Cell {
    inline::status(verdict, remark)
}
