//! The safety class of software systems and items: the decision of 62304:4.3 as a pure function, and what follows from
//! what is recorded.

mod decision;
mod effective;

pub use decision::{
    Contribution, Decision, Outcome, Row, Severity, Situation, Unacceptable, decide, decide_system,
};
pub use effective::{Approval, Classes, ItemClass, SystemClass, Why};
