//! 62304:5.3: the architecture, and what it says of SOUP.

use crate::registry::Source;

mod no_architecture;
mod no_interfaces;
mod requirement_not_allocated;
mod segregation_crossed;
mod segregation_effect_not_shown;
mod segregation_not_shown;
mod soup_without_needs;
mod soup_without_requirements;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    no_architecture::NO_ARCHITECTURE,
    requirement_not_allocated::REQUIREMENT_NOT_ALLOCATED,
    no_interfaces::NO_INTERFACES,
    soup_without_requirements::SOUP_WITHOUT_REQUIREMENTS,
    soup_without_needs::SOUP_WITHOUT_NEEDS,
    segregation_not_shown::SEGREGATION_NOT_SHOWN,
    segregation_effect_not_shown::SEGREGATION_EFFECT_NOT_SHOWN,
    segregation_crossed::SEGREGATION_CROSSED,
];
