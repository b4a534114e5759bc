//! See `segregation_crossed.md`.

use crate::prelude::*;
use diagnostics::Location;

rule!(SEGREGATION_CROSSED, "segregation_crossed", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::SoftwareItem) {
        for other in item.values("segregated-from") {
            let Some(of_other) = cx.model.by_id(&other) else { continue };
            let (mine, theirs) = (item.values("paths"), of_other.values("paths"));
            let crossing = cx.dependencies.iter().find(|d| under(&mine, &d.from) && under(&theirs, &d.to));
            if let Some(d) = crossing {
                let place = Location::File {
                    path: d.from.as_str().into(),
                    span: diagnostics::Span::default(),
                    line: d.line.max(1),
                    column: 1,
                };
                out.at_field(ix, item, "segregated-from")
                    .by_class_of_system()
                    .arg("other", other.to_string())
                    .arg("file", format!("{}:{}", d.from, d.line))
                    .arg("target", d.to.clone())
                    .related(place, format!("uses {}", d.to));
            }
        }
    }
}

/// Whether a path lies under one of the globs. `src/ui/**` and `src/ui/*.rs` are what people write; the part before the first
/// wildcard decides, and what follows the last one has to be the path's end.
fn under(globs: &[std::borrow::Cow<'_, str>], path: &str) -> bool {
    globs.iter().any(|glob| {
        let (before, after) = glob.split_once('*').unwrap_or((glob, ""));
        let tail = after.rsplit('*').next().unwrap_or("").trim_start_matches('/');
        path.starts_with(before) && path.ends_with(tail) && (glob.contains('*') || path == glob.as_ref())
    })
}
