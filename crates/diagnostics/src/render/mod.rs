//! Renderers: each turns findings into one format and writes into what the caller gives.

mod concise;
mod full;
mod github;
pub mod json;
mod junit;
mod sarif;

use crate::{Diagnostic, FindingsReport, UnknownWord};
use std::borrow::Cow;
use std::fmt::{self, Write};
use std::str::FromStr;

/// How findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people: snippets, related places, help.
    Full,
    /// For people in a hurry and for editors: one line each.
    Concise,
    /// The object `dossier/findings/v1`.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub, which annotate a change.
    Github,
    /// JUnit XML: one test case for each clause and finding.
    Junit,
}

impl Format {
    /// All formats with their names on the command line.
    pub const ALL: [(&'static str, Format); 6] = [
        ("full", Format::Full),
        ("concise", Format::Concise),
        ("json", Format::Json),
        ("sarif", Format::Sarif),
        ("github", Format::Github),
        ("junit", Format::Junit),
    ];
}

impl FromStr for Format {
    type Err = UnknownWord;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let found = Format::ALL.iter().find(|(name, _)| *name == s).map(|(_, f)| *f);
        found.ok_or_else(|| UnknownWord { word: s.to_owned(), what: "output format" })
    }
}

/// Gives the text of files for snippets.
pub trait Sources {
    /// The text of a file by its path in the product, if it can be shown.
    fn text(&self, path: &str) -> Option<Cow<'_, str>>;
}

/// No texts: places are shown without snippets.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSources;

impl Sources for NoSources {
    fn text(&self, _path: &str) -> Option<Cow<'_, str>> {
        None
    }
}

impl Sources for std::collections::BTreeMap<String, String> {
    fn text(&self, path: &str) -> Option<Cow<'_, str>> {
        self.get(path).map(|t| Cow::Borrowed(t.as_str()))
    }
}

/// What a renderer may need besides the report.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Texts for snippets.
    pub sources: &'a dyn Sources,
    /// Whether to write terminal colours. Only [`Format::Full`] and [`Format::Concise`] have any.
    pub colour: bool,
    /// The tool's version, which SARIF states.
    pub version: &'a str,
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("colour", &self.colour)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// Writes a report in a format. It fails only where `out` does.
pub fn render(
    out: &mut dyn Write,
    format: Format,
    report: &FindingsReport,
    options: &Options<'_>,
) -> fmt::Result {
    match format {
        Format::Full => {
            full::findings(out, &report.findings, options)?;
            full::summary(out, &report.findings)
        }
        Format::Concise => concise::findings(out, &report.findings, options),
        Format::Json => json::render(out, report),
        Format::Sarif => sarif::render(out, report, options.version),
        Format::Github => github::findings(out, &report.findings),
        Format::Junit => junit::render(out, report),
    }
}

/// Writes findings for people without a report around them, as `init` and `import` do.
pub fn render_findings(out: &mut dyn Write, findings: &[Diagnostic], options: &Options<'_>) -> fmt::Result {
    full::findings(out, findings, options)
}

/// Text with its control characters made visible, so that a document cannot move the cursor or hide a line.
pub fn printable(s: &str) -> Cow<'_, str> {
    // The bidirectional overrides reorder what is shown.
    let hides = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !s.contains(hides) {
        return Cow::Borrowed(s);
    }
    let show = |c: char| if hides(c) { c.escape_default().collect() } else { String::from(c) };
    Cow::Owned(s.chars().map(show).collect())
}
