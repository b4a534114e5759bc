//! Clinical and structural rules that every pathway must satisfy before the program uses it.

use crate::{Condition, Level, Pathway, Question, QuestionKind};
use std::collections::BTreeSet;
use std::fmt;

/// Something in a pathway that must not be shipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The part of the pathway, such as `red flag RF-3`.
    pub part: String,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.part, self.what)
    }
}

/// Longest text of a question or a flag in characters; longer ones do not fit the smallest screen.
const MAX_TEXT: usize = 160;

/// Everything wrong with the pathway; empty when it may be used.
pub fn validate(p: &Pathway) -> Vec<Problem> {
    let mut check = Check { pathway: p, problems: Vec::new() };
    check.identity();
    check.questions();
    check.red_flags();
    check.rules_and_scores();
    check.thresholds();
    check.problems
}

struct Check<'a> {
    pathway: &'a Pathway,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn report(&mut self, part: impl Into<String>, what: impl Into<String>) {
        self.problems.push(Problem { part: part.into(), what: what.into() });
    }

    fn identity(&mut self) {
        let p = self.pathway;
        if !is_name(&p.id) {
            self.report("id", "must be lower-case words joined by hyphens");
        }
        if p.population.from_months >= p.population.below_months {
            self.report("population", "is empty");
        }
        if p.population.from_months < 3 {
            self.report("population", "begins below 3 months, which the intended use excludes");
        }
        if p.population.from_months < 216 && p.population.below_months > 216 {
            self.report("population", "mixes children and adults");
        }
        if p.safety_net.is_empty() {
            self.report("safety net", "is missing");
        }
    }

    fn questions(&mut self) {
        let p = self.pathway;
        if p.questions.is_empty() {
            self.report("questions", "are missing");
        }
        let mut seen = BTreeSet::new();
        for (i, q) in p.questions.iter().enumerate() {
            let part = format!("question {}", q.id);
            if !is_name(&q.id) {
                self.report(&part, "id must be lower-case words joined by hyphens");
            }
            if !seen.insert(q.id.as_str()) {
                self.report(&part, "has the id of an earlier question");
            }
            self.text(&part, &q.text);
            if !q.text.ends_with('?') {
                self.report(&part, "text is not a question");
            }
            self.kind(&part, q);
            if let Some(c) = &q.ask_if {
                self.condition(&part, c, p.questions.get(..i).unwrap_or_default());
            }
        }
    }

    fn kind(&mut self, part: &str, q: &Question) {
        match &q.kind {
            QuestionKind::Count { min, max } if min >= max => self.report(part, "range is empty"),
            QuestionKind::Choice(choices) => {
                if choices.len() < 2 {
                    self.report(part, "needs two choices at least");
                }
                let ids: BTreeSet<_> = choices.iter().map(|c| c.id.as_str()).collect();
                if ids.len() != choices.len() {
                    self.report(part, "has a choice twice");
                }
                if choices.iter().any(|c| !is_name(&c.id) || c.id == "unsure") {
                    self.report(part, "has a choice with an id that cannot be used");
                }
            }
            _ => {}
        }
    }

    fn red_flags(&mut self) {
        let p = self.pathway;
        if !p.red_flags.iter().any(|f| f.level == Level::Emergency) {
            self.report("red flags", "none leads to the emergency level");
        }
        let mut seen = BTreeSet::new();
        for f in &p.red_flags {
            let part = format!("red flag {}", f.id);
            if !seen.insert(f.id.as_str()) {
                self.report(&part, "has the id of an earlier one");
            }
            if f.level < Level::Urgent {
                self.report(&part, "is less than urgent");
            }
            self.text(&part, &f.text);
            self.condition(&part, &f.when, &p.questions);
        }
    }

    fn rules_and_scores(&mut self) {
        let p = self.pathway;
        let mut seen = BTreeSet::new();
        for r in &p.rules {
            let part = format!("rule {}", r.id);
            if !seen.insert(r.id.as_str()) {
                self.report(&part, "has the id of an earlier one");
            }
            if r.at_least == Level::SelfCare {
                self.report(&part, "changes nothing");
            }
            self.text(&part, &r.text);
            self.condition(&part, &r.when, &p.questions);
        }
        for (i, s) in p.scores.iter().enumerate() {
            let part = format!("score {}", i + 1);
            if s.points == 0 || s.points > 20 {
                self.report(&part, "points must be from 1 to 20");
            }
            self.condition(&part, &s.when, &p.questions);
        }
    }

    fn thresholds(&mut self) {
        let t = &self.pathway.thresholds;
        match t.first() {
            None => self.report("thresholds", "are missing"),
            Some(first) if first.from != 0 => self.report("thresholds", "do not begin at 0 points"),
            Some(_) => {}
        }
        if !t.is_sorted_by(|a, b| a.from < b.from && a.level < b.level) {
            self.report("thresholds", "must rise in points and in level");
        }
        if t.iter().any(|t| t.level == Level::Emergency) {
            self.report("thresholds", "a score alone never makes an emergency");
        }
    }

    fn text(&mut self, part: &str, text: &str) {
        if text.chars().count() > MAX_TEXT {
            self.report(part, format!("text is longer than {MAX_TEXT} characters"));
        }
        if text.chars().any(char::is_control) {
            self.report(part, "text holds a control character");
        }
    }

    /// `earlier` are the questions that the condition may speak about.
    fn condition(&mut self, part: &str, c: &Condition, earlier: &[Question]) {
        let find = |id: &str| earlier.iter().find(|q| q.id == id).map(|q| &q.kind);
        match c {
            Condition::All(parts) | Condition::Any(parts) => {
                for c in parts {
                    self.condition(part, c, earlier);
                }
            }
            Condition::AgeBelow(months) => {
                if !(self.pathway.population.from_months + 1..self.pathway.population.below_months)
                    .contains(months)
                {
                    self.report(part, format!("age below {months} months is always or never true here"));
                }
            }
            Condition::Is { question, answer } => match find(question) {
                None => self.report(part, format!("speaks of `{question}`, which is not asked before")),
                Some(QuestionKind::YesNo) if answer == "yes" || answer == "no" => {}
                Some(QuestionKind::Choice(choices)) if choices.iter().any(|c| &c.id == answer) => {}
                Some(_) => self.report(part, format!("`{answer}` is no answer of `{question}`")),
            },
            Condition::AtLeast { question, value } => match find(question) {
                None => self.report(part, format!("speaks of `{question}`, which is not asked before")),
                Some(QuestionKind::Count { min, max }) if min < value && value <= max => {}
                Some(QuestionKind::Temperature) if (300..=450).contains(value) => {}
                Some(_) => self.report(part, format!("`{question}` cannot be compared with {value}")),
            },
        }
    }
}

fn is_name(s: &str) -> bool {
    !s.is_empty()
        && s.split('-')
            .all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Choice, Population, RedFlag, Rule, Score, Threshold};
    use cases::cases;

    fn is(question: &str, answer: &str) -> Condition {
        Condition::Is { question: question.into(), answer: answer.into() }
    }

    fn at_least(question: &str, value: u32) -> Condition {
        Condition::AtLeast { question: question.into(), value }
    }

    fn good() -> Pathway {
        let question = |id: &str, kind| Question { id: id.into(), text: "Is it?".into(), kind, ask_if: None };
        let choice = |id: &str| Choice { id: id.into(), text: id.into() };
        Pathway {
            id: "cough".into(),
            title: "Cough".into(),
            population: Population { from_months: 3, below_months: 216 },
            questions: vec![
                question("blue-lips", QuestionKind::YesNo),
                question("temperature", QuestionKind::Temperature),
                question("days", QuestionKind::Count { min: 0, max: 60 }),
                question("colour", QuestionKind::Choice(vec![choice("clear"), choice("blood")])),
            ],
            red_flags: vec![RedFlag {
                id: "RF-1".into(),
                text: "Blue lips".into(),
                when: is("blue-lips", "yes"),
                level: Level::Emergency,
            }],
            rules: vec![Rule {
                id: "R-1".into(),
                text: "Fever".into(),
                when: at_least("temperature", 390),
                at_least: Level::Soon,
            }],
            scores: vec![Score { when: at_least("days", 7), points: 2 }],
            thresholds: vec![
                Threshold { from: 0, level: Level::SelfCare },
                Threshold { from: 2, level: Level::Routine },
            ],
            safety_net: vec!["If breathing gets harder, call.".into()],
        }
    }

    #[test]
    fn accepts_the_good_one() {
        assert_eq!(validate(&good()), []);
    }

    fn finds(change: impl Fn(&mut Pathway), expected: &str) {
        let mut p = good();
        change(&mut p);
        let found: Vec<String> = validate(&p).iter().map(ToString::to_string).collect();
        assert!(found.iter().any(|f| f.contains(expected)), "{found:?}");
    }
    cases! { finds;
        id_with_capital: |p: &mut Pathway| p.id = "Cough".into(), "id: must be lower-case";
        population_empty: |p: &mut Pathway| p.population.below_months = 3, "population: is empty";
        population_too_young: |p: &mut Pathway| p.population.from_months = 2, "below 3 months";
        population_mixed: |p: &mut Pathway| p.population.below_months = 217, "mixes children and adults";
        safety_net_missing: |p: &mut Pathway| p.safety_net.clear(), "safety net: is missing";
        questions_missing: |p: &mut Pathway| p.questions.clear(), "questions: are missing";
        question_twice: |p: &mut Pathway| p.questions[1].id = "blue-lips".into(), "id of an earlier question";
        question_too_long: |p: &mut Pathway| p.questions[0].text = "a".repeat(160) + "?", "longer than 160";
        question_with_control: |p: &mut Pathway| p.questions[0].text = "Is\u{1b}[2J it?".into(), "control character";
        question_without_mark: |p: &mut Pathway| p.questions[0].text = "Blue lips".into(), "not a question";
        count_range_empty: |p: &mut Pathway| p.questions[2].kind = QuestionKind::Count { min: 5, max: 5 }, "range is empty";
        choice_single: |p: &mut Pathway| p.questions[3].kind = QuestionKind::Choice(vec![]), "two choices";
        choice_twice: |p: &mut Pathway| if let QuestionKind::Choice(c) = &mut p.questions[3].kind { c[1].id = "clear".into() }, "choice twice";
        choice_named_unsure: |p: &mut Pathway| if let QuestionKind::Choice(c) = &mut p.questions[3].kind { c[1].id = "unsure".into() }, "cannot be used";
        ask_if_later_question: |p: &mut Pathway| p.questions[0].ask_if = Some(at_least("days", 2)), "not asked before";
        ask_if_itself: |p: &mut Pathway| p.questions[2].ask_if = Some(at_least("days", 2)), "not asked before";
        no_emergency_flag: |p: &mut Pathway| p.red_flags[0].level = Level::Urgent, "none leads to the emergency";
        red_flag_mild: |p: &mut Pathway| p.red_flags[0].level = Level::Soon, "is less than urgent";
        red_flag_twice: |p: &mut Pathway| p.red_flags.push(p.red_flags[0].clone()), "red flag RF-1: has the id";
        red_flag_unknown_answer: |p: &mut Pathway| p.red_flags[0].when = is("blue-lips", "maybe"), "no answer of";
        red_flag_text_long: |p: &mut Pathway| p.red_flags[0].text = "x".repeat(161), "longer than 160";
        rule_without_effect: |p: &mut Pathway| p.rules[0].at_least = Level::SelfCare, "changes nothing";
        rule_temperature_in_degrees: |p: &mut Pathway| p.rules[0].when = at_least("temperature", 39), "cannot be compared with 39";
        rule_compares_a_choice: |p: &mut Pathway| p.rules[0].when = at_least("colour", 3), "cannot be compared";
        rule_choice_unknown: |p: &mut Pathway| p.rules[0].when = is("colour", "green"), "no answer of";
        score_without_points: |p: &mut Pathway| p.scores[0].points = 0, "from 1 to 20";
        score_too_many_points: |p: &mut Pathway| p.scores[0].points = 21, "from 1 to 20";
        score_always_true: |p: &mut Pathway| p.scores[0].when = at_least("days", 0), "cannot be compared with 0";
        score_never_true: |p: &mut Pathway| p.scores[0].when = at_least("days", 61), "cannot be compared with 61";
        nested_unknown_question: |p: &mut Pathway| p.scores[0].when = Condition::All(vec![is("blue-lips", "no"), Condition::Any(vec![is("lips", "no")])]), "speaks of `lips`";
        age_always_true: |p: &mut Pathway| p.rules[0].when = Condition::AgeBelow(216), "always or never";
        age_never_true: |p: &mut Pathway| p.rules[0].when = Condition::AgeBelow(3), "always or never";
        thresholds_missing: |p: &mut Pathway| p.thresholds.clear(), "thresholds: are missing";
        thresholds_gap_at_zero: |p: &mut Pathway| p.thresholds[0].from = 1, "do not begin at 0";
        thresholds_points_falling: |p: &mut Pathway| p.thresholds[1].from = 0, "must rise";
        thresholds_emergency: |p: &mut Pathway| p.thresholds[1].level = Level::Emergency, "never makes an emergency";
    }
}
