//! A sheet as CommonMark with tables, readable as it stands. Text of the product is escaped, so that it is read back
//! as the same text.

use views::{Mark, Seat, Signature};

use crate::block::{Align, Block, Cell, Column, Inline};
use crate::sheet::Sheet;
use crate::when::day_and_time;

/// Writes `sheet`.
pub(crate) fn write(sheet: &Sheet) -> String {
    let mut out = Writer::default();
    let cover = &sheet.cover;
    out.line(&format!("# {}", escape(&cover.title)));
    out.marks(&cover.marks);
    out.facts(&crate::sheet::cover_facts(sheet));
    out.blocks(&sheet.blocks);
    if !cover.approvals.is_empty() {
        out.line("## Approvals");
        out.signatures(
            cover.approvals.iter().map(|signature| (signature.role.as_str(), "", Some(signature), None)),
        );
    }
    if !cover.history.is_empty() {
        let (columns, rows) = crate::sheet::history_table(&cover.history);
        out.line("## History");
        out.table(&columns, &rows);
    }
    out.text
}

#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    /// A block, with an empty line before it.
    fn line(&mut self, block: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(block.trim_end_matches('\n'));
        self.text.push('\n');
    }

    fn marks(&mut self, marks: &[Mark]) {
        for mark in marks {
            self.line(&format!("> **{}**", escape(&mark.text)));
        }
    }

    fn facts(&mut self, rows: &[(String, Cell)]) {
        let columns = [Column::new("", 0), Column::new("", 0)];
        let rows: Vec<_> =
            rows.iter().map(|(name, value)| vec![vec![Inline::Text(name.clone())], value.clone()]).collect();
        self.table(&columns, &rows);
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, number, text, status } => {
                let mut line = "#".repeat(usize::from(level.saturating_add(1)).min(6));
                for part in [escape(number), inlines(text)] {
                    if !part.is_empty() {
                        line.push(' ');
                        line.push_str(&part);
                    }
                }
                if let Some(verdict) = status {
                    line.push_str(&format!(": {} {}", verdict.shape(), verdict.words()));
                }
                self.line(&line);
            }
            Block::Paragraph { text } => self.line(&line_start(&inlines(text))),
            Block::List { start, items } => self.list(*start, items),
            Block::Quote { blocks } | Block::Callout { blocks, .. } => self.quote(blocks, block),
            Block::Code { text, language } => {
                let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
                let language: String = language.chars().filter(|c| c.is_alphanumeric()).collect();
                self.line(&format!("{fence}{language}\n{text}\n{fence}"));
            }
            Block::Facts { rows } => self.facts(rows),
            Block::Table { rows, empty, .. } if rows.is_empty() => self.line(&escape(empty)),
            Block::Table { columns, rows, .. } => self.table(columns, rows),
            Block::Verdict { verdict, headline, reason } => {
                let mut line = format!("> {} **{}**: {}", verdict.shape(), verdict.words(), escape(headline));
                if !reason.is_empty() {
                    line.push_str(&format!("  \n> {}", escape(reason)));
                }
                self.line(&line);
            }
            Block::Signatures { seats } => self.seats(seats),
            Block::Rule => self.line("---"),
            Block::PageBreak => {}
        }
    }

    fn list(&mut self, start: Option<u64>, items: &[Vec<Block>]) {
        for (i, item) in items.iter().enumerate() {
            let marker =
                start.map_or("- ".to_owned(), |first| format!("{}. ", first.saturating_add(i as u64)));
            let mut inner = Writer::default();
            inner.blocks(item);
            let pad = " ".repeat(marker.len());
            let mut block = String::new();
            for (n, line) in inner.text.lines().enumerate() {
                let lead = if n == 0 { marker.as_str() } else { pad.as_str() };
                block.push_str(if line.is_empty() { "" } else { lead });
                block.push_str(line);
                block.push('\n');
            }
            self.line(if block.is_empty() { &marker } else { &block });
        }
    }

    fn quote(&mut self, blocks: &[Block], block: &Block) {
        let mut inner = Writer::default();
        if let Block::Callout { verdict, .. } = block {
            inner.line(&format!("{} **{}**", verdict.shape(), verdict.words()));
        }
        inner.blocks(blocks);
        let quoted: String =
            inner.text.lines().map(|line| format!("> {line}").trim_end().to_owned() + "\n").collect();
        self.line(&quoted);
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<Cell>]) {
        let mut block = String::from("|");
        for column in columns {
            block.push_str(&format!(" {} |", cell_text(&escape(&column.title))));
        }
        block.push_str("\n|");
        for column in columns {
            block.push_str(match column.align {
                Align::Start => "---|",
                Align::End => "--:|",
                Align::Middle => ":-:|",
            });
        }
        for row in rows {
            block.push_str("\n|");
            for cell in row {
                block.push_str(&format!(" {} |", cell_text(&inlines(cell))));
            }
        }
        self.line(&block);
    }

    fn seats(&mut self, seats: &[Seat]) {
        self.signatures(seats.iter().map(|seat| {
            let waits = seat.waits_for.as_deref().unwrap_or("signature");
            (seat.title.as_str(), seat.statement.as_str(), seat.signature.as_ref(), Some(waits))
        }));
    }

    /// Every signature with name, role, meaning, time and key (21 CFR 11.50).
    fn signatures<'a>(
        &mut self,
        rows: impl Iterator<Item = (&'a str, &'a str, Option<&'a Signature>, Option<&'a str>)>,
    ) {
        for (role, statement, signature, waits) in rows {
            let mut line = format!("- **{}**", escape(role));
            if !statement.is_empty() {
                line.push_str(&format!(": {}", escape(statement)));
            }
            match signature {
                None => line.push_str(&format!(
                    "  \n  not signed, waits for {}",
                    escape(waits.unwrap_or("signature"))
                )),
                Some(signature) => {
                    line.push_str(&format!(
                        "  \n  Signed by **{}** ({}) on {}: {}  \n  Key `{}`, enrolled {} by entry {}; entry {}; digest `{}`",
                        escape(&signature.name),
                        escape(&signature.person),
                        day_and_time(signature.at),
                        escape(&signature.meaning),
                        signature.key.replace('`', "'"),
                        signature.enrolled,
                        escape(&signature.enrolled_in.id),
                        escape(&signature.entry.id),
                        signature.digest,
                    ));
                    if let Some(reason) = &signature.void {
                        line.push_str(&format!("  \n  **VOID**: {}", escape(reason)));
                    }
                }
            }
            self.line(&line);
        }
    }
}

fn inlines(text: &[Inline]) -> String {
    text.iter().map(piece).collect()
}

fn piece(inline: &Inline) -> String {
    match inline {
        Inline::Text(text) | Inline::Soft(text) => escape(text),
        Inline::Code(text) => code(text),
        Inline::Strong(inner) => wrap("**", inner),
        Inline::Emphasis(inner) => wrap("*", inner),
        Inline::Struck(inner) => wrap("~~", inner),
        Inline::Link { text, url } => format!("[{}](<{}>)", inlines(text), url.replace(['<', '>', '\n'], "")),
        Inline::Ref(id) => code(&id.id),
        Inline::Status(verdict) => format!("{} {}", verdict.shape(), verdict.words()),
        Inline::Digest(digest) => format!("`{digest}`"),
        Inline::Picture { path, alt } => {
            format!("![{}](<{}>)", escape(alt), path.replace(['<', '>', '\n'], ""))
        }
        Inline::Break => "  \n".to_owned(),
    }
}

/// Emphasis cannot begin or end with white space.
fn wrap(mark: &str, inner: &[Inline]) -> String {
    let text = inlines(inner);
    let core = text.trim();
    if core.is_empty() { text } else { format!("{mark}{core}{mark}") }
}

fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    if text.is_empty() { String::new() } else { format!("{fence}{pad}{text}{pad}{fence}") }
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

/// A cell is one line, without bars.
fn cell_text(text: &str) -> String {
    text.replace("  \n", "<br>").replace(['\n', '\r'], " ").replace('|', "\\|")
}

/// Text as CommonMark that reads as the same text, on one line.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\r' => out.push(' '),
            // An underscore within a word emphasises nothing.
            '_' if before.is_alphanumeric() && chars.peek().is_some_and(|next| next.is_alphanumeric()) => {
                out.push('_')
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
        before = c;
    }
    out
}

/// Escapes what would make the beginning of a line more than text.
fn line_start(line: &str) -> String {
    let trimmed = line.trim_start();
    let number = trimmed.trim_start_matches(|c: char| c.is_ascii_digit());
    if trimmed.starts_with(['#', '-', '+', '=']) {
        format!("\\{trimmed}")
    } else if number.len() < trimmed.len() && number.starts_with(['.', ')']) {
        format!("{}\\{number}", &trimmed[..trimmed.len() - number.len()])
    } else {
        trimmed.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::parse::markdown_blocks;

    fn round_trip(text: &str) -> Vec<Block> {
        let mut out = Writer::default();
        out.block(&Block::Paragraph { text: vec![Inline::Text(text.to_owned())] });
        markdown_blocks(&out.text, 0)
    }

    #[test]
    fn hostile_text_is_read_back_as_text() {
        for text in [
            "# x",
            "- x",
            "1. x",
            "a*b*c",
            "<script>",
            "[x](y)",
            "a | b",
            "&amp;",
            "~~x~~",
            "snake_case _x_",
            "= x",
        ] {
            assert_eq!(
                round_trip(text),
                [Block::Paragraph { text: vec![Inline::Text(text.to_owned())] }],
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read_back(text in "[!-~]([ -~]{0,40}[!-~])?") {
            prop_assert_eq!(round_trip(&text), [Block::Paragraph { text: vec![Inline::Text(text)] }]);
        }
    }
}
