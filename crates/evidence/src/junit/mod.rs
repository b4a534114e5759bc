//! JUnit XML: one reader for all the dialects that surefire, pytest, jest, gtest, ctest, nextest and others write.
//!
//! Tolerant of form: a bare `<testsuite>` as root, suites in suites, cases below `<testsuites>`, missing class names,
//! odd times, status attributes instead of elements. Strict on truth: totals that disagree with the cases, document
//! types, undefined entities, suites without cases, cut-off files are errors. A failure is never overlooked: `failure`
//! and `error` count wherever they stand.

mod reader;
mod text;
mod totals;

use crate::Report;

/// Bounds of what is read.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest report, in bytes.
    pub bytes_max: usize,
    /// Deepest nesting of elements.
    pub depth_max: usize,
}

impl Default for Limits {
    /// 1 GiB, 100 levels.
    fn default() -> Limits {
        Limits { bytes_max: 1 << 30, depth_max: 100 }
    }
}

/// Reads a JUnit XML report. Never fails: what is wrong is among the problems of the report.
pub fn read(bytes: &[u8], limits: Limits) -> Report {
    match text::decode(bytes, limits) {
        Ok(text) => reader::Reader::new(&text, limits).read(),
        Err(problem) => Report { problems: vec![problem], ..Report::default() },
    }
}
