//! The shape of a Markdown file: its top-level headings with the bullet list directly under each, the images, and the
//! bold labels. Everything else of Markdown is text here. CommonMark decides what a heading is: one in code, a quote, a
//! list or HTML is none.

mod plain;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// The shape of one file. All ranges are byte ranges of the text that was given.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) headings: Vec<Heading>,
    /// The bullets of all field lists, by heading.
    pub(super) bullets: Vec<Range<usize>>,
    pub(super) images: Vec<Image>,
    pub(super) labels: Vec<Label>,
}

/// A top-level heading.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) level: u8,
    /// The whole heading, without its last line break.
    pub(super) range: Range<usize>,
    /// What it says, without `#` and underline.
    pub(super) content: Range<usize>,
    /// Where the bullets of the list directly under it are.
    pub(super) bullets: Range<usize>,
    /// Where that list ends; the end of the heading where there is none.
    pub(super) list_end: usize,
}

/// An embedded image.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) range: Range<usize>,
    pub(super) url: String,
}

/// A bold label at the beginning of a paragraph, `**Expected:**`.
#[derive(Debug)]
pub(super) struct Label {
    /// Where it begins.
    pub(super) start: usize,
    /// The words, without stars and colon.
    pub(super) name: Range<usize>,
    /// Where what it labels begins.
    pub(super) body: usize,
}

/// Reads the shape of `text` from `start` on, which lies behind the front matter.
pub(super) fn outline(text: &str, start: usize) -> Outline {
    plain::outline(text, start).unwrap_or_else(|| whole(text, start))
}

/// Reads the shape with a whole CommonMark parser.
fn whole(text: &str, start: usize) -> Outline {
    let mut walk = Walk { text, start, depth: 0, out: Outline::default(), state: State::Elsewhere };
    let body = text.get(start..).unwrap_or("");
    for (event, range) in Parser::new_ext(body, Options::empty()).into_offset_iter() {
        walk.event(event, range.start + start..range.end + start);
    }
    walk.out
}

/// Where the walk is, as far as it matters.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Elsewhere,
    /// Directly under a heading: a list that begins now is its field list.
    UnderHeading,
    /// Inside the field list.
    InFields,
    /// At the beginning of a top-level paragraph.
    Paragraph,
}

struct Walk<'t> {
    text: &'t str,
    start: usize,
    depth: usize,
    out: Outline,
    state: State,
}

impl Walk<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => {
                self.start_of(tag, range);
                self.depth += 1;
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    // Only now: what is bold or a link inside the heading is behind.
                    let heading = matches!(tag, TagEnd::Heading(_));
                    self.state = if heading { State::UnderHeading } else { State::Elsewhere };
                }
            }
            _ if self.state == State::Paragraph => self.state = State::Elsewhere,
            _ if self.depth == 0 => self.state = State::Elsewhere,
            _ => {}
        }
    }

    fn start_of(&mut self, tag: Tag<'_>, range: Range<usize>) {
        let state = std::mem::replace(&mut self.state, State::Elsewhere);
        match tag {
            Tag::Heading { level, .. } if self.depth == 0 => self.heading(level, range),
            Tag::List(None) if self.depth == 0 && state == State::UnderHeading => {
                if let Some(h) = self.out.headings.last_mut() {
                    h.list_end = range.end;
                }
                self.state = State::InFields;
            }
            Tag::Item if self.depth == 1 && state == State::InFields => {
                self.out.bullets.push(range);
                if let Some(h) = self.out.headings.last_mut() {
                    h.bullets.end += 1;
                }
                self.state = state;
            }
            Tag::Paragraph if self.depth == 0 => self.state = State::Paragraph,
            Tag::Strong if self.depth == 1 && state == State::Paragraph => self.label(range),
            Tag::Image { dest_url, .. } => {
                self.out.images.push(Image { range, url: dest_url.into_string() });
                self.state = keep(state);
            }
            _ => self.state = keep(state),
        }
    }

    fn heading(&mut self, level: HeadingLevel, range: Range<usize>) {
        let raw = self.text.get(range.clone()).unwrap_or("");
        let kept = raw.trim_end_matches(['\n', '\r']).len();
        let range = range.start..range.start + kept;
        let content = content_of(self.text, &range, level as usize);
        let bullets = self.out.bullets.len()..self.out.bullets.len();
        let list_end = range.end;
        self.out.headings.push(Heading { level: level as u8, range, content, bullets, list_end });
    }

    /// Notes a bold label if the bold text ends with a colon, inside or right behind.
    fn label(&mut self, range: Range<usize>) {
        let Some(raw) = self.text.get(range.clone()) else { return };
        let Some(inner) = raw.get(2..raw.len().saturating_sub(2)) else { return };
        let behind = self.text.get(range.end..).is_some_and(|rest| rest.starts_with(':'));
        let name = inner.trim_end();
        let (name, body) = match (name.strip_suffix(':'), behind) {
            (Some(name), _) => (name, range.end),
            (None, true) => (name, range.end + 1),
            (None, false) => return,
        };
        if name.is_empty() || name.len() > 64 || name.contains(['\n', '\r']) || range.start < self.start {
            return;
        }
        let start = range.start + 2;
        self.out.labels.push(Label { start: range.start, name: start..start + name.len(), body });
    }
}

/// Inside the field list the walk stays there, whatever begins in it.
fn keep(state: State) -> State {
    if state == State::InFields { state } else { State::Elsewhere }
}

/// The range of what a heading says: without the `#` before and behind, or without the underline.
fn content_of(text: &str, range: &Range<usize>, level: usize) -> Range<usize> {
    let raw = text.get(range.clone()).unwrap_or("");
    let indent = raw.len() - raw.trim_start().len();
    let body = raw.trim_start();
    let marks = body.bytes().take_while(|b| *b == b'#').count();
    let after = body.get(marks..).unwrap_or("");
    let (skip, content) = if marks == level && (after.is_empty() || after.starts_with([' ', '\t'])) {
        (marks, without_closing(after))
    } else {
        let last_line = body.rfind(['\n', '\r']).unwrap_or(body.len());
        (0, body.get(..last_line).unwrap_or(""))
    };
    let lead = content.len() - content.trim_start().len();
    let start = range.start + indent + skip + lead;
    start..start + content.trim().len()
}

/// An ATX heading's text without the closing run of `#`, which counts as one only behind a space.
fn without_closing(s: &str) -> &str {
    let trimmed = s.trim_end();
    let open = trimmed.trim_end_matches('#');
    if open.len() < trimmed.len() && (open.is_empty() || open.ends_with([' ', '\t'])) {
        open
    } else {
        trimmed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(text: &str) -> Vec<(u8, &str)> {
        outline(text, 0).headings.iter().map(|h| (h.level, &text[h.content.clone()])).collect()
    }

    #[test]
    fn only_top_level_headings_count() {
        let text = "# One #\n\n> ## quoted\n\n- # listed\n\n```\n# code\n```\n\nTwo\nlines\n---\n\n    # indented code\n\n<div>\n# html\n</div>\n\n#no\n### Three ## #\n#\n";
        assert_eq!(headings(text), [(1, "One"), (2, "Two\nlines"), (3, "Three ##"), (1, "")]);
        assert_eq!(headings("#5 is\n==="), [(1, "#5 is")]);
        assert_eq!(headings("  ## a\\#"), [(2, "a\\#")]);
    }

    #[test]
    fn the_list_directly_under_a_heading_is_its_field_list() {
        let fields = |text: &str| -> Vec<String> {
            let o = outline(text, 0);
            o.headings[0].bullets.clone().map(|i| text[o.bullets[i].clone()].trim_end().to_owned()).collect()
        };
        assert_eq!(fields("# A\n- a: b\n- c: d\n  - e\n\ntext\n\n- no: field"), ["- a: b", "- c: d\n  - e"]);
        assert_eq!(fields("# A\n\n* a: b\n\n* c: d\n"), ["* a: b", "* c: d"]);
        assert_eq!(fields("# A **b** `c` [d](e)\n- a: b"), ["- a: b"]);
        assert_eq!(fields("A *b*\n---\n+ a: b"), ["+ a: b"]);
        assert!(fields("# A\ntext\n- a: b").is_empty());
        assert!(fields("# A\n1. a: b").is_empty());
        assert!(fields("# A\n<!-- x -->\n- a: b").is_empty());
    }

    #[test]
    fn labels_begin_a_paragraph() {
        let text = "**Expected:** x\n\nnot **Bold:** y\n\n**Steps**: z\n\n**bold** text\n";
        let names: Vec<&str> = outline(text, 0).labels.iter().map(|l| &text[l.name.clone()]).collect();
        assert_eq!(names, ["Expected", "Steps"]);
    }
}
