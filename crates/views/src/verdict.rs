//! The verdict of findings, as pages show it: how many of each.

pub use diagnostics::Verdict;

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
