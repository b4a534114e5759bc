//! Change requests as questions see them.

use crate::query::{Fact, Facts, Query, QueryError, Schema, Sort};
use records::State;
use records::state::Change;
use vocabulary::Date;

/// What may be asked of change requests.
pub fn schema() -> Schema {
    Schema {
        of: "change requests",
        fields: &[
            ("id", Sort::Text),
            ("title", Sort::Text),
            ("reason", Sort::Text),
            (
                "state",
                Sort::Word(&[
                    "requested",
                    "analysed",
                    "approved",
                    "implemented",
                    "verified",
                    "closed",
                    "dropped",
                ]),
            ),
            ("category", Sort::Word(&["corrective", "adaptive", "perfective", "preventive"])),
            ("item", Sort::Text),
            ("answers", Sort::Text),
            ("commit", Sort::Text),
            ("by", Sort::Text),
            ("requested", Sort::Date),
            ("approved", Sort::Date),
            ("age", Sort::Number),
        ],
        flags: &[
            "open",
            "analysed",
            "approved-first",
            "implemented",
            "verified",
            "closed",
            "dropped",
            "security-relevant",
            "reanalysed",
        ],
        relations: &["affects", "mentions"],
        severity: Vec::new(),
    }
}

/// One change request with what its fields are counted to.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The id.
    pub id: &'a str,
    /// The change request.
    pub change: &'a Change,
    /// The date that ages are counted to.
    pub as_of: Date,
}

impl Facts for Asked<'_> {
    fn field(&self, name: &str) -> Fact<'_> {
        let c = self.change;
        let opened = &c.opened.body;
        match name {
            "id" => Fact::Text(self.id),
            "title" => Fact::Text(&opened.title),
            "reason" => Fact::Text(&opened.reason),
            "state" => Fact::Text(c.stage()),
            "category" => opened.category.map_or(Fact::None, |k| Fact::Text(k.as_str())),
            "item" => Fact::Texts(c.affects().into_iter().map(|i| i.as_str()).collect()),
            "answers" => Fact::Texts(opened.answers.iter().map(String::as_str).collect()),
            "commit" => Fact::Texts(
                c.implementations.iter().flat_map(|i| &i.body.commits).map(String::as_str).collect(),
            ),
            "by" => Fact::Text(&c.opened.meta.actor),
            "requested" => Fact::Date(c.opened.meta.at.date_utc()),
            "approved" => c.approvals.first().map_or(Fact::None, |a| Fact::Date(a.meta.at.date_utc())),
            "age" => {
                let until = c.closed.as_ref().map_or(self.as_of, |x| x.meta.at.date_utc());
                Fact::Number(until.days_since(c.opened.meta.at.date_utc()))
            }
            _ => Fact::None,
        }
    }

    fn flag(&self, name: &str) -> bool {
        let c = self.change;
        match name {
            "open" => c.closed.is_none(),
            "analysed" => !c.analyses.is_empty(),
            "approved-first" => match (c.approvals.first(), c.implementations.first()) {
                (Some(a), Some(i)) => a.meta.seq < i.meta.seq,
                (Some(_), None) => true,
                (None, _) => false,
            },
            "implemented" => !c.implementations.is_empty(),
            "verified" => !c.verifications.is_empty(),
            "closed" => c.closed.is_some(),
            "dropped" => c.is_dropped(),
            "security-relevant" => c.analyses.last().is_some_and(|a| a.body.security_relevant),
            "reanalysed" => !c.reanalyses.is_empty(),
            _ => false,
        }
    }

    fn relation(&self, name: &str, value: &str) -> bool {
        match name {
            "affects" => self.change.affects().iter().any(|i| i.as_str().eq_ignore_ascii_case(value)),
            "mentions" => {
                let value = value.to_lowercase();
                let opened = &self.change.opened.body;
                [&opened.title, &opened.reason].iter().any(|t| t.to_lowercase().contains(&value))
            }
            _ => false,
        }
    }
}

/// The change requests that answer a question, by id unless the question orders them.
///
/// # Errors
/// When the text is no question.
pub fn choose<'a>(state: &'a State, text: &str, as_of: Date) -> Result<Vec<Asked<'a>>, QueryError> {
    let query = Query::parse(text, &schema())?;
    Ok(query.choose(state.changes.iter().map(|(id, change)| Asked { id, change, as_of })))
}
