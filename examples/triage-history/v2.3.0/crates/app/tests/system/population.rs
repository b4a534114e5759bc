//! For whom the app gives an assessment, and which symptoms it offers.

use crate::{TODAY, triage};
use cases::cases;

/// The list of symptoms at an age, or a part of what is said instead.
fn offers(birth: &str, expected: &str, not: &str) {
    let (code, text) = triage(&format!("pathways --birth {birth} --today {TODAY}"), "");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains(expected) && !text.contains(not), "{text}");
}
cases! { offers;
    newborn_is_refused_with_advice: "2026-02-15", "[4/5] Get medical help today", "headache";
    day_before_18_is_refused: "2008-03-02", "does not assess children", "headache";
    birthday_18_is_offered_adult_pathways: "2008-03-01", "chest-pain", "child-";
}

#[test]
fn impossible_birth_dates_are_asked_again() {
    let (code, text) =
        triage(&format!("pathways --today {TODAY}"), "2026-03-02 1906-03-01 2023-02-29 1990-07-04");
    assert_eq!(code, 0);
    for said in ["lies in the future", "120 years or more back", "there is no such day", "chest-pain"] {
        assert!(text.contains(said), "{said}: {text}");
    }
}
