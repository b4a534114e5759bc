//! OpenDocument text and slides.

use super::package::Package;
use super::xml::{self, Attributes, Node};
use crate::format::Format;
use crate::text::{Part, Reason, Text, Unread};

/// The text of an ODT or ODP.
pub(crate) fn read(bytes: &[u8]) -> Result<Text, Unread> {
    let mut package = Package::open(bytes)?;
    if package.part("META-INF/manifest.xml")?.is_some_and(|m| m.contains("encryption-data")) {
        return Err(Unread::new(Reason::Encrypted, ""));
    }
    let mut out = Text { format: Format::Odt, ..Text::default() };
    if let Some(meta) = package.part("meta.xml")? {
        out.properties = xml::fields("meta.xml", &meta);
        out.title = out.properties.iter().find(|(k, _)| k == "title").map(|(_, v)| v.clone());
    }
    let content = package.required("content.xml")?;
    let mut story = Story { out, page: 1, paged: false, ..Story::default() };
    xml::walk("content.xml", &content, |node| story.node(node))?;
    if let Some(styles) = package.part("styles.xml")? {
        story.running = true;
        xml::walk("styles.xml", &styles, |node| story.node(node))?;
    }
    let (deleted, paged, page) = (story.deletions, story.paged, story.page);
    let mut out = story.out;
    if deleted > 0 {
        out.notes.push(format!("tracked changes are open: {deleted} deletions"));
    }
    if paged {
        out.pages = page;
    } else {
        for block in &mut out.blocks {
            block.page = 0;
        }
    }
    Ok(out)
}

#[derive(Default)]
struct Story {
    out: Text,
    /// Paragraphs that are open, the innermost last: an annotation stands inside one.
    open: Vec<(Part, String)>,
    row: Option<Vec<String>>,
    cell: String,
    repeat: usize,
    lists: u32,
    tables: u32,
    /// Inside an annotation.
    comment: u32,
    /// Inside the list of tracked changes.
    changes: u32,
    deletions: u32,
    /// Reading the styles: only headers and footers are text.
    running: bool,
    region: Option<Part>,
    title: bool,
    page: u32,
    paged: bool,
}

impl Story {
    fn node(&mut self, node: Node<'_>) {
        match node {
            Node::Open(name, attributes) => self.open(name, attributes),
            Node::Close(name) => self.close(name),
            Node::Text(t) => {
                if let Some((_, text)) = self.open.last_mut() {
                    text.push_str(t);
                }
            }
        }
    }

    fn open(&mut self, name: &str, attributes: &Attributes<'_>) {
        match name {
            "header" | "header-first" | "header-left" if self.running => self.region = Some(Part::Header),
            "footer" | "footer-first" | "footer-left" if self.running => self.region = Some(Part::Footer),
            "annotation" => self.comment += 1,
            "tracked-changes" => self.changes += 1,
            "deletion" => self.deletions += 1,
            "page" => {
                // A slide.
                self.paged = true;
                if !self.out.blocks.is_empty() {
                    self.page += 1;
                }
            }
            "frame" => self.title = attributes.get("class").as_deref() == Some("title"),
            "soft-page-break" => {
                self.paged = true;
                self.page += 1;
            }
            "h" => {
                let level = attributes.get("outline-level").and_then(|l| l.parse().ok()).unwrap_or(1);
                self.open.push((Part::Heading(level), String::new()));
            }
            "p" => {
                let part = if self.title {
                    Part::Heading(1)
                } else if self.lists > 0 {
                    Part::Item
                } else {
                    Part::Paragraph
                };
                self.open.push((part, String::new()));
            }
            "list" => self.lists += 1,
            "table" => self.tables += 1,
            "table-row" if self.tables == 1 => self.row = Some(Vec::new()),
            "table-cell" | "covered-table-cell" if self.tables == 1 => {
                self.cell.clear();
                self.repeat = attributes
                    .get("number-columns-repeated")
                    .and_then(|n| n.parse().ok())
                    .unwrap_or(1)
                    .min(64);
            }
            "s" | "tab" | "line-break" => {
                if let Some((_, text)) = self.open.last_mut() {
                    text.push(' ');
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "header" | "footer" | "header-first" | "footer-first" | "header-left" | "footer-left" => {
                self.region = None
            }
            "annotation" => self.comment = self.comment.saturating_sub(1),
            "tracked-changes" => self.changes = self.changes.saturating_sub(1),
            "frame" => self.title = false,
            "h" | "p" => {
                if let Some((part, text)) = self.open.pop() {
                    self.paragraph(part, text);
                }
            }
            "list" => self.lists = self.lists.saturating_sub(1),
            "table" => self.tables = self.tables.saturating_sub(1),
            "table-cell" | "covered-table-cell" if self.tables == 1 => {
                let cell = std::mem::take(&mut self.cell);
                if let Some(row) = &mut self.row {
                    for _ in 0..self.repeat {
                        row.push(cell.clone());
                    }
                }
            }
            "table-row" if self.tables == 1 => {
                if let Some(mut row) = self.row.take() {
                    while row.last().is_some_and(|c| c.trim().is_empty()) && row.len() > 1 && !self.paged {
                        row.pop();
                    }
                    self.out.push_row(row, self.page);
                }
            }
            _ => {}
        }
    }

    fn paragraph(&mut self, part: Part, text: String) {
        if self.comment > 0 {
            self.out.push(Part::Comment, text, self.page);
        } else if self.changes > 0 {
            self.out.push(Part::Deleted, text, self.page);
        } else if self.running {
            if let Some(region) = self.region {
                self.out.push(region, text, 0);
            }
        } else if self.row.is_some() {
            self.cell.push_str(&text);
            self.cell.push(' ');
        } else {
            self.out.push(part, text, self.page);
        }
    }
}
