//! SOUP: the register, reviews of published anomalies, the software bill of materials.

use crate::act::Actor;
use crate::analysis::{Analysis, Inputs};
use crate::error::{Error, Result};
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use model::Kind;
use model::components::ComponentKind;
use records::{SoupNone, SoupReview};
use serde::Serialize;
use soup::sbom::Head;
use vocabulary::{Digest, ItemId};

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

/// States that the software of a commit holds no third-party component. The statement holds for its software digest and for
/// no other.
///
/// # Errors
/// When lock files or SOUP items of that commit name one, or the person cannot sign.
pub fn soup_none(ws: &Workspace, actor: &Actor, at: Option<&str>, reason: &str) -> Result<Appended> {
    said("a reason", reason)?;
    if at.is_none() {
        crate::repository::clean(&crate::repository::open(ws)?)?;
    }
    let inputs = Inputs { at: Some(at.unwrap_or("HEAD").to_owned()), ..Inputs::default() };
    let analysis = Analysis::load(ws, &inputs)?;
    let shipped = |kind| matches!(kind, ComponentKind::Direct | ComponentKind::Transitive);
    if let Some(c) = analysis.components.components().iter().find(|c| shipped(c.kind)) {
        return Err(Error::refused(format!(
            "`{}` names the third-party component {} {}",
            c.source.file, c.name, c.version
        ))
        .hint("it is SOUP: register it, or take it out of the product"));
    }
    if let Some(item) = analysis.model.of_kind(Kind::Soup).iter().find_map(|ix| analysis.model.get(*ix)) {
        return Err(Error::refused(format!("`{}` is registered as SOUP", item.id)));
    }
    if let Some(finding) = analysis.evidence_findings.first() {
        return Err(Error::refused(format!("what is there is not known: {}", finding.message)));
    }
    let body = SoupNone { software: Digest(analysis.software()?.digest), reason: reason.to_owned() };
    let meaning = "this software holds no third-party component";
    ws.act_on(&ws.ledger()?, &analysis.state, actor, meaning, &body)
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
    let software = analysis.software_digest();
    let stated = analysis.state.soup_none.iter().any(|s| Some(s.body.software) == software);
    if analysis.components.is_empty() && !stated {
        return Err(Error::refused("no component is known, and an empty SBOM is not \"none\"")
            .hint("name the lock files in dossier.toml: [build] lockfiles = [\"Cargo.lock\"]")
            .hint("where there is no third-party component, a person states it for this software: dossier soup none --reason …"));
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
