//! Markdown of a product as blocks. Text stays text: raw HTML is shown as written, comments are left out, addresses
//! other than `http`, `https` and `mailto` are dropped, pictures are named.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::block::{Align, Block, Cell, Column, Inline};

/// How deep lists, quotes and emphasis may nest; what lies deeper is kept, flattened to this depth.
const DEPTH_MAX: usize = 24;

/// `markdown` as blocks, its headings moved down by `shift` levels, within levels 1 to 4.
pub fn markdown_blocks(markdown: &str, shift: i8) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut builder = Builder { stack: vec![Open::new(Frame::Root)], shift };
    for event in Parser::new_ext(markdown, options) {
        builder.event(event);
    }
    builder.finish()
}

/// What is open while events arrive.
enum Frame {
    Root,
    /// Too deep, or without meaning of its own: its content goes to what encloses it.
    Flat,
    Paragraph,
    Heading(u8),
    Quote,
    List(Option<u64>),
    Item,
    Code(String),
    Table(Vec<Align>),
    Row,
    Cell,
    Strong,
    Emphasis,
    Struck,
    Link(String),
    Picture(String),
}

/// An open frame with what it holds so far.
struct Open {
    frame: Frame,
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    items: Vec<Vec<Block>>,
    rows: Vec<Vec<Cell>>,
    cells: Vec<Cell>,
}

impl Open {
    fn new(frame: Frame) -> Open {
        Open { frame, blocks: vec![], inlines: vec![], items: vec![], rows: vec![], cells: vec![] }
    }

    /// Makes loose text a paragraph, as in tight lists.
    fn settle(&mut self) {
        let text = std::mem::take(&mut self.inlines);
        if !text.is_empty() {
            self.blocks.push(Block::Paragraph { text });
        }
    }

    fn push_block(&mut self, block: Block) {
        self.settle();
        self.blocks.push(block);
    }

    fn push_text(&mut self, text: &str) {
        if let Some(Inline::Text(last)) = self.inlines.last_mut() {
            last.push_str(text);
        } else if !text.is_empty() {
            self.inlines.push(Inline::Text(text.to_owned()));
        }
    }
}

struct Builder {
    stack: Vec<Open>,
    shift: i8,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => {
                // A list needs room for its points, a table for its rows and cells.
                let room = match tag {
                    Tag::Table(_) => 2,
                    Tag::List(_) => 1,
                    _ => 0,
                };
                let deep = self.stack.len() + room >= DEPTH_MAX;
                let frame = if deep { Frame::Flat } else { self.frame(tag) };
                self.stack.push(Open::new(frame));
            }
            Event::End(end) => self.close(end),
            Event::Text(text) => self.top(|open| open.push_text(&text)),
            Event::Code(text) => self.top(|open| open.inlines.push(Inline::Code(text.into_string()))),
            Event::Html(text) | Event::InlineHtml(text) => {
                if !is_comment(&text) {
                    self.top(|open| open.push_text(&text));
                }
            }
            Event::SoftBreak => self.top(|open| open.push_text(" ")),
            Event::HardBreak => self.top(|open| open.inlines.push(Inline::Break)),
            Event::Rule => self.top(|open| open.push_block(Block::Rule)),
            Event::TaskListMarker(done) => {
                self.top(|open| open.push_text(if done { "[x] " } else { "[ ] " }))
            }
            Event::InlineMath(text) | Event::DisplayMath(text) => self.top(|open| open.push_text(&text)),
            Event::FootnoteReference(text) => self.top(|open| open.push_text(&text)),
        }
    }

    fn top(&mut self, act: impl FnOnce(&mut Open)) {
        if let Some(open) = self.stack.last_mut() {
            act(open);
        }
    }

    fn frame(&self, tag: Tag<'_>) -> Frame {
        match tag {
            Tag::Paragraph => Frame::Paragraph,
            Tag::Heading { level, .. } => {
                Frame::Heading((level as u8).saturating_add_signed(self.shift).clamp(1, 4))
            }
            Tag::BlockQuote(_) => Frame::Quote,
            Tag::List(start) => Frame::List(start),
            Tag::Item => Frame::Item,
            Tag::CodeBlock(CodeBlockKind::Fenced(language)) => Frame::Code(language.into_string()),
            Tag::CodeBlock(CodeBlockKind::Indented) => Frame::Code(String::new()),
            Tag::Table(alignments) => Frame::Table(alignments.into_iter().map(align).collect()),
            Tag::TableHead | Tag::TableRow => Frame::Row,
            Tag::TableCell => Frame::Cell,
            Tag::Strong => Frame::Strong,
            Tag::Emphasis => Frame::Emphasis,
            Tag::Strikethrough => Frame::Struck,
            Tag::Link { dest_url, .. } => Frame::Link(dest_url.into_string()),
            Tag::Image { dest_url, .. } => Frame::Picture(dest_url.into_string()),
            Tag::HtmlBlock => Frame::Paragraph,
            _ => Frame::Flat,
        }
    }

    fn close(&mut self, end: TagEnd) {
        // The root is never closed by an event.
        if self.stack.len() < 2 {
            return;
        }
        let Some(mut open) = self.stack.pop() else { return };
        let Some(parent) = self.stack.last_mut() else { return };
        match open.frame {
            Frame::Root | Frame::Flat => {
                // A line that was too deep still is a line.
                if matches!(end, TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock | TagEnd::Heading(_)) {
                    open.settle();
                }
                parent.blocks.append(&mut open.blocks);
                parent.inlines.append(&mut open.inlines);
            }
            Frame::Paragraph if open.inlines.is_empty() => {}
            Frame::Paragraph => parent.push_block(Block::Paragraph { text: open.inlines }),
            Frame::Heading(level) => parent.push_block(Block::Heading {
                level,
                number: String::new(),
                text: open.inlines,
                status: None,
            }),
            Frame::Quote => {
                open.settle();
                parent.push_block(Block::Quote { blocks: open.blocks });
            }
            Frame::Item => {
                open.settle();
                parent.items.push(open.blocks);
            }
            Frame::List(start) => parent.push_block(Block::List { start, items: open.items }),
            Frame::Code(language) => {
                let text = open.inlines.iter().map(plain).collect::<String>();
                parent.push_block(Block::Code { text: text.trim_end_matches('\n').to_owned(), language });
            }
            Frame::Cell => parent.cells.push(open.inlines),
            Frame::Row => parent.rows.push(open.cells),
            Frame::Table(alignments) => parent.push_block(table(alignments, open.rows)),
            Frame::Strong => parent.inlines.push(Inline::Strong(open.inlines)),
            Frame::Emphasis => parent.inlines.push(Inline::Emphasis(open.inlines)),
            Frame::Struck => parent.inlines.push(Inline::Struck(open.inlines)),
            Frame::Link(url) if is_safe(&url) => {
                parent.inlines.push(Inline::Link { text: open.inlines, url })
            }
            Frame::Link(_) => parent.inlines.append(&mut open.inlines),
            Frame::Picture(url) => {
                let alt = open.inlines.iter().map(plain).collect::<String>();
                parent.inlines.push(Inline::Picture { path: url, alt });
            }
        }
    }

    fn finish(mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        for mut open in self.stack.drain(..) {
            open.settle();
            blocks.append(&mut open.blocks);
        }
        blocks
    }
}

fn table(alignments: Vec<Align>, rows: Vec<Vec<Cell>>) -> Block {
    let mut rows = rows.into_iter();
    let mut titles = rows.next().unwrap_or_default();
    titles.resize(alignments.len(), Cell::new());
    let mut columns = Vec::with_capacity(alignments.len());
    for (title, align) in titles.iter().zip(alignments) {
        columns.push(Column { title: title.iter().map(plain).collect(), share: 0, align });
    }
    let rows = rows
        .map(|mut row| {
            row.resize(columns.len(), Cell::new());
            row
        })
        .collect::<Vec<_>>();
    // Text of unknown length: every column gets the share of its longest cell, within reason.
    for (i, column) in columns.iter_mut().enumerate() {
        let cells =
            rows.iter().filter_map(|row| row.get(i)).map(|cell| cell.iter().map(plain).collect::<String>());
        let longest = cells.map(|text| text.chars().count()).max().unwrap_or(0);
        column.share = u16::try_from(longest.max(column.title.chars().count()).clamp(6, 48)).unwrap_or(48);
    }
    Block::Table { columns, rows, empty: "The table has no rows.".to_owned() }
}

fn align(alignment: Alignment) -> Align {
    match alignment {
        Alignment::None | Alignment::Left => Align::Start,
        Alignment::Center => Align::Middle,
        Alignment::Right => Align::End,
    }
}

/// The text of a piece of a line, without its look.
pub(crate) fn plain(inline: &Inline) -> String {
    match inline {
        Inline::Text(text) | Inline::Code(text) | Inline::Soft(text) => text.clone(),
        Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Struck(inner) => {
            inner.iter().map(plain).collect()
        }
        Inline::Link { text, .. } => text.iter().map(plain).collect(),
        Inline::Ref(id) => id.id.clone(),
        Inline::Status(verdict) => verdict.words().to_owned(),
        Inline::Digest(digest) => digest.to_string(),
        Inline::Picture { alt, .. } => alt.clone(),
        Inline::Break => " ".to_owned(),
    }
}

fn is_comment(html: &str) -> bool {
    let html = html.trim();
    html.starts_with("<!--") && html.ends_with("-->")
}

/// Whether an address may be followed from a report: a web page or a mail address, never a script or a local file.
pub(crate) fn is_safe(url: &str) -> bool {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https" | "mailto")) && !url.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> Vec<Inline> {
        vec![Inline::Text(text.to_owned())]
    }

    #[test]
    fn markdown_becomes_blocks() {
        let blocks = markdown_blocks("# A\n\nx *y* **z** `c`\n\n- one\n- two\n\n> q\n", 1);
        assert_eq!(blocks.len(), 4);
        assert_eq!(
            blocks[0],
            Block::Heading { level: 2, number: String::new(), text: text("A"), status: None }
        );
        let point = |t: &str| vec![Block::Paragraph { text: text(t) }];
        assert_eq!(blocks[2], Block::List { start: None, items: vec![point("one"), point("two")] });
        assert_eq!(blocks[3], Block::Quote { blocks: vec![Block::Paragraph { text: text("q") }] });
    }

    #[test]
    fn tables_keep_their_cells_and_alignment() {
        let blocks = markdown_blocks("|a|b|\n|-|-:|\n|1|2|\n|3|\n", 0);
        let Block::Table { columns, rows, .. } = &blocks[0] else { panic!("{blocks:?}") };
        assert_eq!((columns[1].title.as_str(), columns[1].align), ("b", Align::End));
        assert_eq!(rows[1], [text("3"), vec![]]);
    }

    #[test]
    fn what_could_act_is_shown_or_dropped() {
        let blocks = markdown_blocks(
            "a<script>alert(1)</script> [x](javascript:alert) <!-- c -->\n\n<iframe src=x>\n",
            0,
        );
        let lines = format!("{blocks:?}");
        assert!(lines.contains("<script>") && lines.contains("<iframe"), "{lines}");
        assert!(
            !lines.contains("javascript") && !lines.contains("Link") && !lines.contains("<!--"),
            "{lines}"
        );
    }

    #[test]
    fn nesting_is_bounded_and_loses_no_text() {
        let quotes = format!("{} deep", ">".repeat(5_000));
        let lists = (0..200).map(|i| format!("{}- p{i}\n", "  ".repeat(i))).collect::<String>();
        for (markdown, last) in [(quotes, "deep"), (lists, "p150"), ("*a ".repeat(3_000), "a")] {
            let blocks = markdown_blocks(&markdown, 0);
            assert!(format!("{blocks:?}").contains(last));
            assert!(depth(&blocks) <= DEPTH_MAX);
        }
    }

    fn depth(blocks: &[Block]) -> usize {
        blocks
            .iter()
            .map(|block| match block {
                Block::Quote { blocks } | Block::Callout { blocks, .. } => 1 + depth(blocks),
                Block::List { items, .. } => 1 + items.iter().map(|item| depth(item)).max().unwrap_or(0),
                _ => 1,
            })
            .max()
            .unwrap_or(0)
    }

    proptest! {
        #[test]
        fn any_text_is_parsed(markdown in "[\\PC\n]{0,300}") {
            let _ = markdown_blocks(&markdown, 0);
        }
    }
}
