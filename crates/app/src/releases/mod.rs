//! The release from open to delivered (62304:5.8, design: the release). One file for each step.

mod checklist;
mod delivered;
mod delivery;
mod diff;
mod external;
mod gate;
mod list;
mod open;
mod provenance;
mod receipts;
mod record;
mod seal;
mod sign;
mod stage;
mod tag;

pub use checklist::{Answers, release_checklist, release_deviation};
pub(crate) use delivery::delivered_here;
pub use delivery::{Delivered, DeliveryChecked, delivery_check, release_deliver};
pub(crate) use diff::of_state as diff_of_state;
pub use diff::{Change, DiffChange, DiffRow, DiffSection, ReleaseDiff, release_diff};
pub(crate) use external::Request;
pub(crate) use external::believe;
pub use external::{Attesting, ExternalBuild, build_attest};
#[cfg(test)]
pub(crate) use gate::Outside;
pub(crate) use gate::SECTIONS;
pub use gate::{Gate, release_gate};
pub use list::{ReleaseRow, release_list, release_withdraw};
pub use open::{Opening, release_open};
pub(crate) use open::{next_candidate, opened_again, well_formed};
pub(crate) use provenance::staged_provenance;
pub(crate) use receipts::missing as receipts_missing;
pub use record::{RecordForm, ReleaseDocument, release_show};
pub(crate) use record::{archived, as_it_stands, as_it_stands_on, sealed_under_other_rules};
pub use seal::{Sealed, release_seal};
pub(crate) use sign::may_be_signed;
pub use sign::release_sign;
pub use stage::{Staged, release_request, release_stage};
pub(crate) use stage::{outcome_word, unbundle};
pub(crate) use tag::tags_of_sealed;

use crate::error::{Error, Result};
use records::State;
use records::state::Release;
use release::steps::{Step, may};

/// The release of that version.
pub(crate) fn existing<'a>(state: &'a State, version: &str) -> Result<&'a Release> {
    state.releases.get(version).ok_or_else(|| {
        Error::refused(format!("no release `{version}` is open"))
            .hint(format!("open it: dossier release open {version} --summary …"))
    })
}

/// Whether the step may be taken now.
pub(crate) fn allowed(step: Step, release: &Release, version: &str) -> Result<()> {
    may(step, release, version).map_err(|no| {
        let first = no.first.clone();
        let error = Error::refused(no.to_string());
        match first {
            Some(command) => error.hint(format!("first: {command}")),
            None => error,
        }
    })
}

/// Whether verdicts may be given over this ledger at all.
pub(crate) fn sound(state: &State) -> Result<()> {
    if let Some((seq, kind)) = state.unknown_kinds.first() {
        return Err(Error::refused(format!(
            "entry {seq} is of kind `{kind}`, which this version does not know"
        ))
        .hint("a newer dossier wrote it; verdicts need that version"));
    }
    if let Some(p) = state.problems.first() {
        return Err(Error::verification(format!("entry {} does not count: {}", p.seq, p.what))
            .hint("find out what happened with `dossier ledger verify`"));
    }
    Ok(())
}
