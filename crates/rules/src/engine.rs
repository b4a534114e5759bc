//! The engine: runs the rules over a snapshot, applies classes, overrides and waivers, and gives the verdict on every clause.

use crate::findings::{Findings, Report};
use crate::front_matter::Meta;
use crate::overrides::{accepted, can_be_excepted};
use crate::own_rules::{OwnRule, World, hits};
use crate::registry::{Rule, registry};
use crate::snapshot::Snapshot;
use crate::verdicts::{self, Evidence};
use diagnostics::{ClauseVerdict, Diagnostic, Level, Location, Overrides, Sink, Verdict, Waiver};
use records::two_threads::by_two;
use std::collections::HashMap;
use std::time::Duration;
use vocabulary::{Digest, SafetyClass};

/// From this many items on, a second thread is worth its start.
const PARALLEL_FROM: usize = 2_000;

/// What the rules say of a snapshot.
#[derive(Debug)]
pub struct Judgement {
    /// The findings, ordered.
    pub findings: Vec<Diagnostic>,
    /// The verdict on every clause in force of the edition, once for each software system, in numeric order.
    pub clauses: Vec<ClauseVerdict>,
    /// The verdicts on clauses of other standards that a rule looked at, for the whole product: the duties beside the
    /// edition (`14971:9`, `13485:8.2.6`).
    pub adjacent: Vec<ClauseVerdict>,
    /// How many findings an override switched off.
    pub switched_off: usize,
    /// The rule set, by digest.
    pub rule_set: Digest,
}

impl Judgement {
    /// The verdict on one clause over all systems: the worst of them, with what was seen for any of them.
    pub fn of_clause(&self, clause: &str) -> Option<ClauseVerdict> {
        let mut all = self.clauses.iter().chain(&self.adjacent).filter(|v| v.clause == clause);
        let mut worst = all.next()?.clone();
        for next in all {
            for evidence in &next.evidence {
                if !worst.evidence.contains(evidence) {
                    worst.evidence.push(evidence.clone());
                }
            }
            if next.verdict < worst.verdict {
                (worst.verdict, worst.reason) = (next.verdict, next.reason.clone());
            }
        }
        worst.subject = String::new();
        Some(worst)
    }
}

/// Reads what is the same for every judgement, the rules and the library: for another thread, while the product is read.
/// A judgement without it does the same first.
pub fn prepare() {
    registry();
    crate::plan_fields::prepare();
    // Reading any citation reads the library's list of what was superseded.
}

/// Judges a snapshot. Never fails: what is wrong is a finding.
pub fn judge(cx: &Snapshot<'_>) -> Judgement {
    judge_with(cx, |_| true)
}

/// How long one rule took over a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleTiming {
    /// `R0042`, `F-1`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How long it looked.
    pub took: Duration,
}

/// How long each rule takes over a snapshot, by a clock that the caller holds: libraries have none. Ours in the order of the rules,
/// then the firm's in the order of their files; those that do not run here are left out.
pub fn timings(cx: &Snapshot<'_>, now: &dyn Fn() -> Duration) -> Vec<RuleTiming> {
    let time = |meta: &Meta, look: &mut dyn FnMut()| {
        let start = now();
        look();
        RuleTiming { id: meta.id.clone(), name: meta.name.clone(), took: now().saturating_sub(start) }
    };
    let ours = registry().rules().iter().filter(|r| runs(cx, r)).map(|rule| {
        let mut out = Findings::new(rule, cx);
        time(&rule.meta, &mut || (rule.check)(cx, &mut out))
    });
    let mut all: Vec<RuleTiming> = ours.collect();
    let world = world(cx);
    all.extend(own_rules_that_run(cx).map(|rule| {
        let mut found = 0;
        time(&rule.meta, &mut || found = hits(rule, &world).len())
    }));
    all
}

/// Judges a snapshot by some of the rules: for the cases in the rules' own files.
pub(crate) fn judge_with(cx: &Snapshot<'_>, wanted: impl Fn(&Rule) -> bool) -> Judgement {
    let overrides = accepted(cx);
    let mut evidence = Evidence::default();
    evidence.take_documents(cx);
    let mut scopes = Scopes::default();
    let mut sink = Sink::new(overrides.clone(), waivers(cx), cx.as_of.to_string());
    sink.extend(cx.reader_findings.iter().cloned());
    let rules: Vec<&'static Rule> = registry().rules().iter().filter(|r| runs(cx, r) && wanted(r)).collect();
    for (rule, mut out) in rules.iter().copied().zip(looked(cx, &rules)) {
        // A rule that is switched off proves nothing either.
        if !is_off(&overrides, rule) {
            evidence.take(&out);
        }
        for report in std::mem::take(&mut out.reports) {
            if let Some(finding) = finding(cx, &rule.meta, &report) {
                scopes.note(cx, &finding, &report);
                sink.report(finding);
            }
        }
    }
    // What holds under a rule of the firm is no evidence: it can ask for more, never for less.
    for (meta, report) in of_the_firm(cx) {
        if let Some(finding) = finding(cx, meta, &report) {
            scopes.note(cx, &finding, &report);
            sink.report(finding);
        }
    }
    let sunk = sink.finish();
    let (clauses, adjacent) = verdicts::table(cx, &sunk.findings, &evidence, &scopes);
    Judgement {
        findings: sunk.findings,
        clauses,
        adjacent,
        switched_off: sunk.dropped,
        rule_set: registry().digest(),
    }
}

/// What the rules of the firm find, in the order of their files.
fn of_the_firm<'s>(cx: &'s Snapshot<'_>) -> Vec<(&'s Meta, Report)> {
    let world = world(cx);
    let mut out = Vec::new();
    for rule in own_rules_that_run(cx) {
        for hit in hits(rule, &world) {
            let mut report = Report::of_the_firm(hit.location, hit.item, hit.subject);
            report.arg("title", hit.title);
            if hit.unjudged {
                report.note(hit.why.clone());
            }
            report.arg("why", hit.why);
            out.push((&rule.meta, report));
        }
    }
    out
}

/// The rules of the firm that have anything to look at: those of the gate only where a release is judged.
fn own_rules_that_run<'s>(cx: &'s Snapshot<'_>) -> impl Iterator<Item = &'s OwnRule> {
    cx.own_rules.rules.iter().filter(|r| !r.meta.gate || cx.release.is_some())
}

/// What conditions of the firm can read.
fn world<'s>(cx: &'s Snapshot<'_>) -> World<'s> {
    World {
        config: cx.config,
        documents: cx.documents,
        model: cx.model,
        classes: cx.classes,
        state: cx.state,
        records: cx.records,
        results: cx.results,
        software: cx.software,
        release: cx.release.as_ref().map(|r| r.version),
        as_of: cx.as_of,
    }
}

/// What each rule found, in the order of the rules. Rules are pure, so two threads share them; which of them took a rule
/// decides nothing.
fn looked<'a>(cx: &'a Snapshot<'a>, rules: &[&'static Rule]) -> Vec<Findings<'a>> {
    let look = |rule: &'static Rule| {
        let mut out = Findings::new(rule, cx);
        (rule.check)(cx, &mut out);
        out
    };
    if cx.model.items().len() < PARALLEL_FROM {
        return rules.iter().map(|r| look(r)).collect();
    }
    by_two(rules, |rule| look(rule))
}

/// Whether a rule has anything to look at: it is not removed, its gate is open, and a clause of it is asked of some system
/// or item. A class below that of every system can only be asked less.
fn runs(cx: &Snapshot<'_>, rule: &Rule) -> bool {
    let meta = &rule.meta;
    if meta.removed.is_some() || (meta.gate && cx.release.is_none()) {
        return false;
    }
    let highest = cx.systems.list().iter().map(|s| s.class).max().unwrap_or(SafetyClass::C);
    meta.clauses.is_empty()
        || meta.clauses.iter().filter_map(|c| clauses::governing(c)).any(|c| cx.asks(c, highest))
}

fn is_off(overrides: &Overrides, rule: &Rule) -> bool {
    let level = overrides.get(&rule.meta.id).or_else(|| overrides.get(&rule.meta.name));
    level == Some(&Level::Off)
}

/// The finding of a report, with the clauses that are asked; `None` where none of them is.
fn finding(cx: &Snapshot<'_>, meta: &Meta, report: &Report) -> Option<Diagnostic> {
    let cited: Vec<&str> = if report.clauses.is_empty() {
        meta.clauses.iter().map(String::as_str).collect()
    } else {
        report.clauses.iter().map(AsRef::as_ref).collect()
    };
    let asked: Vec<String> =
        cited.iter().filter(|c| is_asked(cx, c, report)).map(|c| (*c).to_owned()).collect();
    if asked.is_empty() && !cited.is_empty() {
        return None;
    }
    let severity = if cx.release.is_some() { meta.severity_at_gate } else { meta.severity };
    let mut d = Diagnostic::new(
        meta.id.clone(),
        meta.name.clone(),
        severity,
        meta.message.fill(&report.arguments),
        report.location.clone(),
    );
    d.clauses = asked;
    if meta.human {
        d.verdict = Verdict::Human;
    }
    d.label = meta.label.fill(&report.arguments);
    d.help = (!meta.help.is_empty()).then(|| meta.help.fill(&report.arguments));
    d.subject.clone_from(&report.subject);
    d.related.clone_from(&report.related);
    d.notes.clone_from(&report.notes);
    d.waivable = can_be_excepted(cx, meta);
    Some(d)
}

/// Whether a cited clause is asked of what the report is about: by the class of the item, or of any system for a report
/// about the product.
fn is_asked(cx: &Snapshot<'_>, citation: &str, report: &Report) -> bool {
    let Some(clause) = clauses::governing(citation) else { return false };
    let scope = report.item.map_or(0..cx.systems.list().len(), |ix| cx.systems.of_item(ix));
    let of_scope = cx.systems.list().get(scope).unwrap_or_default();
    if of_scope.iter().all(|s| !s.route_asks(clause)) {
        return false;
    }
    match report.item {
        Some(ix) if report.by_system => cx.asks(clause, cx.classes.of_system_of(ix)),
        Some(ix) => cx.asks(clause, cx.classes.of(cx.model, ix)),
        None => of_scope.iter().any(|s| s.route_asks(clause) && cx.asks(clause, s.class)),
    }
}

/// Which systems each finding counts for. With one system there is nothing to note.
#[derive(Debug, Default)]
pub(crate) struct Scopes {
    of_item: HashMap<Key, std::ops::Range<usize>>,
}

/// What tells two findings apart after the sink has sorted them.
type Key = (String, Option<String>, Location);

fn key(d: &Diagnostic) -> Key {
    (d.rule.to_string(), d.subject.clone(), d.location.clone())
}

impl Scopes {
    fn note(&mut self, cx: &Snapshot<'_>, finding: &Diagnostic, report: &Report) {
        if cx.systems.list().len() > 1
            && let Some(ix) = report.item
        {
            self.of_item.insert(key(finding), cx.systems.of_item(ix));
        }
    }

    /// The numbers of the systems that a finding counts for.
    pub(crate) fn of(&self, cx: &Snapshot<'_>, finding: &Diagnostic) -> std::ops::Range<usize> {
        let all = 0..cx.systems.list().len();
        if self.of_item.is_empty() { all } else { self.of_item.get(&key(finding)).cloned().unwrap_or(all) }
    }
}

/// The waivers as the sink needs them.
fn waivers(cx: &Snapshot<'_>) -> Vec<Waiver> {
    let Some(state) = cx.state else { return Vec::new() };
    let waiver = |(id, w): (&String, &records::Recorded<records::WaiverGrant>)| Waiver {
        id: id.clone(),
        rule: w.body.rule.clone(),
        subjects: if w.body.subject.is_empty() { Vec::new() } else { vec![w.body.subject.clone()] },
        expires: w.body.until.to_string(),
        location: Location::entry(w.meta.seq),
    };
    state.waivers.iter().map(waiver).collect()
}
