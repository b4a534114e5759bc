//! Duties beside IEC 62304: qualification, UDI, security at release, FDA documentation, signatures, agile practice. Each stands
//! under its own standard, is asked only where the profile looks at that standard, and touches no verdict of IEC 62304.

use crate::prelude::*;
use crate::registry::Source;
use product::Market;

mod agile_mapping_incomplete;
mod control_introduced_without_analysis;
mod documentation_level_not_stated;
mod documentation_level_too_low;
mod done_not_defined;
mod letter_not_recorded;
mod out_of_scope_not_validated;
mod qualification_not_stated;
mod requirement_only_in_tracker;
mod security_release_not_planned;
mod signature_without_manifestation;
mod signing_key_without_custody;
mod story_without_acceptance;
mod udi_not_decided;
mod udi_not_stated;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    qualification_not_stated::QUALIFICATION_NOT_STATED,
    out_of_scope_not_validated::OUT_OF_SCOPE_NOT_VALIDATED,
    udi_not_stated::UDI_NOT_STATED,
    udi_not_decided::UDI_NOT_DECIDED,
    security_release_not_planned::SECURITY_RELEASE_NOT_PLANNED,
    signing_key_without_custody::SIGNING_KEY_WITHOUT_CUSTODY,
    documentation_level_not_stated::DOCUMENTATION_LEVEL_NOT_STATED,
    documentation_level_too_low::DOCUMENTATION_LEVEL_TOO_LOW,
    signature_without_manifestation::SIGNATURE_WITHOUT_MANIFESTATION,
    letter_not_recorded::LETTER_NOT_RECORDED,
    agile_mapping_incomplete::AGILE_MAPPING_INCOMPLETE,
    done_not_defined::DONE_NOT_DEFINED,
    story_without_acceptance::STORY_WITHOUT_ACCEPTANCE,
    requirement_only_in_tracker::REQUIREMENT_ONLY_IN_TRACKER,
    control_introduced_without_analysis::CONTROL_INTRODUCED_WITHOUT_ANALYSIS,
];

/// Whether the product is placed on the market of the European Union.
fn in_europe(cx: &Snapshot<'_>) -> bool {
    cx.config.product.markets.iter().any(|m| matches!(m, Market::EuMdr | Market::EuMdrImplantable))
}

/// Whether the product is placed on the market of the United States.
fn in_america(cx: &Snapshot<'_>) -> bool {
    cx.config.product.markets.contains(&Market::Us)
}

/// The words of a field or part; none where it is missing, empty, or a placeholder that nobody filled in.
fn said(item: &Item, name: &str) -> Option<String> {
    let text = item.part(name)?.trim().to_owned();
    (!text.is_empty() && documents::placeholder::find(&text).is_empty()).then_some(text)
}

/// How many words a field or part has.
fn words_in(item: &Item, name: &str) -> usize {
    said(item, name).map_or(0, |text| text.split_whitespace().count())
}
