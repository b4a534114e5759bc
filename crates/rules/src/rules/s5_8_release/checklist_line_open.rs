//! See `checklist_line_open.md`.

use super::judged;
use crate::prelude::*;
use records::ChecklistLine;

rule!(CHECKLIST_LINE_OPEN, "checklist_line_open", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    let Some(checklist) = release.release.checklist() else { return };
    let mut open = |line: &str, why: String| {
        out.at_entry(checklist.meta.seq, &format!("{} {line}", release.version))
            .arg("line", line.to_owned())
            .arg("release", release.version.to_owned())
            .arg("why", why);
    };
    let template = &checklist.body.template;
    if cx.digest_of(template).is_some_and(|now| now != checklist.body.template_digest) {
        open("template", format!("template `{template}` has changed since it was answered"));
    }
    for line in &checklist.body.lines {
        if let Some(why) = objection(cx, line) {
            open(&line.line, why);
        }
    }
}

/// Why a line is open; `None` where it is answered.
fn objection(cx: &Snapshot<'_>, line: &ChecklistLine) -> Option<String> {
    let Some(document) = &line.document else {
        let reason = line.not_applicable.as_deref().unwrap_or("").trim();
        return reason.is_empty().then(|| "it names neither a document nor why it does not apply".to_owned());
    };
    match (cx.digest_of(document), line.digest) {
        (None, _) => Some(format!("document `{document}` does not exist")),
        (Some(_), None) => Some(format!("it names no revision of `{document}`")),
        (Some(now), Some(named)) if now != named => {
            Some(format!("`{document}` has changed since it was answered"))
        }
        (Some(now), Some(_)) if !cx.is_approved(document, now) => {
            Some(format!("the revision of `{document}` that it names is not approved"))
        }
        _ => None,
    }
}
