//! CSAF 2.0, profile 5 "VEX" (OASIS).

use super::{Document, Error, Statement, Status, groups, malformed};
use crate::csaf::{Branch, Id, Product, Tree};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const PRODUCT: &str = "PRODUCT";

fn of_status(status: Status) -> &'static str {
    match status {
        Status::NotAffected => "known_not_affected",
        Status::Affected => "known_affected",
        Status::Fixed => "fixed",
        Status::UnderInvestigation => "under_investigation",
    }
}

pub(super) fn write(d: &Document) -> Value {
    let components: BTreeSet<&str> = d.statements.iter().map(|s| s.component.as_str()).collect();
    let number: BTreeMap<&str, usize> = components.iter().enumerate().map(|(n, c)| (*c, n + 1)).collect();
    let id = |component: &str| format!("{PRODUCT}:{}", number.get(component).copied().unwrap_or_default());
    let part = |component: &&str| {
        json!({"name": component, "product_id": format!("C:{}", number.get(component).copied().unwrap_or_default()),
            "product_identification_helper": {"purl": component}})
    };
    let relation = |component: &&str| {
        json!({"category": "default_component_of", "relates_to_product_reference": PRODUCT,
            "product_reference": format!("C:{}", number.get(component).copied().unwrap_or_default()),
            "full_product_name": {"name": format!("{component} in {} {}", d.product, d.version), "product_id": id(component)}})
    };
    let mut products = vec![json!({"name": format!("{} {}", d.product, d.version), "product_id": PRODUCT})];
    products.extend(components.iter().map(part));
    let vulnerabilities: Vec<Value> = groups(d).into_iter().map(|group| vulnerability(&group, &id)).collect();
    let first = d.statements.first().map_or(d.at.as_str(), |s| s.at.as_str());
    let history: Vec<Value> = d
        .statements
        .iter()
        .enumerate()
        .map(|(n, s)| {
            let what = format!("{} {}: {}", s.vulnerability, s.component, s.status.as_str());
            json!({"date": s.at, "number": (n + 1).to_string(), "summary": what})
        })
        .collect();
    let version = d.statements.len().max(1).to_string();
    let namespace =
        if d.id.starts_with("http") { d.id.clone() } else { "https://example.invalid/".to_owned() };
    json!({
        "document": {
            "category": "csaf_vex", "csaf_version": "2.0", "lang": "en",
            "title": format!("Vulnerabilities of {} {}", d.product, d.version),
            "publisher": {"category": "vendor", "name": d.author, "namespace": namespace},
            "tracking": {"id": format!("{}-{}-vex", d.product, d.version), "status": "final", "version": version,
                "initial_release_date": first, "current_release_date": d.at, "revision_history": history},
        },
        "product_tree": {
            "full_product_names": products,
            "relationships": components.iter().map(relation).collect::<Vec<_>>(),
        },
        "vulnerabilities": vulnerabilities,
    })
}

fn vulnerability(group: &[&Statement], id: &dyn Fn(&str) -> String) -> Value {
    let Some(s) = group.last() else { return Value::Null };
    let product = id(&s.component);
    let mut out = json!({
        "product_status": {of_status(s.status): [product]},
        "notes": notes(group),
    });
    let Some(map) = out.as_object_mut() else { return out };
    let all = || std::iter::once(&s.vulnerability).chain(&s.aliases);
    if let Some(cve) = all().find(|i| i.starts_with("CVE-")) {
        map.insert("cve".into(), json!(cve));
    }
    let others: Vec<Value> = all()
        .filter(|i| !i.starts_with("CVE-"))
        .map(|i| json!({"system_name": i.split('-').next().unwrap_or("other"), "text": i}))
        .collect();
    if !others.is_empty() {
        map.insert("ids".into(), json!(others));
    }
    if let Some(label) = &s.justification {
        map.insert("flags".into(), json!([{"label": label, "product_ids": [product], "date": s.at}]));
    }
    if !s.impact.is_empty() {
        map.insert(
            "threats".into(),
            json!([{"category": "impact", "details": s.impact, "product_ids": [product], "date": s.at}]),
        );
    }
    if !s.action.is_empty() {
        let category = if s.status == Status::Fixed { "vendor_fix" } else { "mitigation" };
        map.insert(
            "remediations".into(),
            json!([{"category": category, "details": s.action, "product_ids": [product], "date": s.at}]),
        );
    }
    out
}

/// Earlier statements are kept as notes, each in a form that reads back.
fn notes(group: &[&Statement]) -> Vec<Value> {
    let s = group.last();
    let mut notes = vec![json!({"category": "summary", "title": "Verdict",
        "text": s.map_or_else(String::new, |s| format!("{} in {}", s.status.as_str(), s.component))})];
    for old in group.iter().take(group.len().saturating_sub(1)) {
        let text = json!({"status": old.status.as_str(), "justification": old.justification, "impact": old.impact,
            "action": old.action, "at": old.at});
        notes.push(json!({"category": "other", "title": HISTORY, "text": text.to_string()}));
    }
    notes
}

const HISTORY: &str = "Earlier statement";

#[derive(Deserialize)]
struct Read {
    document: ReadDocument,
    #[serde(default)]
    product_tree: Tree,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct ReadDocument {
    publisher: Publisher,
    tracking: Tracking,
}

#[derive(Deserialize)]
struct Publisher {
    name: String,
    #[serde(default)]
    namespace: String,
}

#[derive(Deserialize)]
struct Tracking {
    #[serde(default)]
    current_release_date: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    cve: Option<String>,
    #[serde(default)]
    ids: Vec<Id>,
    #[serde(default)]
    notes: Vec<Note>,
    #[serde(default)]
    product_status: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    flags: Vec<About>,
    #[serde(default)]
    threats: Vec<About>,
    #[serde(default)]
    remediations: Vec<About>,
}

#[derive(Deserialize)]
struct Note {
    #[serde(default)]
    title: String,
    text: String,
}

#[derive(Deserialize)]
struct About {
    #[serde(default)]
    label: String,
    #[serde(default)]
    details: String,
    #[serde(default)]
    product_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Old {
    status: String,
    justification: Option<String>,
    impact: String,
    action: String,
    at: String,
}

pub(super) fn read(bytes: &[u8]) -> Result<Document, Error> {
    let read: Read = serde_json::from_slice(bytes).map_err(malformed("CSAF"))?;
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let mut branches: Vec<&Branch> = read.product_tree.branches.iter().collect();
    let mut products: Vec<&Product> = read.product_tree.full_product_names.iter().collect();
    while let Some(branch) = branches.pop() {
        branches.extend(&branch.branches);
        products.extend(&branch.product);
    }
    for p in &products {
        let purl = p.product_identification_helper.as_ref().and_then(|h| h.purl.as_deref());
        names.insert(&p.product_id, purl.unwrap_or(&p.name));
    }
    for r in &read.product_tree.relationships {
        if let Some(name) = names.get(r.product_reference.as_str()).copied() {
            names.insert(&r.full_product_name.product_id, name);
        }
    }
    let at = &read.document.tracking.current_release_date;
    let mut statements = Vec::new();
    for v in &read.vulnerabilities {
        of_vulnerability(v, &names, at, &mut statements)?;
    }
    let own = products.iter().find(|p| p.product_id == PRODUCT).map(|p| p.name.as_str()).unwrap_or_default();
    let (product, version) = own.rsplit_once(' ').unwrap_or((own, ""));
    Ok(Document {
        id: read.document.publisher.namespace.clone(),
        author: read.document.publisher.name.clone(),
        product: product.to_owned(),
        version: version.to_owned(),
        at: at.clone(),
        statements,
    })
}

fn of_vulnerability(
    v: &Vulnerability,
    names: &BTreeMap<&str, &str>,
    at: &str,
    out: &mut Vec<Statement>,
) -> Result<(), Error> {
    let mut ids: Vec<String> = v.ids.iter().map(|i| i.text.clone()).collect();
    ids.extend(v.cve.clone());
    let Some(id) = ids.first().cloned() else {
        return Err(Error::Statement { vulnerability: "?".to_owned(), what: "no id at all".to_owned() });
    };
    let aliases: Vec<String> = ids.into_iter().filter(|i| *i != id).collect();
    let of = |list: &[About], product: &str| -> Option<usize> {
        list.iter().position(|a| a.product_ids.is_empty() || a.product_ids.iter().any(|p| p == product))
    };
    for (word, products) in &v.product_status {
        let Some(status) = Status::ALL.into_iter().find(|s| of_status(*s) == word) else { continue };
        for product in products {
            let base = Statement {
                vulnerability: id.clone(),
                aliases: aliases.clone(),
                component: names.get(product.as_str()).map_or_else(|| product.clone(), |n| (*n).to_owned()),
                status,
                justification: of(&v.flags, product).and_then(|i| v.flags.get(i)).map(|f| f.label.clone()),
                impact: of(&v.threats, product)
                    .and_then(|i| v.threats.get(i))
                    .map(|t| t.details.clone())
                    .unwrap_or_default(),
                action: of(&v.remediations, product)
                    .and_then(|i| v.remediations.get(i))
                    .map(|r| r.details.clone())
                    .unwrap_or_default(),
                at: at.to_owned(),
            };
            for note in v.notes.iter().filter(|n| n.title == HISTORY) {
                let old: Old = serde_json::from_str(&note.text).map_err(malformed("a note of CSAF"))?;
                out.push(Statement {
                    status: Status::of(&old.status).unwrap_or(Status::UnderInvestigation),
                    justification: old.justification,
                    impact: old.impact,
                    action: old.action,
                    at: old.at,
                    ..base.clone()
                });
            }
            out.push(base);
        }
    }
    Ok(())
}
