//! Registers of records: change requests, complaints, and what became known of a release after its seal. One form for all of
//! them: a list whose rows have names as links, and a page of one record with its fields, tables and history.

use serde::Serialize;

use crate::{ItemHistoryRow, Ref, Verdict};

/// What stands in one cell: names, each a link where it has a page, or text.
pub type Cell = Vec<Ref>;

/// A row of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisterRow {
    /// The record.
    pub id: Ref,
    /// One line.
    pub title: String,
    /// What stands in the columns between the record and its verdict.
    pub cells: Vec<Cell>,
    /// Its verdict.
    pub verdict: Verdict,
    /// What is missing; empty when nothing is.
    pub gap: String,
}

/// A register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Register {
    /// What it is called, `Changes`.
    pub name: String,
    /// What it holds, in a sentence.
    pub about: String,
    /// The columns between the record and its verdict.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<RegisterRow>,
}

/// A table on the page of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisterTable {
    /// Its heading.
    pub heading: String,
    /// What is said where it has no row.
    pub empty: String,
    /// The columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisterPage {
    /// What it is, `change request`.
    pub kind: String,
    /// The record.
    pub id: Ref,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub state: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// What is missing; empty when nothing is.
    pub gap: String,
    /// Its text, Markdown.
    pub text: String,
    /// Fields as recorded.
    pub fields: Vec<(String, Cell)>,
    /// Tables.
    pub tables: Vec<RegisterTable>,
    /// Its entries, newest first.
    pub history: Vec<ItemHistoryRow>,
}
