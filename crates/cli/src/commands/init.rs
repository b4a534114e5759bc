//! `dossier init`.

use crate::context::Global;
use crate::print::{self, Outcome};
use app::{Error, Result, SafetyClass};

/// `dossier init`
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  dossier init --name triage --class B\n  dossier init            # in a product that has dossier.toml: begins its ledger"
)]
pub(crate) struct Args {
    /// The product's name; the folder's where absent.
    #[arg(long)]
    name: Option<String>,
    /// The software safety class that the maker declares; duties of class C where absent.
    #[arg(long)]
    class: Option<SafetyClass>,
    /// The ledger's name in the world: a host name and a path that you own.
    #[arg(long, value_name = "HOST/PATH")]
    origin: Option<String>,
    /// Only documents, no ledger.
    #[arg(long)]
    no_ledger: bool,
    /// A ledger whose time is given with each command: for exercises, never for products.
    #[arg(long)]
    simulated_clock: bool,
}

impl Args {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let options = app::InitOptions {
            name: self.name,
            class: self.class,
            origin: self.origin,
            ledger: !self.no_ledger,
            simulated_clock: self.simulated_clock,
        };
        let directory = global.directory.canonicalize().map_err(|e| {
            Error::refused(format!("there is no folder {}", global.directory.display())).because(e)
        })?;
        let made = app::init(&directory, global.clock()?, &options)?;
        if global.json() {
            print::json(&made);
        } else {
            for line in made.lines() {
                eprintln!("{line}");
            }
        }
        Ok(Outcome::Clean)
    }
}
