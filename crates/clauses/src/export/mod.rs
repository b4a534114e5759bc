//! The library in forms that other tools read.

mod ciso_assistant;
mod oscal;

pub use ciso_assistant::{ciso_assistant, ciso_assistant_mapping};
pub use oscal::oscal;

/// The version of the library's data: it is raised with each change of a text, a class or a mapping.
pub(crate) const VERSION: &str = "1";

/// The day of that version.
pub(crate) const PUBLISHED: &str = "2026-11-21";

/// What every export says about itself.
pub(crate) const COPYRIGHT: &str = "Titles, explanations and constraints are own words of the dossier project (Apache-2.0 OR MIT). \
     The text of the standard is copyrighted by its publisher and is not part of this file.";
