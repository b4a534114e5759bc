//! Conditions over answers and age, with "not sure" and "not answered" kept apart from no.

use crate::{Age, Answer, Answers};
use triage_content::Condition;

/// What is known about a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It depends on an answer "not sure".
    Unsure,
    /// It depends on a question without an answer.
    Open,
}

/// What the answers say about the condition.
///
/// All: one no decides, then an open part, then an unsure one. Any: one yes decides, then an unsure part, then an
/// open one; so that doubt is never hidden by a question that is still to come.
pub fn eval(condition: &Condition, answers: &Answers, age: Age) -> Truth {
    match condition {
        Condition::Is { question, answer } => match answers.get(question) {
            None => Truth::Open,
            Some(Answer::Unsure) => Truth::Unsure,
            Some(given) => truth(given.to_text() == *answer),
        },
        Condition::AtLeast { question, value } => match answers.get(question) {
            None => Truth::Open,
            Some(Answer::Unsure) => Truth::Unsure,
            Some(Answer::Temperature(t)) => truth(t.tenths() >= *value),
            Some(Answer::Count(n)) => truth(n >= value),
            // Content validation keeps comparisons to numbers; were one to slip through, doubt is the safe answer.
            Some(_) => Truth::Unsure,
        },
        Condition::AgeBelow(months) => truth(age.months() < *months),
        Condition::All(parts) => {
            first_of(parts, answers, age, [Truth::No, Truth::Open, Truth::Unsure], Truth::Yes)
        }
        Condition::Any(parts) => {
            first_of(parts, answers, age, [Truth::Yes, Truth::Unsure, Truth::Open], Truth::No)
        }
    }
}

/// The first of `order` that one of the parts has, else `otherwise`.
fn first_of(parts: &[Condition], answers: &Answers, age: Age, order: [Truth; 3], otherwise: Truth) -> Truth {
    let found: Vec<Truth> = parts.iter().map(|p| eval(p, answers, age)).collect();
    order.into_iter().find(|t| found.contains(t)).unwrap_or(otherwise)
}

fn truth(holds: bool) -> Truth {
    if holds { Truth::Yes } else { Truth::No }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Temperature;
    use cases::cases;

    fn is(question: &str, answer: &str) -> Condition {
        Condition::Is { question: question.into(), answer: answer.into() }
    }
    fn at_least(question: &str, value: u32) -> Condition {
        Condition::AtLeast { question: question.into(), value }
    }
    /// `yes`, `no` and `unsure` are answered so, `open` is not answered; 38.5 degrees, 3 days, drinks half, 5 months.
    fn known(c: Condition, expected: Truth) {
        let answers = Answers::from([
            ("yes".to_string(), Answer::Yes),
            ("no".to_string(), Answer::No),
            ("unsure".to_string(), Answer::Unsure),
            ("drinks".to_string(), Answer::Choice("half".into())),
            ("days".to_string(), Answer::Count(3)),
            ("temp".to_string(), Answer::Temperature(Temperature::from_tenths(385).unwrap())),
        ]);
        assert_eq!(eval(&c, &answers, Age::of_months(5)), expected);
    }
    fn all(names: &[&str]) -> Condition {
        Condition::All(names.iter().map(|n| is(n, "yes")).collect())
    }
    fn any(names: &[&str]) -> Condition {
        Condition::Any(names.iter().map(|n| is(n, "yes")).collect())
    }
    cases! { known;
        yes_is_yes: is("yes", "yes"), Truth::Yes;
        yes_is_no: is("yes", "no"), Truth::No;
        no_is_no: is("no", "no"), Truth::Yes;
        unsure_is_yes: is("unsure", "yes"), Truth::Unsure;
        open_is_yes: is("open", "yes"), Truth::Open;
        choice_taken: is("drinks", "half"), Truth::Yes;
        choice_not_taken: is("drinks", "little"), Truth::No;
        temperature_equal: at_least("temp", 385), Truth::Yes;
        temperature_one_tenth_more: at_least("temp", 386), Truth::No;
        count_equal: at_least("days", 3), Truth::Yes;
        count_one_more: at_least("days", 4), Truth::No;
        comparison_with_a_word: at_least("yes", 1), Truth::Unsure;
        age_below_bound: Condition::AgeBelow(6), Truth::Yes;
        age_at_bound: Condition::AgeBelow(5), Truth::No;
        all_yes: all(&["yes", "yes"]), Truth::Yes;
        all_one_no: all(&["yes", "no"]), Truth::No;
        all_no_beats_open: all(&["open", "no"]), Truth::No;
        all_no_beats_unsure: all(&["unsure", "no"]), Truth::No;
        all_open_before_unsure: all(&["unsure", "open"]), Truth::Open;
        all_unsure: all(&["yes", "unsure"]), Truth::Unsure;
        any_one_yes: any(&["no", "yes"]), Truth::Yes;
        any_yes_beats_open: any(&["open", "yes"]), Truth::Yes;
        any_unsure_before_open: any(&["open", "unsure"]), Truth::Unsure;
        any_open: any(&["no", "open"]), Truth::Open;
        any_none: any(&["no", "no"]), Truth::No;
        nested: Condition::All(vec![any(&["no", "yes"]), Condition::AgeBelow(6)]), Truth::Yes;
    }
}
