//! Rules about the tool's own ground: the ledger, evaluations, overrides. (Waivers are judged in `diagnostics::Sink`.)

use crate::registry::Source;

mod archive_not_rehashed;
mod inadequate_evaluation;
mod ledger_not_sound;
mod override_not_possible;
mod own_rule_unsound;
mod stale_evaluation;
mod waiver_too_long;

/// The rules of this folder, in the order of the documentation.
pub(super) const RULES: &[Source] = &[
    ledger_not_sound::LEDGER_NOT_SOUND,
    inadequate_evaluation::INADEQUATE_EVALUATION,
    stale_evaluation::STALE_EVALUATION,
    override_not_possible::OVERRIDE_NOT_POSSIBLE,
    own_rule_unsound::OWN_RULE_UNSOUND,
    archive_not_rehashed::ARCHIVE_NOT_REHASHED,
    waiver_too_long::WAIVER_TOO_LONG,
];
