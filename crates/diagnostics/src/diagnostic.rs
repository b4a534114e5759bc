//! One finding.

use crate::{Location, Severity, Verdict};
use std::borrow::Cow;
use std::cmp::Ordering;

/// A finding about a dossier: what, where, why, and the next step. A value, never an error of ours.
///
/// Messages are lower case without a final period, with identifiers in backticks, and make sense alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule's id, `R0042`.
    pub rule: Cow<'static, str>,
    /// The rule's name, `unevaluated-residual-anomaly`.
    pub name: Cow<'static, str>,
    /// The effective severity, after overrides.
    pub severity: Severity,
    /// The clauses that it counts against, `62304:5.8.3`; letters below a clause may stand here.
    pub clauses: Vec<String>,
    /// The verdict that it gives these clauses.
    pub verdict: Verdict,
    /// The headline.
    pub message: String,
    /// What is to be seen at the location.
    pub label: String,
    /// The item or record it is about; of a finding about `dossier.toml` the key with its table, `advisories.mirrors`.
    pub subject: Option<String>,
    /// Where.
    pub location: Location,
    /// Other places along the trace.
    pub related: Vec<Related>,
    /// Facts.
    pub notes: Vec<String>,
    /// What to do, and only here.
    pub help: Option<String>,
    /// Whether a signed waiver may set it aside. False unless the rule says so.
    pub waivable: bool,
    /// The waiver that does.
    pub waived_by: Option<String>,
}

/// A place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub location: Location,
    /// What is to be seen there.
    pub label: String,
}

impl Diagnostic {
    /// A finding with its verdict taken from the severity: an error is a finding, anything milder is advisory.
    pub fn new(
        rule: impl Into<Cow<'static, str>>,
        name: impl Into<Cow<'static, str>>,
        severity: Severity,
        message: impl Into<String>,
        location: Location,
    ) -> Diagnostic {
        Diagnostic {
            rule: rule.into(),
            name: name.into(),
            severity,
            clauses: Vec::new(),
            verdict: verdict_of(severity),
            message: message.into(),
            label: String::new(),
            subject: None,
            location,
            related: Vec::new(),
            notes: Vec::new(),
            help: None,
            waivable: false,
            waived_by: None,
        }
    }

    /// Adds a clause.
    #[must_use]
    pub fn clause(mut self, clause: impl Into<String>) -> Diagnostic {
        self.clauses.push(clause.into());
        self
    }

    /// Says what is to be seen at the location.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// Says which item, record or key of the configuration it is about.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Diagnostic {
        self.subject = Some(subject.into());
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, location: Location, label: impl Into<String>) -> Diagnostic {
        self.related.push(Related { location, label: label.into() });
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Whether it keeps `check` from exiting with 0: an error that nobody waived.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error && self.verdict != Verdict::Waived
    }

    /// Sets the severity, as an override does. A verdict that follows from the severity changes with it.
    pub(crate) fn set_severity(&mut self, severity: Severity) {
        self.severity = severity;
        if matches!(self.verdict, Verdict::Finding | Verdict::Advisory) {
            self.verdict = verdict_of(severity);
        }
    }
}

fn verdict_of(severity: Severity) -> Verdict {
    match severity {
        Severity::Error => Verdict::Finding,
        Severity::Warning | Severity::Note => Verdict::Advisory,
    }
}

/// The order in which findings are shown: what blocks first, then by severity, place (file, line, column) and rule. The
/// message decides last, so that equal inputs always give equal bytes.
pub fn order(a: &Diagnostic, b: &Diagnostic) -> Ordering {
    let rank = |d: &Diagnostic| (!d.is_error(), d.verdict == Verdict::Waived, d.severity);
    rank(a)
        .cmp(&rank(b))
        .then_with(|| order_of_place(&a.location, &b.location))
        .then_with(|| a.rule.cmp(&b.rule))
        .then_with(|| a.subject.cmp(&b.subject))
        .then_with(|| a.message.cmp(&b.message))
}

fn order_of_place(a: &Location, b: &Location) -> Ordering {
    match (a, b) {
        (
            Location::File { path: pa, span: sa, line: la, column: ca },
            Location::File { path: pb, span: sb, line: lb, column: cb },
        ) => pa.cmp(pb).then((la, ca, sa).cmp(&(lb, cb, sb))),
        _ => a.cmp(b),
    }
}
