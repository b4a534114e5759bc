//! `dossier review`.

use crate::context::{Format, Global, Signing};
use crate::print::{self, Outcome};
use app::{Error, Result, ReviewForm, ReviewPlace, ReviewRequest};
use clap::Subcommand;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Review a folder of existing documents, read-only, against every clause.
///
/// Nothing is written in the folder, no link in it is followed, and nothing is sent anywhere unless `--model` asks for it.
#[derive(clap::Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Example: dossier review ~/qms --clause 62304:5.8 --release 2.4.0 --format html --output review.html\n\
                  Exit codes: 0 everything that was asked for is met, 1 something is not, 2 could not run"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// A folder, a zip, or with `--at` a git repository.
    source: Option<PathBuf>,
    /// Only this clause or group: `62304:5.8`, `5.8.3`. Several times for several.
    #[arg(long = "clause", value_name = "CLAUSE")]
    clauses: Vec<String>,
    /// Only clauses that are read beside this standard: 13485, 14971, mdr. Several times for several.
    #[arg(long = "standard", value_name = "STANDARD")]
    standards: Vec<String>,
    /// The product's name, for the texts of the report.
    #[arg(long, value_name = "NAME")]
    product: Option<String>,
    /// The product's version: evidence of another one is outdated.
    #[arg(long, value_name = "VERSION")]
    release: Option<String>,
    /// The safety class: A, B or C. Without it everything is asked for.
    #[arg(long, value_name = "CLASS", value_parser = ["A", "B", "C"])]
    class: Option<String>,
    /// Review this revision of the git repository that the source lies in.
    #[arg(long, value_name = "REV")]
    at: Option<String>,
    /// The day of the review; today without it.
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Write the report to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Compare with an earlier review in JSON: what closed, what opened.
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
    /// Decisions of people on verdicts, in TOML.
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// Write a form for decisions on what is not decided yet.
    #[arg(long, value_name = "FILE")]
    decisions_form: Option<PathBuf>,
    /// Let a model judge what was not found: the endpoint of DOSSIER_MODEL_URL, DOSSIER_MODEL and DOSSIER_MODEL_KEY; an answer may take
    /// DOSSIER_MODEL_SECONDS (120 without it).
    #[arg(long)]
    model: bool,
    /// Use the answers of a model that an earlier review in JSON holds; nothing is sent.
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    replay: Option<PathBuf>,
    /// Review a folder of Google Drive by its id; the access token is in DOSSIER_DRIVE_TOKEN.
    #[arg(long, value_name = "FOLDER-ID", conflicts_with_all = ["source", "at"])]
    drive: Option<String>,
    /// Review a document library of SharePoint or OneDrive by its drive id; the access token is in DOSSIER_GRAPH_TOKEN.
    #[arg(long, value_name = "DRIVE-ID", conflicts_with_all = ["source", "at", "drive"])]
    sharepoint: Option<String>,
    /// The folder of texts that were read before, by digest.
    #[arg(long, value_name = "DIR", env = "DOSSIER_REVIEW_CACHE")]
    cache: Option<PathBuf>,
    /// Read every file anew.
    #[arg(long, conflicts_with = "cache")]
    no_cache: bool,
    /// Leave pages without text layer unread even where tesseract is installed.
    #[arg(long)]
    no_ocr: bool,
    /// Seconds that one file may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds_per_file: u64,
    /// Largest file in MiB.
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(1..=65_536))]
    largest_file: u64,
    /// Files to read at a time; all processors without it.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// `dossier review …`
#[derive(Subcommand, Debug)]
#[allow(clippy::large_enum_variant, reason = "one value for each run of the program")]
enum Verb {
    /// Open a review as pages on this machine: read it, confirm, reject or comment on each verdict.
    ///
    /// Decisions are kept in a TOML file that `dossier review --decisions` reads; what people wrote in it by hand stays.
    ///
    /// Example: dossier review open review.json --decisions decisions.toml
    Open {
        /// The review, in JSON.
        review: PathBuf,
        /// The file of decisions; made with the first one.
        #[arg(long, value_name = "FILE", default_value = "decisions.toml")]
        decisions: PathBuf,
        /// The address to listen on, of this machine only.
        #[arg(long, default_value = "127.0.0.1:8763")]
        listen: std::net::SocketAddr,
    },
    /// Enter a reviewed and confirmed document as an external controlled document of the product, by digest.
    ///
    /// Example: dossier review adopt release.docx --review review.json --from ~/qms --document DOC-REL-7 --revision 2
    Adopt {
        /// The file as the review names it.
        file: String,
        /// The review, in JSON, with its decisions.
        #[arg(long, value_name = "FILE")]
        review: PathBuf,
        /// The folder that was reviewed.
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
        /// The id by which it is known in the product: `DOC-REL-7`.
        #[arg(long, value_name = "ID")]
        document: String,
        /// Its revision.
        #[arg(long, value_name = "REVISION")]
        revision: String,
        /// Where it is kept; the reviewed folder without it.
        #[arg(long, value_name = "PLACE")]
        location: Option<String>,
        /// What changed and why, from the second revision on.
        #[arg(long, default_value = "")]
        reason: String,
        #[command(flatten)]
        signing: Signing,
    },
}

impl Args {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        match self.verb {
            Some(verb) => verb.run(global),
            None => self.review(global),
        }
    }

    fn review(self, global: &Global) -> Result<Outcome> {
        let form = form(global.format)?;
        let place = self.place()?;
        for (path, what) in [(&self.output, "the report"), (&self.decisions_form, "the form")] {
            if let (Some(path), Some(folder)) = (path, &self.source) {
                app::outside(path, folder, what)?;
            }
        }
        if self.output.is_none() && matches!(form, ReviewForm::Pdf | ReviewForm::Xlsx) {
            return Err(Error::refused("a PDF or a spreadsheet is no text for a terminal")
                .hint("name a file with `--output FILE`"));
        }
        let endpoint = if self.model { Some(app::endpoint_from_environment()?) } else { None };
        if let Some(endpoint) = &endpoint {
            eprintln!("note: passages of the documents are sent to `{}` at {}", endpoint.model, endpoint.url);
        }
        let request = ReviewRequest {
            place,
            clauses: self.clauses.clone(),
            standards: self.standards.clone(),
            product: self.product.clone(),
            version: self.release.clone(),
            class: self.class.clone(),
            as_of: self
                .as_of
                .as_deref()
                .map(|d| d.parse().map_err(|e| Error::refused(format!("--as-of: {e}"))))
                .transpose()?,
            cache: self.cache_folder(),
            child: child()?,
            ocr: !self.no_ocr,
            limits: app::ReviewLimits {
                file: self.largest_file << 20,
                seconds: self.seconds_per_file,
                ..app::ReviewLimits::default()
            },
            threads: self
                .threads
                .unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from)),
            decisions: self.decisions.clone(),
            replay: self.replay.clone(),
            endpoint,
        };
        let bar = Bar::new();
        let mut review = app::review_run(&request, global.clock()?, &|p| bar.show(p.done, p.all))?;
        bar.end();
        if let Some(before) = &self.compare {
            app::review_compare(before, &mut review)?;
        }
        if let Some(path) = &self.decisions_form {
            write(path, app::review_decisions_form(&review).as_bytes())?;
            eprintln!("wrote {}", path.display());
        }
        let bytes = app::review_render(&review, form)?;
        match &self.output {
            Some(path) => {
                write(path, &bytes)?;
                eprintln!("wrote {}", path.display());
            }
            None => print::out(&String::from_utf8_lossy(&bytes)),
        }
        talk(&review);
        let open = review
            .counts()
            .iter()
            .any(|(v, n)| *n > 0 && !matches!(v, app::ReviewVerdict::Met | app::ReviewVerdict::Human));
        Ok(if open { Outcome::Findings } else { Outcome::Clean })
    }

    fn place(&self) -> Result<ReviewPlace> {
        let token = |name: &str| {
            std::env::var(name).ok().filter(|t| !t.is_empty()).ok_or_else(|| {
                Error::refused(format!("no access token: {name} is not set"))
                    .hint("a token that can only read is enough")
            })
        };
        match (&self.drive, &self.sharepoint, &self.source, &self.at) {
            (Some(folder), ..) => {
                let url = std::env::var("DOSSIER_DRIVE_URL").unwrap_or_else(|_| app::DRIVE_URL.to_owned());
                Ok(ReviewPlace::Drive(app::Drive {
                    folder: folder.clone(),
                    token: token("DOSSIER_DRIVE_TOKEN")?,
                    url,
                }))
            }
            (_, Some(drive), ..) => {
                let url = std::env::var("DOSSIER_GRAPH_URL").unwrap_or_else(|_| app::GRAPH_URL.to_owned());
                Ok(ReviewPlace::SharePoint(app::SharePoint {
                    drive: drive.clone(),
                    token: token("DOSSIER_GRAPH_TOKEN")?,
                    url,
                }))
            }
            (_, _, Some(source), Some(at)) => {
                Ok(ReviewPlace::Git { repository: source.clone(), revision: at.clone() })
            }
            (_, _, Some(source), None) => ReviewPlace::of_path(source),
            _ => Err(Error::refused("what is to be reviewed?")
                .hint("name a folder or a zip: `dossier review DIR`")),
        }
    }

    fn cache_folder(&self) -> Option<PathBuf> {
        if self.no_cache {
            return None;
        }
        let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let base = || variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|h| h.join(".cache")));
        self.cache.clone().or_else(|| Some(base()?.join("dossier").join("review")))
    }
}

/// The form of the report: text for a person at a terminal is Markdown.
fn form(format: Option<Format>) -> Result<ReviewForm> {
    Ok(match format {
        Some(Format::Json) => ReviewForm::Json,
        Some(Format::Html) => ReviewForm::Html,
        Some(Format::Pdf) => ReviewForm::Pdf,
        Some(Format::Xlsx) => ReviewForm::Xlsx,
        Some(Format::Md | Format::Full) | None => ReviewForm::Markdown,
        Some(_) => {
            return Err(Error::refused("a review has no such form")
                .hint("`--format html`, `pdf`, `md`, `json` or `xlsx`"));
        }
    })
}

/// This program reads one file when it is called as `extract-worker NAME`.
fn child() -> Result<(PathBuf, Vec<String>)> {
    let own = std::env::current_exe()
        .map_err(|e| Error::environment("the program cannot find itself").because(e))?;
    Ok((own, vec!["extract-worker".to_owned()]))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes)
        .map_err(|e| Error::environment(format!("{} cannot be written", path.display())).because(e))
}

/// A few lines on standard error: what came of it.
fn talk(review: &app::Review) {
    let counts: Vec<String> = review.counts().iter().map(|(v, n)| format!("{n} {}", v.words())).collect();
    eprintln!(
        "{} files read, {} not; {}; {} gaps",
        review.files.len(),
        review.unread.len(),
        counts.join(", "),
        review.gaps.len()
    );
    if let Some(changed) = &review.comparison {
        eprintln!(
            "since {}: {} closed, {} opened; gaps: {} closed, {} opened",
            changed.before,
            changed.closed.len(),
            changed.opened.len(),
            changed.gaps_closed.len(),
            changed.gaps_opened.len()
        );
    }
    if let Some(usage) = &review.model {
        let discarded = usage.invented + usage.unusable;
        eprintln!(
            "{}: {} questions, {} answers counted, {discarded} were discarded; {} passages that speak to a model were kept from it",
            usage.model, usage.asked, usage.accepted, usage.withheld
        );
        if usage.failed > 0 {
            eprintln!(
                "{}: {} of {} questions stayed without an answer, {} more were not put",
                usage.model, usage.failed, usage.asked, usage.given_up
            );
        }
    }
    for file in review.unread.iter().take(10) {
        eprintln!("not read: {}: {}", file.file, file.reason);
    }
    if review.unread.len() > 10 {
        eprintln!("not read: {} more, all in the report", review.unread.len() - 10);
    }
}

/// A progress bar on a terminal, and nothing elsewhere.
struct Bar {
    shown: bool,
}

impl Bar {
    fn new() -> Bar {
        use std::io::IsTerminal as _;
        Bar { shown: std::io::stderr().is_terminal() }
    }

    fn show(&self, done: usize, all: usize) {
        if self.shown && (done.is_multiple_of(5) || done == all) {
            let filled = done * 30 / all.max(1);
            eprint!("\r[{}{}] {done} of {all} files", "#".repeat(filled), " ".repeat(30 - filled));
            drop(std::io::stderr().flush());
        }
    }

    fn end(&self) {
        if self.shown {
            eprintln!();
        }
    }
}

impl Verb {
    fn run(self, global: &Global) -> Result<Outcome> {
        let (file, review, from, document, revision, location, reason, signing) = match self {
            Verb::Adopt { file, review, from, document, revision, location, reason, signing } => {
                (file, review, from, document, revision, location, reason, signing)
            }
            Verb::Open { review, decisions, listen } => {
                if !listen.ip().is_loopback() {
                    return Err(Error::refused(format!("{listen} can be reached by others"))
                        .hint("a review is decided on at the machine that it lies on: 127.0.0.1:PORT"));
                }
                let desk = app::ReviewDesk::open(&review, decisions, global.clock()?)?;
                crate::site::serve_review(desk, listen)?;
                return Ok(Outcome::Clean);
            }
        };
        let ws = global.workspace()?;
        let known = app::review_read(&review)?;
        let path = from.join(&file);
        let location = location.unwrap_or_else(|| path.display().to_string());
        let adoption = app::Adoption { file, document, revision, location, reason };
        let done = app::review_adopt(&ws, &signing.person()?, &known, &adoption, &path)?;
        print::appended(
            global.json(),
            &format!("{} is an external controlled document", adoption.document),
            &done,
        );
        Ok(Outcome::Clean)
    }
}
