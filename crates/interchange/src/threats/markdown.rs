//! Imported threats as a controlled document.

use super::{ImportedThreat, ThreatModel, line};
use std::fmt::Write as _;

/// The document: the data flow, then one item for each threat, numbered from `first` on. `document` is its id; without one the
/// items stand alone, to be put below those that are there.
pub fn markdown(
    model: &ThreatModel,
    threats: &[&ImportedThreat],
    document: Option<&str>,
    prefix: &str,
    first: u32,
) -> String {
    let mut out = String::new();
    if let Some(document) = document {
        let title = if model.title.is_empty() { "Threat model" } else { &model.title };
        let title = title.replace(['"', '\\'], "'");
        let _ = writeln!(
            out,
            "---\ntitle: \"{title}\"\ndocument: {document}\nkind: threat\nowner: software-lead\n---"
        );
        let _ = writeln!(out, "# {title}\n");
        paragraphs(&mut out, &model.description);
        let _ = writeln!(out, "Imported from {}.\n", model.tool);
        if !model.elements.is_empty() {
            let _ = writeln!(out, "## Elements of the data flow\n");
            for element in &model.elements {
                let _ = writeln!(out, "- {}", inline(element));
            }
            out.push('\n');
        }
    }
    for (n, threat) in threats.iter().enumerate() {
        let number = first.saturating_add(u32::try_from(n).unwrap_or(u32::MAX));
        let _ = writeln!(out, "## {prefix}-{number:03} {}", inline(&threat.title));
        let mut field = |key: &str, value: &str| {
            if !value.is_empty() {
                let _ = writeln!(out, "- {key}: {}", inline(value));
            }
        };
        field("stride", &threat.stride);
        field("element", &threat.element);
        field("severity", &threat.severity);
        field("status", &threat.status);
        field("source", &source(model, threat));
        out.push('\n');
        paragraphs(&mut out, &threat.description);
        if !threat.mitigation.trim().is_empty() {
            let _ = writeln!(out, "### Mitigation\n");
            paragraphs(&mut out, &threat.mitigation);
        }
        if !threat.remark.is_empty() {
            let _ = writeln!(out, "{}\n", inline(&threat.remark));
        }
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

/// What tells an imported threat again: the tool and the key in its model.
fn source(model: &ThreatModel, threat: &ImportedThreat) -> String {
    format!("{} {}", model.tool, line(&threat.key))
}

/// Text on one line that begins no field, no heading and no HTML.
fn inline(text: &str) -> String {
    line(text).replace('<', "\\<").replace('`', "'")
}

/// Text whose lines begin no heading, no list, no quote, no code and no HTML: what it says stays what it says.
fn paragraphs(out: &mut String, text: &str) {
    let mut blank = true;
    for raw in text.lines() {
        let one = inline(raw);
        if one.is_empty() {
            if !blank {
                out.push('\n');
            }
            blank = true;
            continue;
        }
        let starts = one.starts_with(['#', '>', '-', '*', '+', '=', '|', '~', '_', ':']);
        let _ = writeln!(out, "{}{one}", if starts { "\\" } else { "" });
        blank = false;
    }
    if !blank {
        out.push('\n');
    }
}
