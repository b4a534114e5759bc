//! Levels below which no pathway may go, whatever its content says: a second line of defence beside the content.

use crate::{Age, Answer, Answers, Band};
use triage_content::Level;

/// Answers to this question hold the body temperature, in every pathway.
pub(crate) const TEMPERATURE: &str = "temperature";

/// The floors for everybody: the level and why.
pub fn floors(answers: &Answers, age: Age) -> Vec<(Level, &'static str)> {
    let mut found = Vec::new();
    if let Some(Answer::Temperature(t)) = answers.get(TEMPERATURE) {
        if t.tenths() >= 410 {
            found.push((Level::Emergency, "Body temperature of 41 degrees or more"));
        }
        if t.tenths() < 350 {
            found.push((Level::Urgent, "Body temperature below 35 degrees"));
        }
    }
    if age.band() == Band::Older {
        found.push((Level::Routine, "Age of 65 years or more"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Temperature;
    use cases::cases;

    fn floor(tenths: Option<u32>, years: u32, expected: Option<Level>) {
        let answers: Answers = tenths
            .map(|t| (TEMPERATURE.to_string(), Answer::Temperature(Temperature::from_tenths(t).unwrap())))
            .into_iter()
            .collect();
        let found = floors(&answers, Age::of_months(years * 12)).into_iter().map(|(l, _)| l).max();
        assert_eq!(found, expected);
    }
    cases! { floor;
        adult_without_temperature: None, 40, None;
        adult_at_40_9: Some(409), 40, None;
        adult_at_41: Some(410), 40, Some(Level::Emergency);
        adult_at_35: Some(350), 40, None;
        adult_at_34_9: Some(349), 40, Some(Level::Urgent);
        at_65: None, 65, Some(Level::Routine);
        older_and_hot: Some(412), 80, Some(Level::Emergency);
        older_and_cold: Some(345), 80, Some(Level::Urgent);
    }
}
