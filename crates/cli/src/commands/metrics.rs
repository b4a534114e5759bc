//! `dossier metrics`.

use crate::context::{Global, Inputs};
use crate::print::{self, Outcome};
use app::{Error, Result};
use std::path::PathBuf;

/// `dossier metrics`
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  dossier metrics\n  dossier metrics --on 2026-03-31\n  dossier metrics --months 24 --svg metrics.svg\n  dossier metrics --format json --at v2.4.0 --ledger-at 1200 --as-of 2026-04-01"
)]
pub(crate) struct Args {
    /// The figures at the end of this day: the entries up to it, the documents of the release that was newest then.
    #[arg(long, value_name = "DATE", conflicts_with = "ledger_at")]
    on: Option<String>,
    /// Show the figures of so many month ends before.
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(0..=120))]
    months: u32,
    /// Name each one that does not count, and define each figure.
    #[arg(long)]
    details: bool,
    /// Write the charts as SVG to this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    inputs: Inputs,
}

impl Args {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let on = self.on.as_deref().map(|t| {
            t.parse().map_err(|e| Error::refused(format!("--on: {e}")).hint("write it as 2026-03-31"))
        });
        let of = app::MetricsOf { inputs: self.inputs.parse()?, on: on.transpose()?, months: self.months };
        let metrics = app::metrics(&ws, &of)?;
        if let Some(file) = &self.svg {
            app::export_noted(&ws, "metrics")?;
            std::fs::write(file, metrics.to_svg())
                .map_err(|e| Error::environment(format!("could not write {}", file.display())).because(e))?;
            eprintln!("wrote {}", file.display());
        }
        if global.json() {
            print::json(&metrics);
        } else {
            print::out(&metrics.to_text(self.details));
        }
        Ok(if metrics.misses() { Outcome::Findings } else { Outcome::Clean })
    }
}
