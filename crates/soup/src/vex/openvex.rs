//! OpenVEX 0.2.0 (github.com/openvex/spec).

use super::{Document, Error, Statement, Status, malformed};
use serde::Deserialize;
use serde_json::{Value, json};

const CONTEXT: &str = "https://openvex.dev/ns/v0.2.0";

pub(super) fn write(d: &Document) -> Value {
    let statements: Vec<Value> = d.statements.iter().map(|s| statement(d, s)).collect();
    json!({
        "@context": CONTEXT, "@id": d.id, "author": d.author, "timestamp": d.at, "version": d.statements.len().max(1),
        "statements": statements,
    })
}

fn statement(d: &Document, s: &Statement) -> Value {
    let mut out = json!({
        "vulnerability": {"name": s.vulnerability, "aliases": s.aliases},
        "timestamp": s.at,
        "products": [{
            "@id": format!("pkg:generic/{}@{}", d.product, d.version),
            "subcomponents": [{"@id": s.component, "identifiers": {"purl": s.component}}],
        }],
        "status": s.status.as_str(),
        "status_notes": s.impact,
    });
    if let Some(map) = out.as_object_mut() {
        if let Some(j) = &s.justification {
            map.insert("justification".into(), json!(j));
        }
        if s.status == Status::NotAffected {
            map.insert("impact_statement".into(), json!(s.impact));
        }
        if s.status == Status::Affected || !s.action.is_empty() {
            map.insert("action_statement".into(), json!(s.action));
        }
    }
    out
}

#[derive(Deserialize)]
struct Read {
    #[serde(rename = "@id", default)]
    id: String,
    #[serde(default)]
    author: String,
    #[serde(default)]
    timestamp: String,
    #[serde(default)]
    statements: Vec<ReadStatement>,
}

#[derive(Deserialize)]
struct ReadStatement {
    vulnerability: ReadVulnerability,
    #[serde(default)]
    timestamp: String,
    #[serde(default)]
    products: Vec<Product>,
    status: String,
    #[serde(default)]
    status_notes: String,
    justification: Option<String>,
    #[serde(default)]
    impact_statement: String,
    #[serde(default)]
    action_statement: String,
}

/// Version 0.0 wrote the id alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum ReadVulnerability {
    Id(String),
    Whole {
        name: String,
        #[serde(default)]
        aliases: Vec<String>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Product {
    Id(String),
    Whole {
        #[serde(rename = "@id")]
        id: String,
        #[serde(default)]
        subcomponents: Vec<Product>,
    },
}

impl Product {
    fn id(&self) -> &str {
        match self {
            Product::Id(id) | Product::Whole { id, .. } => id,
        }
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Document, Error> {
    let read: Read = serde_json::from_slice(bytes).map_err(malformed("OpenVEX"))?;
    let mut statements = Vec::new();
    let (mut product, mut version) = (String::new(), String::new());
    for s in read.statements {
        let (name, aliases) = match s.vulnerability {
            ReadVulnerability::Id(id) => (id, Vec::new()),
            ReadVulnerability::Whole { name, aliases } => (name, aliases),
        };
        let wrong = |what: String| Error::Statement { vulnerability: name.clone(), what };
        let status =
            Status::of(&s.status).ok_or_else(|| wrong(format!("`{}`, which is no status", s.status)))?;
        if s.products.is_empty() {
            return Err(wrong("nothing of a product".to_owned()));
        }
        let impact = if s.status_notes.is_empty() { s.impact_statement } else { s.status_notes };
        for p in &s.products {
            if product.is_empty()
                && let Some(purl) = crate::Purl::parse(p.id())
            {
                product = purl.package.rsplit('/').next().unwrap_or_default().to_owned();
                version = purl.version.unwrap_or_default();
            }
            let parts = match p {
                Product::Whole { subcomponents, .. } if !subcomponents.is_empty() => {
                    subcomponents.iter().map(Product::id).collect()
                }
                _ => vec![p.id()],
            };
            statements.extend(parts.into_iter().map(|component| Statement {
                vulnerability: name.clone(),
                aliases: aliases.clone(),
                component: component.to_owned(),
                status,
                justification: s.justification.clone(),
                impact: impact.clone(),
                action: s.action_statement.clone(),
                at: if s.timestamp.is_empty() { read.timestamp.clone() } else { s.timestamp.clone() },
            }));
        }
    }
    Ok(Document { id: read.id, author: read.author, product, version, at: read.timestamp, statements })
}
