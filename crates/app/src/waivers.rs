//! Waivers: signed, scoped, expiring exceptions.

use crate::act::Actor;
use crate::error::{Error, Result};
use crate::people::{identifier, said};
use crate::workspace::{Appended, Workspace};
use records::WaiverGrant;

/// Grants a waiver.
///
/// # Errors
/// When there is no such rule, the rule can never be waived, or the waiver has expired already.
pub fn waiver_grant(ws: &Workspace, actor: &Actor, body: &WaiverGrant) -> Result<Appended> {
    identifier("the id of a waiver", &body.waiver)?;
    said("a subject", &body.subject)?;
    said("a reason", &body.reason)?;
    let Some(rule) = rules::rule(&body.rule) else {
        return Err(Error::refused(format!("there is no rule `{}`", body.rule))
            .hint("findings name their rule; `dossier explain RULE` shows it"));
    };
    if !rule.waivable() {
        return Err(Error::refused(format!("`{}` ({}) can never be waived", rule.id(), rule.name()))
            .hint(format!("see why: dossier explain {}", rule.id())));
    }
    if body.until < ws.clock.today(&ws.config.product.timezone)? {
        return Err(Error::refused(format!("the waiver would have ended on {}", body.until)));
    }
    ws.record_act(actor, "I accept this exception for this time and for the reason given", body)
}
