//! HTML as browsers take it: tags in any order, unclosed, nested wrongly. Script, style and hidden parts are no text.

use crate::format::Format;
use crate::text::{Part, Text};

/// The text of a page.
pub(crate) fn read(source: &str) -> Text {
    let mut page = Page { out: Text { format: Format::Html, ..Text::default() }, ..Page::default() };
    let mut rest = source;
    while !rest.is_empty() {
        let Some(open) = rest.find('<') else {
            page.text(rest);
            break;
        };
        let (before, tail) = rest.split_at(open);
        page.text(before);
        rest = page.markup(tail);
    }
    page.flush();
    page.end_row();
    page.out
}

#[derive(Default)]
struct Page {
    out: Text,
    text: String,
    heading: Option<u8>,
    item: bool,
    quote: u32,
    deleted: u32,
    title: bool,
    row: Option<Vec<String>>,
    in_cell: bool,
    preformatted: bool,
}

impl Page {
    fn text(&mut self, raw: &str) {
        let decoded = entities(raw);
        if self.title {
            let title = self.out.title.get_or_insert_default();
            title.push_str(decoded.trim());
        } else if self.deleted > 0 {
            self.out.push(Part::Deleted, decoded, 0);
        } else {
            self.text.push_str(&decoded);
        }
    }

    /// Takes one piece of markup from the front of `tail`, which begins with `<`.
    fn markup<'a>(&mut self, tail: &'a str) -> &'a str {
        if let Some(comment) = tail.strip_prefix("<!--") {
            return comment.find("-->").and_then(|end| comment.get(end + 3..)).unwrap_or("");
        }
        let begins = tail.get(1..).is_some_and(|t| {
            t.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
        });
        if !begins {
            self.text.push('<');
            return tail.get(1..).unwrap_or("");
        }
        let Some(end) = end_of_tag(tail) else { return "" };
        let inner = tail.get(1..end).unwrap_or("");
        let rest = tail.get(end + 1..).unwrap_or("");
        let closing = inner.starts_with('/');
        let name: String = inner
            .trim_start_matches('/')
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric())
            .collect::<String>()
            .to_ascii_lowercase();
        if !closing
            && matches!(name.as_str(), "script" | "style" | "noscript" | "svg" | "template")
            && !inner.ends_with('/')
        {
            return skip_to_end(rest, &name);
        }
        if !closing && name == "meta" {
            self.meta(inner);
        }
        self.tag(&name, closing);
        rest
    }

    fn meta(&mut self, inner: &str) {
        if let (Some(name), Some(content)) = (attribute(inner, "name"), attribute(inner, "content")) {
            self.out.properties.push((name, content));
        }
    }

    fn tag(&mut self, name: &str, closing: bool) {
        match (name, closing) {
            ("title", closing) => self.title = !closing,
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", false) => {
                self.flush();
                self.heading = name.get(1..).and_then(|n| n.parse().ok());
            }
            ("li" | "dt" | "dd", false) => {
                self.flush();
                self.item = true;
            }
            ("blockquote", closing) => {
                self.flush();
                self.quote = if closing { self.quote.saturating_sub(1) } else { self.quote + 1 };
            }
            ("del" | "s" | "strike", closing) => {
                self.deleted = if closing { self.deleted.saturating_sub(1) } else { self.deleted + 1 };
            }
            ("tr", false) => {
                self.end_row();
                self.flush();
                self.row = Some(Vec::new());
            }
            ("tr" | "table" | "tbody" | "thead", true) => self.end_row(),
            ("td" | "th", false) => {
                self.end_cell();
                self.in_cell = self.row.is_some();
            }
            ("td" | "th", true) => self.end_cell(),
            ("br", _) if self.row.is_some() => self.text.push(' '),
            ("pre", closing) => {
                self.flush();
                self.preformatted = !closing;
            }
            (
                "br" | "p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" | "ul" | "ol" | "table"
                | "section" | "article" | "header" | "footer" | "hr" | "dl" | "dt" | "dd" | "body" | "head"
                | "tbody" | "thead" | "form" | "option",
                _,
            ) => self.flush(),
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.text);
        if self.in_cell
            && let Some(row) = &mut self.row
        {
            row.push(cell);
        } else {
            self.text = cell;
        }
        self.in_cell = false;
    }

    fn end_row(&mut self) {
        self.end_cell();
        if let Some(row) = self.row.take() {
            self.out.push_row(row, 0);
        }
    }

    fn flush(&mut self) {
        if self.in_cell {
            self.text.push(' ');
            return;
        }
        let part = match (self.heading.take(), self.quote) {
            (Some(level), _) => Part::Heading(level),
            (None, 1..) => Part::Quote,
            _ if self.item => Part::Item,
            _ => Part::Paragraph,
        };
        self.item = false;
        let text = std::mem::take(&mut self.text);
        if self.preformatted {
            for line in text.lines() {
                self.out.push(part, line, 0);
            }
        } else {
            self.out.push(part, text, 0);
        }
    }
}

/// Where the tag's `>` stands, outside of quoted attribute values.
fn end_of_tag(tail: &str) -> Option<usize> {
    let mut quote = None;
    for (i, c) in tail.bytes().enumerate().take(100_000) {
        match (quote, c) {
            (None, b'>') => return Some(i),
            (None, b'"' | b'\'') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            _ => {}
        }
    }
    // An attribute whose quote never closes ends at the first `>`.
    tail.find('>')
}

fn skip_to_end<'a>(rest: &'a str, name: &str) -> &'a str {
    let lower = rest.to_ascii_lowercase();
    match lower.find(&format!("</{name}")) {
        Some(at) => rest.get(at..).and_then(|t| t.find('>').and_then(|e| t.get(e + 1..))).unwrap_or(""),
        None => "",
    }
}

fn attribute(inner: &str, name: &str) -> Option<String> {
    let lower = inner.to_ascii_lowercase();
    let at = lower.find(&format!("{name}="))? + name.len() + 1;
    let value = inner.get(at..)?;
    let quote = value.chars().next()?;
    if matches!(quote, '"' | '\'') {
        value.get(1..)?.split(quote).next().map(entities)
    } else {
        value.split_whitespace().next().map(entities)
    }
}

/// The text with character references resolved; unknown ones stay as they are.
pub(crate) fn entities(raw: &str) -> String {
    if !raw.contains('&') {
        return raw.to_owned();
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let end = tail.char_indices().take(12).find(|(_, c)| *c == ';').map(|(i, _)| i);
        let known = end.and_then(|end| reference(tail.get(1..end)?).map(|c| (c, end)));
        match known {
            Some((c, end)) => {
                out.push(c);
                rest = tail.get(end + 1..).unwrap_or("");
            }
            None => {
                out.push('&');
                rest = tail.get(1..).unwrap_or("");
            }
        }
    }
    out.push_str(rest);
    out
}

/// One character reference without `&` and `;`.
pub(crate) fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "sect" => '§',
        "deg" => '°',
        "plusmn" => '±',
        "le" => '≤',
        "ge" => '≥',
        "micro" => 'µ',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "bull" => '•',
        "rarr" => '→',
        "larr" => '←',
        "laquo" => '«',
        "raquo" => '»',
        "ldquo" | "rdquo" | "bdquo" => '"',
        "lsquo" | "rsquo" => '\'',
        "euro" => '€',
        "times" => '×',
        "shy" => '\u{ad}',
        _ => return None,
    })
}
