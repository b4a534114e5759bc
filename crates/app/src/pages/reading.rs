//! What was read and judged at one point, with the questions that every page asks of it.

use crate::analysis::Analysis;
use crate::checks;
use diagnostics::Diagnostic;
use model::class::Classes;
use model::{Item, ItemIx, Kind, Link, LinkType, Model};
use records::State;
use rules::Judgement;
use std::collections::HashMap;
use views::{LinkCell, LinkState, Outcome, Ref, RefKind, ResultCell, Verdict};
use vocabulary::Digest;

/// An analysis with its judgement. All pages are functions of this.
pub(super) struct Reading<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) judgement: &'a Judgement,
    pub(super) classes: Classes,
    /// The release that was judged, where one was: deviations and evaluations are of a release.
    pub(super) release: Option<&'a str>,
    /// Whether the documents that were read differ from those of the commit.
    pub(super) dirty: bool,
    by_subject: HashMap<&'a str, Vec<&'a Diagnostic>>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(
        analysis: &'a Analysis,
        judgement: &'a Judgement,
        release: Option<&'a str>,
    ) -> Reading<'a> {
        let mut by_subject: HashMap<&str, Vec<&Diagnostic>> = HashMap::new();
        for finding in &judgement.findings {
            if let Some(subject) = &finding.subject {
                by_subject.entry(subject.as_str()).or_default().push(finding);
            }
        }
        let (classes, dirty) = (checks::classes(analysis), analysis.is_work_tree());
        Reading { analysis, judgement, classes, release, dirty, by_subject }
    }

    pub(super) fn model(&self) -> &'a Model {
        &self.analysis.model
    }

    pub(super) fn state(&self) -> &'a State {
        &self.analysis.state
    }

    /// The findings about something.
    pub(super) fn findings_on(&self, subject: &str) -> &[&'a Diagnostic] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    /// The worst finding about any of these.
    pub(super) fn worst_on<'s>(&self, subjects: impl IntoIterator<Item = &'s str>) -> Option<&'a Diagnostic> {
        let all = subjects.into_iter().flat_map(|s| self.findings_on(s));
        all.min_by_key(|d| d.verdict).copied()
    }

    /// The worst verdict that the rules gave about something; `pass` where they found nothing wrong.
    pub(super) fn verdict_on(&self, subject: &str) -> Verdict {
        self.worst_on([subject]).map_or(Verdict::Pass, |d| d.verdict)
    }

    /// What is missing from something, in the words of the worst finding; empty where nothing is.
    pub(super) fn gap_on(&self, subject: &str) -> String {
        self.worst_on([subject]).map(|d| d.message.clone()).unwrap_or_default()
    }

    /// The verdict over a row that joins several things: that of the rules about any of them. What only the row shows is
    /// an advisory: whether it is demanded, the rules say.
    pub(super) fn standing<'s>(
        &self,
        subjects: impl IntoIterator<Item = &'s str>,
        gap: String,
    ) -> (Verdict, String) {
        match self.worst_on(subjects) {
            Some(d) if gap.is_empty() || d.verdict.blocks() => (d.verdict, d.message.clone()),
            Some(d) => (d.verdict, gap),
            None if gap.is_empty() => (Verdict::Pass, gap),
            None => (Verdict::Advisory, gap),
        }
    }

    /// What an id names, so that it can be a link.
    pub(super) fn refer(&self, id: &str) -> Ref {
        let state = self.state();
        let kind = if self.analysis.documents.controlled.iter().any(|d| d.id.as_str() == id) {
            RefKind::Document
        } else if let Some(item) = self.model().by_id(id) {
            kind_of(item)
        } else if state.anomalies.contains_key(id) {
            RefKind::Anomaly
        } else if state.changes.contains_key(id) {
            RefKind::Change
        } else if state.capas.contains_key(id) {
            RefKind::Capa
        } else if state.complaints.contains_key(id) {
            RefKind::Complaint
        } else if state.runs.contains_key(id) {
            RefKind::Run
        } else if state.releases.contains_key(id) {
            RefKind::Release
        } else if clauses::clause(id).is_some() {
            RefKind::Clause
        } else if rules::rule(id).is_some() {
            RefKind::Rule
        } else {
            RefKind::Plain
        };
        Ref::new(kind, id)
    }

    pub(super) fn item_ref(&self, ix: ItemIx) -> Ref {
        let item = self.model().item(ix);
        Ref::new(kind_of(item), item.id.as_str())
    }

    /// A link, seen from the item that carries it.
    pub(super) fn link_out(&self, link: &Link) -> LinkCell {
        let end = link.to.and_then(|ix| self.model().get(ix));
        LinkCell {
            link: link.kind.as_str().to_owned(),
            target: end
                .map_or_else(|| Ref::plain(link.target.as_str()), |i| Ref::new(kind_of(i), i.id.as_str())),
            title: end.map(|i| i.title().to_owned()).unwrap_or_default(),
            state: link_state(link.state),
            stamp: link.stamp.map(|s| s.to_string()),
        }
    }

    /// A link, seen from its target.
    pub(super) fn link_in(&self, link: &Link) -> LinkCell {
        LinkCell {
            link: link.kind.inverse().to_owned(),
            target: self.item_ref(link.from),
            title: self.model().item(link.from).title().to_owned(),
            state: link_state(link.state),
            stamp: link.stamp.map(|s| s.to_string()),
        }
    }

    /// The links of one type that an item carries, those that lead nowhere too.
    pub(super) fn out_of(&self, ix: ItemIx, kind: LinkType) -> Vec<LinkCell> {
        self.model().outgoing(ix).iter().filter(|l| l.kind == kind).map(|l| self.link_out(l)).collect()
    }

    /// The links of one type that lead to an item.
    pub(super) fn links_to(&self, ix: ItemIx, kind: LinkType) -> Vec<LinkCell> {
        self.model().incoming(ix).filter(|l| l.kind == kind).map(|l| self.link_in(l)).collect()
    }

    /// What verifies an item: its test cases with their outcome, and results that name it in the source.
    pub(super) fn tests_of(&self, ix: ItemIx) -> Vec<ResultCell> {
        let cases = self.model().incoming(ix).filter(|l| l.kind == LinkType::Verifies);
        let mut out: Vec<ResultCell> = cases
            .map(|link| {
                let case = self.model().item(link.from);
                let seen = self.seen(case);
                ResultCell {
                    case: self.link_in(link),
                    level: level(case),
                    outcome: seen.outcome,
                    results: seen.results,
                    run: seen.run,
                }
            })
            .collect();
        let item = self.model().item(ix);
        let direct = if item.kind == Kind::TestCase { None } else { self.analysis.joined.evidence(&item.id) };
        if direct.is_some() {
            let seen = self.seen(item);
            let case = LinkCell {
                link: "verified by".to_owned(),
                target: Ref::plain("named in the source"),
                title: String::new(),
                state: LinkState::Current,
                stamp: None,
            };
            out.push(ResultCell {
                case,
                level: String::new(),
                outcome: seen.outcome,
                results: seen.results,
                run: seen.run,
            });
        }
        out
    }

    /// The outcome of a case on the software that was read.
    pub(super) fn seen(&self, case: &Item) -> SeenOutcome {
        let evidence = self.analysis.joined.evidence(&case.id);
        let here = evidence.and_then(|e| e.on(&self.analysis.software_digest()?));
        let mut seen = match (evidence, here) {
            (_, Some(here)) => SeenOutcome {
                outcome: outcome(here.outcome()),
                results: here.counts.total(),
                run: self
                    .analysis
                    .joined
                    .runs
                    .get(here.newest_run as usize)
                    .map(|r| Ref::new(RefKind::Run, &*r.facts.id)),
            },
            (Some(_), None) => SeenOutcome { outcome: Outcome::Outdated, results: 0, run: None },
            (None, None) => SeenOutcome { outcome: Outcome::Missing, results: 0, run: None },
        };
        let deferred =
            self.release.is_some_and(|v| self.state().deviations_for(v).any(|d| d.body.case == case.id));
        if deferred && seen.outcome != Outcome::Pass {
            seen.outcome = Outcome::Deferred;
        }
        seen
    }

    /// The digest of the software that results count for.
    pub(super) fn software(&self) -> Option<Digest> {
        self.analysis.software_digest()
    }
}

/// What results say of a case.
pub(super) struct SeenOutcome {
    pub(super) outcome: Outcome,
    pub(super) results: usize,
    pub(super) run: Option<Ref>,
}

/// The level of a test case; one without is a finding of its own.
pub(super) fn level(case: &Item) -> String {
    case.value("level").map_or_else(|| "no level".to_owned(), std::borrow::Cow::into_owned)
}

pub(super) fn kind_of(item: &Item) -> RefKind {
    if item.kind == Kind::Soup { RefKind::Soup } else { RefKind::Item }
}

pub(super) fn outcome(of: model::results::Outcome) -> Outcome {
    match of {
        model::results::Outcome::Passed => Outcome::Pass,
        model::results::Outcome::Failed | model::results::Outcome::Errored => Outcome::Fail,
        model::results::Outcome::Skipped => Outcome::Skipped,
        model::results::Outcome::Blocked => Outcome::Blocked,
    }
}

pub(super) fn link_state(of: model::LinkState) -> LinkState {
    match of {
        model::LinkState::Current => LinkState::Current,
        model::LinkState::Suspect => LinkState::Suspect,
        model::LinkState::Unconfirmed => LinkState::Unconfirmed,
        model::LinkState::Dangling => LinkState::Dangling,
        model::LinkState::WrongKind => LinkState::WrongKind,
        model::LinkState::Duplicate => LinkState::Duplicate,
    }
}

/// Words of an enumeration that is serialised as one word: `hotfix`, `wont-fix`.
pub(super) fn word(of: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(of).ok();
    value.as_ref().and_then(|v| v.as_str()).unwrap_or_default().to_owned()
}
