//! Waivers: signed, scoped, expiring exceptions.

use crate::act::Actor;
use crate::analysis::Inputs;
use crate::error::Result;
use crate::workspace::{Appended, Workspace};
use diagnostics::Location;
use records::{Meta, Recorded, State, WaiverGrant, WaiverWithdraw};
use serde::Serialize;
use vocabulary::Date;

/// Grants a waiver.
///
/// # Errors
/// When there is no such rule, the rule can never be waived, or the waiver has expired already.
pub fn waiver_grant(ws: &Workspace, actor: &Actor, body: &WaiverGrant) -> Result<Appended> {
    ws.record_act(actor, "I accept this exception for this time and for the reason given", body)
}

/// Withdraws a waiver that stands: what it carried is a finding again from this entry on.
///
/// # Errors
/// When there is no such waiver, it was withdrawn before, or no reason is given.
pub fn waiver_withdraw(ws: &Workspace, actor: &Actor, body: &WaiverWithdraw) -> Result<Appended> {
    ws.record_act(actor, "I withdraw this exception for the reason given", body)
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
    /// `in force`, `expired`, `unused` where nothing is found that it excepts, or `withdrawn`.
    pub standing: &'static str,
    /// How many findings it carries now.
    pub carries: usize,
    /// What is wrong with it, in the words of the finding.
    pub problems: Vec<String>,
    /// Who withdrew it and why; none where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<WaiverWithdrawal>,
}

/// That a waiver was withdrawn.
#[derive(Clone, Debug, Serialize)]
pub struct WaiverWithdrawal {
    /// The printed name of who withdrew it.
    pub by: String,
    /// The role acted in.
    pub role: String,
    /// Why.
    pub reason: String,
    /// The entry.
    pub entry: u64,
}

/// The printed name and the role that a signed record was made in.
fn signed(state: &State, meta: &Meta) -> (String, String) {
    match &meta.signer {
        Some(signer) => (signer.name.to_string(), signer.role.to_string()),
        None => (state.printed_name(&meta.actor).to_owned(), String::new()),
    }
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
        let (granted_by, role) = signed(state, &w.meta);
        WaiverRow {
            waiver: id.clone(),
            rule: w.body.rule.clone(),
            subject: w.body.subject.clone(),
            reason: w.body.reason.clone(),
            until: w.body.until,
            granted_by,
            role,
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
            withdrawn: None,
        }
    };
    let mut rows: Vec<WaiverRow> = state.waivers.iter().map(row).collect();
    rows.extend(state.withdrawn_waivers.iter().map(|(id, w)| {
        let (by, role) = signed(state, &w.withdrawn.meta);
        let (entry, reason) = (w.withdrawn.meta.seq, w.withdrawn.body.reason.clone());
        WaiverRow {
            standing: "withdrawn",
            withdrawn: Some(WaiverWithdrawal { by, role, reason, entry }),
            ..row((id, &w.granted))
        }
    }));
    rows.sort_by_key(|r| r.entry);
    Ok(rows)
}
