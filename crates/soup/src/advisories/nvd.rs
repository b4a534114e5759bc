//! The National Vulnerability Database as JSON 2.0: answers of its API and its yearly feeds. Matching is by CPE name.

use super::{Advisory, Affected, Event, Fragment, Range, Severity, osv, package};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    total_results: usize,
    #[serde(default)]
    timestamp: String,
    vulnerabilities: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    cve: Cve,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cve {
    id: String,
    #[serde(default)]
    published: String,
    #[serde(default)]
    last_modified: String,
    #[serde(default)]
    vuln_status: String,
    #[serde(default)]
    descriptions: Vec<Text>,
    #[serde(default)]
    metrics: BTreeMap<String, Vec<Metric>>,
    #[serde(default)]
    weaknesses: Vec<Weakness>,
    #[serde(default)]
    configurations: Vec<Configuration>,
}

#[derive(Deserialize)]
struct Text {
    lang: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metric {
    cvss_data: Option<CvssData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CvssData {
    version: String,
    vector_string: String,
}

#[derive(Deserialize)]
struct Weakness {
    #[serde(default)]
    description: Vec<Text>,
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(default)]
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    #[serde(default)]
    cpe_match: Vec<CpeMatch>,
    #[serde(default)]
    children: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CpeMatch {
    vulnerable: bool,
    criteria: String,
    version_start_including: Option<String>,
    version_start_excluding: Option<String>,
    version_end_including: Option<String>,
    version_end_excluding: Option<String>,
}

/// The advisories of one answer or feed, and how many there are in all, for answers that are one page of several.
pub(super) struct Read {
    pub(super) advisories: Vec<Advisory>,
    pub(super) total: usize,
    pub(super) timestamp: String,
}

pub(super) fn read(bytes: &[u8]) -> Result<Read, String> {
    let answer: Answer = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
    let total = answer.total_results.max(answer.vulnerabilities.len());
    let advisories = answer.vulnerabilities.into_iter().map(|i| convert(i.cve)).collect();
    Ok(Read { advisories, total, timestamp: answer.timestamp })
}

fn convert(cve: Cve) -> Advisory {
    let english = cve.descriptions.iter().find(|t| t.lang == "en").map(|t| t.value.as_str());
    let metrics = cve.metrics.into_values().flatten().filter_map(|m| m.cvss_data);
    let severity = |data: CvssData| Severity {
        system: format!("CVSS_V{}", data.version.split('.').next().unwrap_or_default()),
        vector: data.vector_string,
    };
    let mut severities: Vec<Severity> = metrics.map(severity).collect();
    severities.sort();
    severities.dedup();
    let weaknesses = cve.weaknesses.into_iter().flat_map(|w| w.description).map(|t| t.value);
    let mut cwes: Vec<String> = weaknesses.filter(|w| w.starts_with("CWE-")).collect();
    cwes.sort();
    cwes.dedup();
    let mut by_product: BTreeMap<String, Fragment> = BTreeMap::new();
    let mut nodes: Vec<Node> = cve.configurations.into_iter().flat_map(|c| c.nodes).collect();
    while let Some(node) = nodes.pop() {
        for m in node.cpe_match.into_iter().filter(|m| m.vulnerable) {
            let (Some(key), Some((.., version))) =
                (package::cpe_key(&m.criteria), package::cpe_parts(&m.criteria))
            else {
                continue;
            };
            add(by_product.entry(key).or_default(), m, version);
        }
        nodes.extend(node.children);
    }
    let rejected = cve.vuln_status == "Rejected";
    Advisory {
        id: cve.id,
        aliases: Vec::new(),
        summary: osv::first_line(english),
        withdrawn: rejected.then(|| cve.last_modified.clone()),
        modified: cve.last_modified,
        published: cve.published,
        severities,
        cwes,
        affected: by_product.into_iter().map(|(key, fragment)| Affected { key, fragment }).collect(),
    }
}

fn add(fragment: &mut Fragment, m: CpeMatch, version: String) {
    "cpe".clone_into(&mut fragment.ecosystem);
    if !matches!(version.as_str(), "*" | "" | "-") {
        fragment.versions.push(version);
        return;
    }
    // A version just above an excluded one cannot be named: the excluded one is taken in, which errs on the safe side.
    let start = m.version_start_including.or(m.version_start_excluding).unwrap_or_else(|| "0".to_owned());
    let mut events = vec![Event::Introduced(start)];
    events.extend(m.version_end_excluding.map(Event::Fixed));
    events.extend(m.version_end_including.map(Event::LastAffected));
    fragment.ranges.push(Range { semver: false, events });
}
