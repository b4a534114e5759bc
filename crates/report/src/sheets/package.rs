//! The index of a package.

use views::{PackageDocument, PackageIndex, PackageSlot, Ref};

use super::{facts, heading, lines, or_dash, paragraph, status};
use crate::block::{Block, Cell, Column, Inline, inline};
use crate::sheet::Sheet;

/// The index of a package: a table over all slots, then each slot with its documents.
pub fn package_index(index: &PackageIndex) -> Sheet {
    let mut blocks = vec![Block::Verdict {
        verdict: index.verdict,
        headline: index.headline.clone(),
        reason: index.about.clone(),
    }];
    let (record, manifest) = &index.record;
    blocks.push(facts(vec![
        ("release record", vec![inline::text(format!("{record}, ")), file(&index.record_file)]),
        ("evidence manifest", inline::digest(*manifest)),
    ]));
    blocks.push(heading(1, "Slots"));
    blocks.push(table(&index.slots));
    for slot in &index.slots {
        blocks.push(Block::Heading {
            level: 1,
            number: String::new(),
            text: inline::cell(&slot.title),
            status: Some(slot.verdict),
        });
        blocks.extend(paragraph(&slot.reason));
        blocks.extend(slot.documents.iter().map(|d| document(d, slot, index)));
    }
    Sheet { cover: index.cover.clone(), facts: vec![], blocks, pictures: vec![] }
}

fn file(path: &str) -> Inline {
    Inline::Ref(Ref::plain(path))
}

fn clauses(slot: &PackageSlot) -> Cell {
    lines(slot.clauses.iter().map(|c| vec![Inline::Ref(c.clone())]))
}

fn table(slots: &[PackageSlot]) -> Block {
    let columns = vec![
        Column::new("Slot", 30),
        Column::new("Clause", 18),
        Column::new("Documents", 28),
        Column::new("Verdict", 24),
    ];
    let row = |slot: &PackageSlot| {
        let documents = lines(slot.documents.iter().map(|d| vec![Inline::Ref(d.id.clone())]));
        vec![inline::cell(&slot.title), clauses(slot), documents, status(slot.verdict, &slot.reason)]
    };
    Block::Table {
        columns,
        rows: slots.iter().map(row).collect(),
        empty: "This package has no slots.".to_owned(),
    }
}

fn document(d: &PackageDocument, slot: &PackageSlot, index: &PackageIndex) -> Block {
    let section = format!("{}#s-{}", index.record_file, d.section);
    let in_record = if d.section.is_empty() {
        or_dash("")
    } else {
        vec![inline::text(format!("section {} of {}, ", d.section, index.record.0)), file(&section)]
    };
    let mut rows = vec![
        ("document", vec![Inline::Ref(d.id.clone()), inline::text(" "), inline::text(&d.title)]),
        ("clause", clauses(slot)),
        ("revision", or_dash(&d.revision)),
        ("approved by", or_dash(&d.approved_by)),
        ("content digest", vec![Inline::Digest(d.digest)]),
        ("file", vec![file(&d.file)]),
        ("file digest", vec![Inline::Digest(d.file_digest)]),
        ("release record", in_record),
    ];
    if !d.work_file.is_empty() {
        rows.push(("for work", vec![file(&d.work_file)]));
    }
    if !d.gap.is_empty() {
        rows.push(("finding", vec![inline::strong(&d.gap)]));
    }
    facts(rows)
}
