//! See `licence_not_permitted.md`.

use crate::prelude::*;
use diagnostics::{Location, Span};
use model::licences::{Policy, Standing};

rule!(LICENCE_NOT_PERMITTED, "licence_not_permitted", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(graph) = cx.components.filter(|_| !cx.config.soup.licences.is_empty()) else { return };
    let (policy, _) = Policy::new(&cx.config.soup.licences);
    let mut permitted = 0;
    for c in graph.components() {
        if !c.kind.is_shipped() {
            continue;
        }
        match policy.judge(c) {
            Standing::NotPermitted(missing) => {
                let path = c.source.file.as_str().into();
                let at =
                    Location::File { path, span: Span::default(), line: c.source.line.max(1), column: 1 };
                out.at(at).about(format!("{} {}", c.name, c.version)).arg("licence", missing.join(", "));
            }
            Standing::Permitted => permitted += 1,
            Standing::Unknown | Standing::NoExpression(_) => {}
        }
    }
    if permitted > 0 {
        out.saw_text(format!("{permitted} components under licences that are permitted"));
    }
}
