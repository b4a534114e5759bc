//! See `retention_not_set.md`.

use super::judged;
use crate::prelude::*;

rule!(RETENTION_NOT_SET, "retention_not_set", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    let (product, retention) = (&cx.config.product, &cx.config.retention);
    let stated = retention.years.is_some_and(|y| y > 0);
    let has_basis = retention.basis.as_deref().is_some_and(|b| !b.trim().is_empty());
    let place = if stated && !has_basis {
        "retention.years"
    } else if stated || !product.markets.is_empty() {
        let markets: Vec<&str> = product.markets.iter().map(|m| m.as_str()).collect();
        out.saw_text(match retention.years {
            Some(years) => format!("retention of {years} years stated, markets {}", list(&markets)),
            None => format!("retention by markets {}", list(&markets)),
        });
        return;
    } else {
        "product"
    };
    out.at(cx.config.place(place)).about(release.version).arg("release", release.version.to_owned());
}

fn list(words: &[&str]) -> String {
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
