//! What a pathway is: questions, conditions, red flags, rules, scores and thresholds.

use crate::Level;

/// One symptom's questionnaire with everything needed to come to a recommendation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pathway {
    /// `child-fever`: lower-case words joined by hyphens; unique in the bundle.
    pub id: String,
    /// The name shown in the list of symptoms.
    pub title: String,
    /// Whom the pathway is for.
    pub population: Population,
    /// The questions, in the order in which they are asked.
    pub questions: Vec<Question>,
    /// Signs that set a level at once.
    pub red_flags: Vec<RedFlag>,
    /// Combinations that set a least level, judged with the score.
    pub rules: Vec<Rule>,
    /// Points for answers.
    pub scores: Vec<Score>,
    /// From how many points on which level applies; the first stands at 0 points.
    pub thresholds: Vec<Threshold>,
    /// When to seek help after all; shown with every result of this pathway.
    pub safety_net: Vec<String>,
}

impl Pathway {
    /// The question with this id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|q| q.id == id)
    }
}

/// An age range in completed months: `from` inclusive, `below` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Population {
    /// First completed month included.
    pub from_months: u32,
    /// First completed month no longer included.
    pub below_months: u32,
}

impl Population {
    /// Whether a person of this many completed months belongs to the population.
    pub fn includes(self, months: u32) -> bool {
        self.from_months <= months && months < self.below_months
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Unique in the pathway.
    pub id: String,
    /// The text as the user reads it.
    pub text: String,
    /// What may be answered.
    pub kind: QuestionKind,
    /// Asked only when this holds or may hold; always asked when absent.
    pub ask_if: Option<Condition>,
}

/// The kinds of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuestionKind {
    /// Yes, no or "I am not sure".
    YesNo,
    /// One of several.
    Choice(Vec<Choice>),
    /// A body temperature.
    Temperature,
    /// A whole number in the given range, both ends included.
    Count {
        /// Smallest accepted number.
        min: u32,
        /// Largest accepted number.
        max: u32,
    },
}

/// One of the answers of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Unique in the question.
    pub id: String,
    /// The text as the user reads it.
    pub text: String,
}

/// A condition over answers and age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// A yes/no question was answered yes, or the choice with this id was taken.
    Is {
        /// The question asked about.
        question: String,
        /// `yes`, `no` or a choice's id.
        answer: String,
    },
    /// A number or a temperature (in tenths of a degree Celsius) is at least this.
    AtLeast {
        /// The question asked about.
        question: String,
        /// The bound, inclusive.
        value: u32,
    },
    /// The patient's age in completed months is below this.
    AgeBelow(u32),
    /// All hold. Never empty.
    All(Vec<Condition>),
    /// One holds at least. Never empty.
    Any(Vec<Condition>),
}

/// A sign that sets a level as soon as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedFlag {
    /// Unique in the pathway.
    pub id: String,
    /// What it says to the user when raised.
    pub text: String,
    /// When it is raised.
    pub when: Condition,
    /// `Urgent` or `Emergency`.
    pub level: Level,
}

/// A combination of answers that sets a least level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Unique in the pathway.
    pub id: String,
    /// What it says to the user when it applies.
    pub text: String,
    /// When it applies.
    pub when: Condition,
    /// The least level while it applies.
    pub at_least: Level,
}

/// Points for a condition that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// When the points count.
    pub when: Condition,
    /// How many.
    pub points: u32,
}

/// The level from a number of points on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// Points, inclusive.
    pub from: u32,
    /// The level from there on.
    pub level: Level,
}
