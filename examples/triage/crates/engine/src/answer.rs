//! Answers: what may be said to a question, and what was said.

use crate::{Temperature, TemperatureError};
use std::collections::BTreeMap;
use std::fmt;
use triage_content::{Question, QuestionKind};

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// "I am not sure". Never treated like no (RC-02.1).
    Unsure,
    /// The id of a choice.
    Choice(String),
    /// A body temperature.
    Temperature(Temperature),
    /// A number.
    Count(u32),
}

/// Answers by the id of the question.
pub type Answers = BTreeMap<String, Answer>;

/// The text is no answer to the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerError {
    /// Neither yes, no nor unsure.
    NotYesNo,
    /// None of the choices, nor unsure.
    NotAChoice,
    /// No whole number.
    NotANumber,
    /// A number outside the accepted range.
    OutOfRange {
        /// Smallest accepted.
        min: u32,
        /// Largest accepted.
        max: u32,
    },
    /// No body temperature.
    Temperature(TemperatureError),
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AnswerError::NotYesNo => f.write_str("answer yes, no or unsure"),
            AnswerError::NotAChoice => f.write_str("choose one of the answers by its number"),
            AnswerError::NotANumber => f.write_str("answer with a whole number, or unsure"),
            AnswerError::OutOfRange { min, max } => write!(f, "the number must be from {min} to {max}"),
            AnswerError::Temperature(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for AnswerError {}

impl Answer {
    /// Reads what the user typed. Every kind of question may be answered with `unsure`.
    ///
    /// # Errors
    /// [`AnswerError`]: the question is asked again, and nothing is recorded.
    pub fn parse(question: &Question, text: &str) -> Result<Answer, AnswerError> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("unsure") || text == "?" {
            return Ok(Answer::Unsure);
        }
        match &question.kind {
            QuestionKind::YesNo => match text.to_ascii_lowercase().as_str() {
                "yes" | "y" => Ok(Answer::Yes),
                "no" | "n" => Ok(Answer::No),
                _ => Err(AnswerError::NotYesNo),
            },
            QuestionKind::Choice(choices) => {
                let by_number = text.parse::<usize>().ok().and_then(|n| choices.get(n.checked_sub(1)?));
                let choice = by_number.or_else(|| choices.iter().find(|c| c.id == text));
                choice.map(|c| Answer::Choice(c.id.clone())).ok_or(AnswerError::NotAChoice)
            }
            QuestionKind::Temperature => {
                text.parse().map(Answer::Temperature).map_err(AnswerError::Temperature)
            }
            QuestionKind::Count { min, max } => {
                let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                match text.parse::<u32>() {
                    _ if !digits => Err(AnswerError::NotANumber),
                    Ok(n) if (*min..=*max).contains(&n) => Ok(Answer::Count(n)),
                    _ => Err(AnswerError::OutOfRange { min: *min, max: *max }),
                }
            }
        }
    }

    /// The form in saved sessions and logs; [`Answer::parse`] reads it back.
    pub fn to_text(&self) -> String {
        match self {
            Answer::Yes => "yes".into(),
            Answer::No => "no".into(),
            Answer::Unsure => "unsure".into(),
            Answer::Choice(id) => id.clone(),
            Answer::Temperature(t) => format!("{}.{}", t.tenths() / 10, t.tenths() % 10),
            Answer::Count(n) => n.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;
    use triage_content::Choice;

    fn question(kind: &str) -> Question {
        let kind = match kind {
            "yes-no" => QuestionKind::YesNo,
            "count" => QuestionKind::Count { min: 2, max: 40 },
            "temperature" => QuestionKind::Temperature,
            _ => QuestionKind::Choice(
                ["half", "little"].map(|id| Choice { id: id.into(), text: id.to_uppercase() }).to_vec(),
            ),
        };
        Question { id: "q".into(), text: "Q?".into(), kind, ask_if: None }
    }

    fn understood(kind: &str, text: &str, expected: Answer) {
        let question = question(kind);
        assert_eq!(Answer::parse(&question, text), Ok(expected.clone()));
        assert_eq!(Answer::parse(&question, &expected.to_text()), Ok(expected));
    }
    cases! { understood;
        yes: "yes-no", "yes", Answer::Yes;
        yes_in_capitals: "yes-no", " YES ", Answer::Yes;
        yes_by_letter: "yes-no", "y", Answer::Yes;
        no: "yes-no", "no", Answer::No;
        unsure: "yes-no", "unsure", Answer::Unsure;
        unsure_by_sign: "yes-no", "?", Answer::Unsure;
        unsure_of_a_temperature: "temperature", "Unsure", Answer::Unsure;
        unsure_of_a_choice: "choice", "?", Answer::Unsure;
        choice_by_number: "choice", "2", Answer::Choice("little".into());
        choice_by_id: "choice", "half", Answer::Choice("half".into());
        smallest_count: "count", "2", Answer::Count(2);
        largest_count: "count", "40", Answer::Count(40);
        leading_zero: "count", "07", Answer::Count(7);
        temperature: "temperature", "38,5", Answer::Temperature(Temperature::from_tenths(385).unwrap());
    }

    fn refused(kind: &str, text: &str, expected: AnswerError) {
        assert_eq!(Answer::parse(&question(kind), text), Err(expected));
    }
    cases! { refused;
        empty_yes_no: "yes-no", "", AnswerError::NotYesNo;
        maybe: "yes-no", "maybe", AnswerError::NotYesNo;
        choice_zero: "choice", "0", AnswerError::NotAChoice;
        choice_three_of_two: "choice", "3", AnswerError::NotAChoice;
        count_too_small: "count", "1", AnswerError::OutOfRange { min: 2, max: 40 };
        count_too_large: "count", "41", AnswerError::OutOfRange { min: 2, max: 40 };
        count_negative: "count", "-3", AnswerError::NotANumber;
        count_plus: "count", "+3", AnswerError::NotANumber;
        count_fraction: "count", "3.5", AnswerError::NotANumber;
        count_empty: "count", "", AnswerError::NotANumber;
        temperature_out_of_range: "temperature", "20", AnswerError::Temperature(TemperatureError::Range);
    }
}
