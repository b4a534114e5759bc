//! Fields of sections: what a section of a controlled document states, so that a rule reads it there and nowhere else.
//!
//! ```markdown
//! ## 1. Life cycle model
//! - field: life-cycle-model, processes
//!
//! Development is iterative …
//! ```
//!
//! The line stands directly below the heading. The section's text goes on to the next heading of the same or a higher level,
//! or to the first item. Bullets `- topic: text` in it are its topics.

use crate::controlled::Document;
use diagnostics::Span;
use std::ops::Range;

/// A field that a section states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionField {
    /// The field's name, `life-cycle-model`.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// The section's text below the field line, deeper sections included.
    pub text: Span,
    /// The topics of the text, in order: name, and where its text stands.
    pub topics: Vec<(String, Span)>,
}

impl Document {
    /// The fields that the sections of this document state, in order. A name may come twice.
    pub fn section_fields(&self) -> Vec<SectionField> {
        let text = &self.file.text;
        let mut out = Vec::new();
        for (n, section) in self.sections.iter().enumerate() {
            let body = range(section.body);
            let Some((names, after)) = field_line(text, body.clone()) else { continue };
            let whole = after..self.end_of(n, text);
            let topics = topics(text, whole.clone());
            for (name, place) in names {
                out.push(SectionField {
                    name,
                    name_span: Span::new(place),
                    text: Span::new(whole.clone()),
                    topics: topics.clone(),
                });
            }
        }
        out
    }

    /// Where a section ends with its deeper sections. An item's heading ends it too.
    fn end_of(&self, n: usize, text: &str) -> usize {
        let Some(section) = self.sections.get(n) else { return 0 };
        let mut end = section.body.end as usize;
        for next in self.sections.iter().skip(n + 1) {
            let title = next.title.start as usize;
            let joined =
                text.get(end..title).is_some_and(|gap| gap.chars().all(|c| c == '#' || c.is_whitespace()));
            if next.level <= section.level || !joined {
                break;
            }
            end = next.body.end as usize;
        }
        end
    }
}

/// A name and where it stands.
type Named = (String, Range<usize>);

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// The names of the field lines at the start of a section with their places, and where its text begins.
fn field_line(text: &str, body: Range<usize>) -> Option<(Vec<Named>, usize)> {
    let mut names = Vec::new();
    let mut at = body.start;
    for line in text.get(body)?.split_inclusive('\n') {
        let start = at;
        if line.trim().is_empty() && names.is_empty() {
            at += line.len();
            continue;
        }
        let Some(value) = line.trim_start().strip_prefix(['-', '*']).map(str::trim_start) else { break };
        let Some(value) = value.strip_prefix("field:") else { break };
        let mut place = start + line.len() - value.len();
        for part in value.split(',') {
            let name = part.trim();
            if !name.is_empty() {
                let lead = part.len() - part.trim_start().len();
                names.push((name.to_lowercase(), place + lead..place + lead + name.len()));
            }
            place += part.len() + 1;
        }
        at += line.len();
    }
    (!names.is_empty()).then_some((names, at))
}

/// The bullets `- topic: text` of a text; the text goes on over indented lines.
fn topics(text: &str, whole: Range<usize>) -> Vec<(String, Span)> {
    let mut out: Vec<(String, Range<usize>)> = Vec::new();
    let mut at = whole.start;
    let mut open = false;
    for line in text.get(whole).unwrap_or("").split_inclusive('\n') {
        let (start, end) = (at, at + line.trim_end().len());
        at += line.len();
        let bullet = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        if let Some(rest) = bullet {
            let named = rest.split_once(':').filter(|(key, _)| is_name(key.trim_matches(['*', '`', ' '])));
            open = named.is_some();
            if let Some((key, value)) = named {
                let value = start + line.len() - value.len();
                out.push((key.trim_matches(['*', '`', ' ']).to_lowercase(), value.min(end)..end));
            }
        } else if open && line.starts_with([' ', '\t']) && !line.trim().is_empty() {
            if let Some((_, place)) = out.last_mut() {
                place.end = end;
            }
        } else {
            open = false;
        }
    }
    out.into_iter().map(|(name, place)| (name, Span::new(place))).collect()
}

fn is_name(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use crate::{Blob, Content, from_blobs};

    type Found = (String, String, Vec<(String, String)>);

    fn fields(text: &str) -> Vec<Found> {
        let (config, _) = product::parse("[product]\nname = \"t\"\n", "dossier.toml");
        let blob = Blob { path: "dossier/a.md".into(), content: Content::Bytes(text.as_bytes().to_vec()) };
        let read = from_blobs([blob], &config);
        let document = read.controlled.first().expect("a document");
        let text = document.file.text.clone();
        let said = |s: diagnostics::Span| s.of(&text).trim().to_owned();
        document
            .section_fields()
            .into_iter()
            .map(|f| (f.name, said(f.text), f.topics.into_iter().map(|(n, s)| (n, said(s))).collect()))
            .collect()
    }

    #[test]
    fn a_section_states_fields_and_holds_its_deeper_sections() {
        let found = fields(
            "---\ndocument: DOC-SDP\n---\n# Plan\n\n## 1. Model\n- field: life-cycle-model, Processes\n\nIterative.\n\n### More\n\nDeep.\n\n\
             ## 2. Other\n\n- field: late\n",
        );
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[0].0, "life-cycle-model");
        assert_eq!(found[1].0, "processes");
        assert!(found[0].1.starts_with("Iterative.") && found[0].1.ends_with("Deep."), "{}", found[0].1);
        assert_eq!((found[2].0.as_str(), found[2].1.as_str()), ("late", ""));
    }

    #[test]
    fn topics_are_named_bullets_and_an_item_ends_the_section() {
        let found = fields(
            "---\ndocument: DOC-A\n---\n# A\n\n## 1. Content\n- field: content\n\n- timing: TC-1 and\n  TC-2\n- `memory`: none\n- plain words\n\n\
             ## SRS-1 Item\n\nText of the item.\n",
        );
        assert_eq!(
            found,
            [(
                "content".to_owned(),
                "- timing: TC-1 and\n  TC-2\n- `memory`: none\n- plain words".to_owned(),
                vec![
                    ("timing".to_owned(), "TC-1 and\n  TC-2".to_owned()),
                    ("memory".to_owned(), "none".to_owned())
                ]
            )]
        );
    }

    #[test]
    fn text_that_only_looks_like_it_states_nothing() {
        assert!(fields("---\ndocument: DOC-A\n---\n# A\n\n## 1\n\nWords.\n\n- field: x\n").is_empty());
        assert!(fields("---\ndocument: DOC-A\n---\n# A\n\n## 1\n- field: ,\n").is_empty());
    }
}
