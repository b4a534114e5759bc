//! Releases: the list, the gate of one release, and what both say at their head.

use super::inputs;
use super::reading::{Reading, word};
use super::signatures;
use super::{anomalies, clause_pages, findings};
use crate::releases::{Gate, SECTIONS};
use records::state::{Phase, Release};
use records::{RebuildOutcome, Recorded, ReleaseSign, State};
use release::Section;
use release::signatures::{LAST, SeatStatus};
use views::{
    Evidence, GatePage, GateSection, Mark, MarkKind, Ref, RefKind, ReleaseHeader, ReleaseList, ReleaseRow,
    ReleaseState, Seat, Verdict,
};
use vocabulary::SafetyClass;

/// All releases, the newest opening first.
pub(super) fn list(r: &Reading<'_>) -> ReleaseList {
    let mut rows: Vec<(u64, ReleaseRow)> = Vec::new();
    for (version, release) in &r.state().releases {
        let Some(opened) = release.candidate() else { continue };
        let signed = release.gate().map_or(0, |g| release.signatures_over(g.body.manifest).len());
        let row = ReleaseRow {
            id: Ref::new(RefKind::Release, version.as_str()),
            build: opened.body.build.clone(),
            kind: word(&opened.body.kind),
            state: state(release),
            verdict: release.gate().map(|g| gate_verdict(&g.body.verdict)),
            commit: opened.body.commits.first().map(|c| c.commit.clone()).unwrap_or_default(),
            released: release.sealed.as_ref().map(|s| s.body.day),
            signatures: (signed, r.analysis.config.roles.release.len()),
            summary: opened.body.summary.clone(),
        };
        rows.push((opened.meta.seq, row));
    }
    rows.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    ReleaseList { rows: rows.into_iter().map(|(_, row)| row).collect() }
}

/// The gate as a page. `now` is the state of today: what happened after sealing is of no gate and is shown all the same.
pub(super) fn gate_page(gate: &Gate, now: &State) -> Option<GatePage> {
    let r = reading(gate);
    let version = gate.manifest.release.as_str();
    let release = now.releases.get(version)?;
    let (verdict, headline, reason) = headline(gate);
    Some(GatePage {
        header: header(gate, now)?,
        marks: marks(gate, release),
        verdict,
        headline,
        reason,
        sections: sections(&r, gate),
        adjacent: adjacent(&r, gate),
        seats: seats(gate),
        manifest_digest: Some(gate.digest),
        anomalies: anomalies::residual(&r, version).1,
        afterwards: afterwards(now, release),
    })
}

pub(super) fn reading(gate: &Gate) -> Reading<'_> {
    Reading::new(&gate.analysis, &gate.judgement, Some(&gate.manifest.release))
}

/// What a release is.
pub(super) fn header(gate: &Gate, now: &State) -> Option<ReleaseHeader> {
    let (a, m) = (&gate.analysis, &gate.manifest);
    let release = now.releases.get(&m.release)?;
    let opened = release.candidate()?;
    let frozen = opened.body.commits.first();
    let systems = m.systems.iter().map(|(id, class)| (id.clone(), class.parse().unwrap_or(SafetyClass::C)));
    let systems: Vec<(String, SafetyClass)> = systems.collect();
    Some(ReleaseHeader {
        product: m.product.clone(),
        version: m.release.clone(),
        candidate: format!("{}-rc{}", m.release, m.candidate),
        build: m.build.clone(),
        kind: word(&m.kind),
        state: state(release),
        summary: opened.body.summary.clone(),
        udi: None,
        class: systems.iter().map(|(_, class)| *class).max().unwrap_or(SafetyClass::C),
        systems,
        profile: m.profile.clone(),
        edition: m.edition.clone(),
        commit: frozen.map(|c| c.commit.clone()).unwrap_or_default(),
        tree: frozen.map_or_else(|| a.tree_digest(), |c| c.tree),
        // Nothing is sealed without its signed tag.
        tag: release.sealed.is_some().then(|| format!("v{}", m.release)),
        ledger: a.state.position,
        rule_set: inputs::rule_set(),
        rule_set_digest: gate.judgement.rule_set,
        as_of: m.as_of,
        opened: Some(opened.meta.at),
        sealed: release.sealed.as_ref().map(|s| s.meta.at),
        released: release.sealed.as_ref().map(|s| s.body.day),
    })
}

/// The marks of a release, after those of the inputs.
pub(super) fn marks(gate: &Gate, release: &Release) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut mark = |kind, text: String| marks.push(Mark { kind, text });
    if gate.analysis.state.simulated_clock {
        let simulated = inputs::simulated();
        mark(simulated.kind, simulated.text);
    }
    if let Some(withdrawn) = &release.withdrawn {
        mark(
            MarkKind::Withdrawn,
            format!(
                "This release was withdrawn on {}: {}",
                withdrawn.meta.at.date_utc(),
                withdrawn.body.reason
            ),
        );
    } else if release.sealed.is_none() {
        // The record that is sealed is written before its receipt can exist, and has to be true in the archive too.
        let text = if gate.seats.complete() {
            "Signed by all, written before the receipt of the seal: final where it lies in the archive, and nowhere else."
        } else {
            "This release is not sealed: nothing here is final."
        };
        mark(MarkKind::Draft, text.to_owned());
    }
    let void: Vec<&str> = gate
        .seats
        .seats
        .iter()
        .filter(|(_, s)| matches!(s, SeatStatus::Void(_)))
        .map(|(role, _)| role.as_str())
        .collect();
    if !void.is_empty() {
        mark(MarkKind::Void, format!("The evidence changed since it was signed; void: {}.", void.join(", ")));
    }
    marks
}

/// The word of the gate's verdict as a verdict.
fn gate_verdict(word: &str) -> Verdict {
    match word {
        "pass" => Verdict::Pass,
        "waived" => Verdict::Waived,
        _ => Verdict::Finding,
    }
}

/// The verdict of the gate, in one sentence, and why.
pub(super) fn headline(gate: &Gate) -> (Verdict, String, String) {
    let verdict = gate_verdict(&gate.manifest.verdict);
    let sections = gate.manifest.sections.iter().chain(&gate.manifest.adjacent);
    let blocking: Vec<&str> = sections
        .filter(|(_, s)| s.verdict.parse().is_ok_and(diagnostics::Verdict::blocks))
        .map(|(number, _)| number.as_str())
        .collect();
    let errors = gate.judgement.findings.iter().filter(|d| d.is_error()).count();
    let findings = if errors == 1 { "1 finding".to_owned() } else { format!("{errors} findings") };
    let (headline, reason) = match verdict {
        Verdict::Pass => (
            "The gate is passed".to_owned(),
            "Every section has its evidence; the people named below decide.".to_owned(),
        ),
        Verdict::Waived => (
            "The gate is passed with waivers".to_owned(),
            "Signed waivers carry findings; each is listed.".to_owned(),
        ),
        _ if blocking.is_empty() => (
            format!("Not releasable: {findings}"),
            "No section of clause 5.8 is open; findings elsewhere count too.".to_owned(),
        ),
        _ => (format!("Not releasable: {findings}"), format!("Open: {}.", blocking.join(", "))),
    };
    (verdict, headline, reason)
}

/// 5.8.1 to 5.8.8.
pub(super) fn sections(r: &Reading<'_>, gate: &Gate) -> Vec<GateSection> {
    let known = SECTIONS.iter().filter_map(|s| Some((*s, gate.manifest.sections.get(*s)?)));
    known.map(|(number, s)| section(r, number, &format!("62304:{number}"), s)).collect()
}

/// The duties beside clause 5.8.
pub(super) fn adjacent(r: &Reading<'_>, gate: &Gate) -> Vec<GateSection> {
    gate.manifest
        .adjacent
        .iter()
        .map(|(clause, s)| section(r, &clause.replacen(':', " · ", 1), clause, s))
        .collect()
}

fn section(r: &Reading<'_>, number: &str, clause: &str, of: &Section) -> GateSection {
    let against = r.judgement.findings.iter().filter(|d| clause_pages::counts_against(d, clause));
    GateSection {
        number: number.to_owned(),
        clause: Ref::new(RefKind::Clause, clause),
        title: clauses::clause(clause).map(|c| c.title.clone()).unwrap_or_default(),
        verdict: of.verdict.parse().unwrap_or(Verdict::Finding),
        reason: of.reason.clone(),
        text: template_text(r, number),
        evidence: of.evidence.iter().map(|line| clause_pages::evidence(r, line)).collect(),
        findings: findings::worst_first(r, against),
    }
}

/// The controlled template of the record: the document that has a heading for each of the eight sections.
pub(super) fn template<'a>(r: &Reading<'a>) -> Option<&'a documents::Document> {
    let has = |d: &documents::Document, number: &str| d.sections.iter().any(|s| names(d.title_of(s), number));
    r.analysis.documents.controlled.iter().find(|d| SECTIONS.iter().all(|number| has(d, number)))
}

fn template_text(r: &Reading<'_>, number: &str) -> String {
    let Some(document) = template(r) else { return String::new() };
    let section = document.sections.iter().find(|s| names(document.title_of(s), number));
    section.map(|s| document.body_of(s).to_owned()).unwrap_or_default()
}

/// Whether a heading names a sub-clause: `5.8.1` and not `5.8.10`.
fn names(title: &str, number: &str) -> bool {
    title.split(|c: char| !c.is_ascii_digit() && c != '.').any(|word| word.trim_end_matches('.') == number)
}

/// The seats in the order of signing.
pub(super) fn seats(gate: &Gate) -> Vec<Seat> {
    let state = &gate.analysis.state;
    let release = state.releases.get(&gate.manifest.release);
    let entry_of = |role: &str| {
        let of_role = |s: &&Recorded<ReleaseSign>| s.body.role == role;
        release.and_then(|r| r.signatures.iter().rev().find(of_role)).map_or(0, |s| s.meta.seq)
    };
    let others_signed =
        gate.seats.seats.iter().all(|(role, s)| role == LAST || matches!(s, SeatStatus::Signed(_)));
    let seat = |(role, status): &(String, SeatStatus)| {
        let void = matches!(status, SeatStatus::Void(_)).then(|| "the evidence changed since".to_owned());
        let signature = match status {
            SeatStatus::Open => None,
            SeatStatus::Signed(s) | SeatStatus::Void(s) => {
                Some(signatures::of_signer(state, s, entry_of(role), void))
            }
        };
        let waits_for = match status {
            SeatStatus::Signed(_) => None,
            _ if !gate.passes() => Some("the gate".to_owned()),
            _ if role == LAST && !others_signed => Some("the other signatures".to_owned()),
            _ => None,
        };
        Seat {
            role: role.clone(),
            title: role_title(role),
            statement: release::statements::of_role(role).to_owned(),
            ready: waits_for.is_none() && !matches!(status, SeatStatus::Signed(_)),
            signature,
            waits_for,
        }
    };
    gate.seats.seats.iter().map(seat).collect()
}

/// The role for people: `QA lead`.
fn role_title(role: &str) -> String {
    let word = |word: &str| if matches!(word, "qa" | "prrc") { word.to_uppercase() } else { word.to_owned() };
    let title = role.split('-').map(word).collect::<Vec<_>>().join(" ");
    let mut chars = title.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// What happened after the gate: seal, delivery, rebuilds, checks, holds, withdrawal. Newest first.
pub(super) fn afterwards(now: &State, release: &Release) -> Vec<Evidence> {
    let mut rows: Vec<(u64, Evidence)> = Vec::new();
    let mut add = |meta: &records::Meta, what: String, digest, note: String| {
        let when = format!("{}, {}", report::day_and_time(meta.at), signatures::who(meta));
        let note = if note.is_empty() { when } else { format!("{when}. {note}") };
        rows.push((meta.seq, Evidence { what, reference: Some(signatures::entry(meta.seq)), digest, note }));
    };
    if let Some(s) = &release.sealed {
        let note =
            format!("{} blobs read back and verified; index sha256:{}", s.body.read_back_blobs, s.body.index);
        add(&s.meta, "Sealed: the archive's receipt".to_owned(), Some(s.body.archive), note);
    }
    for d in &release.delivered {
        add(&d.meta, format!("Delivered: {}", d.body.channel), Some(d.body.manifest), String::new());
    }
    for b in &release.rebuilds {
        let same = b.body.outputs.iter().filter(|o| o.actual == Some(o.expected)).count();
        let mut note = format!("{same} of {} outputs identical, on {}", b.body.outputs.len(), b.body.host);
        for output in b.body.outputs.iter().filter(|o| o.actual != Some(o.expected)) {
            note.push_str(&format!("; {}: {}", output.path, output.cause.as_deref().unwrap_or("not made")));
        }
        add(
            &b.meta,
            format!("Rebuilt from the archive alone: {}", rebuilt(b.body.outcome)),
            Some(b.body.log),
            note,
        );
    }
    for c in &release.delivery_checks {
        let what = if c.body.problems.is_empty() {
            format!("Delivery check of {}: {} files identical", c.body.installation, c.body.identical)
        } else {
            format!("Delivery check of {}: {} problems", c.body.installation, c.body.problems.len())
        };
        add(&c.meta, what, None, c.body.problems.join("; "));
    }
    for h in &release.holds {
        let what = if h.body.hold { "Legal hold set" } else { "Legal hold lifted" };
        add(&h.meta, what.to_owned(), None, h.body.reason.clone());
    }
    if let Some(placed) = &release.last_placed {
        add(
            &placed.meta,
            format!("Last device placed on the market on {}", placed.body.day),
            None,
            String::new(),
        );
    }
    for drill in now.drills.iter().filter(|d| {
        release.sealed.is_some() && Some(&d.body.version) == release.candidate().map(|o| &o.body.version)
    }) {
        let note = drill.body.capa.as_ref().map(|c| format!("opened {c}")).unwrap_or_default();
        add(
            &drill.meta,
            format!("Drawn for a drill among {}: {}", drill.body.among.len(), rebuilt(drill.body.outcome)),
            None,
            note,
        );
    }
    if let Some(w) = &release.withdrawn {
        add(&w.meta, "Withdrawn".to_owned(), None, w.body.reason.clone());
    }
    rows.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    rows.into_iter().map(|(_, row)| row).collect()
}

pub(super) fn rebuilt(outcome: RebuildOutcome) -> &'static str {
    match outcome {
        RebuildOutcome::Identical => "identical",
        RebuildOutcome::Different => "different",
        RebuildOutcome::Failed => "the build did not come to its end",
        RebuildOutcome::NotRepeated => "not repeated",
    }
}

pub(super) fn state(release: &Release) -> ReleaseState {
    match release.phase() {
        Phase::Draft => ReleaseState::Draft,
        Phase::Candidate => ReleaseState::Candidate,
        Phase::Signed => ReleaseState::Signed,
        Phase::Sealed => ReleaseState::Sealed,
        Phase::Delivered => ReleaseState::Delivered,
        Phase::Withdrawn => ReleaseState::Withdrawn,
    }
}
