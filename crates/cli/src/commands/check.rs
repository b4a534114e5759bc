//! `dossier check | explain | status`.

use crate::context::{Format, Global, Inputs};
use crate::print::{self, Outcome};
use app::{Error, Result};

/// `dossier check`
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  dossier check\n  dossier check --at HEAD --format json\n  dossier check --base origin/main --format github"
)]
pub(crate) struct Args {
    #[command(flatten)]
    inputs: Inputs,
    /// Look at the documents only; needs no ledger, and the verdicts say so.
    #[arg(long)]
    documents_only: bool,
    /// Only the findings that are new against this revision, for the review of a change.
    #[arg(long, value_name = "REV")]
    base: Option<String>,
}

/// `dossier explain`
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  dossier explain R0042\n  dossier explain 62304:5.8.3")]
pub(crate) struct ExplainArgs {
    /// A rule by id or name, or a clause.
    what: String,
}

/// `dossier status`
#[derive(clap::Args, Debug)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    inputs: Inputs,
}

impl Args {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let checked =
            app::check_against(&ws, &self.inputs.parse()?, self.documents_only, self.base.as_deref())?;
        let report = checked.report();
        let form = match global.format {
            None | Some(Format::Full) => app::FindingsForm::Full { colour: global.colour() },
            Some(Format::Concise) => app::FindingsForm::Concise,
            Some(Format::Json) => app::FindingsForm::Json,
            Some(Format::Sarif) => app::FindingsForm::Sarif,
            Some(Format::Github) => app::FindingsForm::Github,
            Some(Format::Junit) => app::FindingsForm::Junit,
            Some(_) => {
                return Err(Error::refused("findings have no such form")
                    .hint("one of full, concise, json, sarif, github, junit"));
            }
        };
        print::out(&checked.render(form)?);
        // The object says all of this itself.
        if !matches!(form, app::FindingsForm::Json) {
            eprintln!("{}", checked.summary());
            eprint!("{}{}", checked.out_of_scope(), checked.not_applicable());
        }
        let outcome = if report.has_errors() { Outcome::Findings } else { Outcome::Clean };
        // The process ends here: giving back each piece of a large product would take longer than its render.
        std::mem::forget(checked);
        Ok(outcome)
    }
}

impl ExplainArgs {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        // A rule of the firm stands in the product, where there is one.
        let text = match app::explain(&self.what) {
            Ok(text) => text,
            Err(error) => match global.workspace() {
                Ok(ws) => app::own_rule_explain(&ws, &self.what)?,
                Err(_) => return Err(error),
            },
        };
        if global.json() {
            let mut value =
                serde_json::json!({"format": "dossier/explanation/v1", "subject": self.what, "text": text});
            // A clause also as data, in the form of `dossier clauses show`.
            if let Ok(clause) = app::clause_show(&self.what) {
                value["clauses"] = clause.json["clauses"].clone();
            }
            print::json(&value);
        } else {
            print::out(&text);
        }
        Ok(Outcome::Clean)
    }
}

impl StatusArgs {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let status = app::status(&ws, &self.inputs.parse()?)?;
        if global.json() {
            print::json(&status);
        } else {
            print::out(&status.to_text());
        }
        Ok(Outcome::Clean)
    }
}
