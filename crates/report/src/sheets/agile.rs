//! The mapping of clause 5 to an agile team's work.

use views::{AgileRow, Cover, Verdict};

use super::{heading, lines, or_dash, paragraph};
use crate::block::{Block, Column, Inline, inline};
use crate::sheet::Sheet;

/// The layers of the work, the smallest first.
const LAYERS: [&str; 3] = ["story", "increment", "release"];

/// The mapping as a document: each deliverable with its place and layer, then the definitions of done.
pub fn agile_mapping(rows: &[AgileRow], cover: Cover) -> Sheet {
    let mut blocks: Vec<Block> = paragraph(
        "Made from the documents, the pipeline and the ledger. Each deliverable of clause 5 that is due, where it lives, and the layer of the work at \
         which it is complete.",
    )
    .into_iter()
    .collect();
    blocks.push(heading(1, "Deliverables"));
    let columns = vec![
        Column::new("Clause", 12),
        Column::new("Deliverable", 30),
        Column::new("Where it lives", 42),
        Column::new("Complete at", 16),
    ];
    let row = |r: &AgileRow| {
        let lives = if r.lives.is_empty() {
            vec![Inline::Status(Verdict::Finding), inline::text(" nowhere")]
        } else {
            lines(r.lives.iter().map(inline::cell))
        };
        vec![inline::id(&r.clause), inline::cell(&r.deliverable), lives, inline::cell(&r.layer)]
    };
    let empty = "No deliverable of clause 5 is due.".to_owned();
    blocks.push(Block::Table { columns, rows: rows.iter().map(row).collect(), empty });
    blocks.push(heading(1, "Definitions of done"));
    let done = |layer: &&str| {
        let of_layer = rows.iter().find(|r| r.layer == **layer).map_or("", |r| r.done.as_str());
        ((*layer).to_owned(), or_dash(of_layer))
    };
    blocks.push(Block::Facts { rows: LAYERS.iter().map(done).collect() });
    Sheet { cover, facts: Vec::new(), blocks, pictures: Vec::new() }
}
