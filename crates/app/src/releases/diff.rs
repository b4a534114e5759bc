//! `release diff`: what changed from one release to another.

use crate::analysis::Analysis;
use crate::error::{Error, Result};
use crate::workspace::Workspace;
use records::State;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What changed.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseDiff {
    /// Always `dossier/release-diff/v1`.
    pub format: &'static str,
    /// The older version.
    pub from: String,
    /// The newer version.
    pub to: String,
    /// What changed, by sort: `items`, `documents`, `components`, `configuration items`, `residual anomalies`.
    pub changes: BTreeMap<String, Change>,
}

/// What came, went and changed, by name.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Change {
    /// New.
    pub added: Vec<String>,
    /// Gone.
    pub removed: Vec<String>,
    /// Other content.
    pub changed: Vec<String>,
}

/// What changed from one release to another.
///
/// # Errors
/// When one of them does not exist, or its commit cannot be read.
pub fn release_diff(ws: &Workspace, from: &str, to: &str) -> Result<ReleaseDiff> {
    let state = ws.ledger()?.state(None)?;
    let load = |version: &str| {
        let release = state.releases.get(version).ok_or_else(|| {
            Error::refused(format!("there is no release `{version}`"))
                .hint("list them with `dossier release list`")
        })?;
        Analysis::of_release(ws, release)
    };
    let (old, new) = (load(from)?, load(to)?);
    let mut changes = BTreeMap::new();
    let mut put = |what: &str, a: &dyn Fn(&Analysis) -> BTreeMap<String, String>| {
        changes.insert(what.to_owned(), change(&a(&old), &a(&new)));
    };
    put("items", &|a| a.model.items().iter().map(|i| (i.id.to_string(), i.digest.to_string())).collect());
    put("documents", &|a| {
        a.documents.controlled.iter().map(|d| (d.id.to_string(), d.digest.to_string())).collect()
    });
    put("configuration items", &|a| {
        let items = a.software().map(|s| s.items.as_slice()).unwrap_or_default();
        items.iter().map(|i| (i.path.to_text().into_owned(), hex::encode(i.digest))).collect()
    });
    let components = |a: &Analysis| -> Result<BTreeMap<String, String>> {
        let (graph, _) = crate::components::read(ws, &a.config, a.commit())?;
        Ok(graph.components().iter().map(|c| (c.name.clone(), c.version.clone())).collect())
    };
    changes.insert("components".into(), change(&components(&old)?, &components(&new)?));
    let residual = |version: &str| anomalies(&state, version);
    changes.insert("residual anomalies".into(), change(&residual(from), &residual(to)));
    Ok(ReleaseDiff { format: "dossier/release-diff/v1", from: from.into(), to: to.into(), changes })
}

fn anomalies(state: &State, version: &str) -> BTreeMap<String, String> {
    state.residual_anomalies(version).map(|(id, a)| (id.to_owned(), a.report.body.title.clone())).collect()
}

fn change(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Change {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut out = Change::default();
    for name in names {
        match (old.get(name), new.get(name)) {
            (None, Some(_)) => out.added.push(name.clone()),
            (Some(_), None) => out.removed.push(name.clone()),
            (a, b) if a != b => out.changed.push(name.clone()),
            _ => {}
        }
    }
    out
}

impl ReleaseDiff {
    /// For people.
    pub fn to_text(&self) -> String {
        let mut out = format!("from {} to {}\n", self.from, self.to);
        for (what, c) in &self.changes {
            let _ = writeln!(
                out,
                "{what}: {} added, {} removed, {} changed",
                c.added.len(),
                c.removed.len(),
                c.changed.len()
            );
            for (sign, list) in [("+", &c.added), ("-", &c.removed), ("~", &c.changed)] {
                for name in list {
                    let _ = writeln!(out, "  {sign} {name}");
                }
            }
        }
        out
    }
}
