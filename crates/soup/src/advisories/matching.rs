//! Components against the index: what is known to be wrong with exactly these versions.

use super::evaluate::{Verdict, fixes, verdict};
use super::index::Index;
use super::pack::Head;
use super::{Epss, Kev, Mark, Severity, level_of, package, score_of};
use model::components::{Component, ComponentGraph, ComponentKind};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A vulnerability that a component has, or may have; the advisories of several data sets about it are one match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The id in the home data base of the ecosystem, or else the first of the others.
    pub id: String,
    /// All other ids, sorted.
    pub aliases: Vec<String>,
    /// The package URL of the component with its version, or its CPE.
    pub component: String,
    /// The component's name.
    pub name: String,
    /// The exact version in use.
    pub version: String,
    /// Versions that correct it, oldest first; empty where none is known.
    pub fixed: Vec<String>,
    /// One line.
    pub summary: String,
    /// Scores as published.
    pub severity: Vec<Severity>,
    /// Kinds of weakness, `CWE-79`.
    pub cwes: Vec<String>,
    /// The entry in CISA's catalogue of exploited vulnerabilities.
    pub kev: Option<Kev>,
    /// The exploit prediction score.
    pub epss: Option<Epss>,
    /// Whether the advisory names the package and no version that could be compared: a person has to look.
    pub undecided: bool,
    /// What the product needs the component for: `direct`, `transitive`, `build`, `dev`.
    pub kind: String,
}

/// A score of a match, for people.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// 0.0 to 10.0
    pub value: f64,
    /// The word for it.
    pub level: super::Level,
    /// The vector it is of.
    pub vector: String,
}

impl Match {
    /// Every id of the vulnerability.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.id.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    /// The score of the newest CVSS version that is given; of several vectors the highest.
    pub fn score(&self) -> Option<Score> {
        let newest =
            self.severity.iter().filter(|s| s.system.starts_with("CVSS_V")).map(|s| &s.system).max()?;
        let of = self.severity.iter().filter(|s| s.system == *newest);
        let scored = of.filter_map(|s| Some((score_of(&s.vector)?, &s.vector)));
        let (value, vector) = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(Score { value, level: level_of(value), vector: vector.clone() })
    }
}

/// What a scan found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// The matches, by component and id.
    pub matches: Vec<Match>,
    /// Advisories that would match and are withdrawn, as `id component`.
    pub withdrawn: Vec<String>,
    /// How many components were looked up.
    pub components: usize,
    /// Components that no data set could know, because they have neither a package URL nor a CPE.
    pub nameless: Vec<String>,
}

/// Looks up every component that is not the maker's own.
pub fn scan(index: &Index, graph: &ComponentGraph) -> Scan {
    let others: Vec<&Component> =
        graph.components().iter().filter(|c| c.kind != ComponentKind::Own).collect();
    let found: Vec<(Vec<Match>, Vec<String>)> = others.par_iter().map(|c| of_component(index, c)).collect();
    let mut scan = Scan { components: others.len(), ..Scan::default() };
    for (matches, withdrawn) in found {
        scan.matches.extend(matches);
        scan.withdrawn.extend(withdrawn);
    }
    let nameless = others.iter().filter(|c| c.purl.is_empty() && c.cpe.is_empty());
    scan.nameless = nameless.map(|c| format!("{} {}", c.name, c.version).trim_end().to_owned()).collect();
    let place = |m: &Match| (m.component.clone(), m.id.clone());
    scan.matches.sort_by_cached_key(place);
    scan.matches.dedup_by(|a, b| a.component == b.component && a.id == b.id);
    scan.withdrawn.sort();
    scan.withdrawn.dedup();
    scan
}

/// An advisory that matches, before aliases are merged.
struct Hit {
    head: Head,
    fixed: Vec<String>,
    undecided: bool,
}

fn of_component(index: &Index, component: &Component) -> (Vec<Match>, Vec<String>) {
    let asked = package::asked(&component.purl, &component.cpe);
    let from_cpe = || package::cpe_parts(&component.cpe).map(|(.., v)| v).filter(|v| v != "*" && v != "-");
    let version = match component.version.as_str() {
        "" => from_cpe().unwrap_or_default(),
        version => version.to_owned(),
    };
    let (mut hits, mut withdrawn): (BTreeMap<u32, Hit>, Vec<String>) = (BTreeMap::new(), Vec::new());
    for key in &asked.keys {
        for found in index.of_key(key) {
            if !package::of_release(&found.fragment.ecosystem, asked.release.as_deref()) {
                continue;
            }
            let verdict = verdict(&found.fragment, &version);
            if verdict == Verdict::NotAffected {
                continue;
            }
            let fixed = fixes(&found.fragment, &version);
            let undecided = verdict == Verdict::Undecided;
            if let Some(hit) = hits.get_mut(&found.advisory) {
                hit.undecided &= undecided;
                hit.fixed.extend(fixed);
            } else if let Some(head) = index.head(found.advisory) {
                if head.withdrawn.is_some() {
                    withdrawn.push(format!("{} {}", head.id, named(component)));
                } else {
                    hits.insert(found.advisory, Hit { head, fixed, undecided });
                }
            }
        }
    }
    let groups = merged(hits.into_values().collect());
    (groups.into_iter().map(|group| to_match(index, component, &version, group)).collect(), withdrawn)
}

fn named(component: &Component) -> &str {
    if component.purl.is_empty() { &component.cpe } else { &component.purl }
}

/// Hits that share an id are about one vulnerability.
fn merged(hits: Vec<Hit>) -> Vec<Vec<Hit>> {
    let mut groups: Vec<(BTreeSet<String>, Vec<Hit>)> = Vec::new();
    for hit in hits {
        let mut ids: BTreeSet<String> = hit.head.aliases.iter().cloned().collect();
        ids.insert(hit.head.id.clone());
        let mut members = vec![hit];
        // It may join groups that had nothing in common before.
        let mut i = 0;
        while i < groups.len() {
            if groups.get(i).is_some_and(|(known, _)| !known.is_disjoint(&ids)) {
                let (known, others) = groups.remove(i);
                ids.extend(known);
                members.splice(0..0, others);
            } else {
                i += 1;
            }
        }
        groups.push((ids, members));
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

/// Home data bases first: they know their ecosystem best. Then GitHub's, then everybody's number.
fn rank(id: &str) -> u8 {
    const OTHERS: [&str; 2] = ["GHSA-", "CVE-"];
    OTHERS.iter().position(|prefix| id.starts_with(prefix)).map_or(0, |n| u8::try_from(n + 1).unwrap_or(3))
}

fn to_match(index: &Index, component: &Component, version: &str, group: Vec<Hit>) -> Match {
    let own: BTreeSet<&str> = group.iter().map(|h| h.head.id.as_str()).collect();
    let id = own.iter().copied().min_by_key(|id| (rank(id), *id)).unwrap_or_default().to_owned();
    let all = group.iter().flat_map(|h| std::iter::once(&h.head.id).chain(&h.head.aliases));
    let ids: BTreeSet<String> = all.cloned().collect();
    let main = group.iter().find(|h| h.head.id == id);
    let summary = main.map(|h| h.head.summary.clone()).filter(|s| !s.is_empty());
    let summary = summary.or_else(|| group.iter().map(|h| h.head.summary.clone()).find(|s| !s.is_empty()));
    let mut fixed: Vec<String> = Vec::new();
    for hit in &group {
        fixed.extend(hit.fixed.iter().filter(|v| !fixed.contains(v)).cloned().collect::<Vec<_>>());
    }
    let (mut kev, mut epss) = (None, None);
    for cve in ids.iter().filter(|id| id.starts_with("CVE-")) {
        for mark in index.marks_of(cve) {
            match mark {
                Mark::Kev(k) => kev = kev.or(Some(k)),
                Mark::Epss(e) => epss = epss.or(Some(e)),
            }
        }
    }
    let severity: BTreeSet<Severity> = group.iter().flat_map(|h| h.head.severities.iter().cloned()).collect();
    let cwes: BTreeSet<String> = group.iter().flat_map(|h| h.head.cwes.iter().cloned()).collect();
    Match {
        aliases: ids.into_iter().filter(|i| *i != id).collect(),
        id,
        component: named(component).to_owned(),
        name: component.name.clone(),
        version: version.to_owned(),
        fixed,
        summary: summary.unwrap_or_default(),
        severity: severity.into_iter().collect(),
        cwes: cwes.into_iter().collect(),
        kev,
        epss,
        undecided: group.iter().all(|h| h.undecided),
        kind: component.kind.as_str().to_owned(),
    }
}
