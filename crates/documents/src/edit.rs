//! Changes of one document that touch no other byte of it.
//!
//! Every change is checked by reading the result: each item must say what was asked for, and all others must say what
//! they said before. What cannot be written so is refused, and then nothing is changed.

use crate::{Kinds, Parsed, parse_text};
use model::{Item, LinkType};
use std::ops::Range;
use vocabulary::{ItemId, Stamp};

/// A change of one item in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Writes a stamp behind the target of a link.
    Stamp {
        /// The item that carries the link.
        item: ItemId,
        /// The link field.
        link: LinkType,
        /// The target.
        target: ItemId,
        /// The stamp to write.
        stamp: Stamp,
    },
    /// Adds a link, behind those of the same field or as a new field.
    AddLink {
        /// The item that is to carry the link.
        item: ItemId,
        /// The link field.
        link: LinkType,
        /// The target.
        target: ItemId,
        /// The stamp, where the link is confirmed at once.
        stamp: Option<Stamp>,
    },
    /// Sets a field that is no link; adds it below the last one where the item has none of that name.
    SetField {
        /// The item.
        item: ItemId,
        /// The field.
        key: String,
        /// The value as it is to be written, one line.
        value: String,
    },
    /// Replaces the title.
    SetTitle {
        /// The item.
        item: ItemId,
        /// The new title, one line.
        title: String,
    },
    /// Replaces the text below the fields.
    SetText {
        /// The item.
        item: ItemId,
        /// The new text, Markdown.
        text: String,
    },
}

/// Why an edit cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The file has no such item.
    #[error("the file has no item `{0}`")]
    NoItem(ItemId),
    /// The item has no such link.
    #[error("`{item}` has no link `{link}: {target}`")]
    NoLink {
        /// The item.
        item: ItemId,
        /// The field.
        link: LinkType,
        /// The target.
        target: ItemId,
    },
    /// Two edits change the same place.
    #[error("two changes of `{0}` touch the same place")]
    Overlap(ItemId),
    /// What was to be written would be read as something else.
    #[error("the change of `{0}` would not read back as it was given")]
    Unwritable(ItemId),
}

/// Text to put in the place of a range.
struct Replacement<'e> {
    range: Range<usize>,
    text: String,
    item: &'e ItemId,
}

impl Edit {
    /// The item that it changes.
    pub fn item(&self) -> &ItemId {
        match self {
            Edit::Stamp { item, .. }
            | Edit::AddLink { item, .. }
            | Edit::SetField { item, .. }
            | Edit::SetTitle { item, .. }
            | Edit::SetText { item, .. } => item,
        }
    }

    /// Makes the changes in the text of a file and returns the new text.
    ///
    /// # Errors
    /// When one of them cannot be made; then none is.
    pub fn apply(edits: &[Edit], text: &str, kinds: &Kinds) -> Result<String, EditError> {
        let before = parse_text("", text.to_owned(), kinds);
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let by_id: std::collections::HashMap<&ItemId, &Item> =
            before.items.iter().rev().map(|i| (&i.id, i)).collect();
        let mut replacements = Vec::new();
        for edit in edits {
            let item = by_id.get(edit.item()).ok_or_else(|| EditError::NoItem(edit.item().clone()))?;
            edit.replace(item, text, newline, &mut replacements)?;
        }
        replacements.sort_by_key(|r| (r.range.start, r.range.end));
        let mut out = String::with_capacity(text.len() + 64);
        let mut at = 0;
        for r in replacements {
            let kept = text.get(at..r.range.start).ok_or_else(|| EditError::Overlap(r.item.clone()))?;
            out.push_str(kept);
            out.push_str(&r.text);
            at = r.range.end;
        }
        out.push_str(text.get(at..).unwrap_or(""));
        verify(edits, &before, &parse_text("", out.clone(), kinds))?;
        Ok(out)
    }

    fn replace<'e>(
        &'e self,
        item: &Item,
        text: &str,
        newline: &str,
        out: &mut Vec<Replacement<'e>>,
    ) -> Result<(), EditError> {
        let mut put =
            |range: Range<usize>, text: String| out.push(Replacement { range, text, item: self.item() });
        match self {
            Edit::Stamp { link, target, stamp, .. } => {
                let mut links =
                    item.links.iter().filter(|l| l.kind == *link && l.target == *target).peekable();
                if links.peek().is_none() {
                    return Err(EditError::NoLink {
                        item: item.id.clone(),
                        link: *link,
                        target: target.clone(),
                    });
                }
                links.for_each(|l| put(l.span.range(), format!("{target}@{stamp}")));
            }
            Edit::AddLink { link, target, stamp, .. } => {
                let written = stamp.map_or_else(|| target.to_string(), |s| format!("{target}@{s}"));
                match item.links.iter().rfind(|l| l.kind == *link) {
                    Some(last) => put(last.span.range().end..last.span.range().end, format!(", {written}")),
                    None => {
                        let (at, bullet) = new_bullet(item, text, newline);
                        put(at..at, bullet(&format!("{link}: {written}")));
                    }
                }
            }
            Edit::SetField { key, value, .. } => {
                let value = value.trim();
                match item.field(key) {
                    Some(f) => {
                        let range = f.value_span.range();
                        // A key without a value has nothing between the colon and the end of the line.
                        let space = if range.is_empty() && !value.is_empty() { " " } else { "" };
                        put(range, format!("{space}{value}"));
                    }
                    None => {
                        let (at, bullet) = new_bullet(item, text, newline);
                        put(at..at, bullet(format!("{key}: {value}").trim_end()));
                    }
                }
            }
            Edit::SetTitle { title, .. } => {
                let range = item.title_span.range();
                if title.trim().is_empty() && range.is_empty() {
                    return Ok(());
                }
                if range.is_empty() {
                    let colon =
                        text.get(item.id_span.range().end..).is_some_and(|rest| rest.starts_with(':'));
                    let at = item.id_span.range().end + usize::from(colon);
                    put(at..at, format!(" {}", title.trim()));
                } else {
                    put(range, title.trim().to_owned());
                }
            }
            Edit::SetText { text: new, .. } => {
                let new = new.trim().lines().collect::<Vec<_>>().join(newline);
                let whole = item.text_span.range();
                let old = item.text_span.of(text);
                let lead = old.len() - old.trim_start().len();
                if old.trim().is_empty() && new.is_empty() {
                    return Ok(());
                }
                if old.trim().is_empty() {
                    let at = text.get(..whole.start).unwrap_or("").trim_end().len();
                    let follows = text.get(at..).unwrap_or("");
                    let blank = follows.len() - follows.trim_start().len();
                    let breaks = follows.get(..blank).unwrap_or("").matches('\n').count();
                    // A blank line before the next item, the end of a line at the end of the file.
                    let wanted = if blank == follows.len() { 1 } else { 2 };
                    let end = if breaks < wanted { newline } else { "" };
                    put(at..at, format!("{newline}{newline}{new}{end}"));
                } else {
                    put(whole.start + lead..whole.start + lead + old.trim().len(), new);
                }
            }
        }
        Ok(())
    }
}

/// Where a new field of an item goes, and how it is written: with the bullet that the list has, behind its last line.
fn new_bullet<'n>(item: &Item, text: &str, newline: &'n str) -> (usize, impl Fn(&str) -> String + use<'n>) {
    let ends = item.fields.iter().map(|f| f.value_span.end).chain(item.links.iter().map(|l| l.span.end));
    let last = ends.chain(item.loose.iter().map(|l| l.end)).max();
    let heading_end = item.heading.end as usize;
    let from = last.map_or(heading_end, |e| e as usize);
    let rest = text.get(from..).unwrap_or("");
    let at = from + rest.find(['\n', '\r']).unwrap_or(rest.len());
    let marker = last.and_then(|_| {
        let list = text.get(heading_end..)?.trim_start_matches(['\n', '\r']);
        let end = list.find(|c: char| c.is_ascii_alphanumeric())?;
        list.get(..end).filter(|m| !m.contains('\n')).map(str::to_owned)
    });
    let marker = marker.unwrap_or_else(|| "- ".to_owned());
    // A paragraph on the next line would continue the bullet.
    let after = text.get(at..).unwrap_or("");
    let next_line = after.strip_prefix("\r\n").or_else(|| after.strip_prefix(['\n', '\r'])).unwrap_or("");
    let joins = last.is_none() && !next_line.is_empty() && !next_line.starts_with(['\n', '\r']);
    let end = if joins { newline } else { "" };
    (at, move |field: &str| format!("{newline}{marker}{field}{end}"))
}

/// Compares what the file said before with what it says now.
fn verify(edits: &[Edit], before: &Parsed, after: &Parsed) -> Result<(), EditError> {
    let mut by_item: std::collections::HashMap<&ItemId, Vec<&Edit>> = std::collections::HashMap::new();
    for edit in edits {
        by_item.entry(edit.item()).or_default().push(edit);
    }
    // Without edits nothing was changed.
    let Some(first) = edits.first() else { return Ok(()) };
    let unwritable = || EditError::Unwritable(first.item().clone());
    if before.items.len() != after.items.len() || before.front != after.front {
        return Err(unwritable());
    }
    for (old, new) in before.items.iter().zip(&after.items) {
        let edits = by_item.remove(&old.id).unwrap_or_default();
        if old.id != new.id || old.kind != new.kind || !is_as_asked(&edits, old, new) {
            return Err(if edits.is_empty() { unwritable() } else { EditError::Unwritable(old.id.clone()) });
        }
    }
    Ok(())
}

/// Whether an item says what it said, apart from what the edits ask for.
fn is_as_asked(edits: &[&Edit], old: &Item, new: &Item) -> bool {
    let mut title = one_line(old.title());
    let mut text = lines(old.text());
    let mut fields: Vec<(String, String)> = fields_of(old);
    let mut links: Vec<(LinkType, ItemId, Option<Stamp>)> =
        old.links.iter().map(|l| (l.kind, l.target.clone(), l.stamp)).collect();
    for edit in edits {
        match edit {
            Edit::Stamp { link, target, stamp, .. } => {
                let meant = links.iter_mut().filter(|(k, t, _)| k == link && t == target);
                meant.for_each(|(_, _, s)| *s = Some(*stamp));
            }
            Edit::AddLink { link, target, stamp, .. } => {
                let at = links.iter().rposition(|(k, _, _)| k == link).map_or(links.len(), |i| i + 1);
                links.insert(at, (*link, target.clone(), *stamp));
            }
            Edit::SetField { key, value, .. } => {
                let value = one_line(value);
                match fields.iter_mut().find(|(k, _)| k == key) {
                    Some((_, v)) => *v = value,
                    None => fields.push((key.clone(), value)),
                }
            }
            Edit::SetTitle { title: new, .. } => title = one_line(new),
            Edit::SetText { text: new, .. } => text = lines(new),
        }
    }
    let new_links = new.links.iter().map(|l| (l.kind, l.target.clone(), l.stamp));
    let loose = |i: &Item| i.loose.iter().map(|s| one_line(s.of(&i.file.text))).collect::<Vec<_>>();
    one_line(new.title()) == title
        && lines(new.text()) == text
        && fields_of(new) == fields
        && new_links.eq(links)
        && loose(old) == loose(new)
}

fn fields_of(item: &Item) -> Vec<(String, String)> {
    item.fields.iter().map(|f| (f.key.to_string(), one_line(f.value_span.of(&item.file.text)))).collect()
}

fn one_line(s: &str) -> String {
    s.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lines(s: &str) -> Vec<String> {
    s.trim().lines().map(|l| l.trim_end().to_owned()).collect()
}
