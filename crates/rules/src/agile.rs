//! The mapping of an agile team's plan after AAMI TIR45: for each deliverable of clause 5 where it lives, at which layer of the work it is
//! complete, and when it is done there. It is generated from `library/agile-deliverables.toml` and from what the product has; a team
//! that keeps a deliverable elsewhere says so in a section with `- field: agile-mapping`, as `- 5.2.1: tracker query "type = Story"`.

use crate::plan_fields::Stated;
use crate::snapshot::Snapshot;
use documents::Document;
use model::{Item, Kind};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// The file as it is part of this binary.
pub(crate) const TEXT: &str = include_str!("../../../library/agile-deliverables.toml");

/// The field that says where deliverables live that are not in documents, and the one that says when work is done.
const ELSEWHERE: &str = "agile-mapping";
const DONE: &str = "definition-of-done";

/// The layers of the work, the smallest first.
pub(crate) const LAYERS: [&str; 3] = ["story", "increment", "release"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deliverable {
    clause: String,
    name: String,
    layer: String,
    #[serde(default)]
    kinds: Vec<String>,
    level: Option<String>,
    #[serde(default)]
    fields: Vec<String>,
    pipeline: Option<Pipeline>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Pipeline {
    Results,
    Sources,
    Release,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    deliverable: Vec<Deliverable>,
}

fn deliverables() -> &'static [Deliverable] {
    static LIST: OnceLock<Vec<Deliverable>> = OnceLock::new();
    LIST.get_or_init(|| match toml::from_str::<File>(TEXT) {
        Ok(file) => file.deliverable,
        // Not input: the file is compiled in, and the tests read it before we ship.
        Err(error) => panic!("library/agile-deliverables.toml: {error}"),
    })
}

/// A deliverable of clause 5 in the mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgileRow {
    /// The clause.
    pub clause: String,
    /// The deliverable.
    pub deliverable: String,
    /// Where it lives: documents, a tracker query, the pipeline. Empty where nothing has it.
    pub lives: Vec<String>,
    /// The layer at which it is complete.
    pub layer: String,
    /// The definition of done of that layer; empty where none is stated.
    pub done: String,
}

/// The mapping: a row for each deliverable that is due for some software system of the product.
pub fn agile_mapping(cx: &Snapshot<'_>) -> Vec<AgileRow> {
    let due = |d: &&Deliverable| {
        let clause = clauses::clause(&d.clause);
        // What is due at the release is planned before one is judged.
        clause.is_some_and(|c| {
            cx.systems.list().iter().any(|s| s.route_asks(c) && cx.profile.demands(c, s.class.as_str()))
        })
    };
    let row = |d: &Deliverable| AgileRow {
        clause: d.clause.clone(),
        deliverable: d.name.clone(),
        lives: lives(cx, d),
        layer: d.layer.clone(),
        done: done(&cx.stated, &d.layer),
    };
    deliverables().iter().filter(due).map(row).collect()
}

/// What a layer's definition of done says; empty where none is stated.
pub(crate) fn done(stated: &Stated<'_>, layer: &str) -> String {
    topic(stated, DONE, layer).unwrap_or_default()
}

fn topic(stated: &Stated<'_>, field: &str, name: &str) -> Option<String> {
    let said = stated
        .places(field)
        .iter()
        .find_map(|p| p.topics().find(|(n, _)| *n == name).map(|(_, text)| text))?;
    let is_said = said.split_whitespace().count() >= 3 && documents::placeholder::find(said).is_empty();
    is_said.then(|| said.to_owned())
}

fn lives(cx: &Snapshot<'_>, d: &Deliverable) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut add = |place: String| {
        if !out.contains(&place) {
            out.push(place);
        }
    };
    for field in &d.fields {
        for place in cx.stated.places(field) {
            add(place.document.id.to_string());
        }
    }
    for kind in Kind::ALL.iter().filter(|k| d.kinds.iter().any(|name| name == k.as_str())) {
        for (_, item) in cx.items_of(*kind).filter(|(_, i)| at_level(i, d.level.as_deref())) {
            add(home(cx, item));
        }
    }
    match d.pipeline {
        Some(Pipeline::Results) => {
            let config = &cx.config.results;
            let ran = cx.results.is_some_and(|r| !r.runs.is_empty());
            for reports in &config.reports {
                add(format!("pipeline: {reports}"));
            }
            if config.reports.is_empty() && ran {
                add("pipeline: imported reports in the ledger".to_owned());
            }
        }
        Some(Pipeline::Sources) => {
            for paths in &cx.config.software.paths {
                add(format!("repository: {paths}"));
            }
            if cx.config.software.paths.is_empty() {
                add("repository".to_owned());
            }
        }
        Some(Pipeline::Release) => add("ledger, release record".to_owned()),
        None => {}
    }
    let number = d.clause.trim_start_matches("62304:");
    if let Some(said) = topic(&cx.stated, ELSEWHERE, number) {
        add(said);
    }
    out
}

fn at_level(item: &Item, level: Option<&str>) -> bool {
    level.is_none_or(|level| item.value("level").map_or(level == "system", |l| *l == *level))
}

/// The controlled document that holds an item; its file where none does.
fn home(cx: &Snapshot<'_>, item: &Item) -> String {
    let holds = |d: &&Document| Arc::ptr_eq(&d.file, &item.file);
    cx.documents
        .controlled
        .iter()
        .find(holds)
        .map_or_else(|| item.file.path.to_string(), |d| d.id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_names_clauses_in_force_layers_and_kinds_that_exist() {
        for d in deliverables() {
            assert!(clauses::clause(&d.clause).is_some_and(|c| c.in_force), "{}", d.clause);
            assert!(LAYERS.contains(&d.layer.as_str()), "{}", d.layer);
            assert!(
                d.kinds.iter().all(|k| Kind::ALL.iter().any(|known| known.as_str() == k)),
                "{:?}",
                d.kinds
            );
            let known = |f: &String| crate::plan_fields::plan_fields().iter().any(|p| p.name == *f);
            assert!(d.fields.iter().all(known), "{:?}", d.fields);
            assert!(d.pipeline.is_some() || !d.kinds.is_empty() || !d.fields.is_empty(), "{}", d.name);
        }
    }
}
