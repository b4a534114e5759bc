//! SOUP: the items of the documents joined with the components of the lock files and the signed reviews.

use super::anomalies;
use super::findings;
use super::reading::Reading;
use super::signatures;
use model::components::Component;
use model::{ItemIx, Kind, LinkType};
use soup::register::{Difference, Row};
use views::{Ref, RefKind, SoupList, SoupPage, SoupRow, Verdict};

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
    SoupList { intro: String::new(), rows: rows(r), version_source: source }
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
        unassessed: 0,
        transitive: false,
        verdict: r.verdict_on(item.id.as_str()),
        gap: r.gap_on(item.id.as_str()),
    }
}

fn used_by(r: &Reading<'_>, ix: ItemIx) -> Vec<Ref> {
    let users = r.model().sources(ix, LinkType::Uses).map(|(from, _)| from);
    users.filter(|from| r.model().item(*from).kind != Kind::Soup).map(|from| r.item_ref(from)).collect()
}

/// A component, exactly as the lock file has it.
fn component_row(r: &Reading<'_>, component: &Component, item: Option<ItemIx>, transitive: bool) -> SoupRow {
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
        unassessed: 0,
        transitive,
        verdict: item.map_or(Verdict::Pass, |ix| r.verdict_on(r.model().item(ix).id.as_str())),
        gap: String::new(),
    }
}
