//! The front end of the triage app: command line, questions, screens.
//!
//! The mobile shells start this program in a text view and tell it the width and the font size of the view. Nothing
//! here decides a level: the engine does. Input, output and the clock are parameters, so that every screen can be
//! tested.

mod about;
mod args;
mod display;
mod flow;
mod screen;
mod version;

pub use about::about;
pub use args::{Args, Command, USAGE, UsageError, parse};
pub use display::{Display, Platform};
pub use flow::{Clock, Exit, run};
pub use screen::{notice, question_screen, refusal_screen, result_screen, wrap};
pub use version::{BUILD_ID, VERSION, version_line};
