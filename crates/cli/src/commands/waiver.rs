//! `dossier waiver`.

use crate::context::{Global, Inputs, Signing};
use crate::print::{self, Outcome};
use app::records::{WaiverGrant, WaiverWithdraw};
use app::{Error, Result};
use clap::Subcommand;

/// `dossier waiver`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Except one finding, for a time and a reason, signed. The verdict becomes `waived`, never `pass`.
    /// Example: dossier waiver grant W-1 --rule R0042 --subject SRS-012 --reason "…" --until 2026-12-31 --as risk-owner
    Grant {
        /// The waiver's id.
        waiver: String,
        /// The rule.
        #[arg(long)]
        rule: String,
        /// The one subject that it excepts.
        #[arg(long)]
        subject: String,
        /// Why that is tenable.
        #[arg(long)]
        reason: String,
        /// The last day on which it holds.
        #[arg(long, value_name = "DATE")]
        until: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Withdraw a waiver before its last day, signed: what it carried is a finding again, and its id is never used again.
    /// Example: dossier waiver withdraw W-1 --reason "the cause was corrected" --as risk-owner
    Withdraw {
        /// The waiver's id.
        waiver: String,
        /// Why it is withdrawn.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Every waiver: what it excepts, until when, who granted it, and how many findings it carries now.
    /// Example: dossier waiver list --as-of 2026-12-31
    List {
        #[command(flatten)]
        inputs: Inputs,
    },
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let (waiver, rule, subject, reason, until, signing) = match self {
            Verb::Grant { waiver, rule, subject, reason, until, signing } => {
                (waiver, rule, subject, reason, until, signing)
            }
            Verb::Withdraw { waiver, reason, signing } => {
                let actor = signing.actor(&ws, None)?;
                let what = format!("withdrew {waiver}");
                let done = app::waiver_withdraw(&ws, &actor, &WaiverWithdraw { waiver, reason })?;
                print::appended(global.json(), &what, &done);
                return Ok(Outcome::Clean);
            }
            Verb::List { inputs } => {
                list(global, &app::waiver_list(&ws, &inputs.parse()?)?);
                return Ok(Outcome::Clean);
            }
        };
        let until =
            until.parse().map_err(|e: app::ParseTimeError| Error::refused(format!("--until: {e}")))?;
        let actor = signing.actor(&ws, None)?;
        let what = format!("granted {waiver}");
        let done = app::waiver_grant(&ws, &actor, &WaiverGrant { waiver, rule, subject, reason, until })?;
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

fn list(global: &Global, rows: &[app::WaiverRow]) {
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/waivers/v1", "waivers": rows}));
        return;
    }
    let mut out = String::new();
    for w in rows {
        out.push_str(&format!(
            "{} {} for {}: {} until {}, carries {}; {} ({}), entry {}: {}\n",
            w.waiver,
            w.rule,
            w.subject,
            w.standing,
            w.until,
            w.carries,
            w.granted_by,
            w.role,
            w.entry,
            w.reason
        ));
        if let Some(end) = &w.withdrawn {
            out.push_str(&format!(
                "  withdrawn by {} ({}), entry {}: {}\n",
                end.by, end.role, end.entry, end.reason
            ));
        }
        for problem in &w.problems {
            out.push_str(&format!("  ▲ {problem}\n"));
        }
    }
    if rows.is_empty() {
        out.push_str("no waiver was ever granted\n");
    }
    print::out(&out);
}
