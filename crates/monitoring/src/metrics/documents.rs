//! Figures of the documents: traceability, segregation, SOUP, risk controls, security.

use super::{About, Documents, Input, Metric, Missing, Part, Sense, Standing, percent, tenth};
use model::results::Outcome;
use model::{Item, ItemIx, Kind, LinkState, LinkType};
use std::collections::BTreeMap;
use vocabulary::Date;

const NO_DOCUMENTS: &str = "no release was opened by then, so no documents are known for that day";

/// Each software requirement with a system test that is linked to it, and is linked to where it comes from.
pub(super) fn traceability(input: &Input<'_>) -> Metric {
    let about = About {
        id: "traceability",
        name: "Traceability of requirements",
        definition: "Software requirements that say where they come from (a system requirement, a risk control or a source), \
                     are verified by a test case through a confirmed link, and by one on the level of the system; of all software requirements.",
        clauses: &["62304:5.2.6", "62304:5.7.4", "62304:7.3.3"],
        unit: "percent",
    };
    let target = input.targets.of(about.id, Sense::AtLeast, Some(100), about.unit);
    let Some(d) = &input.documents else { return about.nothing(target, NO_DOCUMENTS) };
    let all = items(d, Kind::SoftwareRequirement).map(|(ix, item)| {
        let tests: Vec<&Item> = current(d, ix, LinkType::Verifies).collect();
        let system = |t: &&Item| t.value("level").is_some_and(|l| l.trim() == "system");
        let comes_from = d.model.targets(ix, LinkType::Satisfies).any(|(_, l)| l.state == LinkState::Current)
            || d.model.targets(ix, LinkType::Implements).any(|(_, l)| l.state == LinkState::Current)
            || item.value("source").is_some_and(|v| !v.trim().is_empty());
        let why = match (comes_from, tests.is_empty(), tests.iter().any(system)) {
            (false, _, _) => Some("nothing says where it comes from"),
            (_, true, _) => Some("no test case is linked to it and confirmed"),
            (_, _, false) => Some("no test on the level of the system"),
            _ => None,
        };
        (item.id.to_string(), why.map(str::to_owned))
    });
    about.share(target, "software requirements", all.collect())
}

/// Each item whose class is below that of its system, with its segregation named, reasoned and shown.
pub(super) fn segregation(input: &Input<'_>) -> Metric {
    let about = About {
        id: "segregation",
        name: "Evidence of segregation",
        definition: "Software items of a lower class than their system that name what they are segregated from, give the rationale, \
                     and are verified by a test case; of all software items of a lower class than their system.",
        clauses: &["62304:4.3.d", "62304:5.3.5"],
        unit: "percent",
    };
    let target = input.targets.of(about.id, Sense::AtLeast, Some(100), about.unit);
    let Some(d) = &input.documents else { return about.nothing(target, NO_DOCUMENTS) };
    let lower = items(d, Kind::SoftwareItem).filter(|(ix, _)| {
        d.classes.item(*ix).is_some_and(|c| c.written.is_some_and(|w| w < d.classes.of_system_of(*ix)))
    });
    let all: Vec<(String, Option<String>)> = lower
        .map(|(ix, item)| {
            let said = |key: &str| {
                item.value(key).is_some_and(|v| !v.trim().is_empty())
                    || item.part(key).is_some_and(|v| !v.trim().is_empty())
            };
            let why = match (said("segregated-from"), said("rationale"), tested_by(d, ix)) {
                (false, _, _) => Some("what it is segregated from is not named"),
                (_, false, _) => Some("no rationale"),
                (_, _, false) => Some("no test case shows that the segregation is effective"),
                _ => None,
            };
            (item.id.to_string(), why.map(str::to_owned))
        })
        .collect();
    if all.is_empty() {
        return about.nothing(
            target,
            "no software item has a lower class than its system: there is nothing to segregate",
        );
    }
    about.share(target, "items of a lower class", all)
}

/// The age of the oldest review of published anomalies of a SOUP item.
pub(super) fn soup_currency(input: &Input<'_>) -> Metric {
    let about = About {
        id: "soup-currency",
        name: "Currency of the SOUP register",
        definition: "Age in days of the oldest newest review of published anomalies, over all SOUP items; an item without any review misses the \
                     target whatever the age of the others.",
        clauses: &["62304:7.1.3", "62304:6.1"],
        unit: "days",
    };
    let target = input.targets.of(about.id, Sense::AtMost, Some(90), about.unit);
    let mut newest: BTreeMap<&str, Date> = BTreeMap::new();
    for r in &input.state.soup_reviews {
        let day = newest.entry(r.body.item.as_str()).or_insert(r.body.searched);
        *day = (*day).max(r.body.searched);
    }
    // Without documents only what was ever reviewed is known.
    let names: Vec<String> = match &input.documents {
        Some(d) => items(d, Kind::Soup).map(|(_, i)| i.id.to_string()).collect(),
        None => newest.keys().map(|n| (*n).to_owned()).collect(),
    };
    if names.is_empty() {
        return about.nothing(target, "the register has no SOUP item");
    }
    let bound = target.value.unwrap_or(f64::MAX);
    let (mut oldest, mut missing, mut never) = (0_i64, Vec::new(), 0);
    for id in &names {
        match newest.get(id.as_str()).map(|day| input.as_of.days_since(*day).max(0)) {
            None => {
                never += 1;
                missing.push(Missing { id: id.clone(), why: "never reviewed".into() });
            }
            Some(age) => {
                oldest = oldest.max(age);
                if days(age) > bound {
                    missing.push(Missing { id: id.clone(), why: format!("reviewed {age} days ago") });
                }
            }
        }
    }
    let (of, hits) = (names.len(), names.len() - missing.len());
    if never == of {
        let metric = about.nothing(target, "no SOUP item was ever reviewed");
        return Metric { of, missing, standing: Standing::Missed, ..metric };
    }
    let mut metric =
        about.value(target, days(oldest), of, hits, format!("{of} SOUP items, {never} never reviewed"));
    if never > 0 {
        metric.standing = Standing::Missed;
    }
    Metric { missing, ..metric }
}

/// Each risk control in software whose verification passed on the software that is counted.
pub(super) fn control_verification(input: &Input<'_>) -> Metric {
    let about = About {
        id: "control-verification",
        name: "Verification of risk controls",
        definition: "Risk controls with a test case, of their own or of a requirement that implements them, that passed on this software; \
                     controls outside the software count where their verification is stated; of all risk controls.",
        clauses: &["62304:7.3.1", "62304:7.3.3"],
        unit: "percent",
    };
    let target = input.targets.of(about.id, Sense::AtLeast, Some(100), about.unit);
    let Some(d) = &input.documents else { return about.nothing(target, NO_DOCUMENTS) };
    let all = items(d, Kind::RiskControl).map(|(ix, item)| {
        let external = item.value("external").is_some_and(|v| v.trim() == "yes");
        let stated = item.part("verification").or_else(|| item.value("verification"));
        let why = if external {
            stated
                .is_none_or(|v| v.trim().is_empty())
                .then_some("lies outside the software, and its verification is not stated")
        } else {
            let implementing = d.model.sources(ix, LinkType::Implements).map(|(from, _)| from);
            let ends: Vec<ItemIx> = std::iter::once(ix).chain(implementing).collect();
            let cases: Vec<&Item> = ends.iter().flat_map(|e| current(d, *e, LinkType::Verifies)).collect();
            if cases.is_empty() {
                Some("no test case is linked to it and confirmed")
            } else if cases.iter().any(|c| passed(d, c) == Some(false)) {
                Some("a test failed on this software")
            } else if cases.iter().any(|c| passed(d, c) == Some(true)) {
                None
            } else {
                Some("no result on this software")
            }
        };
        (item.id.to_string(), why.map(str::to_owned))
    });
    about.share(target, "risk controls", all.collect())
}

/// Days after which a data set of advisories says too little.
const FEED_DAYS: i64 = 30;

/// Threats with an answer, components that are identified, data sets that are watched: the least of the three.
pub(super) fn security_coverage(input: &Input<'_>) -> Metric {
    let about = About {
        id: "security-coverage",
        name: "Coverage of security activities",
        definition: "The least of three shares: threats that a requirement or risk control mitigates; components with an exact version and a package URL; \
                     data sets of advisories that the newest scan used and that are at most 30 days old. An activity without anything to count is at 0 %.",
        clauses: &["81001-5-1:7.2", "81001-5-1:7.3", "fda-cyber"],
        unit: "percent",
    };
    let target = input.targets.of(about.id, Sense::AtLeast, Some(100), about.unit);
    let Some(d) = &input.documents else { return about.nothing(target, NO_DOCUMENTS) };
    let mut missing = Vec::new();
    let mut of_threats = (0, 0);
    for (ix, item) in items(d, Kind::Threat) {
        of_threats.1 += 1;
        match current(d, ix, LinkType::Mitigates).next() {
            Some(_) => of_threats.0 += 1,
            None => missing.push(Missing { id: item.id.to_string(), why: "nothing mitigates it".into() }),
        }
    }
    let components = d.components.components();
    let known = components.iter().filter(|c| !c.purl.is_empty() && !c.version.is_empty()).count();
    for c in components.iter().filter(|c| c.purl.is_empty() || c.version.is_empty()) {
        missing.push(Missing { id: c.name.clone(), why: "no exact version or no package URL".into() });
    }
    let scan = input.state.security.scans.last();
    let mut feeds = (0, 0);
    for set in scan.into_iter().flat_map(|s| &s.body.datasets) {
        feeds.1 += 1;
        let age =
            set.date.get(..10).and_then(|t| t.parse::<Date>().ok()).map(|day| input.as_of.days_since(day));
        match age {
            Some(age) if age <= FEED_DAYS => feeds.0 += 1,
            Some(age) => missing.push(Missing { id: set.name.clone(), why: format!("{age} days old") }),
            None => missing.push(Missing {
                id: set.name.clone(),
                why: format!("its date cannot be read: {}", set.date),
            }),
        }
    }
    let part = |name: &str, (hits, of): (usize, usize)| Part {
        name: name.to_owned(),
        value: Some(tenth(percent(hits, of))),
        unit: "percent",
        of,
    };
    let parts = vec![
        part("threats with an answer", of_threats),
        part("components identified", (known, components.len())),
        part("data sets watched", feeds),
    ];
    let least = parts.iter().filter_map(|p| p.value).fold(100.0, f64::min);
    let of = of_threats.1 + components.len() + feeds.1;
    let hits = of_threats.0 + known + feeds.0;
    let counted = format!(
        "{} threats, {} components, {} data sets of the newest scan",
        of_threats.1,
        components.len(),
        feeds.1
    );
    if of == 0 {
        return about.nothing(target, "no threat, no component and no scan is on file");
    }
    Metric { parts, missing, ..about.value(target, least, of, hits, counted) }
}

fn items<'a>(d: &'a Documents<'a>, kind: Kind) -> impl Iterator<Item = (ItemIx, &'a Item)> + 'a {
    d.model.of_kind(kind).iter().filter_map(|ix| Some((*ix, d.model.get(*ix)?)))
}

/// The items whose confirmed links of a type lead to `ix`.
fn current<'a>(d: &'a Documents<'a>, ix: ItemIx, link: LinkType) -> impl Iterator<Item = &'a Item> + 'a {
    d.model
        .sources(ix, link)
        .filter(|(_, l)| l.state == LinkState::Current)
        .filter_map(|(from, _)| d.model.get(from))
}

fn tested_by(d: &Documents<'_>, ix: ItemIx) -> bool {
    current(d, ix, LinkType::Verifies).next().is_some()
}

/// Whether a case passed on the software that is counted; `None` where it was not run on it to an end.
fn passed(d: &Documents<'_>, case: &Item) -> Option<bool> {
    let evidence = d.results.evidence(&case.id)?;
    let here = match &d.software {
        Some(software) => evidence.on(software)?,
        None => evidence.by_software.first()?,
    };
    match here.outcome() {
        Outcome::Passed => Some(true),
        o if o.is_failure() => Some(false),
        _ => None,
    }
}

#[allow(clippy::cast_precision_loss, reason = "days are small")]
fn days(n: i64) -> f64 {
    n as f64
}
