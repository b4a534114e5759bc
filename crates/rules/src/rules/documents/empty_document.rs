//! See `empty_document.md`.

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

/// The text below the front matter.
fn without_front_matter(text: &str) -> &str {
    let Some(rest) = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n")) else { return text };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        at += line.len();
        if line.trim_end() == "---" {
            return rest.get(at..).unwrap_or("");
        }
    }
    text
}
