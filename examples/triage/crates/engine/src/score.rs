//! The score: points for answers, and the level from a number of points on.

use crate::{Age, Answers, Truth, eval};
use triage_content::{Level, Pathway, Threshold};

/// The points of the answers. An unsure answer earns the points, so that doubt raises the score (RC-02.1).
pub fn points(pathway: &Pathway, answers: &Answers, age: Age) -> u32 {
    let counts = |t| matches!(t, Truth::Yes | Truth::Unsure);
    pathway
        .scores
        .iter()
        .filter(|s| counts(eval(&s.when, answers, age)))
        .fold(0, |sum: u32, s| sum.saturating_add(s.points))
}

/// The level of so many points: that of the last threshold reached. Without any threshold, which validated content
/// never has, the answer is `Urgent`: a gap in the data must not look like good news (RC-05.2).
pub fn level_of_points(thresholds: &[Threshold], points: u32) -> Level {
    thresholds.iter().rev().find(|t| t.from <= points).map_or(Level::Urgent, |t| t.level)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Answer;
    use cases::cases;
    use triage_content::Bundle;

    fn level(pathway: &str, points: u32, expected: Level) {
        let bundle = Bundle::builtin().unwrap();
        assert_eq!(level_of_points(&bundle.pathway(pathway).unwrap().thresholds, points), expected);
    }
    cases! { level;
        headache_0: "headache", 0, Level::SelfCare;
        headache_1: "headache", 1, Level::SelfCare;
        headache_2: "headache", 2, Level::Routine;
        headache_4: "headache", 4, Level::Routine;
        headache_5: "headache", 5, Level::Soon;
        headache_7: "headache", 7, Level::Soon;
        headache_8: "headache", 8, Level::Urgent;
        headache_very_many: "headache", u32::MAX, Level::Urgent;
    }

    #[test]
    fn no_threshold_is_urgent() {
        assert_eq!(level_of_points(&[], 0), Level::Urgent);
    }

    fn sum(pathway: &str, answers: &[(&str, &str)], expected: u32) {
        let bundle = Bundle::builtin().unwrap();
        let p = bundle.pathway(pathway).unwrap();
        let answers: Answers = answers
            .iter()
            .map(|(q, a)| (q.to_string(), Answer::parse(p.question(q).unwrap(), a).unwrap()))
            .collect();
        assert_eq!(points(p, &answers, Age::of_months(480)), expected);
    }
    cases! { sum;
        no_answers: "headache", &[], 0;
        pain_6: "headache", &[("strength", "6")], 0;
        pain_7: "headache", &[("strength", "7")], 2;
        pain_9_adds_both: "headache", &[("strength", "9")], 4;
        pain_unsure_earns_all: "headache", &[("strength", "?")], 4;
        first_headache: "headache", &[("pattern", "first")], 3;
        usual_headache: "headache", &[("pattern", "usual")], 0;
        pattern_unsure_earns_both: "headache", &[("pattern", "?")], 5;
        days_3: "headache", &[("days", "3")], 0;
        days_4: "headache", &[("days", "4")], 1;
        headache_together: "headache", &[("strength", "8"), ("days", "5"), ("pattern", "stronger"), ("temperature", "39.0")], 7;
        not_by_touch: "chest-pain", &[("touch", "no")], 2;
        vomits_4: "abdominal-pain", &[("vomiting", "4")], 2;
    }
}
