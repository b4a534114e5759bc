//! The six words of a verdict, with the shape that always stands beside the word.

use std::fmt;

use serde::Serialize;

/// A verdict on a clause, a rule or a section of the gate. Ordered worst first, as the contract has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Something is missing or wrong.
    Finding,
    /// A person must decide.
    Human,
    /// A finding under a signed, unexpired waiver.
    Waived,
    /// Worth doing; not demanded.
    Advisory,
    /// The evidence is there.
    Pass,
    /// Not applicable, with a reason.
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

    /// The word in machine-readable output and in addresses, `not-applicable`.
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

    /// The shape beside the word, so that no status is told by colour alone.
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

    /// Whether it keeps a release from passing.
    pub fn blocks(self) -> bool {
        matches!(self, Verdict::Finding | Verdict::Human)
    }
}

/// How many of each verdict, worst first, without those that do not occur.
pub fn tally(verdicts: impl IntoIterator<Item = Verdict>) -> Vec<(Verdict, usize)> {
    let mut counts = Verdict::ALL.map(|verdict| (verdict, 0));
    for verdict in verdicts {
        for (known, count) in &mut counts {
            *count += usize::from(*known == verdict);
        }
    }
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serialised_word_is_the_contract_word() {
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.as_str());
        }
        assert!(Verdict::ALL.is_sorted());
    }

    #[test]
    fn a_tally_is_worst_first_and_leaves_out_what_does_not_occur() {
        let verdicts = [Verdict::Pass, Verdict::Finding, Verdict::Pass];
        assert_eq!(tally(verdicts), [(Verdict::Finding, 1), (Verdict::Pass, 2)]);
    }
}
