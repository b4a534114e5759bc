//! An example for every command, in its help, in the man pages and on the page of the command line.
//!
//! Where a command's own text has one, that stands; the others have theirs here. A test parses each and finds commands that
//! have none.

use clap::{Command, CommandFactory as _};
use std::ffi::OsString;

/// Verb, and a line that one can type.
const EXAMPLES: &[(&str, &str)] = &[
    ("status", "dossier status --as-of 2026-12-31"),
    ("trace chain", "dossier trace chain SRS-012"),
    ("test list", "dossier test list --format json"),
    ("test show", "dossier test show RUN-7"),
    ("soup list", "dossier soup list --at v2.4.0"),
    ("soup due", "dossier soup due --as-of 2026-12-31"),
    ("soup criteria", "dossier soup criteria"),
    ("soup import", "dossier soup import web.image.tar --name base-image"),
    ("soup retire", "dossier soup retire base-image --reason \"the service runs on the host now\""),
    ("soup fields", "dossier soup fields --sbom supplier.cdx.json"),
    ("soup licences", "dossier soup licences --format json"),
    ("soup notices", "dossier soup notices --at v2.4.0"),
    ("vuln datasets", "dossier vuln datasets --as-of 2026-12-31"),
    ("soup sbom", "dossier soup sbom --spdx 3.0.1"),
    ("anomaly fielded", "dossier anomaly fielded --format json"),
    ("anomaly addendum", "dossier anomaly addendum 2.4.0"),
    (
        "anomaly resolve",
        "dossier anomaly resolve AN-7 --disposition corrected --fixed-in 2.4.1 --resolution \"rounds up\"",
    ),
    ("anomaly verify", "dossier anomaly verify AN-7 --evidence RUN-9 --as qa-lead"),
    ("anomaly view list", "dossier anomaly view list"),
    ("anomaly show", "dossier anomaly show AN-7 --ledger-at 120"),
    ("complaint investigate", "dossier complaint investigate C-3 --result \"a wrong date was typed\""),
    ("complaint close", "dossier complaint close C-3 --reason \"answered, no defect\""),
    ("complaint show", "dossier complaint show C-3"),
    ("complaint list", "dossier complaint list --format json"),
    ("capa close", "dossier capa close CAPA-2 --evidence RUN-9"),
    ("capa show", "dossier capa show CAPA-2"),
    ("capa list", "dossier capa list"),
    ("feedback list", "dossier feedback list --as-of 2026-12-31"),
    ("change approve", "dossier change approve CR-7 --reason \"analysed, no new hazard\" --as risk-owner"),
    ("change implement", "dossier change implement CR-7 --commits 9fab98dc9"),
    ("change verify", "dossier change verify CR-7 --evidence RUN-9 --as qa-lead"),
    ("change close", "dossier change close CR-7 --reason \"verified in RUN-9\""),
    ("change show", "dossier change show CR-7"),
    ("change commits", "dossier change commits --uncovered"),
    ("document obsolete", "dossier document obsolete DOC-OLD --reason \"replaced by DOC-SDP\" --as qa-lead"),
    ("document history", "dossier document history DOC-SDP"),
    ("document list", "dossier document list --at v2.4.0"),
    ("document export", "dossier document export DOC-SRS -o requirements.pdf"),
    ("person leave", "dossier person leave tester --reason \"end of contract\""),
    ("person letter", "dossier person letter FDA --reference L-2026-1 --on 2026-03-01"),
    ("person list", "dossier person list"),
    ("role permissions", "dossier role permissions"),
    ("role revoke", "dossier role revoke tester tester --reason \"left the team\""),
    ("key enrol", "dossier key enrol qa-lead --key qa-lead.key"),
    (
        "key endorse",
        "dossier key endorse prrc --fingerprint SHA256:abc --reason \"seen in person\" --as qa-lead",
    ),
    ("key unlock", "dossier key unlock qa-lead --reason \"mistyped after the holidays\" --as administrator"),
    ("key token-revoke", "dossier key token-revoke ci-main --reason \"the runner was replaced\""),
    ("key revoke", "dossier key revoke prrc --fingerprint SHA256:abc --reason lost"),
    (
        "release checklist",
        "dossier release checklist 2.4.0 --template DOC-CHK --line ifu=DOC-IFU --as qa-lead",
    ),
    (
        "release deviation",
        "dossier release deviation 2.4.0 --case TC-M18 --anomaly A-2024-087 --reason \"phone R3 is not at hand\" --as qa-lead",
    ),
    ("release stage", "dossier release stage 2.4.0"),
    ("release gate", "dossier release gate 2.4.0 --dry-run --format json"),
    ("release seal", "dossier release seal 2.4.0"),
    (
        "release deliver",
        "dossier release deliver 2.4.0 --channel \"app store\" -o triage-2.4.0.delivery.json",
    ),
    ("release withdraw", "dossier release withdraw 2.4.0 --reason \"A-2024-087 is worse than judged\""),
    ("release list", "dossier release list"),
    ("release diff", "dossier release diff 2.3.0 2.4.0"),
    ("archive export", "dossier archive export 2.4.0 bag"),
    ("archive unpack", "dossier archive unpack 2.4.0 installed"),
    ("archive list", "dossier archive list"),
    ("archive hold", "dossier archive hold 2.4.0 --reason \"litigation 12/26\" --as qa-lead"),
    ("archive retention", "dossier archive retention"),
    ("archive mirror", "dossier archive mirror"),
    ("ledger verify", "dossier ledger verify --checkpoint witnessed.txt"),
    ("ledger export", "dossier ledger export ledger-export"),
    ("ledger log", "dossier ledger log -n 20 --kind release/"),
    ("ledger copy", "dossier ledger copy audit-2026"),
    ("ledger checkpoint", "dossier ledger checkpoint"),
    ("completions", "dossier completions bash > /etc/bash_completion.d/dossier"),
    ("man", "dossier man /usr/local/share/man/man1"),
];

/// The command line with its examples.
pub(crate) fn command() -> Command {
    with_examples(super::Cli::command(), "", &|_| true)
}

/// The command line with the examples of those commands that these words may name. To put an example on each of hundreds takes longer
/// than many a command does.
pub(crate) fn command_of(words: &[OsString]) -> Command {
    with_examples(super::Cli::command(), "", &|name| words.iter().any(|w| w == name))
}

fn with_examples(command: Command, verb: &str, wanted: &dyn Fn(&str) -> bool) -> Command {
    let names = command.get_subcommands().map(Command::get_name).filter(|name| wanted(name));
    let names: Vec<String> = names.map(str::to_owned).collect();
    let example = EXAMPLES.iter().find(|(v, _)| *v == verb).filter(|_| !has_example(&command));
    let command = match example {
        Some((_, line)) => command.after_help(format!("Example: {line}")),
        None => command,
    };
    names.into_iter().fold(command, |command, name| {
        let below = format!("{verb} {name}").trim_start().to_owned();
        command.mut_subcommand(name, |c| with_examples(c, &below, wanted))
    })
}

/// Whether the command's own text has one.
fn has_example(command: &Command) -> bool {
    let texts = [
        command.get_about(),
        command.get_long_about(),
        command.get_after_help(),
        command.get_after_long_help(),
    ];
    texts.into_iter().flatten().any(|t| t.to_string().contains("Example"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(command: &Command, verb: &str, visit: &mut dyn FnMut(&str, &Command)) {
        let below: Vec<&Command> =
            command.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help").collect();
        if below.is_empty() {
            visit(verb, command);
        }
        for c in below {
            each(c, format!("{verb} {}", c.get_name()).trim_start(), visit);
        }
    }

    #[test]
    fn every_command_has_an_example() {
        let mut without = Vec::new();
        each(&command(), "", &mut |verb, c| {
            if !has_example(c) {
                without.push(verb.to_owned());
            }
        });
        assert!(without.is_empty(), "say one in the command's text, or in examples.rs: {without:?}");
        let mut verbs = Vec::new();
        each(&command(), "", &mut |verb, _| verbs.push(verb.to_owned()));
        let stale: Vec<&str> =
            EXAMPLES.iter().map(|(v, _)| *v).filter(|v| !verbs.iter().any(|k| k == v)).collect();
        assert!(stale.is_empty(), "no such command: {stale:?}");
    }

    #[test]
    fn examples_are_lines_that_can_be_typed() {
        let mut wrong = Vec::new();
        for (verb, line) in EXAMPLES {
            let line = line.split(" > ").next().unwrap();
            let mut words = Vec::new();
            for (i, part) in line.split('"').enumerate() {
                if i % 2 == 1 { words.push(part) } else { words.extend(part.split_whitespace()) }
            }
            let parsed = command().try_get_matches_from(&words);
            if let Err(e) = parsed {
                wrong.push(format!("{verb}: {line}\n{e}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn the_help_of_what_was_typed_has_its_example() {
        for line in ["dossier soup licences --help", "dossier help soup licences"] {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let help = command_of(&words).try_get_matches_from(words).unwrap_err().to_string();
            assert!(help.contains("Example: dossier soup licences"), "{line}: {help}");
        }
    }
}
