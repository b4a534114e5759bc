//! Whether a version is affected: the evaluation algorithm of the OSV schema.

use super::{Event, Fragment, Range};
use crate::versions::Scheme;
use std::cmp::Ordering;

/// What an advisory says of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    NotAffected,
    /// The advisory names the package and no versions that could be compared.
    Undecided,
    Affected,
}

pub(super) fn verdict(fragment: &Fragment, version: &str) -> Verdict {
    if fragment.undecidable || version.is_empty() {
        return Verdict::Undecided;
    }
    let scheme = Scheme::of_ecosystem(&fragment.ecosystem);
    let listed = fragment.versions.iter().any(|v| v == version || scheme.compare(v, version).is_eq());
    if listed || fragment.ranges.iter().any(|r| in_range(&fragment.ecosystem, r, version)) {
        Verdict::Affected
    } else {
        Verdict::NotAffected
    }
}

fn scheme_of(ecosystem: &str, range: &Range) -> Scheme {
    match Scheme::of_ecosystem(ecosystem) {
        // Go's own order is Semantic Versioning and knows more texts.
        Scheme::Go => Scheme::Go,
        _ if range.semver => Scheme::Semver,
        scheme => scheme,
    }
}

/// Whether `version` lies in one of the intervals of `range`.
pub(super) fn in_range(ecosystem: &str, range: &Range, version: &str) -> bool {
    let scheme = scheme_of(ecosystem, range);
    let mut events: Vec<&Event> = range.events.iter().collect();
    events.sort_by(|a, b| order(scheme, a, b));
    let mut affected = false;
    for event in events {
        match event {
            Event::Introduced(v) if v == "0" || scheme.compare(version, v).is_ge() => affected = true,
            Event::Fixed(v) if v != "*" && scheme.compare(version, v).is_ge() => affected = false,
            Event::LastAffected(v) if scheme.compare(version, v).is_gt() => affected = false,
            _ => {}
        }
    }
    affected
}

/// At one version the end of what is affected counts last, and otherwise the order of the advisory: `introduced 1`, `fixed 1` is
/// an interval of nothing, `fixed 1`, `introduced 1` are two intervals that meet.
fn order(scheme: Scheme, a: &Event, b: &Event) -> Ordering {
    let parts = |e: &'_ Event| match e {
        Event::Fixed(v) | Event::Introduced(v) => (v.clone(), 1),
        Event::LastAffected(v) => (v.clone(), 2),
    };
    let ((a_at, x), (b_at, y)) = (parts(a), parts(b));
    // `introduced: 0` is before every version.
    let start = |e: &Event| matches!(e, Event::Introduced(v) if v == "0");
    match (start(a), start(b)) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => scheme.compare(&a_at, &b_at).then(x.cmp(&y)),
    }
}

/// The versions above `version` that correct it, oldest first.
pub(super) fn fixes(fragment: &Fragment, version: &str) -> Vec<String> {
    let mut out: Vec<(Scheme, &String)> = Vec::new();
    for range in &fragment.ranges {
        let scheme = scheme_of(&fragment.ecosystem, range);
        let above = |v: &&String| *v != "*" && (version.is_empty() || scheme.compare(v, version).is_gt());
        let fixed = range.events.iter().filter_map(|e| match e {
            Event::Fixed(v) => Some(v),
            _ => None,
        });
        out.extend(fixed.filter(above).map(|v| (scheme, v)));
    }
    out.sort_by(|a, b| a.0.compare(a.1, b.1).then_with(|| a.1.cmp(b.1)));
    out.dedup_by(|a, b| a.1 == b.1);
    out.into_iter().map(|(_, v)| v.clone()).collect()
}
