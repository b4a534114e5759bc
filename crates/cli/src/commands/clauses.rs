//! `dossier clauses`.

use crate::context::{Global, Signing};
use crate::print::{self, Outcome};
use app::Result;
use clap::Subcommand;

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
    /// One clause.
    Show {
        /// The clause: 62304:5.8.3.
        clause: String,
    },
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        match self {
            Verb::Form { clause } => form(global, &clause),
            Verb::List { all, class } => list(global, all, class.as_deref()),
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
            Verb::Show { clause } => {
                let rows = app::clause_list(true, None)?;
                let row = rows.into_iter().find(|r| r.id == clause).ok_or_else(|| {
                    app::Error::refused(format!("there is no clause `{clause}`"))
                        .hint("list them: dossier clauses list")
                })?;
                if global.json() {
                    print::json(&serde_json::json!({"format": "dossier/clauses/v1", "clauses": [row]}));
                } else {
                    print::out(&app::explain(&clause)?);
                }
                Ok(Outcome::Clean)
            }
        }
    }
}

fn list(global: &Global, all: bool, class: Option<&str>) -> Result<Outcome> {
    let rows = app::clause_list(all, class)?;
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
