//! Red flags: signs that set a level at once, whatever else is answered.

use crate::{Age, Answers, Truth, eval};
use triage_content::{Level, Pathway, RedFlag};

/// A red flag that the answers raise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised<'a> {
    /// The flag.
    pub flag: &'a RedFlag,
    /// The level that it sets: the flag's own, or one step less where the user is not sure.
    pub level: Level,
    /// Whether the sign is there for certain.
    pub certain: bool,
}

/// Every raised flag, in the order of the pathway. A flag that hangs on an unsure answer counts one step less
/// urgent than a certain one, and never counts as absent (RC-02.1).
pub fn raised<'a>(pathway: &'a Pathway, answers: &Answers, age: Age) -> Vec<Raised<'a>> {
    let judge = |flag: &'a RedFlag| match eval(&flag.when, answers, age) {
        Truth::Yes => Some(Raised { flag, level: flag.level, certain: true }),
        Truth::Unsure => {
            let level = if flag.level == Level::Emergency { Level::Urgent } else { Level::Soon };
            Some(Raised { flag, level, certain: false })
        }
        Truth::No | Truth::Open => None,
    };
    pathway.red_flags.iter().filter_map(judge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Answer;
    use cases::cases;
    use triage_content::{Condition, Population};

    /// Two flags: an emergency when `a` is yes, an urgent one when `b` is yes and the patient is below 6 months.
    fn pathway() -> Pathway {
        let is = |q: &str| Condition::Is { question: q.into(), answer: "yes".into() };
        let flag = |id: &str, when, level| RedFlag { id: id.into(), text: id.into(), when, level };
        Pathway {
            id: "p".into(),
            title: "P".into(),
            population: Population { from_months: 3, below_months: 216 },
            questions: Vec::new(),
            red_flags: vec![
                flag("A", is("a"), Level::Emergency),
                flag("B", Condition::All(vec![Condition::AgeBelow(6), is("b")]), Level::Urgent),
            ],
            rules: Vec::new(),
            scores: Vec::new(),
            thresholds: Vec::new(),
            safety_net: Vec::new(),
        }
    }

    fn raises(months: u32, a: Option<Answer>, b: Option<Answer>, expected: &[(&str, Level, bool)]) {
        let answers: Answers =
            [("a", a), ("b", b)].into_iter().filter_map(|(q, x)| Some((q.to_string(), x?))).collect();
        let pathway = pathway();
        let found = raised(&pathway, &answers, Age::of_months(months));
        let found: Vec<_> = found.iter().map(|r| (r.flag.id.as_str(), r.level, r.certain)).collect();
        assert_eq!(found, expected);
    }
    const YES: Option<Answer> = Some(Answer::Yes);
    const NO: Option<Answer> = Some(Answer::No);
    const UNSURE: Option<Answer> = Some(Answer::Unsure);
    cases! { raises;
        nothing_answered: 5, None, None, &[];
        both_no: 5, NO, NO, &[];
        emergency: 5, YES, NO, &[("A", Level::Emergency, true)];
        emergency_in_doubt_is_urgent: 5, UNSURE, NO, &[("A", Level::Urgent, false)];
        urgent: 5, NO, YES, &[("B", Level::Urgent, true)];
        urgent_in_doubt_is_soon: 5, NO, UNSURE, &[("B", Level::Soon, false)];
        urgent_at_six_months: 6, NO, YES, &[];
        doubt_at_six_months: 6, NO, UNSURE, &[];
        both_in_order: 5, YES, YES, &[("A", Level::Emergency, true), ("B", Level::Urgent, true)];
    }
}
