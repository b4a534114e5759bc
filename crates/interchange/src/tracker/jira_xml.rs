//! Issues in XML, as Jira exports a filter or one issue: RSS with an `item` for each. A document type is refused, so that no
//! entity is ever expanded.

use super::{Ended, Issue, Issues, complete, jira, times};
use crate::xml::{Element, Fault, Reading, walk};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What stands where an issue is open.
const UNRESOLVED: &str = "unresolved";

pub(super) fn read(bytes: &[u8]) -> Issues {
    let mut export = Export::default();
    let problem = match walk(bytes, &mut export) {
        // What an export never begins with, and a page of the web does.
        Err(Fault::DocumentType(_)) => Some(no_export()),
        Err(_) if export.foreign.is_some() => export.foreign.take(),
        Err(fault) => Some(format!("the export cannot be read: {fault}")),
        Ok(()) if export.out.entries == 0 => Some("the export holds no issue".to_owned()),
        Ok(()) => None,
    };
    export.out.problems.extend(problem);
    export.out
}

#[derive(Default)]
struct Export {
    out: Issues,
    /// What the file is where it is no export of issues.
    foreign: Option<String>,
}

impl Reading for Export {
    fn begins(&mut self, element: &Element, open: &[Element]) -> Result<(), String> {
        self.foreign = match element.name.as_str() {
            "entity-engine-xml" if open.is_empty() => {
                Some("this is the backup of a whole Jira: export the issues of a filter".to_owned())
            }
            other if open.is_empty() && other != "rss" => Some(no_export()),
            _ => None,
        };
        self.foreign.clone().map_or(Ok(()), Err)
    }

    /// An issue is read where it ends, and only what is inside of one is kept. Comments are no part of a problem report.
    fn ends(&mut self, element: Element, open: &[Element]) -> Option<Element> {
        let inside = open.iter().any(|n| n.name == "item");
        match element.name.as_str() {
            "item" if !inside => self.take(&element),
            "issue" if !inside => self.counts(&element),
            "comments" => {}
            _ if inside => return Some(element),
            _ => {}
        }
        None
    }
}

impl Export {
    fn take(&mut self, item: &Element) {
        self.out.entries += 1;
        match complete(issue(item)) {
            Ok(issue) => self.out.issues.push(issue),
            Err(why) => self.out.problems.push(format!("issue {} of the export: {why}", self.out.entries)),
        }
    }

    /// How many there are, and which of them Jira gave: it stops at a thousand without a word.
    fn counts(&mut self, all: &Element) {
        let number = |name: &str| all.attribute(name).parse::<u64>().ok();
        if let (Some(end), Some(total)) = (number("end"), number("total"))
            && (end < total || number("start").is_some_and(|s| s > 0))
        {
            let start = number("start").unwrap_or_default() + 1;
            self.out
                .problems
                .push(format!("the export holds issues {start} to {end} of {total}: export the others too"));
        }
    }
}

fn said(element: &Element) -> String {
    element.text.trim().to_owned()
}

fn text_of(element: &Element, name: &str) -> String {
    element.child(name).map(said).unwrap_or_default()
}

/// The texts of all elements of a name, joined.
fn texts(element: &Element, name: &str) -> String {
    let texts: Vec<String> = element.all(name).map(said).filter(|t| !t.is_empty()).collect();
    texts.join(", ")
}

fn no_export() -> String {
    "this is no export of issues but a page, perhaps of a login: export XML, CSV or JSON".to_owned()
}

fn issue(item: &Element) -> Issue {
    let key = text_of(item, "key");
    let resolution = Some(text_of(item, "resolution")).filter(|r| !r.eq_ignore_ascii_case(UNRESOLVED));
    let resolution = resolution.unwrap_or_default();
    let status = text_of(item, "status");
    let done = item.child("statusCategory").is_some_and(|c| c.attribute("key") == "done");
    let mut labels: Vec<String> = item.all("labels").flat_map(|l| l.all("label")).map(said).collect();
    labels.extend(item.child("type").map(said));
    let mut fields = BTreeMap::new();
    let named = [
        ("version", "version"),
        ("fixVersion", "fix version"),
        ("component", "component"),
        ("priority", "priority"),
    ];
    for (element, name) in named {
        fields.insert(name.to_owned(), texts(item, element));
    }
    fields.insert("environment".to_owned(), plain(&text_of(item, "environment")));
    for custom in item.all("customfields").flat_map(|c| c.all("customfield")) {
        let values = custom.all("customfieldvalues").flat_map(|v| v.all("customfieldvalue"));
        let values: Vec<String> = values.map(|v| plain(&v.text)).filter(|v| !v.is_empty()).collect();
        // By the id, as the API names it, and by the name, as a table does.
        for name in [custom.attribute("id").to_owned(), text_of(custom, "customfieldname").to_lowercase()] {
            fields.insert(name, values.join(", "));
        }
    }
    fields.retain(|name, value| !name.is_empty() && !value.is_empty());
    Issue {
        id: item.child("key").map(|k| k.attribute("id").to_owned()).unwrap_or_default(),
        url: text_of(item, "link"),
        title: text_of(item, "summary"),
        text: plain(&text_of(item, "description")),
        ended: if done || !resolution.is_empty() { jira::ended(&resolution) } else { Ended::Open },
        duplicate_of: duplicate_of(item),
        status: if resolution.is_empty() { status } else { format!("{status} as {resolution}") },
        labels,
        fields,
        updated: times::iso(&text_of(item, "updated")),
        deleted: false,
        key,
    }
}

fn duplicate_of(item: &Element) -> Option<String> {
    let kinds = item.all("issuelinks").flat_map(|l| l.all("issuelinktype"));
    let mut out = kinds
        .filter(|k| text_of(k, "name") == "Duplicate")
        .flat_map(|k| k.all("outwardlinks"))
        .flat_map(|o| o.all("issuelink"))
        .map(|l| text_of(l, "issuekey"));
    out.find(|k| !k.is_empty())
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
}
