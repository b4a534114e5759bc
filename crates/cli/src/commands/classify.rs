//! `dossier classify`: the safety class of a software system, by interview at a terminal or by flags.

use crate::context::{Global, Inputs};
use crate::print::{self, Outcome};
use app::{ClassAnswers, Classification, Error, Result};
use std::io::{BufRead as _, IsTerminal as _, Write as _};

/// `dossier classify`
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  dossier classify                                   the interview, at a terminal\n  dossier classify --show --format json\n  dossier classify SYSTEM-app --answer HS-001.severity=serious --answer HS-001.probability-after-external-controls=improbable --rationale '…'"
)]
pub(crate) struct Args {
    /// The software system; the only one where nothing is said.
    system: Option<String>,
    /// Apply the decision table to what is recorded, and write nothing. Ends with 1 where the recorded class is lower.
    #[arg(long)]
    show: bool,
    /// A fact about a hazardous situation: `HS-001.severity=serious`. Fields: contributes, severity, probability,
    /// probability-after-external-controls.
    #[arg(long = "answer", value_name = "SITUATION.FIELD=VALUE")]
    answers: Vec<String>,
    /// A higher class than the table's, or the decision where the table has no row (D9).
    #[arg(long)]
    class: Option<String>,
    /// Why this class.
    #[arg(long)]
    rationale: Option<String>,
    #[command(flatten)]
    inputs: Inputs,
}

impl Args {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let by_flags = !self.answers.is_empty() || self.class.is_some() || self.rationale.is_some();
        if self.show || (!by_flags && !std::io::stdin().is_terminal()) {
            let decided = app::class_decide(&ws, &self.inputs.parse()?)?;
            let decided: Vec<Classification> =
                decided.into_iter().filter(|c| self.system.as_ref().is_none_or(|s| *s == c.system)).collect();
            if decided.is_empty() {
                return Err(Error::refused("no such software system is recorded")
                    .hint("write `## SYSTEM-app The app` into the risk file, or begin with `dossier init`"));
            }
            if global.json() {
                print::json(&serde_json::json!({"format": "dossier/classification/v1", "systems": decided}));
            } else {
                print::out(&decided.iter().map(Classification::to_text).collect::<String>());
            }
            return Ok(if decided.iter().all(Classification::holds) {
                Outcome::Clean
            } else {
                Outcome::Findings
            });
        }
        let mut answers = ClassAnswers {
            system: self.system.clone(),
            rationale: self.rationale.clone(),
            ..ClassAnswers::default()
        };
        if let Some(class) = &self.class {
            answers.class =
                Some(class.parse().map_err(|e: app::ParseClassError| Error::refused(e.to_string()))?);
        }
        for answer in &self.answers {
            let (place, value) = answer.split_once('=').ok_or_else(|| unclear(answer))?;
            let (situation, field) = place.rsplit_once('.').ok_or_else(|| unclear(answer))?;
            let of = answers.situations.entry(situation.trim().to_owned()).or_default();
            of.insert(field.trim().to_owned(), value.trim().to_owned());
        }
        if !by_flags {
            interview(&ws, &self, &mut answers)?;
        }
        let decided = app::class_write(&ws, &answers)?;
        if global.json() {
            print::json(&serde_json::json!({"format": "dossier/classification/v1", "systems": [decided]}));
        } else {
            print::out(&decided.to_text());
        }
        Ok(Outcome::Clean)
    }
}

fn unclear(answer: &str) -> Error {
    Error::refused(format!("`{answer}` is no answer")).hint("write it as HS-001.severity=serious")
}

/// Asks what the decision table asks of each hazardous situation. Enter keeps what is recorded; nothing is written before the end.
fn interview(ws: &app::Workspace, args: &Args, answers: &mut ClassAnswers) -> Result<()> {
    let all = app::class_decide(ws, &args.inputs.parse()?)?;
    let wanted = |c: &&Classification| args.system.as_ref().is_none_or(|s| *s == c.system);
    let Some(system) = all.iter().find(wanted) else {
        return Err(Error::refused("no such software system is recorded"));
    };
    answers.system = Some(system.system.clone());
    eprintln!(
        "Safety class of {}. The software is taken to fail; only controls outside it count.",
        system.system
    );
    let risk = &ws.config.risk;
    for s in &system.situations {
        eprintln!("\n{} {}", s.situation, s.title);
        let mut set = |field: &str, value: String| {
            if !value.is_empty() {
                answers.situations.entry(s.situation.clone()).or_default().insert(field.to_owned(), value);
            }
        };
        let words = ["yes", "no", "unknown"].map(str::to_owned);
        let kept = format!(" [{}]", s.contributes);
        let contributes = one_of("can the software contribute to it?", &words, &kept)?;
        let no = contributes == "no" || (contributes.is_empty() && s.contributes == "no");
        set("contributes", contributes);
        if no {
            continue;
        }
        // What Enter keeps is a word of this product's scale, or nothing.
        let kept = format!(" [{}]", s.recorded_severity.as_deref().unwrap_or("not recorded"));
        set("severity", one_of("worst harm to people:", &risk.severity, &kept)?);
        set(
            "probability",
            one_of("probability of that harm once the software has failed:", &risk.probability, "")?,
        );
        let external = if s.external_controls.is_empty() {
            "none on file".to_owned()
        } else {
            s.external_controls.join(", ")
        };
        set(
            "probability-after-external-controls",
            one_of(&format!("and after controls outside the software ({external}):"), &risk.probability, "")?,
        );
    }
    let recorded = if system.has_rationale { " (Enter: as recorded)" } else { "" };
    answers.rationale = loop {
        let rationale = line(&format!("\nrationale, in a sentence or two{recorded}: "))?;
        if !rationale.is_empty() {
            break Some(rationale);
        } else if system.has_rationale {
            break None;
        }
        eprint!("none is recorded yet; a class without its reason is not written");
    };
    answers.class = loop {
        let class = line("a higher class than the table's (Enter: the table's): ")?;
        match class.parse() {
            Ok(class) => break Some(class),
            Err(_) if class.is_empty() => break None,
            Err(e) => {
                let e: app::ParseClassError = e;
                eprintln!("{e}");
            }
        }
    };
    Ok(())
}

/// Asks until the answer is one of the words, or nothing.
fn one_of(question: &str, words: &[String], kept: &str) -> Result<String> {
    let all = words.join(", ");
    loop {
        let answer = line(&format!("  {question} {all}{kept}: "))?;
        if answer.is_empty() || words.contains(&answer) {
            return Ok(answer);
        }
        eprintln!("  `{answer}` is none of {all}");
    }
}

fn line(prompt: &str) -> Result<String> {
    let failed = |e| Error::environment("could not read from the terminal; nothing was written").because(e);
    eprint!("{prompt}");
    std::io::stderr().flush().map_err(failed)?;
    let mut text = String::new();
    let read = std::io::stdin().lock().read_line(&mut text).map_err(failed)?;
    if read == 0 {
        return Err(Error::refused("the input ended; nothing was written"));
    }
    Ok(text.trim().to_owned())
}
