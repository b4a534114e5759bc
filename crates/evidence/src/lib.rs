//! Evidence from outside: readers of test reports, comment tags in test source, and the join of results to items.
//!
//! It judges nothing (that is `rules`), keeps nothing (that is `records` and `archive`), and touches no file: bytes
//! in, results and problems out. What cannot be read whole and sound is a problem, never a pass.

mod any;
pub mod cache;
pub mod join;
pub mod junit;
pub mod libtest;
mod report;
pub mod sarif;
pub mod tags;

pub use any::read;
pub use join::{join, join_model};
pub use report::{Cause, Problem, Report, Severity};
