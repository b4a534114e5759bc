//! Monitoring and measurement (13485:8.2, 8.4; 62304:6.2.1, 9.6): questions over anomalies and changes, trends of problem
//! reports, metrics, and what is due.
//!
//! Everything here is a pure reading of the state: no I/O, no clock, no panic on any input. It is not a record and not a
//! rule: what a person concludes from a trend is a record of its own, and what has to be there is said by `rules`.

pub mod anomalies;
pub mod changes;
pub mod due;
pub mod metrics;
pub mod query;
pub mod trend;

pub use query::{Query, QueryError};
