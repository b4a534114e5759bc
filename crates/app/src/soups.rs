//! SOUP: the register, reviews of published anomalies, the software bill of materials.

use crate::act::Actor;
use crate::analysis::{Analysis, Inputs};
use crate::error::{Error, Result};
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use records::SoupReview;
use serde::Serialize;
use soup::sbom::Head;
use vocabulary::ItemId;

/// A row of the register.
#[derive(Clone, Debug, Serialize)]
pub struct SoupRow {
    /// The SOUP item.
    pub item: String,
    /// Its title.
    pub title: String,
    /// The package that it names.
    pub purl: String,
    /// The exact versions in use.
    pub version: String,
    /// How many components it accounts for.
    pub components: usize,
    /// When the published anomalies of this version were reviewed last.
    pub reviewed: String,
}

fn analysis(ws: &Workspace, inputs: &Inputs) -> Result<Analysis> {
    if ws.config.ledger.origin.is_none() {
        Analysis::documents_only(ws, inputs)
    } else {
        Analysis::load(ws, inputs)
    }
}

/// SOUP items joined with the components of the lock files.
///
/// # Errors
/// When something cannot be read.
pub fn soup_list(ws: &Workspace, inputs: &Inputs) -> Result<Vec<SoupRow>> {
    let analysis = analysis(ws, inputs)?;
    let register = soup::join(&analysis.model, &analysis.components);
    let row = |r: &soup::register::Row| {
        let item = analysis.model.item(r.item);
        let reviews = analysis.state.soup_reviews.iter().rev();
        let reviewed = reviews
            .filter(|v| v.body.item == item.id && r.versions.contains(&v.body.version))
            .map(|v| v.body.searched);
        SoupRow {
            item: item.id.to_string(),
            title: item.title().to_owned(),
            purl: item.value("purl").or_else(|| item.value("covers")).unwrap_or_default().into_owned(),
            version: r.versions.join(", "),
            components: r.components.len(),
            reviewed: reviewed.map(|d| d.to_string()).next().unwrap_or_default(),
        }
    };
    Ok(register.rows.iter().map(row).collect())
}

/// Records the review of a supplier's published anomalies for the exact version in use.
///
/// # Errors
/// When there is no such item, or it is not in use at one exact version.
pub fn soup_review(
    ws: &Workspace,
    actor: &Actor,
    item: &ItemId,
    source: &str,
    result: &str,
) -> Result<Appended> {
    said("where the list was found", source)?;
    said("the result", result)?;
    let analysis = Analysis::load(ws, &Inputs::default())?;
    let register = soup::join(&analysis.model, &analysis.components);
    let row = register.rows.iter().find(|r| analysis.model.item(r.item).id == *item).ok_or_else(|| {
        Error::refused(format!("there is no SOUP item `{item}`")).hint("list them with `dossier soup list`")
    })?;
    let [version] = row.versions.as_slice() else {
        return Err(Error::refused(format!(
            "`{item}` has no single exact version: {}",
            row.versions.join(", ")
        ))
        .hint("a review holds for one exact version (62304:7.1.3); give each version an item"));
    };
    let body = SoupReview {
        item: item.clone(),
        version: version.clone(),
        source: source.to_owned(),
        searched: ws.clock.today(&ws.config.product.timezone)?,
        result: result.to_owned(),
    };
    ws.act_on(
        &ws.ledger()?,
        &analysis.state,
        actor,
        "I have reviewed the published anomalies of this version",
        &body,
    )
}

/// The software bill of materials: CycloneDX 1.6, or SPDX 2.3. Its time stamp is that of the commit, so that equal inputs
/// give equal bytes.
///
/// # Errors
/// When there is no lock file, or nothing in it.
pub fn soup_sbom(ws: &Workspace, inputs: &Inputs, spdx: bool) -> Result<String> {
    let analysis = analysis(ws, inputs)?;
    let version = analysis.head().map(|c| c.to_string()).unwrap_or_default();
    let bytes = sbom(ws, &analysis, &version, spdx)?;
    String::from_utf8(bytes).map_err(|e| Error::environment("the SBOM is not UTF-8").because(e))
}

/// As [`soup_sbom`], for an analysis and a version.
pub(crate) fn sbom(ws: &Workspace, analysis: &Analysis, version: &str, spdx: bool) -> Result<Vec<u8>> {
    if analysis.components.is_empty() {
        return Err(Error::refused("no component is known, and an empty SBOM is not \"none\"")
            .hint("name the lock files in dossier.toml: [build] lockfiles = [\"Cargo.lock\"]"));
    }
    let head = Head {
        product: analysis.config.product.name.clone(),
        version: version.to_owned(),
        supplier: None,
        authors: vec![analysis.config.product.name.clone()],
        timestamp: crate::repository::commit_time(ws, analysis.head())?,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    Ok(if spdx {
        soup::sbom::spdx(&analysis.components, &head)
    } else {
        soup::sbom::cyclonedx(&analysis.components, &head)
    })
}
