//! The front matter of a rule's `.md`: everything about a rule but its check.
//!
//! ```text
//! +++
//! id = "R0042"              next free number; never reused, never derived from a clause (editions renumber)
//! name = "…"                states the bad thing
//! clauses = ["62304:5.8.3"] what it counts against; the safety classes come from the clause library
//! severity = "error"        error | warning | note
//! at_gate = "error"         the severity where a release is being judged, when it differs
//! verdict = "human"         only where a person must decide; otherwise the severity says it
//! waivable = false          whether a signed waiver can except a finding
//! gate = true               only where a release is being judged
//! since = "0.1.0"
//! message = "… `{anomaly}` …"   headline, complete in itself; `{…}` is filled by the check
//! label = "…"               said at the primary place
//! help = "…"                what to do next, and only that
//! +++
//! ```

use crate::text::Template;
use diagnostics::Severity;
use serde::Deserialize;

/// The front matter as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    name: String,
    clauses: Vec<String>,
    severity: Level,
    at_gate: Option<Level>,
    verdict: Option<Word>,
    waivable: bool,
    #[serde(default)]
    gate: bool,
    since: String,
    deprecated: Option<Ended>,
    removed: Option<Ended>,
    redirect: Option<String>,
    message: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    help: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Level {
    Error,
    Warning,
    Note,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Severity {
        match level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Note => Severity::Note,
        }
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Human,
}

/// Since when, and why, a rule is deprecated or removed. Rules are never deleted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// The version of dossier.
    pub since: String,
    /// Why.
    pub reason: String,
}

/// What a rule is, read from its front matter.
#[derive(Debug, Clone)]
pub struct Meta {
    /// `R0042`.
    pub id: String,
    /// `unevaluated-residual-anomaly`.
    pub name: String,
    /// The clauses that it counts against, letters below a clause included.
    pub clauses: Vec<String>,
    /// The severity unless the product overrides it.
    pub severity: Severity,
    /// The severity where a release is being judged.
    pub severity_at_gate: Severity,
    /// Whether a person must decide: the finding then makes its clause `human`, whatever the severity.
    pub human: bool,
    /// Whether a signed waiver can except a finding. In profile `playbook` less is waivable; see `library/profiles.toml`.
    pub waivable: bool,
    /// Whether it runs only where a release is being judged.
    pub gate: bool,
    /// The version of dossier that brought it.
    pub since: String,
    /// Deprecated: it still runs.
    pub deprecated: Option<Ended>,
    /// Removed: it runs no longer; its number stays taken.
    pub removed: Option<Ended>,
    /// The rule that took its place.
    pub redirect: Option<String>,
    /// The headline.
    pub message: Template,
    /// What is said at the primary place.
    pub label: Template,
    /// What to do next.
    pub help: Template,
}

/// A rule's `.md` cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FrontMatterError {
    /// No `+++` line at the start, or none that closes it.
    #[error("the front matter stands between two lines `+++` at the start of the file")]
    Fence,
    /// Not TOML of the expected shape.
    #[error("front matter: {0}")]
    Toml(#[source] Box<toml::de::Error>),
    /// A text with an unclosed or empty placeholder.
    #[error("front matter: `{key}` has a `{{` without a name and `}}`")]
    Template {
        /// Which text.
        key: &'static str,
    },
}

/// Front matter and the Markdown below it.
pub(crate) fn split(markdown: &str) -> Option<(&str, &str)> {
    markdown.strip_prefix("+++\n")?.split_once("\n+++\n")
}

impl Meta {
    /// Reads the front matter of a rule's `.md`. An unknown key is an error.
    pub fn parse(markdown: &str) -> Result<Meta, FrontMatterError> {
        let (head, _) = split(markdown).ok_or(FrontMatterError::Fence)?;
        let w: Written = toml::from_str(head).map_err(|e| FrontMatterError::Toml(Box::new(e)))?;
        let template = |key, text: &str| Template::parse(text).ok_or(FrontMatterError::Template { key });
        Ok(Meta {
            message: template("message", &w.message)?,
            label: template("label", &w.label)?,
            help: template("help", &w.help)?,
            human: matches!(w.verdict, Some(Word::Human)),
            id: w.id,
            name: w.name,
            clauses: w.clauses,
            severity: w.severity.into(),
            severity_at_gate: w.at_gate.unwrap_or(w.severity).into(),
            waivable: w.waivable,
            gate: w.gate,
            since: w.since,
            deprecated: w.deprecated,
            removed: w.removed,
            redirect: w.redirect,
        })
    }
}
