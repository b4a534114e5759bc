//! The shape of a file of `library/`. An unknown key is an error, so that a slip of the pen is not read as silence.

use crate::library::{Condition, Kind};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StandardFile {
    pub(crate) standard: StandardTable,
    #[serde(default)]
    pub(crate) heading: Vec<HeadingTable>,
    pub(crate) clause: Vec<ClauseTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StandardTable {
    pub(crate) id: String,
    pub(crate) edition: String,
    pub(crate) title: String,
    /// Absent where the standard knows no classes; its clauses are then due for all.
    #[serde(default)]
    pub(crate) classes: Vec<String>,
    pub(crate) valid_from: Option<toml::Spanned<String>>,
    pub(crate) valid_to: Option<toml::Spanned<String>>,
    pub(crate) source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HeadingTable {
    pub(crate) number: toml::Spanned<String>,
    pub(crate) title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClauseTable {
    pub(crate) number: toml::Spanned<String>,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) classes: Vec<String>,
    pub(crate) kind: Option<Kind>,
    pub(crate) evidence: String,
    #[serde(default)]
    pub(crate) judgement: bool,
    pub(crate) condition: Option<Condition>,
    #[serde(default = "yes")]
    pub(crate) in_force: bool,
    pub(crate) note: Option<String>,
    pub(crate) valid_from: Option<toml::Spanned<String>>,
    pub(crate) valid_to: Option<toml::Spanned<String>>,
    #[serde(default)]
    pub(crate) replaced_by: Vec<String>,
    pub(crate) source: Option<String>,
}

fn yes() -> bool {
    true
}
