//! Runs, anomalies, changes and releases with the records that belong to each.

use super::Recorded;
use crate::types::*;
use serde::{Deserialize, Serialize};

/// A test run, imported or executed by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Run {
    /// From a report.
    Imported(Recorded<RunImport>),
    /// Step by step, by a person.
    Executed(Recorded<RunExecute>),
}

impl Run {
    /// The run's id.
    pub fn id(&self) -> &str {
        match self {
            Run::Imported(r) => &r.body.run,
            Run::Executed(r) => &r.body.run,
        }
    }

    /// What it ran on.
    pub fn context(&self) -> &RunContext {
        match self {
            Run::Imported(r) => &r.body.context,
            Run::Executed(r) => &r.body.context,
        }
    }

    /// Where its results come from.
    pub fn origin(&self) -> Origin {
        match self {
            Run::Imported(r) => r.body.origin,
            Run::Executed(_) => Origin::Executed,
        }
    }

    /// Its entry.
    pub fn meta(&self) -> &super::Meta {
        match self {
            Run::Imported(r) => &r.meta,
            Run::Executed(r) => &r.meta,
        }
    }
}

/// An anomaly with its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anomaly {
    /// The report, with its amendments. Apart, because it is long and maps move what they hold.
    pub report: Box<Recorded<AnomalyReport>>,
    /// Amendments of the report, oldest first.
    pub amendments: Vec<Recorded<AnomalyAmend>>,
    /// What was seen of it in a tracker, oldest first.
    pub mirrors: Vec<Recorded<AnomalyMirror>>,
    /// Investigations, oldest first.
    pub investigations: Vec<Recorded<AnomalyInvestigate>>,
    /// Parties advised, oldest first.
    pub advices: Vec<Recorded<AnomalyAdvise>>,
    /// Evaluations, oldest first; each for one release.
    pub evaluations: Vec<Recorded<AnomalyEvaluate>>,
    /// Judgements against releases in the field, oldest first.
    pub fielded: Vec<Recorded<AnomalyField>>,
    /// Resolutions, oldest first; the last one counts.
    pub resolutions: Vec<Recorded<AnomalyResolve>>,
    /// Verifications of a resolution, oldest first.
    pub verifications: Vec<Recorded<AnomalyVerify>>,
    /// Reopenings, oldest first.
    pub reopenings: Vec<Recorded<AnomalyReopen>>,
}

impl Anomaly {
    /// An anomaly that was just reported.
    pub fn reported(report: Recorded<AnomalyReport>) -> Anomaly {
        Anomaly {
            report: Box::new(report),
            amendments: Vec::new(),
            mirrors: Vec::new(),
            investigations: Vec::new(),
            advices: Vec::new(),
            evaluations: Vec::new(),
            fielded: Vec::new(),
            resolutions: Vec::new(),
            verifications: Vec::new(),
            reopenings: Vec::new(),
        }
    }

    /// The last resolution, unless the anomaly was reopened after it.
    pub fn resolution(&self) -> Option<&Recorded<AnomalyResolve>> {
        let reopened = self.reopenings.last().map_or(0, |r| r.meta.seq);
        self.resolutions.last().filter(|r| r.meta.seq > reopened)
    }

    /// Whether something is still to be done about it: no resolution, or a correction that nobody verified. "Won't fix" is
    /// decided, and stays residual.
    pub fn is_open(&self) -> bool {
        match self.resolution() {
            None => true,
            Some(r) => r.body.disposition == Disposition::Corrected && !self.resolution_verified(),
        }
    }

    /// The newest investigation.
    pub fn investigation(&self) -> Option<&Recorded<AnomalyInvestigate>> {
        self.investigations.last()
    }

    /// The newest judgement against a release in the field.
    pub fn judged_in(&self, release: &str) -> Option<&Recorded<AnomalyField>> {
        self.fielded.iter().rev().find(|f| f.body.release == release)
    }

    /// The newest sight of it in a tracker.
    pub fn mirror(&self) -> Option<&Recorded<AnomalyMirror>> {
        self.mirrors.last()
    }

    /// The number of the last entry that says something new about the anomaly itself: report, amendment, investigation,
    /// reopening. What was judged before it was judged on less.
    pub fn last_finding(&self) -> u64 {
        let seqs = [
            self.amendments.last().map(|a| a.meta.seq),
            self.investigations.last().map(|i| i.meta.seq),
            self.reopenings.last().map(|r| r.meta.seq),
        ];
        seqs.into_iter().flatten().fold(self.report.meta.seq, u64::max)
    }

    /// Whether the last resolution was verified after it was recorded.
    pub fn resolution_verified(&self) -> bool {
        self.resolution().is_some_and(|r| self.verifications.iter().any(|v| v.meta.seq > r.meta.seq))
    }

    /// Known and not corrected in `version`: a residual anomaly of it (62304:5.8.2). A correction counts from the
    /// version that carries it, once verified; "won't fix" stays residual.
    pub fn residual_in(&self, version: &str) -> bool {
        match self.resolution().map(|r| (&r.body, r.body.disposition)) {
            None => true,
            Some((_, Disposition::WontFix)) => true,
            Some((_, Disposition::Duplicate | Disposition::NotAnAnomaly)) => false,
            Some((r, Disposition::Corrected)) => {
                !self.resolution_verified() || r.fixed_in.as_deref().is_none_or(|fixed| later(fixed, version))
            }
        }
    }

    /// The newest evaluation for `release`.
    pub fn evaluation_for(&self, release: &str) -> Option<&Recorded<AnomalyEvaluate>> {
        self.evaluations.iter().rev().find(|e| e.body.release == release)
    }
}

/// Whether version `a` comes after `b`: numbers compared as numbers, part by part.
pub fn later(a: &str, b: &str) -> bool {
    parts(a).gt(parts(b))
}

/// The parts of a version without what was built: numbers as numbers, and after them all that is none, as text.
fn parts(version: &str) -> impl Iterator<Item = (u64, &str)> {
    let version = version.split_once('+').map_or(version, |(version, _)| version);
    version.split(['.', '-']).map(|part| part.parse().map_or((u64::MAX, part), |n| (n, "")))
}

/// A change request with its history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The request.
    pub opened: Recorded<ChangeOpen>,
    /// Approvals, oldest first.
    pub approvals: Vec<Recorded<ChangeApprove>>,
    /// Implementations, oldest first.
    pub implementations: Vec<Recorded<ChangeImplement>>,
    /// Verifications, oldest first.
    pub verifications: Vec<Recorded<ChangeVerify>>,
    /// The closing.
    pub closed: Option<Recorded<ChangeClose>>,
    /// Analyses of its effects, oldest first.
    pub analyses: Vec<Recorded<ChangeAnalyse>>,
    /// Selections of tests to run again, oldest first.
    pub regressions: Vec<Recorded<ChangeRegress>>,
    /// Re-analyses of risk, oldest first.
    pub reanalyses: Vec<Recorded<ChangeReanalyse>>,
}

impl Change {
    /// A change that was just requested.
    pub fn requested(opened: Recorded<ChangeOpen>) -> Change {
        Change {
            opened,
            approvals: Vec::new(),
            implementations: Vec::new(),
            verifications: Vec::new(),
            closed: None,
            analyses: Vec::new(),
            regressions: Vec::new(),
            reanalyses: Vec::new(),
        }
    }

    /// The items that request and analyses name, in order, each once.
    pub fn affects(&self) -> Vec<&vocabulary::ItemId> {
        let mut all: Vec<_> = self
            .opened
            .body
            .affects
            .iter()
            .chain(self.analyses.iter().flat_map(|a| &a.body.affects))
            .collect();
        all.sort();
        all.dedup();
        all
    }

    /// Whether it was closed without having been done.
    pub fn is_dropped(&self) -> bool {
        self.closed.as_ref().is_some_and(|c| !c.body.done)
    }

    /// `requested`, `analysed`, `approved`, `implemented`, `verified`, `closed`, `dropped`.
    pub fn stage(&self) -> &'static str {
        if let Some(closed) = &self.closed {
            return if closed.body.done { "closed" } else { "dropped" };
        }
        let steps = [
            (!self.verifications.is_empty(), "verified"),
            (!self.implementations.is_empty(), "implemented"),
            (!self.approvals.is_empty(), "approved"),
            (!self.analyses.is_empty(), "analysed"),
        ];
        steps.iter().find(|(reached, _)| *reached).map_or("requested", |(_, word)| word)
    }
}

/// How far a release has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Opened.
    Draft,
    /// Staged.
    Candidate,
    /// Signed by the release manager, who signs last.
    Signed,
    /// In the archive.
    Sealed,
    /// Published.
    Delivered,
    /// Withdrawn, from any state.
    Withdrawn,
}

impl Phase {
    /// The word for people and machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Draft => "draft",
            Phase::Candidate => "candidate",
            Phase::Signed => "signed",
            Phase::Sealed => "sealed",
            Phase::Delivered => "delivered",
            Phase::Withdrawn => "withdrawn",
        }
    }
}

/// A release with its history. Every candidate begins anew: only the records after the last opening count for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Openings, one for each candidate.
    pub opened: Vec<Recorded<ReleaseOpen>>,
    /// Checklists, oldest first.
    pub checklists: Vec<Recorded<ReleaseChecklist>>,
    /// Stages, oldest first.
    pub stages: Vec<Recorded<ReleaseStage>>,
    /// Verdicts of the gate, oldest first.
    pub gates: Vec<Recorded<ReleaseGate>>,
    /// Signatures, oldest first.
    pub signatures: Vec<Recorded<ReleaseSign>>,
    /// The seal.
    pub sealed: Option<Recorded<ReleaseSeal>>,
    /// Deliveries, oldest first.
    pub delivered: Vec<Recorded<ReleaseDeliver>>,
    /// The withdrawal.
    pub withdrawn: Option<Recorded<ReleaseWithdraw>>,
    /// Rebuilds from the archive, oldest first.
    pub rebuilds: Vec<Recorded<RebuildRecord>>,
    /// Delivery checks, oldest first.
    pub delivery_checks: Vec<Recorded<DeliveryCheck>>,
    /// Holds set and lifted, oldest first.
    pub holds: Vec<Recorded<RetentionHold>>,
    /// The day on which the last device was placed on the market.
    pub last_placed: Option<Recorded<LastPlaced>>,
}

impl Release {
    /// The current candidate's opening.
    pub fn candidate(&self) -> Option<&Recorded<ReleaseOpen>> {
        self.opened.last()
    }

    fn since_opening<T>(&self, meta_seq: u64, body: T) -> Option<T> {
        (meta_seq > self.candidate()?.meta.seq).then_some(body)
    }

    /// The newest stage of the current candidate.
    pub fn stage(&self) -> Option<&Recorded<ReleaseStage>> {
        self.stages.last().and_then(|s| self.since_opening(s.meta.seq, s))
    }

    /// The newest verdict of the current candidate.
    pub fn gate(&self) -> Option<&Recorded<ReleaseGate>> {
        self.gates.last().and_then(|g| self.since_opening(g.meta.seq, g))
    }

    /// The newest checklist of the current candidate.
    pub fn checklist(&self) -> Option<&Recorded<ReleaseChecklist>> {
        self.checklists.last().and_then(|c| self.since_opening(c.meta.seq, c))
    }

    /// Signatures of the current candidate over `manifest`: the newest of each role, in the order of signing.
    pub fn signatures_over(&self, manifest: vocabulary::Digest) -> Vec<&Recorded<ReleaseSign>> {
        let opened = self.candidate().map_or(u64::MAX, |o| o.meta.seq);
        let mut out: Vec<&Recorded<ReleaseSign>> = Vec::new();
        for s in self.signatures.iter().filter(|s| s.meta.seq > opened && s.body.manifest == manifest) {
            out.retain(|o| o.body.role != s.body.role);
            out.push(s);
        }
        out
    }

    /// How far it has come. `Signed` here means that the release manager signed the newest verdict's manifest; whether
    /// that still holds is for the crate `release` to say.
    pub fn phase(&self) -> Phase {
        if self.withdrawn.is_some() {
            return Phase::Withdrawn;
        }
        if self.sealed.is_some() {
            return if self.delivered.is_empty() { Phase::Sealed } else { Phase::Delivered };
        }
        let signed = self.gate().is_some_and(|g| {
            self.signatures_over(g.body.manifest).iter().any(|s| s.body.role == "release-manager")
        });
        match (signed, self.stage()) {
            (true, _) => Phase::Signed,
            (false, Some(_)) => Phase::Candidate,
            (false, None) => Phase::Draft,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::later;

    #[test]
    fn versions_compare_by_number() {
        assert!(later("2.10.0", "2.9.9"));
        assert!(!later("2.4.0", "2.4.0"));
        assert!(!later("2.4.0", "2.4.0+b.8842"));
        assert!(later("2.4.1", "2.4.0"));
        assert!(later("2.4.0.1", "2.4.0") && !later("2.4.0", "2.4.0.1"), "more parts come later");
        assert!(later("2.4.0-rc", "2.4.0-1") && later("2.4.0-rc2", "2.4.0-rc1"), "texts come after numbers");
    }
}
