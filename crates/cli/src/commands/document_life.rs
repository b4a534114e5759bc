//! `dossier document submit | effective | read | review | obsolete | external | history`.

use super::person::vocabulary_date::DateArg;
use crate::context::{Global, Inputs, Signing};
use crate::print::{self, Outcome};
use app::{Result, Workspace};
use clap::Subcommand;
use std::path::PathBuf;

/// The steps of a document's life.
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Put the present content up for review as its author, who cannot approve it then.
    /// Example: dossier document submit DOC-SDP --revision 3 --reason "CI moved" --as software-lead
    Submit {
        /// The document.
        document: String,
        /// The revision for people.
        #[arg(long)]
        revision: String,
        /// What changed and why.
        #[arg(long)]
        reason: String,
        /// The text of this revision of the repository instead of the work tree's.
        #[arg(long, value_name = "REV")]
        at: Option<String>,
        #[command(flatten)]
        signing: Signing,
    },
    /// Put an approved content into effect on a day, once those who must know it have read it.
    /// Example: dossier document effective DOC-SDP --from 2026-04-01 --reader tester --review-due 2027-04-01 --as qa-lead
    Effective {
        /// The document.
        document: String,
        /// The first day; today where absent.
        #[arg(long, value_name = "DATE")]
        from: Option<DateArg>,
        /// Persons, or roles whose holders, must have read it.
        #[arg(long = "reader", value_name = "PERSON|ROLE")]
        readers: Vec<String>,
        /// The day by which it is reviewed again.
        #[arg(long, value_name = "DATE")]
        review_due: Option<DateArg>,
        #[command(flatten)]
        signing: Signing,
    },
    /// You have read the present content and understood it. Example: dossier document read DOC-SDP --as tester
    Read {
        /// The document.
        document: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// The periodic review. Example: dossier document review DOC-SDP --adequate --remark "still so" --next-due 2028-04-01
    Review {
        /// The document.
        document: String,
        /// It stays as it is; without this it is to be revised.
        #[arg(long)]
        adequate: bool,
        /// What was found.
        #[arg(long)]
        remark: String,
        /// The day by which it is reviewed next.
        #[arg(long, value_name = "DATE")]
        next_due: Option<DateArg>,
        #[command(flatten)]
        signing: Signing,
    },
    /// Withdraw a document; its revisions stay retrievable and are marked.
    Obsolete {
        /// The document.
        document: String,
        /// Why, and what replaces it.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// A procedure that is kept elsewhere, bound by the digest of its file; approve it like any other document.
    /// Example: dossier document external DOC-SOP-12 --title "Complaints" --revision C --file sop12.docx --location "QMS vault"
    External {
        /// The id by which it is known here.
        document: String,
        /// Its title.
        #[arg(long)]
        title: String,
        /// Its revision there.
        #[arg(long)]
        revision: String,
        /// The file itself; only its digest is kept.
        #[arg(long)]
        file: PathBuf,
        /// Where it is kept.
        #[arg(long)]
        location: String,
        /// What changed and why, from the second revision on.
        #[arg(long, default_value = "")]
        reason: String,
        /// Who enters it.
        #[arg(long, default_value = "administrator")]
        by: String,
    },
    /// Everything that happened to a document, oldest first.
    History {
        /// The document.
        document: String,
        #[command(flatten)]
        inputs: Inputs,
    },
}

impl Verb {
    pub(crate) fn run(self, ws: &Workspace, global: &Global) -> Result<Outcome> {
        let (what, done) = match self {
            Verb::Submit { document, revision, reason, at, signing } => {
                let actor = signing.actor(ws, None)?;
                let done = app::document_submit(ws, &actor, &document, &revision, &reason, at.as_deref())?;
                (format!("{document} revision {revision} is in review"), done)
            }
            Verb::Effective { document, from, readers, review_due, signing } => {
                let actor = signing.actor(ws, None)?;
                let (from, due) = (from.map(|d| d.0), review_due.map(|d| d.0));
                let done = app::document_effective(ws, &actor, &document, from, &readers, due)?;
                (format!("{document} comes into effect"), done)
            }
            Verb::Read { document, signing } => {
                let actor = signing.actor(ws, None)?;
                (format!("{} has read {document}", actor.person), app::document_read(ws, &actor, &document)?)
            }
            Verb::Review { document, adequate, remark, next_due, signing } => {
                let actor = signing.actor(ws, None)?;
                let due = next_due.map(|d| d.0);
                let done = app::document_review(ws, &actor, &document, adequate, &remark, due)?;
                (format!("{document} is reviewed"), done)
            }
            Verb::Obsolete { document, reason, signing } => {
                let actor = signing.actor(ws, None)?;
                (format!("{document} is obsolete"), app::document_obsolete(ws, &actor, &document, &reason)?)
            }
            Verb::External { document, title, revision, file, location, reason, by } => {
                let what = format!("{document} revision {revision} is entered");
                let procedure = app::ExternalProcedure { document, title, revision, location, reason };
                (what, app::document_external(ws, &by, &procedure, &file)?)
            }
            Verb::History { document, inputs } => return history(ws, global, &document, &inputs),
        };
        print::appended(global.json(), &what, &done);
        Ok(Outcome::Clean)
    }
}

fn history(ws: &Workspace, global: &Global, document: &str, inputs: &Inputs) -> Result<Outcome> {
    let h = app::document_history(ws, &inputs.parse()?, document)?;
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/document-history/v1", "history": h}));
        return Ok(Outcome::Clean);
    }
    let revision = h.revision.as_deref().map(|r| format!(", revision {r}")).unwrap_or_default();
    let due = h.review_due.map(|d| format!(", review due {d}")).unwrap_or_default();
    print::out(&format!("{}: {}{revision}{due}\n\n", h.document, h.stage));
    let cells = |s: &app::DocumentStep| {
        let digest: String = s.digest.chars().take(12).collect();
        let entry = s.entry.to_string();
        vec![
            entry,
            s.at.clone(),
            s.step.to_owned(),
            s.revision.clone(),
            digest,
            s.who.clone(),
            s.said.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = h.history.iter().map(cells).collect();
    print::out(&print::table(
        &["entry", "at", "step", "revision", "content", "who and meaning", "said"],
        &rows,
    ));
    Ok(Outcome::Clean)
}
