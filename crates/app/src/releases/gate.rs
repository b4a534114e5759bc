//! `release gate`: the verdict on 5.8.1 to 5.8.8 at one position, and the evidence manifest that people sign.

use super::{allowed, existing, sound};
use crate::analysis::{Analysis, Inputs};
use crate::checks;
use crate::error::{Doing as _, Error, Result};
use crate::workspace::{Appended, Workspace};
use diagnostics::{ClauseVerdict, FindingsReport, Verdict};
use records::{ReleaseGate, State};
use release::manifest::{EvidenceManifest, Judged, Section};
use release::signatures::{SeatStatus, Seats};
use release::steps::Step;
use rules::{ArchiveReadiness, Judgement, ReleaseContext, ReleaseTag};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use vocabulary::{Date, Digest};

/// The sub-clauses of the gate.
pub(crate) const SECTIONS: [&str; 8] =
    ["5.8.1", "5.8.2", "5.8.3", "5.8.4", "5.8.5", "5.8.6", "5.8.7", "5.8.8"];

/// What the gate looks at outside of documents and ledger.
pub(crate) struct Outside {
    /// Whether the archive can take the release.
    pub(crate) archive: ArchiveReadiness,
    /// The release's tag.
    pub(crate) tag: ReleaseTag,
}

/// A verdict of the gate with everything that it is made of.
#[derive(Debug)]
pub struct Gate {
    /// What was judged.
    pub analysis: Analysis,
    /// The verdicts.
    pub judgement: Judgement,
    /// The findings.
    pub report: FindingsReport,
    /// The evidence manifest.
    pub manifest: EvidenceManifest,
    /// Its digest: what people sign.
    pub digest: Digest,
    /// Who has signed it.
    pub seats: Seats,
    /// Where the verdict was recorded.
    pub recorded: Option<Appended>,
}

/// Judges a release at the current position, or at the inputs given, and records the verdict where `actor` is given.
///
/// # Errors
/// When there is no such release, or it is sealed or withdrawn.
pub fn release_gate(ws: &Workspace, inputs: &Inputs, version: &str, actor: Option<&str>) -> Result<Gate> {
    if inputs.at.is_some() {
        return Err(Error::refused("the gate judges the frozen commit; `--at` has no meaning here"));
    }
    let past = inputs.ledger_at.is_some();
    let ledger = ws.ledger()?;
    let state = ledger.state(inputs.ledger_at)?;
    let release = existing(&state, version)?;
    if let (Some(_), false) = (actor, past) {
        allowed(Step::Gate, release, version)?;
        super::receipts::none_missing(ws, &state, version)?;
    }
    let as_of = match inputs.as_of {
        Some(date) => date,
        None => ws.clock.today(&ws.config.product.timezone)?,
    };
    let mut gate = judge_on(ws, version, state.clone(), as_of)?;
    if let (Some(actor), false) = (actor, past) {
        gate.recorded = Some(record(ws, &ledger, &state, &gate, version, actor)?);
    }
    Ok(gate)
}

fn record(
    ws: &Workspace,
    ledger: &crate::shared_ledger::SharedLedger,
    state: &State,
    gate: &Gate,
    version: &str,
    actor: &str,
) -> Result<Appended> {
    ws.blobs().put(&gate.manifest.to_bytes().doing("write the evidence manifest")?)?;
    let body = ReleaseGate {
        version: version.to_owned(),
        candidate: gate.manifest.candidate,
        position: state.position,
        as_of: gate.analysis.as_of,
        profile: gate.manifest.profile.clone(),
        verdict: gate.manifest.verdict.clone(),
        sections: gate.manifest.sections.iter().map(|(k, v)| (k.clone(), v.verdict.clone())).collect(),
        manifest: gate.digest,
    };
    let draft = ws.at(state).process(actor, &body)?;
    ws.append(ledger, state, &[draft])
}

/// Judges a release at a position and a date: a pure function of these and the frozen commit.
pub(crate) fn judge_at(ws: &Workspace, version: &str, ledger_at: Option<u64>, as_of: Date) -> Result<Gate> {
    judge_on(ws, version, ws.ledger()?.state(ledger_at)?, as_of)
}

/// As [`judge_at`], on a state that was folded from entry 0 to the position: a long ledger is folded once for a verdict.
pub(super) fn judge_on(ws: &Workspace, version: &str, state: State, as_of: Date) -> Result<Gate> {
    let ledger = ws.ledger()?;
    sound(&state)?;
    let release = existing(&state, version)?;
    let opened = &release.candidate().ok_or_else(|| Error::refused("the release has no candidate"))?.body;
    let commit = opened.commits.first().map(|c| c.commit.clone()).unwrap_or_default();
    let rule_set = opened.rule_set.clone();
    let inputs = Inputs { at: Some(commit), ledger_at: Some(state.position), as_of: Some(as_of) };
    let mut analysis = Analysis::with_state(ws, &inputs, state)?;
    analysis.history = crate::histories::load(ws, &analysis, Some(version))?;
    if rules::rule_set_digest().to_string() != rule_set {
        return Err(Error::refused(format!("release `{version}` was opened under rule set {rule_set}"))
            .hint(format!(
                "this binary has {}; judge with the one that opened it, or open the next candidate",
                rules::rule_set_digest()
            )));
    }
    let readiness = crate::archives::readiness(ws, &analysis);
    // Whether it is sealed is known at the present position only.
    let position = analysis.state.position;
    let now = (position < ledger.position()?).then(|| ledger.state(None)).transpose()?;
    let tag = super::tag::of_candidate(ws, now.as_ref().unwrap_or(&analysis.state), version)?;
    let digests = ledger.digests(Some(position))?;
    let entry_digest = |seq: u64| {
        usize::try_from(seq).ok().and_then(|i| digests.get(i).copied()).unwrap_or_else(|| Digest::of(b""))
    };
    Gate::of(analysis, version, Outside { archive: readiness, tag }, &entry_digest)
}

fn manifest(
    analysis: &Analysis,
    judgement: &Judgement,
    version: &str,
    entry_digest: &dyn Fn(u64) -> Digest,
) -> Result<EvidenceManifest> {
    let section = |v: ClauseVerdict| Section {
        verdict: v.verdict.as_str().to_owned(),
        reason: v.reason,
        evidence: v.evidence,
    };
    let sections: BTreeMap<String, Section> = SECTIONS
        .iter()
        .filter_map(|s| Some(((*s).to_owned(), section(judgement.of_clause(&format!("62304:{s}"))?))))
        .collect();
    let adjacent: BTreeMap<String, Section> =
        judgement.adjacent.iter().map(|v| (v.clause.clone(), section(v.clone()))).collect();
    let documents: Vec<(String, Digest)> =
        analysis.documents.controlled.iter().map(|d| (d.id.to_string(), d.digest)).collect();
    let profile = analysis.config.profile_name();
    let rule_set = judgement.rule_set.to_string();
    let judged = Judged {
        state: &analysis.state,
        version,
        documents: &documents,
        edition: &analysis.config.product.edition,
        profile: &profile,
        rule_set: &rule_set,
        as_of: analysis.as_of,
        systems: checks::systems(analysis),
        verdict: verdict(judgement),
        sections,
        adjacent,
    };
    EvidenceManifest::build(judged, entry_digest)
        .ok_or_else(|| Error::refused(format!("no release `{version}` is open")))
}

/// `fail` for any finding or human verdict on the sub-clauses of the gate, the duties beside them, or any unwaived error
/// elsewhere; `waived` where a waiver carries it; else `pass`.
fn verdict(judgement: &Judgement) -> &'static str {
    let sections =
        SECTIONS.iter().filter_map(|s| judgement.of_clause(&format!("62304:{s}"))).map(|v| v.verdict);
    let all: Vec<Verdict> = sections.chain(judgement.adjacent.iter().map(|v| v.verdict)).collect();
    let errors = judgement.findings.iter().any(diagnostics::Diagnostic::is_error);
    let waived = judgement.findings.iter().any(|d| d.verdict == Verdict::Waived);
    match (errors || all.iter().any(|v| v.blocks()), waived || all.contains(&Verdict::Waived)) {
        (true, _) => "fail",
        (false, true) => "waived",
        (false, false) => "pass",
    }
}

impl Gate {
    /// Judges a release over what was read; `entry_digest` gives the digest of each entry.
    ///
    /// # Errors
    /// When no such release is open.
    pub(crate) fn of(
        analysis: Analysis,
        version: &str,
        outside: Outside,
        entry_digest: &dyn Fn(u64) -> Digest,
    ) -> Result<Gate> {
        let release = existing(&analysis.state, version)?;
        let context = ReleaseContext { version, release, archive: outside.archive };
        let judgement = checks::judge_with_tags(&analysis, Some(context), &[outside.tag])?;
        let report = checks::report(&analysis, &judgement);
        let manifest = manifest(&analysis, &judgement, version, entry_digest)?;
        let digest = manifest.digest().doing("digest the evidence manifest")?;
        let roles = &analysis.config.roles;
        let distinct = usize::try_from(roles.distinct_people).unwrap_or(5);
        let seats = Seats::of(&analysis.state, version, &roles.release, distinct, Some(digest));
        Ok(Gate { analysis, judgement, report, manifest, digest, seats, recorded: None })
    }

    /// Whether signatures may be given.
    pub fn passes(&self) -> bool {
        self.manifest.verdict != "fail"
    }

    /// `dossier/findings/v1` with `gate`, `signatures`, `manifest_digest`, `verdict`.
    pub fn to_json(&self) -> serde_json::Value {
        let mut out = diagnostics::render::json::value(&self.report);
        let signature = |(role, status): &(String, SeatStatus)| {
            let (word, who) = match status {
                SeatStatus::Open => ("open", None),
                SeatStatus::Signed(s) => ("signed", Some(s)),
                SeatStatus::Void(s) => ("void", Some(s)),
            };
            serde_json::json!({"role": role, "status": word, "person": who.map(|s| &s.person),
                "name": who.map(|s| &s.name), "meaning": who.map(|s| &s.meaning), "at": who.map(|s| s.at),
                "key_id": who.map(|s| &s.key_id)})
        };
        if let Some(map) = out.as_object_mut() {
            map.insert("release".into(), self.manifest.release.clone().into());
            map.insert("candidate".into(), self.manifest.candidate.into());
            map.insert("gate".into(), serde_json::json!(self.manifest.sections));
            map.insert("adjacent".into(), serde_json::json!(self.manifest.adjacent));
            map.insert("signatures".into(), self.seats.seats.iter().map(signature).collect());
            map.insert("manifest_digest".into(), self.digest.to_string().into());
            map.insert("verdict".into(), self.manifest.verdict.clone().into());
        }
        out
    }

    /// For people.
    ///
    /// # Errors
    /// When the findings cannot be written.
    pub fn to_text(&self, colour: bool) -> Result<String> {
        let mut out = String::new();
        let m = &self.manifest;
        if self.analysis.state.simulated_clock {
            let _ = writeln!(out, "the clock of this ledger is SIMULATED: this is no release of a product");
        }
        let _ = writeln!(
            out,
            "gate of {} {} (candidate {}, build {})",
            m.product, m.release, m.candidate, m.build
        );
        let _ = writeln!(
            out,
            "{}, class {}, profile {}, ledger {}, as of {}\n",
            self.report.edition, self.report.class, m.profile, self.analysis.state.position, m.as_of
        );
        for (clause, section) in m.sections.iter().chain(&m.adjacent) {
            let shape = section.verdict.parse().map_or(" ", |v: Verdict| v.shape());
            let _ = writeln!(out, "{shape} {clause:12} {:14} {}", section.verdict, section.reason);
            for line in section.evidence.iter().take(4) {
                let _ = writeln!(out, "  {:27} {line}", "");
            }
        }
        let findings = FindingsReport {
            findings: self.report.findings.iter().filter(|d| d.is_error()).cloned().collect(),
            ..self.report.clone()
        };
        if !findings.findings.is_empty() {
            out.push('\n');
            let sources = checks::sources(&self.analysis);
            diagnostics::render::render_findings(
                &mut out,
                &findings.findings,
                &checks::options(&sources, colour),
            )
            .map_err(|e| Error::environment("could not write the findings").because(e))?;
        }
        let _ = writeln!(out, "\nverdict: {}\nevidence manifest sha256:{}", m.verdict, self.digest);
        for (role, status) in &self.seats.seats {
            let (word, who) = match status {
                SeatStatus::Open => continue,
                SeatStatus::Signed(who) => ("signed", who),
                SeatStatus::Void(who) => ("void, signed", who),
            };
            let _ = writeln!(
                out,
                "{word} by {} as {role} at {}: {} [key {}]",
                who.name, who.at, who.meaning, who.key_id
            );
        }
        Ok(out)
    }
}
