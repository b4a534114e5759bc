//! What conditions can read: items, documents, records and the product, as CEL values.

use super::{RecordView, World};
use cel::Value;
use cel::objects::{Key, Map};
use documents::Document;
use model::{Item, ItemIx};
use std::collections::HashMap;
use std::sync::Arc;

/// An object: names with values.
fn object<const N: usize>(rows: [(&str, Value); N]) -> Value {
    map(rows.into_iter().map(|(name, value)| (name.to_owned(), value)))
}

fn map(rows: impl Iterator<Item = (String, Value)>) -> Value {
    let rows: HashMap<Key, Value> = rows.map(|(name, value)| (Key::from(name), value)).collect();
    Value::Map(Map { map: Arc::new(rows) })
}

fn text(value: impl Into<String>) -> Value {
    Value::String(Arc::new(value.into()))
}

fn list(values: impl Iterator<Item = Value>) -> Value {
    Value::List(Arc::new(values.collect()))
}

fn int(value: u64) -> Value {
    Value::Int(i64::try_from(value).unwrap_or(i64::MAX))
}

/// `item`: id, kind, title, text, file, line, class, fields (single values), lists (values split at commas), links, incoming,
/// outcome (of its newest results on this software; `none`), approved.
pub(super) fn item(world: &World<'_>, ix: ItemIx, item: &Item) -> Value {
    let fields = item.fields.iter().map(|f| (f.key.to_string(), text(item.value_of(f).into_owned())));
    let lists = item.fields.iter().map(|f| {
        let values = item.values(&f.key);
        (f.key.to_string(), list(values.into_iter().map(|v| text(v.into_owned()))))
    });
    let link = |kind: &str, other: &str, state: &str| {
        object([("type", text(kind)), ("target", text(other)), ("state", text(state))])
    };
    let links =
        world.model.outgoing(ix).iter().map(|l| link(l.kind.as_str(), l.target.as_str(), l.state.as_str()));
    let incoming = world.model.incoming(ix).filter_map(|l| {
        let from = world.model.get(l.from)?;
        Some(object([
            ("type", text(l.kind.as_str())),
            ("source", text(from.id.as_str())),
            ("state", text(l.state.as_str())),
        ]))
    });
    object([
        ("id", text(item.id.as_str())),
        ("kind", text(item.kind.as_str())),
        ("title", text(item.title())),
        ("text", text(item.text())),
        ("file", text(&*item.file.path)),
        ("line", int(item.line().into())),
        ("class", text(world.classes.of(world.model, ix).as_str())),
        ("fields", map(fields)),
        ("lists", map(lists)),
        ("links", list(links)),
        ("incoming", list(incoming)),
        ("outcome", text(outcome(world, item))),
        ("approved", Value::Bool(approved(world, item.id.as_str(), item.digest))),
    ])
}

fn outcome(world: &World<'_>, item: &Item) -> &'static str {
    let here = || {
        let evidence = world.results?.evidence(&item.id)?;
        let here = match &world.software {
            Some(software) => evidence.on(software)?,
            None => evidence.by_software.first()?,
        };
        Some(here.outcome().as_str())
    };
    here().unwrap_or("none")
}

fn approved(world: &World<'_>, id: &str, digest: vocabulary::Digest) -> bool {
    world.state.is_some_and(|s| s.approvals_of(id, digest).next().is_some())
}

/// `document`: id, title, kind, file, text, approved.
pub(super) fn document(world: &World<'_>, document: &Document) -> Value {
    object([
        ("id", text(document.id.as_str())),
        ("title", text(document.title.as_str())),
        ("kind", text(document.kind.as_deref().unwrap_or(""))),
        ("file", text(&*document.file.path)),
        ("text", text(document.file.text.as_str())),
        ("approved", Value::Bool(approved(world, document.id.as_str(), document.digest))),
    ])
}

/// `product`: name, profile, class, markets, release (empty outside of the gate), as_of.
pub(super) fn product(world: &World<'_>) -> Value {
    let product = &world.config.product;
    object([
        ("name", text(product.name.as_str())),
        ("profile", text(product.profile.as_str())),
        ("class", text(world.classes.product().as_str())),
        ("markets", list(product.markets.iter().map(|m| text(m.as_str())))),
        ("release", text(world.release.unwrap_or(""))),
        ("as_of", text(world.as_of.to_string())),
    ])
}

/// `record`: what it says, as the ledger has it.
pub(super) fn record(record: &RecordView) -> Value {
    json(&record.body)
}

/// `entry`: number, time, who, kind.
pub(super) fn entry(record: &RecordView) -> Value {
    object([
        ("seq", int(record.seq)),
        ("at", text(record.at.as_str())),
        ("actor", text(record.actor.as_str())),
        ("kind", text(record.kind.as_str())),
    ])
}

fn json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(b) => Value::Bool(*b),
        serde_json::Value::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(i), _) => Value::Int(i),
            (None, Some(f)) => Value::Float(f),
            (None, None) => Value::Null,
        },
        serde_json::Value::String(s) => text(s.as_str()),
        serde_json::Value::Array(all) => list(all.iter().map(json)),
        serde_json::Value::Object(rows) => map(rows.iter().map(|(k, v)| (k.clone(), json(v)))),
    }
}
