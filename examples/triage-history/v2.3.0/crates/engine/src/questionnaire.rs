//! The course of one assessment: which question comes next, and when it is over.

use crate::{Age, Answer, AnswerError, Answers, Recommendation, Truth, eval, raised, recommend};
use std::fmt;
use triage_content::{Level, Pathway, Question};

/// One assessment in progress.
#[derive(Debug, Clone)]
pub struct Questionnaire<'a> {
    pathway: &'a Pathway,
    age: Age,
    answers: Answers,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'a> {
    /// This question.
    Ask(&'a Question),
    /// Nothing more: the result.
    Done(Recommendation),
}

/// Why an input was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputError {
    /// The question is not in this pathway.
    UnknownQuestion(String),
    /// The question is not due: it is not asked in this course, or an earlier one is open.
    NotDue(String),
    /// The assessment is over; only a correction is taken.
    Over,
    /// The text is no answer to the question.
    Answer(AnswerError),
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InputError::UnknownQuestion(id) => write!(f, "there is no question `{id}`"),
            InputError::NotDue(id) => write!(f, "question `{id}` is not due"),
            InputError::Over => f.write_str("the assessment is over"),
            InputError::Answer(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for InputError {}

impl<'a> Questionnaire<'a> {
    /// Begins with no answers. The caller offers only pathways of the patient's age ([`crate::offered`]).
    pub fn start(pathway: &'a Pathway, age: Age) -> Questionnaire<'a> {
        Questionnaire { pathway, age, answers: Answers::new() }
    }

    /// The pathway.
    pub fn pathway(&self) -> &'a Pathway {
        self.pathway
    }

    /// The patient's age.
    pub fn age(&self) -> Age {
        self.age
    }

    /// What was answered so far.
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// The next step. A certain sign of an emergency ends the questions at once (RC-03.1).
    pub fn step(&self) -> Step<'a> {
        let emergency = raised(self.pathway, &self.answers, self.age)
            .iter()
            .any(|r| r.certain && r.level == Level::Emergency);
        let open =
            self.pathway.questions.iter().find(|q| self.is_asked(q) && !self.answers.contains_key(&q.id));
        match open {
            Some(question) if !emergency => Step::Ask(question),
            _ => Step::Done(recommend(self.pathway, &self.answers, self.age)),
        }
    }

    /// Answers the question that is due.
    ///
    /// # Errors
    /// [`InputError`]; nothing is changed then.
    pub fn answer(&mut self, id: &str, text: &str) -> Result<(), InputError> {
        let question = self.find(id)?;
        match self.step() {
            Step::Done(_) => Err(InputError::Over),
            Step::Ask(due) if due.id != id => Err(InputError::NotDue(id.into())),
            Step::Ask(_) => self.set(question, text),
        }
    }

    /// Corrects an earlier answer. Answers to questions that are no longer asked are dropped.
    ///
    /// # Errors
    /// [`InputError`]; nothing is changed then.
    pub fn revise(&mut self, id: &str, text: &str) -> Result<(), InputError> {
        let question = self.find(id)?;
        if !self.answers.contains_key(id) {
            return Err(InputError::NotDue(id.into()));
        }
        self.set(question, text)?;
        for q in &self.pathway.questions {
            // In the order of the questions, so that a question that hangs on a dropped one goes as well.
            if !self.is_asked(q) {
                self.answers.remove(&q.id);
            }
        }
        Ok(())
    }

    /// How many questions of this course are answered, and how many there are as far as known.
    pub fn progress(&self) -> (usize, usize) {
        let asked = self.pathway.questions.iter().filter(|q| self.is_asked(q)).count();
        (self.answers.len(), asked)
    }

    fn find(&self, id: &str) -> Result<&'a Question, InputError> {
        self.pathway.question(id).ok_or_else(|| InputError::UnknownQuestion(id.into()))
    }

    fn set(&mut self, question: &Question, text: &str) -> Result<(), InputError> {
        let answer = Answer::parse(question, text).map_err(InputError::Answer)?;
        self.answers.insert(question.id.clone(), answer);
        Ok(())
    }

    /// A question with a condition is asked when the condition holds.
    fn is_asked(&self, question: &Question) -> bool {
        question.ask_if.as_ref().is_none_or(|c| eval(c, &self.answers, self.age) == Truth::Yes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;
    use triage_content::Bundle;

    /// Answers in turn, then compares the next question, or `done LEVEL`.
    fn next(pathway: &str, answers: &[(&str, &str)], expected: &str) {
        let bundle = Bundle::builtin().unwrap();
        let mut q = Questionnaire::start(bundle.pathway(pathway).unwrap(), Age::of_months(480));
        for (id, text) in answers {
            q.answer(id, text).unwrap();
        }
        let step = match q.step() {
            Step::Ask(question) => question.id.clone(),
            Step::Done(r) => format!("done {}", r.level),
        };
        assert_eq!(step, expected);
    }
    const HEADACHE: &[(&str, &str)] =
        &[("thunderclap", "no"), ("weakness", "no"), ("stiff-neck", "no"), ("confused", "no")];
    const COUGH: &[(&str, &str)] = &[
        ("breathless", "no"),
        ("blue", "no"),
        ("blood", "none"),
        ("chest", "no"),
        ("lung-known", "no"),
        ("weight", "no"),
        ("temperature", "37.0"),
        ("days", "3"),
    ];
    cases! { next;
        first_question: "headache", &[], "thunderclap";
        second_question: "headache", &HEADACHE[..1], "weakness";
        after_the_signs: "headache", HEADACHE, "injury";
        emergency_ends_at_once: "headache", &[("thunderclap", "yes")], "done emergency";
        emergency_ends_in_the_middle: "headache", &[("thunderclap", "no"), ("weakness", "yes")], "done emergency";
        doubt_does_not_end: "headache", &[("thunderclap", "?")], "weakness";
        urgent_flag_does_not_end: "abdominal-pain", &[("rigid", "no"), ("blood", "yes")], "pregnant";
        follow_up_asked: "abdominal-pain", &[("rigid", "no"), ("blood", "no"), ("pregnant", "yes")], "bleeding";
        follow_up_left_out: "abdominal-pain", &[("rigid", "no"), ("blood", "no"), ("pregnant", "no")], "fainted";
        last_answer_ends: "cough", COUGH, "done self-care";
        one_before_the_end: "cough", &COUGH[..7], "days";
    }

    fn refused(answers: &[(&str, &str)], input: (&str, &str), expected: &InputError) {
        let bundle = Bundle::builtin().unwrap();
        let mut q = Questionnaire::start(bundle.pathway("cough").unwrap(), Age::of_months(480));
        for (id, text) in answers {
            q.answer(id, text).unwrap();
        }
        let before = q.answers().clone();
        assert_eq!(&q.answer(input.0, input.1).unwrap_err(), expected);
        assert_eq!(q.answers(), &before);
    }
    cases! { refused;
        unknown_question: &[], ("smoke", "yes"), &InputError::UnknownQuestion("smoke".into());
        question_out_of_turn: &[], ("blue", "no"), &InputError::NotDue("blue".into());
        question_twice: &COUGH[..1], ("breathless", "no"), &InputError::NotDue("breathless".into());
        no_answer: &[], ("breathless", "perhaps"), &InputError::Answer(AnswerError::NotYesNo);
        after_the_end: COUGH, ("days", "4"), &InputError::Over;
        after_an_emergency: &[("breathless", "yes")], ("blue", "no"), &InputError::Over;
    }

    #[test]
    fn correction_drops_the_follow_up() {
        let bundle = Bundle::builtin().unwrap();
        let mut q = Questionnaire::start(bundle.pathway("headache").unwrap(), Age::of_months(480));
        for (id, text) in HEADACHE {
            q.answer(id, text).unwrap();
        }
        q.answer("injury", "yes").unwrap();
        q.answer("thinner", "yes").unwrap();
        q.revise("injury", "no").unwrap();
        assert!(!q.answers().contains_key("thinner"));
        assert!(matches!(q.step(), Step::Ask(next) if next.id == "temperature"));
    }

    #[test]
    fn correction_takes_an_emergency_back() {
        let bundle = Bundle::builtin().unwrap();
        let mut q = Questionnaire::start(bundle.pathway("cough").unwrap(), Age::of_months(480));
        q.answer("breathless", "yes").unwrap();
        assert!(matches!(q.step(), Step::Done(_)));
        q.revise("breathless", "no").unwrap();
        assert!(matches!(q.step(), Step::Ask(next) if next.id == "blue"));
    }

    #[test]
    fn only_given_answers_can_be_corrected() {
        let bundle = Bundle::builtin().unwrap();
        let mut q = Questionnaire::start(bundle.pathway("cough").unwrap(), Age::of_months(480));
        assert_eq!(q.revise("blue", "yes"), Err(InputError::NotDue("blue".into())));
        q.answer("breathless", "no").unwrap();
        assert_eq!(q.revise("breathless", "x"), Err(InputError::Answer(AnswerError::NotYesNo)));
        assert_eq!(q.answers().get("breathless"), Some(&Answer::No));
    }

    #[test]
    fn progress_counts_the_questions_of_this_course() {
        let bundle = Bundle::builtin().unwrap();
        let mut q = Questionnaire::start(bundle.pathway("cough").unwrap(), Age::of_months(480));
        assert_eq!(q.progress(), (0, 8));
        for (id, text) in &COUGH[..4] {
            q.answer(id, text).unwrap();
        }
        q.answer("lung-known", "yes").unwrap();
        assert_eq!(q.progress(), (5, 9));
    }
}
