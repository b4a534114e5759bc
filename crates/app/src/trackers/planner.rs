//! From issues to entries: what is new, what changed, what is gone, and what is left alone and why. Pure.

use super::DELETED;
use super::times::{earlier, instant};
use crate::error::{Doing as _, Result};
use crate::workspace::Workspace;
use interchange::tracker::{Ended, Issue};
use ledger::Draft;
use product::TrackerConfig;
use records::state::Anomaly;
use records::{
    AnomalyAmend, AnomalyMirror, AnomalyReopen, AnomalyReport, AnomalyResolve, Disposition, State,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use vocabulary::{Digest, Instant, ItemId, canonical};

/// What became of one issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TrackerSyncRow {
    /// The tracker's key.
    pub key: String,
    /// The anomaly here.
    pub anomaly: String,
    /// `reported`, `updated`, `renamed`, `deleted`, `resolved`, `reopened`; or, where nothing was taken over, `stale`, `unlabelled`,
    /// `conflict`.
    pub outcome: &'static str,
    /// What that means here.
    pub text: String,
    /// The issue's address.
    pub url: String,
}

/// What is to be appended and said.
pub(super) struct Planned {
    pub(super) drafts: Vec<Draft>,
    pub(super) rows: Vec<TrackerSyncRow>,
    pub(super) problems: Vec<String>,
    pub(super) anomalies: usize,
    pub(super) unchanged: usize,
}

pub(super) struct Planner<'a> {
    ws: &'a Workspace,
    state: &'a State,
    name: &'a str,
    config: &'a TrackerConfig,
    by: &'a str,
    now: Instant,
    /// Issue id to anomaly.
    by_issue: BTreeMap<String, String>,
    /// Key to anomaly, of the newest mirrors.
    by_key: BTreeMap<String, String>,
    /// Anomaly to what it repeats: as recorded, and as planned.
    repeats: BTreeMap<String, String>,
    /// Anomalies that this plan touches, with whether something was planned.
    touched: BTreeMap<String, bool>,
    new: BTreeSet<String>,
    /// Issues that are not older than what is known.
    current: BTreeSet<String>,
    planned: Planned,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        ws: &'a Workspace,
        state: &'a State,
        name: &'a str,
        config: &'a TrackerConfig,
        by: &'a str,
    ) -> Planner<'a> {
        let (mut by_issue, mut by_key, mut repeats) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (id, a) in &state.anomalies {
            for m in a.mirrors.iter().filter(|m| m.body.tracker == name) {
                by_issue.insert(m.body.issue.clone(), id.clone());
            }
            if let Some(m) = a.mirror().filter(|m| m.body.tracker == name && m.body.status != DELETED) {
                by_key.insert(m.body.key.clone(), id.clone());
            }
            if let Some(other) = a.resolution().and_then(|r| r.body.duplicate_of.clone()) {
                repeats.insert(id.clone(), other);
            }
        }
        Planner {
            ws,
            state,
            name,
            config,
            by,
            now: ws.clock.now(),
            by_issue,
            by_key,
            repeats,
            touched: BTreeMap::new(),
            new: BTreeSet::new(),
            current: BTreeSet::new(),
            planned: Planned {
                drafts: Vec::new(),
                rows: Vec::new(),
                problems: Vec::new(),
                anomalies: 0,
                unchanged: 0,
            },
        }
    }

    pub(super) fn done(mut self) -> Planned {
        self.planned.anomalies = self.touched.len();
        self.planned.unchanged = self.touched.values().filter(|changed| !**changed).count();
        self.planned
    }

    fn draft<R: records::Record>(&mut self, anomaly: &str, body: &R) -> Result<()> {
        let draft = self.ws.at(self.state).process(self.by, body)?;
        self.planned.drafts.push(draft);
        self.touched.insert(anomaly.to_owned(), true);
        Ok(())
    }

    fn say(&mut self, issue: &Issue, anomaly: &str, outcome: &'static str, text: impl Into<String>) {
        self.planned.rows.push(TrackerSyncRow {
            key: issue.key.clone(),
            anomaly: anomaly.to_owned(),
            outcome,
            text: text.into(),
            url: issue.url.clone(),
        });
    }

    /// The anomaly that an issue is mirrored as. An export without unchanging ids has the key in their place.
    fn known(&self, issue: &Issue) -> Option<String> {
        if let Some(id) = self.by_issue.get(&issue.id) {
            return Some(id.clone());
        }
        let id = self.by_key.get(&issue.key)?;
        let same = issue.id == issue.key
            || self
                .state
                .anomalies
                .get(id)
                .and_then(Anomaly::mirror)
                .is_some_and(|m| m.body.issue == m.body.key);
        same.then(|| id.clone())
    }

    /// The id to keep: an export without unchanging ids says nothing against one that is known.
    fn identity<'i>(&self, issue: &'i Issue, last: Option<&'i AnomalyMirror>) -> &'i str {
        let keeps = |m: &&AnomalyMirror| m.tracker == self.name && issue.id == issue.key;
        last.filter(keeps).map_or(issue.id.as_str(), |m| m.issue.as_str())
    }

    /// Plans one issue.
    pub(super) fn issue(&mut self, issue: &Issue) -> Result<()> {
        match self.known(issue) {
            Some(id) if self.new.contains(&id) => {
                self.say(issue, &id, "conflict", "it is there twice; the first one was taken over");
                Ok(())
            }
            Some(id) => self.again(issue, &id),
            None if issue.deleted || !self.is_anomaly(issue) => Ok(()),
            None => self.first(issue),
        }
    }

    fn is_anomaly(&self, issue: &Issue) -> bool {
        self.config.anomaly.iter().any(|label| issue.is(label))
    }

    /// What the anomaly of an issue is called here.
    fn id_of(&self, issue: &Issue) -> String {
        let number = issue.key.rsplit('-').next().unwrap_or(&issue.key);
        match &self.config.ids {
            Some(prefix) => format!("{prefix}{number}"),
            None if issue.key.contains('-') => issue.key.clone(),
            None => format!("{}-{number}", self.name.to_uppercase()),
        }
    }

    fn first(&mut self, issue: &Issue) -> Result<()> {
        let id = self.id_of(issue);
        if crate::people::identifier("the id of an anomaly", &id).is_err() {
            self.say(
                issue,
                "",
                "conflict",
                format!("`{id}` cannot be the id of an anomaly: set `ids` of the tracker"),
            );
            return Ok(());
        }
        let source = format!("{}:{}", self.name, issue.key);
        let report = self.report(issue, &id, &source);
        if let Some(there) = self.adopted(&source) {
            self.take_fields(issue, &there, &report)?;
            self.mirror(issue, &there, &report, &status(issue))?;
            self.say(
                issue,
                &there,
                "updated",
                format!("{there} names this issue as its source and is mirrored from now on"),
            );
            return Ok(());
        }
        let taken = self.state.anomalies.get(&id).map(|a| match a.mirror() {
            Some(m) => format!("`{id}` is mirrored from the issue with the id {} already", m.body.issue),
            None => format!("`{id}` was reported here: name `{source}` among its sources to tie them, or set `ids` of the tracker"),
        });
        if let Some(why) =
            taken.or_else(|| self.new.contains(&id).then(|| format!("two issues would be `{id}`")))
        {
            self.say(issue, &id, "conflict", why);
            return Ok(());
        }
        self.draft(&id, &report)?;
        self.mirror(issue, &id, &report, &status(issue))?;
        self.new.insert(id.clone());
        self.by_issue.insert(issue.id.clone(), id.clone());
        self.by_key.insert(issue.key.clone(), id.clone());
        self.current.insert(issue.id.clone());
        let missing = missing(&report);
        let text = if missing.is_empty() {
            report.title.clone()
        } else {
            format!("{}; it says nothing of {}", report.title, missing.join(", "))
        };
        self.say(issue, &id, "reported", text);
        Ok(())
    }

    /// An anomaly that was reported here, is mirrored from nowhere, and names the issue as its source.
    fn adopted(&self, source: &str) -> Option<String> {
        let named = |a: &&Anomaly| a.mirror().is_none() && a.report.body.sources.iter().any(|s| s == source);
        self.state.anomalies.values().find(named).map(|a| a.report.body.anomaly.clone())
    }

    fn again(&mut self, issue: &Issue, id: &str) -> Result<()> {
        self.touched.entry(id.to_owned()).or_insert(false);
        let Some(anomaly) = self.state.anomalies.get(id) else { return Ok(()) };
        let Some(last) = anomaly.mirror().map(|m| m.body.clone()) else { return Ok(()) };
        let source = format!("{}:{}", self.name, issue.key);
        let report = self.report(issue, id, &source);
        if issue.deleted {
            return self.delete(issue, id, &last);
        }
        if last.status != DELETED && earlier(&issue.updated, &last.updated) {
            self.say(
                issue,
                id,
                "stale",
                format!(
                    "this is its state of {}, and that of {} is known: left alone",
                    issue.updated, last.updated
                ),
            );
            return Ok(());
        }
        if instant(&issue.updated).is_some_and(|at| at.millis() > self.now.millis() + SKEW_MS) {
            self.planned.problems.push(format!(
                "{}: the tracker changed it at {}, which has not come yet here; one of the clocks is wrong",
                issue.key, issue.updated
            ));
        }
        self.current.insert(issue.id.clone());
        if !self.is_anomaly(issue) {
            self.say(
                issue,
                id,
                "unlabelled",
                format!(
                    "it bears none of {} any more; {id} stays an anomaly until it is resolved here",
                    self.config.anomaly.join(", ")
                ),
            );
        }
        let changed = self.take_fields(issue, id, &report)?;
        let word = status(issue);
        let renamed = last.key != issue.key;
        let moved = last.status != word;
        // What an export leaves out takes nothing away.
        let same_url = issue.url.is_empty() || last.url == issue.url;
        if changed.is_empty()
            && !renamed
            && !moved
            && same_url
            && self.identity(issue, Some(&last)) == last.issue
        {
            return Ok(());
        }
        self.mirror(issue, id, &report, &word)?;
        if renamed {
            self.say(
                issue,
                id,
                "renamed",
                format!("{} is called {} now; the anomaly stays {id}", last.key, issue.key),
            );
        }
        let mut what = changed;
        if moved {
            what.push(format!("state: {} -> {word}", last.status));
        }
        if !what.is_empty() {
            self.say(issue, id, "updated", what.join(", "));
        }
        Ok(())
    }

    /// Takes over the fields that changed; the names of those. What the tracker does not say leaves what is here.
    fn take_fields(&mut self, issue: &Issue, id: &str, new: &AnomalyReport) -> Result<Vec<String>> {
        let Some(old) = self.state.anomalies.get(id).map(|a| a.report.body.clone()) else {
            return Ok(Vec::new());
        };
        let pairs = [
            ("title", &old.title, &new.title),
            ("description", &old.description, &new.description),
            ("found", &old.found, &new.found),
            ("reproduction", &old.reproduction, &new.reproduction),
            ("function", &old.function, &new.function),
            ("version", &old.version, &new.version),
            ("severity", &old.severity, &new.severity),
            ("performance", &old.performance, &new.performance),
            ("safety", &old.safety, &new.safety),
            ("security", &old.security, &new.security),
        ];
        let fields: BTreeMap<String, String> = pairs
            .into_iter()
            .filter(|(_, old, new)| old != new && !new.is_empty())
            .map(|(name, _, new)| (name.to_owned(), new.clone()))
            .collect();
        let affects = (old.affects != new.affects && !new.affects.is_empty()).then(|| new.affects.clone());
        let mut names: Vec<String> = fields.keys().cloned().collect();
        names.extend(affects.is_some().then(|| "affects".to_owned()));
        if !names.is_empty() {
            let reason = format!("changed in {}: {}", self.name, issue.key);
            self.draft(id, &AnomalyAmend { anomaly: id.to_owned(), fields, affects, reason })?;
        }
        Ok(names)
    }

    fn mirror(&mut self, issue: &Issue, id: &str, report: &AnomalyReport, word: &str) -> Result<()> {
        let last = self.state.anomalies.get(id).and_then(Anomaly::mirror).map(|m| &m.body);
        let known = last.map(|m| m.url.as_str()).unwrap_or_default();
        let url = [issue.url.as_str(), known].into_iter().find(|u| !u.is_empty()).unwrap_or_default();
        let body = AnomalyMirror {
            anomaly: id.to_owned(),
            tracker: self.name.to_owned(),
            issue: self.identity(issue, last).to_owned(),
            key: issue.key.clone(),
            url: url.to_owned(),
            status: word.to_owned(),
            updated: issue.updated.clone(),
            digest: Digest::of(&canonical::to_vec(report).doing("write what was taken over")?),
        };
        self.draft(id, &body)
    }

    fn delete(&mut self, issue: &Issue, id: &str, last: &AnomalyMirror) -> Result<()> {
        if last.status == DELETED {
            return Ok(());
        }
        let body = AnomalyMirror { status: DELETED.to_owned(), ..last.clone() };
        self.draft(id, &body)?;
        self.say(
            issue,
            id,
            "deleted",
            format!("the issue is gone; {id} stays as it is, and its fields are dossier's now"),
        );
        Ok(())
    }

    /// Issues that were mirrored and are not among all issues of the project.
    pub(super) fn gone(&mut self, all: &[Issue]) -> Result<()> {
        let seen: BTreeSet<String> =
            all.iter().filter(|i| !i.deleted).filter_map(|i| self.known(i)).collect();
        for (id, anomaly) in &self.state.anomalies {
            let Some(last) = anomaly.mirror().filter(|m| m.body.tracker == self.name) else { continue };
            if !seen.contains(id) {
                let last = last.body.clone();
                let issue = Issue { key: last.key.clone(), url: last.url.clone(), ..Issue::default() };
                self.touched.entry(id.clone()).or_insert(false);
                self.delete(&issue, id, &last)?;
            }
        }
        Ok(())
    }

    /// What the ends of issues mean for anomalies, once all issues are known: a duplicate may name one that comes later.
    pub(super) fn endings(&mut self, issues: &[Issue]) -> Result<()> {
        for issue in issues {
            let Some(id) = self.known(issue).filter(|_| self.current.contains(&issue.id)) else { continue };
            let anomaly = self.state.anomalies.get(&id);
            let resolved = anomaly.and_then(Anomaly::resolution).map(|r| r.body.clone());
            let was = anomaly.and_then(Anomaly::mirror).is_some_and(|m| m.body.status.starts_with(CLOSED));
            match (issue.ended, resolved) {
                (Ended::Open, Some(r)) if was => {
                    let reason = format!(
                        "{} is open again in {}; it was {}",
                        issue.key,
                        self.name,
                        r.disposition.as_str()
                    );
                    self.draft(&id, &AnomalyReopen { anomaly: id.clone(), reason: reason.clone() })?;
                    self.repeats.remove(&id);
                    self.say(issue, &id, "reopened", reason);
                }
                (Ended::Open, Some(r)) if self.touched.get(&id) == Some(&true) => {
                    self.say(
                        issue,
                        &id,
                        "conflict",
                        format!(
                            "it is open in {} and {} here: close it there, or reopen it here",
                            self.name,
                            r.disposition.as_str()
                        ),
                    );
                }
                // Closed there and resolved here: resolved once is enough.
                (Ended::Open, _) | (_, Some(_)) => {}
                (ended, None) => self.resolve(issue, &id, ended)?,
            }
        }
        Ok(())
    }

    fn resolve(&mut self, issue: &Issue, id: &str, ended: Ended) -> Result<()> {
        let mut body = AnomalyResolve {
            anomaly: id.to_owned(),
            disposition: Disposition::WontFix,
            fixed_in: None,
            change: None,
            duplicate_of: None,
            resolution: format!("{} in {}: {}", issue.status, self.name, issue.key),
        };
        let why = match ended {
            Ended::NotPlanned => None,
            Ended::Completed => {
                body.disposition = Disposition::Corrected;
                body.fixed_in = ["fix version", "fixed in", "milestone"].iter().find_map(|f| issue.value(f));
                body.fixed_in
                    .is_none()
                    .then(|| "it is done there, and no version says what carries the correction".to_owned())
            }
            Ended::Duplicate => {
                body.disposition = Disposition::Duplicate;
                let named = issue.duplicate_of.as_deref();
                let other = named.and_then(|key| self.by_key.get(key)).cloned();
                body.duplicate_of.clone_from(&other);
                match (named, other) {
                    (None, _) => Some("it is a duplicate there, and nothing says of what".to_owned()),
                    (Some(key), None) => {
                        Some(format!("it is a duplicate of {key} there, which is no anomaly here"))
                    }
                    (Some(_), Some(other)) => self.circle(id, &other),
                }
            }
            Ended::Closed | Ended::Open => Some("it is closed there, and nothing says how".to_owned()),
        };
        if let Some(why) = why {
            if self.touched.get(id) == Some(&true) {
                self.say(issue, id, "conflict", format!("{why}: resolve {id} here"));
            }
            return Ok(());
        }
        if let Some(other) = &body.duplicate_of {
            self.repeats.insert(id.to_owned(), other.clone());
        }
        let text = format!("{}; {}", body.disposition.as_str(), issue.status);
        self.draft(id, &body)?;
        self.say(issue, id, "resolved", text);
        Ok(())
    }

    /// The chain of duplicates that would lead back to `id`.
    fn circle(&self, id: &str, other: &str) -> Option<String> {
        let (mut at, mut path) = (other, vec![id]);
        for _ in 0..=self.repeats.len() + 1 {
            path.push(at);
            if at == id {
                return Some(format!("its duplicates go in a circle ({})", path.join(" -> ")));
            }
            at = self.repeats.get(at)?;
        }
        Some(format!("its duplicates go in a circle that `{other}` is part of"))
    }

    /// What the tracker says, as a report.
    fn report(&mut self, issue: &Issue, id: &str, source: &str) -> AnomalyReport {
        let value = |field: &str, names: &[&str]| -> String {
            match self.config.fields.get(field) {
                Some(there) => issue.value(there),
                None => names.iter().find_map(|n| issue.value(n)),
            }
            .unwrap_or_default()
        };
        let list = value("affects", &["affects", "affected items", "component"]);
        let affects: Vec<ItemId> = list.split(',').filter_map(|t| t.trim().parse::<ItemId>().ok()).collect();
        let mut severity = value("severity", &["severity"]);
        let scale = &self.ws.config.anomalies.severity;
        if let Some(word) = scale.iter().find(|s| s.eq_ignore_ascii_case(&severity)) {
            severity.clone_from(word);
        }
        let off = !scale.is_empty() && !severity.is_empty() && !scale.contains(&severity);
        let report = AnomalyReport {
            anomaly: id.to_owned(),
            title: issue.title.trim().to_owned(),
            description: clip(&issue.text),
            found: clip(&value("found", &["found", "how found", "how was it found"])),
            reproduction: clip(&value(
                "reproduction",
                &["reproduction", "steps to reproduce", "how to reproduce"],
            )),
            affects,
            function: clip(&value("function", &["function", "affected function"])),
            version: clip(&value("version", &["version", "affects version", "found in version"])),
            severity: clip(&severity),
            criticality: String::new(),
            performance: clip(&value("performance", &["performance"])),
            safety: clip(&value("safety", &["safety"])),
            security: clip(&value("security", &["security"])),
            sources: vec![source.to_owned()],
        };
        if off {
            self.planned.problems.push(format!(
                "{}: severity `{severity}` is not on the scale of [anomalies] severity",
                issue.key
            ));
        }
        report
    }
}

/// How far a tracker's clock may be ahead before it is worth a word.
const SKEW_MS: i64 = 5 * 60 * 1000;

/// What the status of a closed issue begins with.
pub(super) const CLOSED: &str = "closed";

/// The most bytes of a field that are kept: an entry holds 65 535, and the tracker keeps the rest.
const FIELD_MAX: usize = 12_000;

fn clip(text: &str) -> String {
    let text = text.trim();
    if text.len() <= FIELD_MAX {
        return text.to_owned();
    }
    let end = (0..=FIELD_MAX).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
    format!("{} … (cut here; the tracker has the rest)", text.get(..end).unwrap_or_default())
}

/// The tracker's word for the state; a closed one begins with `closed`.
fn status(issue: &Issue) -> String {
    let word = issue.status.trim();
    if issue.ended == Ended::Open {
        return word.to_owned();
    }
    if word.to_lowercase().starts_with(CLOSED) { word.to_lowercase() } else { format!("{CLOSED}: {word}") }
}

/// The fields of a report that 9.1 needs and nobody filled.
pub(super) fn missing(report: &AnomalyReport) -> Vec<&'static str> {
    let needed = [
        ("description", &report.description),
        ("found", &report.found),
        ("version", &report.version),
        ("severity", &report.severity),
    ];
    needed.into_iter().filter(|(_, t)| t.trim().is_empty()).map(|(name, _)| name).collect()
}
