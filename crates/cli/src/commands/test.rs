//! `dossier test`.

use crate::context::{Global, Inputs, Signing};
use crate::print::{self, Outcome};
use app::{Error, Result};
use clap::Subcommand;
use std::path::PathBuf;

/// `dossier test`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Walk through a protocol step by step: actual result, pass, fail or blocked; resumable, signed at the end.
    /// Example: dossier test run DOC-STP-2.4 --configuration device="Pixel 7" --as tester
    Run {
        /// A protocol document or test cases.
        #[arg(required = true)]
        protocol: Vec<String>,
        /// Cases that are deferred; the release needs a deviation for each.
        #[arg(long, value_delimiter = ',')]
        without: Vec<String>,
        /// Answers from a file instead of the terminal.
        #[arg(long, value_name = "FILE")]
        answers: Option<PathBuf>,
        #[command(flatten)]
        context: ContextArgs,
        #[command(flatten)]
        signing: Signing,
    },
    /// Import reports: JUnit XML, or what `cargo test` printed (`cargo test 2>&1 | tee report.txt`).
    /// Example: dossier test import target/junit.xml --by qa-lead
    Import {
        /// The reports.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Where the results come from.
        #[arg(long, value_enum, default_value_t = OriginArg::Uploaded)]
        origin: OriginArg,
        /// The DSSE attestation of the CI job.
        #[arg(long, value_name = "FILE")]
        attestation: Option<PathBuf>,
        #[command(flatten)]
        context: ContextArgs,
        /// The person responsible.
        #[arg(long, default_value = "qa-lead")]
        by: String,
    },
    /// Run the product's automated tests with dossier as the witness, and import what they report.
    /// Example: dossier test execute --by qa-lead
    Execute {
        #[command(flatten)]
        context: ContextArgs,
        /// The person responsible.
        #[arg(long, default_value = "qa-lead")]
        by: String,
    },
    /// All runs.
    List {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// One run.
    Show {
        /// The run.
        run: String,
        #[command(flatten)]
        inputs: Inputs,
    },
}

/// What a run ran on.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct ContextArgs {
    /// The commit under test; HEAD where absent.
    #[arg(long)]
    commit: Option<String>,
    /// The version that the software under test reported.
    #[arg(long)]
    version_tested: Option<String>,
    /// Hardware and software configuration: `os=Debian 12`.
    #[arg(long = "configuration", value_name = "NAME=VALUE")]
    configuration: Vec<String>,
    /// Test tools with versions.
    #[arg(long = "tool", value_name = "NAME VERSION")]
    tools: Vec<String>,
}

/// Where results come from.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum OriginArg {
    /// A CI job, attested by its key.
    CiAttested,
    /// A file that somebody uploads.
    Uploaded,
}

impl ContextArgs {
    fn parse(self) -> Result<app::TestContext> {
        let mut configuration = std::collections::BTreeMap::new();
        for pair in &self.configuration {
            let (name, value) =
                pair.split_once('=').ok_or_else(|| Error::refused(format!("`{pair}` is not NAME=VALUE")))?;
            configuration.insert(name.to_owned(), value.to_owned());
        }
        Ok(app::TestContext {
            commit: self.commit,
            version: self.version_tested,
            configuration,
            tools: self.tools,
        })
    }
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        match self {
            Verb::Run { protocol, without, answers, context, signing } => {
                let actor = signing.actor(&ws, None)?;
                let mut walk = app::ManualWalk::begin(&ws, &protocol, &without, context.parse()?, &actor)?;
                match answers {
                    Some(file) => walk.answer_from(&ws, &file)?,
                    None => crate::walk::at_terminal(&mut walk)?,
                }
                let done = walk.finish(&ws)?;
                print::appended(global.json(), &format!("recorded {}", done.summary), &done.appended);
                Ok(if done.passed { Outcome::Clean } else { Outcome::Findings })
            }
            Verb::Import { files, origin, attestation, context, by } => {
                let origin = match origin {
                    OriginArg::CiAttested => app::records::Origin::CiAttested,
                    OriginArg::Uploaded => app::records::Origin::Uploaded,
                };
                let context = context.parse()?;
                let imported = app::test_import(&ws, &by, &files, origin, attestation.as_deref(), &context)?;
                for line in &imported.lines {
                    eprintln!("{line}");
                }
                print::appended(
                    global.json(),
                    &format!("imported {} reports", files.len()),
                    &imported.appended,
                );
                Ok(if imported.failed == 0 { Outcome::Clean } else { Outcome::Findings })
            }
            Verb::Execute { context, by } => {
                let imported =
                    app::test_execute(&ws, &by, &context.parse()?, &mut |line| eprintln!("{line}"))?;
                for line in &imported.lines {
                    eprintln!("{line}");
                }
                print::appended(global.json(), "recorded the runs", &imported.appended);
                Ok(if imported.failed == 0 { Outcome::Clean } else { Outcome::Findings })
            }
            Verb::List { inputs } => list(&inputs.of(ws)?, global),
            Verb::Show { run, inputs } => {
                print::json(&app::test_show(&inputs.of(ws)?, &run)?);
                Ok(Outcome::Clean)
            }
        }
    }
}

fn list(ws: &app::Workspace, global: &Global) -> Result<Outcome> {
    let rows = app::test_list(ws)?;
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/runs/v1", "runs": rows}));
        return Ok(Outcome::Clean);
    }
    let cells = |r: &app::RunRow| {
        vec![
            r.run.clone(),
            r.what.clone(),
            r.origin.clone(),
            r.counts.clone(),
            r.version.clone(),
            r.at.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    print::out(&print::table(&["run", "what", "origin", "results", "version", "at"], &rows));
    Ok(Outcome::Clean)
}
