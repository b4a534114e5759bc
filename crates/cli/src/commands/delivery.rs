//! `dossier delivery`.

use crate::context::Global;
use crate::print::{self, Outcome};
use app::Result;
use clap::Subcommand;
use std::path::PathBuf;

/// `dossier delivery`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Compare an installation with a delivery manifest, offline.
    /// Example: dossier delivery check /opt/triage --manifest triage-2.4.0.delivery.json
    Check {
        /// The installed files.
        directory: PathBuf,
        /// The published delivery manifest.
        #[arg(long, value_name = "FILE")]
        manifest: PathBuf,
        /// The verifier key that it has to be signed by; the product's own where absent.
        #[arg(long)]
        trust: Option<String>,
        /// Record the outcome in the ledger.
        #[arg(long)]
        record: bool,
    },
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let Verb::Check { directory, manifest, trust, record } = self;
        let ws = if record || trust.is_none() { Some(global.workspace()?) } else { None };
        let checked = app::delivery_check(ws.as_ref(), &directory, &manifest, trust.as_deref(), record)?;
        if global.json() {
            print::json(&checked)
        } else {
            print::out(&checked.to_text())
        }
        Ok(if checked.problems.is_empty() { Outcome::Clean } else { Outcome::Findings })
    }
}
