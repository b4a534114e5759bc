//! What is told on security: vulnerabilities corrected and remaining, components, changes, how to check the delivery.

use super::{Material, line, sentence};
use records::{VexStatus, VulnerabilityScan};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The text below the title.
pub(super) fn body(m: &Material<'_>) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "These notes are for those who operate {} and keep it secure.", line(m.product));
    vulnerabilities(&mut out, m);
    changes(&mut out, m);
    components(&mut out, m);
    anomalies(&mut out, m);
    delivery(&mut out, m);
    out
}

/// By id and component: the version in use.
type Found<'a> = BTreeMap<(&'a str, &'a str), &'a str>;

fn found(scan: Option<&VulnerabilityScan>) -> Found<'_> {
    let name = |component: &'_ str| component.rsplit_once('@').map_or(component.len(), |(n, _)| n.len());
    let all = scan.into_iter().flat_map(|s| &s.found);
    all.map(|f| {
        ((f.id.as_str(), f.component.get(..name(&f.component)).unwrap_or(&f.component)), f.version.as_str())
    })
    .collect()
}

fn vulnerabilities(out: &mut String, m: &Material<'_>) {
    let scan = |version: &str| m.state.security.last_scan(Some(version)).map(|s| &s.body);
    let (now, before) = (scan(m.version), m.since.and_then(scan));
    let (is, was) = (found(now), found(before));
    let _ = writeln!(out, "\n## Vulnerabilities corrected\n");
    match (now, before) {
        (None, _) => {
            let _ = writeln!(
                out,
                "No scan of this version is recorded, so nothing can be said: `dossier vuln scan --release {}`.",
                line(m.version)
            );
        }
        (Some(_), None) => {
            let _ = writeln!(out, "No scan of an earlier version is recorded to compare with.");
        }
        (Some(_), Some(_)) => {
            let gone: Vec<_> = was.iter().filter(|(key, _)| !is.contains_key(*key)).collect();
            if gone.is_empty() {
                let _ = writeln!(out, "The scan of this version still has every match of the one before.");
            }
            for ((id, component), version) in gone {
                let _ = writeln!(out, "- {}: {} {}", line(id), line(component), line(version));
            }
        }
    }
    let _ = writeln!(out, "\n## Vulnerabilities that remain\n");
    let Some(scan) = now else {
        let _ = writeln!(out, "See above.");
        return;
    };
    let sets: Vec<String> = scan.datasets.iter().map(|d| format!("{} of {}", d.name, d.date)).collect();
    let _ = writeln!(
        out,
        "{} matches in {} components, looked up in {}.\n",
        scan.matches,
        scan.components,
        if sets.is_empty() { "no data set".to_owned() } else { line(&sets.join(", ")) }
    );
    for f in &scan.found {
        let package = f.component.rsplit_once('@').map_or(f.component.as_str(), |(n, _)| n);
        let ids: Vec<&str> = std::iter::once(&f.id).chain(&f.aliases).map(String::as_str).collect();
        let assessed = m.state.security.assessments_of(&ids, package).next();
        let exploited = if f.exploited { ", known to be exploited" } else { "" };
        let judged = match assessed.map(|a| &a.body) {
            None => "not assessed yet".to_owned(),
            Some(a) => {
                let word = match a.status {
                    VexStatus::NotAffected => "the product is not affected",
                    VexStatus::Affected => "the product is affected",
                    VexStatus::Fixed => "corrected",
                    VexStatus::UnderInvestigation => "under investigation",
                };
                word.to_owned()
            }
        };
        let level = if f.level.is_empty() { "no score" } else { &f.level };
        let _ = writeln!(
            out,
            "- {} in {} {} ({level}{exploited}): {judged}",
            line(&f.id),
            line(package),
            line(&f.version)
        );
    }
}

/// Changes that were analysed to be relevant to security.
fn changes(out: &mut String, m: &Material<'_>) {
    let all = m.diff.map(|d| d.change_requests.as_slice()).unwrap_or_default();
    let _ = writeln!(out, "\n## Changes relevant to security\n");
    let mut none = true;
    for c in all {
        let Some(change) = m.state.changes.get(&c.change) else { continue };
        let Some(analysis) = change.analyses.last().filter(|a| a.body.security_relevant) else { continue };
        none = false;
        let _ = writeln!(out, "- {} ({}): {}", line(&c.title), c.change, sentence(&analysis.body.security));
    }
    if none {
        let _ = writeln!(out, "No change of this version was analysed to be relevant to security.");
    }
}

fn components(out: &mut String, m: &Material<'_>) {
    let _ = writeln!(out, "\n## Components\n");
    let rows =
        m.diff.into_iter().flat_map(|d| &d.sections).filter(|s| s.what == "SOUP").flat_map(|s| &s.rows);
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        let _ = writeln!(out, "The components are those of the version before.");
    }
    for row in rows {
        let _ = writeln!(out, "- {} {}: {}", row.became, line(&row.id), line(&row.details.join(", ")));
    }
    let _ =
        writeln!(out, "\nThe complete list is the SBOM that is part of the release (CycloneDX and SPDX).");
}

/// Residual anomalies that were found relevant to security.
fn anomalies(out: &mut String, m: &Material<'_>) {
    let relevant: BTreeSet<&str> = m
        .state
        .residual_anomalies(m.version)
        .filter(|(_, a)| a.investigation().is_some_and(|i| i.body.security_relevant))
        .map(|(id, _)| id)
        .collect();
    let _ = writeln!(out, "\n## Known anomalies relevant to security\n");
    if relevant.is_empty() {
        let _ =
            writeln!(out, "No residual anomaly of this version was investigated to be relevant to security.");
    }
    for id in relevant {
        let title = m.state.anomalies.get(id).map(|a| sentence(&a.report.body.title)).unwrap_or_default();
        let _ = writeln!(out, "- {id}: {title}");
    }
}

fn delivery(out: &mut String, m: &Material<'_>) {
    let _ = writeln!(out, "\n## Checking what was delivered\n");
    let _ = writeln!(
        out,
        "Compare an installation with the signed delivery manifest of this version, offline: `dossier delivery check FOLDER`."
    );
    let artefacts = m.state.releases.get(m.version).and_then(|r| r.stage()).map(|s| &s.body.artefacts);
    for a in artefacts.into_iter().flatten() {
        let _ = writeln!(out, "- `{}`: SHA-256 `{}`", a.path.replace('`', ""), a.digest);
    }
}
