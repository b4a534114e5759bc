//! The verbs, one file per noun.

mod anomaly;
mod archive;
mod backup;
mod change;
mod check;
mod classify;
mod clauses;
mod complaint;
mod credential;
mod delivery;
mod document;
mod document_life;
mod examples;
mod export;
mod feedback;
mod generate;
mod init;
mod ledger;
mod metrics;
mod person;
mod rebuild;
mod release;
mod remind;
mod review;
mod rules;
mod security;
pub(crate) mod serve;
mod soup;
mod test;
mod trace;
mod tracker;
mod trail;
mod vuln;
mod waiver;

use crate::context::Global;
use crate::print::Outcome;
use app::Result;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use std::ffi::OsString;

/// Evidence and release gate for medical device software under IEC 62304.
#[derive(Parser, Debug)]
#[command(
    name = "dossier",
    version,
    max_term_width = 110,
    arg_required_else_help = true,
    after_help = "Example: dossier init && dossier check\nExit codes: 0 clean, 1 findings, 2 could not run, 3 ledger or archive failed verification"
)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Make a product: dossier.toml, documents by class, ledger.
    Init(init::Args),
    /// Check documents and records against every clause.
    Check(check::Args),
    /// The safety class of a software system: the decision table, an interview, the document.
    Classify(classify::Args),
    /// Explain a rule or a clause.
    Explain(check::ExplainArgs),
    /// One screen: class, clauses by verdict, what blocks the next release.
    Status(check::StatusArgs),
    /// Ten figures of the life cycle, each with its definition, target, course and what it counted. Exit 1 when one misses its target.
    Metrics(metrics::Args),
    /// Tell people what is due: a digest by mail or posted to an address.
    Remind(remind::Args),
    /// Items, links and what hangs on what.
    #[command(subcommand)]
    Trace(trace::Verb),
    /// The clause library.
    #[command(subcommand)]
    Clauses(clauses::Verb),
    /// Test runs: import reports, execute protocols.
    #[command(subcommand)]
    Test(test::Verb),
    /// Software of unknown provenance.
    #[command(subcommand)]
    Soup(soup::Verb),
    /// The cybersecurity file: threat models, security tests, signatures, what premarket guidance asks for.
    #[command(subcommand)]
    Security(security::Verb),
    /// Known vulnerabilities: data sets, scans, judgement, VEX.
    #[command(subcommand)]
    Vuln(vuln::Verb),
    /// Anomalies from report to verified resolution.
    #[command(subcommand)]
    Anomaly(anomaly::Verb),
    /// Anomalies mirrored from GitHub, GitLab, Jira and Linear.
    #[command(subcommand)]
    Tracker(tracker::Verb),
    /// Change requests.
    #[command(subcommand)]
    Change(change::Verb),
    /// Complaints and decisions on reporting.
    #[command(subcommand)]
    Complaint(complaint::ComplaintVerb),
    /// Corrective and preventive action.
    #[command(subcommand)]
    Capa(complaint::CapaVerb),
    /// Feedback from the field: sources, evaluations, notices, installed versions.
    #[command(subcommand)]
    Feedback(feedback::Verb),
    /// Controlled documents.
    #[command(subcommand)]
    Document(document::Verb),
    /// Packages for authorities, auditors and partners.
    #[command(subcommand)]
    Export(export::Verb),
    /// The rules that hold here: dossier's and the firm's own.
    #[command(subcommand)]
    Rules(rules::Verb),
    /// Waivers.
    #[command(subcommand)]
    Waiver(waiver::Verb),
    /// Persons.
    #[command(subcommand)]
    Person(person::PersonVerb),
    /// Roles of persons.
    #[command(subcommand)]
    Role(person::RoleVerb),
    /// Keys of persons.
    #[command(subcommand)]
    Key(person::KeyVerb),
    /// Releases from open to delivered.
    #[command(subcommand)]
    Release(release::Verb),
    /// Build a sealed release again from the archive alone and compare every output.
    Rebuild(rebuild::Args),
    /// Rebuild a random sealed release and record how it went.
    Drill(rebuild::DrillArgs),
    /// Installed files against the sealed manifest.
    #[command(subcommand)]
    Delivery(delivery::Verb),
    /// The archive.
    #[command(subcommand)]
    Archive(archive::Verb),
    /// The ledger.
    #[command(subcommand)]
    Ledger(ledger::Verb),
    /// Review a folder of existing documents, read-only, against every clause.
    Review(Box<review::Args>),
    /// A verified copy of ledger, evidence and archive, while others work.
    Backup(backup::Args),
    /// Put a verified backup back where the product has no ledger.
    Restore(backup::RestoreArgs),
    /// Web pages on loopback: reading, logging in, signing; with `--api` one ledger for a team.
    Serve(serve::Args),
    /// One file of a review from standard input; the child process of `review`.
    #[command(hide = true)]
    ExtractWorker {
        /// The file's name.
        name: String,
    },
    /// Shell completions on stdout.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// A page of docs/generated on stdout.
    #[command(hide = true)]
    Generate {
        /// The page.
        page: generate::Page,
        /// Which one, of a page of the library.
        name: Option<String>,
    },
    /// Man pages into a folder.
    Man {
        /// The folder.
        directory: std::path::PathBuf,
    },
}

/// The command that was typed; ends the process where there is none.
pub(crate) fn typed() -> Cli {
    let words: Vec<OsString> = std::env::args_os().collect();
    let mut command = examples::command_of(&words);
    let matches = command.try_get_matches_from_mut(words).unwrap_or_else(|e| e.exit());
    let mut cli = Cli::from_arg_matches(&matches).unwrap_or_else(|e| e.format(&mut command).exit());
    cli.global.login = login(&matches);
    cli
}

/// The person and key that the innermost command names by its flags; of commands that have none, nobody.
fn login(matches: &clap::ArgMatches) -> Option<app::Login> {
    let mut innermost = matches;
    while let Some((_, below)) = innermost.subcommand() {
        innermost = below;
    }
    let typed = |id: &str| innermost.try_contains_id(id).is_ok_and(|there| there);
    let person = typed("as").then(|| innermost.get_one::<String>("as").cloned()).flatten()?;
    let key = typed("key").then(|| innermost.get_one::<std::path::PathBuf>("key").cloned()).flatten();
    Some(app::Login { person, key })
}

/// Runs a command.
pub(crate) fn run(cli: Cli) -> Result<Outcome> {
    let global = &cli.global;
    // These two answer a browser until somebody ends them.
    if !matches!(cli.command, Command::Serve(_) | Command::Review(_)) {
        app::one_command_and_end();
    }
    match cli.command {
        Command::Init(args) => args.run(global),
        Command::Check(args) => args.run(global),
        Command::Classify(args) => args.run(global),
        Command::Explain(args) => args.run(global),
        Command::Status(args) => args.run(global),
        Command::Metrics(args) => args.run(global),
        Command::Remind(args) => args.run(global),
        Command::Trace(verb) => verb.run(global),
        Command::Clauses(verb) => verb.run(global),
        Command::Test(verb) => verb.run(global),
        Command::Soup(verb) => verb.run(global),
        Command::Security(verb) => verb.run(global),
        Command::Vuln(verb) => verb.run(global),
        Command::Anomaly(verb) => verb.run(global),
        Command::Tracker(verb) => verb.run(global),
        Command::Change(verb) => verb.run(global),
        Command::Complaint(verb) => verb.run(global),
        Command::Capa(verb) => verb.run(global),
        Command::Feedback(verb) => verb.run(global),
        Command::Document(verb) => verb.run(global),
        Command::Export(verb) => verb.run(global),
        Command::Rules(verb) => verb.run(global),
        Command::Waiver(verb) => verb.run(global),
        Command::Person(verb) => verb.run(global),
        Command::Role(verb) => verb.run(global),
        Command::Key(verb) => verb.run(global),
        Command::Release(verb) => verb.run(global),
        Command::Rebuild(args) => args.run(global),
        Command::Drill(args) => args.run(global),
        Command::Delivery(verb) => verb.run(global),
        Command::Archive(verb) => verb.run(global),
        Command::Ledger(verb) => verb.run(global),
        Command::Review(args) => args.run(global),
        Command::ExtractWorker { name } => app::extract_worker::run(&name)
            .map(|()| Outcome::Clean)
            .map_err(|e| app::Error::environment("the file cannot be read").because(e)),
        Command::Backup(args) => args.run(global),
        Command::Restore(args) => args.run(global),
        Command::Serve(args) => args.run(global),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "dossier", &mut std::io::stdout());
            Ok(Outcome::Clean)
        }
        Command::Generate { page, name } => page.run(name.as_deref()),
        Command::Man { directory } => man(&directory),
    }
}

fn man(directory: &std::path::Path) -> Result<Outcome> {
    let failed = |e| {
        app::Error::environment(format!("could not write man pages to {}", directory.display())).because(e)
    };
    std::fs::create_dir_all(directory).map_err(failed)?;
    clap_mangen::generate_to(examples::command(), directory).map_err(failed)?;
    Ok(Outcome::Clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        examples::command().debug_assert();
    }
}
