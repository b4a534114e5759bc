//! Plain text in any encoding, CSV, and Markdown.

use crate::format::Format;
use crate::text::{Part, Text};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Bytes as text: UTF-8, UTF-16 by its mark, else Windows-1252, which takes any byte.
pub(crate) fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, skip)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(skip..).unwrap_or_default()).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Plain text: paragraphs by blank lines, underlined lines and numbered short lines as headings, points as list items.
pub(crate) fn plain(name: &str, text: &str) -> Text {
    let mut out = Text { format: Format::Plain, ..Text::default() };
    let lower = name.to_ascii_lowercase();
    if lower.ends_with(".csv") || lower.ends_with(".tsv") {
        separated(text, &mut out);
        return out;
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut paragraph = String::new();
    let mut page = 0;
    for (i, line) in lines.iter().enumerate() {
        if line.contains('\u{c}') {
            page = if page == 0 { 2 } else { page + 1 };
        }
        let trimmed = line.trim();
        let next = lines.get(i + 1).map_or("", |l| l.trim());
        if trimmed.is_empty() || is_rule(trimmed) {
            flush(&mut paragraph, &mut out, page);
        } else if is_rule(next) && trimmed.len() < 120 && paragraph.is_empty() {
            let level = if next.starts_with(['=', '#']) { 1 } else { 2 };
            out.push(Part::Heading(level), trimmed, page);
        } else if out.blocks.is_empty() && paragraph.is_empty() && next.is_empty() && is_title(trimmed) {
            out.push(Part::Heading(1), trimmed, page);
        } else if paragraph.is_empty() && numbered_heading(trimmed) && next.is_empty() {
            out.push(Part::Heading(2), trimmed, page);
        } else if let Some(level) =
            trimmed.find(|c| c != '=').filter(|&n| n > 0 && n < 7 && trimmed.as_bytes().get(n) == Some(&b' '))
        {
            flush(&mut paragraph, &mut out, page);
            out.push(Part::Heading(u8::try_from(level).unwrap_or(6)), trimmed.trim_start_matches('='), page);
        } else if ["- ", "* ", "• ", "+ "].iter().any(|m| trimmed.starts_with(m)) {
            flush(&mut paragraph, &mut out, page);
            out.push(Part::Item, trimmed.trim_start_matches(['-', '*', '•', '+', ' ']), page);
        } else if trimmed.contains('\t') && trimmed.split('\t').filter(|c| !c.trim().is_empty()).count() > 2 {
            flush(&mut paragraph, &mut out, page);
            out.push_row(trimmed.split('\t').map(str::to_owned).collect(), page);
        } else {
            // Lines of hand-broken text belong together; a line that ends a sentence or a field does not pull the next in.
            let ends = paragraph.ends_with(['.', ':', ';', '!', '?']) || paragraph.len() < 50;
            if !paragraph.is_empty() && ends {
                flush(&mut paragraph, &mut out, page);
            }
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(trimmed);
        }
    }
    flush(&mut paragraph, &mut out, page);
    out
}

fn flush(paragraph: &mut String, out: &mut Text, page: u32) {
    out.push(Part::Paragraph, std::mem::take(paragraph), page);
}

/// A line of one punctuation character, three at least.
fn is_rule(line: &str) -> bool {
    let mut chars = line.chars();
    let Some(first) = chars.next() else { return false };
    "=-~^#*_+\"".contains(first) && line.len() >= 3 && chars.all(|c| c == first)
}

/// A short first line by itself that is no sentence and no field: what the text is about.
fn is_title(line: &str) -> bool {
    line.chars().count() < 100
        && line.chars().any(char::is_alphabetic)
        && !line.ends_with(['.', ';', ',', '?', '!'])
        && !line.contains(": ")
        && !line.ends_with(':')
}

/// `5.2 Something short`.
pub(crate) fn numbered_heading(line: &str) -> bool {
    let Some((number, rest)) = line.split_once(' ') else { return false };
    let number = number.trim_end_matches(['.', ')']);
    !number.is_empty()
        && number.len() < 12
        && number.split('.').all(|n| !n.is_empty() && n.len() < 3 && n.bytes().all(|b| b.is_ascii_digit()))
        && rest.trim().starts_with(|c: char| c.is_uppercase())
        && rest.len() < 90
        && !rest.ends_with(['.', ';', ','])
}

/// Comma, semicolon or tab separated values; the separator that the first line has most of.
fn separated(text: &str, out: &mut Text) {
    let first = text.lines().next().unwrap_or("");
    let separator = [',', ';', '\t'].into_iter().max_by_key(|s| first.matches(*s).count()).unwrap_or(',');
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            c if c == separator && !quoted => cells.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                cells.push(std::mem::take(&mut cell));
                out.push_row(std::mem::take(&mut cells), 0);
            }
            c => cell.push(c),
        }
    }
    cells.push(cell);
    out.push_row(cells, 0);
}

/// Markdown by CommonMark with tables; front matter becomes properties.
pub(crate) fn markdown(text: &str) -> Text {
    let mut out = Text { format: Format::Markdown, ..Text::default() };
    let body = front_matter(text, &mut out);
    let mut state = Writer::default();
    for event in Parser::new_ext(
        body,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS,
    ) {
        state.event(event, &mut out);
    }
    state.flush(&mut out);
    out
}

/// The body below `---` lines; `key: value` lines between them are properties.
fn front_matter<'a>(text: &'a str, out: &mut Text) -> &'a str {
    let Some(rest) = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n")) else { return text };
    let Some(end) = rest.find("\n---") else { return text };
    let (head, body) = rest.split_at(end);
    for line in head.lines() {
        if let Some((key, value)) = line.split_once(':') {
            let value = value.trim().trim_matches(['"', '\'']);
            if !value.is_empty() {
                if key.trim() == "title" {
                    out.title = Some(value.to_owned());
                }
                out.properties.push((key.trim().to_owned(), value.to_owned()));
            }
        }
    }
    body.get(4..).unwrap_or_default().trim_start_matches('-')
}

#[derive(Default)]
struct Writer {
    text: String,
    heading: Option<u8>,
    item: u32,
    quote: u32,
    row: Option<Vec<String>>,
    struck: bool,
    deleted: String,
    html: bool,
}

impl Writer {
    fn event(&mut self, event: Event<'_>, out: &mut Text) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                self.flush(out);
                self.heading = Some(level_of(level));
            }
            Event::Start(Tag::BlockQuote(_)) => {
                self.flush(out);
                self.quote += 1;
            }
            Event::End(TagEnd::BlockQuote(_)) => {
                self.flush(out);
                self.quote = self.quote.saturating_sub(1);
            }
            Event::Start(Tag::Item) => {
                self.flush(out);
                self.item += 1;
            }
            Event::End(TagEnd::Item) => {
                self.flush(out);
                self.item = self.item.saturating_sub(1);
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => self.row = Some(Vec::new()),
            Event::End(TagEnd::TableCell) => {
                let cell = std::mem::take(&mut self.text);
                if let Some(row) = &mut self.row {
                    row.push(cell);
                }
            }
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => {
                out.push_row(self.row.take().unwrap_or_default(), 0);
            }
            Event::Start(Tag::Strikethrough) => self.struck = true,
            Event::End(TagEnd::Strikethrough) => {
                self.struck = false;
                out.push(Part::Deleted, std::mem::take(&mut self.deleted), 0);
            }
            Event::Start(Tag::HtmlBlock) => self.html = true,
            Event::End(TagEnd::HtmlBlock) => {
                self.html = false;
                let inner = crate::html::read(&std::mem::take(&mut self.text));
                out.blocks.extend(inner.blocks);
            }
            Event::End(TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::CodeBlock) => self.flush(out),
            Event::Text(t) | Event::Code(t) if self.struck => self.deleted.push_str(&t),
            Event::Text(t) | Event::Code(t) => self.text.push_str(&t),
            Event::Html(t) if self.html => self.text.push_str(&t),
            Event::InlineHtml(t) if t.starts_with("<br") => self.text.push(' '),
            Event::SoftBreak if self.row.is_none() && !self.text.is_empty() => {
                // People write one fact a line; a line that is a whole statement stays one.
                if self.heading.is_none() && self.text.ends_with(['.', ':', ';', '!', '?']) {
                    self.flush(out);
                } else {
                    self.text.push('\n');
                }
            }
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak if self.row.is_none() => self.flush(out),
            Event::HardBreak => self.text.push(' '),
            Event::TaskListMarker(done) => self.text.push_str(if done { "[x] " } else { "[ ] " }),
            _ => {}
        }
    }

    fn flush(&mut self, out: &mut Text) {
        let part = match (self.heading.take(), self.quote, self.item) {
            (Some(level), _, _) => Part::Heading(level),
            (None, 1.., _) => Part::Quote,
            (None, 0, 1..) => Part::Item,
            _ => Part::Paragraph,
        };
        out.push(part, std::mem::take(&mut self.text), 0);
    }
}

fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
