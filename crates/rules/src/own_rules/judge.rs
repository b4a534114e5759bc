//! A firm's rule over a product: what it finds.

use super::{Over, OwnRule, RecordView, environment, facts, without_version};
use cel::{Context, Program, Value};
use diagnostics::Location;
use documents::Documents;
use model::class::Classes;
use model::results::Joined;
use model::{ItemIx, Model};
use product::Config;
use records::State;
use std::sync::Arc;
use vocabulary::{Date, Digest};

/// What conditions are evaluated over.
pub(crate) struct World<'a> {
    pub(crate) config: &'a Config,
    pub(crate) documents: &'a Documents,
    pub(crate) model: &'a Model,
    pub(crate) classes: &'a Classes,
    pub(crate) state: Option<&'a State>,
    pub(crate) records: &'a [RecordView],
    pub(crate) results: Option<&'a Joined>,
    pub(crate) software: Option<Digest>,
    pub(crate) release: Option<&'a str>,
    pub(crate) as_of: Date,
}

/// Something that does not hold.
pub(crate) struct Hit {
    pub(crate) location: Location,
    pub(crate) item: Option<ItemIx>,
    pub(crate) subject: String,
    pub(crate) title: String,
    /// Why: that the condition is false, or that it could not be judged.
    pub(crate) why: String,
    /// Whether it could not be judged.
    pub(crate) unjudged: bool,
}

/// What a rule finds, in the order of the documents or of the ledger.
pub(crate) fn hits(rule: &OwnRule, world: &World<'_>) -> Vec<Hit> {
    let mut out = Vec::new();
    let product = facts::product(world);
    let mut look = |variables: Vec<(&'static str, Value)>, hit: Hit| {
        let mut context = context(world.as_of);
        context.add_variable_from_value("product", product.clone());
        for (name, value) in variables {
            context.add_variable_from_value(name, value);
        }
        match judged(rule, &context) {
            Ok(true) => {}
            Ok(false) => out.push(Hit { why: format!("`{}` is false", rule.holds), ..hit }),
            Err(why) => out.push(Hit { why, unjudged: true, ..hit }),
        }
    };
    let hit = |location, item, subject: &str, title: &str| Hit {
        location,
        item,
        subject: subject.to_owned(),
        title: title.to_owned(),
        why: String::new(),
        unjudged: false,
    };
    match &rule.looks_at {
        Over::Items(kind) => {
            for ix in world.model.of_kind(*kind) {
                let Some(item) = world.model.get(*ix) else { continue };
                let found = hit(item.location(), Some(*ix), item.id.as_str(), item.title());
                look(vec![("item", facts::item(world, *ix, item))], found);
            }
        }
        Over::Documents => {
            for d in &world.documents.controlled {
                let found = hit(d.location(), None, d.id.as_str(), &d.title);
                look(vec![("document", facts::document(world, d))], found);
            }
        }
        Over::Records(kind) => {
            for record in world.records.iter().filter(|r| without_version(&r.kind) == kind) {
                let subject = subject(record);
                let found = hit(Location::entry(record.seq), None, &subject, &record.kind);
                look(vec![("record", facts::record(record)), ("entry", facts::entry(record))], found);
            }
        }
        Over::Product => {
            let items = world.model.enumerate().map(|(ix, item)| facts::item(world, ix, item)).collect();
            let documents = world.documents.controlled.iter().map(|d| facts::document(world, d)).collect();
            let name = world.config.product.name.as_str();
            let variables = vec![
                ("items", Value::List(Arc::new(items))),
                ("documents", Value::List(Arc::new(documents))),
            ];
            look(variables, hit(world.config.place("product"), None, name, name));
        }
    }
    out
}

/// What a record is about: its own id, which stands under the first part of its kind; the entry otherwise.
fn subject(record: &RecordView) -> String {
    let noun = record.kind.split('/').next().unwrap_or_default();
    let id =
        [noun, "version", "case", "component"].into_iter().find_map(|key| record.body.get(key)?.as_str());
    id.map_or_else(|| format!("entry {}", record.seq), str::to_owned)
}

fn judged(rule: &OwnRule, context: &Context<'_, '_>) -> Result<bool, String> {
    if let Some(when) = &rule.when
        && !truth("when", when, context)?
    {
        return Ok(true);
    }
    truth("holds", &rule.condition, context)
}

fn truth(key: &str, program: &Program, context: &Context<'_, '_>) -> Result<bool, String> {
    match program.execute(context) {
        Ok(Value::Bool(answer)) => Ok(answer),
        Ok(other) => Err(format!("`{key}` answers with {:?}, not with yes or no", other.type_of())),
        Err(error) => Err(format!("`{key}` cannot be judged: {error}")),
    }
}

/// The functions beside those of CEL: `days_since("2026-01-01")`, counted to the as-of date.
fn context<'p, 'v>(as_of: Date) -> Context<'p, 'v> {
    let mut context = Context::with_env(environment().clone());
    let days_since = move |day: Arc<String>| -> Result<Value, cel::ExecutionError> {
        let day: Date = day
            .get(..10)
            .unwrap_or(&day)
            .parse()
            .map_err(|e| cel::ExecutionError::function_error("days_since", e))?;
        Ok(Value::Int(as_of.days_since(day)))
    };
    // The name is ours alone, so that declaring it cannot fail.
    let declared = context.add_function("days_since", days_since);
    debug_assert!(declared.is_ok());
    context
}
