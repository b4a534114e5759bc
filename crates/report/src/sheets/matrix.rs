//! The traceability matrix as a document.

use views::{Cover, Matrix, MatrixRow};

use super::{links, results, status};
use crate::block::{Block, Column, Inline, inline};
use crate::sheet::Sheet;

/// The matrix as a document: each requirement and risk control, what it comes from, where it lives, what verifies it.
pub fn matrix_document(matrix: &Matrix, cover: Cover) -> Sheet {
    let columns = vec![
        Column::new("Requirement", 26),
        Column::new("From", 16),
        Column::new("Implemented", 16),
        Column::new("Verified by", 24),
        Column::new("Verdict", 18),
    ];
    let row = |row: &MatrixRow| {
        let mut id = vec![Inline::Ref(row.id.clone())];
        id.extend([Inline::Break, inline::soft(&row.title)]);
        vec![
            id,
            links(&row.sources),
            links(row.allocated.iter().chain(&row.implemented)),
            results(&row.tests),
            status(row.verdict, &row.gap),
        ]
    };
    let blocks = vec![Block::Table {
        columns,
        rows: matrix.rows.iter().map(row).collect(),
        empty: "There is no requirement.".to_owned(),
    }];
    let rows = ("Requirements and risk controls".to_owned(), inline::cell(matrix.rows.len().to_string()));
    Sheet { cover, facts: vec![rows], blocks, pictures: vec![] }
}
