//! CycloneDX 1.6 with vulnerabilities and no more components than they are about.

use super::{Document, Error, Statement, Status, groups, malformed};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const JUSTIFICATION: &str = "dossier:justification";
const HISTORY: &str = "dossier:earlier";

fn state(status: Status) -> &'static str {
    match status {
        Status::NotAffected => "not_affected",
        Status::Affected => "exploitable",
        Status::Fixed => "resolved",
        Status::UnderInvestigation => "in_triage",
    }
}

/// CycloneDX has labels of its own; ours stands beside as a property.
fn label(justification: &str) -> &'static str {
    match justification {
        "vulnerable_code_not_in_execute_path" => "code_not_reachable",
        "vulnerable_code_cannot_be_controlled_by_adversary" => "requires_environment",
        "inline_mitigations_already_exist" => "protected_by_mitigating_control",
        _ => "code_not_present",
    }
}

fn back(label: &str) -> &'static str {
    match label {
        "code_not_reachable" => "vulnerable_code_not_in_execute_path",
        "requires_configuration" | "requires_dependency" | "requires_environment" => {
            "vulnerable_code_cannot_be_controlled_by_adversary"
        }
        "code_not_present" => "vulnerable_code_not_present",
        _ => "inline_mitigations_already_exist",
    }
}

pub(super) fn write(d: &Document) -> Value {
    let components: BTreeSet<&str> = d.statements.iter().map(|s| s.component.as_str()).collect();
    let part = |purl: &&str| {
        let parsed = crate::Purl::parse(purl);
        let name = parsed.as_ref().and_then(|p| p.package.rsplit('/').next()).unwrap_or(purl).to_owned();
        json!({"type": "library", "bom-ref": purl, "name": name, "purl": purl,
            "version": parsed.and_then(|p| p.version).unwrap_or_default()})
    };
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"timestamp": d.at, "authors": [{"name": d.author}],
            "component": {"type": "application", "bom-ref": "product", "name": d.product, "version": d.version},
            "properties": [{"name": "dossier:document", "value": d.id}]},
        "components": components.iter().map(part).collect::<Vec<_>>(),
        "vulnerabilities": groups(d).iter().map(|g| vulnerability(g)).collect::<Vec<_>>(),
    })
}

fn vulnerability(group: &[&Statement]) -> Value {
    let Some(s) = group.last() else { return Value::Null };
    let references: Vec<Value> = s
        .aliases
        .iter()
        .map(|a| json!({"id": a, "source": {"name": a.split('-').next().unwrap_or("other")}}))
        .collect();
    let mut analysis = json!({"state": state(s.status), "detail": s.impact, "lastUpdated": s.at,
        "firstIssued": group.first().map_or(s.at.as_str(), |f| f.at.as_str())});
    let mut properties = Vec::new();
    if let (Some(j), Some(map)) = (&s.justification, analysis.as_object_mut()) {
        map.insert("justification".into(), json!(label(j)));
        properties.push(json!({"name": JUSTIFICATION, "value": j}));
    }
    for old in group.iter().take(group.len().saturating_sub(1)) {
        let text = json!({"status": old.status.as_str(), "justification": old.justification, "impact": old.impact,
            "action": old.action, "at": old.at});
        properties.push(json!({"name": HISTORY, "value": text.to_string()}));
    }
    json!({
        "id": s.vulnerability, "references": references, "recommendation": s.action, "analysis": analysis,
        "affects": [{"ref": s.component}], "properties": properties,
    })
}

#[derive(Deserialize)]
struct Read {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Part>,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(default)]
    timestamp: String,
    #[serde(default)]
    authors: Vec<Named>,
    component: Option<Part>,
    #[serde(default)]
    properties: Vec<Property>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "bom-ref", default)]
    reference: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    purl: String,
    #[serde(default)]
    components: Vec<Part>,
}

#[derive(Deserialize)]
struct Property {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability {
    id: Option<String>,
    #[serde(default)]
    references: Vec<Reference>,
    #[serde(default)]
    recommendation: String,
    analysis: Option<Analysis>,
    #[serde(default)]
    affects: Vec<Affect>,
    #[serde(default)]
    properties: Vec<Property>,
    #[serde(default)]
    published: String,
}

#[derive(Deserialize)]
struct Reference {
    id: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Analysis {
    #[serde(default)]
    state: String,
    justification: Option<String>,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    response: Vec<String>,
    #[serde(default)]
    last_updated: String,
}

#[derive(Deserialize)]
struct Affect {
    #[serde(rename = "ref")]
    reference: String,
}

pub(super) fn read(bytes: &[u8]) -> Result<Document, Error> {
    let read: Read = serde_json::from_slice(bytes).map_err(malformed("CycloneDX"))?;
    let mut purls: BTreeMap<String, String> = BTreeMap::new();
    let own = read.metadata.component;
    let about_itself = own.as_ref().map(|c| c.reference.clone());
    let (product, version) =
        own.as_ref().map_or_else(Default::default, |c| (c.name.clone(), c.version.clone()));
    let mut parts: Vec<Part> = read.components.into_iter().chain(own).collect();
    while let Some(mut part) = parts.pop() {
        parts.append(&mut part.components);
        let name = if part.purl.is_empty() { format!("{}@{}", part.name, part.version) } else { part.purl };
        purls.insert(part.reference, name);
    }
    let at = read.metadata.timestamp;
    let mut statements = Vec::new();
    for mut v in read.vulnerabilities {
        // Without a list it is about the product that the document describes, named or not.
        if v.affects.is_empty() {
            v.affects.push(Affect { reference: about_itself.clone().unwrap_or_default() });
        }
        of_vulnerability(v, &purls, &at, &mut statements)?;
    }
    let id = read.metadata.properties.into_iter().find(|p| p.name == "dossier:document");
    let author = read.metadata.authors.into_iter().map(|a| a.name).next().unwrap_or_default();
    Ok(Document { id: id.map(|p| p.value).unwrap_or_default(), author, product, version, at, statements })
}

fn of_vulnerability(
    v: Vulnerability,
    purls: &BTreeMap<String, String>,
    at: &str,
    out: &mut Vec<Statement>,
) -> Result<(), Error> {
    let wrong = |what: &str| Error::Statement {
        vulnerability: v.id.clone().unwrap_or_else(|| "?".to_owned()),
        what: what.to_owned(),
    };
    let id = v.id.clone().ok_or_else(|| wrong("no id"))?;
    // A vulnerability without analysis is a finding of somebody's scanner and no statement.
    let Some(analysis) = &v.analysis else { return Ok(()) };
    let status = match analysis.state.as_str() {
        "not_affected" | "false_positive" => Status::NotAffected,
        "exploitable" => Status::Affected,
        "resolved" | "resolved_with_pedigree" => Status::Fixed,
        "in_triage" => Status::UnderInvestigation,
        _ => return Err(wrong("no state that is known")),
    };
    let property = |name: &str| v.properties.iter().find(|p| p.name == name).map(|p| p.value.clone());
    let justification =
        property(JUSTIFICATION).or_else(|| analysis.justification.as_deref().map(|j| back(j).to_owned()));
    let updated = [&analysis.last_updated, &v.published].into_iter().find(|t| !t.is_empty());
    let action =
        if v.recommendation.is_empty() { analysis.response.join(", ") } else { v.recommendation.clone() };
    for affect in &v.affects {
        let base = Statement {
            vulnerability: id.clone(),
            aliases: v.references.iter().map(|r| r.id.clone()).collect(),
            component: purls.get(&affect.reference).cloned().unwrap_or_else(|| affect.reference.clone()),
            status,
            justification: justification.clone(),
            impact: analysis.detail.clone(),
            action: action.clone(),
            at: updated.map_or_else(|| at.to_owned(), Clone::clone),
        };
        for old in v.properties.iter().filter(|p| p.name == HISTORY) {
            let old: serde_json::Value =
                serde_json::from_str(&old.value).map_err(malformed("a property of CycloneDX"))?;
            let text = |key: &str| old.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
            out.push(Statement {
                status: Status::of(&text("status")).unwrap_or(Status::UnderInvestigation),
                justification: Some(text("justification")).filter(|j| !j.is_empty()),
                impact: text("impact"),
                action: text("action"),
                at: text("at"),
                ..base.clone()
            });
        }
        out.push(base);
    }
    Ok(())
}
