//! Filtering and paging of rows, the same in every list.

use crate::params::{Params, ROWS_MAX};

/// One page of the rows that pass a filter.
pub(crate) struct Shown<'a, T> {
    /// The rows of this page.
    pub(crate) rows: Vec<&'a T>,
    /// How many pass the filter.
    pub(crate) matching: usize,
    /// How many there are.
    pub(crate) total: usize,
    /// The number of the first row shown, from 0.
    pub(crate) first: usize,
}

/// The rows that pass `keep` and hold every word of `q` in one of their `texts`.
pub(crate) fn shown<'a, T>(
    all: &'a [T],
    params: &Params,
    keep: impl Fn(&T) -> bool,
    texts: impl Fn(&T) -> Vec<&str>,
) -> Shown<'a, T> {
    let words: Vec<String> = params.q.split_whitespace().map(str::to_lowercase).collect();
    let matches = |row: &&T| {
        keep(row) && {
            words.is_empty() || {
                let texts: Vec<String> = texts(row).into_iter().map(str::to_lowercase).collect();
                words.iter().all(|word| texts.iter().any(|text| text.contains(word)))
            }
        }
    };
    let rows: Vec<&T> = all.iter().filter(matches).collect();
    let matching = rows.len();
    let first = if params.from < matching { params.from } else { 0 };
    Shown { rows: rows.into_iter().skip(first).take(ROWS_MAX).collect(), matching, total: all.len(), first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_be_found_and_pages_follow_each_other() {
        let all: Vec<String> = (0..500).map(|i| format!("Row {i}")).collect();
        let page = |q: &str, from| {
            let params = Params { q: q.into(), from, ..Params::default() };
            let shown = shown(&all, &params, |_| true, |row| vec![row, "other"]);
            (shown.rows.len(), shown.matching, shown.first)
        };
        assert_eq!(page("", 0), (200, 500, 0));
        assert_eq!(page("", 400), (100, 500, 400));
        assert_eq!(page("", 9_999), (200, 500, 0));
        assert_eq!(page("ROW 499 OTHER", 0), (1, 1, 0));
        assert_eq!(page("absent", 0), (0, 0, 0));
    }
}
