//! `vuln watch`: the data sets are fetched, the SBOM of every fielded release is looked up again, and what is new becomes a
//! problem report (62304:6.2.1, 9.1) with a day by which it is to be judged.

use super::scan::{self, ScanView};
use super::sync::{SyncOptions, SyncRow, vuln_sync};
use crate::analysis::Analysis;
use crate::error::Result;
use crate::workspace::{Appended, Workspace};
use model::Kind;
use records::{
    AnomalyReport, State, VulnerabilityScan, VulnerabilityWatch, WatchReport, WatchedRelease, WatchedSet,
};
use soup::Purl;
use soup::advisories::Match;
use std::collections::BTreeMap;
use vocabulary::{Date, Instant, ItemId};

/// How to watch.
#[derive(Clone, Debug, Default)]
pub struct WatchOptions {
    /// Fetches nothing: the data sets in force are taken as they are.
    pub offline: bool,
    /// Does nothing where the last whole watch is younger than the cadence of `[advisories] watch_days`.
    pub due_only: bool,
    /// How to fetch.
    pub sync: SyncOptions,
}

/// What a watch did.
#[derive(Debug)]
pub struct Watched {
    /// The record.
    pub body: VulnerabilityWatch,
    /// The entries; none where it was not due.
    pub appended: Option<Appended>,
    /// The day from which on the next one is due.
    pub next: Date,
}

/// Watches over the fielded releases.
///
/// # Errors
/// When there is no data set, or records cannot be written. What cannot be fetched or scanned is in the record.
pub fn vuln_watch(
    ws: &Workspace,
    by: &str,
    options: &WatchOptions,
    say: &mut dyn FnMut(String),
) -> Result<Watched> {
    let ledger = ws.ledger()?;
    let today = ws.clock.today(&ws.config.product.timezone)?;
    let days = i64::from(ws.config.advisories.watch_days);
    let before = ledger.state(None)?;
    if let Some(last) = before.security.watches.iter().rev().find(|w| w.body.is_whole()) {
        let next = last.meta.at.date_utc().plus_days(days);
        if options.due_only && next > today {
            return Ok(Watched { body: last.body.clone(), appended: None, next });
        }
    }
    let rows = if options.offline { Vec::new() } else { vuln_sync(ws, by, &options.sync, say)? };
    let state = ledger.state(None)?;
    scan::with_data_sets(&state)?;
    let mut watch = Watch { ws, state: &state, today, scans: Vec::new(), found: BTreeMap::new() };
    let mut releases = Vec::new();
    for (version, release) in state.fielded() {
        say(format!("looking up {version}"));
        releases.push(match watch.release(version, release) {
            Ok(row) => row,
            Err(e) => {
                WatchedRelease { release: version.to_owned(), scan: String::new(), open: 0, why: e.said() }
            }
        });
    }
    let (reported, anomalies) = watch.reports()?;
    let body = VulnerabilityWatch {
        watch: state.next_watch_id(),
        datasets: datasets(&state, &rows),
        releases,
        reported,
    };
    let mut drafts = Vec::new();
    for scan in &watch.scans {
        drafts.push(ws.at(&state).process(by, scan)?);
    }
    for anomaly in &anomalies {
        drafts.push(ws.at(&state).process(by, anomaly)?);
    }
    drafts.push(ws.at(&state).process(by, &body)?);
    let appended = Some(ws.append(&ledger, &state, &drafts)?);
    Ok(Watched { body, appended, next: today.plus_days(days) })
}

/// Milliseconds after which a server tries a watch again that could not be done whole.
const RETRY_MILLIS: i64 = 3_600_000;

/// What `dossier serve --watch` asks once a minute: watches where the cadence of `[advisories] watch_days` is over since the last
/// whole watch. One that was not whole is tried again after an hour; until one is, the missed cadence is a finding of `check`.
/// Data sets are fetched where `[advisories.sources]` names any. `None` where nothing was due.
///
/// # Errors
/// As [`vuln_watch`].
pub fn vuln_watch_due(ws: &Workspace, by: &str, say: &mut dyn FnMut(String)) -> Result<Option<Watched>> {
    let state = ws.ledger()?.state(None)?;
    let today = ws.clock.today(&ws.config.product.timezone)?;
    let past = state.security.watches.iter().map(|w| (w.meta.at, w.body.is_whole()));
    if !is_due(past, ws.clock.now(), today, ws.config.advisories.watch_days.into()) {
        return Ok(None);
    }
    let offline = ws.config.advisories.sources.is_empty();
    let options = WatchOptions { offline, ..WatchOptions::default() };
    vuln_watch(ws, by, &options, say).map(Some)
}

/// Whether a watch is due after the past ones, each with when it was and whether it was whole, oldest first.
fn is_due(
    past: impl DoubleEndedIterator<Item = (Instant, bool)> + Clone,
    now: Instant,
    today: Date,
    days: i64,
) -> bool {
    let tried = past.clone().next_back().is_some_and(|(at, _)| now.millis() - at.millis() < RETRY_MILLIS);
    let whole = past.rev().find(|(_, whole)| *whole);
    !tried && whole.is_none_or(|(at, _)| at.date_utc().plus_days(days) <= today)
}

fn datasets(state: &State, rows: &[SyncRow]) -> Vec<WatchedSet> {
    let in_force = state.security.datasets_in_force();
    let date = |name: &str| in_force.get(name).map(|d| d.body.date.to_string()).unwrap_or_default();
    let mut out: Vec<WatchedSet> = rows
        .iter()
        .map(|r| WatchedSet {
            name: r.name.clone(),
            outcome: r.outcome.clone(),
            date: date(&r.name),
            why: r.why.chars().take(500).collect(),
        })
        .collect();
    for name in in_force.keys().filter(|n| !rows.iter().any(|r| r.name == **n)) {
        let outcome = "as-it-was".to_owned();
        out.push(WatchedSet { name: (*name).to_owned(), outcome, date: date(name), why: String::new() });
    }
    out
}

/// A match that nobody judged, with the releases that have it.
struct New {
    found: Match,
    component: String,
    releases: Vec<String>,
    affects: Vec<ItemId>,
}

struct Watch<'a> {
    ws: &'a Workspace,
    state: &'a State,
    today: Date,
    scans: Vec<VulnerabilityScan>,
    /// By id of the vulnerability and package.
    found: BTreeMap<(String, String), New>,
}

impl Watch<'_> {
    fn release(&mut self, version: &str, release: &records::state::Release) -> Result<WatchedRelease> {
        let sbom = scan::archived_sbom(self.ws, version)?;
        let mut analysis = Analysis::of_release(self.ws, release)?;
        // The commit of the release, the records of now.
        analysis.state = self.state.clone();
        let view = scan::look_up(self.ws, &analysis, &scan::components(&sbom)?, Some(version.to_owned()))?;
        let id = format!("SCAN-{}", self.state.security.scans.len() + self.scans.len() + 1);
        self.scans.push(view.body(self.ws, id.clone(), &sbom)?);
        self.note(version, &view, &analysis);
        Ok(WatchedRelease {
            release: version.to_owned(),
            scan: id,
            open: view.open() as u64,
            why: String::new(),
        })
    }

    /// Takes note of what nobody judged for this version and no watch reported.
    fn note(&mut self, version: &str, view: &ScanView, analysis: &Analysis) {
        for (m, judged) in view.scan.matches.iter().zip(&view.assessments) {
            let component = Purl::parse(&m.component).map_or_else(|| m.component.clone(), |p| p.package);
            let known =
                judged.as_ref().is_some_and(|j| j.record.body.version == m.version && !m.kev_is_news(j));
            let reported = self.state.security.watch_reports().any(|r| {
                r.component == component
                    && r.releases.iter().any(|v| v == version)
                    && m.ids().any(|id| id == r.vulnerability || r.aliases.iter().any(|a| a == id))
            });
            if known || reported {
                continue;
            }
            let new = self.found.entry((m.id.clone(), component.clone())).or_insert_with(|| New {
                affects: soup_items(analysis, &component),
                found: m.clone(),
                component,
                releases: Vec::new(),
            });
            new.releases.push(version.to_owned());
        }
    }

    fn reports(&self) -> Result<(Vec<WatchReport>, Vec<AnomalyReport>)> {
        let (mut reports, mut anomalies) = (Vec::new(), Vec::new());
        let mut number = self.state.security.watch_reports().count();
        for new in self.found.values() {
            let id = loop {
                number += 1;
                let id = format!("VULN-{number}");
                if !self.state.anomalies.contains_key(&id) {
                    break id;
                }
            };
            let m = &new.found;
            let level = m.score().map(|s| s.level.as_str().to_owned()).unwrap_or_default();
            let days = self.ws.config.advisories.due(&level, m.kev.is_some());
            let due = self.today.plus_days(days.into());
            anomalies.push(self.anomaly(&id, new, &level, due));
            reports.push(WatchReport {
                anomaly: id,
                vulnerability: m.id.clone(),
                aliases: m.aliases.clone(),
                component: new.component.clone(),
                releases: new.releases.clone(),
                level,
                exploited: m.kev.is_some(),
                due,
            });
        }
        Ok((reports, anomalies))
    }

    fn anomaly(&self, id: &str, new: &New, level: &str, due: Date) -> AnomalyReport {
        let m = &new.found;
        let score = m.score().map_or_else(String::new, |s| format!(" CVSS {:.1} ({}).", s.value, s.vector));
        let exploited = if m.kev.is_some() { " It is known to be exploited." } else { "" };
        let epss = m.epss.as_ref().map(|e| format!(" EPSS {}.", e.score)).unwrap_or_default();
        let fixed = match m.fixed.as_slice() {
            [] => " No version is known that corrects it.".to_owned(),
            all => format!(" Corrected in {}.", all.join(", ")),
        };
        let ids: Vec<&str> = m.ids().collect();
        let summary = match m.summary.trim_end_matches('.') {
            "" => String::new(),
            summary => format!("{summary}. "),
        };
        AnomalyReport {
            anomaly: id.to_owned(),
            title: format!("{} in {} {}", m.id, m.name, m.version),
            description: format!(
                "{summary}Known as {}. The component {} of {} has it.{fixed} To be judged by {due}.",
                ids.join(", "),
                m.component,
                new.releases.join(", ")
            ),
            found: "watch over the fielded releases, by published advisories".to_owned(),
            reproduction: format!(
                "dossier vuln scan --release {}",
                new.releases.last().map_or("", String::as_str)
            ),
            affects: new.affects.clone(),
            function: String::new(),
            version: new.releases.last().cloned().unwrap_or_default(),
            severity: severity(&self.ws.config.anomalies.severity, level, m.kev.is_some()),
            criticality: String::new(),
            performance: "not judged yet".to_owned(),
            safety: "not judged yet".to_owned(),
            security: format!("a known vulnerability of a component.{score}{epss}{exploited}"),
            sources: ids.iter().map(|i| format!("vuln:{i}")).collect(),
        }
    }
}

/// The SOUP items that name this package.
fn soup_items(analysis: &Analysis, component: &str) -> Vec<ItemId> {
    let names = |item: &model::Item| {
        item.value("purl").and_then(|p| Purl::parse(&p)).is_some_and(|p| p.package == component)
    };
    let items = analysis.model.of_kind(Kind::Soup).iter().filter_map(|ix| analysis.model.get(*ix));
    items.filter(|i| names(i)).map(|i| i.id.clone()).collect()
}

/// The firm's word for a level: its scale from the top downwards, or our three words.
fn severity(scale: &[String], level: &str, exploited: bool) -> String {
    let below_top = match (exploited, level) {
        (true, _) | (_, "critical") => 0,
        (_, "high" | "") => 1,
        (_, "medium") => 2,
        _ => 3,
    };
    let ours = ["critical", "major", "minor", "minor"];
    match scale {
        [] => ours.get(below_top).copied().unwrap_or("minor").to_owned(),
        _ => scale.iter().rev().nth(below_top).or(scale.first()).cloned().unwrap_or_default(),
    }
}

/// Whether exploitation became known after the judgement.
trait News {
    fn kev_is_news(&self, judged: &scan::Judged) -> bool;
}

impl News for Match {
    fn kev_is_news(&self, judged: &scan::Judged) -> bool {
        self.kev.is_some() && !judged.record.body.exploited
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_watches_on_the_cadence_and_tries_again_what_was_not_whole() {
        const MINUTE: i64 = 60_000;
        const DAY: i64 = 24 * 60 * MINUTE;
        let noon = 1_772_366_400_000;
        let due = |past: &[(i64, bool)], now: i64| {
            let now = Instant::from_millis(noon + now);
            let past = past.iter().map(|(at, whole)| (Instant::from_millis(noon + at), *whole));
            is_due(past, now, now.date_utc(), 7)
        };
        assert!(due(&[], 0), "the first one is due at once");
        assert!(!due(&[(0, true)], 6 * DAY) && due(&[(0, true)], 7 * DAY));
        // Not whole: the cadence still counts from the last whole one, and there is an hour between two attempts.
        let failed = [(0, true), (7 * DAY, false)];
        assert!(!due(&failed, 7 * DAY + 59 * MINUTE) && due(&failed, 7 * DAY + 60 * MINUTE));
        assert!(!due(&[(0, false)], MINUTE) && due(&[(0, false)], 61 * MINUTE));
        // A failure of somebody's own watch within the cadence makes none due.
        assert!(!due(&[(0, true), (DAY, false)], 2 * DAY));
    }

    #[test]
    fn a_level_has_a_word_on_every_scale() {
        let scale: Vec<String> = ["low", "moderate", "high"].map(str::to_owned).to_vec();
        assert_eq!(severity(&scale, "critical", false), "high");
        assert_eq!(severity(&scale, "high", true), "high");
        assert_eq!(severity(&scale, "medium", false), "low");
        assert_eq!(severity(&scale, "low", false), "low");
        assert_eq!(severity(&[], "", false), "major");
    }
}
