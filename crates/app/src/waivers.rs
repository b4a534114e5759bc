//! Waivers: signed, scoped, expiring exceptions.

use crate::act::Actor;
use crate::analysis::Inputs;
use crate::error::{Error, Result};
use crate::people::{identifier, said};
use crate::workspace::{Appended, Workspace};
use diagnostics::Location;
use records::{Recorded, WaiverGrant};
use serde::Serialize;
use vocabulary::Date;

/// Grants a waiver.
///
/// # Errors
/// When there is no such rule, the rule can never be waived, or the waiver has expired already.
pub fn waiver_grant(ws: &Workspace, actor: &Actor, body: &WaiverGrant) -> Result<Appended> {
    identifier("the id of a waiver", &body.waiver)?;
    said("a subject", &body.subject)?;
    said("a reason", &body.reason)?;
    let (id, name, waivable) = crate::house_rules::waivable(ws, &body.rule)?;
    if !waivable {
        return Err(Error::refused(format!("`{id}` ({name}) can never be waived"))
            .hint(format!("see why: dossier explain {id}")));
    }
    if body.until < ws.clock.today(&ws.config.product.timezone)? {
        return Err(Error::refused(format!("the waiver would have ended on {}", body.until)));
    }
    ws.record_act(actor, "I accept this exception for this time and for the reason given", body)
}

/// A waiver in a list.
#[derive(Clone, Debug, Serialize)]
pub struct WaiverRow {
    /// Its id.
    pub waiver: String,
    /// The rule's id or name, as it was granted.
    pub rule: String,
    /// The one subject that it excepts.
    pub subject: String,
    /// Why that is tenable.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Date,
    /// The printed name of who granted it.
    pub granted_by: String,
    /// The role acted in.
    pub role: String,
    /// The entry.
    pub entry: u64,
    /// `in force`, `expired`, or `unused` where nothing is found that it excepts.
    pub standing: &'static str,
    /// How many findings it carries now.
    pub carries: usize,
    /// What is wrong with it, in the words of the finding.
    pub problems: Vec<String>,
}

/// Every waiver, in the order of the ledger, with what it carries now.
///
/// # Errors
/// As [`crate::check`].
pub fn waiver_list(ws: &Workspace, inputs: &Inputs) -> Result<Vec<WaiverRow>> {
    let checked = crate::checks::check(ws, inputs, false)?;
    let (state, as_of) = (&checked.analysis.state, checked.analysis.as_of);
    let findings = &checked.judgement.findings;
    let row = |(id, w): (&String, &Recorded<WaiverGrant>)| {
        let carries = findings.iter().filter(|d| d.waived_by.as_deref() == Some(id)).count();
        let problems: Vec<String> = findings
            .iter()
            .filter(|d| d.location == Location::entry(w.meta.seq) && d.subject.as_deref() == Some(id))
            .map(|d| format!("{} {}", d.rule, d.message))
            .collect();
        let signer = w.meta.signer.as_ref();
        WaiverRow {
            waiver: id.clone(),
            rule: w.body.rule.clone(),
            subject: w.body.subject.clone(),
            reason: w.body.reason.clone(),
            until: w.body.until,
            granted_by: signer
                .map_or_else(|| state.printed_name(&w.meta.actor).to_owned(), |s| s.name.clone()),
            role: signer.map(|s| s.role.clone()).unwrap_or_default(),
            entry: w.meta.seq,
            standing: if w.body.until < as_of {
                "expired"
            } else if carries == 0 {
                "unused"
            } else {
                "in force"
            },
            carries,
            problems,
        }
    };
    let mut rows: Vec<WaiverRow> = state.waivers.iter().map(row).collect();
    rows.sort_by_key(|r| r.entry);
    Ok(rows)
}
