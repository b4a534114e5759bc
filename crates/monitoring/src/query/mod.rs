//! A small language for choosing records: `severity>=major and open and affects ITM-x`.
//!
//! ```text
//! question   = [ condition ] [ "order" "by" field [ "desc" ] ] [ "limit" number ]
//! condition  = all { "or" all }
//! all        = one { "and" one }
//! one        = "not" one | "(" condition ")" | flag | relation value | field operator value
//!            | field "in" "(" value { "," value } ")"
//! operator   = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~"          ("~": contains, without regard to case)
//! value      = word | "text in quotes"
//! ```
//!
//! Which fields, flags and relations there are is said by a [`Schema`]; a name that it has not is an error with its place
//! and the nearest one that it has. A question never fails once it is read: what a record does not have compares as false.

mod eval;
mod parse;

pub use eval::{Fact, Facts};

/// The names that a question may use.
#[derive(Clone, Debug)]
pub struct Schema {
    /// What is asked for, in the plural: `anomalies`.
    pub of: &'static str,
    /// Fields with the sort of their values.
    pub fields: &'static [(&'static str, Sort)],
    /// Yes-or-no words: `open`.
    pub flags: &'static [&'static str],
    /// Words that take one value: `affects ITM-x`.
    pub relations: &'static [&'static str],
    /// The firm's scale of severity, mildest first.
    pub severity: Vec<String>,
}

/// What the values of a field are, which decides how they compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Text, without regard to case.
    Text,
    /// A version, numbers compared as numbers.
    Version,
    /// A civil date; `<` is earlier.
    Date,
    /// A whole number; a `d` behind it says days.
    Number,
    /// A word on the scale of severity.
    Severity,
    /// One of these words: another one is a mistake, and no record would ever answer it.
    Word(&'static [&'static str]),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Is,
    /// `!=`
    IsNot,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `~`
    Contains,
}

/// A condition, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// Every one.
    All(Vec<Condition>),
    /// At least one.
    Any(Vec<Condition>),
    /// The opposite.
    Not(Box<Condition>),
    /// A yes-or-no word.
    Flag(&'static str),
    /// A word with its value.
    Relation(&'static str, String),
    /// A field compared with a value.
    Field(&'static str, Operator, Value),
    /// A field with one of several values.
    In(&'static str, Vec<Value>),
}

/// A value, read for the sort of its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text, in lower case.
    Text(String),
    /// A version.
    Version(String),
    /// A date.
    Date(vocabulary::Date),
    /// A number.
    Number(i64),
    /// The place on the scale of severity.
    Severity(usize),
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// As it was written.
    pub text: String,
    /// What records have to be; all of them where it is [`Condition::All`] of nothing.
    pub condition: Condition,
    /// The field to order by, and whether the greatest comes first.
    pub order: Option<(&'static str, bool)>,
    /// At most so many.
    pub limit: Option<usize>,
}

/// Why a text is no question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at character {at}")]
pub struct QueryError {
    /// What is wrong, lower case, with the words in backticks.
    pub what: String,
    /// The character, from 1.
    pub at: usize,
    /// What to write instead.
    pub help: String,
}

impl Query {
    /// Reads a question.
    ///
    /// # Errors
    /// When the text is none, with the place and what could stand there.
    pub fn parse(text: &str, schema: &Schema) -> Result<Query, QueryError> {
        parse::parse(text, schema)
    }
}

#[cfg(test)]
mod tests;
