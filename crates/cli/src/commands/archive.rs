//! `dossier archive`.

use crate::context::{Global, Signing};
use crate::print::{self, Outcome};
use app::Result;
use clap::Subcommand;
use std::path::PathBuf;

/// `dossier archive`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Read every blob again and compare it with its digest. Exit 3 when something is wrong.
    /// Example for a scheduler: dossier archive verify --due
    Verify {
        /// The scheduled re-hash: only where it is due ([archive] rehash_days), the second copy too, and recorded.
        #[arg(long)]
        due: bool,
        /// As `--due`, and now in any case.
        #[arg(long, conflicts_with = "due")]
        record: bool,
        /// Who asks, for the record.
        #[arg(long, default_value = "release-manager")]
        by: String,
    },
    /// Write a release as a BagIt bag that `sha256sum -c` checks.
    Export {
        /// The version.
        version: String,
        /// A new or empty folder.
        directory: PathBuf,
    },
    /// Write the released files into a new or empty folder, as an installation has them.
    Unpack {
        /// The version.
        version: String,
        /// The folder.
        directory: PathBuf,
    },
    /// Sealed releases with size, retention and hold.
    List,
    /// Set or lift a legal hold, signed.
    Hold {
        /// The version.
        version: String,
        /// Lift it instead.
        #[arg(long)]
        lift: bool,
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Until when each release is kept, and why.
    Retention,
    /// Bring a second copy up to date, and repair either side from the other.
    Mirror,
    /// Put a folder into an archive: what a release does with its parts, for any folder.
    #[command(hide = true)]
    Put {
        /// The archive.
        archive: PathBuf,
        /// The folder.
        directory: PathBuf,
    },
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        if let Verb::Put { archive, directory } = &self {
            print::json(&app::archive_put(archive, directory)?);
            return Ok(Outcome::Clean);
        }
        let ws = global.workspace()?;
        match self {
            Verb::Verify { due, record, by } if due || record => {
                let done = app::archive_rehash(&ws, &by, record)?;
                if global.json() {
                    print::json(&done)
                } else {
                    print::out(&done.to_text())
                }
                return Ok(if done.ok() { Outcome::Clean } else { Outcome::Verification });
            }
            Verb::Verify { .. } => {
                let verified = app::archive_verify(&ws)?;
                if global.json() {
                    print::json(&verified)
                } else {
                    print::out(&verified.to_text())
                }
                return Ok(if verified.ok { Outcome::Clean } else { Outcome::Verification });
            }
            Verb::Export { version, directory } => {
                app::archive_export(&ws, &version, &directory)?;
                eprintln!(
                    "wrote a bag to {0}; check it: cd {0} && sha256sum -c manifest-sha256.txt",
                    directory.display()
                );
            }
            Verb::Unpack { version, directory } => {
                let written = app::archive_unpack(&ws, &version, &directory)?;
                eprintln!("wrote {written} released files to {}", directory.display());
            }
            Verb::List | Verb::Retention => {
                let rows = app::archive_list(&ws)?;
                if global.json() {
                    print::json(&serde_json::json!({"format": "dossier/archive/v1", "releases": rows}));
                } else {
                    let cells = |r: &app::ArchiveRow| {
                        vec![
                            r.version.clone(),
                            r.day.clone(),
                            r.bytes.to_string(),
                            r.retain.clone(),
                            r.hold.clone(),
                            r.basis.clone(),
                        ]
                    };
                    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
                    print::out(&print::table(
                        &["version", "sealed", "bytes", "kept until", "hold", "why"],
                        &rows,
                    ));
                }
            }
            Verb::Hold { version, lift, reason, signing } => {
                let actor = signing.actor(&ws, None)?;
                let done = app::archive_hold(&ws, &actor, &version, !lift, &reason)?;
                print::appended(global.json(), if lift { "lifted the hold" } else { "set the hold" }, &done);
            }
            Verb::Mirror => print::json(&app::archive_mirror(&ws)?),
            Verb::Put { .. } => {}
        }
        Ok(Outcome::Clean)
    }
}
