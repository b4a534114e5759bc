//! Which pathways are offered to a patient of this age, and to whom the app gives no assessment.

use crate::Age;
use std::fmt;
use triage_content::{Bundle, Level, Pathway};

/// Nobody may be assessed outside the intended use; the refusal itself carries safe advice (RC-04.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Below 18 years.
    NotAdult,
}

impl Refusal {
    /// The level of the advice that is given instead of an assessment.
    pub fn level(self) -> Level {
        Level::Urgent
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "This app does not assess children. Have the child seen by a doctor today; \
             if it is limp, blue or hard to wake, call the emergency number now.",
        )
    }
}

impl std::error::Error for Refusal {}

/// The pathways for this age, in the order of the content.
///
/// # Errors
/// [`Refusal`] outside the intended use.
pub fn offered(bundle: &Bundle, age: Age) -> Result<Vec<&Pathway>, Refusal> {
    if age.is_child() {
        return Err(Refusal::NotAdult);
    }
    Ok(bundle.pathways.iter().filter(|p| p.population.includes(age.months())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;

    const ADULT: &[&str] = &["headache", "chest-pain", "abdominal-pain", "fever", "cough"];

    fn offers(months: u32, expected: Result<&[&str], Refusal>) {
        let bundle = Bundle::builtin().unwrap();
        let found = offered(&bundle, Age::of_months(months));
        let ids: Result<Vec<&str>, Refusal> = found.map(|ps| ps.iter().map(|p| p.id.as_str()).collect());
        assert_eq!(ids, expected.map(<[&str]>::to_vec));
    }
    cases! { offers;
        newborn: 0, Err(Refusal::NotAdult);
        two_months: 2, Err(Refusal::NotAdult);
        three_months: 3, Err(Refusal::NotAdult);
        four_years: 48, Err(Refusal::NotAdult);
        under_18: 215, Err(Refusal::NotAdult);
        eighteen: 216, Ok(ADULT);
        sixty_five: 780, Ok(ADULT);
        oldest: 1439, Ok(ADULT);
    }

    #[test]
    fn refusal_is_urgent_and_says_so() {
        assert_eq!(Refusal::NotAdult.level(), Level::Urgent);
        let text = Refusal::NotAdult.to_string();
        assert!(text.contains("today") && text.contains("emergency number"));
    }
}
