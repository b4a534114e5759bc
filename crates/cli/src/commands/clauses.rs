//! `dossier clauses`.

use crate::context::{Format, Global, Inputs, Signing};
use crate::print::{self, Outcome};
use app::{Error, Result};
use clap::Subcommand;
use std::path::PathBuf;

/// `dossier clauses`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// All clauses in force, with the classes that they apply to and how they are checked.
    /// Example: dossier clauses list --class B --format json
    List {
        /// Also those that are not in force.
        #[arg(long)]
        all: bool,
        /// Only those that apply to this class.
        #[arg(long)]
        class: Option<String>,
        /// Those of another standard: 13485, 14971, qmsr, mdr, …
        #[arg(long, conflicts_with = "class")]
        standard: Option<String>,
    },
    /// Record a person's judgement of a clause over named evidence, signed.
    /// Example: dossier clauses evaluate 62304:5.8.1 --subject 2.4.0 --judged DOC-STP,RUN-3 --rationale "…" --as qa-lead
    Evaluate {
        /// The clause.
        clause: String,
        /// The software system, the release, or the product.
        #[arg(long)]
        subject: String,
        /// Items, documents, runs and other records that were judged.
        #[arg(long, value_delimiter = ',', required = true)]
        judged: Vec<String>,
        /// The evidence is not adequate.
        #[arg(long)]
        not_adequate: bool,
        /// An answer to a question of the clause's form, `NAME=TEXT`; `dossier clauses form` lists the questions.
        #[arg(long = "answer", value_name = "NAME=TEXT", value_parser = answer)]
        answers: Vec<(String, String)>,
        /// Why.
        #[arg(long)]
        rationale: String,
        #[command(flatten)]
        signing: Box<Signing>,
    },
    /// The form of a clause's evaluation: what is asked, and what is to be judged.
    /// Example: dossier clauses form 62304:5.3.6
    Form {
        /// The clause: 62304:5.3.6.
        clause: String,
    },
    /// One clause, or all below a heading: what it asks, why, constraints, gaps, audit focus.
    /// Example: dossier clauses show 62304:5.8.3
    Show {
        /// The clause or heading: 62304:5.8.3, 62304:5.8, 13485:7.3.8.
        clause: String,
        /// What to answer an auditor, filled with the ids and titles of this product's own documents.
        #[arg(long)]
        defence: bool,
        #[command(flatten)]
        inputs: Inputs,
    },
    /// What a clause corresponds to in other standards, with the weakest link where it is inferred.
    /// Example: dossier clauses map 62304:5.8 --to qmsr
    Map {
        /// The clause or heading, also as people write it: 62304:5.8, "820.30(h)".
        clause: String,
        /// Only this standard: 13485, 14971, qmsr, qsr, mdr, …
        #[arg(long)]
        to: Option<String>,
        /// Also what is inferred over overlaps and may have nothing in common.
        #[arg(long)]
        all: bool,
    },
    /// Citations in text files that were not current on the file's day: 820.30(h) in a report of 2026.
    /// Example: dossier clauses citations docs/ --as-of 2026-03-01
    Citations {
        /// Files and folders.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// The day for files that state no date of their own (date: 2026-03-01, Datum: 01.03.2026). Default: today.
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
    },
    /// A standard of the library, or the mappings between two, for other tools.
    /// Example: dossier clauses export --format oscal --standard 62304
    Export {
        /// The standard.
        #[arg(long, default_value = "62304")]
        standard: String,
        /// The mappings from `--standard` to this one (ciso-assistant only).
        #[arg(long)]
        to: Option<String>,
    },
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        match self {
            Verb::Form { clause } => form(global, &clause),
            Verb::List { all, class, standard } => list(global, all, class.as_deref(), standard.as_deref()),
            Verb::Evaluate { clause, subject, judged, not_adequate, answers, rationale, signing } => {
                let ws = global.workspace()?;
                let actor = signing.actor(&ws, None)?;
                let what = format!("recorded the evaluation of {clause} for {subject}");
                let fields = answers.into_iter().collect();
                let evaluation = app::ClauseEvaluation {
                    clause,
                    subject,
                    adequate: !not_adequate,
                    judged,
                    rationale,
                    fields,
                };
                let done = app::clause_evaluate(&ws, &actor, &evaluation)?;
                print::appended(global.json(), &what, &done);
                Ok(Outcome::Clean)
            }
            Verb::Show { clause, defence: false, .. } => Ok(shown(global, &app::clause_show(&clause)?)),
            Verb::Show { clause, inputs, .. } => defence(global, &inputs, &clause),
            Verb::Map { clause, to, all } => {
                Ok(shown(global, &app::clause_map(&clause, to.as_deref(), all)?))
            }
            Verb::Citations { paths, as_of } => citations(global, &paths, as_of.as_deref()),
            Verb::Export { standard, to } => {
                let form = match global.format {
                    Some(Format::CisoAssistant) => app::LibraryForm::CisoAssistant,
                    Some(Format::Oscal) => app::LibraryForm::Oscal,
                    _ => {
                        return Err(Error::refused("which form?")
                            .hint("say `--format ciso-assistant` or `--format oscal`"));
                    }
                };
                print::out(&app::library_export(&standard, to.as_deref(), form)?);
                Ok(Outcome::Clean)
            }
        }
    }
}

fn shown(global: &Global, detail: &app::ClauseDetail) -> Outcome {
    if global.json() {
        print::json(&detail.json);
    } else {
        print::out(&detail.text);
    }
    Outcome::Clean
}

/// The audit-defence texts, filled; what they speak of and was not found goes to stderr.
fn defence(global: &Global, inputs: &Inputs, clause: &str) -> Result<Outcome> {
    let filled = app::clause_defence(&global.workspace()?, &inputs.parse()?, clause)?;
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/defence/v1", "clauses": filled}));
        return Ok(Outcome::Clean);
    }
    for d in &filled {
        print::out(&format!("{} {}\n\n{}\n\n", d.clause, d.title, d.text));
        for missing in &d.missing {
            eprintln!("{}: not found: {missing}", d.clause);
        }
    }
    Ok(Outcome::Clean)
}

fn citations(global: &Global, paths: &[PathBuf], as_of: Option<&str>) -> Result<Outcome> {
    let as_of = as_of.map(str::parse).transpose();
    let as_of = as_of.map_err(|e| Error::refused(format!("--as-of: {e}")))?;
    let checked = app::citations_check(paths, as_of, global.clock()?)?;
    if global.json() {
        print::json(&checked.to_json());
    } else {
        for s in &checked.stale {
            print::out(&format!("{}:{}:{}: {}\n", s.file.display(), s.line, s.column, s.message()));
            if !s.citation.replaced_by.is_empty() {
                print::out(&format!("    cite instead: {}\n", s.citation.replaced_by.join(", ")));
            }
        }
        for (file, why) in &checked.unread {
            eprintln!("not read: {}: {why}", file.display());
        }
        let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        eprintln!("{} in {}", counted(checked.stale.len(), "stale citation"), counted(checked.files, "file"));
    }
    Ok(if checked.stale.is_empty() { Outcome::Clean } else { Outcome::Findings })
}

fn list(global: &Global, all: bool, class: Option<&str>, standard: Option<&str>) -> Result<Outcome> {
    let rows = match standard {
        Some(standard) => app::clause_list_of(standard, all)?,
        None => app::clause_list(all, class)?,
    };
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/clauses/v1", "clauses": rows}));
        return Ok(Outcome::Clean);
    }
    let cells = |r: &app::ClauseRow| {
        vec![r.id.clone(), r.classes.join(" "), r.kind.clone(), r.checked_by.join(", "), r.title.clone()]
    };
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    print::out(&print::table(&["clause", "classes", "kind", "checked by", "title"], &rows));
    Ok(Outcome::Clean)
}

/// `NAME=TEXT`.
fn answer(text: &str) -> std::result::Result<(String, String), String> {
    let (name, said) = text.split_once('=').ok_or("write it as NAME=TEXT")?;
    Ok((name.trim().to_owned(), said.trim().to_owned()))
}

fn form(global: &Global, clause: &str) -> Result<Outcome> {
    let form = app::clause_form(clause)?;
    if global.json() {
        print::json(&form);
    } else {
        print::out(&form.to_text());
    }
    Ok(Outcome::Clean)
}
