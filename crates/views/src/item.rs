//! Items of the controlled documents: the list, and one item with its trace.

use serde::Serialize;
use vocabulary::{Digest, SafetyClass};

use crate::{FindingRow, LinkCell, Ref, Verdict};

/// An item in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemRow {
    /// The id.
    pub id: Ref,
    /// The kind in words, `software requirement`.
    pub kind: String,
    /// The title.
    pub title: String,
    /// The file.
    pub file: String,
    /// The line of the heading, from 1.
    pub line: u32,
    /// How many links go out.
    pub links_out: usize,
    /// How many links come in.
    pub links_in: usize,
    /// The worst that is known about it.
    pub verdict: Verdict,
}

/// All items, in the order of the documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemList {
    /// The rows.
    pub rows: Vec<ItemRow>,
}

/// A box of the trace picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TraceNode {
    /// What it stands for.
    pub id: Ref,
    /// The title, shortened by the renderer.
    pub title: String,
    /// The column, from the cause on the left to the result on the right.
    pub column: usize,
    /// Its status.
    pub verdict: Verdict,
    /// A word beside the id, `suspect`, `9 of 9 pass`.
    pub note: String,
}

/// An arrow of the trace picture, by index of node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TraceEdge {
    /// From this node,
    pub from: usize,
    /// to this one.
    pub to: usize,
    /// Whether the link proves something.
    pub sound: bool,
    /// The link in words, `verifies, suspect`.
    pub label: String,
}

/// The trace around one item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TraceChain {
    /// The boxes.
    pub nodes: Vec<TraceNode>,
    /// The arrows.
    pub edges: Vec<TraceEdge>,
    /// The box the page is about.
    pub focus: Option<usize>,
    /// How many boxes were left out because there are too many to draw.
    pub left_out: usize,
}

/// A change of an item's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemHistoryRow {
    /// When, as a reader reads it.
    pub when: String,
    /// Who.
    pub who: String,
    /// What changed.
    pub what: String,
    /// Why, usually a change request.
    pub why: String,
    /// The change request or record.
    pub reference: Option<Ref>,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemPage {
    /// The id.
    pub id: Ref,
    /// The kind in words.
    pub kind: String,
    /// The title.
    pub title: String,
    /// The text, Markdown.
    pub text: String,
    /// The file.
    pub file: String,
    /// The line of the heading, from 1.
    pub line: u32,
    /// The content digest.
    pub digest: Digest,
    /// The class, where the item has one.
    pub class: Option<SafetyClass>,
    /// Fields that are not links, in the order of the file.
    pub fields: Vec<(String, String)>,
    /// Links out of the item, by link type.
    pub links_out: Vec<LinkCell>,
    /// Links into the item.
    pub links_in: Vec<LinkCell>,
    /// The picture.
    pub chain: TraceChain,
    /// Findings about it.
    pub findings: Vec<FindingRow>,
    /// What is known of its changes, newest first.
    pub history: Vec<ItemHistoryRow>,
}
