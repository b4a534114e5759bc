//! See `legacy_not_eligible.md`.

use crate::prelude::*;
use vocabulary::Date;

rule!(LEGACY_NOT_ELIGIBLE, "legacy_not_eligible", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    for (ix, item) in cx.items_of(Kind::SoftwareSystem) {
        if !item.value("legacy").is_some_and(|v| v.eq_ignore_ascii_case("yes")) {
            continue;
        }
        match objection(cx, item) {
            None => out.saw(ix, item),
            Some((why, way)) => {
                out.at_field(ix, item, "legacy").arg("why", why).arg("way", way);
            }
        }
    }
}

/// Why the route is not open, and what to do.
fn objection(cx: &Snapshot<'_>, item: &Item) -> Option<(String, String)> {
    let since = item.value("marketed-since").unwrap_or_default();
    let Ok(since) = since.parse::<Date>() else {
        let why = "nothing says since when it has been on the market";
        return Some((
            why.to_owned(),
            "write `marketed-since: YYYY-MM-DD`, or take the ordinary route".to_owned(),
        ));
    };
    if since > cx.as_of {
        return Some((
            format!("{since} is still to come"),
            "software that was never marketed is no legacy software".to_owned(),
        ));
    }
    let version = item.value("legacy-version").unwrap_or_default();
    if version.is_empty() {
        return Some(("no version is named".to_owned(), "write `legacy-version: …`".to_owned()));
    }
    let released = cx.release.as_ref().map(|r| r.version).filter(|v| *v != version)?;
    Some((
        format!("its version is {version}, and {released} is to be released"),
        "a changed version follows clause 6 and takes the ordinary route".to_owned(),
    ))
}
