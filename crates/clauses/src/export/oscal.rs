//! A standard as an OSCAL catalog (JSON, model version 1.1): headings are groups, clauses are controls.

use super::{COPYRIGHT, PUBLISHED, VERSION};
use crate::guide::Guide;
use crate::guides::guide;
use crate::library::{Clause, Standard};
use crate::order::compare_ids;
use serde_json::{Map, Value, json};

/// The catalog. Its id follows from its content, so that the same library gives the same bytes.
pub fn oscal(standard: &Standard) -> Value {
    let mut catalog = Map::new();
    let metadata = json!({
        "title": standard.title,
        "last-modified": format!("{PUBLISHED}T00:00:00Z"),
        "version": VERSION,
        "oscal-version": "1.1.2",
        "props": [property("edition", &standard.edition)],
        "remarks": COPYRIGHT,
    });
    let (groups, controls) = below(standard, None);
    let body = json!([metadata, groups, controls]).to_string();
    catalog.insert("uuid".into(), uuid(body.as_bytes()).into());
    catalog.insert("metadata".into(), metadata);
    insert_list(&mut catalog, "groups", groups);
    insert_list(&mut catalog, "controls", controls);
    json!({ "catalog": catalog })
}

/// Groups and controls directly below a heading, or at the top.
fn below(standard: &Standard, heading: Option<&str>) -> (Vec<Value>, Vec<Value>) {
    let parent = |id: &str| -> Option<&str> {
        let mut best: Option<&str> = None;
        for h in &standard.headings {
            if id.starts_with(&format!("{}.", h.id)) && best.is_none_or(|b| b.len() < h.id.len()) {
                best = Some(&h.id);
            }
        }
        best
    };
    let mut groups = Vec::new();
    for h in standard.headings.iter().filter(|h| parent(&h.id) == heading) {
        let (inner, controls) = below(standard, Some(&h.id));
        let mut group = Map::new();
        group.insert("id".into(), token(&h.id).into());
        group.insert("class".into(), "heading".into());
        group.insert("title".into(), h.title.clone().into());
        group.insert("props".into(), json!([property("label", number(&h.id))]));
        insert_list(&mut group, "groups", inner);
        insert_list(&mut group, "controls", controls);
        groups.push(Value::Object(group));
    }
    let mut clauses: Vec<&Clause> = standard.clauses.iter().filter(|c| parent(&c.id) == heading).collect();
    clauses.sort_by(|a, b| compare_ids(&a.id, &b.id));
    let controls: Vec<Value> = clauses.iter().map(|c| control(c)).collect();
    if groups.is_empty() {
        return (groups, controls);
    }
    // A group has groups or controls: a clause beside headings gets a group of its own.
    for (clause, control) in clauses.into_iter().zip(controls) {
        let id = format!("g-{}", clause.id.replace(':', "-"));
        groups.push(json!({ "id": id, "class": "clause", "title": clause.title, "controls": [control] }));
    }
    (groups, Vec::new())
}

fn control(clause: &Clause) -> Value {
    let mut props = vec![property("label", &clause.number), property("sort-id", &token(&clause.id))];
    if !clause.in_force {
        props.push(property("status", "withdrawn"));
    }
    let own = |name: &str, value: &str| json!({ "name": name, "ns": "https://dossier.invalid/ns/oscal", "value": value });
    props.extend(clause.classes.iter().map(|class| own("safety-class", class)));
    if let Some(kind) = clause.kind {
        props.push(own("evidence-kind", kind.letter()));
    }
    for (name, day) in [("valid-from", clause.valid_from), ("valid-to", clause.valid_to)] {
        props.extend(day.map(|d| own(name, &d.to_string())));
    }
    let id = token(&clause.id);
    let guide = guide(&clause.id).filter(|g| g.clause == clause.id);
    let statement = guide.map_or(clause.evidence.as_str(), |g| g.asks.as_str());
    let mut parts = vec![json!({ "id": format!("{id}_smt"), "name": "statement", "prose": statement })];
    if let Some(guide) = guide {
        parts.extend(guidance(&id, guide));
    }
    parts.push(json!({ "id": format!("{id}_evd"), "name": "guidance", "title": "Evidence", "prose": clause.evidence }));
    json!({ "id": id, "class": "clause", "title": clause.title, "props": props, "parts": parts })
}

fn guidance(id: &str, guide: &Guide) -> Vec<Value> {
    let mut parts = vec![
        json!({ "id": format!("{id}_why"), "name": "guidance", "title": "Why", "prose": guide.why }),
        json!({ "id": format!("{id}_aud"), "name": "guidance", "title": "Audit focus", "prose": guide.audit_focus }),
    ];
    for (n, c) in guide.constraints.iter().enumerate() {
        let part = format!("{id}_obj-{}", n + 1);
        parts.push(json!({
            "id": part, "name": "assessment-objective", "title": c.id, "prose": c.text,
            "props": c.classes.iter().map(|class| json!({ "name": "safety-class", "ns": "https://dossier.invalid/ns/oscal", "value": class }))
                .collect::<Vec<_>>(),
        }));
    }
    parts
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

/// Lists are left out where they are empty; the schema wants at least one entry.
fn insert_list(map: &mut Map<String, Value>, key: &str, list: Vec<Value>) {
    if !list.is_empty() {
        map.insert(key.to_owned(), Value::Array(list));
    }
}

fn number(id: &str) -> &str {
    id.split_once(':').map_or(id, |(_, number)| number)
}

/// An OSCAL token begins with a letter or underscore.
fn token(id: &str) -> String {
    format!("c-{}", id.replace(':', "-"))
}

/// A UUID made from content: two FNV-1a sums of 64 bits, shaped as version 4. It names a content and protects nothing.
fn uuid(bytes: &[u8]) -> String {
    let fnv = |seed: u64| {
        bytes.iter().fold(seed, |hash, b| (hash ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3))
    };
    let (a, b) = (fnv(0xcbf2_9ce4_8422_2325), fnv(0x6c62_272e_07bb_0142));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0x0fff,
        0x8000 | ((b >> 48) & 0x3fff),
        b & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::library;
    use std::collections::BTreeSet;

    /// Walks every object, counts controls and gathers ids.
    fn walk(value: &Value, ids: &mut BTreeSet<String>, controls: &mut usize) {
        match value {
            Value::Array(list) => {
                assert!(!list.is_empty(), "an empty list");
                list.iter().for_each(|v| walk(v, ids, controls));
            }
            Value::Object(map) => {
                if let Some(Value::String(id)) = map.get("id") {
                    let mut chars = id.chars();
                    assert!(chars.next().is_some_and(|c| c.is_alphabetic() || c == '_'), "{id}");
                    assert!(chars.all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_')), "{id}");
                    assert!(ids.insert(id.clone()), "{id} is there twice");
                }
                assert!(!(map.contains_key("groups") && map.contains_key("controls")), "groups or controls");
                if let Some(Value::Array(of)) = map.get("controls") {
                    *controls += of.len();
                }
                for (key, v) in map {
                    if let ("name" | "title" | "value" | "prose", Value::String(text)) = (key.as_str(), v) {
                        assert!(
                            !text.trim().is_empty() && (key != "value" || text.trim() == text),
                            "{key}: {text:?}"
                        );
                    }
                    walk(v, ids, controls);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn every_standard_is_a_catalog_of_its_clauses() {
        let shape = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
        let shape = regex::Regex::new(shape).unwrap();
        for s in library().standards() {
            let catalog = oscal(s);
            let (mut ids, mut controls) = (BTreeSet::new(), 0);
            walk(&catalog["catalog"], &mut ids, &mut controls);
            assert_eq!(controls, s.clauses.len(), "{}", s.id);
            let uuid = catalog["catalog"]["uuid"].as_str().unwrap();
            assert!(shape.is_match(uuid), "{uuid}");
            for key in ["title", "last-modified", "version", "oscal-version"] {
                assert!(catalog["catalog"]["metadata"][key].is_string(), "{key}");
            }
        }
    }

    #[test]
    fn another_content_has_another_id_and_the_same_the_same() {
        let ids: BTreeSet<String> =
            library().standards().iter().map(|s| oscal(s)["catalog"]["uuid"].to_string()).collect();
        assert_eq!(ids.len(), library().standards().len());
        let first = &library().standards()[0];
        assert_eq!(oscal(first), oscal(first));
    }
}
