//! `dossier anomaly list | view | fielded | addendum | unresolved`.

use super::date;
use crate::context::{Format, Global, Inputs, Signing};
use crate::print::{self, Outcome};
use app::records::ViewSave;
use app::{Asking, Error, Result, UnresolvedForm, Workspace};
use clap::{Args, Subcommand};

/// `dossier anomaly list`
#[derive(Args, Debug)]
#[command(
    after_help = "Fields: id title description severity state disposition version introduced fixed category cause found function item hazard source change tracker key by reported closed age
Words: open resolved verified investigated evaluated problem safety-relevant security-relevant disclosed unacceptable mirrored reopened duplicate wont-fix
With a value: affects ITM-x, residual-in 2.4.0, evaluated-for 2.4.0, affected-release 2.3.0, mentions \"two words\"
Join them with and, or, not and brackets; compare with = != < <= > >= ~ (contains) and in (a, b); end with `order by FIELD desc limit N`
Example: dossier anomaly list 'severity>=major and open and age>30d and affects ITM-x'"
)]
pub(crate) struct ListArgs {
    /// The question; all anomalies without one.
    #[arg(default_value = "")]
    query: String,
    /// A saved question.
    #[arg(long)]
    view: Option<String>,
    /// Only those known and not corrected in this version.
    #[arg(long)]
    residual_in: Option<String>,
    #[command(flatten)]
    inputs: Inputs,
}

/// `dossier anomaly trend`
#[derive(Args, Debug)]
pub(crate) struct TrendArgs {
    /// Which anomalies; all without a question.
    #[arg(default_value = "")]
    query: String,
    /// A saved question.
    #[arg(long)]
    view: Option<String>,
    /// What they are grouped by: item, category, version, severity.
    #[arg(long, default_value = "")]
    by: String,
    /// The first day; a year before the last one where absent, and not before the ledger began.
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// The last day.
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// Write the charts as SVG to this file.
    #[arg(long, value_name = "FILE")]
    svg: Option<std::path::PathBuf>,
    /// Write the charts and tables as PDF/A to this file.
    #[arg(long, value_name = "FILE")]
    pdf: Option<std::path::PathBuf>,
    /// Record that the trend was read; an adverse one opens a corrective action.
    #[arg(long, requires = "conclusion")]
    review: bool,
    /// What was concluded.
    #[arg(long)]
    conclusion: Option<String>,
    /// The corrective action that answers an adverse trend, where there is one already.
    #[arg(long)]
    capa: Option<String>,
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    signing: Signing,
}

impl TrendArgs {
    pub(super) fn run(self, ws: &Workspace, global: &Global) -> Result<Outcome> {
        let day = |flag: &str, text: &Option<String>| text.as_deref().map(|t| date(flag, t)).transpose();
        let of = app::TrendOf {
            asking: Asking {
                query: self.query,
                view: self.view,
                ledger_at: self.inputs.ledger_at,
                as_of: day("as-of", &self.inputs.as_of)?,
            },
            by: self.by,
            from: day("from", &self.from)?,
            to: day("to", &self.to)?,
        };
        let trend = app::anomaly_trend(ws, &of)?;
        let write = |file: &std::path::Path, bytes: &[u8]| {
            std::fs::write(file, bytes)
                .map_err(|e| Error::environment(format!("could not write {}", file.display())).because(e))
        };
        if let Some(file) = &self.svg {
            app::export_noted(ws, "trend of anomalies")?;
            write(file, trend.to_svg().as_bytes())?;
        }
        if let Some(file) = &self.pdf {
            write(file, &app::anomaly_trend_pdf(ws, &of)?)?;
        }
        if global.json() {
            print::json(&trend)
        } else {
            print::out(&trend.to_text())
        }
        if self.review {
            let actor = self.signing.actor(ws, None)?;
            let done = app::trend_review(ws, &actor, &of, &self.conclusion.unwrap_or_default(), self.capa)?;
            print::appended(false, "recorded the review of the trend", &done.appended);
            if let Some(capa) = done.opened {
                eprintln!("the trend is adverse: opened {capa}");
            }
        }
        Ok(if trend.adverse().is_empty() { Outcome::Clean } else { Outcome::Findings })
    }
}

/// `dossier anomaly view`
#[derive(Subcommand, Debug)]
pub(crate) enum ViewVerb {
    /// Save a question. Example: dossier anomaly view save blockers 'severity>=major and open'
    Save {
        /// The name.
        view: String,
        /// The question; empty takes the name away.
        query: String,
        /// It is a question over change requests.
        #[arg(long)]
        changes: bool,
        /// What it is for.
        #[arg(long, default_value = "")]
        about: String,
        /// Who saves it.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// All saved questions.
    List,
}

impl ListArgs {
    pub(super) fn run(self, ws: &Workspace, global: &Global) -> Result<Outcome> {
        let query = match (&self.residual_in, self.query.trim()) {
            (None, q) => q.to_owned(),
            (Some(v), "") => format!("residual-in {v}"),
            (Some(v), q) => format!("residual-in {v} and ({q})"),
        };
        let asking = Asking {
            query,
            view: self.view,
            ledger_at: self.inputs.ledger_at,
            as_of: self.inputs.as_of.as_deref().map(|t| date("as-of", t)).transpose()?,
        };
        let rows = app::anomaly_list(ws, &asking)?;
        if global.json() {
            print::json(&serde_json::json!({"format": "dossier/anomalies/v1", "query": asking.query,
                "count": rows.len(), "anomalies": rows}));
            return Ok(Outcome::Clean);
        }
        let cells = |a: &app::AnomalyRow| {
            vec![
                a.anomaly.clone(),
                a.severity.clone(),
                a.version.clone(),
                a.reported.to_string(),
                a.state.clone(),
                a.title.clone(),
            ]
        };
        let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
        print::out(&print::table(&["anomaly", "severity", "seen in", "reported", "state", "title"], &cells));
        eprintln!("{} {}", rows.len(), if rows.len() == 1 { "anomaly" } else { "anomalies" });
        let strange = app::severities_off_scale(ws, &rows);
        if !strange.is_empty() {
            eprintln!(
                "note: not on the scale of severity, so counted as the worst: {}; [anomalies] severity in dossier.toml names your scale",
                strange.join(", ")
            );
        }
        Ok(Outcome::Clean)
    }
}

impl ViewVerb {
    pub(super) fn run(self, ws: &Workspace, global: &Global) -> Result<Outcome> {
        match self {
            ViewVerb::Save { view, query, changes, about, by } => {
                let what = format!("saved the view {view}");
                let of = if changes { "changes" } else { "anomalies" }.to_owned();
                let done = app::view_save(ws, &by, &ViewSave { view, of, query, about })?;
                print::appended(global.json(), &what, &done);
            }
            ViewVerb::List => {
                let views = app::view_list(ws)?;
                if global.json() {
                    print::json(&serde_json::json!({"format": "dossier/views/v1", "views": views}));
                } else {
                    let cells = |v: &app::SavedView| {
                        vec![v.view.clone(), v.of.clone(), v.query.clone(), v.about.clone()]
                    };
                    let cells: Vec<Vec<String>> = views.iter().map(cells).collect();
                    print::out(&print::table(&["view", "of", "question", "about"], &cells));
                }
            }
        }
        Ok(Outcome::Clean)
    }
}

/// So many releases are named in a cell.
const NAMED: usize = 6;

pub(super) fn fielded(ws: &Workspace, global: &Global, of: &app::FieldedOf) -> Result<Outcome> {
    let found = app::anomaly_fielded(ws, of)?;
    if global.json() {
        print::json(&found);
    } else {
        let releases = |r: &app::FieldedRow| {
            let named = r.releases.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
            match r.releases.len().saturating_sub(NAMED) {
                0 => named,
                more => format!("{named} and {more} more"),
            }
        };
        let cells = |r: &app::FieldedRow| {
            let standing = r.standing.as_str().to_owned();
            vec![r.anomaly.clone(), r.severity.clone(), standing, releases(r), r.title.clone()]
        };
        let cells: Vec<Vec<String>> = found.rows.iter().map(cells).collect();
        if !cells.is_empty() {
            print::out(&print::table(&["anomaly", "severity", "standing", "releases", "title"], &cells));
        }
        eprintln!("{}", found.summary());
        if found.more > 0 {
            eprintln!("{} further rows: `--all` lists them, `--release` those of one release", found.more);
        }
    }
    Ok(if of.open && found.open() > 0 { Outcome::Findings } else { Outcome::Clean })
}

pub(super) fn addendum(
    ws: &Workspace,
    global: &Global,
    version: &str,
    ledger_at: Option<u64>,
) -> Result<Outcome> {
    let addendum = app::anomaly_addendum(ws, version, ledger_at)?;
    if global.json() {
        print::json(&addendum)
    } else {
        print::out(&addendum.to_text())
    }
    Ok(Outcome::Clean)
}

pub(super) fn unresolved(
    ws: &Workspace,
    global: &Global,
    version: &str,
    ledger_at: Option<u64>,
) -> Result<Outcome> {
    let form = match global.format {
        None | Some(Format::Full | Format::Md) => UnresolvedForm::Markdown,
        Some(Format::Csv) => UnresolvedForm::Csv,
        Some(Format::Json) => UnresolvedForm::Json,
        Some(other) => {
            return Err(Error::refused(format!("this list has no form `{other:?}`"))
                .hint("forms: --format md, csv or json"));
        }
    };
    let list = app::anomaly_unresolved(ws, version, form, ledger_at)?;
    // A form that was asked for is a copy for keeping; JSON is read by a program.
    if matches!(global.format, Some(Format::Csv | Format::Md)) {
        app::export_noted(ws, &format!("unresolved anomalies of {version}"))?;
    }
    print::out(&list);
    Ok(Outcome::Clean)
}
