//! What can go wrong, with its place in the template.

use std::fmt;

use typst::diag::SourceDiagnostic;
use typst::syntax::Span;
use typst::{World, WorldExt};

use crate::world::JobWorld;

/// Why a document could not be set.
#[derive(Debug, thiserror::Error)]
pub enum TypesetError {
    /// The data cannot be written as JSON.
    #[error("the data cannot be written as JSON")]
    Data(#[source] serde_json::Error),
    /// The main template is not among the files.
    #[error("the template {0} is not among the files of the job")]
    NoMain(String),
    /// A path that is no path below the job's root.
    #[error("{path}: not a path below the root of the job: {reason}")]
    Path {
        /// The path.
        path: String,
        /// Why not.
        reason: String,
    },
    /// The template failed, at one place or several.
    #[error("{}", join(.0))]
    Template(Vec<TemplateError>),
}

/// One error or warning of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// The file, empty when the place is unknown.
    pub file: String,
    /// The line, from 1; 0 when unknown.
    pub line: usize,
    /// The column, from 1; 0 when unknown.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What typst suggests.
    pub hints: Vec<String>,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        }
        f.write_str(&self.message)?;
        self.hints.iter().try_for_each(|hint| write!(f, " (hint: {hint})"))
    }
}

fn join(errors: &[TemplateError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Turns typst's diagnostics into places.
pub(crate) fn places(world: &JobWorld, diagnostics: &[SourceDiagnostic]) -> Vec<TemplateError> {
    diagnostics.iter().map(|diagnostic| place(world, diagnostic)).collect()
}

fn place(world: &JobWorld, diagnostic: &SourceDiagnostic) -> TemplateError {
    let mut error = TemplateError {
        file: String::new(),
        line: 0,
        column: 0,
        message: diagnostic.message.to_string(),
        hints: diagnostic.hints.iter().map(|hint| hint.v.to_string()).collect(),
    };
    // An error deep in a called function is reported where it happened, else at the innermost call that has a place.
    let own = locate(world, diagnostic.span.id(), world.range(diagnostic.span));
    let traced = || diagnostic.trace.iter().find_map(|point| at(world, point.span));
    if let Some((file, line, column)) = own.or_else(traced) {
        error.file = file;
        error.line = line;
        error.column = column;
    }
    error
}

fn at(world: &JobWorld, span: Span) -> Option<(String, usize, usize)> {
    locate(world, span.id(), world.range(span))
}

fn locate(
    world: &JobWorld,
    id: Option<typst::syntax::FileId>,
    range: Option<std::ops::Range<usize>>,
) -> Option<(String, usize, usize)> {
    let source = world.source(id?).ok()?;
    let (line, column) = source.lines().byte_to_line_column(range?.start)?;
    Some((source.id().vpath().get_without_slash().to_owned(), line + 1, column + 1))
}
