//! Complaints, corrective actions, feedback, notices, trends and saved questions; and commits as they were observed.

use super::examined::Examined;
use super::fold::{Refused, existing, id_of, once};
use super::{Meta, Recorded, State};
use crate::Record;
use crate::types::*;
use serde::{Deserialize, Serialize};
use vocabulary::Date;

/// When and how a commit was first observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The entry.
    pub meta: Meta,
    /// The id of its patch, where it was taken.
    pub patch: String,
    /// The branch or tag through which it was seen.
    pub reference: String,
    /// Whether it was seen only because a release was opened: its order against an approval is not provable.
    pub at_release: bool,
}

/// A complaint with its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    /// How it came in.
    pub received: Recorded<ComplaintReceive>,
    /// Investigations, oldest first.
    pub investigations: Vec<Recorded<ComplaintInvestigate>>,
    /// Deletions of its personal data, oldest first.
    pub erasures: Vec<Recorded<ComplaintErase>>,
    /// The closing.
    pub closed: Option<Recorded<ComplaintClose>>,
}

/// A corrective action with its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capa {
    /// The opening.
    pub opened: Recorded<CapaOpen>,
    /// Steps, oldest first.
    pub steps: Vec<Recorded<CapaStep>>,
    /// The closing.
    pub closed: Option<Recorded<CapaClose>>,
}

/// A source of feedback with its evaluations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The newest registration.
    pub registered: Recorded<FeedbackSource>,
    /// The day on which it was first registered.
    pub since: Date,
    /// Evaluations, oldest first.
    pub evaluations: Vec<Recorded<FeedbackEvaluate>>,
}

impl Source {
    /// The day on which the next evaluation is due.
    pub fn due(&self) -> Date {
        let last = self.evaluations.iter().map(|e| e.body.to).max().unwrap_or(self.since);
        last.plus_days(i64::from(self.registered.body.every_days))
    }
}

/// Days within which a maker decides whether a complaint is reported: the term of a serious incident (MDR 87(3)), the shortest of
/// those that hold without a further fact.
const DECIDE_DAYS: i64 = 15;

impl Complaint {
    /// How far it came.
    pub fn stage(&self) -> &'static str {
        match (&self.closed, self.investigations.is_empty()) {
            (Some(_), _) => "closed",
            (None, false) => "investigated",
            (None, true) => "received",
        }
    }

    /// The last day for deciding whether it is reported to an authority.
    pub fn decision_due(&self) -> Date {
        self.received.body.aware.plus_days(DECIDE_DAYS)
    }
}

impl Capa {
    /// The furthest step.
    pub fn stage(&self) -> &'static str {
        match (&self.closed, self.steps.iter().map(|s| s.body.stage).max()) {
            (Some(c), _) if c.body.effective => "effective",
            (Some(_), _) => "closed",
            (None, Some(stage)) => stage.as_str(),
            (None, None) => "opened",
        }
    }

    /// What its steps name.
    fn links(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().flat_map(|s| s.body.links.iter().map(String::as_str))
    }

    /// What it answers, and what its steps name.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.opened.body.source.as_str()).chain(self.links())
    }

    /// The record of it in another system, as `system:id`; empty where there is none.
    pub fn external(&self) -> &str {
        self.steps.iter().rev().map(|s| s.body.external.as_str()).find(|e| !e.is_empty()).unwrap_or_default()
    }

    /// The day on which the next step is due, while it is open.
    pub fn due(&self) -> Option<Date> {
        if self.closed.is_some() { None } else { self.steps.last()?.body.due }
    }
}

impl State {
    /// Corrective actions that a complaint is tied to, whichever of the two names the other (13485:8.2.2, 8.5.2).
    pub fn capas_of(&self, complaint: &str) -> Vec<&str> {
        let named = |c: &Complaint, id: &str| {
            c.investigations.iter().any(|i| i.body.capas.iter().any(|capa| capa == id))
        };
        let of = self.complaints.get(complaint);
        let tied = |(id, capa): &(&String, &Capa)| {
            of.is_some_and(|c| named(c, id)) || capa.names().any(|name| name == complaint)
        };
        self.capas.iter().filter(tied).map(|(id, _)| id.as_str()).collect()
    }

    /// What a corrective action is tied to besides what it answers, whichever of the two names the other.
    pub fn tied_to(&self, capa: &str) -> Vec<&str> {
        let Some(of) = self.capas.get(capa) else { return Vec::new() };
        let names = |c: &Complaint| c.investigations.iter().any(|i| i.body.capas.iter().any(|k| k == capa));
        let complaints = self.complaints.iter().filter(|(_, c)| names(c)).map(|(id, _)| id.as_str());
        let mut all: Vec<&str> = of.links().chain(complaints).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// An id for a corrective action that the program opens by itself, one that no other has.
    pub fn next_capa(&self) -> String {
        let mut number = self.capas.len() + 1;
        while self.capas.contains_key(&format!("CAPA-{number}")) {
            number += 1;
        }
        format!("CAPA-{number}")
    }

    /// The newest decision on reporting of a subject under each regulation.
    pub fn reportability_of<'a>(&'a self, subject: &str) -> Vec<&'a Recorded<ReportabilityDecide>> {
        let mut out: Vec<&Recorded<ReportabilityDecide>> = Vec::new();
        for r in self.reportability.iter().filter(|r| r.body.subject == subject) {
            out.retain(|o| o.body.regulation != r.body.regulation);
            out.push(r);
        }
        out
    }

    /// The releases in the field, by version: sealed, and not withdrawn.
    pub fn fielded(&self) -> impl Iterator<Item = (&str, &super::Release)> {
        self.releases
            .iter()
            .filter(|(_, r)| r.sealed.is_some() && r.withdrawn.is_none())
            .map(|(v, r)| (v.as_str(), r))
    }

    /// Records of this part; `None` where the kind is not one of them.
    pub(super) fn maintenance_step(&mut self, e: &Examined<'_>) -> Option<Result<(), Refused>> {
        Some(match e.kind.as_str() {
            CapaOpen::KIND => self.capa_open(e),
            CapaStep::KIND => self.read(e).and_then(|r| {
                existing(&mut self.capas, id_of(e, "capa"))?.steps.push(r);
                Ok(())
            }),
            CapaClose::KIND => self.read(e).and_then(|r| {
                existing(&mut self.capas, id_of(e, "capa"))?.closed.get_or_insert(r);
                Ok(())
            }),
            kind if kind.starts_with("complaint/") => self.complaint_step(e),
            ReportabilityDecide::KIND => self.read(e).map(|r| self.reportability.push(r)),
            FeedbackSource::KIND => self.feedback_source(e),
            FeedbackEvaluate::KIND => self.read(e).and_then(|r: Recorded<FeedbackEvaluate>| {
                existing(&mut self.sources, r.body.source.clone())?.evaluations.push(r);
                Ok(())
            }),
            NoticeIssue::KIND => self
                .read(e)
                .and_then(|r: Recorded<NoticeIssue>| once(&mut self.notices, r.body.notice.clone(), r)),
            InstallationFind::KIND => self.read(e).map(|r| self.installations.push(r)),
            TrendReview::KIND => self.read(e).map(|r| self.trend_reviews.push(r)),
            ViewSave::KIND => self.view_save(e),
            CommitObserve::KIND => self.commit_observe(e),
            CommitSee::KIND => self.commit_see(e),
            _ => return None,
        })
    }

    fn capa_open(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let opened: Recorded<CapaOpen> = self.read(e)?;
        let id = opened.body.capa.clone();
        once(&mut self.capas, id, Capa { opened, steps: Vec::new(), closed: None })
    }

    fn complaint_step(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let id = id_of(e, "complaint");
        match e.kind.as_str() {
            ComplaintReceive::KIND => {
                let received = self.read(e)?;
                let new =
                    Complaint { received, investigations: Vec::new(), erasures: Vec::new(), closed: None };
                once(&mut self.complaints, id, new)?;
            }
            ComplaintInvestigate::KIND => {
                let r = self.read(e)?;
                existing(&mut self.complaints, id)?.investigations.push(r);
            }
            ComplaintErase::KIND => {
                let r = self.read(e)?;
                existing(&mut self.complaints, id)?.erasures.push(r);
            }
            _ => {
                let r = self.read(e)?;
                existing(&mut self.complaints, id)?.closed.get_or_insert(r);
            }
        }
        Ok(())
    }

    fn feedback_source(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let registered: Recorded<FeedbackSource> = self.read(e)?;
        let name = registered.body.source.clone();
        match self.sources.get_mut(&name) {
            Some(known) => known.registered = registered,
            None => {
                let since = registered.meta.at.date_utc();
                self.sources.insert(name, Source { registered, since, evaluations: Vec::new() });
            }
        }
        Ok(())
    }

    fn view_save(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let r: Recorded<ViewSave> = self.read(e)?;
        if r.body.query.trim().is_empty() {
            self.views.remove(&r.body.view);
        } else {
            self.views.insert(r.body.view.clone(), r);
        }
        Ok(())
    }

    fn commit_observe(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let r: Recorded<CommitObserve> = self.read(e)?;
        let at_release = r.body.reference.starts_with("release open ");
        for commit in r.body.commits {
            self.observed.entry(commit).or_insert_with(|| Observation {
                meta: r.meta.clone(),
                patch: String::new(),
                reference: r.body.reference.clone(),
                at_release,
            });
        }
        Ok(())
    }

    fn commit_see(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let r: Recorded<CommitSee> = self.read(e)?;
        for seen in r.body.commits {
            if !seen.patch.is_empty() {
                self.patches.entry(seen.patch.clone()).or_insert_with(|| seen.commit.clone());
            }
            self.observed.entry(seen.commit).or_insert_with(|| Observation {
                meta: r.meta.clone(),
                patch: seen.patch,
                reference: r.body.reference.clone(),
                at_release: r.body.at_release,
            });
        }
        Ok(())
    }
}
