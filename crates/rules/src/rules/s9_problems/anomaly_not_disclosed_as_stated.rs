//! See `anomaly_not_disclosed_as_stated.md`.

use crate::prelude::*;

rule!(ANOMALY_NOT_DISCLOSED_AS_STATED, "anomaly_not_disclosed_as_stated", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, state)) = cx.release.as_ref().zip(cx.state) else { return };
    let mut told = 0;
    for (id, anomaly) in state.residual_anomalies(release.version) {
        let Some(evaluation) = anomaly.evaluation_for(release.version) else { continue };
        let Some(d) = evaluation.body.disclosure.as_ref().filter(|d| d.disclosed) else { continue };
        let fault = match cx.document(&d.document).map(|doc| section(&doc.file.text, &d.section)) {
            None => "there is no such document".to_owned(),
            Some(None) => format!("it has no heading `{}`", d.section),
            Some(Some(text)) => {
                let key = anomaly.mirror().map(|m| m.body.key.as_str()).filter(|k| !k.is_empty());
                if names(text, id) || key.is_some_and(|k| names(text, k)) {
                    told += 1;
                    continue;
                }
                "its text does not name it".to_owned()
            }
        };
        out.at_entry(evaluation.meta.seq, id).arg("place", format!("`{}`", d.document)).arg("fault", fault);
    }
    if told > 0 {
        out.saw_text_for(
            "62304:5.8.2",
            format!("{told} residual anomalies disclosed where their evaluations say so"),
        );
    }
}

/// The text below a heading, up to the next one of the same or a higher level; the whole text where none is named.
fn section<'t>(text: &'t str, heading: &str) -> Option<&'t str> {
    if heading.trim().is_empty() {
        return Some(text);
    }
    let mut at = 0;
    let mut found: Option<(usize, usize)> = None;
    for line in text.split_inclusive('\n') {
        let level = line.len() - line.trim_start_matches('#').len();
        let title = line.trim_start_matches('#').trim();
        match found {
            None if level > 0 && title.eq_ignore_ascii_case(heading.trim()) => {
                found = Some((at + line.len(), level))
            }
            Some((start, above)) if level > 0 && level <= above => return text.get(start..at),
            _ => {}
        }
        at += line.len();
    }
    found.and_then(|(start, _)| text.get(start..))
}

/// Whether a text names an id as a word of its own: `A-1` is not in `A-12`.
fn names(text: &str, id: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    text.match_indices(id).any(|(i, _)| {
        let before = text.get(..i).and_then(|t| t.chars().next_back());
        let after = text.get(i + id.len()..).and_then(|t| t.chars().next());
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}
