//! The fold: one entry after the other, pure and total.

use super::examined::Examined;
use super::nouns::{Anomaly, Change, Release, Run};
use super::{Meta, Problem, Recorded, State, WithdrawnWaiver};
use crate::types::*;
use crate::{Record, kind_info};
use ledger::Entry;
use serde::de::IntoDeserializer as _;
use serde_json::Value;
use std::collections::BTreeMap;

/// Why an entry does not count.
pub(super) type Refused = String;

impl State {
    /// The state after `entries`, from the first on.
    pub fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> State {
        let mut state = State::default();
        for entry in entries {
            state.apply(entry);
        }
        state
    }

    /// Adds one entry. What does not count is kept as a problem and changes nothing else.
    pub fn apply(&mut self, entry: &Entry) {
        self.add(&Examined::from(entry));
    }

    /// Adds one entry that was examined before, which may have been on another thread.
    pub fn add(&mut self, entry: &Examined<'_>) {
        if kind_info(&entry.kind).is_none() {
            self.unknown_kinds.push((entry.seq, entry.kind.clone()));
        } else if let Err(what) = self.dispatch(entry) {
            self.problems.push(Problem { seq: entry.seq, kind: entry.kind.clone(), what });
        }
        self.note_signed(entry);
        self.position = entry.seq + 1;
        self.last_at = Some(entry.at);
    }

    fn dispatch(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        match e.kind.as_str() {
            ledger::GENESIS_KIND => self.genesis(e),
            ledger::ROTATE_KIND => Ok(()),
            PersonEnrol::KIND => self.person_enrol(e),
            PersonLeave::KIND => self.person_leave(e),
            KeyEnrol::KIND => self.key_enrol(e),
            KeyEndorse::KIND => self.key_endorse(e),
            KeyRevoke::KIND => self.key_revoke(e),
            RoleGrant::KIND => self.role_grant(e),
            RoleRevoke::KIND => self.role_revoke(e),
            RoleDelegate::KIND => self.role_delegate(e),
            PersonTrain::KIND => self.person_train(e),
            AdministrationClose::KIND => self.administration_close(e),
            RunImport::KIND | RunExecute::KIND => self.run(e),
            AnomalyReport::KIND | AnomalyReportV1::KIND => self.anomaly_report(e),
            ChangeOpen::KIND | ChangeOpenV1::KIND => self.change_open(e),
            ReleaseOpen::KIND => self.release_open(e),
            kind if kind.starts_with("anomaly/") => self.anomaly_step(e),
            kind if kind.starts_with("change/") => self.change_step(e),
            _ => {
                let done = self
                    .release_step(e)
                    .or_else(|| self.document_step(e))
                    .or_else(|| self.access_step(e))
                    .or_else(|| self.passkey_step(e))
                    .or_else(|| self.maintenance_step(e));
                done.unwrap_or_else(|| self.plain(e))
            }
        }
    }

    fn genesis(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        if e.seq != 0 {
            return Err("a ledger begins once, at entry 0".into());
        }
        let genesis = ledger::Genesis::of(e).map_err(|err| err.to_string())?;
        self.simulated_clock = genesis.clock == ledger::Clock::Simulated;
        self.origin = genesis.origin;
        self.product = genesis.product;
        Ok(())
    }

    /// As [`State::read`], for a first form that has a second one.
    fn read_first<V1: Record, R: From<V1>>(&self, e: &Examined<'_>) -> Result<Recorded<R>, Refused> {
        let first: Recorded<V1> = self.read(e)?;
        Ok(Recorded { meta: first.meta, body: first.body.into() })
    }

    /// Reads the body and, for personal acts, checks the signature.
    pub(super) fn read<R: Record>(&self, e: &Examined<'_>) -> Result<Recorded<R>, Refused> {
        let body: R = body_of(e)?;
        let signer =
            if R::PERSONAL || e.sig.is_some() { Some(self.check_act(e, &body, None)?) } else { None };
        Ok(Recorded { meta: meta(e, signer), body })
    }

    // Runs, anomalies, changes.

    fn run(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let run = if e.kind == RunImport::KIND {
            Run::Imported(self.read(e)?)
        } else {
            Run::Executed(self.read(e)?)
        };
        let id = run.id().to_owned();
        once(&mut self.runs, id, run)
    }

    fn anomaly_report(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let report: Recorded<AnomalyReport> = match e.kind.as_str() {
            AnomalyReportV1::KIND => self.read_first::<AnomalyReportV1, _>(e)?,
            _ => self.read(e)?,
        };
        let id = report.body.anomaly.clone();
        once(&mut self.anomalies, id, Anomaly::reported(report))
    }

    fn anomaly_step(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        macro_rules! push {
            ($field:ident) => {
                push!($field, self.read(e)?)
            };
            ($field:ident, $read:expr) => {{
                let r = $read;
                existing(&mut self.anomalies, id_of(e, "anomaly"))?.$field.push(r)
            }};
        }
        match e.kind.as_str() {
            AnomalyAmend::KIND => self.anomaly_amend(e)?,
            AnomalyMirror::KIND => push!(mirrors),
            AnomalyInvestigate::KIND => push!(investigations),
            AnomalyInvestigateV1::KIND => {
                push!(investigations, self.read_first::<AnomalyInvestigateV1, _>(e)?)
            }
            AnomalyAdvise::KIND => push!(advices),
            AnomalyEvaluate::KIND => push!(evaluations),
            AnomalyEvaluateV1::KIND => push!(evaluations, self.read_first::<AnomalyEvaluateV1, _>(e)?),
            AnomalyField::KIND => push!(fielded),
            AnomalyResolve::KIND => push!(resolutions),
            AnomalyReopen::KIND => push!(reopenings),
            _ => push!(verifications),
        }
        Ok(())
    }

    fn anomaly_amend(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let r: Recorded<AnomalyAmend> = self.read(e)?;
        let anomaly = existing(&mut self.anomalies, id_of(e, "anomaly"))?;
        let mut amended = anomaly.report.body.clone();
        r.body.apply(&mut amended)?;
        anomaly.report.body = amended;
        anomaly.amendments.push(r);
        Ok(())
    }

    fn change_open(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let opened: Recorded<ChangeOpen> = match e.kind.as_str() {
            ChangeOpenV1::KIND => self.read_first::<ChangeOpenV1, _>(e)?,
            _ => self.read(e)?,
        };
        let id = opened.body.change.clone();
        once(&mut self.changes, id, Change::requested(opened))
    }

    fn change_step(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        macro_rules! push {
            ($field:ident) => {{
                let r = self.read(e)?;
                existing(&mut self.changes, id_of(e, "change"))?.$field.push(r)
            }};
        }
        match e.kind.as_str() {
            ChangeAnalyse::KIND => push!(analyses),
            ChangeApprove::KIND => push!(approvals),
            ChangeImplement::KIND => push!(implementations),
            ChangeRegress::KIND => push!(regressions),
            ChangeReanalyse::KIND => push!(reanalyses),
            ChangeVerify::KIND => push!(verifications),
            _ => {
                let r = self.read(e)?;
                existing(&mut self.changes, id_of(e, "change"))?.closed.get_or_insert(r);
            }
        }
        Ok(())
    }

    // Releases.

    fn release_open(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let opened: Recorded<ReleaseOpen> = self.read(e)?;
        let version = opened.body.version.clone();
        match self.releases.get_mut(&version) {
            Some(r) if r.sealed.is_some() || r.withdrawn.is_some() => {
                Err(format!("release `{version}` is {} and takes no further candidate", r.phase().as_str()))
            }
            Some(r) => {
                r.opened.push(opened);
                Ok(())
            }
            None => {
                self.releases.insert(version, Release::opened_by(opened));
                Ok(())
            }
        }
    }

    /// Records that belong to a release; `None` where the kind is not one of them.
    fn release_step(&mut self, e: &Examined<'_>) -> Option<Result<(), Refused>> {
        macro_rules! push {
            ($field:ident) => {
                self.read(e).and_then(|r| {
                    existing(&mut self.releases, id_of(e, "version"))?.$field.push(r);
                    Ok(())
                })
            };
        }
        macro_rules! first {
            ($field:ident) => {
                self.read(e).and_then(|r| {
                    existing(&mut self.releases, id_of(e, "version"))?.$field.get_or_insert(r);
                    Ok(())
                })
            };
        }
        Some(match e.kind.as_str() {
            ReleaseChecklist::KIND => push!(checklists),
            ReleaseStage::KIND => push!(stages),
            ReleaseGate::KIND => push!(gates),
            ReleaseSign::KIND => self.release_sign(e),
            ReleaseSeal::KIND => first!(sealed),
            ReleaseDeliver::KIND => push!(delivered),
            ReleaseWithdraw::KIND => first!(withdrawn),
            RebuildRecord::KIND => push!(rebuilds),
            DeliveryCheck::KIND => push!(delivery_checks),
            RetentionHold::KIND => push!(holds),
            LastPlaced::KIND => first!(last_placed),
            _ => return None,
        })
    }

    fn release_sign(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        let r: Recorded<ReleaseSign> = self.read(e)?;
        let acted = r.meta.signer.as_deref().map(|s| s.role.as_str()).unwrap_or_default();
        if acted != r.body.role {
            return Err(format!("signed as `{acted}`, recorded as `{}`", r.body.role));
        }
        existing(&mut self.releases, r.body.version.clone())?.signatures.push(r);
        Ok(())
    }

    /// Records that stand by themselves.
    fn plain(&mut self, e: &Examined<'_>) -> Result<(), Refused> {
        match e.kind.as_str() {
            TraceConfirm::KIND => {
                let r = self.read(e)?;
                self.confirmations.push(r);
            }
            DeviationRecord::KIND => self.deviations.push(self.read(e)?),
            SoupReview::KIND => self.soup_reviews.push(self.read(e)?),
            ArchiveRehash::KIND => self.rehashes.push(self.read(e)?),
            ArchiveDocuments::KIND => self.archive_documents.push(self.read(e)?),
            SoupNone::KIND => self.soup_none.push(self.read(e)?),
            SoupAttest::KIND => {
                let r: Recorded<SoupAttest> = self.read(e)?;
                let SoupAttest { item, version, source, searched, result, .. } = r.body.clone();
                let body = SoupReview { item, version, source, searched, result };
                self.soup_reviews.push(Recorded { meta: r.meta.clone(), body });
                self.security.attests.push(r);
            }
            DataSetImport::KIND => self.security.datasets.push(self.read(e)?),
            VulnerabilityScan::KIND => self.security.scans.push(self.read(e)?),
            VulnerabilityAssess::KIND => self.security.assessments.push(self.read(e)?),
            VulnerabilityWatch::KIND => self.security.watches.push(self.read(e)?),
            SecurityTest::KIND => self.security.tests.push(self.read(e)?),
            SecurityJudge::KIND => self.security.judgements.push(self.read(e)?),
            ImageVerify::KIND => self.security.images.push(self.read(e)?),
            VexImport::KIND => self.security.statements.push(self.read(e)?),
            SbomImport::KIND => self.security.sboms.push(self.read(e)?),
            SbomRetire::KIND => {
                let r: Recorded<SbomRetire> = self.read(e)?;
                if !self.security.sboms_in_force().contains_key(r.body.name.as_str()) {
                    return Err(format!("no SBOM `{}` is in force", r.body.name));
                }
                self.security.retired.push(r);
            }
            DriftCheck::KIND => self.security.drifts.push(self.read(e)?),
            EvaluationRecord::KIND => self.evaluations.push(self.read(e)?),
            DrillRecord::KIND => self.drills.push(self.read(e)?),
            WaiverGrant::KIND => {
                let r: Recorded<WaiverGrant> = self.read(e)?;
                if self.withdrawn_waivers.contains_key(&r.body.waiver) {
                    return Err(format!("`{}` was recorded before and withdrawn", r.body.waiver));
                }
                once(&mut self.waivers, r.body.waiver.clone(), r)?;
            }
            WaiverWithdraw::KIND => {
                let withdrawn: Recorded<WaiverWithdraw> = self.read(e)?;
                let id = withdrawn.body.waiver.clone();
                let granted = self.waivers.remove(&id).ok_or_else(|| format!("no waiver `{id}` stands"))?;
                self.withdrawn_waivers.insert(id, WithdrawnWaiver { granted, withdrawn });
            }
            other => return Err(format!("`{other}` is listed as a kind and has no place in the state")),
        }
        Ok(())
    }
}

impl Release {
    fn opened_by(opened: Recorded<ReleaseOpen>) -> Release {
        Release {
            opened: vec![opened],
            checklists: Vec::new(),
            stages: Vec::new(),
            gates: Vec::new(),
            signatures: Vec::new(),
            sealed: None,
            delivered: Vec::new(),
            withdrawn: None,
            rebuilds: Vec::new(),
            delivery_checks: Vec::new(),
            holds: Vec::new(),
            last_placed: None,
        }
    }
}

/// The body as a record of its kind.
pub(super) fn body_of<R: Record>(e: &Entry) -> Result<R, Refused> {
    R::deserialize((&e.body).into_deserializer())
        .map_err(|err: serde_json::Error| format!("the body does not fit the kind: {err}"))
}

pub(super) fn meta(e: &Entry, signer: Option<super::Signer>) -> Meta {
    Meta {
        seq: e.seq,
        at: e.at,
        actor: e.actor.as_str().into(),
        via: e.via.as_str().into(),
        signer: signer.map(Box::new),
    }
}

pub(super) fn id_of(e: &Entry, key: &str) -> String {
    e.body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Puts a record in its place, where none of that id was before.
pub(super) fn once<T>(map: &mut BTreeMap<String, T>, id: String, value: T) -> Result<(), Refused> {
    if map.contains_key(&id) {
        return Err(format!("`{id}` was recorded before"));
    }
    map.insert(id, value);
    Ok(())
}

pub(super) fn existing<T>(map: &mut BTreeMap<String, T>, id: String) -> Result<&mut T, Refused> {
    map.get_mut(&id).ok_or_else(|| format!("nothing of the id `{id}` was recorded before"))
}
