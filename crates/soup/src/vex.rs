//! Statements about vulnerabilities (VEX): written as OpenVEX, CSAF and CycloneDX, and read back from all three.
//!
//! A document may have several statements about one vulnerability of one component; the last one is in force and those
//! before it are its history.

mod csaf;
mod cyclonedx;
mod openvex;

use serde::Deserialize;
use serde::de::IgnoredAny;
use vocabulary::Instant;

/// What is said of a vulnerability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// The product does not have the problem.
    NotAffected,
    /// The product has it.
    Affected,
    /// This version has the correction.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

impl Status {
    const ALL: [Status; 4] =
        [Status::NotAffected, Status::Affected, Status::Fixed, Status::UnderInvestigation];

    /// The word of OpenVEX.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::NotAffected => "not_affected",
            Status::Affected => "affected",
            Status::Fixed => "fixed",
            Status::UnderInvestigation => "under_investigation",
        }
    }

    fn of(word: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The vulnerability's id.
    pub vulnerability: String,
    /// Other ids of it, sorted.
    pub aliases: Vec<String>,
    /// The package URL of the component that has it, with version.
    pub component: String,
    /// What is said.
    pub status: Status,
    /// Why not affected: a label of CISA's list, `vulnerable_code_not_present`.
    pub justification: Option<String>,
    /// The reasoning.
    pub impact: String,
    /// What is done about it.
    pub action: String,
    /// When it was said, RFC 3339.
    pub at: String,
}

/// Statements about one version of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The document's id: a URL or URN.
    pub id: String,
    /// Who says it.
    pub author: String,
    /// The product's name.
    pub product: String,
    /// Its version.
    pub version: String,
    /// When the last statement was made, RFC 3339.
    pub at: String,
    /// The statements, oldest first.
    pub statements: Vec<Statement>,
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// OpenVEX 0.2.0.
    OpenVex,
    /// CSAF 2.0, profile `csaf_vex`.
    Csaf,
    /// CycloneDX 1.6.
    CycloneDx,
}

impl Format {
    /// The word, as records have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::OpenVex => "openvex",
            Format::Csaf => "csaf",
            Format::CycloneDx => "cyclonedx",
        }
    }
}

/// Why a document is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No JSON, or not of the shape that the format has.
    #[error("it cannot be read as {format}: {reason}")]
    Malformed {
        /// The format.
        format: &'static str,
        /// What the parser says.
        reason: String,
    },
    /// Another kind of file.
    #[error("it is no VEX document: neither OpenVEX, nor CSAF, nor CycloneDX with vulnerabilities")]
    Unknown,
    /// A statement that says nothing that could be used.
    #[error("the statement about `{vulnerability}` says {what}")]
    Statement {
        /// Which one.
        vulnerability: String,
        /// What is wrong.
        what: String,
    },
    /// No statement.
    #[error("it has no statement, and an empty document is not \"not affected\"")]
    Empty,
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "@context")]
    context: Option<serde_json::Value>,
    document: Option<IgnoredAny>,
    #[serde(rename = "bomFormat")]
    bom: Option<String>,
}

/// Writes a document. Equal documents give equal bytes.
pub fn write(document: &Document, format: Format) -> Vec<u8> {
    let value = match format {
        Format::OpenVex => openvex::write(document),
        Format::Csaf => csaf::write(document),
        Format::CycloneDx => cyclonedx::write(document),
    };
    // Strings and lists always serialise.
    let mut bytes = serde_json::to_vec_pretty(&value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Which format a document says it is of, read no further than that.
///
/// # Errors
/// When it is no JSON, or of none of them.
pub fn format_of(bytes: &[u8]) -> Result<Format, Error> {
    let kind: Kind = serde_json::from_slice(bytes)
        .map_err(|e| Error::Malformed { format: "JSON", reason: e.to_string() })?;
    let context = kind.context.as_ref().and_then(|c| c.as_str()).unwrap_or_default();
    match () {
        () if context.starts_with("https://openvex.dev/ns") => Ok(Format::OpenVex),
        () if kind.bom.as_deref() == Some("CycloneDX") => Ok(Format::CycloneDx),
        () if kind.document.is_some() => Ok(Format::Csaf),
        () => Err(Error::Unknown),
    }
}

/// Reads a document; its content decides what it is.
///
/// # Errors
/// When it is none, or a statement cannot be used.
pub fn read(bytes: &[u8]) -> Result<(Document, Format), Error> {
    let format = format_of(bytes)?;
    let document = match format {
        Format::OpenVex => openvex::read(bytes)?,
        Format::CycloneDx => cyclonedx::read(bytes)?,
        Format::Csaf => csaf::read(bytes)?,
    };
    if document.statements.is_empty() {
        return Err(Error::Empty);
    }
    Ok((document, format))
}

fn malformed(format: &'static str) -> impl FnOnce(serde_json::Error) -> Error {
    move |e| Error::Malformed { format, reason: e.to_string() }
}

/// The statements in groups about the same vulnerability of the same component, each with the one in force last.
fn groups(document: &Document) -> Vec<Vec<&Statement>> {
    let mut groups: Vec<Vec<&Statement>> = Vec::new();
    for s in &document.statements {
        let same = |g: &&mut Vec<&Statement>| {
            g.first().is_some_and(|f| f.vulnerability == s.vulnerability && f.component == s.component)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(s),
            None => groups.push(vec![s]),
        }
    }
    groups
}

/// An instant as VEX documents write it.
pub fn timestamp(at: Instant) -> String {
    at.to_string()
}
