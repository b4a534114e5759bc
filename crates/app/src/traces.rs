//! Items, links, and what hangs on what.

use crate::act::{Acted, Actor};
use crate::analysis::{Analysis, Inputs};
use crate::error::{Doing as _, Error, Result};
use crate::people::said;
use crate::repository;
use crate::workspace::{Appended, Workspace};
use documents::Edit;
use model::trace::{self, Step};
use model::{ItemIx, Kind, Link, LinkState};
use records::TraceConfirm;
use records::confirmations::{self, ConfirmedLink};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// An item with its fields and links.
#[derive(Clone, Debug, Serialize)]
pub struct ItemRow {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Its file.
    pub file: String,
    /// The line of its heading.
    pub line: u32,
    /// Its content digest.
    pub digest: String,
    /// Its fields that are no links.
    pub fields: BTreeMap<String, String>,
    /// Its links.
    pub links: Vec<LinkRow>,
}

/// A link of an item.
#[derive(Clone, Debug, Serialize)]
pub struct LinkRow {
    /// Its field: `satisfies`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The item named.
    pub target: String,
    /// `current`, `suspect`, `unconfirmed`, `dangling`, `wrong-kind`, `duplicate`.
    pub state: String,
}

/// All items, or those of one kind.
///
/// # Errors
/// When something cannot be read, or there is no such kind.
pub fn trace_items(ws: &Workspace, inputs: &Inputs, kind: Option<&str>) -> Result<Vec<ItemRow>> {
    let kind: Option<Kind> = match kind {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| Error::refused(format!("there is no kind `{text}`")))?),
    };
    let analysis = Analysis::items(ws, inputs)?;
    let wanted = analysis.model.enumerate().filter(|(_, i)| kind.is_none_or(|k| k == i.kind));
    Ok(wanted.map(|(ix, _)| item_row(&analysis, ix)).collect())
}

fn item_row(analysis: &Analysis, ix: ItemIx) -> ItemRow {
    let item = analysis.model.item(ix);
    let link = |l: &Link| LinkRow {
        kind: l.kind.as_str().to_owned(),
        target: l.target.to_string(),
        state: l.state.as_str().to_owned(),
    };
    ItemRow {
        id: item.id.to_string(),
        kind: item.kind.as_str().to_owned(),
        title: item.title().to_owned(),
        file: item.file.path.to_string(),
        line: item.line(),
        digest: item.digest.to_string(),
        fields: item.fields.iter().map(|f| (f.key.to_string(), item.value_of(f).into_owned())).collect(),
        links: analysis.model.outgoing(ix).iter().map(link).collect(),
    }
}

/// What an item hangs on, and what hangs on it.
#[derive(Clone, Debug, Serialize)]
pub struct ChainView {
    /// Always `dossier/chain/v1`.
    pub format: &'static str,
    /// The item.
    pub item: String,
    /// What it serves, nearest first.
    pub up: Vec<ChainStep>,
    /// What serves it, nearest first.
    pub down: Vec<ChainStep>,
}

/// A step of a chain.
#[derive(Clone, Debug, Serialize)]
pub struct ChainStep {
    /// The item reached.
    pub item: String,
    /// Its title.
    pub title: String,
    /// The item that it was reached from.
    pub from: String,
    /// The link between them.
    pub link: String,
    /// Its state.
    pub state: String,
    /// How many links away.
    pub distance: u32,
}

fn steps(analysis: &Analysis, steps: &[Step]) -> Vec<ChainStep> {
    let one = |s: &Step| ChainStep {
        item: analysis.model.item(s.item).id.to_string(),
        title: analysis.model.item(s.item).title().to_owned(),
        from: analysis.model.item(s.from).id.to_string(),
        link: s.kind.as_str().to_owned(),
        state: s.state.as_str().to_owned(),
        distance: s.distance,
    };
    steps.iter().map(one).collect()
}

/// What an item hangs on, and what hangs on it.
///
/// # Errors
/// When there is no such item.
pub fn trace_chain(ws: &Workspace, inputs: &Inputs, item: &str) -> Result<ChainView> {
    let analysis = Analysis::items(ws, inputs)?;
    let ix = analysis.model.find(item).ok_or_else(|| no_item(item))?;
    let chain = trace::chain(&analysis.model, ix);
    Ok(ChainView {
        format: "dossier/chain/v1",
        item: item.to_owned(),
        up: steps(&analysis, &chain.up),
        down: steps(&analysis, &chain.down),
    })
}

fn no_item(item: &str) -> Error {
    Error::refused(format!("there is no item `{item}`")).hint("list them with `dossier trace items`")
}

fn write_steps(out: &mut String, head: &str, steps: &[ChainStep]) {
    if steps.is_empty() {
        return;
    }
    let _ = writeln!(out, "{head}");
    for s in steps {
        let indent = "  ".repeat(s.distance as usize);
        let state = if s.state == "current" { String::new() } else { format!(" ({})", s.state) };
        let _ = writeln!(out, "{indent}{} {} {}{state}  {}", s.from, s.link, s.item, s.title);
    }
}

impl ChainView {
    /// For people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        write_steps(&mut out, "serves", &self.up);
        write_steps(&mut out, "served by", &self.down);
        if out.is_empty() {
            let _ = writeln!(out, "{} has no links", self.item);
        }
        out
    }
}

/// Which links to confirm.
#[derive(Clone, Debug)]
pub enum ConfirmScope {
    /// Those of these items.
    Items(Vec<String>),
    /// All that were never confirmed before.
    All,
}

/// What a confirmation did.
#[derive(Debug)]
pub struct Confirmed {
    /// How many links it confirmed.
    pub links: usize,
    /// The entry.
    pub appended: Appended,
}

/// Confirms links against the current text of both ends: writes the stamps into the documents and one entry with the full
/// digests. Record first, documents second: a stamp without its record counts for nothing, a record without its stamp is
/// written again by the same command.
///
/// # Errors
/// When there is nothing to confirm, a suspect link is among `--all`, or the person cannot sign.
pub fn trace_confirm(ws: &Workspace, actor: &Actor, scope: &ConfirmScope, reason: &str) -> Result<Confirmed> {
    said("a reason", reason)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let analysis = Analysis::of_work_tree(ws)?;
    let links = chosen(&analysis, scope)?;
    let confirmed: Vec<ConfirmedLink> = links.iter().filter_map(|l| confirmed(&analysis, l)).collect();
    let repository = repository::open(ws)?;
    let commit = if repository.status().doing("read the work tree")?.is_empty() {
        repository.head().ok()
    } else {
        None
    };
    let body = TraceConfirm {
        links: ws.blobs().put(confirmations::write(&confirmed).as_bytes())?,
        count: confirmed.len() as u64,
        scope: match scope {
            ConfirmScope::All => "*".to_owned(),
            ConfirmScope::Items(ids) => ids.join(" "),
        },
        reason: reason.to_owned(),
        commit: commit.map(|c| c.to_string()),
    };
    let appended = match ws.at(&state).personal(
        actor,
        "I have read both texts and the link between them holds",
        &body,
    )? {
        Acted::Requested(file) => Appended::Requested(file),
        Acted::Drafts(drafts) => {
            let done = ws.append(&ledger, &state, &drafts)?;
            write_stamps(ws, &analysis, &links)?;
            done
        }
    };
    Ok(Confirmed { links: confirmed.len(), appended })
}

fn chosen<'a>(analysis: &'a Analysis, scope: &ConfirmScope) -> Result<Vec<&'a Link>> {
    let all = analysis.model.links().iter();
    let links: Vec<&Link> = match scope {
        ConfirmScope::All => all.filter(|l| l.state == LinkState::Unconfirmed).collect(),
        ConfirmScope::Items(ids) => {
            let wanted: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
            if let Some(id) = wanted.iter().find(|id| analysis.model.find(id).is_none()) {
                return Err(no_item(id));
            }
            let open = |l: &&Link| matches!(l.state, LinkState::Unconfirmed | LinkState::Suspect);
            all.filter(open).filter(|l| wanted.contains(analysis.model.item(l.from).id.as_str())).collect()
        }
    };
    if links.is_empty() {
        return Err(Error::refused("there is no link to confirm").hint(
            "suspect links are confirmed one by one, by the item that carries them: dossier trace confirm ID",
        ));
    }
    Ok(links)
}

fn confirmed(analysis: &Analysis, link: &Link) -> Option<ConfirmedLink> {
    let (from, to) = (analysis.model.get(link.from)?, analysis.model.get(link.to?)?);
    Some(ConfirmedLink {
        from: from.id.clone(),
        link: link.kind.as_str().to_owned(),
        to: to.id.clone(),
        from_digest: from.digest,
        to_digest: to.digest,
    })
}

/// Writes the stamps file by file; each file is replaced whole or not at all.
fn write_stamps(ws: &Workspace, analysis: &Analysis, links: &[&Link]) -> Result<()> {
    let mut by_file: BTreeMap<String, Vec<Edit>> = BTreeMap::new();
    for link in links {
        let (Some(from), Some(to)) =
            (analysis.model.get(link.from), link.to.and_then(|t| analysis.model.get(t)))
        else {
            continue;
        };
        by_file.entry(from.file.path.to_string()).or_default().push(Edit::Stamp {
            item: from.id.clone(),
            link: link.kind,
            target: to.id.clone(),
            stamp: to.digest.stamp(),
        });
    }
    let (kinds, _) = documents::Kinds::of(&analysis.config);
    for (path, edits) in by_file {
        let file = ws.path(&path);
        let text = std::fs::read_to_string(&file).doing(format_args!("read {path}"))?;
        let text = Edit::apply(&edits, &text, &kinds).doing(format_args!("write stamps into {path}"))?;
        let dir = file.parent().unwrap_or(&ws.root);
        let temporary = tempfile::NamedTempFile::new_in(dir).doing(format_args!("write {path}"))?;
        std::fs::write(temporary.path(), text).doing(format_args!("write {path}"))?;
        if let Ok(meta) = std::fs::metadata(&file) {
            std::fs::set_permissions(temporary.path(), meta.permissions())
                .doing(format_args!("write {path}"))?;
        }
        temporary.persist(&file).doing(format_args!("write {path}"))?;
    }
    Ok(())
}

/// Forms of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatrixForm {
    /// Comma-separated values.
    Csv,
    /// One filterable page.
    Html,
    /// JSON.
    Json,
    /// Markdown.
    Markdown,
}

/// The matrix of requirements, in one of its forms.
///
/// # Errors
/// When something cannot be read.
pub fn trace_matrix(ws: &Workspace, inputs: &Inputs, form: MatrixForm) -> Result<String> {
    let analysis = Analysis::whole(ws, inputs)?;
    crate::pages::matrix(&analysis, form)
}
