//! See `security_notes_missing.md`.

use super::in_scope;
use crate::prelude::*;
use documents::Document;

rule!(SECURITY_NOTES_MISSING, "security_notes_missing", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(release) = &cx.release else { return };
    if !in_scope(cx) {
        return;
    }
    let version = release.version;
    let of_kind = |kind: &'static str| {
        let documents = cx.documents.controlled.iter();
        documents.filter(move |d| d.kind.as_deref() == Some(kind) && is_of(d, version)).collect::<Vec<_>>()
    };
    let (users, security) = (of_kind("release-notes"), of_kind("security-release-notes"));
    let stage = release.release.candidate().map_or(0, |o| o.meta.seq);
    if users.is_empty() {
        let what = format!("release `{version}` has no release notes for users");
        out.at_entry(stage, version)
            .arg("what", what)
            .arg("kind", "release-notes")
            .arg("version", version.to_owned());
    }
    let all = || users.iter().chain(&security);
    if let Some(first) = all().next()
        && !all().any(|d| says_residual(d))
    {
        let what = format!("nothing states the residual security risks of release `{version}`");
        let kind = "security-release-notes";
        out.at(first.location())
            .about(first.id.to_string())
            .arg("what", what)
            .arg("kind", kind)
            .arg("version", version.to_owned());
    }
    // That each controlled document is approved is judged by `document-not-approved`.
    let told: Vec<String> = all().filter(|d| says_residual(d)).map(|d| d.id.to_string()).collect();
    if !told.is_empty() {
        out.saw_text(format!("residual security risks of {version} in {}", told.join(", ")));
    }
}

fn is_of(document: &Document, version: &str) -> bool {
    match document.front.other.get("version") {
        Some(stated) => stated == version,
        None => document.title.split_whitespace().any(|word| word == version),
    }
}

/// A section on residual security risks with something below it.
fn says_residual(document: &Document) -> bool {
    document.sections.iter().any(|s| {
        let title = document.title_of(s).to_lowercase();
        title.contains("residual")
            && title.contains("security")
            && (!document.body_of(s).trim().is_empty() || s.has_parts)
    })
}
