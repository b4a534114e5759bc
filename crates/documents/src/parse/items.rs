//! Which headings are items, and what belongs to each.

use super::outline::{Heading, Outline};
use super::{Kinds, fields, paths};
use crate::code::{KIND_CONTRADICTS, UNMAPPED_PREFIX};
use diagnostics::{Diagnostic, Span};
use model::digest::{Content, Lines};
use model::{Embedded, Item, Kind, Part, SourceFile};
use smol_str::SmolStr;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use vocabulary::{Digest, ItemId};

/// The items of a file, and what its text outside them embeds.
pub(super) struct Read {
    pub(super) items: Vec<Item>,
    pub(super) embedded: Vec<Embedded>,
}

/// A heading that begins with an id.
struct Candidate<'o> {
    heading: &'o Heading,
    id: ItemId,
    id_range: Range<usize>,
    title: Range<usize>,
}

/// Makes items of the headings that are such.
pub(super) fn read(
    file: &Arc<SourceFile>,
    outline: &Outline,
    stated: Option<Kind>,
    kinds: &Kinds,
    found: &mut Vec<Diagnostic>,
) -> Read {
    let candidates: Vec<Candidate<'_>> =
        outline.headings.iter().filter_map(|h| candidate(&file.text, h)).collect();
    let unknown = unknown_prefixes(&candidates, kinds);
    let mut chosen: Vec<(Candidate<'_>, Kind)> = Vec::with_capacity(candidates.len());
    for c in candidates {
        let of_prefix = kinds.of_prefix(c.id.prefix());
        // A prefix that is not known counts where another heading of the file uses it too and the file says what both are.
        let vouched = unknown.get(c.id.prefix()).is_some_and(|n| *n > 1);
        match (stated, of_prefix) {
            (Some(kind), Some(own)) => {
                if kind != own {
                    found.push(contradiction(file, &c, kind, own));
                }
                chosen.push((c, kind));
            }
            (None, Some(kind)) => chosen.push((c, kind)),
            (Some(kind), None) if vouched => chosen.push((c, kind)),
            _ => found.extend(unmapped(file, &c, stated, vouched, outline)),
        }
    }

    let starts: Vec<usize> = chosen.iter().map(|(c, _)| c.heading.range.start).collect();
    let mut pieces = Pieces { file, outline, kinds, heading: 0, image: 0, label: 0, lines: Lines::default() };
    let embedded = pieces.images_until(starts.first().copied().unwrap_or(file.text.len()));
    let mut items = Vec::with_capacity(chosen.len());
    for (i, (c, kind)) in chosen.into_iter().enumerate() {
        let end = starts.get(i + 1).copied().unwrap_or(file.text.len());
        items.push(pieces.item(c, kind, end, found));
    }
    Read { items, embedded }
}

/// The id that a heading begins with, a colon behind it or not.
fn candidate<'o>(text: &str, heading: &'o Heading) -> Option<Candidate<'o>> {
    let content = text.get(heading.content.clone())?;
    let word = content.split(char::is_whitespace).next()?;
    let id_text = word.strip_suffix(':').unwrap_or(word);
    let id = ItemId::new(id_text)?;
    let start = heading.content.start;
    let rest = content.get(word.len()..)?;
    let lead = rest.len() - rest.trim_start().len();
    let title = (start + word.len() + lead).min(heading.content.end)..heading.content.end;
    Some(Candidate { heading, id, id_range: start..start + id_text.len(), title })
}

/// How many headings use each prefix that is neither built in nor mapped.
fn unknown_prefixes(candidates: &[Candidate<'_>], kinds: &Kinds) -> HashMap<String, usize> {
    let mut out = HashMap::new();
    for c in candidates.iter().filter(|c| kinds.of_prefix(c.id.prefix()).is_none()) {
        *out.entry(c.id.prefix().to_owned()).or_insert(0) += 1;
    }
    out
}

fn contradiction(file: &SourceFile, c: &Candidate<'_>, kind: Kind, own: Kind) -> Diagnostic {
    let place = file.location(Span::new(c.id_range.clone()));
    let message = format!("`{}` is a {} by its file and a {} by its id", c.id, kind.plain(), own.plain());
    KIND_CONTRADICTS
        .at(place, message)
        .subject(c.id.as_str())
        .help(format!("move it to a file of kind `{own}`, or leave `kind` out of the front matter"))
}

/// A heading with the shape of an item whose prefix means nothing here: a note where the file states a kind. Where fields or
/// another such heading show that an item was meant, it is a warning, because whatever it asks for is not checked.
fn unmapped(
    file: &SourceFile,
    c: &Candidate<'_>,
    stated: Option<Kind>,
    vouched: bool,
    outline: &Outline,
) -> Option<Diagnostic> {
    let bullets = outline.bullets.get(c.heading.bullets.clone()).unwrap_or(&[]);
    let has_links = fields::read(file, bullets, &[]).is_some_and(|f| !f.links.is_empty());
    if stated.is_none() && !has_links && !vouched {
        return None;
    }
    let prefix = c.id.prefix();
    let place = file.location(Span::new(c.id_range.clone()));
    let mut d =
        UNMAPPED_PREFIX.at(place, format!("`{}` is read as prose: the prefix `{prefix}` has no kind", c.id));
    if has_links || vouched {
        d.severity = diagnostics::Severity::Warning;
    }
    Some(d.help(format!("if it is an item, write `{prefix} = \"…\"` under `[kinds]` in `dossier.toml`")))
}

/// Hands out the parts of the outline in order, item by item.
struct Pieces<'o> {
    file: &'o Arc<SourceFile>,
    outline: &'o Outline,
    kinds: &'o Kinds,
    heading: usize,
    image: usize,
    label: usize,
    lines: Lines,
}

impl Pieces<'_> {
    fn item(&mut self, c: Candidate<'_>, kind: Kind, end: usize, found: &mut Vec<Diagnostic>) -> Item {
        let heading = c.heading;
        let bullets = self.outline.bullets.get(heading.bullets.clone()).unwrap_or(&[]);
        let list = fields::read(self.file, bullets, &self.kinds.fields);
        let text_start = if list.is_some() { heading.list_end } else { heading.range.end };
        let mut list = list.unwrap_or_default();
        found.extend(list.found.drain(..).map(|d| d.subject(c.id.as_str())));
        let mut item = Item {
            id: c.id,
            kind,
            file: self.file.clone(),
            heading: Span::new(heading.range.clone()),
            id_span: Span::new(c.id_range),
            title_span: Span::new(c.title),
            text_span: Span::new(text_start..end.max(text_start)),
            span: Span::new(heading.range.start..end),
            fields: list.fields,
            loose: list.loose,
            links: list.links,
            parts: self.parts(heading.range.start, end),
            embedded: self.images_until(end),
            digest: Digest([0; 32]),
        };
        item.digest = content_digest(&item, &mut self.lines);
        item
    }

    /// The sub-headings and bold labels of an item's text, with what stands below each.
    fn parts(&mut self, start: usize, end: usize) -> Vec<Part> {
        let headings = &self.outline.headings;
        while headings.get(self.heading).is_some_and(|h| h.range.start <= start) {
            self.heading += 1;
        }
        while self.outline.labels.get(self.label).is_some_and(|l| l.start < start) {
            self.label += 1;
        }
        let mut parts: Vec<(usize, Part)> = Vec::new();
        loop {
            let heading = headings.get(self.heading).filter(|h| h.range.start < end);
            let label = self.outline.labels.get(self.label).filter(|l| l.start < end);
            let (at, name, body) = match (heading, label) {
                (Some(h), Some(l)) if h.range.start < l.start => (h.range.start, &h.content, h.range.end),
                (_, Some(l)) => (l.start, &l.name, l.body),
                (Some(h), None) => (h.range.start, &h.content, h.range.end),
                (None, None) => break,
            };
            if heading.is_some_and(|h| h.range.start == at) {
                self.heading += 1;
            } else {
                self.label += 1;
            }
            let name = self.file.text.get(name.clone()).unwrap_or("").trim_end_matches(':');
            parts.push((at, Part { name: SmolStr::new(name.to_lowercase()), body: Span::new(body..end) }));
        }
        let ends: Vec<usize> = parts.iter().skip(1).map(|(at, _)| *at).chain([end]).collect();
        let close = |((_, mut part), end): ((usize, Part), usize)| {
            part.body = Span::new(part.body.start as usize..end);
            part
        };
        parts.into_iter().zip(ends).map(close).collect()
    }

    /// The local files that are embedded before `end`, from where the last call stopped.
    fn images_until(&mut self, end: usize) -> Vec<Embedded> {
        let mut out = Vec::new();
        while let Some(image) = self.outline.images.get(self.image).filter(|i| i.range.start < end) {
            self.image += 1;
            if let Some(path) = paths::resolve(&self.file.path, &image.url) {
                out.push(Embedded { path, digest: None, span: Span::new(image.range.clone()) });
            }
        }
        out.sort();
        out
    }
}

/// The content digest of an item as it stands.
pub(crate) fn content_digest(item: &Item, lines: &mut Lines) -> Digest {
    let text = item.file.text.as_str();
    let fields: Vec<(&str, &str)> =
        item.fields.iter().map(|f| (f.key.as_str(), f.value_span.of(text))).collect();
    let loose: Vec<&str> = item.loose.iter().map(|s| s.of(text)).collect();
    let embedded: Vec<(&str, Option<Digest>)> =
        item.embedded.iter().map(|e| (e.path.as_str(), e.digest)).collect();
    let content = Content {
        id: item.id.as_str(),
        kind: item.kind,
        title: item.title_span.of(text),
        fields: &fields,
        loose: &loose,
        text: item.text_span.of(text),
        embedded: &embedded,
    };
    content.digest_with(lines)
}
