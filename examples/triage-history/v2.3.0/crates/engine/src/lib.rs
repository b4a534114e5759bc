//! The decision part of the triage app: from answers and age to a recommendation.
//!
//! Everything here is a pure function of the content, the answers and the patient's age. It reads no clock, no file
//! and no environment, and it never lowers a level: red flags, rules, score and age floors are joined by taking the
//! most urgent (RC-01.1). What it is not: a user interface, a store, or a source of clinical content.

mod age;
mod answer;
mod condition;
mod date;
mod floor;
mod questionnaire;
mod recommend;
mod red_flag;
mod safety_net;
mod score;
mod select;
mod temperature;

pub use age::{Age, AgeError, Band};
pub use answer::{Answer, AnswerError, Answers};
pub use condition::{Truth, eval};
pub use date::{Date, DateError};
pub use floor::floors;
pub use questionnaire::{InputError, Questionnaire, Step};
pub use recommend::{Reason, Recommendation, Source, recommend};
pub use red_flag::{Raised, raised};
pub use safety_net::{EMERGENCY_LINE, safety_net};
pub use score::{level_of_points, points};
pub use select::{Refusal, offered};
pub use temperature::{Temperature, TemperatureError};
