//! "Did you mean": the nearest of a list of known words.

/// The known word that `typed` is most likely meant to be: at most a third of its letters wrong, and at most three.
pub fn closest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (typed.chars().count() / 3).clamp(1, 3);
    let scored = known.into_iter().map(|k| (distance(typed, k), k));
    scored.filter(|(d, _)| *d <= allowed).min().map(|(_, k)| k)
}

/// Edit distance where swapping two neighbours counts once (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let width = b.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i + 1; width];
        for (j, cb) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(ca != cb)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *ca == b[j - 1] && a[i - 1] == *cb {
                best = best.min(before[j - 1] + 1);
            }
            row[j + 1] = best;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_near_words_only() {
        let known = ["class", "name", "profile", "timezone"];
        assert_eq!(closest("calss", known), Some("class"));
        assert_eq!(closest("timezon", known), Some("timezone"));
        assert_eq!(closest("zzz", known), None);
        assert_eq!(closest("", known), None);
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("", "abc"), 3);
    }
}
