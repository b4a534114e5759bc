//! Controlled documents: list, cover, text.

use super::reading::Reading;
use super::signatures;
use super::{inputs, pictures};
use crate::workspace::Workspace;
use documents::Document;
use records::{DocumentApprove, Recorded};
use std::collections::BTreeMap;
use views::{
    ControlledDocument, Cover, DocumentList, DocumentRow, Mark, MarkKind, Ref, RefKind, RevisionRow, Verdict,
};
use vocabulary::Digest;

/// All controlled documents.
pub(super) fn list(r: &Reading<'_>) -> DocumentList {
    let row = |d: &Document| {
        let (verdict, reason) = standing(r, d);
        DocumentRow {
            id: Ref::new(RefKind::Document, d.id.as_str()),
            title: d.title.clone(),
            kind: kind(r, d),
            revision: revision(r, d),
            digest: d.digest,
            owner: d.front.owner.clone().unwrap_or_default(),
            approved_by: approvals(r, d).map(|a| signatures::short(&a.meta)).collect::<Vec<_>>().join("; "),
            verdict,
            gap: if verdict == Verdict::Pass { String::new() } else { reason },
        }
    };
    DocumentList { rows: r.analysis.documents.controlled.iter().map(row).collect() }
}

/// One document with its text.
pub(super) fn page(r: &Reading<'_>, ws: &Workspace, id: &str) -> Option<ControlledDocument> {
    let document = find(r, id)?;
    let (verdict, reason) = standing(r, document);
    // The text begins after the front matter, which says nothing that the cover does not say.
    let start = usize::try_from(document.prose.start).unwrap_or(0);
    let markdown = document.file.text.get(start..).unwrap_or_default().trim().to_owned();
    let pictures = pictures::of(r, ws, &document.file.path, &markdown);
    Some(ControlledDocument { cover: cover(r, document), markdown, pictures, verdict, reason })
}

pub(super) fn find<'a>(r: &Reading<'a>, id: &str) -> Option<&'a Document> {
    r.analysis.documents.controlled.iter().find(|d| d.id.as_str() == id)
}

fn approvals<'a>(r: &Reading<'a>, d: &'a Document) -> impl Iterator<Item = &'a Recorded<DocumentApprove>> {
    r.state().approvals_of(d.id.as_str(), d.digest)
}

/// Whether the text is approved; what the rules find wrong with it weighs more.
pub(super) fn standing(r: &Reading<'_>, d: &Document) -> (Verdict, String) {
    if let Some(found) = r.worst_on([d.id.as_str()]) {
        return (found.verdict, found.message.clone());
    }
    if !r.analysis.with_ledger {
        return (Verdict::Advisory, "no record was read, so nothing is known of its approval".to_owned());
    }
    let approved: Vec<String> = approvals(r, d).map(|a| signatures::short(&a.meta)).collect();
    match (approved.is_empty(), r.state().approvals.get(d.id.as_str())) {
        (false, _) => (Verdict::Pass, format!("this text is approved by {}", approved.join("; "))),
        (true, None) => (Verdict::Advisory, "nobody has approved it".to_owned()),
        (true, Some(_)) => (Verdict::Advisory, "an earlier text was approved, this one is not".to_owned()),
    }
}

/// The cover of a controlled document.
pub(super) fn cover(r: &Reading<'_>, d: &Document) -> Cover {
    let approved: Vec<_> = approvals(r, d).filter_map(|a| signatures::of(r.state(), &a.meta)).collect();
    let mut marks = inputs::marks(r);
    if approved.is_empty() {
        let text = "Nobody has approved this text.".to_owned();
        marks.push(Mark { kind: MarkKind::Draft, text });
    }
    Cover {
        id: d.id.to_string(),
        title: d.title.clone(),
        kind: kind(r, d),
        revision: revision(r, d),
        digest: d.digest,
        file: Some(d.file.path.to_string()),
        owner: d.front.owner.clone().unwrap_or_default(),
        control: control(r, d),
        approvals: approved,
        history: history(r, d),
        marks,
        ..bare_cover(r, d.digest)
    }
}

/// A cover for a report that is computed and has no file: it says what it was computed from.
pub(super) fn computed_cover(r: &Reading<'_>, id: &str, title: &str, digest: Digest) -> Cover {
    Cover {
        id: id.to_owned(),
        title: title.to_owned(),
        kind: "Computed report".to_owned(),
        ..bare_cover(r, digest)
    }
}

fn bare_cover(r: &Reading<'_>, digest: Digest) -> Cover {
    let a = r.analysis;
    Cover {
        id: String::new(),
        title: String::new(),
        kind: String::new(),
        product: a.config.product.name.clone(),
        version: r.release.map(str::to_owned),
        class: Some(r.classes.product()),
        revision: digest.short(),
        digest,
        file: None,
        commit: a.commit_id(),
        ledger: a.with_ledger.then_some(a.state.position),
        as_of: a.as_of,
        owner: String::new(),
        control: Vec::new(),
        approvals: Vec::new(),
        history: Vec::new(),
        marks: inputs::marks(r),
    }
}

/// The kind of a document: as written, or that of its items.
fn kind(r: &Reading<'_>, d: &Document) -> String {
    if let Some(kind) = &d.kind {
        return kind.replace('-', " ");
    }
    let item = r.model().items().iter().find(|i| i.file.path == d.file.path);
    item.map_or_else(|| "document".to_owned(), |i| format!("{} and related items", i.kind.plain()))
}

/// The revision for people: the one it was submitted as, the version that the front matter states, or the digest.
fn revision(r: &Reading<'_>, d: &Document) -> String {
    let submitted = r.state().documents.get(d.id.as_str()).and_then(|l| l.revision(d.digest));
    let stated = || d.front.other.get("version").cloned();
    submitted.map(str::to_owned).or_else(stated).unwrap_or_else(|| d.digest.short())
}

/// What document control knows: state, day of effect, next review. Empty where only approvals are recorded.
fn control(r: &Reading<'_>, d: &Document) -> Vec<(String, String)> {
    let Some(life) = r.state().documents.get(d.id.as_str()) else { return Vec::new() };
    let stage = r.state().document_stage(d.id.as_str(), d.digest, r.analysis.as_of);
    let mut out = vec![("State".to_owned(), stage.as_str().to_owned())];
    if let Some(e) = life.effective.iter().rev().find(|e| e.body.digest == d.digest) {
        out.push(("In effect from".to_owned(), e.body.from.to_string()));
        let readers: Vec<&str> = e.body.readers.iter().map(|p| r.state().printed_name(p)).collect();
        if !readers.is_empty() {
            out.push(("Read and understood by".to_owned(), readers.join(", ")));
        }
    }
    if let Some(due) = life.review_due() {
        let overdue = if due < r.analysis.as_of { " (overdue)" } else { "" };
        out.push(("Review due".to_owned(), format!("{due}{overdue}")));
    }
    if let Some(o) = &life.obsolete {
        out.push(("Withdrawn".to_owned(), o.body.reason.clone()));
    }
    out
}

/// The contents that were submitted or approved, newest first, each with who made it, why, and what became of it.
fn history(r: &Reading<'_>, d: &Document) -> Vec<RevisionRow> {
    let mut by_digest: BTreeMap<Digest, Vec<&Recorded<DocumentApprove>>> = BTreeMap::new();
    for approval in r.state().approvals.get(d.id.as_str()).into_iter().flatten() {
        by_digest.entry(approval.body.digest).or_default().push(approval);
    }
    let life = r.state().documents.get(d.id.as_str());
    for submitted in life.map(|l| l.submissions.as_slice()).unwrap_or_default() {
        by_digest.entry(submitted.body.digest).or_default();
    }
    let mut rows: Vec<(u64, RevisionRow)> = by_digest
        .into_iter()
        .filter_map(|(digest, approvals)| {
            let submitted = life.and_then(|l| l.submission(digest));
            let first = submitted.map(|s| &s.meta).or_else(|| Some(&approvals.first()?.meta))?;
            let names: Vec<String> = approvals.iter().map(|a| signatures::short(&a.meta)).collect();
            let named = life.and_then(|l| l.revision(digest)).map(str::to_owned);
            let which = if digest == d.digest { "the present text" } else { "an earlier text" };
            let stage = r.state().document_stage(d.id.as_str(), digest, r.analysis.as_of);
            let became = if life.is_some() { format!(" ({})", stage.as_str()) } else { String::new() };
            let change = submitted.map_or_else(|| which.to_owned(), |s| s.body.reason.clone());
            let row = RevisionRow {
                revision: match named {
                    Some(named) => named,
                    None if digest == d.digest => revision(r, d),
                    None => digest.short(),
                },
                date: first.at.date_utc(),
                author: match submitted {
                    Some(s) => signatures::who(&s.meta),
                    None => d.front.owner.clone().unwrap_or_default(),
                },
                change: change + &became,
                digest,
                approved_by: names.join("; "),
            };
            Some((first.seq, row))
        })
        .collect();
    rows.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    rows.into_iter().map(|(_, row)| row).collect()
}
