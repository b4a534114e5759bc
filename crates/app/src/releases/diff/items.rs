//! Items, risks and links of two releases.

use super::{DiffRow, DiffSection, Under};
use crate::analysis::Analysis;
use crate::trace_diff;
use model::{Item, Kind};
use std::collections::{BTreeMap, BTreeSet};

/// Kinds that belong to the risk file.
const RISKS: [Kind; 4] = [Kind::Hazard, Kind::HazardousSituation, Kind::Cause, Kind::RiskControl];

/// Longer values are said to have changed, and not shown.
const SHOWN: usize = 60;

/// The sections `items`, `links` and `risks`. Test cases have a section of their own.
pub(super) fn sections(old: &Analysis, new: &Analysis, under: &Under) -> Vec<DiffSection> {
    let rows = rows(old, new, under);
    let of = |wanted: &dyn Fn(Kind) -> bool| -> Vec<DiffRow> {
        rows.iter().filter(|(kind, _)| wanted(*kind)).map(|(_, row)| row.clone()).collect()
    };
    vec![
        DiffSection { what: "items", rows: of(&|k| !RISKS.contains(&k) && k != Kind::TestCase) },
        DiffSection { what: "links", rows: links(old, new, under) },
        DiffSection { what: "risks", rows: of(&|k| RISKS.contains(&k)) },
    ]
}

/// Items of other content, with their kind.
pub(super) fn rows(old: &Analysis, new: &Analysis, under: &Under) -> Vec<(Kind, DiffRow)> {
    let by_id = |a: &Analysis| -> BTreeMap<String, usize> {
        a.model.items().iter().enumerate().rev().map(|(n, i)| (i.id.to_string(), n)).collect()
    };
    let (before, after) = (by_id(old), by_id(new));
    let at = |a: &Analysis, n: Option<&usize>| n.and_then(|n| a.model.items().get(*n)).cloned();
    let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut out = Vec::new();
    for id in all {
        let (was, is) = (at(old, before.get(id)), at(new, after.get(id)));
        let (became, details) = match (&was, &is) {
            (Some(a), Some(b)) => ("changed", details(a, b)),
            (None, Some(_)) => ("added", Vec::new()),
            _ => ("removed", Vec::new()),
        };
        if became == "changed" && details.is_empty() {
            continue;
        }
        let Some(item) = is.or(was) else { continue };
        let changes = under.item(id, &item.file.path);
        out.push((
            item.kind,
            DiffRow { id: id.clone(), became, title: item.title().to_owned(), details, changes },
        ));
    }
    out
}

/// What is different between two texts of an item: short values with what they were.
fn details(was: &Item, is: &Item) -> Vec<String> {
    let mut out = Vec::new();
    for part in trace_diff::parts(was, is) {
        let Some(key) = part.strip_prefix("field ") else {
            out.push(format!("{part} changed"));
            continue;
        };
        let value = |i: &Item| i.value(key).map(|v| v.trim().to_owned()).unwrap_or_default();
        let (a, b) = (value(was), value(is));
        out.push(match (a.as_str(), b.as_str()) {
            ("", b) if b.chars().count() <= SHOWN => format!("{key}: {b} (new)"),
            (a, "") if a.chars().count() <= SHOWN => format!("{key}: was {a}"),
            (a, b) if a.chars().count() <= SHOWN && b.chars().count() <= SHOWN => format!("{key}: {a} → {b}"),
            _ => format!("{key} changed"),
        });
    }
    out
}

/// Links that came and went.
fn links(old: &Analysis, new: &Analysis, under: &Under) -> Vec<DiffRow> {
    let diff = trace_diff::diff(&old.model, &new.model, "", "");
    let row = |became: &'static str, a: &Analysis, l: &trace_diff::DiffLink| {
        let path = a.model.by_id(&l.from).map(|i| i.file.path.to_string()).unwrap_or_default();
        DiffRow {
            id: l.from.clone(),
            became,
            title: format!("{} {}", l.kind, l.to),
            details: Vec::new(),
            changes: under.path(&path),
        }
    };
    let mut rows: Vec<DiffRow> = diff.links_added.iter().map(|l| row("added", new, l)).collect();
    rows.extend(diff.links_removed.iter().map(|l| row("removed", old, l)));
    rows.sort();
    rows
}
