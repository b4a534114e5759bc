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
    use crate::{Temperature, level_of_points, points, raised};
    use cases::cases;
    use triage_content::Bundle;

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

    fn answers_of(p: &triage_content::Pathway, answers: &[(&str, &str)]) -> Answers {
        answers
            .iter()
            .map(|(q, a)| (q.to_string(), Answer::parse(p.question(q).unwrap(), a).unwrap()))
            .collect()
    }

    /// What a child pathway raises at an age in months, as `id level`.
    fn raises(pathway: &str, months: u32, answers: &[(&str, &str)], expected: &[&str]) {
        let bundle = Bundle::builtin().unwrap();
        let p = bundle.pathway(pathway).unwrap();
        let found: Vec<String> = raised(p, &answers_of(p, answers), Age::of_months(months))
            .iter()
            .map(|r| format!("{} {}", r.flag.id, r.level))
            .collect();
        assert_eq!(found, expected);
    }
    cases! { raises;
        fever_hard_to_wake: "child-fever", 48, &[("hard-to-wake", "yes")], &["RF-KF-1 emergency"];
        fever_spots: "child-fever", 48, &[("rash", "yes")], &["RF-KF-2 emergency"];
        fever_spots_unsure: "child-fever", 48, &[("rash", "?")], &["RF-KF-2 urgent"];
        fever_stiff_neck: "child-fever", 48, &[("stiff-neck", "yes")], &["RF-KF-3 emergency"];
        fever_seizure_goes_on: "child-fever", 48, &[("seizure", "yes"), ("seizure-over", "no")], &["RF-KF-4 emergency", "RF-KF-5 urgent"];
        fever_seizure_over: "child-fever", 48, &[("seizure", "yes"), ("seizure-over", "yes")], &["RF-KF-5 urgent"];
        fever_seizure_perhaps_over: "child-fever", 48, &[("seizure", "yes"), ("seizure-over", "?")], &["RF-KF-4 urgent", "RF-KF-5 urgent"];
        fever_below_six_months: "child-fever", 5, &[("temperature", "38")], &["RF-KF-6 urgent"];
        fever_from_six_months: "child-fever", 6, &[("temperature", "38")], &[];
        fever_breathing: "child-fever", 48, &[("breathing", "yes")], &["RF-KF-7 urgent"];
        breathing_blue: "child-breathing", 48, &[("blue", "yes")], &["RF-KB-1 emergency"];
        breathing_pauses: "child-breathing", 48, &[("pauses", "yes")], &["RF-KB-2 emergency"];
        breathing_swallowed: "child-breathing", 48, &[("swallowed", "yes")], &["RF-KB-3 emergency"];
        breathing_croup_at_rest: "child-breathing", 48, &[("barking", "yes"), ("noise-at-rest", "yes")], &["RF-KB-4 emergency"];
        breathing_drawing_in: "child-breathing", 48, &[("drawing-in", "yes")], &["RF-KB-5 urgent"];
        breathing_rate_60: "child-breathing", 48, &[("rate", "60")], &[];
        breathing_rate_61: "child-breathing", 48, &[("rate", "61")], &["RF-KB-6 urgent"];
        vomiting_hard_to_wake: "child-vomiting", 48, &[("hard-to-wake", "yes")], &["RF-KV-1 emergency"];
        vomiting_poison: "child-vomiting", 48, &[("poison", "yes")], &["RF-KV-2 emergency"];
        vomiting_green: "child-vomiting", 48, &[("green", "yes")], &["RF-KV-3 urgent"];
        vomiting_rigid: "child-vomiting", 48, &[("rigid", "yes")], &["RF-KV-4 urgent"];
        vomiting_after_blow: "child-vomiting", 48, &[("head", "yes"), ("times", "1")], &["RF-KV-5 urgent"];
        vomiting_blow_without_vomit: "child-vomiting", 48, &[("head", "yes"), ("times", "0")], &[];
        vomiting_dried_out: "child-vomiting", 48, &[("dry", "yes"), ("eyes", "yes")], &["RF-KV-6 emergency"];
        rash_with_fever: "child-rash", 48, &[("fades", "no"), ("temperature", "37.5")], &["RF-KR-1 emergency", "RF-KR-6 urgent"];
        rash_without_fever: "child-rash", 48, &[("fades", "no"), ("temperature", "37.4")], &["RF-KR-6 urgent"];
        rash_hard_to_wake: "child-rash", 48, &[("hard-to-wake", "yes")], &["RF-KR-2 emergency"];
        rash_swelling: "child-rash", 48, &[("swelling", "yes")], &["RF-KR-3 emergency"];
        rash_breathing: "child-rash", 48, &[("breathing", "yes")], &["RF-KR-4 emergency"];
        rash_blisters_mouth: "child-rash", 48, &[("blisters", "yes"), ("eyes-mouth", "yes")], &["RF-KR-5 urgent"];
    }

    /// Points and level of a child of 4 years.
    fn scores(pathway: &str, answers: &[(&str, &str)], expected: (u32, Level)) {
        let bundle = Bundle::builtin().unwrap();
        let p = bundle.pathway(pathway).unwrap();
        let sum = points(p, &answers_of(p, answers), Age::of_months(48));
        assert_eq!((sum, level_of_points(&p.thresholds, sum)), expected);
    }
    cases! { scores;
        score_fever_nothing: "child-fever", &[], (0, Level::SelfCare);
        score_fever_high: "child-fever", &[("temperature", "39.5")], (3, Level::Routine);
        score_fever_half_drinking: "child-fever", &[("drinks", "half"), ("vaccinated", "no")], (4, Level::Soon);
        score_breathing_croup: "child-breathing", &[("barking", "yes")], (2, Level::Routine);
        score_breathing_croup_fever: "child-breathing", &[("barking", "yes"), ("temperature", "38.5")], (4, Level::Soon);
        score_vomiting_4: "child-vomiting", &[("times", "4")], (2, Level::Routine);
        score_vomiting_9: "child-vomiting", &[("times", "9"), ("stools", "6")], (7, Level::Urgent);
        score_rash_itch: "child-rash", &[("itch", "no-sleep"), ("days", "3")], (3, Level::Routine);
    }
}
