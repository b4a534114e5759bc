//! Threat models of other tools: OWASP Threat Dragon (JSON, versions 1 and 2) and the Microsoft Threat Modeling Tool (`.tm7`),
//! read, and written as Markdown items of kind threat.
//!
//! What such a model does not know is not made up: exploitability and impact before and after control, and the hazards that
//! follow, are for people; a rule names what is missing.

mod dragon;
mod markdown;
mod tmt;

pub use markdown::markdown;

use std::collections::BTreeSet;

/// Largest model that is read: 64 MiB.
const BYTES_MAX: usize = 64 << 20;

/// A threat model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ThreatModel {
    /// The tool: `OWASP Threat Dragon`, `Microsoft Threat Modeling Tool`.
    pub tool: &'static str,
    /// Its title.
    pub title: String,
    /// What it says of itself.
    pub description: String,
    /// The threats, in the order of the file.
    pub threats: Vec<ImportedThreat>,
    /// The elements of the data flow, each with its kind: `Database (store)`, `Query (data flow from Worker to Database)`.
    pub elements: BTreeSet<String>,
    /// What was not taken over, and why.
    pub left_out: Vec<String>,
}

/// A threat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportedThreat {
    /// What tells it from others in its model: a GUID, or a number.
    pub key: String,
    /// One line.
    pub title: String,
    /// The category of STRIDE as our rule writes it, or the tool's own word.
    pub stride: String,
    /// The element that it is about, with its kind.
    pub element: String,
    /// The diagram that it stands in.
    pub diagram: String,
    /// `open`, `mitigated`, `not-applicable`, or the tool's word.
    pub status: String,
    /// The tool's severity or priority: `high`.
    pub severity: String,
    /// What could happen.
    pub description: String,
    /// What is done about it.
    pub mitigation: String,
    /// Why it counts no further: the element is out of scope, the status was justified.
    pub remark: String,
}

/// Why a file is no threat model that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Too large.
    #[error("it has {0} bytes, more than 64 MiB")]
    Large(usize),
    /// Neither format.
    #[error(
        "it is neither a model of OWASP Threat Dragon (JSON with `summary` and `detail`) nor of the Microsoft Threat Modeling Tool (`.tm7`)"
    )]
    Unknown,
    /// Broken.
    #[error("it cannot be read as {format}: {reason}")]
    Malformed {
        /// The format.
        format: &'static str,
        /// What is wrong, with its place.
        reason: String,
    },
    /// Nothing in it.
    #[error("it has no threat, and an empty threat model does not say that there is none")]
    Empty,
}

/// Reads a threat model of either tool.
///
/// # Errors
/// When it is none, is broken, or holds no threat.
pub fn read(bytes: &[u8]) -> Result<ThreatModel, Error> {
    if bytes.len() > BYTES_MAX {
        return Err(Error::Large(bytes.len()));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let model = match text.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'{') => dragon::read(text)?,
        Some(b'<') => tmt::read(text)?,
        _ => return Err(Error::Unknown),
    };
    if model.threats.is_empty() { Err(Error::Empty) } else { Ok(model) }
}

/// The category of STRIDE that a tool's word means, or the word.
fn stride(word: &str) -> String {
    let plain: String =
        word.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    match plain.as_str() {
        "s" | "spoofing" => "spoofing",
        "t" | "tampering" => "tampering",
        "r" | "repudiation" => "repudiation",
        "i" | "information disclosure" => "information-disclosure",
        "d" | "denial of service" => "denial-of-service",
        // The Azure template of the Microsoft tool has it in the plural.
        "e" | "elevation of privilege" | "elevation of privileges" => "elevation-of-privilege",
        _ => return word.split_whitespace().collect::<Vec<_>>().join(" "),
    }
    .to_owned()
}

/// An element with its kind, `Database (store)`; of a data flow with its ends, since models call most of them "Request".
fn element(name: &str, kind: &str, ends: Option<(&str, &str)>) -> String {
    match (kind, ends) {
        ("", _) => name.to_owned(),
        (kind, None) => format!("{name} ({kind})"),
        (kind, Some((from, to))) => format!("{name} ({kind} from {from} to {to})"),
    }
}

/// A text on one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A word of a tool as a value of a field: lower case, hyphens.
fn word(text: &str) -> String {
    line(text).to_lowercase().replace(' ', "-")
}
