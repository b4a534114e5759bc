//! See `placeholder_text.md`.

use crate::plan_fields;
use crate::prelude::*;
use crate::rules::documents::clauses_of;
use documents::placeholder;
use model::SourceFile;
use std::collections::HashMap;
use std::sync::Arc;

/// What a placeholder counts against wherever it stands.
const GENERAL: &[&str] = &["62304:5.1.8", "62304:5.8.6"];

rule!(PLACEHOLDER_TEXT, "placeholder_text", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let items = items_by_file(cx);
    for file in &cx.documents.files {
        let mut last_subject = None;
        for span in placeholder::find(&file.text) {
            if plan_fields::is_read_at(cx, file, span.start) {
                continue;
            }
            let here = items.get(&Arc::as_ptr(file)).map(Vec::as_slice).unwrap_or_default();
            let owner = owner(cx, here, span.start);
            // One item that is not written yet is one cause, however many placeholders stand in it.
            if last_subject == Some(owner) {
                continue;
            }
            last_subject = Some(owner);
            let report = match owner.and_then(|ix| Some((ix, cx.model.get(ix)?))) {
                Some((ix, item)) => {
                    let report = out.at_place_in(ix, item, file.location(span));
                    for clause in clauses_of(item).iter().chain(GENERAL) {
                        report.clause(*clause);
                    }
                    report
                }
                None => {
                    let report = out.at(file.location(span)).about(document_name(cx, file));
                    for clause in GENERAL {
                        report.clause(*clause);
                    }
                    report
                }
            };
            report.arg("placeholder", span.of(&file.text).trim().to_owned());
        }
    }
}

/// The items of each file, in order.
fn items_by_file(cx: &Snapshot<'_>) -> HashMap<*const SourceFile, Vec<ItemIx>> {
    let mut out: HashMap<_, Vec<ItemIx>> = HashMap::new();
    for (ix, item) in cx.model.enumerate() {
        out.entry(Arc::as_ptr(&item.file)).or_default().push(ix);
    }
    out
}

/// The item of the file that a byte stands in; none for text before the first item.
fn owner(cx: &Snapshot<'_>, items: &[ItemIx], offset: u32) -> Option<ItemIx> {
    let after = items.partition_point(|ix| cx.model.get(*ix).is_some_and(|i| i.span.start <= offset));
    let ix = *items.get(after.checked_sub(1)?)?;
    cx.model.get(ix).filter(|i| offset < i.span.end)?;
    Some(ix)
}

fn document_name(cx: &Snapshot<'_>, file: &Arc<SourceFile>) -> String {
    let document = cx.documents.controlled.iter().find(|d| Arc::ptr_eq(&d.file, file));
    document.map_or_else(|| file.path.to_string(), |d| d.id.to_string())
}
