//! A standard, or the mappings between two, as a library of CISO Assistant (YAML).
//!
//! Scalars are written as JSON strings, which YAML reads as they are; so no text needs rules of its own.

use super::{COPYRIGHT, PUBLISHED, VERSION};
use crate::crosswalk::{Relation, crosswalk};
use crate::guides::guide;
use crate::library::{Clause, Standard};
use crate::order::compare_ids;
use std::fmt::Write as _;

/// A standard as a framework: headings are nodes to read, clauses are nodes to assess, safety classes are implementation
/// groups.
pub fn ciso_assistant(standard: &Standard) -> String {
    let name = name(standard);
    let mut out = head(&name, &standard.title, &format!("{} ({})", standard.title, standard.edition), &[]);
    out.push_str("objects:\n  framework:\n");
    let _ = writeln!(out, "    urn: {}", text(&framework_urn(standard)));
    let _ = writeln!(out, "    ref_id: {}", text(&name));
    let _ = writeln!(out, "    name: {}", text(&standard.title));
    let _ = writeln!(out, "    description: {}", text(&format!("{}. {COPYRIGHT}", standard.edition)));
    if !standard.classes.is_empty() {
        out.push_str("    implementation_groups_definition:\n");
        for class in &standard.classes {
            let _ = writeln!(
                out,
                "    - ref_id: {}\n      name: {}",
                text(class),
                text(&format!("Safety class {class}"))
            );
        }
    }
    out.push_str("    requirement_nodes:\n");
    let mut nodes: Vec<(&str, Option<&Clause>, &str)> = Vec::new();
    nodes.extend(standard.headings.iter().map(|h| (h.id.as_str(), None, h.title.as_str())));
    nodes.extend(standard.in_force().map(|c| (c.id.as_str(), Some(c), c.title.as_str())));
    nodes.sort_by(|a, b| compare_ids(a.0, b.0));
    let ids: Vec<&str> = nodes.iter().map(|n| n.0).collect();
    for (id, clause, title) in &nodes {
        let parents = ancestors(id, &ids);
        let _ = writeln!(out, "    - urn: {}", text(&node_urn(standard, id)));
        let _ = writeln!(out, "      assessable: {}", clause.is_some());
        let _ = writeln!(out, "      depth: {}", parents.len() + 1);
        if let Some(parent) = parents.first() {
            let _ = writeln!(out, "      parent_urn: {}", text(&node_urn(standard, parent)));
        }
        let _ = writeln!(out, "      ref_id: {}", text(number(id)));
        let _ = writeln!(out, "      name: {}", text(title));
        if let Some(clause) = clause {
            write_clause(&mut out, clause);
        }
    }
    out
}

fn write_clause(out: &mut String, clause: &Clause) {
    let guide = guide(&clause.id).filter(|g| g.clause == clause.id);
    let description = guide.map_or(clause.evidence.as_str(), |g| g.asks.as_str());
    let _ = writeln!(out, "      description: {}", text(description));
    if let Some(guide) = guide {
        let mut annotation = format!("Audit focus: {}", guide.audit_focus);
        for c in &guide.constraints {
            let _ = write!(annotation, "\n- [{}] {}", c.classes.join(", "), c.text);
        }
        let _ = writeln!(out, "      annotation: {}", text(&annotation));
    }
    let _ = writeln!(out, "      typical_evidence: {}", text(&clause.evidence));
    if !clause.classes.is_empty() {
        out.push_str("      implementation_groups:\n");
        for class in &clause.classes {
            let _ = writeln!(out, "      - {}", text(class));
        }
    }
}

/// The direct mappings between two standards as a requirement mapping set, from the one to the other.
pub fn ciso_assistant_mapping(from: &Standard, to: &Standard) -> String {
    let name = format!("mapping-{}-to-{}", name(from), name(to));
    let title = format!("{} -> {}", from.title, to.title);
    let dependencies = [library_urn(&self::name(from)), library_urn(&self::name(to))];
    let mut out = head(&name, &title, &title, &dependencies);
    out.push_str("objects:\n  requirement_mapping_sets:\n");
    let _ = writeln!(out, "  - urn: {}", text(&format!("urn:dossier:risk:req_mapping_set:{name}")));
    let _ = writeln!(
        out,
        "    ref_id: {}\n    name: {}\n    description: {}",
        text(&name),
        text(&title),
        text(&title)
    );
    let _ = writeln!(out, "    source_framework_urn: {}", text(&framework_urn(from)));
    let _ = writeln!(out, "    target_framework_urn: {}", text(&framework_urn(to)));
    let rows = mapped(from, to);
    out.push_str(if rows.is_empty() {
        "    requirement_mappings: []\n"
    } else {
        "    requirement_mappings:\n"
    });
    for (source, target, relation, note) in rows {
        let _ = writeln!(out, "    - source_requirement_urn: {}", text(&node_urn(from, source)));
        let _ = writeln!(out, "      target_requirement_urn: {}", text(&node_urn(to, target)));
        let _ = writeln!(out, "      relationship: {}", relation.as_str());
        let _ = writeln!(out, "      annotation: {}", text(note));
    }
    out
}

fn mapped<'a>(from: &Standard, to: &Standard) -> Vec<(&'a str, &'a str, Relation, &'a str)> {
    let of = |id: &str, s: &Standard| id.split(':').next() == Some(s.id.as_str());
    let rows = crosswalk().mappings().iter().filter_map(|m| {
        if of(&m.from, from) && of(&m.to, to) {
            Some((m.from.as_str(), m.to.as_str(), m.relation, m.note.as_str()))
        } else if of(&m.to, from) && of(&m.from, to) {
            Some((m.to.as_str(), m.from.as_str(), m.relation.inverse(), m.note.as_str()))
        } else {
            None
        }
    });
    rows.collect()
}

fn head(name: &str, title: &str, description: &str, dependencies: &[String]) -> String {
    let mut out = format!("urn: {}\nlocale: en\nref_id: {}\n", text(&library_urn(name)), text(name));
    let _ = writeln!(out, "name: {}\ndescription: {}", text(title), text(description));
    let _ =
        writeln!(out, "copyright: {}\nversion: {VERSION}\npublication_date: {PUBLISHED}", text(COPYRIGHT));
    out.push_str("provider: dossier\npackager: dossier\n");
    if !dependencies.is_empty() {
        out.push_str("dependencies:\n");
        for d in dependencies {
            let _ = writeln!(out, "- {}", text(d));
        }
    }
    out
}

/// Headings and clauses above, nearest first.
fn ancestors<'a>(id: &str, ids: &[&'a str]) -> Vec<&'a str> {
    let mut out = Vec::new();
    let mut at = id;
    while let Some((above, _)) = at.rsplit_once('.') {
        out.extend(ids.iter().find(|i| **i == above));
        at = above;
    }
    out
}

fn name(standard: &Standard) -> String {
    standard.edition.replace([':', '+', '/'], "-")
}

fn library_urn(name: &str) -> String {
    format!("urn:dossier:risk:library:{name}")
}

fn framework_urn(standard: &Standard) -> String {
    format!("urn:dossier:risk:framework:{}", name(standard))
}

fn node_urn(standard: &Standard, id: &str) -> String {
    format!("urn:dossier:risk:req_node:{}:{}", name(standard), number(id))
}

fn number(id: &str) -> &str {
    id.split_once(':').map_or(id, |(_, number)| number)
}

/// A scalar.
fn text(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::library;
    use serde::Deserialize;
    use std::collections::BTreeSet;

    #[derive(Deserialize)]
    struct File {
        urn: String,
        version: u32,
        #[serde(default)]
        dependencies: Vec<String>,
        objects: Objects,
    }

    #[derive(Deserialize)]
    struct Objects {
        framework: Option<Framework>,
        requirement_mapping_sets: Option<Vec<MappingSet>>,
    }

    #[derive(Deserialize)]
    struct Framework {
        urn: String,
        #[serde(default)]
        implementation_groups_definition: Vec<Group>,
        requirement_nodes: Vec<Node>,
    }

    #[derive(Deserialize)]
    struct Group {
        ref_id: String,
    }

    #[derive(Deserialize)]
    struct Node {
        urn: String,
        assessable: bool,
        depth: usize,
        parent_urn: Option<String>,
        name: String,
        description: Option<String>,
        #[serde(default)]
        implementation_groups: Vec<String>,
    }

    #[derive(Deserialize)]
    struct MappingSet {
        source_framework_urn: String,
        requirement_mappings: Vec<Row>,
    }

    #[derive(Deserialize)]
    struct Row {
        source_requirement_urn: String,
        target_requirement_urn: String,
        relationship: String,
    }

    fn read(yaml: &str) -> File {
        serde_saphyr::from_str(yaml).unwrap_or_else(|e| panic!("{e}\n{yaml}"))
    }

    fn standard(id: &str) -> &'static Standard {
        library().standards().iter().find(|s| s.id == id).unwrap()
    }

    #[test]
    fn every_standard_is_a_tree_of_nodes() {
        for s in library().standards() {
            let file = read(&ciso_assistant(s));
            let framework = file.objects.framework.unwrap();
            assert!(file.urn.starts_with("urn:dossier:risk:library:") && file.version >= 1);
            assert_eq!(framework.implementation_groups_definition.len(), s.classes.len());
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            for n in &framework.requirement_nodes {
                assert_eq!(n.urn, n.urn.to_lowercase());
                assert!(
                    n.parent_urn.as_deref().is_none_or(|p| seen.contains(p)),
                    "{}: its parent comes later",
                    n.urn
                );
                assert!((n.depth == 1) == n.parent_urn.is_none() && !n.name.is_empty());
                assert!(!n.assessable || n.description.as_deref().is_some_and(|d| !d.is_empty()));
                let known =
                    |g: &String| framework.implementation_groups_definition.iter().any(|d| d.ref_id == *g);
                assert!(n.implementation_groups.iter().all(known));
                assert!(seen.insert(&n.urn), "{} is there twice", n.urn);
            }
            let assessable = framework.requirement_nodes.iter().filter(|n| n.assessable).count();
            assert_eq!(assessable, s.in_force().count(), "{}", s.id);
        }
    }

    #[test]
    fn mappings_point_at_nodes_of_both_frameworks() {
        let (from, to) = (standard("62304"), standard("13485"));
        let nodes = |s| -> (String, BTreeSet<String>) {
            let f = read(&ciso_assistant(s)).objects.framework.unwrap();
            (f.urn, f.requirement_nodes.into_iter().map(|n| n.urn).collect())
        };
        let ((source, sources), (_, targets)) = (nodes(from), nodes(to));
        let file = read(&ciso_assistant_mapping(from, to));
        assert_eq!(file.dependencies.len(), 2);
        let set = file.objects.requirement_mapping_sets.unwrap().remove(0);
        assert_eq!(set.source_framework_urn, source);
        assert!(set.requirement_mappings.len() > 30);
        for row in set.requirement_mappings {
            assert!(sources.contains(&row.source_requirement_urn), "{}", row.source_requirement_urn);
            assert!(targets.contains(&row.target_requirement_urn), "{}", row.target_requirement_urn);
            assert!(["equal", "subset", "superset", "intersect"].contains(&row.relationship.as_str()));
        }
    }
}
