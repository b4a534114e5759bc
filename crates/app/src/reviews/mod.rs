//! Reviews of existing documents: sources, the optional model, reports, and the way of a confirmed document into the evidence.

mod adopt;
mod cloud;
mod desk;
mod endpoint;
mod places;
mod sheet;
mod standards;
mod xlsx;

pub use adopt::{Adoption, review_adopt};
pub use cloud::{DRIVE_URL, Drive, GRAPH_URL, SharePoint};
pub use desk::{Deciding, ReviewDesk};
pub use endpoint::{Endpoint, endpoint_from_environment};
pub use places::Place as ReviewPlace;
pub use standards::{
    Crosswalked, DocumentView, ForeignClause, STANDARDS, Through, crosswalked, standard_column,
};

use crate::clock::Clock;
use crate::error::{Doing as _, Error, Result};
use extract::{Cache, Progress, Reader, read_each};
use review::{Decisions, Engine, Model, Options, Review, Seen, compare};
use std::path::{Path, PathBuf};

/// What a review is asked for.
#[derive(Debug)]
pub struct ReviewRequest {
    /// What to review.
    pub place: ReviewPlace,
    /// Clauses or groups; all where empty.
    pub clauses: Vec<String>,
    /// Standards: only clauses of IEC 62304 that are read beside one of these; all where empty.
    pub standards: Vec<String>,
    /// The product's name.
    pub product: Option<String>,
    /// The product's version.
    pub version: Option<String>,
    /// The safety class.
    pub class: Option<String>,
    /// The day of the review; today where none.
    pub as_of: Option<vocabulary::Date>,
    /// The folder of texts that were read before; none for no cache.
    pub cache: Option<PathBuf>,
    /// The program that reads one file, and its arguments before the file's name.
    pub child: (PathBuf, Vec<String>),
    /// Whether scanned pages are read by OCR where it is installed.
    pub ocr: bool,
    /// Largest file in bytes, and seconds for one file.
    pub limits: extract::Limits,
    /// Files to read at a time.
    pub threads: usize,
    /// A file of decisions.
    pub decisions: Option<PathBuf>,
    /// An earlier review whose exchanges with a model are used again.
    pub replay: Option<PathBuf>,
    /// A model endpoint; none, and nothing is sent anywhere.
    pub endpoint: Option<Endpoint>,
}

/// Forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewForm {
    /// `dossier/review/v1`.
    Json,
    /// One HTML file.
    Html,
    /// Markdown.
    Markdown,
    /// PDF/A.
    Pdf,
    /// A spreadsheet of actions.
    Xlsx,
}

/// Reviews documents. Nothing is written beside them and nothing is sent anywhere, but to a model endpoint where one is given.
///
/// # Errors
/// When the source cannot be listed, a file named in the request cannot be read, or the cache lies inside of what is reviewed.
pub fn review_run(
    request: &ReviewRequest,
    clock: Clock,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Review> {
    if let (Some(cache), Some(folder)) = (&request.cache, request.place.folder()) {
        outside(cache, folder, "the cache")?;
    }
    let decisions = request.decisions.as_deref().map(read_decisions).transpose()?;
    let replay = request.replay.as_deref().map(review_read).transpose()?;
    let source = request.place.open()?;
    let cache = match &request.cache {
        Some(folder) => Some(Cache::open(folder).doing(format_args!("make the cache {}", folder.display()))?),
        None => None,
    };
    let (program, arguments) = request.child.clone();
    let mut reader = Reader::new(program, arguments);
    reader.ocr = request.ocr;
    reader.limits = request.limits;
    let as_of = match request.as_of {
        Some(date) => date,
        None => clock.today("UTC")?,
    };
    let options = Options {
        clauses: clauses_of(request)?,
        product: request.product.clone(),
        version: request.version.clone(),
        class: request.class.clone(),
        as_of: as_of.to_string(),
        threads: request.threads,
    };
    let replayed = replay.and_then(|r| r.model).map(review::replay);
    let model: Option<&dyn Model> = match (&replayed, &request.endpoint) {
        (Some(replay), _) => Some(replay),
        (None, Some(endpoint)) => Some(endpoint),
        (None, None) => None,
    };
    let engine = Engine::new(clauses::guides(), request.version.as_deref());
    let engine = if model.is_some() { engine.with_shortlist() } else { engine };
    let files = judged(&engine, source.as_ref(), &reader, cache.as_ref(), request.threads, progress)?;
    let mut result = engine.conclude(&source.title(), &files, &options, model);
    if let Some(decisions) = decisions {
        decisions.apply(&mut result);
    }
    Ok(result)
}

/// Every file, read and judged; what was judged before by the same engine is neither read nor judged again.
fn judged(
    engine: &Engine<'_>,
    source: &dyn extract::Source,
    reader: &Reader,
    cache: Option<&Cache>,
    threads: usize,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Seen>> {
    let read_by = format!("reader {} ocr {}", extract::READER_VERSION, reader.ocr);
    let kept = cache.filter(|_| engine.takes_kept());
    let known = |name: &str, digest: &str| -> Option<Seen> {
        kept?.made(&engine.key(name, digest, &read_by)).map(Seen::Judged)
    };
    let work = |order: usize, file: extract::FileRead| -> Seen {
        let seen = engine.judge(order, &file);
        if let (Some(cache), Seen::Judged(judged)) = (kept, &seen) {
            cache.keep(&engine.key(&file.name, &file.digest, &read_by), judged);
        }
        seen
    };
    read_each(source, reader, cache, threads, progress, &known, &work)
        .map_err(|e| Error::environment(e.to_string()))
}

/// The clauses that are asked for, by clause and by standard.
fn clauses_of(request: &ReviewRequest) -> Result<Vec<String>> {
    for clause in &request.clauses {
        let id = if clause.contains(':') { clause.clone() } else { format!("62304:{clause}") };
        if clauses::guides().under(&id).next().is_none() {
            return Err(Error::refused(format!("the clause library has no guide for `{clause}`")).hint(
                "name a clause or a group, such as `62304:5.8` or `5.8.3`; `dossier clauses list` shows them",
            ));
        }
    }
    if request.standards.is_empty() || request.standards.iter().any(|s| s == "62304") {
        return Ok(request.clauses.clone());
    }
    let beside = |related: &String| request.standards.iter().any(|s| related.starts_with(&format!("{s}:")));
    let found: Vec<String> =
        clauses::guides().all().filter(|g| g.related.iter().any(beside)).map(|g| g.clause.clone()).collect();
    if found.is_empty() {
        return Err(Error::refused(format!(
            "no guide of the clause library is read beside `{}`",
            request.standards.join("`, `")
        ))
        .hint("try 13485, 14971, mdr or 62304"));
    }
    if request.clauses.is_empty() {
        return Ok(found);
    }
    let asked =
        |c: &&String| request.clauses.iter().any(|a| c.ends_with(a.as_str()) || c.contains(&format!("{a}.")));
    Ok(found.iter().filter(asked).cloned().collect())
}

fn read_decisions(path: &Path) -> Result<Decisions> {
    let text = std::fs::read_to_string(path).doing(format_args!("read {}", path.display()))?;
    Decisions::parse(&text).map_err(|e| Error::refused(format!("{}: {e}", path.display())))
}

/// Reads a review that was written as JSON.
///
/// # Errors
/// When there is no such file, or it is none.
pub fn review_read(path: &Path) -> Result<Review> {
    let text = std::fs::read_to_string(path).doing(format_args!("read {}", path.display()))?;
    let review: Review = serde_json::from_str(&text)
        .map_err(|e| Error::refused(format!("{} is no review in JSON", path.display())).because(e))?;
    if review.format != review::FORMAT {
        return Err(Error::refused(format!(
            "{} is `{}`, not `{}`",
            path.display(),
            review.format,
            review::FORMAT
        )));
    }
    Ok(review)
}

/// Puts into a review what closed and what opened since an earlier one.
///
/// # Errors
/// When the earlier review cannot be read.
pub fn review_compare(before: &Path, now: &mut Review) -> Result<()> {
    now.comparison = Some(compare(&review_read(before)?, now));
    Ok(())
}

/// The file of decisions for people to fill in.
pub fn review_decisions_form(review: &Review) -> String {
    Decisions::form(review)
}

/// Writes a review for readers.
///
/// # Errors
/// When a PDF cannot be set.
pub fn review_render(review: &Review, form: ReviewForm) -> Result<Vec<u8>> {
    Ok(match form {
        ReviewForm::Json => {
            let mut json = serde_json::to_value(review).doing("write the review as JSON")?;
            if let Some(object) = json.as_object_mut() {
                let seen = serde_json::to_value(crosswalked(review)).doing("write the crosswalk as JSON")?;
                object.insert("crosswalk".to_owned(), seen);
            }
            format!("{json:#}\n").into_bytes()
        }
        ReviewForm::Xlsx => xlsx::write(review)?,
        ReviewForm::Html => sheet::sheet(review)?.html().into_bytes(),
        ReviewForm::Markdown => sheet::sheet(review)?.markdown().into_bytes(),
        ReviewForm::Pdf => sheet::sheet(review)?.pdf().doing("set the review as PDF")?,
    })
}

/// Refuses a path that lies inside of what is reviewed.
///
/// # Errors
/// When it does.
pub fn outside(path: &Path, folder: &Path, what: &str) -> Result<()> {
    let real = |p: &Path| {
        // What is not there yet lies where its nearest folder lies.
        p.ancestors().find_map(|a| {
            let a = if a.as_os_str().is_empty() { Path::new(".") } else { a };
            a.canonicalize().ok()
        })
    };
    match (real(path), folder.canonicalize().ok()) {
        (Some(path), Some(folder)) if path.starts_with(&folder) => Err(Error::refused(format!(
            "{what} would lie inside of {}, and a review writes nothing there",
            folder.display()
        ))
        .hint("name a place outside of it")),
        _ => Ok(()),
    }
}
