//! Floors for children, new in 2.4.0 with the pediatric pathway (CR-2024-018).
//!
//! They stand in code, apart from the pathways, so that an error in one content file cannot take away the protection
//! of the youngest (RC-04.2).

use crate::floor::TEMPERATURE;
use crate::{Age, Answer, Answers};
use triage_content::Level;

/// The floors for a patient below 18 years: the level and why. Nothing for adults.
pub fn child_floors(answers: &Answers, age: Age) -> Vec<(Level, &'static str)> {
    let mut found = Vec::new();
    if !age.is_child() {
        return found;
    }
    let baby = age.months() < 6;
    match answers.get(TEMPERATURE) {
        Some(Answer::Temperature(t)) => {
            if baby && t.tenths() >= 380 {
                found.push((Level::Urgent, "Fever in a baby below 6 months"));
            }
            if baby && t.tenths() < 360 {
                found.push((Level::Urgent, "Low temperature in a baby below 6 months"));
            }
            if t.tenths() >= 400 {
                found.push((Level::Urgent, "Temperature of 40 degrees or more in a child"));
            }
        }
        Some(Answer::Unsure) if baby => {
            found.push((Level::Soon, "Temperature of a baby below 6 months not known"));
        }
        _ => {}
    }
    if age.months() < 12 {
        found.push((Level::Routine, "Age below 12 months"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Temperature;
    use cases::cases;

    fn floor(temperature: Option<u32>, months: u32, expected: Option<Level>) {
        let answer = match temperature {
            None => None,
            Some(0) => Some(Answer::Unsure),
            Some(t) => Some(Answer::Temperature(Temperature::from_tenths(t).unwrap())),
        };
        let answers: Answers = answer.map(|a| (TEMPERATURE.to_string(), a)).into_iter().collect();
        let found = child_floors(&answers, Age::of_months(months)).into_iter().map(|(l, _)| l).max();
        assert_eq!(found, expected);
    }
    const UNSURE: Option<u32> = Some(0);
    cases! { floor;
        baby_not_measured: None, 3, Some(Level::Routine);
        baby_unsure: UNSURE, 5, Some(Level::Soon);
        baby_at_37_9: Some(379), 5, Some(Level::Routine);
        baby_at_38: Some(380), 5, Some(Level::Urgent);
        baby_at_36: Some(360), 5, Some(Level::Routine);
        baby_at_35_9: Some(359), 5, Some(Level::Urgent);
        six_months_at_38: Some(380), 6, Some(Level::Routine);
        six_months_unsure: UNSURE, 6, Some(Level::Routine);
        eleven_months: None, 11, Some(Level::Routine);
        twelve_months: None, 12, None;
        twelve_months_at_39_9: Some(399), 12, None;
        twelve_months_at_40: Some(400), 12, Some(Level::Urgent);
        seventeen_years_at_40: Some(400), 215, Some(Level::Urgent);
        eighteen_years_at_40: Some(400), 216, None;
    }
}
