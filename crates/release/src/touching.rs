//! Which records touch a release: the inputs of its evidence manifest.
//!
//! A record that touches the release and comes later makes verdict and signatures stale, up to the moment of sealing. One
//! that does not (another release's approval, a person's new role) voids nothing.

use records::{Record, Recorded, State};
use vocabulary::Digest;

/// A record that touches the release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touching {
    /// Its kind.
    pub kind: &'static str,
    /// What it is about.
    pub subject: String,
    /// Its entry.
    pub seq: u64,
}

fn of<R: Record>(r: &Recorded<R>) -> Touching {
    Touching { kind: R::KIND, subject: r.body.subject(), seq: r.meta.seq }
}

/// All records that touch `version`, given the controlled documents of its frozen commits.
pub fn touching(state: &State, version: &str, documents: &[(String, Digest)]) -> Vec<Touching> {
    let mut out = Vec::new();
    let Some(release) = state.releases.get(version) else { return out };
    let Some(opened) = release.candidate() else { return out };
    out.push(of(opened));
    out.extend(release.stage().map(of));
    out.extend(release.checklist().map(of));
    out.extend(release.rebuilds.iter().map(of));
    for (id, digest) in documents {
        out.extend(state.approvals_of(id, *digest).map(of));
    }
    for item in state.approvals.values().flatten() {
        // Items that are approved by themselves, such as the class of a system.
        if !documents.iter().any(|(id, _)| *id == item.body.document) {
            out.push(of(item));
        }
    }
    out.extend(state.confirmations.iter().map(of));
    let software = opened.body.software;
    for run in state.runs.values() {
        let context = run.context();
        if context.software == Some(software) || context.version.as_deref() == Some(version) {
            out.push(match run {
                records::state::Run::Imported(r) => of(r),
                records::state::Run::Executed(r) => of(r),
            });
        }
    }
    out.extend(state.deviations_for(version).map(of));
    for anomaly in state.anomalies.values() {
        out.push(of(&anomaly.report));
        out.extend(anomaly.amendments.iter().map(of));
        out.extend(anomaly.reopenings.iter().map(of));
        out.extend(anomaly.investigations.iter().map(of));
        out.extend(anomaly.advices.iter().map(of));
        out.extend(anomaly.resolutions.iter().map(of));
        out.extend(anomaly.verifications.iter().map(of));
        out.extend(anomaly.evaluations.iter().filter(|e| e.body.release == version).map(of));
    }
    out.extend(state.soup_none.iter().filter(|s| s.body.software == software).map(of));
    // Reviews of the second kind are named as what they are.
    let attested = |seq: u64| state.security.attests.iter().any(|a| a.meta.seq == seq);
    out.extend(state.soup_reviews.iter().filter(|r| !attested(r.meta.seq)).map(of));
    out.extend(state.security.attests.iter().map(of));
    let security = &state.security;
    out.extend(security.scans.iter().filter(|s| s.body.release.as_deref() == Some(version)).map(of));
    out.extend(security.assessments.iter().filter(|a| a.body.release.as_deref() == Some(version)).map(of));
    out.extend(security.drifts.iter().filter(|d| d.body.release.as_deref() == Some(version)).map(of));
    out.extend(security.sboms.iter().map(of));
    out.extend(security.tests.iter().filter(|t| t.body.software == software).map(of));
    out.extend(security.judgements.iter().map(of));
    out.extend(security.images.iter().map(of));
    out.extend(state.evaluations.iter().map(of));
    out.extend(state.waivers.values().map(of));
    out.extend(state.withdrawn_waivers.values().flat_map(|w| [of(&w.granted), of(&w.withdrawn)]));
    for change in state.changes.values() {
        out.push(of(&change.opened));
        out.extend(change.analyses.iter().map(of));
        out.extend(change.regressions.iter().map(of));
        out.extend(change.reanalyses.iter().map(of));
        out.extend(change.approvals.iter().map(of));
        out.extend(change.implementations.iter().map(of));
        out.extend(change.verifications.iter().map(of));
        out.extend(change.closed.iter().map(of));
    }
    out
}
