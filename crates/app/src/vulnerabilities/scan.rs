//! `vuln scan`: the components of the product against the pinned data sets.

use super::data_sets;
use crate::analysis::{Analysis, Inputs, joined};
use crate::error::{Doing as _, Error, Result};
use crate::workspace::{Appended, Workspace};
use model::components::ComponentGraph;
use records::{
    Disappeared, FoundVulnerability, PinnedSet, Recorded, State, VulnerabilityAssess, VulnerabilityScan,
};
use serde_json::{Value, json};
use soup::Purl;
use soup::advisories::{Level, Match, Pinned, Scan, level_of, scan, score_of};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use vocabulary::Digest;

/// Bytes of an entry that matches may take; the rest of them is in the report.
const FOUND_BYTES_MAX: usize = 40_000;

/// What to scan and whether to record it.
#[derive(Clone, Debug, Default)]
pub struct ScanOptions {
    /// The components of this SBOM instead of the product's.
    pub sbom: Option<PathBuf>,
    /// The components of the commit that this release froze.
    pub release: Option<String>,
    /// Who runs it; nothing is recorded without.
    pub by: Option<String>,
}

/// A scan with what people said of its matches.
#[derive(Debug)]
pub struct ScanView {
    /// The product.
    pub product: String,
    /// The commit that was read.
    pub commit: Option<String>,
    /// Whether the work tree was read.
    pub dirty: bool,
    /// The release.
    pub release: Option<String>,
    /// The ledger position that data sets and assessments were read at.
    pub ledger: u64,
    /// The data sets.
    pub datasets: Vec<Pinned>,
    /// What was found.
    pub scan: Scan,
    /// The assessment of each match, with whether it holds for it.
    pub assessments: Vec<Option<Judged>>,
    /// What others said of each match (VEX documents that were brought in): evidence, never a verdict.
    pub statements: Vec<Vec<Said>>,
    /// Data sets that the scan before had not.
    pub changed: Vec<String>,
    /// Matches that the scan before had not.
    pub new: Vec<String>,
    /// Matches that only the scan before had.
    pub disappeared: Vec<Disappeared>,
    /// The id of the record.
    pub recorded: Option<String>,
    /// The entry.
    pub appended: Option<Appended>,
}

/// An assessment that answers a match.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The record.
    pub record: Recorded<VulnerabilityAssess>,
    /// Why it has to be confirmed again; none where it holds.
    pub confirm: Option<String>,
}

/// A statement of somebody else about a match.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Said {
    /// Who says it.
    pub author: String,
    /// The word of OpenVEX: `not_affected`.
    pub status: String,
    /// Why not affected.
    pub justification: Option<String>,
    /// The reasoning.
    pub impact: String,
    /// What is to be done.
    pub action: String,
    /// When it was said.
    pub at: String,
    /// The entry that brought the document in.
    pub entry: u64,
}

/// Scans the product's components, or those of an SBOM.
///
/// # Errors
/// When there is no data set or no component: neither means "no vulnerabilities".
pub fn vuln_scan(ws: &Workspace, inputs: &Inputs, options: &ScanOptions) -> Result<ScanView> {
    let given = options.sbom.as_deref();
    // An SBOM that was given needs nothing of the records: it is read while they are.
    let (analysis, given) = std::thread::scope(|scope| {
        let given = given.map(|path| scope.spawn(|| given_sbom(path)));
        let analysis = analysis(ws, inputs, options);
        (analysis, given.map(joined))
    });
    let analysis = analysis?;
    with_data_sets(&analysis.state)?;
    let (sbom, components) = match given {
        Some(given) => given?,
        None => {
            let sbom = sbom(ws, &analysis, options)?;
            let components = components(&sbom)?;
            (sbom, components)
        }
    };
    let mut view = look_up(ws, &analysis, &components, options.release.clone())?;
    let past = inputs.ledger_at.is_some() || inputs.at.is_some() && options.release.is_none();
    if let (Some(by), false, None) = (&options.by, past, &options.sbom) {
        view.record(ws, &analysis.state, by, &sbom)?;
    }
    Ok(view)
}

/// Whether a scan that a client made is what this server finds for the same components in its data sets.
///
/// # Errors
/// With what differs.
pub(crate) fn scanned_again(ws: &Workspace, said: &VulnerabilityScan) -> Result<()> {
    let options = ScanOptions { sbom: None, release: said.release.clone(), by: None };
    let analysis = analysis(ws, &Inputs::default(), &options)?;
    with_data_sets(&analysis.state)?;
    let given = ws.blobs().get(said.sbom)?;
    if said.release.is_some() && Digest::of(&sbom(ws, &analysis, &options)?) != said.sbom {
        return Err(Error::refused("the SBOM that was scanned is not that of the release"));
    }
    let view = look_up(ws, &analysis, &components(&given)?, said.release.clone())?;
    let own = view.body(ws, said.scan.clone(), &given)?;
    let same = (own.report, own.matches, own.components) == (said.report, said.matches, said.components)
        && own.datasets == said.datasets
        && own.found == said.found
        && own.disappeared == said.disappeared;
    if same {
        return Ok(());
    }
    Err(Error::refused(format!(
        "this server finds {} matches of {} components in its data sets, the record says {} of {}",
        own.matches, own.components, said.matches, said.components
    ))
    .hint("scan again, against the data sets that are in force"))
}

/// That there is something to look up in.
pub(super) fn with_data_sets(state: &State) -> Result<()> {
    if state.security.datasets.is_empty() {
        return Err(Error::refused("no data set of advisories was brought in, and that is not \"no vulnerabilities\"")
            .hint("fetch them: dossier vuln sync")
            .hint("or bring one in: dossier vuln import all.zip (https://osv-vulnerabilities.storage.googleapis.com/ECOSYSTEM/all.zip)"));
    }
    Ok(())
}

/// Looks up the components of an SBOM in the data sets in force.
pub(super) fn look_up(
    ws: &Workspace,
    analysis: &Analysis,
    components: &ComponentGraph,
    release: Option<String>,
) -> Result<ScanView> {
    let state = &analysis.state;
    let pins = data_sets::pinned(state);
    let index = data_sets::index(ws, &pins)?;
    let found = scan(&index, components);
    let before = state.security.last_scan(release.as_deref());
    let mut view = ScanView {
        product: analysis.config.product.name.clone(),
        commit: analysis.head().map(|c| c.to_string()),
        dirty: analysis.is_work_tree(),
        ledger: state.position,
        assessments: found.matches.iter().map(|m| judged(analysis, release.as_deref(), m)).collect(),
        statements: super::exchange::statements_about(ws, state, &found),
        release,
        datasets: pins,
        scan: found,
        changed: Vec::new(),
        new: Vec::new(),
        disappeared: Vec::new(),
        recorded: None,
        appended: None,
    };
    if let Some(before) = before {
        view.compare(ws, before, components)?;
    }
    Ok(view)
}

fn analysis(ws: &Workspace, inputs: &Inputs, options: &ScanOptions) -> Result<Analysis> {
    let Some(version) = &options.release else { return Analysis::load(ws, inputs) };
    let state = ws.ledger()?.state(inputs.ledger_at)?;
    let opened = state.releases.get(version).and_then(|r| r.candidate()).ok_or_else(|| {
        Error::refused(format!("no release `{version}` is open")).hint("list them: dossier release list")
    })?;
    let commit = opened.body.commits.first().map(|c| c.commit.clone());
    Analysis::load(ws, &Inputs { at: commit, ..inputs.clone() })
}

/// The SBOM that was given, and what it holds.
fn given_sbom(path: &Path) -> Result<(Vec<u8>, ComponentGraph)> {
    let sbom = std::fs::read(path).doing(format_args!("read {}", path.display()))?;
    let components = components(&sbom)?;
    Ok((sbom, components))
}

/// The bytes that are scanned where none were given: the SBOM of the product.
fn sbom(ws: &Workspace, analysis: &Analysis, options: &ScanOptions) -> Result<Vec<u8>> {
    if let Some(version) = &options.release
        && analysis.state.releases.get(version).is_some_and(|r| r.sealed.is_some())
    {
        return archived_sbom(ws, version);
    }
    let version = match &options.release {
        Some(version) => version.clone(),
        None => analysis.head().map(|c| c.to_string()).unwrap_or_default(),
    };
    crate::soups::sbom(ws, analysis, &version, product::SbomForm::CycloneDx16)
}

/// The SBOM that was sealed with a release: what is in the field, whatever reads lock files today.
pub(super) fn archived_sbom(ws: &Workspace, version: &str) -> Result<Vec<u8>> {
    let archive = crate::archives::open_read_only(ws)?;
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(
        &mut archive
            .open_layer(version, "sbom/cyclonedx.json")
            .doing(format_args!("find the SBOM of {version}"))?,
        &mut bytes,
    )
    .doing(format_args!("read the SBOM of {version}"))?;
    Ok(bytes)
}

/// What is scanned is what was written, so that it can be scanned again from its bytes alone.
pub(super) fn components(sbom: &[u8]) -> Result<ComponentGraph> {
    let inventory = soup::sbom::read("the SBOM", sbom);
    if inventory.graph.is_empty() {
        let why = inventory.problems.first().map(|p| p.cause.to_string()).unwrap_or_default();
        return Err(Error::refused(format!("the SBOM cannot be scanned: {why}"))
            .hint("no component is known, and that is not \"no vulnerabilities\""));
    }
    Ok(inventory.graph)
}

/// The assessment that answers a match, and whether it holds for this version and release.
fn judged(analysis: &Analysis, release: Option<&str>, m: &Match) -> Option<Judged> {
    let package = Purl::parse(&m.component).map_or_else(|| m.component.clone(), |p| p.package);
    let ids: Vec<&str> = m.ids().collect();
    let all = || analysis.state.security.assessments_of(&ids, &package);
    let of_release = || all().find(|a| a.body.version == m.version && a.body.release.as_deref() == release);
    let of_version = || all().find(|a| a.body.version == m.version && release.is_none());
    let record = of_release().or_else(of_version).or_else(|| all().next())?.clone();
    let confirm = reconfirm(analysis, release, m, &record.body);
    Some(Judged { record, confirm })
}

fn reconfirm(
    analysis: &Analysis,
    release: Option<&str>,
    m: &Match,
    body: &VulnerabilityAssess,
) -> Option<String> {
    if body.version != m.version {
        return Some(format!("it was judged for version {}", body.version));
    }
    if let (Some(release), of) = (release, body.release.as_deref())
        && of != Some(release)
    {
        return Some(format!(
            "it was judged for {}",
            of.map_or_else(|| "no release".to_owned(), |r| format!("release {r}"))
        ));
    }
    if m.kev.is_some() && !body.exploited {
        return Some("it is known to be exploited since".to_owned());
    }
    let changed = body.judged.iter().find(|j| analysis.item_digest(&j.item) != Some(j.digest));
    changed.map(|j| format!("`{}` was changed since", j.item))
}

impl ScanView {
    /// Matches that nobody judged, that wait, or whose judgement does not hold any more.
    pub fn open(&self) -> usize {
        let settled = |j: &Option<Judged>| {
            j.as_ref().is_some_and(|j| {
                j.confirm.is_none() && j.record.body.status != records::VexStatus::UnderInvestigation
            })
        };
        self.assessments.iter().filter(|j| !settled(j)).count()
    }

    fn compare(
        &mut self,
        ws: &Workspace,
        before: &Recorded<VulnerabilityScan>,
        now: &ComponentGraph,
    ) -> Result<()> {
        let old: Scan = serde_json::from_slice(&ws.blobs().get(before.body.report)?)
            .doing("read the report of the scan before")?;
        let known: BTreeSet<Digest> = before.body.datasets.iter().map(|d| d.digest).collect();
        self.changed =
            self.datasets.iter().filter(|d| !known.contains(&d.digest)).map(|d| d.name.clone()).collect();
        let package =
            |m: &Match| Purl::parse(&m.component).map_or_else(|| m.component.clone(), |p| p.package);
        let same = |a: &Match, b: &Match| {
            package(a) == package(b) && a.ids().any(|x| b.ids().any(|y| x == y)) && a.version == b.version
        };
        let fresh = self.scan.matches.iter().filter(|m| !old.matches.iter().any(|o| same(o, m)));
        self.new = fresh.map(|m| format!("{} {}", m.id, m.component)).collect();
        for gone in old.matches.iter().filter(|o| !self.scan.matches.iter().any(|m| same(o, m))) {
            let there =
                |c: &model::components::Component| c.purl == gone.component || c.cpe == gone.component;
            let withdrawn = self
                .scan
                .withdrawn
                .iter()
                .any(|w| w.split(' ').next().is_some_and(|id| gone.ids().any(|i| i == id)));
            let other = now
                .components()
                .iter()
                .find(|c| Purl::parse(&c.purl).is_some_and(|p| p.package == package(gone)));
            let why = match (now.components().iter().any(there), withdrawn, other) {
                (_, true, _) => "the advisory was withdrawn".to_owned(),
                (true, false, _) => "the advisories say otherwise now".to_owned(),
                (false, _, Some(c)) => format!("the component has version {} now", c.version),
                (false, _, None) => "the component is gone".to_owned(),
            };
            self.disappeared.push(Disappeared {
                id: gone.id.clone(),
                component: gone.component.clone(),
                why,
            });
        }
        Ok(())
    }

    fn record(&mut self, ws: &Workspace, state: &State, by: &str, sbom: &[u8]) -> Result<()> {
        let body = self.body(ws, state.next_scan_id(), sbom)?;
        let draft = ws.at(state).process(by, &body)?;
        self.appended = Some(ws.append(&ws.ledger()?, state, &[draft])?);
        self.recorded = Some(body.scan);
        Ok(())
    }

    /// The record of the scan; SBOM and report are kept as blobs.
    pub(super) fn body(&self, ws: &Workspace, id: String, sbom: &[u8]) -> Result<VulnerabilityScan> {
        let report = serde_json::to_vec(&self.scan).doing("write the report of the scan")?;
        let mut worst: Vec<&Match> = self.scan.matches.iter().collect();
        let level = |m: &Match| m.score().map(|s| s.level);
        worst.sort_by_key(|m| (std::cmp::Reverse((m.kev.is_some(), level(m))), m.id.clone()));
        let mut found = Vec::new();
        let mut room = FOUND_BYTES_MAX;
        for m in worst {
            let row = FoundVulnerability {
                id: m.id.clone(),
                aliases: m.aliases.clone(),
                component: m.component.clone(),
                version: m.version.clone(),
                level: level(m).map(|l| l.as_str().to_owned()).unwrap_or_default(),
                exploited: m.kev.is_some(),
            };
            let size = serde_json::to_vec(&row).map_or(FOUND_BYTES_MAX, |b| b.len() + 1);
            let Some(left) = room.checked_sub(size) else { break };
            room = left;
            found.push(row);
        }
        Ok(VulnerabilityScan {
            scan: id,
            release: self.release.clone(),
            commit: self.commit.clone(),
            dirty: self.dirty,
            sbom: ws.blobs().put(sbom)?,
            components: self.scan.components as u64,
            datasets: self.datasets.iter().map(pinned_set).collect(),
            report: ws.blobs().put(&report)?,
            matches: self.scan.matches.len() as u64,
            found,
            changed: self.changed.clone(),
            disappeared: self.disappeared.iter().take(50).cloned().collect(),
        })
    }

    /// `dossier/scan/v1`
    pub fn to_json(&self) -> Value {
        let datasets: Vec<Value> = self
            .datasets
            .iter()
            .map(|d| json!({"name": d.name, "digest": d.digest.oci(), "date": d.date}))
            .collect();
        let matches = self.scan.matches.iter().zip(&self.assessments).zip(&self.statements);
        let matches: Vec<Value> = matches.map(|((m, j), said)| match_json(m, j.as_ref(), said)).collect();
        json!({
            "format": "dossier/scan/v1", "product": self.product, "commit": self.commit, "dirty": self.dirty,
            "release": self.release, "ledger": self.ledger, "scan": self.recorded, "datasets": datasets,
            "components": self.scan.components, "matches": matches, "open": self.open(),
            "withdrawn": self.scan.withdrawn, "unidentified": self.scan.nameless,
            "changes": {"datasets": self.changed, "new": self.new, "disappeared": self.disappeared},
        })
    }

    /// For people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for d in &self.datasets {
            let _ = writeln!(out, "data set {} of {} ({})", d.name, d.date, d.digest.short());
        }
        for ((m, judged), statements) in self.scan.matches.iter().zip(&self.assessments).zip(&self.statements)
        {
            let score = m
                .score()
                .map_or_else(|| "no score".to_owned(), |s| format!("{} {:.1}", s.level.as_str(), s.value));
            let exploited = if m.kev.is_some() { ", known to be exploited" } else { "" };
            let _ = writeln!(out, "\n{} ({score}{exploited}) {}", m.id, m.summary);
            let _ = writeln!(out, "  in      {} ({})", m.component, m.kind);
            if !m.aliases.is_empty() {
                let _ = writeln!(out, "  also    {}", m.aliases.join(", "));
            }
            let fixed =
                if m.fixed.is_empty() { "no version is known".to_owned() } else { m.fixed.join(", ") };
            let _ = writeln!(out, "  fixed   {fixed}");
            if m.undecided {
                let _ = writeln!(out, "  the advisory has no versions to compare: somebody has to look");
            }
            let said = match judged {
                None => "nobody has judged it".to_owned(),
                Some(Judged { record, confirm: Some(why) }) => {
                    format!(
                        "{} (entry {}), to be confirmed again: {why}",
                        record.body.status.as_str(),
                        record.meta.seq
                    )
                }
                Some(Judged { record, confirm: None }) => {
                    format!(
                        "{} (entry {}): {}",
                        record.body.status.as_str(),
                        record.meta.seq,
                        on_one_line(&record.body.impact)
                    )
                }
            };
            if let Some((vector, value, level)) = judged.as_ref().and_then(|j| own_score_of(&j.record.body)) {
                let _ = writeln!(out, "  scored  {} {value:.1} by the assessor ({vector})", level.as_str());
            }
            for s in statements {
                let why = s.justification.as_deref().map(|j| format!(", {j}")).unwrap_or_default();
                let words = on_one_line(&[s.impact.as_str(), s.action.as_str()].join(" "));
                let (author, status) = (&s.author, &s.status);
                let _ = writeln!(out, "  says    {author} on {}: {status}{why} {words}", s.at);
            }
            if let Some(e) = &m.epss {
                let _ = writeln!(out, "  epss    {} (percentile {})", e.score, e.percentile);
            }
            let _ = writeln!(out, "  judged  {said}");
        }
        for name in &self.changed {
            let _ = writeln!(out, "\ndata set changed since the scan before: {name}");
        }
        for gone in &self.disappeared {
            let _ = writeln!(out, "no longer found: {} in {}: {}", gone.id, gone.component, gone.why);
        }
        if !self.scan.nameless.is_empty() {
            let _ = writeln!(
                out,
                "\nno package URL and no CPE, so nothing can be known of: {}",
                self.scan.nameless.join(", ")
            );
        }
        let _ = writeln!(
            out,
            "\n{} components, {} matches, {} open{}",
            self.scan.components,
            self.scan.matches.len(),
            self.open(),
            self.recorded.as_ref().map_or_else(String::new, |id| format!(" · recorded as {id}"))
        );
        out
    }
}

/// What people wrote over several lines, in a list that has a line for each.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn pinned_set(d: &Pinned) -> PinnedSet {
    PinnedSet { name: d.name.clone(), digest: d.digest, date: d.date.clone() }
}

/// The assessor's own vector with its score and level.
fn own_score_of(body: &VulnerabilityAssess) -> Option<(&str, f64, Level)> {
    let vector = body.own_score.as_deref()?;
    let value = score_of(vector)?;
    Some((vector, value, level_of(value)))
}

fn own_score(body: &VulnerabilityAssess) -> Option<Value> {
    own_score_of(body)
        .map(|(vector, score, level)| json!({"vector": vector, "score": score, "level": level.as_str()}))
}

fn match_json(m: &Match, judged: Option<&Judged>, statements: &[Said]) -> Value {
    let score = m.score();
    let assessment = judged.map(|j| {
        let b = &j.record.body;
        json!({"status": b.status, "justification": b.justification, "impact": b.impact, "safety": b.safety,
            "hazards": b.hazards, "controls": b.controls, "action": b.action, "version": b.version,
            "release": b.release, "person": j.record.meta.signer.as_deref().map(|s| &s.name), "at": j.record.meta.at, "cvss": own_score(b),
            "entry": j.record.meta.seq, "state": if j.confirm.is_none() { "current" } else { "confirm" },
            "confirm": j.confirm})
    });
    json!({
        "id": m.id, "aliases": m.aliases, "component": m.component, "name": m.name, "version": m.version,
        "fixed": m.fixed, "assessment": assessment, "summary": m.summary, "severity": m.severity,
        "score": score.as_ref().map(|s| s.value), "level": score.as_ref().map(|s| s.level.as_str()),
        "cwes": m.cwes, "kev": m.kev, "epss": m.epss, "undecided": m.undecided, "kind": m.kind, "statements": statements,
    })
}

/// Computes a recorded scan again from its pins. Returns the record, and whether the result is the recorded one.
///
/// # Errors
/// When there is no such scan, or a pinned blob is absent or changed.
pub fn vuln_recompute(ws: &Workspace, id: &str) -> Result<(VulnerabilityScan, bool)> {
    let state = ws.ledger()?.state(None)?;
    let record = state.security.scans.iter().find(|s| s.body.scan == id).ok_or_else(|| {
        Error::refused(format!("there is no scan `{id}`"))
            .hint("scans are entries of kind vuln/scan/v1: dossier ledger log")
    })?;
    let pins: Vec<Pinned> = record
        .body
        .datasets
        .iter()
        .map(|d| Pinned { name: d.name.clone(), digest: d.digest, date: d.date.clone() })
        .collect();
    let components = components(&ws.blobs().get(record.body.sbom)?)?;
    let again = scan(&data_sets::index(ws, &pins)?, &components);
    let bytes = serde_json::to_vec(&again).doing("write the report of the scan")?;
    Ok((record.body.clone(), Digest::of(&bytes) == record.body.report))
}
