//! `dossier trace`.

use crate::context::{Format, Global, Inputs, Signing};
use crate::print::{self, Outcome};
use app::{Error, Result};
use clap::Subcommand;
use std::path::PathBuf;

/// `dossier trace`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// All items with digests, fields and links.
    /// Example: dossier trace items --format json
    Items {
        #[command(flatten)]
        inputs: Inputs,
        /// Only items of this kind: software-requirement, test-case, …
        #[arg(long)]
        kind: Option<String>,
    },
    /// Requirements with their sources, items, tests and results: csv, json, md, or one html page.
    /// Example: dossier trace matrix --format html -o matrix.html
    Matrix {
        #[command(flatten)]
        inputs: Inputs,
        /// The file to write; stdout where absent.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Everything that an item hangs on and that hangs on it.
    Chain {
        /// The item.
        item: String,
        #[command(flatten)]
        inputs: Inputs,
    },
    /// What a change between two revisions touches. Example: dossier trace impact v2.3.0..HEAD --format md
    Impact {
        /// Two revisions.
        range: String,
    },
    /// What became of items and links from one revision to another.
    /// Example: dossier trace diff v2.3.0 v2.4.0
    Diff {
        /// The older revision.
        from: String,
        /// The newer revision.
        to: String,
    },
    /// Confirm links against the current text of both ends, signed; writes the stamps.
    /// Example: dossier trace confirm SRS-012 --reason "read both texts" --as software-lead
    Confirm {
        /// Items whose links are confirmed.
        items: Vec<String>,
        /// All links that were never confirmed before.
        #[arg(long, conflicts_with = "items")]
        all: bool,
        /// Why they hold.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signing: Signing,
    },
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        match self {
            Verb::Items { inputs, kind } => {
                let rows = app::trace_items(&ws, &inputs.parse()?, kind.as_deref())?;
                if global.json() {
                    print::json(&serde_json::json!({"format": "dossier/items/v1", "items": rows}));
                } else {
                    let cells = |i: &app::ItemRow| {
                        vec![i.id.clone(), i.kind.clone(), format!("{}:{}", i.file, i.line), i.title.clone()]
                    };
                    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
                    print::out(&print::table(&["id", "kind", "where", "title"], &rows));
                }
            }
            Verb::Matrix { inputs, output } => matrix(&ws, global, &inputs, output)?,
            Verb::Chain { item, inputs } => {
                let chain = app::trace_chain(&ws, &inputs.parse()?, &item)?;
                if global.json() { print::json(&chain) } else { print::out(&chain.to_text()) }
            }
            Verb::Impact { range } => {
                super::change::shown(&ws, global, &app::impact_between(&ws, &range)?)?;
            }
            Verb::Diff { from, to } => {
                let diff = app::trace_diff(&ws, &from, &to)?;
                if global.json() { print::json(&diff) } else { print::out(&diff.to_text()) }
            }
            Verb::Confirm { items, all, reason, signing } => {
                if items.is_empty() && !all {
                    return Err(Error::refused("which links?")
                        .hint("name items, or say `--all` for those never confirmed"));
                }
                let actor = signing.actor(&ws, None)?;
                let scope = if all { app::ConfirmScope::All } else { app::ConfirmScope::Items(items) };
                let done = app::trace_confirm(&ws, &actor, &scope, &reason)?;
                print::appended(global.json(), &format!("confirmed {} links", done.links), &done.appended);
            }
        }
        Ok(Outcome::Clean)
    }
}

fn matrix(ws: &app::Workspace, global: &Global, inputs: &Inputs, output: Option<PathBuf>) -> Result<()> {
    let form = match global.format {
        None | Some(Format::Csv) => app::MatrixForm::Csv,
        Some(Format::Html) => app::MatrixForm::Html,
        Some(Format::Json) => app::MatrixForm::Json,
        Some(Format::Md) => app::MatrixForm::Markdown,
        Some(_) => return Err(Error::refused("a matrix has no such form").hint("one of csv, html, json, md")),
    };
    let text = app::trace_matrix(ws, &inputs.parse()?, form)?;
    // A form that was asked for is a copy for keeping; JSON is read by a program.
    if output.is_some() || global.format.is_some() && form != app::MatrixForm::Json {
        app::export_noted(ws, "matrix")?;
    }
    match output {
        None => print::out(&text),
        Some(path) => {
            std::fs::write(&path, text)
                .map_err(|e| Error::environment(format!("could not write {}", path.display())).because(e))?;
            eprintln!("wrote {}", path.display());
        }
    }
    Ok(())
}
