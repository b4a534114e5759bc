//! Issues in XML, as Jira exports a filter or one issue: RSS with an `item` for each. A document type is refused, so that no
//! entity is ever expanded.

use super::{Ended, Issue, Issues, complete, jira};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Deepest nesting that is read; Jira writes about ten.
const DEPTH_MAX: usize = 64;
/// What stands where an issue is open.
const UNRESOLVED: &str = "unresolved";

/// An element while it is open, or whole.
#[derive(Default)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Node>,
}

impl Node {
    fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Node> {
        self.children.iter().filter(move |c| c.name == name)
    }

    fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.name == name)
    }

    fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }

    fn said(&self) -> String {
        self.text.trim().to_owned()
    }

    fn text_of(&self, name: &str) -> String {
        self.child(name).map(Node::said).unwrap_or_default()
    }

    /// The texts of all elements of a name, joined.
    fn texts(&self, name: &str) -> String {
        let texts: Vec<String> = self.all(name).map(Node::said).filter(|t| !t.is_empty()).collect();
        texts.join(", ")
    }
}

pub(super) fn read(bytes: &[u8]) -> Issues {
    let mut out = Issues::default();
    let mut walk = Walk { out: &mut out, stack: Vec::new(), root: String::new() };
    if let Err(why) = walk.whole(bytes) {
        out.problems.push(why);
    } else if out.entries == 0 {
        out.problems.push("the export holds no issue".to_owned());
    }
    out
}

struct Walk<'o> {
    out: &'o mut Issues,
    stack: Vec<Node>,
    root: String,
}

impl Walk<'_> {
    fn whole(&mut self, bytes: &[u8]) -> Result<(), String> {
        let text = std::str::from_utf8(bytes).map_err(|e| format!("this XML is not UTF-8: {e}"))?;
        let mut reader = Reader::from_str(text);
        loop {
            let at = reader.buffer_position();
            let broken = |why: String| format!("{why}, at byte {at}");
            match reader.read_event().map_err(|e| broken(format!("no XML: {e}")))? {
                Event::Start(e) => self.open(&e).map_err(broken)?,
                Event::Empty(e) => {
                    self.open(&e).map_err(broken)?;
                    self.close();
                }
                Event::Text(e) => self.text(&e),
                Event::CData(e) => self.text(&e),
                Event::GeneralRef(e) => {
                    let sign = e.resolve_char_ref().map_err(|e| broken(e.to_string()))?;
                    match (sign, quick_xml::escape::resolve_xml_entity(&e)) {
                        (Some(sign), _) => self.text(sign.encode_utf8(&mut [0; 4])),
                        (None, Some(known)) => self.text(known),
                        (None, None) => return Err(broken(format!("unknown entity `&{};`", &*e))),
                    }
                }
                Event::End(_) => self.close(),
                Event::DocType(_) => return Err(no_export()),
                Event::Eof => break,
                _ => {}
            }
        }
        match self.stack.is_empty() && !self.root.is_empty() {
            true => Ok(()),
            false => Err("the XML ends too early".to_owned()),
        }
    }

    fn open(&mut self, e: &BytesStart<'_>) -> Result<(), String> {
        let name = e.local_name().as_ref().to_owned();
        if self.root.is_empty() {
            if name == "entity-engine-xml" {
                return Err("this is the backup of a whole Jira: export the issues of a filter".to_owned());
            }
            if name != "rss" {
                return Err(no_export());
            }
            self.root.clone_from(&name);
        }
        if self.stack.len() >= DEPTH_MAX {
            return Err("nested too deep".to_owned());
        }
        let attributes = e.attributes().flatten();
        let attributes =
            attributes.map(|a| (a.key.local_name().as_ref().to_owned(), a.value.to_string())).collect();
        self.stack.push(Node { name, attributes, ..Node::default() });
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(node) = self.stack.last_mut() {
            node.text.push_str(text);
        }
    }

    /// An issue is read where it ends, and only what is inside of one is kept. Comments are no part of a problem report.
    fn close(&mut self) {
        let Some(node) = self.stack.pop() else { return };
        let inside = self.stack.iter().any(|n| n.name == "item");
        match node.name.as_str() {
            "item" if !inside => {
                self.out.entries += 1;
                match complete(issue(&node)) {
                    Ok(issue) => self.out.issues.push(issue),
                    Err(why) => {
                        self.out.problems.push(format!("issue {} of the export: {why}", self.out.entries));
                    }
                }
            }
            // How many there are, and which of them Jira gave: it stops at a thousand without a word.
            "issue" if !inside => {
                let number = |name: &str| node.attribute(name).parse::<u64>().ok();
                if let (Some(end), Some(total)) = (number("end"), number("total"))
                    && (end < total || number("start").is_some_and(|s| s > 0))
                {
                    let start = number("start").unwrap_or_default() + 1;
                    self.out.problems.push(format!(
                        "the export holds issues {start} to {end} of {total}: export the others too"
                    ));
                }
            }
            "comments" => {}
            _ if inside => {
                if let Some(parent) = self.stack.last_mut() {
                    parent.children.push(node);
                }
            }
            _ => {}
        }
    }
}

fn no_export() -> String {
    "this is no export of issues but a page, perhaps of a login: export XML, CSV or JSON".to_owned()
}

fn issue(item: &Node) -> Issue {
    let key = item.text_of("key");
    let resolution = Some(item.text_of("resolution")).filter(|r| !r.eq_ignore_ascii_case(UNRESOLVED));
    let resolution = resolution.unwrap_or_default();
    let status = item.text_of("status");
    let done = item.child("statusCategory").is_some_and(|c| c.attribute("key") == "done");
    let mut labels: Vec<String> = item.all("labels").flat_map(|l| l.all("label")).map(Node::said).collect();
    labels.extend(item.child("type").map(Node::said));
    let mut fields = BTreeMap::new();
    let named = [
        ("version", "version"),
        ("fixVersion", "fix version"),
        ("component", "component"),
        ("priority", "priority"),
    ];
    for (element, name) in named {
        fields.insert(name.to_owned(), item.texts(element));
    }
    fields.insert("environment".to_owned(), plain(&item.text_of("environment")));
    for custom in item.all("customfields").flat_map(|c| c.all("customfield")) {
        let values = custom.all("customfieldvalues").flat_map(|v| v.all("customfieldvalue"));
        let values: Vec<String> = values.map(|v| plain(&v.text)).filter(|v| !v.is_empty()).collect();
        // By the id, as the API names it, and by the name, as a table does.
        for name in [custom.attribute("id").to_owned(), custom.text_of("customfieldname").to_lowercase()] {
            fields.insert(name, values.join(", "));
        }
    }
    fields.retain(|name, value| !name.is_empty() && !value.is_empty());
    Issue {
        id: item.child("key").map(|k| k.attribute("id").to_owned()).unwrap_or_default(),
        url: item.text_of("link"),
        title: item.text_of("summary"),
        text: plain(&item.text_of("description")),
        ended: if done || !resolution.is_empty() { jira::ended(&resolution) } else { Ended::Open },
        duplicate_of: duplicate_of(item),
        status: if resolution.is_empty() { status } else { format!("{status} as {resolution}") },
        labels,
        fields,
        updated: iso(&item.text_of("updated")),
        deleted: false,
        key,
    }
}

fn duplicate_of(item: &Node) -> Option<String> {
    let kinds = item.all("issuelinks").flat_map(|l| l.all("issuelinktype"));
    let mut out = kinds
        .filter(|k| k.text_of("name") == "Duplicate")
        .flat_map(|k| k.all("outwardlinks"))
        .flat_map(|o| o.all("issuelink"))
        .map(|l| l.text_of("issuekey"));
    out.find(|k| !k.is_empty())
}

/// `Mon, 1 Feb 2021 08:00:00 +0100` as the API writes it, `2021-02-01T08:00:00.000+0100`; another text stays as it is.
fn iso(text: &str) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = text.split_whitespace().skip_while(|w| w.ends_with(',')).collect();
    let [day, month, year, time, offset] = words.as_slice() else { return text.to_owned() };
    let month = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(month));
    match (day.parse::<u8>(), month) {
        (Ok(day), Some(month)) => format!("{year}-{:02}-{day:02}T{time}.000{offset}", month + 1),
        _ => text.to_owned(),
    }
}

/// The text of what Jira wrote as HTML: a line for each block, headings and points marked as Markdown marks them.
fn plain(html: &str) -> String {
    let mut out = String::new();
    let (mut rest, mut kept) = (html, false);
    while let Some((before, after)) = rest.split_once('<') {
        words(before, kept, &mut out);
        let Some((tag, after)) = after.split_once('>') else {
            // A sign that begins no tag is one of the text.
            let _ = write!(out, "<{}", resolved(after));
            return out.trim().to_owned();
        };
        let closes = tag.starts_with('/');
        let name = tag.trim_start_matches('/').split([' ', '/', '\n', '\t']).next().unwrap_or_default();
        match (name.to_ascii_lowercase().as_str(), closes) {
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", false) => out.push_str("\n### "),
            ("li", false) => out.push_str("\n- "),
            ("pre", _) => {
                kept = !closes;
                out.push('\n');
            }
            ("br" | "tr", _)
            | ("p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "table", true) => {
                out.push('\n');
            }
            ("p" | "div", false) if !out.ends_with("- ") && !out.ends_with('\n') => out.push('\n'),
            ("td" | "th", true) => out.push(' '),
            _ => {}
        }
        rest = after;
    }
    words(rest, kept, &mut out);
    let lines: Vec<&str> = out.trim().lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// Text between tags: outside of `pre` a line's end is a space like any other.
fn words(text: &str, kept: bool, out: &mut String) {
    let text = resolved(text);
    if kept {
        out.push_str(&text);
        return;
    }
    for c in text.chars() {
        match c.is_whitespace() {
            true if out.is_empty() || out.ends_with(char::is_whitespace) => {}
            true => out.push(' '),
            false => out.push(c),
        }
    }
}

/// Text with the entities of HTML that Jira writes resolved; others stay as they are.
fn resolved(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let known = part.split_once(';').and_then(|(name, rest)| {
            let sign = match name.strip_prefix('#') {
                Some(number) => {
                    let hex = number.strip_prefix(['x', 'X']).map(|h| u32::from_str_radix(h, 16).ok());
                    char::from_u32(hex.unwrap_or_else(|| number.parse().ok())?)?.to_string()
                }
                None if name == "nbsp" => " ".to_owned(),
                None => quick_xml::escape::resolve_xml_entity(name)?.to_owned(),
            };
            Some((sign, rest))
        });
        match known {
            Some((sign, rest)) => {
                out.push_str(&sign);
                out.push_str(rest);
            }
            None => {
                out.push('&');
                out.push_str(part);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_html_of_a_description_is_text_with_its_headings_and_points() {
        let html = "<h3><a name=\"Severity\"></a>Severity</h3>\n\n<p>major &amp;\nmore<br/>\nx &lt; y</p>\n\
                    <ul>\n<li>one</li><li><p>two</p></li></ul><pre>a\n  b</pre>&#233;&nbsp;&bogus; 1 < 2";
        assert_eq!(
            plain(html),
            "### Severity\nmajor & more\nx < y\n\n- one\n- two\n\n\na\n  b\né &bogus; 1 < 2"
        );
        assert_eq!(plain("a > b"), "a > b");
    }

    #[test]
    fn times_are_those_of_the_api() {
        assert_eq!(iso("Mon, 1 Feb 2021 08:00:00 +0100"), "2021-02-01T08:00:00.000+0100");
        assert_eq!(iso("gestern"), "gestern");
        assert_eq!(iso("Mon, 1 Fub 2021 08:00:00 +0100"), "Mon, 1 Fub 2021 08:00:00 +0100");
    }
}
