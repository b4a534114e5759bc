//! Asking a question of a record.

use super::{Condition, Operator, Query, Value};
use std::cmp::Ordering;
use vocabulary::Date;

/// A value of a record's field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// Text.
    Text(&'a str),
    /// Several texts: a comparison holds where it holds for one of them.
    Texts(Vec<&'a str>),
    /// A version.
    Version(&'a str),
    /// A date.
    Date(Date),
    /// A number.
    Number(i64),
    /// The place on the scale of severity, and the word.
    Severity(Option<usize>, &'a str),
    /// The record has no such value.
    None,
}

/// What a question can be asked of.
pub trait Facts {
    /// The value of a field of the schema.
    fn field(&self, name: &str) -> Fact<'_>;
    /// Whether a yes-or-no word holds.
    fn flag(&self, name: &str) -> bool;
    /// Whether a word with a value holds.
    fn relation(&self, name: &str, value: &str) -> bool;
}

impl Query {
    /// Whether a record answers the question.
    pub fn holds(&self, record: &dyn Facts) -> bool {
        holds(&self.condition, record)
    }

    /// The records that answer, in the order and number that were asked for; else in the order given.
    pub fn choose<F: Facts>(&self, records: impl IntoIterator<Item = F>) -> Vec<F> {
        let mut out: Vec<F> = records.into_iter().filter(|r| self.holds(r)).collect();
        if let Some((field, down)) = self.order {
            // Stable, so that equals stay in the order given.
            out.sort_by(|a, b| {
                let order = compare(&a.field(field), &b.field(field));
                if down { order.reverse() } else { order }
            });
        }
        if let Some(limit) = self.limit {
            out.truncate(limit);
        }
        out
    }
}

fn holds(condition: &Condition, record: &dyn Facts) -> bool {
    match condition {
        Condition::All(list) => list.iter().all(|c| holds(c, record)),
        Condition::Any(list) => list.iter().any(|c| holds(c, record)),
        Condition::Not(inner) => !holds(inner, record),
        Condition::Flag(name) => record.flag(name),
        Condition::Relation(name, value) => record.relation(name, value),
        Condition::Field(name, operator, value) => meets(&record.field(name), *operator, value),
        Condition::In(name, values) => {
            let fact = record.field(name);
            values.iter().any(|v| meets(&fact, Operator::Is, v))
        }
    }
}

fn meets(fact: &Fact<'_>, operator: Operator, value: &Value) -> bool {
    if let Fact::Texts(all) = fact {
        // `!=` of several: none of them is it.
        return match operator {
            Operator::IsNot => all.iter().all(|t| meets(&Fact::Text(t), operator, value)),
            _ => all.iter().any(|t| meets(&Fact::Text(t), operator, value)),
        };
    }
    if operator == Operator::Contains {
        let Value::Text(part) = value else { return false };
        return text(fact).is_some_and(|t| t.to_lowercase().contains(part.as_str()));
    }
    let order = match (fact, value) {
        (Fact::Text(t), Value::Text(v)) => Some(t.to_lowercase().as_str().cmp(v.as_str())),
        (Fact::Version(t), Value::Version(v)) => Some(versions(t, v)),
        (Fact::Date(d), Value::Date(v)) => Some(d.cmp(v)),
        (Fact::Number(n), Value::Number(v)) => Some(n.cmp(v)),
        (Fact::Severity(place, _), Value::Severity(v)) => Some(placed(*place).cmp(v)),
        _ => None,
    };
    match (order, operator) {
        (None, Operator::IsNot) => true,
        (None, _) => false,
        (Some(o), Operator::Is) => o == Ordering::Equal,
        (Some(o), Operator::IsNot) => o != Ordering::Equal,
        (Some(o), Operator::Below) => o == Ordering::Less,
        (Some(o), Operator::AtMost) => o != Ordering::Greater,
        (Some(o), Operator::Above) => o == Ordering::Greater,
        (Some(o), Operator::AtLeast) => o != Ordering::Less,
        (Some(_), Operator::Contains) => false,
    }
}

/// A word that is not on the scale counts as worse than all that are: nobody has placed it, and a list of the severe ones is where it
/// has to be seen.
fn placed(place: Option<usize>) -> usize {
    place.unwrap_or(usize::MAX)
}

fn text<'a>(fact: &Fact<'a>) -> Option<&'a str> {
    match fact {
        Fact::Text(t) | Fact::Version(t) | Fact::Severity(_, t) => Some(t),
        _ => None,
    }
}

fn versions(a: &str, b: &str) -> Ordering {
    match (records::state::later(a, b), records::state::later(b, a)) {
        (true, _) => Ordering::Greater,
        (_, true) => Ordering::Less,
        _ => Ordering::Equal,
    }
}

/// What has no value comes first.
fn compare(a: &Fact<'_>, b: &Fact<'_>) -> Ordering {
    match (a, b) {
        (Fact::Text(x), Fact::Text(y)) => x.cmp(y),
        (Fact::Texts(x), Fact::Texts(y)) => x.cmp(y),
        (Fact::Version(x), Fact::Version(y)) => versions(x, y),
        (Fact::Date(x), Fact::Date(y)) => x.cmp(y),
        (Fact::Number(x), Fact::Number(y)) => x.cmp(y),
        (Fact::Severity(x, _), Fact::Severity(y, _)) => placed(*x).cmp(&placed(*y)),
        (Fact::None, Fact::None) => Ordering::Equal,
        (Fact::None, _) => Ordering::Less,
        (_, Fact::None) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}
