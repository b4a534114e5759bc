//! `dossier ledger`.

use crate::context::{Global, Inputs};
use crate::print::{self, Outcome};
use app::Result;
use clap::Subcommand;
use std::path::PathBuf;

/// `dossier ledger`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Recompute everything: form, order, time, tree, signatures. Exit 3 when something is wrong.
    Verify {
        /// A checkpoint kept elsewhere: history up to it has to be the same.
        #[arg(long, value_name = "FILE")]
        checkpoint: Vec<PathBuf>,
        /// A folder, or `git:REMOTE`, that keeps anchored checkpoints: history has to agree with each of them.
        #[arg(long = "anchors", value_name = "FOLDER|git:REMOTE")]
        anchors: Vec<String>,
    },
    #[command(flatten)]
    Trail(super::trail::Verb),
    /// Write tiles, entries and a signed checkpoint that `dossier-verify` and C2SP tools read.
    Export {
        /// A new or empty folder.
        directory: PathBuf,
        /// Who exports; the export is an entry.
        #[arg(long, default_value = "administrator")]
        by: String,
    },
    /// Entries, oldest first.
    Log {
        /// Only the last N.
        #[arg(short = 'n', long)]
        last: Option<u64>,
        /// Only kinds that begin so: `release/`.
        #[arg(long, default_value = "")]
        kind: String,
        #[command(flatten)]
        inputs: Inputs,
    },
    /// Change the ledger's key; the old and the new one sign. The old one is kept beside it.
    /// Example: dossier ledger rotate --reason "the machine that held it is retired" --by release-manager
    Rotate {
        /// Why.
        #[arg(long)]
        reason: String,
        /// Who changes it.
        #[arg(long, default_value = "release-manager")]
        by: String,
    },
    /// A checkpoint, signed by the ledger's key, on stdout.
    Checkpoint,
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        match self {
            Verb::Trail(verb) => return verb.run(&ws, global),
            Verb::Verify { checkpoint, anchors } => {
                let verified = app::ledger_verify(&ws, &checkpoint, &anchors)?;
                if global.json() {
                    print::json(&verified)
                } else {
                    print::out(&verified.to_text())
                }
                return Ok(if verified.ok { Outcome::Clean } else { Outcome::Verification });
            }
            Verb::Export { directory, by } => {
                let position = app::ledger_export(&ws, &by, &directory)?;
                eprintln!("wrote {position} entries to {}", directory.display());
            }
            Verb::Log { last, kind, inputs } => {
                let rows = app::ledger_log(&inputs.of(ws)?, last, &kind)?;
                if global.json() {
                    print::json(&serde_json::json!({"format": "dossier/log/v1", "entries": rows}));
                } else {
                    let cells = |r: &app::LogRow| {
                        vec![
                            r.seq.to_string(),
                            r.at.clone(),
                            r.actor.clone(),
                            r.kind.clone(),
                            r.subject.clone(),
                        ]
                    };
                    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
                    print::out(&print::table(&["entry", "at", "actor", "kind", "about"], &rows));
                }
            }
            Verb::Rotate { reason, by } => {
                let done = app::ledger_rotate(&ws, &by, &reason)?;
                print::appended(global.json(), "the ledger has a new key", &done);
            }
            Verb::Checkpoint => print::out(&app::ledger_checkpoint(&ws)?),
        }
        Ok(Outcome::Clean)
    }
}
