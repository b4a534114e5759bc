//! The pages of a product, one method for each: computed from the four inputs, and kept while these stay the same.

use super::folded::Folded;
use super::ledger_pages::{self, LogQuery};
use super::reading::Reading;
use super::{
    anomalies, clause_pages, documents, findings, inputs, items, matrix, overview, record_view, registers,
    release_pages, risk, security, soup, tests, upkeep,
};
use crate::analysis::{Inputs, product_prefix};
use crate::checks::{self, Checked};
use crate::clock::Clock;
use crate::error::{Doing as _, Result};
use crate::ledgers::{self, LedgerVerified};
use crate::releases::{self, Gate, RecordForm, ReleaseDocument};
use crate::repository;
use crate::workspace::{CONFIG_FILE, Workspace};
use records::State;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use views::{
    AnomalyPage, AnomalySnapshot, Badges, ClauseList, ClausePage, ControlledDocument, DocumentList,
    EntryPage, FindingsOverview, GatePage, ItemList, ItemPage, LedgerLog, Matrix, Overview, Page, Ref,
    RefKind, Register, RegisterPage, ReleaseList, ReleaseRecord, RiskPage, RunList, RunPage, SealedRecord,
    SecurityFile, SoupList, SoupPage,
};
use vocabulary::{Date, Digest};

/// How many points in time are kept.
const KEPT_MAX: usize = 4;

/// What a verdict of the gate is a function of: version, position, as-of date where one was asked for, and today.
type GateKey = (String, u64, Option<Date>, Date);

/// What everything read at one point in time is a function of: documents, position, date.
type PointKey = (Source, u64, Date);

/// The pages of a product. Configuration, documents and ledger are read again as soon as one of them changes.
#[derive(Debug)]
pub struct Site {
    root: PathBuf,
    clock: Clock,
    via: &'static str,
    folded: Folded,
    checked: Kept<PointKey, Judged>,
    gates: Kept<GateKey, (Gate, State)>,
    figures: Kept<PointKey, crate::Metrics>,
    impacts: Kept<(PointKey, String), crate::ImpactView>,
    verified: Kept<u64, LedgerVerified>,
}

/// What tells that the documents are the same: the commit, or what the work tree looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Commit(String),
    WorkTree(Digest),
}

#[derive(Debug)]
struct Judged {
    checked: Checked,
    dirty: bool,
    badges: OnceLock<Badges>,
}

/// The newest few results by what they were computed from.
#[derive(Debug)]
struct Kept<K, V>(Mutex<Vec<(K, Arc<V>)>>);

impl<K: PartialEq, V> Kept<K, V> {
    fn new() -> Kept<K, V> {
        Kept(Mutex::new(Vec::new()))
    }

    /// What was computed for this key before, or what `compute` gives. Computed outside the lock: two readers who ask at
    /// once may both compute, and nobody waits for the page of another.
    fn get(&self, key: K, compute: impl FnOnce() -> Result<V>) -> Result<Arc<V>> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, value)) = lock().iter().find(|(known, _)| *known == key) {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(compute()?);
        let mut kept = lock();
        kept.retain(|(known, _)| *known != key);
        kept.insert(0, (key, Arc::clone(&value)));
        kept.truncate(KEPT_MAX);
        Ok(value)
    }
}

impl Site {
    /// The pages of the product of this workspace.
    pub fn new(ws: &Workspace) -> Site {
        Site {
            root: ws.root.clone(),
            clock: ws.clock,
            via: ws.via,
            folded: Folded::default(),
            checked: Kept::new(),
            gates: Kept::new(),
            figures: Kept::new(),
            impacts: Kept::new(),
            verified: Kept::new(),
        }
    }

    /// The workspace as it is now: its configuration may have been edited.
    fn workspace(&self) -> Result<Workspace> {
        Workspace::open(&self.root, self.clock, self.via)
    }

    fn judged(&self, ws: &Workspace, inputs: &Inputs) -> Result<Arc<Judged>> {
        self.checked.get(Site::point(ws, inputs)?, || {
            let dirty = inputs.at.is_none() && differs(ws)?;
            let state = match ws.config.ledger.origin {
                Some(_) => Some(self.folded.at(&ws.ledger()?, inputs.ledger_at)?),
                None => None,
            };
            Ok(Judged { checked: checks::check_on(ws, inputs, state)?, dirty, badges: OnceLock::new() })
        })
    }

    fn point(ws: &Workspace, inputs: &Inputs) -> Result<PointKey> {
        let source = match &inputs.at {
            Some(revision) => Source::Commit(repository::resolve(&repository::open(ws)?, revision)?),
            None => Source::WorkTree(work_tree_stamp(ws)),
        };
        let position = match (inputs.ledger_at, &ws.config.ledger.origin) {
            (Some(position), _) => position,
            (None, Some(_)) => ws.ledger()?.position()?,
            (None, None) => 0,
        };
        Ok((source, position, as_of(ws, inputs)?))
    }

    /// A page around its content; none where the content is none.
    fn page<T>(
        &self,
        at: &Inputs,
        fill: impl FnOnce(&Reading<'_>, &Workspace) -> Result<Option<T>>,
    ) -> Result<Option<Page<T>>> {
        let ws = self.workspace()?;
        let judged = self.judged(&ws, at)?;
        let mut r = Reading::new(&judged.checked.analysis, &judged.checked.judgement, None);
        r.dirty = judged.dirty;
        let badges = *judged.badges.get_or_init(|| inputs::badges(&r));
        Ok(fill(&r, &ws)?.map(|body| Page { inputs: inputs::inputs(&r), badges, body }))
    }

    /// A page that is always there.
    fn list<T>(
        &self,
        at: &Inputs,
        fill: impl FnOnce(&Reading<'_>, &Workspace) -> Result<T>,
    ) -> Result<Page<T>> {
        let page = self.page(at, |r, ws| fill(r, ws).map(Some))?;
        page.ok_or_else(|| crate::Error::environment("the page is empty"))
    }

    fn gate(&self, ws: &Workspace, at: &Inputs, version: &str) -> Result<Arc<(Gate, State)>> {
        let position = match at.ledger_at {
            Some(position) => position,
            None => ws.ledger()?.position()?,
        };
        let key = (version.to_owned(), position, at.as_of, as_of(ws, at)?);
        self.gates.get(key, || releases::as_it_stands(ws, at, version))
    }

    /// A page about one release. The four inputs at its foot are those that the release was judged at.
    fn of_release<T>(
        &self,
        at: &Inputs,
        version: &str,
        fill: impl FnOnce(&Gate, &State) -> Result<Option<T>>,
    ) -> Result<Option<Page<T>>> {
        let ws = self.workspace()?;
        let there =
            |r: &Reading<'_>, _: &Workspace| Ok(r.state().releases.contains_key(version).then_some(()));
        let Some(Page { badges, .. }) = self.page(at, there)? else { return Ok(None) };
        let gate = self.gate(&ws, at, version)?;
        let (gate, now) = (&gate.0, &gate.1);
        let inputs = inputs::inputs(&release_pages::reading(gate));
        Ok(fill(gate, now)?.map(|body| Page { inputs, badges, body }))
    }
}

/// # Errors
/// All of these: when a point in time does not exist, or something cannot be read. A page about something that is not
/// there is `None`.
#[allow(clippy::missing_errors_doc, reason = "said once for all pages, above")]
impl Site {
    /// The first page.
    pub fn overview(&self, at: &Inputs) -> Result<Page<Overview>> {
        self.list(at, overview::overview)
    }

    /// All findings.
    pub fn findings(&self, at: &Inputs) -> Result<Page<FindingsOverview>> {
        self.list(at, |r, _| Ok(findings::overview(r)))
    }

    /// All items.
    pub fn items(&self, at: &Inputs) -> Result<Page<ItemList>> {
        self.list(at, |r, _| Ok(items::list(r)))
    }

    /// One item.
    pub fn item(&self, at: &Inputs, id: &str) -> Result<Option<Page<ItemPage>>> {
        self.page(at, |r, _| Ok(items::page(r, id)))
    }

    /// The traceability matrix.
    pub fn matrix(&self, at: &Inputs) -> Result<Page<Matrix>> {
        self.list(at, |r, _| Ok(matrix::matrix(r)))
    }

    /// The risk chains.
    pub fn risk(&self, at: &Inputs) -> Result<Page<RiskPage>> {
        self.list(at, |r, _| Ok(risk::page(r)))
    }

    /// The SOUP register.
    pub fn soup(&self, at: &Inputs) -> Result<Page<SoupList>> {
        self.list(at, |r, _| Ok(soup::list(r)))
    }

    /// One SOUP item.
    pub fn soup_item(&self, at: &Inputs, id: &str) -> Result<Option<Page<SoupPage>>> {
        self.page(at, |r, _| Ok(soup::page(r, id)))
    }

    /// The figures of the life cycle with their course over a year.
    pub fn metrics(&self, at: &Inputs) -> Result<Page<crate::Metrics>> {
        let of = crate::MetricsOf { inputs: at.clone(), on: None, months: 12 };
        self.list(at, |_, ws| {
            // A course folds the whole ledger and reads the documents of each release in it: once for each point in time.
            let kept = self.figures.get(Site::point(ws, at)?, || crate::metrics(ws, &of))?;
            Ok(crate::Metrics::clone(&kept))
        })
    }

    /// What changed from one release to another.
    pub fn release_diff(
        &self,
        at: &Inputs,
        from: &str,
        to: &str,
    ) -> Result<Option<Page<crate::ReleaseDiff>>> {
        self.page(at, |r, ws| {
            let known = |v: &str| r.state().releases.contains_key(v);
            if !known(from) || !known(to) {
                return Ok(None);
            }
            releases::diff_of_state(ws, r.state(), from, to).map(Some)
        })
    }

    /// The cybersecurity file.
    pub fn security(&self, at: &Inputs) -> Result<Page<SecurityFile>> {
        self.list(at, |r, _| Ok(security::file(r)))
    }

    /// All anomalies.
    pub fn anomalies(&self, at: &Inputs) -> Result<Page<AnomalySnapshot>> {
        self.list(at, |r, _| Ok(anomalies::list(r)))
    }

    /// One anomaly.
    pub fn anomaly(&self, at: &Inputs, id: &str) -> Result<Option<Page<AnomalyPage>>> {
        self.page(at, |r, _| Ok(anomalies::page(r, id)))
    }

    /// All change requests.
    pub fn changes(&self, at: &Inputs) -> Result<Page<Register>> {
        self.list(at, |r, _| Ok(registers::changes(r)))
    }

    /// One change request.
    pub fn change(&self, at: &Inputs, id: &str) -> Result<Option<Page<RegisterPage>>> {
        self.page(at, |r, _| Ok(registers::change(r, id)))
    }

    /// All complaints.
    pub fn complaints(&self, at: &Inputs) -> Result<Page<Register>> {
        self.list(at, |r, _| Ok(registers::complaints(r)))
    }

    /// One complaint.
    pub fn complaint(&self, at: &Inputs, id: &str) -> Result<Option<Page<RegisterPage>>> {
        self.page(at, |r, _| Ok(registers::complaint(r, id)))
    }

    /// All corrective actions.
    pub fn capas(&self, at: &Inputs) -> Result<Page<Register>> {
        self.list(at, |r, _| Ok(upkeep::capas(r)))
    }

    /// One corrective action.
    pub fn capa(&self, at: &Inputs, id: &str) -> Result<Option<Page<RegisterPage>>> {
        self.page(at, |r, _| Ok(upkeep::capa(r, id)))
    }

    /// All sources of feedback.
    pub fn feedback(&self, at: &Inputs) -> Result<Page<Register>> {
        self.list(at, |r, _| Ok(upkeep::feedback(r)))
    }

    /// What a change request touches.
    pub fn impact(&self, at: &Inputs, id: &str) -> Result<Option<Page<RegisterPage>>> {
        self.page(at, |r, ws| {
            if !r.state().changes.contains_key(id) {
                return Ok(None);
            }
            // What the commits of a change touch is compared file by file: once for each point in time.
            let key = (Site::point(ws, at)?, id.to_owned());
            let view = self.impacts.get(key, || crate::changes::impact_of(ws, r.analysis, id))?;
            Ok(Some(upkeep::impact(r, id, &view)))
        })
    }

    /// The trend of all anomalies over a year, by `item`, `category`, `version`, `severity` or nothing.
    pub fn trend(&self, at: &Inputs, by: &str) -> Result<Page<monitoring::trend::Trend>> {
        self.list(at, |r, ws| upkeep::trend(r, ws, by))
    }

    /// A draft of a release's notes.
    pub fn notes(&self, at: &Inputs, version: &str, security: bool) -> Result<Option<Page<crate::Notes>>> {
        self.page(at, |r, ws| upkeep::notes(r, ws, version, security))
    }

    /// What became known of a sealed release after its seal.
    pub fn addendum(&self, at: &Inputs, version: &str) -> Result<Option<Page<Register>>> {
        self.page(at, |r, _| registers::addendum_of(r, version))
    }

    /// All controlled documents.
    pub fn documents(&self, at: &Inputs) -> Result<Page<DocumentList>> {
        self.list(at, |r, _| Ok(documents::list(r)))
    }

    /// One controlled document.
    pub fn document(&self, at: &Inputs, id: &str) -> Result<Option<Page<ControlledDocument>>> {
        self.page(at, |r, ws| Ok(documents::page(r, ws, id)))
    }

    /// All releases.
    pub fn releases(&self, at: &Inputs) -> Result<Page<ReleaseList>> {
        self.list(at, |r, _| Ok(release_pages::list(r)))
    }

    /// The gate of one release.
    pub fn release(&self, at: &Inputs, version: &str) -> Result<Option<Page<GatePage>>> {
        self.of_release(at, version, |gate, now| Ok(release_pages::gate_page(gate, now)))
    }

    /// The record of one release.
    pub fn release_record(&self, at: &Inputs, version: &str) -> Result<Option<Page<ReleaseRecord>>> {
        self.of_release(at, version, |gate, now| record_view(gate, now).map(Some))
    }

    /// The archived record of a release that was sealed under another rule set, which this program cannot judge again; none
    /// for every other release.
    pub fn sealed_record(&self, at: &Inputs, version: &str) -> Result<Option<Page<SealedRecord>>> {
        self.page(at, |r, ws| {
            let Some(release) = r.state().releases.get(version) else { return Ok(None) };
            let (Some(sealed), Some(opened)) = (&release.sealed, release.candidate()) else {
                return Ok(None);
            };
            if !releases::sealed_under_other_rules(release) {
                return Ok(None);
            }
            let read = |form| releases::archived(ws, version, ReleaseDocument::Record, form);
            Ok(Some(SealedRecord {
                release: Ref::new(RefKind::Release, version),
                released: sealed.body.day,
                rule_set: opened.body.rule_set.clone(),
                markdown: String::from_utf8_lossy(&read(RecordForm::Markdown)?).into_owned(),
                pdf: read(RecordForm::Pdf)?,
            }))
        })
    }

    /// All clauses.
    pub fn clauses(&self, at: &Inputs) -> Result<Page<ClauseList>> {
        self.list(at, |r, _| Ok(clause_pages::list(r)))
    }

    /// One clause.
    pub fn clause(&self, at: &Inputs, id: &str) -> Result<Option<Page<ClausePage>>> {
        self.page(at, |r, _| Ok(clause_pages::page(r, id)))
    }

    /// All test runs.
    pub fn runs(&self, at: &Inputs) -> Result<Page<RunList>> {
        self.list(at, |r, _| Ok(tests::runs(r)))
    }

    /// One test run.
    pub fn run(&self, at: &Inputs, id: &str) -> Result<Option<Page<RunPage>>> {
        self.page(at, |r, _| Ok(tests::run_page(r, id)))
    }

    /// A stretch of the ledger.
    pub fn ledger(&self, at: &Inputs, query: &LogQuery) -> Result<Page<LedgerLog>> {
        self.list(at, |r, ws| {
            let position = ws.ledger()?.position()?;
            let verified = self.verified.get(position, || ledgers::ledger_verify(ws, &[], &[]))?;
            ledger_pages::log(r, ws, query, &verified)
        })
    }

    /// One entry.
    pub fn entry(&self, at: &Inputs, seq: u64) -> Result<Option<Page<EntryPage>>> {
        self.page(at, |r, ws| ledger_pages::entry(r, ws, seq))
    }
}

fn as_of(ws: &Workspace, inputs: &Inputs) -> Result<Date> {
    inputs.as_of.map_or_else(|| ws.clock.today(&ws.config.product.timezone), Ok)
}

/// Whether documents, configuration or lock files of the work tree differ from the commit.
fn differs(ws: &Workspace) -> Result<bool> {
    let Ok(repository) = repository::open(ws) else { return Ok(true) };
    if repository.head().is_err() {
        return Ok(true);
    }
    let prefix = product_prefix(ws, &repository)?;
    let dirty = repository.status().doing("compare the work tree with the commit")?;
    let root = format!("{}/", ws.config.documents.root);
    let is_input = |path: &str| {
        path == CONFIG_FILE || path.starts_with(&root) || ws.config.build.lockfiles.iter().any(|l| l == path)
    };
    Ok(dirty.iter().any(|d| d.path.to_text().strip_prefix(prefix.as_str()).is_some_and(is_input)))
}

/// A digest over what the work tree looks like without reading it: HEAD, and path, length and time of change of every
/// file that pages are computed from.
fn work_tree_stamp(ws: &Workspace) -> Digest {
    let mut text = String::new();
    if let Ok(repository) = repository::open(ws) {
        let _ = writeln!(text, "{:?}", repository.head().ok());
    }
    for file in std::iter::once(CONFIG_FILE).chain(ws.config.build.lockfiles.iter().map(String::as_str)) {
        stamp(&mut text, &ws.path(file));
    }
    let mut folders = vec![ws.path(&ws.config.documents.root)];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> = std::fs::read_dir(&folder)
            .map(|all| all.flatten().map(|e| e.path()).collect())
            .unwrap_or_default();
        entries.sort();
        for path in entries {
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                stamp(&mut text, &path);
            }
        }
    }
    Digest::of(text.as_bytes())
}

fn stamp(text: &mut String, path: &Path) {
    let known = std::fs::symlink_metadata(path).ok();
    let changed = known.as_ref().and_then(|m| m.modified().ok());
    let _ = writeln!(text, "{} {:?} {changed:?}", path.display(), known.map(|m| m.len()));
}

#[cfg(test)]
mod kept_tests {
    use super::{KEPT_MAX, Kept};

    /// What is kept is given again for its own key only, and the oldest goes first.
    #[test]
    fn what_was_computed_is_computed_again_for_another_key_only() {
        let kept = Kept::new();
        let mut computed = Vec::new();
        let mut ask = |key: usize| {
            let value = kept.get(key, || {
                computed.push(key);
                Ok(key * 10)
            });
            assert_eq!(*value.unwrap(), key * 10);
        };
        (0..=KEPT_MAX).for_each(&mut ask);
        ask(KEPT_MAX);
        ask(1);
        ask(0);
        assert_eq!(computed, (0..=KEPT_MAX).chain([0]).collect::<Vec<_>>());
        assert!(kept.get(99, || Err(crate::Error::environment("no"))).is_err());
        assert_eq!(*kept.get(99, || Ok(1)).unwrap(), 1, "what failed is not kept");
    }
}
