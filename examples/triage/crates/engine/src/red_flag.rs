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
    use triage_content::Bundle;

    /// What the built-in pathway raises for an adult or a child of 4 years, as `id level`.
    fn raises(pathway: &str, answers: &[(&str, &str)], expected: &[&str]) {
        let bundle = Bundle::builtin().unwrap();
        let p = bundle.pathway(pathway).unwrap();
        let answers: Answers = answers
            .iter()
            .map(|(q, a)| (q.to_string(), Answer::parse(p.question(q).unwrap(), a).unwrap()))
            .collect();
        let age = Age::of_months(if p.population.from_months < Age::ADULT { 48 } else { 480 });
        let found: Vec<String> =
            raised(p, &answers, age).iter().map(|r| format!("{} {}", r.flag.id, r.level)).collect();
        assert_eq!(found, expected);
    }
    cases! { raises;
        nothing_answered: "headache", &[], &[];
        headache_thunderclap: "headache", &[("thunderclap", "yes")], &["RF-HA-1 emergency"];
        headache_weakness: "headache", &[("weakness", "yes")], &["RF-HA-2 emergency"];
        headache_confused: "headache", &[("confused", "yes")], &["RF-HA-3 emergency"];
        headache_meningitis: "headache", &[("stiff-neck", "yes"), ("temperature", "38.0")], &["RF-HA-4 emergency"];
        headache_stiff_neck_cool: "headache", &[("stiff-neck", "yes"), ("temperature", "37.9")], &[];
        headache_stiff_neck_unmeasured: "headache", &[("stiff-neck", "yes"), ("temperature", "unsure")], &["RF-HA-4 urgent"];
        headache_thinner: "headache", &[("injury", "yes"), ("thinner", "yes")], &["RF-HA-5 urgent"];
        headache_thinner_unsure: "headache", &[("injury", "yes"), ("thinner", "?")], &["RF-HA-5 soon"];
        chest_crushing: "chest-pain", &[("now", "yes"), ("crushing", "yes")], &["RF-CP-1 emergency"];
        chest_crushing_earlier: "chest-pain", &[("now", "no"), ("crushing", "yes")], &[];
        chest_spreads: "chest-pain", &[("now", "yes"), ("spreads", "yes")], &["RF-CP-2 emergency"];
        chest_breathless: "chest-pain", &[("breathless", "yes")], &["RF-CP-3 emergency"];
        chest_fainted: "chest-pain", &[("fainted", "yes")], &["RF-CP-4 emergency"];
        chest_sweating: "chest-pain", &[("now", "yes"), ("sweating", "yes")], &["RF-CP-5 emergency"];
        belly_rigid: "abdominal-pain", &[("rigid", "yes")], &["RF-AP-1 emergency"];
        belly_pregnant_bleeding: "abdominal-pain", &[("pregnant", "yes"), ("bleeding", "yes")], &["RF-AP-2 emergency"];
        belly_pregnant_unsure: "abdominal-pain", &[("pregnant", "?"), ("bleeding", "yes")], &["RF-AP-2 urgent"];
        belly_fainted: "abdominal-pain", &[("fainted", "yes")], &["RF-AP-3 emergency"];
        belly_blood: "abdominal-pain", &[("blood", "yes")], &["RF-AP-4 urgent"];
        fever_confused: "fever", &[("confused", "yes")], &["RF-FE-1 emergency"];
        fever_stiff_neck: "fever", &[("stiff-neck", "yes"), ("temperature", "39")], &["RF-FE-2 emergency"];
        fever_spots: "fever", &[("rash", "yes")], &["RF-FE-3 emergency"];
        fever_breathless: "fever", &[("breathless", "yes")], &["RF-FE-4 emergency"];
        fever_immune: "fever", &[("immune", "yes"), ("temperature", "38")], &["RF-FE-5 urgent"];
        cough_breathless: "cough", &[("breathless", "yes")], &["RF-CO-1 emergency"];
        cough_blue: "cough", &[("blue", "yes")], &["RF-CO-2 emergency"];
        cough_blood: "cough", &[("blood", "more")], &["RF-CO-3 emergency"];
        cough_streaks_only: "cough", &[("blood", "streaks")], &[];
        cough_wheeze: "cough", &[("lung-known", "yes"), ("wheeze", "yes")], &["RF-CO-4 urgent"];
        two_flags_in_order: "cough", &[("blue", "yes"), ("breathless", "yes")], &["RF-CO-1 emergency", "RF-CO-2 emergency"];
    }
}
