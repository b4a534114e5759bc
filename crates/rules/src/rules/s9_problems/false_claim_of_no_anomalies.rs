//! See `false_claim_of_no_anomalies.md`.

use crate::findings::Report;
use crate::prelude::*;
use diagnostics::{Location, Span};

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
    let opened = release
        .release
        .candidate()
        .map(|o| (o.meta.seq, "the summary of the release", o.body.summary.as_str()));
    let approvals = state.changes.values().flat_map(|c| &c.approvals);
    let approvals = approvals.map(|a| (a.meta.seq, "the approval of a change", a.body.reason.as_str()));
    let evaluations = state
        .evaluations
        .iter()
        .map(|e| (e.meta.seq, "the rationale of an evaluation", e.body.rationale.as_str()));
    for (seq, place, text) in opened.into_iter().chain(approvals).chain(evaluations) {
        if let Some(range) = claim(text) {
            let words = text.get(range).unwrap_or_default().to_owned();
            said(out.at_entry(seq, release.version), place.to_owned(), words, anomaly, why);
        }
    }
}

fn said(report: &mut Report, place: String, claim: String, anomaly: &str, why: &'static str) {
    report.arg("place", place).arg("claim", claim).arg("anomaly", anomaly.to_owned()).arg("why", why);
}

/// Where a text says that no anomalies are known: "no", within a few words "known", "open", "residual" or "unresolved", and
/// within a few more the thing.
fn claim(text: &str) -> Option<std::ops::Range<usize>> {
    const KNOWN: [&str; 6] = ["known", "open", "residual", "unresolved", "remaining", "outstanding"];
    const THINGS: [&str; 6] = ["anomal", "bug", "defect", "problem", "issue", "fault"];
    let words = words(text);
    for (n, (start, word, quoted)) in words.iter().enumerate() {
        if *quoted || word != "no" {
            continue;
        }
        let next: Vec<_> = words.iter().skip(n + 1).take(6).take_while(|(_, _, q)| !q).collect();
        let known = next.iter().take(3).position(|(_, w, _)| KNOWN.contains(&w.as_str()));
        let Some(known) = known else { continue };
        let thing = next.iter().skip(known + 1).find(|(_, w, _)| THINGS.iter().any(|t| w.starts_with(t)));
        if let Some((at, word, _)) = thing {
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
