//! The command line.

use crate::{Display, Platform};
use std::fmt;
use std::path::PathBuf;
use triage_engine::Date;

/// What `triage --help` prints.
pub const USAGE: &str = "\
Usage: triage [assess] [OPTIONS]     answer questions, get a recommendation
       triage resume FILE [OPTIONS]  go on with a saved assessment
       triage erase FILE             remove a saved assessment
       triage pathways --birth DATE  list the symptoms for the age
       triage content check|export   check or print the clinical content
       triage about                  version, content, supported systems
       triage --version

Options: --birth YYYY-MM-DD   date of birth of the patient
         --pathway ID         the symptom, instead of choosing it from the list
         --session FILE       keep the assessment in this file
         --today YYYY-MM-DD   day of the assessment (for verification; shown on the result)
         --platform NAME --width DP --font-scale PERCENT   the view of the mobile shell

Example: triage --birth 2022-05-17 --pathway child-fever
";

/// The parsed command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Args {
    /// What to do.
    pub command: Command,
    /// `--birth`
    pub birth: Option<Date>,
    /// `--pathway`
    pub pathway: Option<String>,
    /// `--session`
    pub session: Option<PathBuf>,
    /// `--today`
    pub today: Option<Date>,
    /// `--platform`, `--width`, `--font-scale`
    pub display: Display,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Assess.
    Assess,
    /// Go on with the session in this file.
    Resume(PathBuf),
    /// Remove the session in this file.
    Erase(PathBuf),
    /// List pathways.
    Pathways,
    /// Check the content.
    ContentCheck,
    /// Print the content.
    ContentExport,
    /// The about screen.
    About,
    /// Version and build.
    Version,
    /// Usage.
    Help,
}

/// The command line is not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageError(pub String);

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; see triage --help", self.0)
    }
}

impl std::error::Error for UsageError {}

/// Reads the arguments after the program's name.
///
/// # Errors
/// [`UsageError`] names the argument.
pub fn parse(args: &[String]) -> Result<Args, UsageError> {
    let mut words = Vec::new();
    let mut out = Args {
        command: Command::Assess,
        birth: None,
        pathway: None,
        session: None,
        today: None,
        display: Display::default(),
    };
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let mut value = || rest.next().ok_or_else(|| UsageError(format!("{arg} needs a value")));
        match arg.as_str() {
            "--version" | "-V" => words.push("version"),
            "--help" | "-h" => words.push("help"),
            "--birth" => out.birth = Some(date(arg, value()?)?),
            "--today" => out.today = Some(date(arg, value()?)?),
            "--pathway" => out.pathway = Some(value()?.clone()),
            "--session" => out.session = Some(value()?.into()),
            "--platform" => out.display.platform = platform(value()?)?,
            "--width" => out.display.width = number(arg, value()?)?,
            "--font-scale" => out.display.font_scale = number(arg, value()?)?,
            other if other.starts_with('-') => return Err(UsageError(format!("unknown option {other}"))),
            word => words.push(word),
        }
    }
    out.command = match words.as_slice() {
        [] | ["assess"] => Command::Assess,
        ["resume", file] => Command::Resume(file.into()),
        ["erase", file] => Command::Erase(file.into()),
        ["pathways"] => Command::Pathways,
        ["content", "check"] => Command::ContentCheck,
        ["content", "export"] => Command::ContentExport,
        ["about"] => Command::About,
        ["version"] => Command::Version,
        ["help"] => Command::Help,
        _ => return Err(UsageError(format!("unknown command `{}`", words.join(" ")))),
    };
    Ok(out)
}

fn date(option: &str, text: &str) -> Result<Date, UsageError> {
    text.parse().map_err(|e| UsageError(format!("{option}: {e}")))
}

fn number(option: &str, text: &str) -> Result<u32, UsageError> {
    text.parse().map_err(|_| UsageError(format!("{option}: `{text}` is no whole number")))
}

fn platform(text: &str) -> Result<Platform, UsageError> {
    Platform::ALL
        .into_iter()
        .find(|p| p.as_str() == text)
        .ok_or_else(|| UsageError(format!("--platform: `{text}` is not known")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_string).collect()
    }

    fn command(line: &str, expected: Command) {
        assert_eq!(parse(&words(line)).unwrap().command, expected);
    }
    cases! { command;
        nothing_is_assess: "", Command::Assess;
        assess: "assess --birth 2020-01-01", Command::Assess;
        version: "--version", Command::Version;
        resume: "resume a.session", Command::Resume("a.session".into());
        erase: "erase a.session", Command::Erase("a.session".into());
        content_check: "content check", Command::ContentCheck;
    }

    fn refused(line: &str, expected: &str) {
        let e = parse(&words(line)).unwrap_err();
        assert!(e.to_string().starts_with(expected), "{e}");
    }
    cases! { refused;
        unknown_command: "diagnose", "unknown command `diagnose`";
        unknown_option: "--brith 2020-01-01", "unknown option --brith";
        value_missing: "--birth", "--birth needs a value";
        birth_no_date: "--birth yesterday", "--birth: write the date";
        width_no_number: "--width wide", "--width: `wide`";
        platform_unknown: "--platform android-8", "--platform: `android-8`";
        resume_without_file: "resume", "unknown command `resume`";
    }

    #[test]
    fn options_are_taken() {
        let a = parse(&words(
            "--birth 2020-01-02 --pathway cough --platform ios-15 --width 320 --font-scale 200",
        ));
        let a = a.unwrap();
        assert_eq!(a.birth.map(|d| d.to_string()).as_deref(), Some("2020-01-02"));
        assert_eq!(a.pathway.as_deref(), Some("cough"));
        assert_eq!(a.display, Display { platform: Platform::Ios15, width: 320, font_scale: 200 });
    }
}
