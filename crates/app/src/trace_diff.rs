//! `trace diff`: what became of items and links from one revision to another.

use crate::analysis::{Analysis, Inputs};
use crate::error::Result;
use crate::workspace::Workspace;
use model::{Item, Model};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What changed in the documents between two revisions.
#[derive(Clone, Debug, Serialize)]
pub struct TraceDiff {
    /// Always `dossier/trace-diff/v1`.
    pub format: &'static str,
    /// The older revision, as it was named.
    pub from: String,
    /// The newer revision, as it was named.
    pub to: String,
    /// New items.
    pub added: Vec<DiffItem>,
    /// Items that are gone.
    pub removed: Vec<DiffItem>,
    /// Items of other content, and what of them: `kind`, `title`, `field NAME`, `text`, `embedded files`.
    pub changed: Vec<ChangedItem>,
    /// New links.
    pub links_added: Vec<DiffLink>,
    /// Links that are gone.
    pub links_removed: Vec<DiffLink>,
}

/// An item that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiffItem {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The file that it stands in, or stood in.
    pub file: String,
    /// The line of its heading.
    pub line: u32,
}

/// An item whose content changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedItem {
    /// The item as it is in the newer revision.
    #[serde(flatten)]
    pub item: DiffItem,
    /// What changed.
    pub parts: Vec<String>,
}

/// A link that came or went.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DiffLink {
    /// The item that carries it.
    pub from: String,
    /// Its type, `verifies`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id that it names.
    pub to: String,
}

/// What became of items and links from revision `from` to revision `to`. Stamps are no part of it: confirming a link changes
/// nothing that the link says.
///
/// # Errors
/// When a revision names no commit.
pub fn trace_diff(ws: &Workspace, from: &str, to: &str) -> Result<TraceDiff> {
    let at = |revision: &str| {
        let inputs = Inputs { at: Some(revision.to_owned()), ..Inputs::default() };
        Analysis::of_documents(ws, &inputs)
    };
    let (old, new) = (at(from)?, at(to)?);
    Ok(diff(&old.model, &new.model, from, to))
}

/// As [`trace_diff`], of models that were read already.
pub(crate) fn diff(old: &Model, new: &Model, from: &str, to: &str) -> TraceDiff {
    let (before, after) = (by_id(old), by_id(new));
    let gone = |here: &BTreeMap<&str, &Item>, there: &BTreeMap<&str, &Item>| -> Vec<DiffItem> {
        here.iter().filter(|(id, _)| !there.contains_key(*id)).map(|(_, item)| shown(item)).collect()
    };
    let changed = after.iter().filter_map(|(id, item)| {
        let was = before.get(id)?;
        let parts = parts(was, item);
        (!parts.is_empty()).then(|| ChangedItem { item: shown(item), parts })
    });
    let (was, is) = (links(old), links(new));
    TraceDiff {
        format: "dossier/trace-diff/v1",
        from: from.to_owned(),
        to: to.to_owned(),
        added: gone(&after, &before),
        removed: gone(&before, &after),
        changed: changed.collect(),
        links_added: is.difference(&was).cloned().collect(),
        links_removed: was.difference(&is).cloned().collect(),
    }
}

/// The first item of each id; a second one is a finding of `check`.
fn by_id(model: &Model) -> BTreeMap<&str, &Item> {
    model.items().iter().rev().map(|i| (i.id.as_str(), i)).collect()
}

fn shown(item: &Item) -> DiffItem {
    DiffItem {
        id: item.id.to_string(),
        title: item.title().to_owned(),
        file: item.file.path.to_string(),
        line: item.line(),
    }
}

fn links(model: &Model) -> BTreeSet<DiffLink> {
    let link = |item: &Item, r: &model::Reference| DiffLink {
        from: item.id.to_string(),
        kind: r.kind.as_str().to_owned(),
        to: r.target.to_string(),
    };
    model.items().iter().flat_map(|i| i.links.iter().map(move |r| link(i, r))).collect()
}

/// What of an item changed. Fields that do not count for its digest are shown too: a new owner is a change that people ask for.
pub(crate) fn parts(was: &Item, is: &Item) -> Vec<String> {
    let mut out = Vec::new();
    if was.kind != is.kind {
        out.push("kind".to_owned());
    }
    if words(was.title()) != words(is.title()) {
        out.push("title".to_owned());
    }
    let keys: BTreeSet<&str> = was.fields.iter().chain(&is.fields).map(|f| f.key.as_str()).collect();
    for key in keys {
        if was.values(key) != is.values(key) {
            out.push(format!("field {key}"));
        }
    }
    if words(was.text()) != words(is.text()) {
        out.push("text".to_owned());
    }
    let embedded = |i: &Item| i.embedded.iter().map(|e| (e.path.clone(), e.digest)).collect::<Vec<_>>();
    if embedded(was) != embedded(is) {
        out.push("embedded files".to_owned());
    }
    out
}

/// White space is no content.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

impl TraceDiff {
    /// For people: `+` came, `-` went, `~` changed.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for (mark, items) in [('+', &self.added), ('-', &self.removed)] {
            for i in items {
                let _ = writeln!(out, "{mark} {} {}  ({}:{})", i.id, i.title, i.file, i.line);
            }
        }
        for c in &self.changed {
            let i = &c.item;
            let _ = writeln!(out, "~ {} {}: {}  ({}:{})", i.id, i.title, c.parts.join(", "), i.file, i.line);
        }
        for (mark, links) in [('+', &self.links_added), ('-', &self.links_removed)] {
            for l in links {
                let _ = writeln!(out, "{mark} {} {} {}", l.from, l.kind, l.to);
            }
        }
        if out.is_empty() {
            out.push_str("no item and no link changed\n");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use documents::{Blob, Content, from_blobs};
    use model::TrustStamps;

    fn model(text: &str) -> Model {
        let (config, _) = product::parse("[product]\nname = \"x\"\n", "dossier.toml");
        let blob = Blob { path: "dossier/a.md".to_owned(), content: Content::Bytes(text.into()) };
        Model::build(from_blobs([blob], &config).items, &TrustStamps)
    }

    #[test]
    fn what_came_went_and_changed_is_told_apart() {
        let old = model(
            "# R\n\n## SRS-1 One\n- source: users\n- satisfies: SYS-1\n\nText  of one.\n\n## SRS-2 Two\n\nText.\n\n## SRS-4 Four\n\nOld.\n",
        );
        let new = model(
            "# R\n\n## SRS-1 One\n- source: law\n- satisfies: SYS-1@00000000, SYS-2\n\nText of\none.\n\n## SRS-3 Three\n\nText.\n\n## SRS-4 Four!\n\nNew.\n",
        );
        let d = diff(&old, &new, "a", "b");
        let ids = |list: &[DiffItem]| list.iter().map(|i| i.id.clone()).collect::<Vec<_>>();
        assert_eq!((ids(&d.added), ids(&d.removed)), (vec!["SRS-3".to_owned()], vec!["SRS-2".to_owned()]));
        let changed: Vec<_> = d.changed.iter().map(|c| (c.item.id.as_str(), c.parts.join(" "))).collect();
        assert_eq!(changed, [("SRS-1", "field source".to_owned()), ("SRS-4", "title text".to_owned())]);
        assert_eq!(d.links_added.iter().map(|l| l.to.as_str()).collect::<Vec<_>>(), ["SYS-2"]);
        assert!(d.links_removed.is_empty(), "a stamp is no part of a link");
        assert!(d.to_text().contains("~ SRS-4 Four!: title, text"));
        assert_eq!(diff(&new, &new, "b", "b").to_text(), "no item and no link changed\n");
    }
}
