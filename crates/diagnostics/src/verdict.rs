//! Verdicts and severities: the words, their order, and their shapes.

use std::fmt;
use std::str::FromStr;

/// What is known about a clause, a subject or a finding. Ordered worst first, so the verdict of a whole is the minimum
/// of its parts (design: findings).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Something is wrong or missing.
    Finding,
    /// A person must decide; only the signed evaluation that it names makes it a pass.
    Human,
    /// A finding that a signed, unexpired waiver covers. Never a pass.
    Waived,
    /// Worth knowing, blocks nothing.
    Advisory,
    /// The evidence that is asked for is there.
    Pass,
    /// Not asked for, with a reason.
    NotApplicable,
}

impl Verdict {
    /// All verdicts, worst first.
    pub const ALL: [Verdict; 6] = [
        Verdict::Finding,
        Verdict::Human,
        Verdict::Waived,
        Verdict::Advisory,
        Verdict::Pass,
        Verdict::NotApplicable,
    ];

    /// The word, the same in terminal, web, PDF and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Finding => "finding",
            Verdict::Human => "human",
            Verdict::Waived => "waived",
            Verdict::Advisory => "advisory",
            Verdict::Pass => "pass",
            Verdict::NotApplicable => "not-applicable",
        }
    }

    /// The words for people, `not applicable`.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::NotApplicable => "not applicable",
            other => other.as_str(),
        }
    }

    /// The shape that stands beside the word, so that colour never carries the meaning alone.
    pub fn shape(self) -> &'static str {
        match self {
            Verdict::Finding => "▲",
            Verdict::Human => "◐",
            Verdict::Waived => "○",
            Verdict::Advisory => "◆",
            Verdict::Pass => "●",
            Verdict::NotApplicable => "–",
        }
    }

    /// Whether it keeps a release from passing: a finding, or a decision that nobody has made.
    pub fn blocks(self) -> bool {
        matches!(self, Verdict::Finding | Verdict::Human)
    }

    /// The worst of several; [`Verdict::NotApplicable`] for none at all.
    pub fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
        verdicts.into_iter().min().unwrap_or(Verdict::NotApplicable)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Verdict {
    type Err = UnknownWord;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let known = Verdict::ALL.into_iter().find(|v| v.as_str() == s);
        known.ok_or_else(|| UnknownWord { word: s.to_owned(), what: "verdict" })
    }
}

/// How loud a finding is. Ordered worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Blocks a release.
    Error,
    /// Needs an action or a waiver.
    Warning,
    /// A fact worth knowing.
    Note,
}

impl Severity {
    /// All severities, worst first.
    pub const ALL: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Note];

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = UnknownWord;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let known = Severity::ALL.into_iter().find(|v| v.as_str() == s);
        known.ok_or_else(|| UnknownWord { word: s.to_owned(), what: "severity" })
    }
}

/// The text is none of the words of a fixed list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no {what}")]
pub struct UnknownWord {
    /// What was read.
    pub word: String,
    /// What was expected.
    pub what: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_verdict_comes_first_and_every_word_reads_back() {
        assert_eq!(Verdict::worst([Verdict::Pass, Verdict::Human, Verdict::Waived]), Verdict::Human);
        assert_eq!(Verdict::worst([]), Verdict::NotApplicable);
        for v in Verdict::ALL {
            assert_eq!(v.as_str().parse(), Ok(v));
        }
        for s in Severity::ALL {
            assert_eq!(s.as_str().parse(), Ok(s));
        }
        assert!("passed".parse::<Verdict>().is_err());
    }
}
