//! Controlled documents, and documents made from items.

use views::{ControlledDocument, ItemDocument, ItemEntry};

use super::{facts, heading, links, or_dash};
use crate::block::{Block, Cell, Inline, inline};
use crate::parse::markdown_blocks;
use crate::sheet::Sheet;

/// A controlled document whose body is Markdown.
pub fn controlled_document(document: &ControlledDocument) -> Sheet {
    let mut blocks = Vec::new();
    if document.verdict.blocks() {
        blocks.push(Block::Verdict {
            verdict: document.verdict,
            headline: "This revision is not in force".to_owned(),
            reason: document.reason.clone(),
        });
    }
    let body = markdown_blocks(&document.markdown, 0);
    // The title stands on the cover: the same heading again at the top of the body would stand there twice.
    let repeats = matches!(body.first(), Some(Block::Heading { text, .. })
        if text.iter().map(crate::parse::plain).collect::<String>().trim() == document.cover.title.trim());
    if repeats {
        // What the title had below it moves up to the top.
        blocks.extend(markdown_blocks(&document.markdown, -1).into_iter().skip(1));
    } else {
        blocks.extend(body);
    }
    Sheet { cover: document.cover.clone(), facts: vec![], blocks, pictures: document.pictures.clone() }
}

/// A document made from items: requirements specification, architecture, detailed design, test protocol.
pub fn item_document(document: &ItemDocument) -> Sheet {
    let mut blocks = markdown_blocks(&document.intro, 1);
    for section in &document.sections {
        blocks.push(heading(1, &section.title));
        blocks.extend(markdown_blocks(&section.text, 1));
        for item in &section.items {
            item_blocks(&mut blocks, item);
        }
    }
    let count: usize = document.sections.iter().map(|section| section.items.len()).sum();
    Sheet {
        cover: document.cover.clone(),
        facts: vec![("Items".to_owned(), inline::cell(count.to_string()))],
        blocks,
        pictures: document.pictures.clone(),
    }
}

fn item_blocks(blocks: &mut Vec<Block>, item: &ItemEntry) {
    blocks.push(Block::Heading {
        level: 2,
        number: item.id.id.clone(),
        text: inline::cell(&item.title),
        status: None,
    });
    blocks.extend(markdown_blocks(&item.text, 3));
    let mut rows: Vec<(&str, Cell)> = vec![("kind", inline::cell(&item.kind))];
    if let Some(class) = item.class {
        rows.push(("class", inline::cell(class.as_str())));
    }
    rows.extend(item.fields.iter().map(|(name, value)| (name.as_str(), or_dash(value))));
    let mut types: Vec<&str> = Vec::new();
    for link in &item.links {
        if !types.contains(&link.link.as_str()) {
            types.push(&link.link);
        }
    }
    for name in types {
        rows.push((name, links(item.links.iter().filter(|link| link.link == name))));
    }
    if !item.verified_by.is_empty() {
        rows.push(("verified by", links(&item.verified_by)));
    }
    rows.push(("digest", vec![Inline::Digest(item.digest)]));
    blocks.push(facts(rows));
}
