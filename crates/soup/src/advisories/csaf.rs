//! Advisories in the Common Security Advisory Framework 2.0 (OASIS), as far as their products have package URLs or CPEs.

use super::{Advisory, Affected, Event, Fragment, Range, Severity, ghsa, package};
use crate::csaf::{Branch, Helper, Id, Tree};
use packageurl::PackageUrl;
use serde::Deserialize;
use std::collections::HashMap;
use std::str::FromStr as _;

#[derive(Deserialize)]
struct Csaf {
    document: Document,
    #[serde(default)]
    product_tree: Tree,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Document {
    publisher: Publisher,
    tracking: Tracking,
    #[serde(default)]
    title: String,
}

#[derive(Deserialize)]
struct Publisher {
    name: String,
}

#[derive(Deserialize)]
struct Tracking {
    id: String,
    #[serde(default)]
    current_release_date: String,
    #[serde(default)]
    initial_release_date: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    cve: Option<String>,
    #[serde(default)]
    ids: Vec<Id>,
    title: Option<String>,
    cwe: Option<Cwe>,
    #[serde(default)]
    scores: Vec<ScoreOf>,
    #[serde(default)]
    product_status: HashMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Cwe {
    id: String,
}

#[derive(Deserialize)]
struct ScoreOf {
    cvss_v2: Option<Vector>,
    cvss_v3: Option<Vector>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    vector_string: String,
}

/// The advisories of a document, and who publishes it.
pub(super) fn read(bytes: &[u8]) -> Result<(Vec<Advisory>, String), String> {
    let csaf: Csaf = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
    let mut products: HashMap<&str, (&Helper, Option<&str>)> = HashMap::new();
    let mut branches: Vec<&Branch> = csaf.product_tree.branches.iter().collect();
    while let Some(branch) = branches.pop() {
        branches.extend(&branch.branches);
        if let Some(product) = &branch.product
            && let Some(helper) = &product.product_identification_helper
        {
            let range = (branch.category == "product_version_range").then_some(branch.name.as_str());
            products.insert(&product.product_id, (helper, range));
        }
    }
    for product in &csaf.product_tree.full_product_names {
        if let Some(helper) = &product.product_identification_helper {
            products.insert(&product.product_id, (helper, None));
        }
    }
    for r in &csaf.product_tree.relationships {
        // A component as part of a product: what identifies the component identifies it there too.
        if let Some(found) = products.get(r.product_reference.as_str()).copied() {
            products.entry(&r.full_product_name.product_id).or_insert(found);
        }
    }
    let advisories = csaf.vulnerabilities.iter().enumerate().map(|(n, v)| convert(&csaf, n, v, &products));
    Ok((advisories.collect(), csaf.document.publisher.name.clone()))
}

fn convert(
    csaf: &Csaf,
    n: usize,
    v: &Vulnerability,
    products: &HashMap<&str, (&Helper, Option<&str>)>,
) -> Advisory {
    let tracking = &csaf.document.tracking;
    let mut aliases: Vec<String> = v.ids.iter().map(|i| i.text.clone()).collect();
    let id = v.cve.clone().or_else(|| aliases.pop()).unwrap_or_else(|| format!("{}#{}", tracking.id, n + 1));
    let of = |status: &str| v.product_status.get(status).map(Vec::as_slice).unwrap_or_default();
    let mut affected = Vec::new();
    for status in ["known_affected", "first_affected", "last_affected", "under_investigation"] {
        for product in of(status) {
            affected.extend(products.get(product.as_str()).and_then(|(h, range)| part(h, *range)));
        }
    }
    let vector = |major: u8, v: &Option<Vector>| {
        v.as_ref().map(|v| Severity { system: format!("CVSS_V{major}"), vector: v.vector_string.clone() })
    };
    let mut severities: Vec<Severity> =
        v.scores.iter().flat_map(|s| [vector(2, &s.cvss_v2), vector(3, &s.cvss_v3)]).flatten().collect();
    severities.sort();
    severities.dedup();
    Advisory {
        id,
        aliases,
        summary: v.title.clone().unwrap_or_else(|| csaf.document.title.clone()),
        modified: tracking.current_release_date.clone(),
        published: tracking.initial_release_date.clone(),
        withdrawn: None,
        severities,
        cwes: v.cwe.iter().map(|c| c.id.clone()).collect(),
        affected,
    }
}

fn part(helper: &Helper, range: Option<&str>) -> Option<Affected> {
    if let Some(purl) = helper.purl.as_deref() {
        let parsed = PackageUrl::from_str(purl).ok()?;
        let key = package::asked(purl, "").keys.into_iter().next()?;
        let ecosystem = key.split('\n').next().unwrap_or_default().to_owned();
        let fragment = match (range, parsed.version()) {
            (Some(range), _) => vers(ecosystem, range),
            (None, Some(version)) => {
                Fragment { ecosystem, versions: vec![version.to_owned()], ..Fragment::default() }
            }
            (None, None) => ghsa::undecidable(ecosystem),
        };
        return Some(Affected { key, fragment });
    }
    let cpe = helper.cpe.as_deref()?;
    let (.., version) = package::cpe_parts(cpe)?;
    let ecosystem = "cpe".to_owned();
    let fragment = match (range, version.as_str()) {
        (Some(range), _) => vers(ecosystem, range),
        (None, "*" | "-" | "") => ghsa::undecidable(ecosystem),
        (None, version) => Fragment { ecosystem, versions: vec![version.to_owned()], ..Fragment::default() },
    };
    Some(Affected { key: package::cpe_key(cpe)?, fragment })
}

/// `vers:npm/>=1.0.0|<1.2.3`
fn vers(ecosystem: String, text: &str) -> Fragment {
    let constraints = text.strip_prefix("vers:").and_then(|v| v.split_once('/')).map_or(text, |(_, c)| c);
    let constraints: Vec<&str> = constraints.split('|').map(str::trim).filter(|c| !c.is_empty()).collect();
    constrained(ecosystem, &constraints)
}

/// Comparators as intervals. `>` is read as `>=` and `!=` not at all, which errs on the safe side.
pub(super) fn constrained(ecosystem: String, constraints: &[&str]) -> Fragment {
    if constraints.is_empty() {
        return ghsa::undecidable(ecosystem);
    }
    let mut fragment = Fragment { ecosystem, ..Fragment::default() };
    let mut open: Option<String> = None;
    let close = |fragment: &mut Fragment, from: String, to: Option<Event>| {
        let events = std::iter::once(Event::Introduced(from)).chain(to).collect();
        fragment.ranges.push(Range { semver: false, events });
    };
    for c in constraints {
        if *c == "*" {
            close(&mut fragment, "0".to_owned(), None);
        } else if c.starts_with("!=") {
        } else if let Some(end) = ghsa::end(c) {
            let from = open.take().unwrap_or_else(|| "0".to_owned());
            close(&mut fragment, from, Some(end));
        } else if let Some(v) = c.strip_prefix(">=").or_else(|| c.strip_prefix('>')) {
            if let Some(before) = open.replace(v.trim().to_owned()) {
                close(&mut fragment, before, None);
            }
        } else {
            fragment.versions.push(c.trim_start_matches('=').trim().to_owned());
        }
    }
    if let Some(from) = open {
        close(&mut fragment, from, None);
    }
    fragment
}
