//! The ids of the tool's own findings, which no rule about a product raises.

use crate::{Diagnostic, Location, Severity};

/// The fixed part of a finding that a reader (of `dossier.toml`, of documents) or the sink raises: what `dossier explain`
/// shows for it. Rules about a product have more, and live in `rules`.
///
/// Ids are never reused. R0001 to R0009 belong to the sink, R0010 to R0019 to `product`, R0020 to R0039 to
/// `documents`; rules begin at R0040.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The id, `R0001`.
    pub rule: &'static str,
    /// The name, which states the bad thing: `unused-waiver`.
    pub name: &'static str,
    /// The severity without overrides.
    pub severity: Severity,
    /// Clauses that it counts against.
    pub clauses: &'static [&'static str],
    /// What it means and what to do, Markdown.
    pub about: &'static str,
}

impl Code {
    /// A diagnostic of this code.
    pub fn at(&self, location: Location, message: impl Into<String>) -> Diagnostic {
        let mut d = Diagnostic::new(self.rule, self.name, self.severity, message, location);
        d.clauses = self.clauses.iter().map(|c| (*c).to_owned()).collect();
        d
    }
}

/// A waiver that waives nothing.
pub(crate) const UNUSED_WAIVER: Code = Code {
    rule: "R0001",
    name: "unused-waiver",
    severity: Severity::Warning,
    clauses: &[],
    about: "A waiver covers nothing that is found any more. Withdraw it, so that it does not hide a later finding.",
};

/// A waiver whose day has passed.
pub(crate) const EXPIRED_WAIVER: Code = Code {
    rule: "R0002",
    name: "expired-waiver",
    severity: Severity::Error,
    clauses: &[],
    about: "A waiver has expired, and what it covered counts again. Resolve the finding, or have a new waiver signed.",
};

/// A waiver that covers more than was found.
pub(crate) const OVERWIDE_WAIVER: Code = Code {
    rule: "R0003",
    name: "overwide-waiver",
    severity: Severity::Warning,
    clauses: &[],
    about: "A waiver names no subject, or subjects for which nothing is found. Narrow it to what it is needed for.",
};

/// A waiver of a finding that may never be waived.
pub(crate) const UNWAIVABLE: Code = Code {
    rule: "R0004",
    name: "waiver-of-unwaivable-finding",
    severity: Severity::Error,
    clauses: &[],
    about: "A waiver is for a finding that no signature can set aside. It has no effect; resolve the finding.",
};

/// The codes of the sink.
pub const CODES: &[Code] = &[UNUSED_WAIVER, EXPIRED_WAIVER, OVERWIDE_WAIVER, UNWAIVABLE];
