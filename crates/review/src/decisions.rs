//! What people decided about verdicts: kept in a TOML file, bound to the passage that they saw.

use crate::result::{ConstraintResult, Review};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// What a person said of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionKind {
    /// The verdict is right.
    Confirmed,
    /// The verdict is wrong.
    Rejected,
    /// Neither; only the comment counts.
    Comment,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What was decided.
    pub decision: DecisionKind,
    /// Who decided.
    pub by: String,
    /// When: a date.
    pub on: String,
    /// Why.
    #[serde(default)]
    pub comment: String,
    /// Digest of the verdict and the passages that it was made on. A decision without one holds for whatever stands there.
    #[serde(default)]
    pub passage: String,
}

/// Decisions by constraint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decisions {
    /// Constraint id to decision.
    #[serde(default)]
    pub constraint: BTreeMap<String, Decision>,
}

/// A file of decisions is wrong.
#[derive(Debug, thiserror::Error)]
pub enum DecisionsError {
    /// It is not TOML of the expected shape.
    #[error("{0}")]
    Read(#[from] Box<toml::de::Error>),
    /// It names a constraint that the library does not have.
    #[error("`{0}` is no constraint of the clause library")]
    Unknown(String),
    /// A decision lacks who or when.
    #[error("the decision on `{0}` does not say by whom and on which day")]
    Nobody(String),
}

impl Decisions {
    /// Reads a file of decisions.
    ///
    /// # Errors
    /// Where it is no such file, names what the library does not have, or leaves out who decided.
    pub fn parse(text: &str) -> Result<Decisions, DecisionsError> {
        let decisions: Decisions = toml::from_str(text).map_err(Box::new)?;
        for (id, decision) in &decisions.constraint {
            if clauses::constraint(id).is_none() {
                return Err(DecisionsError::Unknown(id.clone()));
            }
            if decision.by.trim().is_empty() || decision.on.trim().is_empty() {
                return Err(DecisionsError::Nobody(id.clone()));
            }
        }
        Ok(decisions)
    }

    /// Puts each decision beside its verdict, and marks those that were made on other passages.
    pub fn apply(&self, review: &mut Review) {
        for constraint in review.clauses.iter_mut().flat_map(|c| &mut c.constraints) {
            if let Some(decision) = self.constraint.get(&constraint.id) {
                constraint.ask_again =
                    !decision.passage.is_empty() && decision.passage != passage_digest(constraint);
                constraint.decision = Some(decision.clone());
            }
        }
    }

    /// The file for a person to fill in: each constraint that has no standing decision, as a comment to uncomment.
    pub fn form(review: &Review) -> String {
        let mut out = String::from(
            "# Decisions on verdicts. Take away the `#` and fill in; `passage` binds the decision to what was read.\n\
             # decision = \"confirmed\", \"rejected\" or \"comment\"\n\n",
        );
        for constraint in review.clauses.iter().flat_map(|c| &c.constraints) {
            if constraint.decision.is_some() && !constraint.ask_again {
                continue;
            }
            out.push_str(&format!(
                "# {}: {}\n",
                constraint.verdict.words(),
                constraint.text.replace('\n', " ")
            ));
            out.push_str(&format!(
                "# [constraint.\"{}\"]\n# decision = \"\"\n# by = \"\"\n# on = \"\"\n# comment = \"\"\n",
                constraint.id
            ));
            out.push_str(&format!("# passage = \"{}\"\n\n", passage_digest(constraint)));
        }
        out
    }
}

/// Digest of a verdict with its quotations: first 16 hexadecimal digits of SHA-256.
pub fn passage_digest(constraint: &ConstraintResult) -> String {
    let mut hash = Sha256::new();
    hash.update(constraint.verdict.words());
    for quote in &constraint.quotes {
        hash.update([0]);
        hash.update(&quote.file);
        hash.update([0]);
        hash.update(&quote.text);
    }
    let mut digits = hex::encode(hash.finalize());
    digits.truncate(16);
    digits
}
