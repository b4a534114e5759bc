//! `dossier generate`: the pages of `docs/generated/`, written from what the program itself knows.
//!
//! Hidden: `cargo xtask generate` calls it, and `cargo xtask generate --check` finds pages that are out of date.

use crate::print::{self, Outcome};
use app::Result;
use clap::{Command, ValueEnum};
use std::fmt::Write as _;

/// A page.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Page {
    /// Every rule, by group.
    Rules,
    /// Every clause with what looks at it.
    Clauses,
    /// Common audit findings with the rules that find them.
    AuditFindings,
    /// Every command with its options.
    Cli,
    /// Which role may do which act.
    Permissions,
    /// The figures of `dossier metrics`.
    Metrics,
    /// A page of the clause library: a clause group (`5.8`), `crosswalk`, `standards`.
    Library,
    /// The self-assessment against 21 CFR Part 11.
    #[value(name = "part-11")]
    Part11,
}

/// Columns of the help texts. Fixed: a page is the same wherever it is written.
const COLUMNS: usize = 100;

impl Page {
    pub(crate) fn run(self, name: Option<&str>) -> Result<Outcome> {
        let text = match self {
            Page::Rules => app::catalogue_of_rules(),
            Page::Clauses => app::catalogue_of_clauses(),
            Page::AuditFindings => app::catalogue_of_audit_findings(),
            Page::Cli => command_line(),
            Page::Part11 => app::catalogue_of_part_11(),
            Page::Metrics => app::catalogue_of_metrics(),
            Page::Permissions => app::catalogue_of_permissions(),
            Page::Library => app::library_page(name.unwrap_or_default())?,
        };
        print::out("<!-- Written by `cargo xtask generate`: change what it is written from. -->\n");
        print::out(&text);
        Ok(Outcome::Clean)
    }
}

/// The options of every command once, then each command with its own.
fn command_line() -> String {
    let mut root = super::examples::command().term_width(COLUMNS).color(clap::ColorChoice::Never);
    root.build();
    let mut out = String::from("# Command line\n\n```text\n");
    let _ = writeln!(out, "{}\n```", trimmed(&root.render_long_help().to_string()));
    for verb in root.get_subcommands().filter(|c| is_shown(c)) {
        describe(&mut out, verb, 2);
    }
    out
}

fn describe(out: &mut String, command: &Command, level: usize) {
    // The options of every command stand at the head of the page.
    let mut own = command.clone().term_width(COLUMNS).color(clap::ColorChoice::Never).mut_args(|a| {
        let hidden = a.is_hide_set() || a.is_global_set() || a.get_id() == "help";
        // Nor may a page hold what the variables of its writer's shell say.
        a.hide(hidden).hide_env_values(true)
    });
    let name = own.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let heading = "#".repeat(level);
    let _ =
        writeln!(out, "\n{heading} {name}\n\n```text\n{}\n```", trimmed(&own.render_long_help().to_string()));
    for verb in command.get_subcommands().filter(|c| is_shown(c)) {
        describe(out, verb, level + 1);
    }
}

fn is_shown(command: &Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}

/// Without blanks at the ends of lines and of the text.
fn trimmed(help: &str) -> String {
    let lines: Vec<&str> = help.trim().lines().map(str::trim_end).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_verb_stands_on_the_page_once_and_hidden_ones_do_not() {
        let page = super::command_line();
        for verb in ["dossier check", "dossier release gate", "dossier archive verify"] {
            assert_eq!(page.matches(&format!("# {verb}\n")).count(), 1, "{verb}");
        }
        assert!(!page.contains("# dossier generate\n") && !page.contains(" \n"));
    }
}
