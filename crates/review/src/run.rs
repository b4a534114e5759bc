//! A whole review: documents in, verdicts out.

use crate::corpus::{Document, Kinds};
use crate::cross;
use crate::gaps::gaps;
use crate::index::Index;
use crate::judge::Judge;
use crate::model::{Model, ModelUse, ask};
use crate::phrases::Wanted;
use crate::result::{
    ClauseResult, ConstraintResult, FORMAT, FacetResult, Review, ReviewedFile, UnreadFile, Verdict,
};
use clauses::{Constraint, Guide, Guides, Language, Place};
use extract::{FileRead, Outcome};
use sha2::{Digest as _, Sha256};

/// What to review for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Clauses or groups (`62304:5.8`, `5.8.3`); all where empty.
    pub clauses: Vec<String>,
    /// The product's name.
    pub product: Option<String>,
    /// The product's version: evidence of another one is outdated.
    pub version: Option<String>,
    /// The safety class: constraints that are not due for it are left out.
    pub class: Option<String>,
    /// The day of the review.
    pub as_of: String,
    /// Threads to judge with.
    pub threads: usize,
}

/// What is reviewed.
#[derive(Clone, Debug)]
pub struct Source {
    /// What it is.
    pub title: String,
    /// Its files, read or not.
    pub files: Vec<FileRead>,
}

/// Reviews `source` against the guides of the library.
pub fn review(source: &Source, guides: &Guides, options: &Options, model: Option<&dyn Model>) -> Review {
    let kinds = Kinds::new(guides.documents());
    let mut documents = Vec::new();
    let mut index = Index::default();
    let mut unread = Vec::new();
    for file in &source.files {
        match &file.outcome {
            Outcome::Read(text) => {
                let mut document = Document::new(&file.name, &file.digest, text, &kinds);
                index.add(documents.len(), &mut document);
                documents.push(document);
            }
            Outcome::Unread(why) => {
                unread.push(UnreadFile { file: file.name.clone(), reason: why.to_string() })
            }
        }
    }
    index.complete();
    let judge = Judge { documents: &documents, index: &index, version: options.version.as_deref() };
    let chosen: Vec<&Guide> = guides.all().filter(|g| wanted(g, &options.clauses)).collect();
    let mut results = in_parallel(&chosen, options.threads, |guide| clause(guide, &judge, options));
    let model = model.map(|model| with_model(model, &judge, guides, &mut results));
    let mut found = Vec::new();
    for (guide, result) in chosen.iter().zip(&mut results) {
        finish(guide, result, &documents, options);
        found.extend(gaps(guide, result, &judge));
    }
    let rank = |severity: &str| {
        ["critical", "major", "moderate", "minor"].iter().position(|s| *s == severity).unwrap_or(9)
    };
    found.sort_by(|a, b| {
        rank(&a.severity).cmp(&rank(&b.severity)).then_with(|| clauses::compare_ids(&a.clause, &b.clause))
    });
    let in_force =
        clauses::library().standards().iter().filter(|s| s.id == "62304").flat_map(|s| s.in_force()).count();
    Review {
        format: FORMAT.to_owned(),
        source: source.title.clone(),
        product: options.product.clone(),
        version: options.version.clone(),
        class: options.class.clone(),
        as_of: options.as_of.clone(),
        library: library_digest(),
        coverage: (guides.all().count(), in_force),
        files: documents.iter().map(|d| reviewed(d, &results)).collect(),
        clauses: results,
        gaps: found,
        cross_checks: cross::checks(&documents),
        unread,
        model,
    }
}

/// Whether a guide is asked for: by its clause, by its group, with or without the standard.
fn wanted(guide: &Guide, clauses: &[String]) -> bool {
    clauses.is_empty()
        || clauses.iter().any(|c| {
            let c = if c.contains(':') { c.clone() } else { format!("62304:{c}") };
            guide.clause == c || guide.clause.starts_with(&format!("{c}."))
        })
}

/// Applies `work` to each, in order, on several threads.
fn in_parallel<T: Sync, R: Send>(items: &[T], threads: usize, work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = threads.clamp(1, items.len().max(1));
    let size = items.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let handles: Vec<_> = items
            .chunks(size)
            .map(|chunk| scope.spawn(|| chunk.iter().map(&work).collect::<Vec<R>>()))
            .collect();
        handles
            .into_iter()
            .flat_map(|h| match h.join() {
                Ok(results) => results,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect()
    })
}

fn clause(guide: &Guide, judge: &Judge<'_>, options: &Options) -> ClauseResult {
    let row = clauses::clause(&guide.clause);
    let due = |c: &&Constraint| options.class.as_deref().is_none_or(|class| c.applies_to(class));
    let kind = row.and_then(|r| r.kind);
    let constraints = guide.constraints.iter().filter(due).map(|c| constraint(c, judge, kind)).collect();
    ClauseResult {
        clause: guide.clause.clone(),
        title: row.map(|r| r.title.clone()).unwrap_or_default(),
        classes: row.map(clauses::Clause::classes_text).unwrap_or_default(),
        verdict: Verdict::NotFound,
        expected_files: Vec::new(),
        constraints,
        defence: String::new(),
        carries_over: guide.carries_over.clone(),
        new: guide.new.clone(),
        related: guide.related.clone(),
    }
}

fn constraint(constraint: &Constraint, judge: &Judge<'_>, kind: Option<clauses::Kind>) -> ConstraintResult {
    let facets: Vec<FacetResult> = constraint.facets.iter().map(|f| judge.facet(f, kind)).collect();
    ConstraintResult {
        id: constraint.id.clone(),
        text: constraint.text.clone(),
        verdict: Verdict::Human,
        reason: constraint.outside.clone().unwrap_or_default(),
        quotes: Vec::new(),
        facets,
        decision: None,
        ask_again: false,
    }
}

/// Asks the model about facets without evidence.
fn with_model(
    model: &dyn Model,
    judge: &Judge<'_>,
    guides: &Guides,
    results: &mut [ClauseResult],
) -> ModelUse {
    let mut usage = ModelUse { model: model.name(), ..ModelUse::default() };
    for facet in results.iter_mut().flat_map(|c| &mut c.constraints).flat_map(|c| &mut c.facets) {
        if matches!(facet.verdict, Verdict::Met | Verdict::Contradicted | Verdict::Outdated) {
            continue;
        }
        let Some(known) =
            guides.all().flat_map(|g| &g.constraints).flat_map(|c| &c.facets).find(|f| f.id == facet.id)
        else {
            continue;
        };
        let mut query = Vec::new();
        for phrase in
            [Language::En, Language::De].iter().filter_map(|l| known.wording.get(l)).flat_map(|w| &w.says)
        {
            query.extend(Wanted::new(phrase, judge.index).query());
        }
        let places = judge.index.search(&query, 8);
        let candidates: Vec<(&Document, usize)> = places
            .iter()
            .filter_map(|id| judge.index.place(*id))
            .filter_map(|(d, p)| judge.documents.get(d).map(|d| (d, p)))
            .collect();
        if !candidates.is_empty() {
            ask(model, &mut usage, facet, &candidates);
        }
    }
    usage
}

/// Verdicts over facets, expected files and the defence text.
fn finish(guide: &Guide, result: &mut ClauseResult, documents: &[Document], options: &Options) {
    let expected: Vec<(String, &Document)> = guide
        .documents
        .iter()
        .flat_map(|kind| documents.iter().filter(|d| d.kinds.contains(kind)).map(|d| (kind.clone(), d)))
        .collect();
    for constraint in &mut result.constraints {
        if !constraint.facets.is_empty() {
            let verdicts: Vec<Verdict> = constraint.facets.iter().map(|f| f.verdict).collect();
            constraint.verdict = Verdict::of(&verdicts);
            let reasons: Vec<&str> =
                constraint.facets.iter().map(|f| f.reason.as_str()).filter(|r| !r.is_empty()).collect();
            constraint.reason = reasons.join("; ");
            constraint.quotes = constraint.facets.iter().flat_map(|f| f.quotes.clone()).collect();
            // The right name over blank content.
            if constraint.verdict == Verdict::NotFound
                && expected.iter().any(|(_, d)| d.template)
                && expected.iter().all(|(_, d)| d.template)
            {
                constraint.verdict = Verdict::TemplateOnly;
                constraint.reason = "the document for it is a blank form".to_owned();
            }
        }
    }
    let verdicts: Vec<Verdict> = result.constraints.iter().map(|c| c.verdict).collect();
    result.verdict = Verdict::of(&verdicts);
    result.expected_files = expected.iter().map(|(k, d)| (k.clone(), d.file.clone())).collect();
    result.defence = guide.defence.fill(|place| match place {
        Place::Product => options.product.clone(),
        Place::Version => options.version.clone(),
        Place::Class => options.class.clone(),
        Place::Edition => Some("IEC 62304:2006+A1:2015".to_owned()),
        Place::Document(kind) => {
            documents.iter().find(|d| d.kinds.contains(kind) && !d.template).map(Document::name)
        }
    });
}

fn reviewed(document: &Document, results: &[ClauseResult]) -> ReviewedFile {
    let proves = |c: &&ClauseResult| {
        let quoted = |q: &crate::result::Quote| q.file == document.file;
        c.constraints.iter().any(|k| {
            matches!(k.verdict, Verdict::Met | Verdict::Partly | Verdict::Outdated)
                && k.quotes.iter().any(quoted)
        })
    };
    ReviewedFile {
        file: document.file.clone(),
        digest: document.digest.clone(),
        title: document.title.clone(),
        id: document.id.clone(),
        kinds: document.kinds.clone(),
        language: if document.language == Language::De { "de" } else { "en" }.to_owned(),
        pages: document.pages,
        template: document.template,
        notes: document.notes.clone(),
        clauses: results.iter().filter(proves).map(|c| c.clause.clone()).collect(),
    }
}

/// SHA-256 over the guide files and the kinds of documents of this binary.
fn library_digest() -> String {
    let mut hash = Sha256::new();
    for (name, text) in clauses::GUIDE_SOURCES {
        hash.update(name);
        hash.update([0]);
        hash.update(text);
        hash.update([0]);
    }
    hash.update(clauses::DOCUMENTS);
    hex::encode(hash.finalize())
}
