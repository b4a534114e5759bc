//! See `component_not_registered.md`.

use super::{Register, unversioned};
use crate::prelude::*;
use diagnostics::{Location, Span};

rule!(COMPONENT_NOT_REGISTERED, "component_not_registered", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(graph) = cx.components else { return };
    let register = Register::new(cx);
    let mut registered = 0;
    for (n, component) in graph.components().iter().enumerate().filter(|(_, c)| c.kind.is_shipped()) {
        if register.is_registered(n) {
            registered += 1;
            continue;
        }
        let source = &component.source;
        let line = source.line.max(1);
        let location =
            Location::File { path: source.file.as_str().into(), span: Span::default(), line, column: 1 };
        let purl = unversioned(&component.purl);
        let purl = if purl.is_empty() { component.name.clone() } else { purl.to_owned() };
        out.at(location).about(format!("{} {}", component.name, component.version)).arg("purl", purl);
    }
    if registered > 0 {
        out.saw_text(format!("{registered} shipped components, each in the SOUP register"));
    }
}
