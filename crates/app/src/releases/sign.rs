//! `release sign`: a person signs the evidence manifest, in a role.

use super::gate::{Gate, judge_at};
use super::{allowed, existing, sound};
use crate::act::{Actor, Means};
use crate::error::{Error, Result};
use crate::workspace::{Appended, Workspace};
use records::state::Release;
use records::{Record, ReleaseGate, ReleaseSign, State};
use release::signatures::{GATE_DAYS_MAX, LAST, NotYet};
use release::steps::Step;
use vocabulary::Digest;

/// Signs the evidence manifest of the last verdict, after recomputing it at the current position.
///
/// # Errors
/// When the gate did not pass, the verdict is stale or too old, others sign first, or the person has signed already.
pub fn release_sign(ws: &Workspace, actor: &Actor, version: &str) -> Result<Appended> {
    sign(ws, actor, version)
        .inspect_err(|e| ws.note_refusal(actor, <ReleaseSign as Record>::KIND, version, e))
}

fn sign(ws: &Workspace, actor: &Actor, version: &str) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    sound(&state)?;
    let manifest = if ws.is_remote() {
        // Stage and archive are the server's, which recomputes the evidence before it takes the signature.
        let release = existing(&state, version)?;
        allowed(Step::Sign, release, version)?;
        last_verdict(release, version)?.manifest
    } else if matches!(actor.means, Means::Request(_)) {
        recomputed(ws, &state, version, &actor.role, &actor.person)?
    } else {
        may_be_signed(ws, &state, version, &actor.role, &actor.person)?
    };
    let body = ReleaseSign { version: version.into(), role: actor.role.clone(), manifest };
    ws.act_on(&ledger, &state, actor, release::statements::of_role(&actor.role), &body)
}

/// The manifest that `person` may sign in `role` now: recomputed here, in order, by different people; before the last signature
/// the stage is read back.
///
/// # Errors
/// As [`release_sign`].
pub(crate) fn may_be_signed(
    ws: &Workspace,
    state: &State,
    version: &str,
    role: &str,
    person: &str,
) -> Result<Digest> {
    let manifest = recomputed(ws, state, version, role, person)?;
    if role == LAST {
        super::stage::read_back(ws, existing(state, version)?)?;
    }
    Ok(manifest)
}

fn recomputed(ws: &Workspace, state: &State, version: &str, role: &str, person: &str) -> Result<Digest> {
    let release = existing(state, version)?;
    allowed(Step::Sign, release, version)?;
    super::receipts::none_missing(ws, state, version)?;
    let verdict = last_verdict(release, version)?;
    let gate = still_holds(ws, version, verdict)?;
    gate.seats.may_sign(role, person).map_err(|e| refuse(&e, version))?;
    Ok(verdict.manifest)
}

/// The last recorded verdict, where it is one that may be signed.
pub(super) fn last_verdict<'a>(release: &'a Release, version: &str) -> Result<&'a ReleaseGate> {
    let none = || refuse(&NotYet::Gate("not given yet".into()), version);
    let verdict = &release.gate().ok_or_else(none)?.body;
    if verdict.verdict == "fail" {
        return Err(refuse(&NotYet::Gate(verdict.verdict.clone()), version));
    }
    Ok(verdict)
}

/// Recomputes the verdict at the current position with the as-of of the gate: it has to give the same manifest.
pub(super) fn still_holds(ws: &Workspace, version: &str, verdict: &ReleaseGate) -> Result<Gate> {
    let today = ws.clock.today(&ws.config.product.timezone)?;
    if today.days_since(verdict.as_of) > GATE_DAYS_MAX {
        return Err(refuse(&NotYet::Old(verdict.as_of), version));
    }
    let now = judge_at(ws, version, None, verdict.as_of)?;
    if now.digest == verdict.manifest {
        return Ok(now);
    }
    let then = judge_at(ws, version, Some(verdict.position), verdict.as_of)?;
    let line = then.manifest.difference(&now.manifest).unwrap_or_else(|| "the evidence has changed".into());
    Err(refuse(&NotYet::Stale(line), version))
}

fn refuse(why: &NotYet, version: &str) -> Error {
    let error = Error::refused(why.to_string());
    match why {
        NotYet::Gate(_) | NotYet::Stale(_) | NotYet::Old(_) => {
            error.hint(format!("judge again: dossier release gate {version}"))
        }
        _ => error,
    }
}
