//! A whole review: documents in, verdicts out.
//!
//! Each document is judged by itself ([`Engine::judge`]), so that a judgement can be kept, and texts need not be held: twenty
//! thousand pages take no more memory than the largest of them. What was judged is then put together ([`Engine::conclude`]).

use crate::conclude::conclude;
use crate::corpus::Document;
use crate::cross;
use crate::gaps::gaps;
use crate::judge::judge;
use crate::judged::Judged;
use crate::library::{Library, library_digest};
use crate::model::{Model, ModelUse, ask};
use crate::result::{ClauseResult, ConstraintResult, FORMAT, Review, ReviewedFile, UnreadFile, Verdict};
use crate::shortlist::Shortlist;
use clauses::{Constraint, DocumentNames, Guide, Guides, Language, Place};
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

/// A file after it was judged, or why it was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It was read and judged.
    Judged(Box<Judged>),
    /// It was not read.
    Unread(UnreadFile),
}

/// What documents are judged by: the library, and the product's version.
pub struct Engine<'g> {
    library: Library<'g>,
    kinds: DocumentNames,
    version: Option<String>,
    shortlist: Option<Shortlist>,
    /// Digest of the library's guides.
    digest: String,
}

impl<'g> Engine<'g> {
    /// An engine for these guides; evidence of another version than this one is outdated.
    pub fn new(guides: &'g Guides, version: Option<&str>) -> Engine<'g> {
        Engine {
            library: Library::new(guides),
            kinds: DocumentNames::new(guides.documents()),
            version: version.map(str::to_owned),
            shortlist: None,
            digest: library_digest(),
        }
    }

    /// The same engine, which keeps the passages that come nearest to each facet, for a model. Judgements that were kept do not
    /// hold them: every document has to be judged.
    #[must_use]
    pub fn with_shortlist(mut self) -> Engine<'g> {
        self.shortlist = Some(Shortlist::new(&self.library));
        self
    }

    /// Whether judgements that were kept may be used.
    pub fn takes_kept(&self) -> bool {
        self.shortlist.is_none()
    }

    /// The key of the judgement of a file: of its name (which tells its kind), its bytes' digest, how it was read, this program's
    /// sources, the library and the product's version.
    pub fn key(&self, name: &str, digest: &str, read_by: &str) -> String {
        let version = self.version.as_deref().map_or_else(|| "any".to_owned(), |v| format!("of {v}"));
        let mut hash = Sha256::new();
        for part in [env!("DOSSIER_REVIEW_FINGERPRINT"), &self.digest, &version, read_by, digest, name] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hex::encode(hash.finalize())
    }

    /// Judges a file, the place of which in the source is `order`.
    pub fn judge(&self, order: usize, file: &FileRead) -> Seen {
        match &file.outcome {
            Outcome::Read(text) => {
                let (document, passages) = Document::new(&file.name, &file.digest, text, &self.kinds);
                let shortlist = self.shortlist.as_ref().map(|list| (list, order));
                let version = self.version.as_deref();
                Seen::Judged(Box::new(judge(&self.library, document, passages, version, shortlist)))
            }
            Outcome::Unread(why) => {
                Seen::Unread(UnreadFile { file: file.name.clone(), reason: why.to_string() })
            }
        }
    }

    /// How near a file comes to a facet, by which passage and phrasing: for work on the library, and no part of a review.
    pub fn nearest(&self, file: &FileRead, facet: &str) -> Option<(f32, String, String)> {
        let Outcome::Read(text) = &file.outcome else { return None };
        let (_, passages) = Document::new(&file.name, &file.digest, text, &self.kinds);
        let number = self.library.facet(facet)?;
        let (score, passage, phrase) = crate::judge::nearest(&self.library, passages, number)?;
        let facet = self.library.facets.get(usize::try_from(number).ok()?)?.facet;
        let phrase = facet.wording.values().flat_map(|w| &w.says).nth(phrase)?;
        Some((score, passage, phrase.text.clone()))
    }

    /// The review of files that were judged, in the source's order. A model is asked where the engine kept a shortlist.
    pub fn conclude(
        &self,
        title: &str,
        files: &[Seen],
        options: &Options,
        model: Option<&dyn Model>,
    ) -> Review {
        let judged: Vec<&Judged> = files
            .iter()
            .filter_map(|f| match f {
                Seen::Judged(judged) => Some(judged.as_ref()),
                Seen::Unread(_) => None,
            })
            .collect();
        let unread = files.iter().filter_map(|f| match f {
            Seen::Unread(unread) => Some(unread.clone()),
            Seen::Judged(_) => None,
        });
        let guides = self.library.guides;
        let chosen: Vec<&Guide> = guides.all().filter(|g| wanted(g, &options.clauses)).collect();
        let mut results: Vec<ClauseResult> =
            chosen.iter().map(|guide| self.clause(guide, &judged, options)).collect();
        let model = model.map(|model| self.with_model(model, &mut results));
        let mut found = Vec::new();
        for (guide, result) in chosen.iter().zip(&mut results) {
            finish(guide, result, &judged, options);
            found.extend(gaps(guide, result, &self.library, &judged));
        }
        let rank = |severity: &str| {
            ["critical", "major", "moderate", "minor"].iter().position(|s| *s == severity).unwrap_or(9)
        };
        found.sort_by(|a, b| {
            rank(&a.severity).cmp(&rank(&b.severity)).then_with(|| clauses::compare_ids(&a.clause, &b.clause))
        });
        let standards = clauses::library().standards();
        let in_force = standards.iter().filter(|s| s.id == "62304").flat_map(|s| s.in_force()).count();
        Review {
            format: FORMAT.to_owned(),
            source: title.to_owned(),
            product: options.product.clone(),
            version: options.version.clone(),
            class: options.class.clone(),
            as_of: options.as_of.clone(),
            library: self.digest.clone(),
            coverage: (guides.all().count(), in_force),
            files: judged.iter().map(|j| reviewed(&j.document, &results)).collect(),
            clauses: results,
            gaps: found,
            cross_checks: cross::checks(&judged),
            unread: unread.collect(),
            model,
            comparison: None,
        }
    }

    fn clause(&self, guide: &Guide, judged: &[&Judged], options: &Options) -> ClauseResult {
        let row = clauses::clause(&guide.clause);
        let due = |c: &&Constraint| options.class.as_deref().is_none_or(|class| c.applies_to(class));
        ClauseResult {
            clause: guide.clause.clone(),
            title: row.map(|r| r.title.clone()).unwrap_or_default(),
            classes: row.map(clauses::Clause::classes_text).unwrap_or_default(),
            verdict: Verdict::NotFound,
            expected_files: Vec::new(),
            constraints: guide.constraints.iter().filter(due).map(|c| self.constraint(c, judged)).collect(),
            defence: String::new(),
            carries_over: guide.carries_over.clone(),
            new: guide.new.clone(),
            related: guide.related.clone(),
        }
    }

    fn constraint(&self, constraint: &Constraint, judged: &[&Judged]) -> ConstraintResult {
        let facets = constraint.facets.iter().filter_map(|f| Some((f, self.library.facet(&f.id)?)));
        ConstraintResult {
            id: constraint.id.clone(),
            text: constraint.text.clone(),
            verdict: Verdict::Human,
            reason: constraint.outside.clone().unwrap_or_default(),
            quotes: Vec::new(),
            facets: facets.map(|(facet, number)| conclude(facet, number, judged)).collect(),
            decision: None,
            ask_again: false,
        }
    }

    /// Asks the model about facets without evidence.
    fn with_model(&self, model: &dyn Model, results: &mut [ClauseResult]) -> ModelUse {
        let withheld = self.shortlist.as_ref().map_or(0, Shortlist::withheld);
        let mut usage = ModelUse { model: model.name(), withheld, ..ModelUse::default() };
        for facet in results.iter_mut().flat_map(|c| &mut c.constraints).flat_map(|c| &mut c.facets) {
            if matches!(facet.verdict, Verdict::Met | Verdict::Contradicted | Verdict::Outdated) {
                continue;
            }
            let near = match (&self.shortlist, self.library.facet(&facet.id)) {
                (Some(list), Some(number)) => list.of(number),
                _ => Vec::new(),
            };
            if near.is_empty() {
                continue;
            }
            if model.gives_up() && usage.silent() {
                usage.given_up += 1;
            } else {
                ask(model, &mut usage, facet, &near);
            }
        }
        usage
    }
}

/// Judges all files of `source` and puts together what they say.
pub fn review(source: &Source, guides: &Guides, options: &Options, model: Option<&dyn Model>) -> Review {
    let engine = Engine::new(guides, options.version.as_deref());
    let engine = if model.is_some() { engine.with_shortlist() } else { engine };
    let files: Vec<(usize, &FileRead)> = source.files.iter().enumerate().collect();
    let seen = in_parallel(&files, options.threads, |(order, file)| engine.judge(*order, file));
    engine.conclude(&source.title, &seen, options, model)
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

/// Verdicts over facets, expected files and the defence text.
fn finish(guide: &Guide, result: &mut ClauseResult, judged: &[&Judged], options: &Options) {
    let documents = || judged.iter().map(|j| &j.document);
    let expected: Vec<(String, &Document)> = guide
        .documents
        .iter()
        .flat_map(|kind| documents().filter(|d| d.kinds.contains(kind)).map(|d| (kind.clone(), d)))
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
            documents().find(|d| d.kinds.contains(kind) && !d.template).map(Document::name)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// Pieces of documents, of which some say something for a clause, some deny it, and some have nothing to do with it.
    const PIECES: &[&str] = &[
        "# Release record of software version 2.4.0\n\n",
        "# Liste der bekannten Anomalien\n\n",
        "All planned verification activities of version 2.4.0 were completed. ",
        "Not all tests of version 2.4.0 were executed before the release. ",
        "Die Ergebnisse der Verifizierung wurden durch die QS-Leitung bewertet. ",
        "The software system is assigned safety class B. ",
        "The software system is assigned safety class C. ",
        "See SOP-12 and VP-07. ",
        "No known residual anomalies. ",
        "Effective: 2026-01-03. ",
        "\n\nApproved by: quality manager, 2026-02-01\n\n",
        "Name of the tester: ________ ",
        "Some tests were skipped due to time. ",
        "| ID | Description | Version |\n|---|---|---|\n| AN-7 | display flickers | 2.4.0 |\n\n",
        "Lunch is at noon. ",
    ];

    fn file(number: usize, pieces: &[usize]) -> FileRead {
        let text: String = pieces.iter().filter_map(|p| PIECES.get(*p)).copied().collect();
        let name =
            format!("{}-{number}.md", if number.is_multiple_of(2) { "release" } else { "anomaly-list" });
        let outcome = match extract::read(&name, text.as_bytes()) {
            Ok(text) => Outcome::Read(text),
            Err(unread) => Outcome::Unread(unread),
        };
        FileRead { digest: hex::encode(Sha256::digest(&text)), name, size: 0, outcome, cached: false }
    }

    /// As it comes back from a cache.
    fn kept(seen: &Seen) -> Seen {
        match seen {
            Seen::Judged(judged) => {
                Seen::Judged(serde_json::from_slice(&serde_json::to_vec(judged).unwrap()).unwrap())
            }
            Seen::Unread(unread) => Seen::Unread(unread.clone()),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

        #[test]
        fn a_review_with_kept_judgements_is_the_review_of_everything(
            before in prop::collection::vec(prop::collection::vec(0..PIECES.len(), 0..9), 1..6),
            changed in 0usize..6,
            after in prop::collection::vec(0..PIECES.len(), 0..9),
            version in prop::option::of(Just("2.4.0")),
        ) {
            static ENGINES: [LazyLock<Engine<'static>>; 2] = [
                LazyLock::new(|| Engine::new(clauses::guides(), None)),
                LazyLock::new(|| Engine::new(clauses::guides(), Some("2.4.0"))),
            ];
            let engine = &ENGINES[usize::from(version.is_some())];
            let options = Options { version: version.map(str::to_owned), ..Options::default() };
            let mut files: Vec<FileRead> = before.iter().enumerate().map(|(n, p)| file(n, p)).collect();
            let mut seen: Vec<Seen> =
                files.iter().enumerate().map(|(n, f)| kept(&engine.judge(n, f))).collect();
            let changed = changed % files.len();
            files[changed] = file(changed, &after);
            seen[changed] = engine.judge(changed, &files[changed]);
            let anew: Vec<Seen> = files.iter().enumerate().map(|(n, f)| engine.judge(n, f)).collect();
            let whole = engine.conclude("set", &anew, &options, None);
            let some = engine.conclude("set", &seen, &options, None);
            prop_assert_eq!(serde_json::to_vec(&whole).unwrap(), serde_json::to_vec(&some).unwrap());
        }
    }

    #[test]
    fn a_key_names_all_that_a_judgement_depends_on() {
        let engine = Engine::new(clauses::guides(), None);
        let key = engine.key("a.md", "00", "reader 1");
        assert_eq!(key, engine.key("a.md", "00", "reader 1"));
        for other in [
            engine.key("b.md", "00", "reader 1"),
            engine.key("a.md", "01", "reader 1"),
            engine.key("a.md", "00", "reader 2"),
            Engine::new(clauses::guides(), Some("2.4.0")).key("a.md", "00", "reader 1"),
        ] {
            assert_ne!(key, other);
        }
    }
}
