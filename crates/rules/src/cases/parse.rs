//! The cases of our own rules: what does not read fails the test.

pub(super) use crate::case_file::Case;

/// All cases of a rule's `.md`.
pub(super) fn cases(markdown: &str) -> Vec<Case> {
    crate::case_file::read(markdown).unwrap_or_else(|e| panic!("{e}"))
}
