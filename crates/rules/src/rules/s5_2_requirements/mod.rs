//! 62304:5.2: software requirements.

use crate::registry::Source;

mod no_software_requirements;
mod requirement_content_incomplete;
mod requirement_without_source;
mod risk_control_without_requirement;
mod threat_without_requirement;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    no_software_requirements::NO_SOFTWARE_REQUIREMENTS,
    requirement_without_source::REQUIREMENT_WITHOUT_SOURCE,
    risk_control_without_requirement::RISK_CONTROL_WITHOUT_REQUIREMENT,
    requirement_content_incomplete::REQUIREMENT_CONTENT_INCOMPLETE,
    threat_without_requirement::THREAT_WITHOUT_REQUIREMENT,
];
