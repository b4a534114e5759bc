//! See `false_claim_of_no_anomalies.md`.

use crate::findings::Report;
use crate::prelude::*;
use diagnostics::{Location, Span};
use records::{Recorded, State};
use serde::Serialize;
use serde_json::Value;

rule!(FALSE_CLAIM_OF_NO_ANOMALIES, "false_claim_of_no_anomalies", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, state)) = cx.release.as_ref().zip(cx.state) else { return };
    let contradicts = state.residual_anomalies(release.version).find_map(|(id, a)| {
        let relevant = a.investigation().is_some_and(|i| i.body.safety_relevant);
        match (a.evaluation_for(release.version), relevant) {
            (None, _) => Some((id, "not evaluated for this release")),
            (Some(_), true) => Some((id, "relevant to safety")),
            _ => None,
        }
    });
    let Some((anomaly, why)) = contradicts else { return };
    for document in &cx.documents.controlled {
        if let Some(range) = claim(&document.file.text) {
            let words = document.file.text.get(range.clone()).unwrap_or_default().to_owned();
            let place = Location::in_text(document.file.path.clone(), &document.file.text, Span::new(range));
            let report = out.at(place);
            report.about(document.id.to_string());
            said(report, format!("`{}`", document.id), words, anomaly, why);
        }
    }
    for (seq, place, texts) in records(state, release.version) {
        let Some((text, range)) = texts.iter().find_map(|t| Some((t, claim(t)?))) else { continue };
        let words = text.get(range).unwrap_or_default().to_owned();
        said(out.at_entry(seq, release.version), place.to_owned(), words, anomaly, why);
    }
}

/// The number of an entry, what it is, and the texts in it.
type Texts = (u64, &'static str, Vec<String>);

/// What was written on the way to a release: its own records, the changes that were not closed before the last seal, and everything
/// of the process since. What was said of an earlier release is no claim about this one.
fn records(state: &State, version: &str) -> Vec<Texts> {
    let own = state.releases.get(version);
    let begun = own.and_then(|r| r.opened.first()).map_or(u64::MAX, |c| c.meta.seq);
    let seals = state.releases.iter().filter(|(v, _)| *v != version);
    let since = seals.filter_map(|(_, r)| Some(r.sealed.as_ref()?.meta.seq)).filter(|s| *s < begun).max();
    let new = |seq: u64| since.is_none_or(|since| seq > since);
    let mut out = Out(Vec::new());
    if let Some(own) = own {
        out.all("the summary of the release", own.candidate());
        out.all("the checklist of the release", &own.checklists);
    }
    out.all("a deviation", state.deviations.iter().filter(|d| d.body.version == version));
    for c in state.changes.values().filter(|c| c.closed.as_ref().is_none_or(|c| new(c.meta.seq))) {
        out.all("a change request", [&c.opened]);
        out.all("the analysis of a change", &c.analyses);
        out.all("the approval of a change", &c.approvals);
        out.all("the selection of tests after a change", &c.regressions);
        out.all("the risk analysis of a change", &c.reanalyses);
        out.all("the verification of a change", &c.verifications);
        out.all("the closing of a change", &c.closed);
    }
    for a in state.anomalies.values() {
        out.all("the evaluation of an anomaly", a.evaluations.iter().filter(|e| e.body.release == version));
        out.all("a judgement of a release in the field", a.fielded.iter().filter(|f| new(f.meta.seq)));
    }
    for c in state.complaints.values() {
        out.all("the investigation of a complaint", c.investigations.iter().filter(|i| new(i.meta.seq)));
        out.all("the closing of a complaint", c.closed.iter().filter(|c| new(c.meta.seq)));
    }
    for c in state.capas.values() {
        out.all("a step of a corrective action", c.steps.iter().filter(|s| new(s.meta.seq)));
        out.all("the closing of a corrective action", c.closed.iter().filter(|c| new(c.meta.seq)));
    }
    for s in state.sources.values() {
        out.all("the evaluation of feedback", s.evaluations.iter().filter(|e| new(e.meta.seq)));
    }
    out.all("the rationale of an evaluation", state.evaluations.iter().filter(|e| new(e.meta.seq)));
    out.all("a notice", state.notices.values().filter(|n| new(n.meta.seq)));
    out.all("a review of trends", state.trend_reviews.iter().filter(|t| new(t.meta.seq)));
    out.all("a waiver", state.waivers.values());
    out.0
}

/// Collects the texts of records.
struct Out(Vec<Texts>);

impl Out {
    fn all<'r, T: Serialize + 'r>(
        &mut self,
        place: &'static str,
        of: impl IntoIterator<Item = &'r Recorded<T>>,
    ) {
        for r in of {
            let mut texts = Vec::new();
            leaves(&serde_json::to_value(&r.body).unwrap_or_default(), &mut texts);
            self.0.push((r.meta.seq, place, texts));
        }
    }
}

/// Every text in a body, whatever its field is called.
fn leaves(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|v| leaves(v, out)),
        Value::Object(all) => all.values().for_each(|v| leaves(v, out)),
        _ => {}
    }
}

fn said(report: &mut Report, place: String, claim: String, anomaly: &str, why: &'static str) {
    report.arg("place", place).arg("claim", claim).arg("anomaly", anomaly.to_owned()).arg("why", why);
}

/// What is known, and the things that are: English, and German where people write that.
const KNOWN: [&str; 12] = [
    "known",
    "open",
    "residual",
    "unresolved",
    "remaining",
    "outstanding",
    "remain",
    "remains",
    "bekannt",
    "bekannte",
    "bekannten",
    "offenen",
];
const THINGS: [&str; 10] =
    ["anomal", "bug", "defect", "problem", "issue", "fault", "fehler", "mangel", "mängel", "abweichung"];

fn known(word: &str) -> bool {
    KNOWN.contains(&word)
}

fn thing(word: &str) -> bool {
    THINGS.iter().any(|t| word.starts_with(t))
}

/// Where a text says that no anomalies are known: "no known anomalies", "no anomalies are known", "known anomalies: none", "not aware
/// of any defect", each with a few words in between and within one sentence.
fn claim(text: &str) -> Option<std::ops::Range<usize>> {
    let words = words(text);
    for (n, (start, word, quoted)) in words.iter().enumerate() {
        if *quoted {
            continue;
        }
        let next: Vec<(usize, &str)> = words
            .iter()
            .skip(n + 1)
            .take(6)
            .take_while(|(_, _, q)| !q)
            .map(|(at, w, _)| (*at, w.as_str()))
            .collect();
        // The place of the first word of a kind among the next `most`, from `from` on.
        let among = |from: usize, most: usize, is: fn(&str) -> bool| {
            next.iter().enumerate().skip(from).take(most).find(|(_, (_, w))| is(w)).map(|(n, _)| n)
        };
        let last = match word.as_str() {
            "without" | "free" | "ohne" => among(0, 3, known).and_then(|k| among(k + 1, 6, thing)),
            "no" | "zero" | "keine" | "keinerlei" => {
                let before = among(0, 3, known).and_then(|k| among(k + 1, 6, thing));
                before.or_else(|| among(0, 3, thing).and_then(|t| among(t + 1, 3, known)))
            }
            "not" | "unaware" | "nothing" => {
                among(0, 2, |w| matches!(w, "aware" | "of" | "know")).and_then(|a| among(a + 1, 5, thing))
            }
            known_first if known(known_first) => {
                among(0, 3, thing).and_then(|t| among(t + 1, 1, |w| matches!(w, "none" | "keine")))
            }
            _ => None,
        };
        if let Some((at, word)) = last.and_then(|n| next.get(n)) {
            return Some(*start..at + word.len());
        }
    }
    None
}

/// The words of a text in lower case with their places, and whether each stands in quotes, code or a comment. A sentence
/// ends the words that belong together.
fn words(text: &str) -> Vec<(usize, String, bool)> {
    let mut out: Vec<(usize, String, bool)> = Vec::new();
    let mut quote: Option<char> = None;
    let mut word: Option<usize> = None;
    for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if c.is_alphanumeric() {
            word.get_or_insert(i);
            continue;
        }
        if let Some(start) = word.take() {
            let inside = quote.is_some();
            out.push((start, text.get(start..i).unwrap_or_default().to_lowercase(), inside));
        }
        match (c, quote) {
            ('"' | '`', None) => quote = Some(c),
            ('\u{201c}' | '\u{201e}' | '\u{ab}', None) => quote = Some('\u{201d}'),
            ('\n', Some(_)) if text.get(i + 1..).is_some_and(|t| t.starts_with('\n')) => quote = None,
            ('\u{201d}' | '\u{201c}' | '\u{bb}', Some('\u{201d}')) => quote = None,
            (c, Some(q)) if c == q => quote = None,
            _ => {}
        }
        if matches!(c, '.' | '!' | '?' | ';') {
            out.push((i, ".".to_owned(), true));
        }
    }
    out
}
