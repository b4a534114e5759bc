//! `change impact` and `trace impact`: from a difference of files to everything that hangs on it (62304:7.4, 8.2.2, 8.2.3).

use super::existing;
use crate::analysis::{Analysis, Inputs, product_prefix};
use crate::error::{Doing as _, Error, Result};
use crate::histories::Ground;
use crate::repository;
use crate::workspace::Workspace;
use git::ObjectId;
use model::{ItemIx, impact};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A file that changed, and what it belongs to.
#[derive(Clone, Debug, Serialize)]
pub struct FileReach {
    /// Its path.
    pub path: String,
    /// Functions that changed in it, where its language is read.
    pub functions: Vec<String>,
    /// Items whose source or text it holds; empty where no item names it.
    pub items: Vec<String>,
}

/// What a change touches.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImpactView {
    /// Always `dossier/impact/v1`.
    pub format: &'static str,
    /// `v2.3.0..HEAD` or `CR-7`.
    pub of: String,
    /// Files.
    pub files: Vec<FileReach>,
    /// Items whose text or source changed.
    pub changed: Vec<String>,
    /// Items removed: what named them hangs in the air.
    pub removed: Vec<String>,
    /// Software units.
    pub units: Vec<String>,
    /// Software items.
    pub items: Vec<String>,
    /// Requirements that the changed parts carry.
    pub requirements: Vec<String>,
    /// Risk controls to judge again (62304:7.4.2).
    pub controls: Vec<String>,
    /// Those of them that are verified: the risk owner analyses again, and the gate waits for it.
    pub verified_controls: Vec<String>,
    /// Hazards and hazardous situations.
    pub hazards: Vec<String>,
    /// Test cases to run again (62304:8.2.3).
    pub tests: Vec<String>,
    /// SOUP that changed (62304:7.4.1).
    pub soup: Vec<String>,
    /// Controlled documents that changed.
    pub documents: Vec<String>,
    /// Approvals that no longer hold: document, and by whom it was approved.
    pub voided: Vec<String>,
    /// Systems whose class is to be checked again (62304:8.2.2).
    pub class_check: Vec<String>,
    /// Paths that no item names: what hangs on them is not known.
    pub unassigned: Vec<String>,
}

/// What the difference between two revisions touches, `v2.3.0..HEAD`.
///
/// # Errors
/// When a revision names no commit.
pub fn impact_between(ws: &Workspace, range: &str) -> Result<ImpactView> {
    let (from, to) = range.split_once("..").ok_or_else(|| {
        Error::refused(format!("`{range}` is no range")).hint("two revisions with two points: v2.3.0..HEAD")
    })?;
    let repository = repository::open(ws)?;
    let from = repository::commit(&repository, if from.is_empty() { "HEAD" } else { from })?;
    let to = repository::commit(&repository, if to.is_empty() { "HEAD" } else { to })?;
    let prefix = product_prefix(ws, &repository)?;
    let changed = repository.diff(from, to).doing("compare the revisions")?;
    let paths: Vec<String> =
        changed.iter().filter_map(|c| c.path.to_text().strip_prefix(&prefix).map(str::to_owned)).collect();
    let analysis = Analysis::items(ws, &Inputs { at: Some(to.to_string()), ..Inputs::default() })?;
    let functions = crate::functions::changed(&repository, &prefix, &changed);
    view(ws, &analysis, from, range, paths, &functions)
}

/// What a change request touches: the files of the commits tied to it, and the items that it names.
///
/// # Errors
/// When there is no such change request.
pub fn change_impact(ws: &Workspace, inputs: &Inputs, change: &str) -> Result<ImpactView> {
    impact_of(ws, &Analysis::listed(ws, inputs)?, change)
}

/// As [`change_impact`], on what was read already: what leads to an entry reads it without a snapshot.
pub(crate) fn impact_of(ws: &Workspace, analysis: &Analysis, change: &str) -> Result<ImpactView> {
    let request = existing(&analysis.state, change)?;
    let repository = repository::open(ws)?;
    let prefix = product_prefix(ws, &repository)?;
    let history = crate::histories::load(ws, analysis, None)?;
    let mut commits: Vec<String> =
        history.iter().flat_map(|h| h.of_change(change)).map(|c| c.id.clone()).collect();
    commits.extend(request.implementations.iter().flat_map(|i| i.body.commits.clone()));
    let mut paths = BTreeSet::new();
    let mut changed = Vec::new();
    for commit in commits.iter().collect::<BTreeSet<_>>() {
        // A commit that a rebase removed is no longer there; its successor is tied by the patch.
        let Ok(id) = repository.resolve(commit) else { continue };
        for c in repository.changed_paths(id).doing("compare a commit with its parent")? {
            paths.extend(c.path.to_text().strip_prefix(&prefix).map(str::to_owned));
            changed.push(c);
        }
    }
    let base = match &history {
        Some(h) if h.missing.is_none() => repository.resolve(&h.from).ok(),
        _ => before(&repository, &commits),
    };
    let functions = crate::functions::changed(&repository, &prefix, &changed);
    let head = analysis.head().ok_or_else(|| {
        Error::refused("there is no commit yet, so a change has touched nothing")
            .hint("commit the product first")
    })?;
    let mut view = view(ws, analysis, base.unwrap_or(head), change, paths.into_iter().collect(), &functions)?;
    view.add_named(analysis, &request.affects());
    Ok(view)
}

/// The parent of the oldest of some commits, where there is one.
fn before(repository: &git::Repository, commits: &[String]) -> Option<ObjectId> {
    let oldest = commits.iter().filter_map(|c| repository.resolve(c).ok());
    let oldest = oldest.min_by_key(|c| repository.log_ids(None, *c).map_or(usize::MAX, |l| l.len()))?;
    repository.commit(oldest).ok()?.parents.first().copied()
}

fn view(
    ws: &Workspace,
    analysis: &Analysis,
    from: ObjectId,
    of: &str,
    paths: Vec<String>,
    functions: &BTreeMap<String, Vec<String>>,
) -> Result<ImpactView> {
    let ground = Ground::new(ws, analysis, from)?;
    let reach = ground.reach(&paths);
    let mut view = ImpactView { format: "dossier/impact/v1", of: of.to_owned(), ..ImpactView::default() };
    view.take(analysis, &reach);
    let name = |ix: ItemIx| analysis.model.item(ix).id.to_string();
    let root = format!("{}/", analysis.config.documents.root);
    for path in &paths {
        let items: Vec<String> =
            ground.of_path(path).into_iter().chain(ground.of_document(path)).map(name).collect();
        let lock = analysis.config.build.lockfiles.contains(path);
        if items.is_empty() && !path.starts_with(&root) && !lock && path != crate::workspace::CONFIG_FILE {
            view.unassigned.push(path.clone());
        }
        let functions = functions.get(path).cloned().unwrap_or_default();
        view.files.push(FileReach { path: path.clone(), functions, items });
    }
    view.removed = ground.removed(&paths);
    view.soup = ground.soup(&paths).into_iter().map(|(name, what)| format!("{name} {what}")).collect();
    for d in analysis.documents.controlled.iter().filter(|d| paths.iter().any(|p| *p == *d.file.path)) {
        view.documents.push(d.id.to_string());
        if analysis.state.approvals_of(d.id.as_str(), d.digest).next().is_none()
            && let Some(last) = analysis.state.approvals.get(d.id.as_str()).and_then(|a| a.last())
        {
            let by = last.meta.signer.as_deref().map_or(last.meta.actor.as_str(), |s| s.name.as_str());
            view.voided.push(format!("{} (approved by {by} on {})", d.id, last.meta.at.date_utc()));
        }
    }
    Ok(view)
}

impl ImpactView {
    fn take(&mut self, analysis: &Analysis, reach: &impact::Reach) {
        let model = &analysis.model;
        let add = |list: &mut Vec<String>, found: &mut dyn Iterator<Item = ItemIx>| {
            list.extend(found.map(|ix| model.item(ix).id.to_string()));
            list.sort();
            list.dedup();
        };
        add(&mut self.changed, &mut reach.changed.iter().copied());
        add(&mut self.units, &mut reach.units.iter().copied());
        add(&mut self.items, &mut reach.items.iter().copied());
        add(&mut self.requirements, &mut reach.requirements.iter().copied());
        add(&mut self.controls, &mut reach.controls.iter().copied());
        add(&mut self.verified_controls, &mut reach.verified_controls(model).into_iter());
        add(&mut self.hazards, &mut reach.hazards.iter().copied());
        add(&mut self.tests, &mut reach.tests.iter().copied());
        if reach.asks_for_class(model) {
            add(&mut self.class_check, &mut reach.systems.iter().copied());
        }
    }

    /// Adds what hangs on the items that a request names, before a commit touches them.
    fn add_named(&mut self, analysis: &Analysis, named: &[&vocabulary::ItemId]) {
        let ixs: Vec<ItemIx> = named.iter().filter_map(|id| analysis.model.find(id.as_str())).collect();
        self.take(analysis, &impact::reach(&analysis.model, &ixs, &[]));
    }

    fn parts(&self) -> [(&'static str, &[String]); 13] {
        [
            ("units", &self.units),
            ("software items", &self.items),
            ("requirements", &self.requirements),
            ("hazards and situations", &self.hazards),
            ("risk controls (7.4.2)", &self.controls),
            ("tests to run again (8.2.3)", &self.tests),
            ("SOUP changed (7.4.1)", &self.soup),
            ("items changed", &self.changed),
            ("items removed", &self.removed),
            ("documents changed", &self.documents),
            ("approvals voided", &self.voided),
            ("class to check again (8.2.2)", &self.class_check),
            ("files that no item names", &self.unassigned),
        ]
    }

    /// For people, on a terminal.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for (what, list) in self.parts() {
            if !list.is_empty() {
                let _ = writeln!(out, "{what}: {}", list.join(", "));
            }
        }
        if !self.verified_controls.is_empty() {
            let _ = writeln!(
                out,
                "the risk owner analyses again, and the gate waits for it: {}",
                self.verified_controls.join(", ")
            );
        }
        for f in self.files.iter().filter(|f| !f.functions.is_empty()) {
            let _ = writeln!(out, "{}: {}", f.path, f.functions.join(", "));
        }
        if out.is_empty() {
            out.push_str("nothing is touched\n");
        }
        out
    }

    /// Markdown that fits a comment of a pull request: a line for each part, long lists cut with their number.
    pub fn to_markdown(&self) -> String {
        let mut out = format!("### Impact of `{}`\n\n", self.of);
        if !self.verified_controls.is_empty() {
            let _ = writeln!(
                out,
                "> **7.4:** a verified risk control is touched ({}). The risk owner analyses again: `dossier change reanalyse {} …`. The release gate waits for it.\n",
                cut(&self.verified_controls, 12),
                if self.of.contains("..") { "CR" } else { &self.of }
            );
        }
        out.push_str("| what | which |\n|---|---|\n");
        let files: Vec<String> = self.files.iter().map(FileReach::to_text).collect();
        let _ = writeln!(out, "| files | {} |", cell(&cut(&files, 10)));
        for (what, list) in self.parts() {
            if !list.is_empty() {
                let _ = writeln!(out, "| {what} | {} |", cell(&cut(list, 20)));
            }
        }
        out
    }
}

impl FileReach {
    fn to_text(&self) -> String {
        match self.functions.as_slice() {
            [] => format!("`{}`", self.path),
            list => format!("`{}` ({})", self.path, cut(list, 4)),
        }
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// The first `most` of a list, and how many more there are.
fn cut(list: &[String], most: usize) -> String {
    let shown = list.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    match list.len().saturating_sub(most) {
        0 if list.is_empty() => "none".to_owned(),
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
