//! `dossier export`.

use crate::context::{Global, Inputs};
use crate::print::{self, Outcome};
use app::Result;
use clap::Subcommand;
use std::path::PathBuf;

/// `dossier export`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// A file for somebody outside: an index, and every document of a release as PDF/A. Exit 1 when a slot is empty.
    /// Example: dossier export package --sdf --release 2.4.0 -o sdf-2.4.0
    Package {
        #[command(flatten)]
        which: Which,
        /// The release; the newest sealed one where absent.
        #[arg(long, value_name = "VERSION")]
        release: Option<String>,
        /// A new or empty folder.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
        /// Read the ledger at this position: the first N entries.
        #[arg(long, value_name = "N")]
        ledger_at: Option<u64>,
        /// Count ages and expiries to this date.
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
    },
}

/// Which package; its slots stand in library/packages.
#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct Which {
    /// The software development file: the deliverables of IEC 62304.
    #[arg(long)]
    sdf: bool,
    /// MDR annex II: technical documentation.
    #[arg(long)]
    annex_ii: bool,
    /// The design and development file (ISO 13485 7.3.10), formerly the design history file.
    #[arg(long)]
    dhf: bool,
    /// The software and cybersecurity attachments of a submission to the FDA.
    #[arg(long)]
    estar: bool,
}

impl Which {
    fn name(&self) -> &'static str {
        match self {
            Which { annex_ii: true, .. } => "annex-ii",
            Which { dhf: true, .. } => "dhf",
            Which { estar: true, .. } => "estar",
            _ => "sdf",
        }
    }
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let Verb::Package { which, release, output, ledger_at, as_of } = self;
        let inputs = Inputs { at: None, ledger_at, as_of }.parse()?;
        let done = app::package_export(&ws, &inputs, which.name(), release.as_deref(), &output)?;
        if global.json() {
            print::json(&done.to_json());
        } else {
            print::out(&done.to_text());
        }
        eprintln!("wrote {} files to {}", done.files, output.display());
        Ok(if done.is_complete() { Outcome::Clean } else { Outcome::Findings })
    }
}
