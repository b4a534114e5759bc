//! The recommendation: the most urgent of everything that speaks, with the reasons.

use crate::{Age, Answers, Truth, eval, floors, level_of_points, points, raised};
use triage_content::{Level, Pathway};

/// The outcome of an assessment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recommendation {
    /// The level.
    pub level: Level,
    /// Why, most urgent first; at most those of the two highest levels are shown.
    pub reasons: Vec<Reason>,
    /// The score, for the audit log.
    pub points: u32,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The level it asks for.
    pub level: Level,
    /// What kind of reason it is.
    pub source: Source,
    /// The text for the user.
    pub text: String,
}

/// Where a reason comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A red flag, by id.
    RedFlag(String),
    /// A rule, by id.
    Rule(String),
    /// The score.
    Score,
    /// A floor of the engine.
    Floor,
}

/// Joins red flags, rules, score and floors. Every one can only raise the level (RC-01.1).
pub fn recommend(pathway: &Pathway, answers: &Answers, age: Age) -> Recommendation {
    let mut reasons = Vec::new();
    for r in raised(pathway, answers, age) {
        let doubt = if r.certain { "" } else { " (not sure)" };
        let text = format!("{}{doubt}", r.flag.text);
        reasons.push(Reason { level: r.level, source: Source::RedFlag(r.flag.id.clone()), text });
    }
    for rule in &pathway.rules {
        let (level, doubt) = match eval(&rule.when, answers, age) {
            Truth::Yes => (rule.at_least, ""),
            Truth::Unsure => (one_step_less(rule.at_least), " (not sure)"),
            Truth::No | Truth::Open => continue,
        };
        let text = format!("{}{doubt}", rule.text);
        reasons.push(Reason { level, source: Source::Rule(rule.id.clone()), text });
    }
    for (level, text) in floors(answers, age) {
        reasons.push(Reason { level, source: Source::Floor, text: text.into() });
    }
    let points = points(pathway, answers, age);
    let by_score = level_of_points(&pathway.thresholds, points);
    reasons.push(Reason { level: by_score, source: Source::Score, text: "All answers together".into() });
    // Stable: reasons of one level stay in the order of the pathway.
    reasons.sort_by_key(|r| std::cmp::Reverse(r.level));
    let level = reasons.iter().map(|r| r.level).fold(Level::SelfCare, Level::max);
    Recommendation { level, reasons, points }
}

/// A rule that hangs on an unsure answer asks for one step less, but never for less than an appointment.
fn one_step_less(level: Level) -> Level {
    match level {
        Level::Emergency => Level::Urgent,
        Level::Urgent => Level::Soon,
        Level::Soon | Level::Routine | Level::SelfCare => Level::Routine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Answer;
    use cases::cases;
    use triage_content::Bundle;

    fn outcome(pathway: &str, years: u32, answers: &[(&str, &str)]) -> Recommendation {
        let bundle = Bundle::builtin().unwrap();
        let p = bundle.pathway(pathway).unwrap();
        let answers: Answers = answers
            .iter()
            .map(|(q, a)| (q.to_string(), Answer::parse(p.question(q).unwrap(), a).unwrap()))
            .collect();
        recommend(p, &answers, Age::of_months(years * 12))
    }

    fn level(pathway: &str, years: u32, answers: &[(&str, &str)], expected: Level) {
        assert_eq!(outcome(pathway, years, answers).level, expected);
    }
    cases! { level;
        harmless_headache: "headache", 40, &[("strength", "4"), ("pattern", "usual")], Level::SelfCare;
        harmless_headache_at_70: "headache", 70, &[("strength", "4"), ("pattern", "usual")], Level::Routine;
        strong_headache: "headache", 40, &[("strength", "9"), ("pattern", "first")], Level::Soon;
        flag_beats_low_score: "headache", 40, &[("thunderclap", "yes"), ("strength", "2")], Level::Emergency;
        rule_beats_low_score: "headache", 40, &[("vision", "yes")], Level::Urgent;
        unsure_flag_is_urgent: "headache", 40, &[("thunderclap", "?")], Level::Urgent;
        unsure_rule_is_one_less: "headache", 40, &[("vision", "?")], Level::Soon;
        unsure_soon_rule_is_routine: "headache", 40, &[("injury", "?")], Level::Routine;
        score_beats_weak_rule: "headache", 40, &[("days", "14"), ("strength", "9"), ("pattern", "first")], Level::Urgent;
        heat_floor_beats_all: "headache", 40, &[("temperature", "41.0")], Level::Emergency;
        mild_fever: "fever", 40, &[("temperature", "38.0"), ("days", "1")], Level::SelfCare;
        long_fever: "fever", 40, &[("temperature", "38.5"), ("days", "6")], Level::Soon;
        malaria: "fever", 40, &[("temperature", "37.5"), ("travel", "yes")], Level::Urgent;
        chest_pain_earlier_crushing: "chest-pain", 40, &[("now", "no"), ("crushing", "yes")], Level::Urgent;
        appendix: "abdominal-pain", 40, &[("site", "right-lower"), ("temperature", "37.5")], Level::Urgent;
        appendix_without_fever: "abdominal-pain", 40, &[("site", "right-lower"), ("temperature", "37.4")], Level::Routine;
    }

    #[test]
    fn reasons_stand_most_urgent_first_and_keep_their_order() {
        let r = outcome("headache", 70, &[("vision", "yes"), ("stiff-neck", "yes"), ("days", "20")]);
        let sources: Vec<Source> = r.reasons.into_iter().map(|r| r.source).collect();
        let rule = |id: &str| Source::Rule(id.into());
        // Two urgent rules in the order of the content, then everything that asks for an appointment or less.
        assert_eq!(sources[..2], [rule("R-HA-1"), rule("R-HA-2")]);
        assert_eq!(sources[2..], [rule("R-HA-4"), Source::Floor, Source::Score]);
    }

    #[test]
    fn doubt_is_shown_in_the_reason() {
        let r = outcome("headache", 40, &[("thunderclap", "?")]);
        assert_eq!(r.reasons[0].text, "Sudden, very strong headache (not sure)");
    }

    #[test]
    fn a_more_severe_answer_never_lowers_the_level() {
        let mut last = Level::SelfCare;
        for strength in 0..=10 {
            let r = outcome("headache", 40, &[("strength", &strength.to_string()), ("pattern", "stronger")]);
            assert!(r.level >= last, "strength {strength}");
            last = r.level;
        }
    }
}
