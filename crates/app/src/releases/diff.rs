//! `release diff`: what changed from one release to another, and under which change request.

mod items;
mod records_of;
mod text;

use crate::analysis::{Analysis, Inputs};
use crate::error::{Error, Result};
use crate::workspace::Workspace;
use model::history::History;
use records::State;
use records::state::Release;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What changed.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseDiff {
    /// Always `dossier/release-diff/v1`.
    pub format: &'static str,
    /// The older version.
    pub from: String,
    /// The newer version.
    pub to: String,
    /// The frozen commit of the older one.
    pub from_commit: String,
    /// The frozen commit of the newer one.
    pub to_commit: String,
    /// What changed, by sort: `items`, `documents`, `components`, `configuration items`, `residual anomalies`.
    pub changes: BTreeMap<String, Change>,
    /// The change requests between the two, by id.
    pub change_requests: Vec<DiffChange>,
    /// Commits between the two that touch configuration items and that no change request covers.
    pub uncovered: Vec<String>,
    /// Why the history between the two could not be read; empty where it could.
    pub history_missing: String,
    /// Every sort of thing with what became of it.
    pub sections: Vec<DiffSection>,
}

/// What came, went and changed, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    /// New.
    pub added: Vec<String>,
    /// Gone.
    pub removed: Vec<String>,
    /// Other content.
    pub changed: Vec<String>,
}

/// A change request between two releases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiffChange {
    /// Its id.
    pub change: String,
    /// One line.
    pub title: String,
    /// `corrective`, …; empty where it was not said.
    pub category: String,
    /// How far it has come.
    pub state: String,
    /// What it answers.
    pub answers: Vec<String>,
    /// Its commits between the two.
    pub commits: Vec<String>,
}

/// One sort of thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiffSection {
    /// `items`, `links`, `risks`, `SOUP`, `anomalies`, `tests`, `documents`, `people`, `configuration items`.
    pub what: &'static str,
    /// What came, went and changed, by id.
    pub rows: Vec<DiffRow>,
}

/// What became of one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DiffRow {
    /// Its id or name.
    pub id: String,
    /// `added`, `removed` or `changed`.
    pub became: &'static str,
    /// Its title.
    pub title: String,
    /// What is different, each in a few words.
    pub details: Vec<String>,
    /// The change requests under which it happened; empty where none is known.
    pub changes: Vec<String>,
}

/// One of the two releases, read.
struct End<'a> {
    version: &'a str,
    release: &'a Release,
    analysis: Analysis,
}

/// What changed from one release to another.
///
/// # Errors
/// When one of them does not exist, or its commit cannot be read.
pub fn release_diff(ws: &Workspace, from: &str, to: &str) -> Result<ReleaseDiff> {
    let state = ws.ledger()?.listed(ws, None)?;
    of_state(ws, &state, from, to)
}

/// As [`release_diff`], of a state that was read already.
pub(crate) fn of_state(ws: &Workspace, state: &State, from: &str, to: &str) -> Result<ReleaseDiff> {
    let (old, new, history) = std::thread::scope(|scope| {
        // Of a snapshot the anomalies are read meanwhile.
        scope.spawn(|| state.anomalies.len());
        let (old, new) = (end(ws, state, from)?, end(ws, state, to)?);
        let history = crate::histories::between(ws, state, &new.analysis, from, &old.commit())?;
        Ok::<_, Error>((old, new, history))
    })?;
    let under = Under::new(&history);
    let mut sections = items::sections(&old.analysis, &new.analysis, &under);
    sections.push(soup(ws, &old, &new, &under)?);
    sections.push(records_of::anomalies(state, from, to));
    sections.push(records_of::tests(&old.analysis, &new.analysis, &under));
    sections.push(records_of::documents(state, &old.analysis, &new.analysis, &under));
    sections.push(records_of::people(state, old.release, new.release));
    sections.push(files(&old.analysis, &new.analysis, &under));
    let uncovered = history.commits.iter().filter(|c| c.changes.is_empty() && !c.touches.is_empty());
    Ok(ReleaseDiff {
        format: "dossier/release-diff/v1",
        from: from.into(),
        to: to.into(),
        from_commit: old.commit(),
        to_commit: new.commit(),
        changes: names(state, &old, &new, &sections),
        change_requests: change_requests(state, &history),
        uncovered: uncovered.map(|c| format!("{} {}", model::history::short(&c.id), c.summary)).collect(),
        history_missing: history.missing.clone().unwrap_or_default(),
        sections,
    })
}

fn end<'a>(ws: &Workspace, state: &'a State, version: &'a str) -> Result<End<'a>> {
    let release = state.releases.get(version).ok_or_else(|| {
        Error::refused(format!("there is no release `{version}`"))
            .hint("list them with `dossier release list`")
    })?;
    let commit = release.candidate().and_then(|o| o.body.commits.first()).map(|c| c.commit.clone());
    let inputs = Inputs { at: Some(commit.unwrap_or_default()), ..Inputs::default() };
    Ok(End { version, release, analysis: Analysis::with_state(ws, &inputs, state.evidence())? })
}

impl End<'_> {
    fn commit(&self) -> String {
        self.analysis.commit_id().unwrap_or_default()
    }
}

/// Under which change request something happened.
pub(super) struct Under {
    paths: BTreeMap<String, BTreeSet<String>>,
    items: BTreeMap<String, BTreeSet<String>>,
    soup: BTreeMap<String, BTreeSet<String>>,
}

impl Under {
    fn new(history: &History) -> Under {
        let mut under = Under { paths: BTreeMap::new(), items: BTreeMap::new(), soup: BTreeMap::new() };
        for commit in &history.commits {
            for path in &commit.touches {
                let changes = under.paths.entry(path.clone()).or_default();
                changes.extend(commit.changes.keys().cloned());
            }
        }
        for (change, touched) in &history.touched {
            for item in &touched.items {
                under.items.entry(item.to_string()).or_default().insert(change.clone());
            }
            for line in &touched.soup {
                let name = line.split(' ').next().unwrap_or_default().to_owned();
                under.soup.entry(name).or_default().insert(change.clone());
            }
        }
        under
    }

    fn of(map: &BTreeMap<String, BTreeSet<String>>, key: &str) -> Vec<String> {
        map.get(key).into_iter().flatten().cloned().collect()
    }

    /// The changes whose commits touch a file.
    pub(super) fn path(&self, path: &str) -> Vec<String> {
        Under::of(&self.paths, path)
    }

    /// The changes that touched an item; where only its file is known, those of the file.
    pub(super) fn item(&self, id: &str, path: &str) -> Vec<String> {
        let own = Under::of(&self.items, id);
        if own.is_empty() { self.path(path) } else { own }
    }
}

fn change_requests(state: &State, history: &History) -> Vec<DiffChange> {
    let mut commits: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for commit in history.commits.iter().rev() {
        for change in commit.changes.keys() {
            commits.entry(change).or_default().push(model::history::short(&commit.id).to_owned());
        }
    }
    let one = |(id, commits): (&str, Vec<String>)| {
        let c = state.changes.get(id)?;
        Some(DiffChange {
            change: id.to_owned(),
            title: c.opened.body.title.clone(),
            category: c.opened.body.category.map(|k| k.as_str().to_owned()).unwrap_or_default(),
            state: c.stage().to_owned(),
            answers: c.opened.body.answers.clone(),
            commits,
        })
    };
    commits.into_iter().filter_map(one).collect()
}

/// Components by name with the versions of each: one name may be there in several.
fn soup(ws: &Workspace, old: &End<'_>, new: &End<'_>, under: &Under) -> Result<DiffSection> {
    let versions = |end: &End<'_>| -> Result<BTreeMap<String, BTreeSet<String>>> {
        let (graph, _) = crate::components::read(ws, &end.analysis.config, end.analysis.commit())?;
        let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for c in graph.components() {
            out.entry(c.name.clone()).or_default().insert(c.version.clone());
        }
        Ok(out)
    };
    let (before, after) = (versions(old)?, versions(new)?);
    let words = |v: &BTreeSet<String>| v.iter().cloned().collect::<Vec<_>>().join(", ");
    let row = |name: &String| {
        let (became, detail) = match (before.get(name), after.get(name)) {
            (None, Some(v)) => ("added", format!("version {}", words(v))),
            (Some(v), None) => ("removed", format!("was version {}", words(v))),
            (Some(a), Some(b)) if a != b => ("changed", format!("version {} → {}", words(a), words(b))),
            _ => return None,
        };
        let changes = Under::of(&under.soup, name);
        Some(DiffRow { id: name.clone(), became, title: String::new(), details: vec![detail], changes })
    };
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    Ok(DiffSection { what: "SOUP", rows: all.into_iter().filter_map(row).collect() })
}

/// Configuration items by path.
fn files(old: &Analysis, new: &Analysis, under: &Under) -> DiffSection {
    let of = |a: &Analysis| -> BTreeMap<String, String> {
        let items = a.software().map(|s| s.items.as_slice()).unwrap_or_default();
        items.iter().map(|i| (i.path.to_text().into_owned(), hex::encode(i.digest))).collect()
    };
    let (before, after) = (of(old), of(new));
    let row = |path: &String| {
        let became = match (before.get(path), after.get(path)) {
            (None, Some(_)) => "added",
            (Some(_), None) => "removed",
            (a, b) if a != b => "changed",
            _ => return None,
        };
        // Paths of configuration items are those of the repository; the history has those of the product.
        let changes = under
            .paths
            .iter()
            .find(|(known, _)| path == *known || path.ends_with(&format!("/{known}")))
            .map(|(_, changes)| changes.iter().cloned().collect())
            .unwrap_or_default();
        Some(DiffRow { id: path.clone(), became, changes, ..DiffRow::default() })
    };
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    DiffSection { what: "configuration items", rows: all.into_iter().filter_map(row).collect() }
}

/// The plain lists of names that the format had from the beginning.
fn names(state: &State, old: &End<'_>, new: &End<'_>, sections: &[DiffSection]) -> BTreeMap<String, Change> {
    let of = |what: &[&str]| {
        let rows: Vec<&DiffRow> =
            sections.iter().filter(|s| what.contains(&s.what)).flat_map(|s| &s.rows).collect();
        let ids = |became: &str| {
            let mut ids: Vec<String> =
                rows.iter().filter(|r| r.became == became).map(|r| r.id.clone()).collect();
            ids.sort();
            ids.dedup();
            ids
        };
        Change { added: ids("added"), removed: ids("removed"), changed: ids("changed") }
    };
    let residual = |version: &str| -> BTreeSet<String> {
        state.residual_anomalies(version).map(|(id, _)| id.to_owned()).collect()
    };
    let (was, is) = (residual(old.version), residual(new.version));
    let anomalies = Change {
        added: is.difference(&was).cloned().collect(),
        removed: was.difference(&is).cloned().collect(),
        changed: Vec::new(),
    };
    BTreeMap::from([
        ("items".to_owned(), of(&["items", "risks", "tests"])),
        ("documents".to_owned(), of(&["documents"])),
        ("components".to_owned(), of(&["SOUP"])),
        ("configuration items".to_owned(), of(&["configuration items"])),
        ("residual anomalies".to_owned(), anomalies),
    ])
}
