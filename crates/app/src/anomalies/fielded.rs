//! Anomalies against releases that are in the field (62304:6.2.1, 6.2.5): judged for each version, shown as an addendum of
//! the sealed release, which itself never changes.

use super::{existing, known};
use crate::act::Actor;
use crate::analysis::Analysis;
use crate::error::{Error, Result};
use crate::workspace::{Appended, Workspace};
use records::state::{Anomaly, Release};
use records::{Affected, AnomalyField, Disposition, EvaluationOutcome, Information, State};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use vocabulary::ItemId;

/// A judgement, before what was known of the anomaly is bound to it.
#[derive(Clone, Debug)]
pub struct FieldJudgement {
    /// The anomaly.
    pub anomaly: String,
    /// The sealed release.
    pub release: String,
    /// Whether that release has it.
    pub affected: Affected,
    /// Whether the risk is acceptable.
    pub outcome: EvaluationOutcome,
    /// Hazards considered.
    pub hazards: Vec<ItemId>,
    /// Why.
    pub rationale: String,
    /// Users of that version.
    pub users: Information,
    /// Regulators.
    pub regulators: Information,
}

/// Judges an anomaly against a release in the field.
///
/// # Errors
/// When the release is not in the field, the anomaly does not exist, or a decision has no reason.
pub fn anomaly_judge(ws: &Workspace, actor: &Actor, judgement: &FieldJudgement) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let anomaly = existing(&state, &judgement.anomaly)?;
    known(&Analysis::of_work_tree(ws)?, judgement.hazards.iter())?;
    let body = AnomalyField {
        anomaly: judgement.anomaly.clone(),
        release: judgement.release.clone(),
        affected: judgement.affected,
        outcome: judgement.outcome,
        hazards: judgement.hazards.clone(),
        rationale: judgement.rationale.clone(),
        users: judgement.users.clone(),
        regulators: judgement.regulators.clone(),
        seen: anomaly.last_finding(),
    };
    let meaning = "I have judged this anomaly against a release in the field";
    ws.act_on(&ledger, &state, actor, meaning, &body)
}

/// Where an anomaly stands against a release in the field. In the order of a list: what waits for somebody comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Standing {
    /// Nobody has judged it.
    #[serde(rename = "not judged")]
    NotJudged,
    /// Something was found since.
    #[serde(rename = "judged before the last finding")]
    Outdated,
    /// The release has it.
    #[serde(rename = "affected")]
    Affected,
    /// The release has it not.
    #[serde(rename = "not affected")]
    NotAffected,
}

impl Standing {
    /// For people, and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::NotJudged => "not judged",
            Standing::Outdated => "judged before the last finding",
            Standing::Affected => "affected",
            Standing::NotAffected => "not affected",
        }
    }

    /// Whether somebody has to judge.
    pub fn is_open(self) -> bool {
        matches!(self, Standing::NotJudged | Standing::Outdated)
    }
}

/// Which pairs of anomaly and release to list.
#[derive(Clone, Debug, Default)]
pub struct FieldedOf {
    /// One anomaly only.
    pub anomaly: Option<String>,
    /// One release only.
    pub release: Option<String>,
    /// Only what is to be judged.
    pub open: bool,
    /// Every row, however many there are.
    pub all: bool,
    /// The position that is looked at.
    pub ledger_at: Option<u64>,
}

/// Anomalies against the releases in the field.
#[derive(Clone, Debug, Serialize)]
pub struct Fielded {
    /// Always `dossier/fielded/v2`.
    pub format: &'static str,
    /// The releases in the field that were looked at.
    pub releases: Vec<String>,
    /// How many pairs of anomaly and release there are of each standing, those that are not listed too.
    pub pairs: BTreeMap<Standing, usize>,
    /// The rows: what is to be judged first, the most severe first, the oldest first.
    pub rows: Vec<FieldedRow>,
    /// How many further rows there are: [`ROWS`] are listed where not all are asked for.
    pub more: usize,
}

/// An anomaly and the releases against which it stands in one way.
#[derive(Clone, Debug, Serialize)]
pub struct FieldedRow {
    /// The anomaly.
    pub anomaly: String,
    /// Its severity, in the firm's words.
    pub severity: String,
    /// How it stands.
    pub standing: Standing,
    /// Against which releases.
    pub releases: Vec<String>,
    /// Its title.
    pub title: String,
}

/// So many rows are listed where not all are asked for.
const ROWS: usize = 100;

/// Whether an anomaly has to be judged against a fielded release: it was reported or reopened after the seal, and is one.
pub(crate) fn concerns(anomaly: &Anomaly, release: &Release) -> bool {
    let sealed = release.sealed.as_ref().map(|s| s.meta.seq);
    sealed.zip(known_since(anomaly)).is_some_and(|(sealed, known)| known > sealed)
}

/// The entry since which an anomaly has to be judged against what was sealed before; none where it turned out to be none.
fn known_since(anomaly: &Anomaly) -> Option<u64> {
    let none = anomaly
        .resolution()
        .is_some_and(|r| matches!(r.body.disposition, Disposition::NotAnAnomaly | Disposition::Duplicate));
    let reopened = anomaly.reopenings.last().map_or(0, |r| r.meta.seq);
    (!none).then(|| reopened.max(anomaly.report.meta.seq))
}

fn standing(anomaly: &Anomaly, version: &str) -> Standing {
    match anomaly.judged_in(version).map(|j| &j.body) {
        None => Standing::NotJudged,
        Some(j) if j.seen < anomaly.last_finding() => Standing::Outdated,
        Some(j) if j.affected == Affected::Affected => Standing::Affected,
        Some(_) => Standing::NotAffected,
    }
}

/// Every anomaly that concerns a release in the field, or one anomaly or release alone. A row holds the releases against which an
/// anomaly stands in the same way: five years of releases are not a line each.
///
/// # Errors
/// When the ledger cannot be read, or there is no such anomaly, or no such release in the field.
pub fn anomaly_fielded(ws: &Workspace, of: &FieldedOf) -> Result<Fielded> {
    let state = ws.ledger()?.listed(ws, of.ledger_at)?;
    if let Some(id) = &of.anomaly {
        existing(&state, id)?;
    }
    let wanted = |version: &str| of.release.as_ref().is_none_or(|r| r == version);
    let releases: Vec<(&str, &Release)> = state.fielded().filter(|(v, _)| wanted(v)).collect();
    if let (Some(release), true) = (&of.release, releases.is_empty()) {
        return Err(Error::refused(format!("`{release}` is not in the field")).hint(
            "a release is in the field once it is sealed, until it is withdrawn: dossier release list",
        ));
    }
    let seals: Vec<(&str, u64)> =
        releases.iter().filter_map(|(v, r)| Some((*v, r.sealed.as_ref()?.meta.seq))).collect();
    let mut pairs = BTreeMap::new();
    let mut rows = Vec::new();
    for (id, a) in state.anomalies.iter().filter(|(id, _)| of.anomaly.as_ref().is_none_or(|w| w == *id)) {
        // Looked at once for an anomaly: five years have a million pairs, and most anomalies were judged against nothing.
        let known = known_since(a);
        let concerned = |sealed: u64| known.is_some_and(|known| known > sealed);
        let mut versions: BTreeMap<Standing, Vec<&str>> = BTreeMap::new();
        if a.fielded.is_empty() {
            let all: Vec<&str> =
                seals.iter().filter(|(_, sealed)| concerned(*sealed)).map(|(v, _)| *v).collect();
            if !all.is_empty() {
                versions.insert(Standing::NotJudged, all);
            }
        } else {
            for (version, sealed) in &seals {
                if concerned(*sealed) || a.judged_in(version).is_some() {
                    versions.entry(standing(a, version)).or_default().push(version);
                }
            }
        }
        for (standing, versions) in versions {
            *pairs.entry(standing).or_default() += versions.len();
            if standing.is_open() || !of.open {
                rows.push((standing, id, a, versions));
            }
        }
    }
    let scale = super::list::severity_scale(ws);
    // A word that is not on the scale was placed by nobody, so it comes before the worst, as in questions.
    let mild = |a: &Anomaly| match scale.iter().position(|s| s.eq_ignore_ascii_case(&a.report.body.severity))
    {
        Some(place) => scale.len() - place,
        None => 0,
    };
    rows.sort_by_cached_key(|(standing, _, a, _)| {
        (!standing.is_open(), mild(a), a.report.meta.seq, *standing)
    });
    let listed = if of.all { rows.len() } else { ROWS.min(rows.len()) };
    let more = rows.len() - listed;
    let row = |(standing, id, a, versions): (Standing, &String, &Anomaly, Vec<&str>)| FieldedRow {
        anomaly: id.clone(),
        severity: a.report.body.severity.clone(),
        standing,
        releases: versions.into_iter().map(str::to_owned).collect(),
        title: a.report.body.title.clone(),
    };
    Ok(Fielded {
        format: "dossier/fielded/v2",
        releases: releases.iter().map(|(v, _)| (*v).to_owned()).collect(),
        pairs,
        rows: rows.into_iter().take(listed).map(row).collect(),
        more,
    })
}

impl Fielded {
    /// How many pairs somebody has to judge.
    pub fn open(&self) -> usize {
        self.pairs.iter().filter(|(s, _)| s.is_open()).map(|(_, n)| n).sum()
    }

    /// One line: how many pairs there are of each standing.
    pub fn summary(&self) -> String {
        if self.releases.is_empty() {
            return "no release is in the field".to_owned();
        }
        let counts: Vec<String> = self.pairs.iter().map(|(s, n)| format!("{n} {}", s.as_str())).collect();
        let counts = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
        format!("anomalies against {} releases in the field, pairs: {counts}", self.releases.len())
    }
}

/// What came to be known of a sealed release after its seal.
#[derive(Clone, Debug, Serialize)]
pub struct Addendum {
    /// Always `dossier/addendum/v1`.
    pub format: &'static str,
    /// The release.
    pub release: String,
    /// The seal's entry, after which this begins.
    pub sealed: u64,
    /// The position up to which it was read.
    pub ledger: u64,
    /// The anomalies.
    pub anomalies: Vec<AddendumRow>,
}

/// An anomaly of an addendum.
#[derive(Clone, Debug, Serialize)]
pub struct AddendumRow {
    /// The anomaly.
    pub anomaly: String,
    /// Its title.
    pub title: String,
    /// Its severity.
    pub severity: String,
    /// The entry that reported it.
    pub entry: u64,
    /// See [`Standing`].
    pub standing: String,
    /// The judgement, where there is one.
    pub judgement: Option<AnomalyField>,
    /// Who signed it.
    pub signed_by: Option<String>,
}

/// The addendum of a sealed release.
///
/// # Errors
/// When there is no such release, or it is not sealed.
pub fn anomaly_addendum(ws: &Workspace, version: &str, ledger_at: Option<u64>) -> Result<Addendum> {
    addendum(&ws.ledger()?.listed(ws, ledger_at)?, version)
}

pub(crate) fn addendum(state: &State, version: &str) -> Result<Addendum> {
    let release = state.releases.get(version).ok_or_else(|| {
        Error::refused(format!("there is no release `{version}`"))
            .hint("list them with `dossier release list`")
    })?;
    let Some(sealed) = &release.sealed else {
        return Err(Error::refused(format!("release `{version}` is not sealed, so it has no addendum"))
            .hint("what is known of it stands in its record: dossier release show"));
    };
    let row = |(id, a): (&String, &Anomaly)| {
        let judged = a.judged_in(version);
        (concerns(a, release) || judged.is_some()).then(|| AddendumRow {
            anomaly: id.clone(),
            title: a.report.body.title.clone(),
            severity: a.report.body.severity.clone(),
            entry: a.report.meta.seq,
            standing: standing(a, version).as_str().to_owned(),
            judgement: judged.map(|j| j.body.clone()),
            signed_by: judged
                .and_then(|j| j.meta.signer.as_deref())
                .map(|s| format!("{} ({})", s.name, s.role)),
        })
    };
    Ok(Addendum {
        format: "dossier/addendum/v1",
        release: version.to_owned(),
        sealed: sealed.meta.seq,
        ledger: state.position,
        anomalies: state.anomalies.iter().filter_map(row).collect(),
    })
}

impl Addendum {
    /// For people, as Markdown.
    pub fn to_text(&self) -> String {
        let mut out = format!(
            "# Addendum to release {}\n\nAnomalies that became known after entry {} (the seal), up to position {} of the ledger.\n",
            self.release, self.sealed, self.ledger
        );
        if self.anomalies.is_empty() {
            out.push_str("\nNone was reported.\n");
        }
        for a in &self.anomalies {
            let _ = writeln!(
                out,
                "\n## {} {}\n\n- severity: {}\n- standing: {}",
                a.anomaly, a.title, a.severity, a.standing
            );
            let Some(j) = &a.judgement else { continue };
            let tell = |i: &Information| {
                let until = i.until.map(|d| format!(" until {d}")).unwrap_or_default();
                format!("{}{until}: {}", if i.needed { "yes" } else { "no" }, i.reason)
            };
            let outcome =
                if j.outcome == EvaluationOutcome::Acceptable { "acceptable" } else { "unacceptable" };
            let _ = writeln!(out, "- risk: {outcome}: {}", j.rationale);
            let _ = writeln!(out, "- users are told: {}", tell(&j.users));
            let _ = writeln!(out, "- regulators are told: {}", tell(&j.regulators));
            if let Some(by) = &a.signed_by {
                let _ = writeln!(out, "- signed by: {by}");
            }
        }
        out
    }
}
