//! Word: body, headers and footers, notes, comments, tracked changes, content controls, properties.

use super::package::Package;
use super::xml::{self, Attributes, Node};
use crate::format::Format;
use crate::text::{Block, Part, Text, Unread};
use std::collections::HashMap;

/// The text of a DOCX.
pub(crate) fn read(bytes: &[u8]) -> Result<Text, Unread> {
    let mut package = Package::open(bytes)?;
    let mut out = Text { format: Format::Docx, ..Text::default() };
    properties(&mut package, &mut out)?;
    let headings = match package.part("word/styles.xml")? {
        Some(styles) => heading_styles(&styles)?,
        None => HashMap::new(),
    };
    let body = package.required("word/document.xml")?;
    let mut story = Story::new(&headings, Part::Paragraph);
    xml::walk("word/document.xml", &body, |node| story.node(node))?;
    let (breaks, inserted, deleted) = (story.page, story.inserted, story.deleted_runs);
    out.blocks = story.blocks;
    if breaks > 1 {
        out.pages = breaks;
    } else {
        // Word wrote no page breaks: it has pages, and nobody here knows which.
        for block in &mut out.blocks {
            block.page = 0;
        }
    }
    if inserted > 0 || deleted > 0 {
        out.notes.push(format!("tracked changes are open: {inserted} insertions, {deleted} deletions"));
    }
    let names: Vec<String> = package.names().to_vec();
    for name in names {
        let part = match name.as_str() {
            n if n.starts_with("word/header") && n.ends_with(".xml") => Part::Header,
            n if n.starts_with("word/footer") && n.ends_with(".xml") => Part::Footer,
            "word/comments.xml" => Part::Comment,
            "word/footnotes.xml" | "word/endnotes.xml" => Part::Quote,
            _ => continue,
        };
        if let Some(text) = package.part(&name)? {
            let mut story = Story::new(&headings, part);
            xml::walk(&name, &text, |node| story.node(node))?;
            for mut block in story.blocks {
                block.page = 0;
                if !out.blocks.iter().any(|b| b.part == block.part && b.text == block.text) {
                    out.blocks.push(block);
                }
            }
        }
    }
    Ok(out)
}

fn properties(package: &mut Package<'_>, out: &mut Text) -> Result<(), Unread> {
    for name in ["docProps/core.xml", "docProps/custom.xml", "docProps/app.xml"] {
        if let Some(text) = package.part(name)? {
            out.properties.extend(xml::fields(name, &text));
        }
    }
    out.title = out.properties.iter().find(|(k, _)| k == "title").map(|(_, v)| v.clone());
    Ok(())
}

/// Style ids that are headings, with their level: by outline level, or by the name that every language keeps.
fn heading_styles(styles: &str) -> Result<HashMap<String, u8>, Unread> {
    let mut out = HashMap::new();
    let mut id = String::new();
    xml::walk("word/styles.xml", styles, |node| {
        if let Node::Open(name, attributes) = node {
            match name {
                "style" => id = attributes.get("styleId").unwrap_or_default(),
                "outlineLvl" => {
                    if let Some(level) =
                        attributes.get("val").and_then(|v| v.parse::<u8>().ok()).filter(|l| *l < 9)
                    {
                        out.insert(id.clone(), level + 1);
                    }
                }
                "name" => {
                    let name = attributes.get("val").unwrap_or_default().to_lowercase();
                    if let Some(level) = name.strip_prefix("heading ").and_then(|l| l.parse().ok()) {
                        out.entry(id.clone()).or_insert(level);
                    } else if name == "title" {
                        out.entry(id.clone()).or_insert(1);
                    }
                }
                _ => {}
            }
        }
    })?;
    Ok(out)
}

/// A heading by the id of its style, where the file brings no styles.
fn by_name(style: &str) -> Option<u8> {
    let lower = style.to_lowercase();
    if lower == "title" || lower == "titel" {
        return Some(1);
    }
    let number = lower
        .strip_prefix("heading")
        .or_else(|| lower.strip_prefix("berschrift"))
        .or_else(|| lower.strip_prefix("überschrift"))?;
    number.trim().parse().ok().filter(|l| (1..=9).contains(l))
}

/// One part of the document being read.
struct Story<'s> {
    headings: &'s HashMap<String, u8>,
    part: Part,
    blocks: Vec<Block>,
    text: String,
    deleted: String,
    heading: Option<u8>,
    item: bool,
    in_text: bool,
    in_deleted: bool,
    /// Depth of tables; the cells and the row belong to the outermost.
    tables: u32,
    row: Vec<String>,
    page: u32,
    placeholder: Vec<bool>,
    inserted: u32,
    deleted_runs: u32,
    /// Inside `mc:Fallback`, which says again what its choice says.
    fallback: u32,
}

impl Story<'_> {
    fn new(headings: &HashMap<String, u8>, part: Part) -> Story<'_> {
        Story {
            headings,
            part,
            blocks: Vec::new(),
            text: String::new(),
            deleted: String::new(),
            heading: None,
            item: false,
            in_text: false,
            in_deleted: false,
            tables: 0,
            row: Vec::new(),
            page: 1,
            placeholder: Vec::new(),
            inserted: 0,
            deleted_runs: 0,
            fallback: 0,
        }
    }

    fn node(&mut self, node: Node<'_>) {
        match node {
            Node::Open("Fallback", _) => self.fallback += 1,
            Node::Close("Fallback") => self.fallback = self.fallback.saturating_sub(1),
            _ if self.fallback > 0 => {}
            Node::Open(name, attributes) => self.open(name, attributes),
            Node::Close(name) => self.close(name),
            Node::Text(t) if self.in_deleted => self.deleted.push_str(t),
            Node::Text(t) if self.in_text => self.text.push_str(t),
            Node::Text(_) => {}
        }
    }

    fn open(&mut self, name: &str, attributes: &Attributes<'_>) {
        match name {
            "t" => self.in_text = true,
            "delText" => self.in_deleted = true,
            "ins" => self.inserted += 1,
            "del" => self.deleted_runs += 1,
            "pStyle" => {
                let style = attributes.get("val").unwrap_or_default();
                self.heading = self.headings.get(&style).copied().or_else(|| by_name(&style));
            }
            "numPr" => self.item = true,
            "tab" | "cr" => self.text.push(' '),
            "noBreakHyphen" => self.text.push('-'),
            "br" => {
                if attributes.get("type").as_deref() == Some("page") {
                    self.page += 1;
                } else if self.tables == 0 && self.heading.is_none() {
                    self.paragraph();
                } else {
                    self.text.push(' ');
                }
            }
            "lastRenderedPageBreak" => self.page += 1,
            "tbl" => self.tables += 1,
            "tr" if self.tables == 1 => self.row.clear(),
            "sdt" => self.placeholder.push(false),
            "showingPlcHdr" => {
                if let Some(shown) = self.placeholder.last_mut() {
                    *shown = true;
                }
            }
            "sdtContent" if self.placeholder.last() == Some(&true) => self.text.push('['),
            "checked" | "checkBox" | "sym" => {}
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "delText" => self.in_deleted = false,
            "sdtContent" if self.placeholder.last() == Some(&true) => {
                // The paragraph inside may have ended already: the bracket closes where it opened.
                match self.blocks.last_mut() {
                    Some(last) if self.text.is_empty() && last.text.starts_with('[') => last.text.push(']'),
                    _ => self.text.push(']'),
                }
            }
            "sdt" => {
                self.placeholder.pop();
            }
            "p" if self.tables > 0 => self.text.push('\n'),
            "p" => self.paragraph(),
            "tc" if self.tables == 1 => {
                let cell = std::mem::take(&mut self.text);
                self.row.push(cell);
            }
            "tr" if self.tables == 1 => {
                let cells: Vec<String> = self.row.drain(..).map(|c| crate::text::tidy(&c)).collect();
                if cells.iter().any(|c| !c.is_empty()) {
                    let part = if self.part == Part::Paragraph { Part::Row } else { self.part };
                    self.blocks.push(Block { part, text: cells.join(" | "), cells, page: self.page });
                }
            }
            "tbl" => self.tables = self.tables.saturating_sub(1),
            _ => {}
        }
    }

    fn paragraph(&mut self) {
        let part = match (self.part, self.heading.take(), self.item) {
            (Part::Paragraph, Some(level), _) => Part::Heading(level),
            (Part::Paragraph, None, true) => Part::Item,
            (part, _, _) => part,
        };
        self.item = false;
        for (part, text) in
            [(part, std::mem::take(&mut self.text)), (Part::Deleted, std::mem::take(&mut self.deleted))]
        {
            let text = crate::text::tidy(&text);
            if !text.is_empty() {
                self.blocks.push(Block { part, text, cells: Vec::new(), page: self.page });
            }
        }
    }
}
