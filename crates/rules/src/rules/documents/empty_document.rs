//! See `empty_document.md`.

use super::without_front_matter;
use crate::prelude::*;
use diagnostics::Span;
use std::sync::Arc;

rule!(EMPTY_DOCUMENT, "empty_document", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for file in &cx.documents.files {
        if without_front_matter(&file.text).trim().is_empty() {
            let document = cx.documents.controlled.iter().find(|d| Arc::ptr_eq(&d.file, file));
            let name = document.map_or_else(|| file.path.to_string(), |d| d.id.to_string());
            out.at(file.location(Span::default())).about(name);
        }
    }
}
