//! The order of clause ids: numbers count as numbers, so `5.8.10` comes after `5.8.9`.

use std::cmp::Ordering;

/// Compares two clause ids (`62304:5.8.3`) or clause numbers (`5.8.3`) part by part: numbers by value and before words, words by
/// letter, a clause before its own sub-clauses. Total on any text.
pub fn compare_ids(a: &str, b: &str) -> Ordering {
    let split = |c: char| c == '.' || c == ':';
    let (mut left, mut right) = (a.split(split), b.split(split));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => match compare_parts(x, y) {
                Ordering::Equal => {}
                decided => return decided,
            },
        }
    }
}

/// A part is a number where all of it is digits. Leading zeros do not count, and no number is too long.
fn compare_parts(a: &str, b: &str) -> Ordering {
    let is_number = |s: &str| !s.is_empty() && s.bytes().all(|c| c.is_ascii_digit());
    match (is_number(a), is_number(b)) {
        (true, true) => {
            let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_count_as_numbers() {
        let sorted = [
            "13485:8.2.6",
            "14971:9",
            "62304:4.1",
            "62304:4.3.a",
            "62304:4.3.c",
            "62304:4.4.1",
            "62304:5.1.9",
            "62304:5.1.10",
            "62304:5.8.3",
            "62304:5.8.3.a",
            "62304:5.8.10",
            "mdr:10.8",
            "mdr:annex-ii.6.1.b",
        ];
        for pair in sorted.windows(2) {
            assert_eq!(compare_ids(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare_ids(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        assert_eq!(compare_ids("62304:5.8.3", "62304:5.8.3"), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn the_order_is_total(mut ids in proptest::collection::vec("[0-9a-c.:]{0,6}", 0..12)) {
            ids.sort_by(|a, b| compare_ids(a, b));
            for (i, a) in ids.iter().enumerate() {
                for b in &ids[i..] {
                    prop_assert_ne!(compare_ids(a, b), Ordering::Greater);
                    prop_assert_eq!(compare_ids(a, b), compare_ids(b, a).reverse());
                }
            }
        }
    }
}
