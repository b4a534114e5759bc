//! For people: each finding as rustc shows one, with the text it is about. The layout is that of `annotate-snippets`.

use super::{Options, Sources};
use crate::{Counts, Diagnostic, Location, Severity, Span, Verdict};
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, renderer::DecorStyle};
use std::borrow::Cow;
use std::fmt::{self, Write};

/// Writes findings one below the other, an empty line between them.
pub(super) fn findings(out: &mut dyn Write, findings: &[Diagnostic], options: &Options<'_>) -> fmt::Result {
    let renderer = if options.colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    for d in findings {
        let text = renderer.render(&groups(d, options.sources));
        writeln!(out, "{}\n", text.trim_end())?;
    }
    Ok(())
}

/// The last line: how many of each.
pub(super) fn summary(out: &mut dyn Write, findings: &[Diagnostic]) -> fmt::Result {
    let c = Counts::of(findings);
    let part =
        |n: usize, one: &str, many: &str| (n > 0).then(|| format!("{n} {}", if n == 1 { one } else { many }));
    let parts = [
        part(c.errors, "error", "errors"),
        part(c.warnings, "warning", "warnings"),
        part(c.notes, "note", "notes"),
        part(c.waived, "waived", "waived"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { writeln!(out, "no findings") } else { writeln!(out, "{}", parts.join(", ")) }
}

fn groups<'a>(d: &'a Diagnostic, sources: &'a dyn Sources) -> Vec<Group<'a>> {
    let level = match d.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let level = if d.verdict == Verdict::Waived { level.with_name("waived") } else { level };
    let mut group = level.primary_title(clean(&d.message)).id(d.rule.as_ref()).elements(place(
        &d.location,
        &d.label,
        AnnotationKind::Primary,
        sources,
    ));
    for r in &d.related {
        group = group.elements(place(&r.location, &r.label, AnnotationKind::Context, sources));
    }
    for note in &d.notes {
        group = group.element(Level::NOTE.message(clean(note)));
    }
    if !d.clauses.is_empty() {
        group = group.element(Level::NOTE.with_name("clause").message(d.clauses.join(", ")));
    }
    if let Some(waiver) = &d.waived_by {
        group = group.element(Level::NOTE.message(format!("waived by {}", clean(waiver))));
    }
    if let Some(help) = &d.help {
        group = group.element(Level::HELP.message(clean(help)));
    }
    vec![group]
}

/// One place: a snippet where the text is at hand, else the bare place.
fn place<'a>(
    location: &'a Location,
    label: &'a str,
    kind: AnnotationKind,
    sources: &'a dyn Sources,
) -> Vec<annotate_snippets::Element<'a>> {
    if let Location::File { path, span, line, column } = location {
        if let Some((window, first_line, at)) = sources.text(path).and_then(|t| window(t, *span, *line)) {
            let mut annotation = kind.span(at);
            if !label.is_empty() {
                annotation = annotation.label(clean(label));
            }
            let snippet =
                Snippet::source(window).path(path.as_ref()).line_start(first_line).annotation(annotation);
            return vec![snippet.into()];
        }
        let origin = Origin::path(path.as_ref()).line(*line as usize).char_column(*column as usize);
        return with_label(origin, label);
    }
    with_label(Origin::path(location.to_string()), label)
}

fn with_label<'a>(origin: Origin<'a>, label: &'a str) -> Vec<annotate_snippets::Element<'a>> {
    let mut out = vec![origin.into()];
    if !label.is_empty() {
        out.push(Level::NOTE.no_name().message(clean(label)).into());
    }
    out
}

/// The line that a span begins on as text of its own, with its number and the span in it. Cutting it out first keeps the
/// cost of a finding independent of the size of its file. A span over several lines is shown by its first.
fn window(text: Cow<'_, str>, span: Span, line: u32) -> Option<(String, usize, std::ops::Range<usize>)> {
    let start = span.start as usize;
    let from = text.get(..start)?.rfind(['\n', '\r']).map_or(0, |i| i + 1);
    let rest = text.get(start..)?;
    let to = start + rest.find(['\n', '\r']).unwrap_or(rest.len());
    let end = (span.end as usize).clamp(start, to);
    text.get(start..end)?;
    Some((text.get(from..to)?.to_owned(), line as usize, start - from..end - from))
}

/// Text of documents may hold anything, terminal control sequences too.
fn clean(s: &str) -> Cow<'_, str> {
    super::printable(s)
}
