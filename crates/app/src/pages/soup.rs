//! SOUP: the items of the documents joined with the components of the lock files and the signed reviews.

use super::anomalies;
use super::findings;
use super::reading::Reading;
use super::signatures;
use model::components::Component;
use model::{ItemIx, Kind, LinkType};
use soup::Purl;
use soup::licences::{Policy, Standing};
use soup::register::{Difference, Row};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use views::{
    DriftRow, KnownVulnerabilities, LicenceCount, Ref, RefKind, ReviewDue, SoupList, SoupPage, SoupRow,
    Verdict,
};

/// The register.
pub(super) fn list(r: &Reading<'_>) -> SoupList {
    let mut sources = r.analysis.config.build.lockfiles.clone();
    sources
        .extend(r.state().security.sboms_in_force().keys().map(|name| crate::components::imported_as(name)));
    let source = if sources.is_empty() {
        "the documents: no lock file is named in dossier.toml and no SBOM was brought in".to_owned()
    } else {
        format!("{}, {} components", sources.join(", "), r.analysis.components.components().len())
    };
    let differences = soup::join(r.model(), &r.analysis.components).differences;
    SoupList {
        intro: String::new(),
        rows: rows(r),
        version_source: source,
        differences: differences.iter().map(|d| crate::soups::difference(r.analysis, d)).collect(),
        due: due(r),
        drift: drift(r),
        licences: licences(r),
        scan: last_scan(r).map_or_else(String::new, |scan| {
            let body = &scan.body;
            let held = body.found.len() as u64;
            let part = if held < body.matches {
                format!("; the entry holds the worst {held} of {} matches", body.matches)
            } else {
                String::new()
            };
            let of = body.release.as_ref().map(|v| format!(", release {v}")).unwrap_or_default();
            format!("{} of {}{of}{part}", body.scan, scan.meta.at.date_utc())
        }),
    }
}

/// The scan that the page speaks of: the newest, of the work tree or of a release.
fn last_scan<'a>(r: &Reading<'a>) -> Option<&'a records::Recorded<records::VulnerabilityScan>> {
    r.state().security.scans.last()
}

fn due(r: &Reading<'_>) -> Vec<ReviewDue> {
    let row = |d: crate::soups::SoupDue| ReviewDue {
        item: r.refer(&d.item),
        title: d.title,
        version: d.version,
        why: d.why,
        safety: d.safety,
    };
    crate::soups::due(r.analysis).into_iter().map(row).collect()
}

fn drift(r: &Reading<'_>) -> Vec<DriftRow> {
    let all = r.state().security.last_drifts().into_iter();
    all.map(|((environment, form), drift)| {
        let b = &drift.body;
        let value = |text: &str| if text.is_empty() { "nothing".to_owned() } else { format!("`{text}`") };
        let approved = |id: &String| r.state().changes.get(id).is_some_and(|c| !c.approvals.is_empty());
        let covered = !b.changes.is_empty() && b.changes.iter().all(approved);
        DriftRow {
            environment: format!("{environment}, {form}"),
            at: drift.meta.at.date_utc(),
            compared: b.compared,
            differences: b
                .differences
                .iter()
                .map(|d| format!("{} is {}, declared is {}", d.what, value(&d.observed), value(&d.declared)))
                .collect(),
            drifted: b.drifted,
            changes: b.changes.iter().map(|id| r.refer(id)).collect(),
            verdict: if b.drifted == 0 || covered { Verdict::Pass } else { Verdict::Finding },
        }
    })
    .collect()
}

/// What is shipped, by the licence that lock files and SOUP items state; the downloaded packages are not opened for a page.
fn licences(r: &Reading<'_>) -> Vec<LicenceCount> {
    let allowed = &r.analysis.config.soup.licences;
    let (policy, _) = Policy::new(allowed);
    let mut counts: BTreeMap<(Reverse<Verdict>, String, String), usize> = BTreeMap::new();
    for c in r.analysis.components.components() {
        if !c.kind.is_shipped() {
            continue;
        }
        let (verdict, gap) = match policy.judge(c) {
            Standing::Unknown => (Verdict::Finding, "nothing states it".to_owned()),
            Standing::NoExpression(_) => (Verdict::Finding, "no SPDX expression".to_owned()),
            // What nobody asked is not answered.
            _ if allowed.is_empty() => (Verdict::NotApplicable, "no policy in dossier.toml".to_owned()),
            Standing::Permitted => (Verdict::Pass, String::new()),
            Standing::NotPermitted(missing) => {
                (Verdict::Finding, format!("not permitted: {}", missing.join(", ")))
            }
        };
        *counts.entry((Reverse(verdict), c.licences.join(", "), gap)).or_default() += 1;
    }
    let row =
        |((Reverse(verdict), licence, gap), components)| LicenceCount { licence, components, verdict, gap };
    counts.into_iter().map(row).collect()
}

/// What is known of packages since the last scan; none where there was no scan, which is not "nothing is known".
fn known<'a>(r: &Reading<'_>, purls: impl Iterator<Item = &'a str>) -> Option<KnownVulnerabilities> {
    let scan = last_scan(r)?;
    let purls: BTreeSet<&str> = purls.filter(|p| !p.is_empty()).collect();
    let mut out = KnownVulnerabilities::default();
    for found in scan.body.found.iter().filter(|f| purls.contains(f.component.as_str())) {
        out.found += 1;
        let package = Purl::parse(&found.component).map_or_else(|| found.component.clone(), |p| p.package);
        let ids: Vec<&str> = std::iter::once(&found.id).chain(&found.aliases).map(String::as_str).collect();
        let mut all = r.state().security.assessments_of(&ids, &package);
        match all.find(|a| a.body.version == found.version).map(|a| a.body.status) {
            None => out.unassessed += 1,
            Some(records::VexStatus::UnderInvestigation) => out.reviewing += 1,
            Some(_) => {}
        }
    }
    Some(out)
}

/// A row for each item, then one for each component that no item accounts for.
pub(super) fn rows(r: &Reading<'_>) -> Vec<SoupRow> {
    let register = soup::join(r.model(), &r.analysis.components);
    let mut out: Vec<SoupRow> = register.rows.iter().map(|row| item_row(r, row)).collect();
    for difference in &register.differences {
        if let Difference::ComponentWithoutItem { component } = difference
            && let Some(component) = r.analysis.components.get(*component)
        {
            let mut row = component_row(r, component, None, false);
            row.verdict = r.worst_on([component.purl.as_str()]).map_or(Verdict::Finding, |d| d.verdict);
            row.gap = "no SOUP item accounts for it".to_owned();
            out.push(row);
        }
    }
    out
}

/// One SOUP item.
pub(super) fn page(r: &Reading<'_>, id: &str) -> Option<SoupPage> {
    let register = soup::join(r.model(), &r.analysis.components);
    let Some(row) = register.rows.iter().find(|row| r.model().item(row.item).id.as_str() == id) else {
        let row = rows(r).into_iter().find(|row| row.id.id == id)?;
        return Some(SoupPage {
            row,
            components: vec![],
            reviews: vec![],
            anomalies: vec![],
            findings: vec![],
        });
    };
    let component = |i: &u32| {
        let known = r.analysis.components.get(*i)?;
        Some(component_row(r, known, Some(row.item), row.transitive.contains(i)))
    };
    let state = r.state();
    let reviews = state.soup_reviews.iter().rev().filter(|v| v.body.item.as_str() == id);
    let about =
        state.anomalies.iter().filter(|(_, a)| a.report.body.affects.iter().any(|i| i.as_str() == id));
    Some(SoupPage {
        row: item_row(r, row),
        components: row.components.iter().filter_map(component).collect(),
        reviews: reviews.filter_map(|v| signatures::of(state, &v.meta)).collect(),
        anomalies: about.map(|(id, a)| anomalies::row(r, id, a)).collect(),
        findings: findings::worst_first(r, r.findings_on(id).iter().copied()),
    })
}

fn item_row(r: &Reading<'_>, row: &Row) -> SoupRow {
    let item = r.model().item(row.item);
    let value = |key: &str| item.value(key).unwrap_or_default().into_owned();
    let both =
        |a: String, b: String| [a, b].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join("; ");
    let of_version = |v: &&records::Recorded<records::SoupReview>| {
        v.body.item == item.id && row.versions.contains(&v.body.version)
    };
    let review = r.state().soup_reviews.iter().rev().find(of_version);
    let end = value("end-of-support");
    let purls = row.components.iter().filter_map(|c| r.analysis.components.get(*c)).map(|c| c.purl.as_str());
    let known = known(r, purls);
    let (verdict, gap) = r.standing([item.id.as_str()], looked_at(review.is_some(), known.is_some()));
    SoupRow {
        id: r.item_ref(row.item),
        title: item.title().to_owned(),
        version: row.versions.join(", "),
        purl: both(value("purl"), value("covers")),
        supplier: value("supplier"),
        licence: value("licence"),
        requirements: both(value("functional"), value("performance")),
        needs: value("needs"),
        used_by: used_by(r, row.item),
        anomaly_list: value("anomaly-list"),
        reviewed: review.map(|v| v.body.searched),
        review_age_days: review.map(|v| r.analysis.as_of.days_since(v.body.searched)),
        support: both(
            value("support-level"),
            if end.is_empty() { end } else { format!("end of support {end}") },
        ),
        known,
        unassessed: known.map_or(0, |k| k.unassessed),
        transitive: false,
        verdict,
        gap,
    }
}

/// What was not looked at of a version. No rule may ask for it; still it is no pass.
fn looked_at(reviewed: bool, scanned: bool) -> String {
    match (reviewed, scanned) {
        (true, true) => "",
        (true, false) => "known vulnerabilities were not looked up",
        (false, true) => "its published anomalies were not reviewed for this version",
        (false, false) => "neither published anomalies nor known vulnerabilities were looked at",
    }
    .to_owned()
}

fn used_by(r: &Reading<'_>, ix: ItemIx) -> Vec<Ref> {
    let users = r.model().sources(ix, LinkType::Uses).map(|(from, _)| from);
    users.filter(|from| r.model().item(*from).kind != Kind::Soup).map(|from| r.item_ref(from)).collect()
}

/// A component, exactly as the lock file has it.
fn component_row(r: &Reading<'_>, component: &Component, item: Option<ItemIx>, transitive: bool) -> SoupRow {
    let known = known(r, std::iter::once(component.purl.as_str()));
    SoupRow {
        id: item.map_or_else(|| Ref::new(RefKind::Soup, component.purl.as_str()), |ix| r.item_ref(ix)),
        title: component.name.clone(),
        version: component.version.clone(),
        purl: component.purl.clone(),
        supplier: component.supplier.clone().unwrap_or_default(),
        licence: component.licences.join(", "),
        requirements: String::new(),
        needs: String::new(),
        used_by: item.map(|ix| used_by(r, ix)).unwrap_or_default(),
        anomaly_list: String::new(),
        reviewed: None,
        review_age_days: None,
        support: String::new(),
        known,
        unassessed: known.map_or(0, |k| k.unassessed),
        transitive,
        verdict: item.map_or(Verdict::Pass, |ix| r.verdict_on(r.model().item(ix).id.as_str())),
        gap: String::new(),
    }
}
