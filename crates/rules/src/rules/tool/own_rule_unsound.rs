//! See `own_rule_unsound.md`.

use crate::prelude::*;
use diagnostics::{Location, Span};

rule!(OWN_RULE_UNSOUND, "own_rule_unsound", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for problem in &cx.own_rules.problems {
        let place = Location::File {
            path: problem.path.clone(),
            span: Span::default(),
            line: problem.line,
            column: 1,
        };
        out.at(place).about(problem.path.to_string()).arg("why", problem.why.clone());
    }
}
