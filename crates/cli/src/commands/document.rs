//! `dossier document`.

use crate::context::{Format, Global, Inputs, Signing};
use crate::print::{self, Outcome};
use app::Result;
use clap::Subcommand;
use std::path::PathBuf;

/// `dossier document`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Approve a document at its present content, signed; an edit voids it.
    /// Example: dossier document approve DOC-SDP --as software-lead
    Approve {
        /// Documents, or items that are approved by themselves.
        #[arg(required = true)]
        documents: Vec<String>,
        /// Approve the text of this revision instead of the work tree's.
        #[arg(long, value_name = "REV")]
        at: Option<String>,
        #[command(flatten)]
        signing: Signing,
    },
    #[command(flatten)]
    Life(super::document_life::Verb),
    /// All controlled documents with their digests and approvals.
    List {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// A document for readers: Markdown, HTML, PDF/A, or a Word file for work.
    Export {
        /// The document.
        document: String,
        /// The file to write.
        #[arg(short, long)]
        output: PathBuf,
        #[command(flatten)]
        inputs: Inputs,
    },
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        match self {
            Verb::Approve { documents, at, signing } => {
                let actor = signing.actor(&ws, None)?;
                for document in &documents {
                    let done = app::document_approve(&ws, &actor, document, at.as_deref())?;
                    print::appended(global.json(), &format!("approved {document}"), &done);
                }
                Ok(Outcome::Clean)
            }
            Verb::Life(verb) => verb.run(&ws, global),
            Verb::List { inputs } => list(&ws, global, &inputs),
            Verb::Export { document, output, inputs } => {
                let form = match global.format {
                    Some(Format::Md) => app::Form::Markdown,
                    Some(Format::Html) => app::Form::Html,
                    Some(Format::Docx) => app::Form::Docx,
                    _ => app::Form::Pdf,
                };
                app::document_export(&ws, &inputs.parse()?, &document, form, &output)?;
                eprintln!("wrote {}", output.display());
                Ok(Outcome::Clean)
            }
        }
    }
}

fn list(ws: &app::Workspace, global: &Global, inputs: &Inputs) -> Result<Outcome> {
    let rows = app::document_list(ws, &inputs.parse()?)?;
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/documents/v1", "documents": rows}));
        return Ok(Outcome::Clean);
    }
    let cells = |d: &app::DocumentRow| {
        vec![
            d.document.clone(),
            d.stage.to_owned(),
            d.revision.clone().unwrap_or_else(|| "-".to_owned()),
            d.digest.get(..12).unwrap_or_default().to_owned(),
            d.approved_by.join(", "),
            d.title.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    print::out(&print::table(&["document", "state", "revision", "digest", "approved by", "title"], &rows));
    Ok(Outcome::Clean)
}
