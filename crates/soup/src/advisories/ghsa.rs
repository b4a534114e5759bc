//! GitHub security advisories as the REST interface gives them (`GET /advisories`). The advisory database itself is in
//! the OSV format.

use super::{Advisory, Affected, Event, Fragment, Range, Severity, package};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
pub(super) struct Ghsa {
    ghsa_id: String,
    cve_id: Option<String>,
    summary: Option<String>,
    #[serde(default)]
    published_at: Option<String>,
    #[serde(default)]
    updated_at: Option<String>,
    withdrawn_at: Option<String>,
    cvss: Option<Vector>,
    /// Where there is a score of version 4, `cvss` has none.
    #[serde(default)]
    cvss_severities: BTreeMap<String, Option<Vector>>,
    #[serde(default)]
    cwes: Vec<Cwe>,
    #[serde(default)]
    vulnerabilities: Option<Vec<Vulnerability>>,
}

#[derive(Deserialize)]
struct Vector {
    vector_string: Option<String>,
}

#[derive(Deserialize)]
struct Cwe {
    cwe_id: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    package: Package,
    #[serde(default)]
    vulnerable_version_range: Option<String>,
}

#[derive(Deserialize)]
struct Package {
    ecosystem: String,
    name: Option<String>,
}

/// GitHub's names of ecosystems and OSV's.
const ECOSYSTEMS: [(&str, &str); 12] = [
    ("rust", "crates.io"),
    ("npm", "npm"),
    ("go", "Go"),
    ("pip", "PyPI"),
    ("maven", "Maven"),
    ("rubygems", "RubyGems"),
    ("nuget", "NuGet"),
    ("composer", "Packagist"),
    ("erlang", "Hex"),
    ("pub", "Pub"),
    ("swift", "SwiftURL"),
    ("actions", "GitHub Actions"),
];

pub(super) fn read(bytes: &[u8]) -> Result<Advisory, String> {
    let ghsa: Ghsa = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
    Ok(convert(ghsa))
}

pub(super) fn convert(ghsa: Ghsa) -> Advisory {
    let severity = |vector: String| {
        let major = vector.strip_prefix("CVSS:").and_then(|v| v.split('.').next()).unwrap_or("2");
        Severity { system: format!("CVSS_V{major}"), vector: vector.clone() }
    };
    let affected = |v: Vulnerability| {
        let known = ECOSYSTEMS.iter().find(|(g, _)| v.package.ecosystem.eq_ignore_ascii_case(g));
        let ecosystem = known.map_or(v.package.ecosystem.as_str(), |(_, osv)| osv).to_owned();
        let key = package::key(&ecosystem, &v.package.name.unwrap_or_default());
        Affected { key, fragment: fragment(ecosystem, &v.vulnerable_version_range.unwrap_or_default()) }
    };
    let vectors = ghsa.cvss.into_iter().chain(ghsa.cvss_severities.into_values().flatten());
    let vectors: BTreeSet<String> = vectors.filter_map(|v| v.vector_string).collect();
    Advisory {
        id: ghsa.ghsa_id,
        aliases: ghsa.cve_id.into_iter().collect(),
        summary: ghsa.summary.unwrap_or_default(),
        modified: ghsa.updated_at.unwrap_or_default(),
        published: ghsa.published_at.unwrap_or_default(),
        withdrawn: ghsa.withdrawn_at,
        severities: vectors.into_iter().map(severity).collect(),
        cwes: ghsa.cwes.into_iter().map(|c| c.cwe_id).collect(),
        affected: ghsa.vulnerabilities.into_iter().flatten().map(affected).collect(),
    }
}

/// `>= 1.0, < 1.2.3`
fn fragment(ecosystem: String, range: &str) -> Fragment {
    let constraints: Vec<&str> = range.split(',').map(str::trim).filter(|c| !c.is_empty()).collect();
    super::csaf::constrained(ecosystem, &constraints)
}

/// An empty range says nothing of versions.
pub(super) fn undecidable(ecosystem: String) -> Fragment {
    Fragment { ecosystem, undecidable: true, ranges: Vec::<Range>::new(), versions: Vec::new() }
}

/// The event that ends an interval.
pub(super) fn end(constraint: &str) -> Option<Event> {
    if let Some(v) = constraint.strip_prefix("<=") {
        return Some(Event::LastAffected(v.trim().to_owned()));
    }
    constraint.strip_prefix('<').map(|v| Event::Fixed(v.trim().to_owned()))
}
