//! Advisories in the Open Source Vulnerability format (ossf.github.io/osv-schema); GitHub's advisory database too.

use super::{Advisory, Affected, Event, Fragment, Range, Severity, evaluate, package};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Osv {
    id: String,
    modified: Option<String>,
    published: Option<String>,
    withdrawn: Option<String>,
    #[serde(default)]
    aliases: Option<Vec<String>>,
    summary: Option<String>,
    details: Option<String>,
    #[serde(default)]
    severity: Option<Vec<Severity>>,
    #[serde(default)]
    affected: Option<Vec<OsvAffected>>,
    database_specific: Option<DatabaseSpecific>,
}

#[derive(Deserialize)]
struct OsvAffected {
    package: Option<Package>,
    #[serde(default)]
    ranges: Option<Vec<OsvRange>>,
    #[serde(default)]
    versions: Option<Vec<String>>,
    #[serde(default)]
    severity: Option<Vec<Severity>>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    ecosystem: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct OsvRange {
    #[serde(rename = "type")]
    ty: String,
    #[serde(default)]
    events: Vec<OsvEvent>,
}

#[derive(Deserialize)]
struct OsvEvent {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    limit: Option<String>,
}

#[derive(Deserialize)]
struct DatabaseSpecific {
    #[serde(default)]
    cwe_ids: serde_json::Value,
}

/// The advisory that these bytes are; else why they are none.
pub(super) fn read(bytes: &[u8]) -> Result<Advisory, String> {
    let osv: Osv = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
    Ok(convert(osv))
}

pub(super) fn convert(osv: Osv) -> Advisory {
    let mut advisory = Advisory {
        summary: osv.summary.filter(|s| !s.is_empty()).unwrap_or_else(|| first_line(osv.details.as_deref())),
        id: osv.id,
        aliases: osv.aliases.unwrap_or_default(),
        modified: osv.modified.unwrap_or_default(),
        published: osv.published.unwrap_or_default(),
        withdrawn: osv.withdrawn,
        severities: osv.severity.unwrap_or_default(),
        cwes: cwes(osv.database_specific),
        affected: Vec::new(),
    };
    for affected in osv.affected.into_iter().flatten() {
        advisory.severities.extend(affected.severity.into_iter().flatten());
        let Some(package) = affected.package else { continue };
        let ranges = affected.ranges.unwrap_or_default();
        let fragment = fragment(package.ecosystem, ranges, affected.versions.unwrap_or_default());
        let key = package::key(&fragment.ecosystem, &package.name);
        advisory.affected.push(Affected { key, fragment });
    }
    advisory.severities.sort();
    advisory.severities.dedup();
    advisory
}

fn cwes(specific: Option<DatabaseSpecific>) -> Vec<String> {
    let list = specific.map(|s| s.cwe_ids);
    let list = list.as_ref().and_then(|v| v.as_array()).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|v| v.as_str()).map(str::to_owned).collect()
}

/// The first line of a text, for advisories without a summary; at most 200 characters.
pub(super) fn first_line(text: Option<&str>) -> String {
    let line = text.unwrap_or_default().lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    line.trim_start_matches('#').trim().chars().take(200).collect()
}

fn fragment(ecosystem: String, ranges: Vec<OsvRange>, versions: Vec<String>) -> Fragment {
    let mut fragment = Fragment { ecosystem, ..Fragment::default() };
    for range in ranges.into_iter().filter(|r| r.ty != "GIT") {
        let mut events = Vec::with_capacity(range.events.len());
        for e in range.events {
            events.extend(e.introduced.map(Event::Introduced));
            events.extend(e.fixed.or(e.limit).map(Event::Fixed));
            events.extend(e.last_affected.map(Event::LastAffected));
        }
        fragment.ranges.push(Range { semver: range.ty == "SEMVER", events });
    }
    // Enumerated versions that the ranges hold anyhow would only make the index large.
    let listed = !versions.is_empty();
    let in_ranges =
        |v: &String| fragment.ranges.iter().any(|r| evaluate::in_range(&fragment.ecosystem, r, v));
    fragment.versions = versions.into_iter().filter(|v| !in_ranges(v)).collect();
    fragment.undecidable = fragment.ranges.is_empty() && !listed;
    fragment
}
