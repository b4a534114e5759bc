//! `dossier waiver`.

use crate::context::{Global, Signing};
use crate::print::{self, Outcome};
use app::records::WaiverGrant;
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
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let Verb::Grant { waiver, rule, subject, reason, until, signing } = self;
        let until =
            until.parse().map_err(|e: app::ParseTimeError| Error::refused(format!("--until: {e}")))?;
        let actor = signing.actor(&ws, None)?;
        let what = format!("granted {waiver}");
        let done = app::waiver_grant(&ws, &actor, &WaiverGrant { waiver, rule, subject, reason, until })?;
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}
