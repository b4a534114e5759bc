//! The verdict on every clause: worst of its findings, `pass` only with evidence named, `not-applicable` only with a reason.

use crate::engine::Scopes;
use crate::evaluations::{newest_of, objection};
use crate::findings::{Findings, Note, Seen};
use crate::registry::registry;
use crate::snapshot::Snapshot;
use crate::systems::System;
use clauses::{Clause, Condition};
use diagnostics::{ClauseVerdict, Diagnostic, Verdict};
use model::Kind;
use std::collections::{BTreeMap, HashMap};

/// What the rules saw, per clause.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    seen: HashMap<&'static str, Vec<Seen>>,
    notes: HashMap<&'static str, Vec<String>>,
    /// Documents that say in their front matter which clause they are evidence for. They are shown to whoever judges the
    /// clause; what a document claims makes nothing pass.
    declared: HashMap<&'static str, Vec<String>>,
}

impl Evidence {
    /// Takes over what one rule saw.
    pub(crate) fn take(&mut self, out: &Findings<'_>) {
        // What a rule of every day sees shows its own clauses; for the release it has to say so.
        let rule_of_gate = out.rule.meta.gate;
        let clauses = |only: &'static str| {
            let cited = out.rule.meta.clauses.iter().map(String::as_str);
            cited
                .filter(move |c| only.is_empty() || *c == only)
                .filter_map(|c| clauses::governing(c))
                .filter(move |c| !only.is_empty() || rule_of_gate || c.condition != Some(Condition::Release))
        };
        for seen in &out.seen {
            for clause in clauses(seen.clause) {
                self.add(clause, seen);
            }
        }
        for Note { clause, text } in &out.notes {
            for clause in clauses(clause) {
                let notes = self.notes.entry(&clause.id).or_default();
                if !notes.contains(text) {
                    notes.push(text.clone());
                }
            }
        }
    }

    /// Takes over what the documents claim to be evidence for.
    pub(crate) fn take_documents(&mut self, cx: &Snapshot<'_>) {
        for document in &cx.documents.controlled {
            let state = if cx.is_approved(document.id.as_str(), document.digest) {
                "approved"
            } else {
                "not approved"
            };
            for clause in document.front.clauses.iter().filter_map(|c| clauses::governing(c)) {
                let line = format!("document {} {} ({state})", document.id, document.digest.short());
                self.declared.entry(&clause.id).or_default().push(line);
            }
        }
    }

    /// What documents claim, for a clause.
    fn claims(&self, clause: &str) -> impl Iterator<Item = String> + '_ {
        self.declared.get(clause).into_iter().flatten().cloned()
    }

    /// The largest number of items of a kind stands for all rules of the clause: they look at the same items.
    fn add(&mut self, clause: &'static Clause, seen: &Seen) {
        let of_clause = self.seen.entry(&clause.id).or_default();
        match of_clause.iter_mut().find(|s| s.system == seen.system && s.kind == seen.kind) {
            Some(s) if s.count >= seen.count => {}
            Some(s) => *s = Seen { ..*seen },
            None => of_clause.push(Seen { ..*seen }),
        }
    }

    /// What was seen for a clause and a system, in words.
    fn lines(&self, cx: &Snapshot<'_>, clause: &str, system: usize) -> Vec<String> {
        let id = |ix| cx.model.get(ix).map_or("", |i| i.id.as_str());
        let seen = self.seen.get(clause).map(Vec::as_slice).unwrap_or_default();
        let items = seen.iter().filter(|s| s.system == system).map(|s| match s.count {
            1 => format!("1 {}: {}", s.kind.plain(), id(s.first)),
            n if s.kind == Kind::Soup => format!("{n} SOUP items: {} to {}", id(s.first), id(s.last)),
            n => format!("{n} {}s: {} to {}", s.kind.plain(), id(s.first), id(s.last)),
        });
        items.chain(self.notes.get(clause).into_iter().flatten().cloned()).collect()
    }
}

/// What the findings say of one clause and one system.
#[derive(Clone, Debug, Default)]
struct Tally {
    worst: Option<Verdict>,
    /// Findings of the worst verdict, by rule.
    rules: BTreeMap<String, usize>,
}

impl Tally {
    fn add(&mut self, d: &Diagnostic) {
        if self.worst.is_none_or(|w| d.verdict < w) {
            self.worst = Some(d.verdict);
            self.rules.clear();
        }
        if self.worst == Some(d.verdict) {
            *self.rules.entry(format!("{} {}", d.rule, d.name)).or_default() += 1;
        }
    }

    fn reason(&self) -> String {
        let one =
            |(rule, n): (&String, &usize)| if *n == 1 { rule.clone() } else { format!("{rule} ({n} times)") };
        self.rules.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

/// The verdicts on the edition's clauses for each system, and those on other standards' clauses.
pub(crate) fn table(
    cx: &Snapshot<'_>,
    findings: &[Diagnostic],
    evidence: &Evidence,
    scopes: &Scopes,
) -> (Vec<ClauseVerdict>, Vec<ClauseVerdict>) {
    let tallies = tallies(cx, findings, scopes);
    let none = Tally::default();
    let tally = |clause: &Clause, system: usize| {
        tallies.get(clause.id.as_str()).and_then(|t| t.get(system)).unwrap_or(&none)
    };
    let mut rows = Vec::new();
    for clause in cx.edition.in_force() {
        for (n, system) in cx.systems.list().iter().enumerate() {
            rows.push(verdict(cx, clause, n, system, tally(clause, n), evidence));
        }
    }
    let adjacent = clauses::library().standards().iter().filter(|s| s.edition != cx.edition.edition);
    let ruled = adjacent.flat_map(|s| s.in_force()).filter(|c| cx.profile.looks_at(c)).filter(|c| {
        registry()
            .of_clause(&c.id)
            .any(|r| r.meta.removed.is_none() && (!r.meta.gate || cx.release.is_some()))
    });
    let whole = ruled.map(|clause| {
        // Another standard's duties are the product's: any system tells them, because findings of no system count for all.
        let n = (0..cx.systems.list().len()).min_by_key(|n| tally(clause, *n).worst.unwrap_or(Verdict::Pass));
        let n = n.unwrap_or(0);
        let system = System {
            subject: cx.config.product.name.clone(),
            class: vocabulary::SafetyClass::C,
            why: "",
            legacy: false,
        };
        verdict(cx, clause, n, &system, tally(clause, n), evidence)
    });
    (rows, whole.collect())
}

fn tallies(cx: &Snapshot<'_>, findings: &[Diagnostic], scopes: &Scopes) -> HashMap<&'static str, Vec<Tally>> {
    let systems = cx.systems.list().len();
    let mut out: HashMap<&'static str, Vec<Tally>> = HashMap::new();
    for d in findings {
        let scope = scopes.of(cx, d);
        let mut last = "";
        for clause in d.clauses.iter().filter_map(|c| clauses::governing(c)) {
            // Two letters of one clause are one finding against it.
            if clause.id == last {
                continue;
            }
            last = &clause.id;
            let of_clause = out.entry(&clause.id).or_insert_with(|| vec![Tally::default(); systems]);
            for tally in of_clause.get_mut(scope.clone()).into_iter().flatten() {
                tally.add(d);
            }
        }
    }
    out
}

fn verdict(
    cx: &Snapshot<'_>,
    clause: &Clause,
    n: usize,
    system: &System,
    tally: &Tally,
    evidence: &Evidence,
) -> ClauseVerdict {
    let checked_by = registry().checked_by(clause);
    let row = |verdict, reason: String, evidence| ClauseVerdict {
        clause: clause.id.clone(),
        subject: system.subject.clone(),
        verdict,
        reason,
        evidence,
        checked_by: checked_by.clone(),
    };
    // A finding of an item with a class of its own shows, whatever the class of its system.
    if tally.worst.is_none()
        && let Some(reason) = not_asked(cx, clause, system)
    {
        return row(Verdict::NotApplicable, reason, Vec::new());
    }
    let mut lines = evidence.lines(cx, &clause.id, n);
    let nothing_seen = lines.is_empty();
    lines.extend(evidence.claims(&clause.id));
    if tally.worst == Some(Verdict::Finding) {
        return row(Verdict::Finding, tally.reason(), lines);
    }
    let judged = judgement(cx, clause, system);
    let needs_judgement = clause.judgement || nothing_seen;
    if let Err(why) = &judged
        && needs_judgement
    {
        let reason = match (checked_by.as_slice(), nothing_seen, tally.worst) {
            (_, _, Some(Verdict::Human)) => tally.reason(),
            ([only], ..) if only == "evaluation" => {
                format!("no rule over evidence yet; needs a person's evaluation ({why})")
            }
            (_, true, _) => format!("no evidence was found to judge; needs a person's evaluation ({why})"),
            _ => format!("the evidence needs a person's evaluation ({why})"),
        };
        return row(Verdict::Human, reason, lines);
    }
    if let Ok(judged) = judged {
        lines.push(judged);
    }
    match tally.worst {
        Some(worst) => row(worst, tally.reason(), lines),
        None => row(Verdict::Pass, "no finding against the evidence that was seen".to_owned(), lines),
    }
}

/// Why a clause is not asked of a system; `None` where it is.
fn not_asked(cx: &Snapshot<'_>, clause: &Clause, system: &System) -> Option<String> {
    match clause.condition {
        Some(Condition::Legacy) if !system.legacy => {
            return Some("the software system is not declared legacy software".to_owned());
        }
        _ if !system.route_asks(clause) => {
            return Some(
                "legacy software: 4.4 takes the place of clauses 5 to 9, but for 5.7.5 and the release"
                    .to_owned(),
            );
        }
        Some(Condition::Release) if cx.release.is_none() => {
            return Some("asked of a release, and none is being judged".to_owned());
        }
        _ => {}
    }
    (!cx.profile.demands(clause, system.class.as_str())).then(|| {
        format!(
            "not due for class {} ({}); due for class {}",
            system.class,
            system.why,
            clause.classes_text()
        )
    })
}

/// The signed evaluation that speaks for a clause and a system, in words, or why there is none that does.
fn judgement(cx: &Snapshot<'_>, clause: &Clause, system: &System) -> Result<String, String> {
    let version = cx.release.as_ref().map(|r| r.version);
    let subjects = [Some(system.subject.as_str()), version, Some(cx.config.product.name.as_str())];
    let found = subjects.into_iter().flatten().find_map(|s| newest_of(cx, &clause.id, s));
    let Some(e) = found else { return Err("none is recorded".to_owned()) };
    match objection(cx, &e.body) {
        Some(why) => Err(why),
        None => {
            Ok(format!("evaluated by {} in entry {}: {}", cx.signer(&e.meta), e.meta.seq, e.body.rationale))
        }
    }
}
