//! `dossier backup` and `dossier restore`.

use crate::context::Global;
use crate::print::{self, Outcome};
use app::Result;
use std::path::PathBuf;

/// `dossier backup`
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Example: dossier backup /mnt/backup/2026-03-01\nKeys, pepper and passwords are no part of it: keep them elsewhere. Personal data of complaints are, sealed, without their key."
)]
pub(crate) struct Args {
    /// A new or empty folder.
    directory: PathBuf,
    /// Who makes it.
    #[arg(long, default_value = "administrator")]
    by: String,
}

/// `dossier restore`
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Example: dossier restore /mnt/backup/2026-03-01 --reason \"the disk failed\"\nNothing is overwritten: move the old ledger away first."
)]
pub(crate) struct RestoreArgs {
    /// The backup.
    directory: PathBuf,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Who restores.
    #[arg(long, default_value = "administrator")]
    by: String,
}

impl Args {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let done = app::backup(&global.workspace()?, &self.by, &self.directory)?;
        say(global, "backed up and verified", &done);
        Ok(Outcome::Clean)
    }
}

impl RestoreArgs {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let done = app::restore(&global.workspace()?, &self.by, &self.directory, &self.reason)?;
        say(global, "verified and restored", &done);
        Ok(Outcome::Clean)
    }
}

fn say(global: &Global, what: &str, done: &app::Backup) {
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/backup/v1", "backup": done}));
    } else {
        eprintln!("{what}: {} entries and {} files, {}", done.position, done.files, done.directory.display());
        if done.personal_erased > 0 {
            eprintln!(
                "personal data of {} complaints were deleted since and were not put back",
                done.personal_erased
            );
        }
        if !done.personal_missing.is_empty() {
            eprintln!(
                "note: the personal data of {} are not there; if they were deleted on purpose, say so: dossier complaint erase",
                done.personal_missing.join(", ")
            );
        }
    }
}
