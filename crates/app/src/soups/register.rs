//! `soup list`: SOUP items joined with components and reviews, and every difference by name.

use super::review::{days_of, due_in};
use crate::analysis::{Analysis, Inputs};
use crate::error::Result;
use crate::workspace::Workspace;
use model::components::ComponentKind;
use serde::Serialize;
use soup::register::Difference;

/// The register of SOUP.
#[derive(Clone, Debug, Serialize)]
pub struct SoupRegister {
    /// The items.
    pub register: Vec<SoupRow>,
    /// Where components are read.
    pub sources: Vec<SoupSource>,
    /// What does not fit together, in both directions.
    pub differences: Vec<String>,
}

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
    /// Who supplies it.
    pub supplier: String,
    /// Its licence.
    pub licence: String,
    /// How far it is supported, and where that is stated.
    pub support: String,
    /// When its support ends, as written.
    pub end_of_support: String,
    /// Whether it is a managed service or an API, which no lock file names.
    pub cloud: bool,
    /// How many components it accounts for.
    pub components: usize,
    /// When the published anomalies of this version were reviewed last.
    pub reviewed: String,
    /// When the next review is due; empty where none was made.
    pub due: String,
}

/// A lock file or imported SBOM.
#[derive(Clone, Debug, Serialize)]
pub struct SoupSource {
    /// Its path, or `imported:NAME`.
    pub name: String,
    /// How many components it has.
    pub components: usize,
    /// For an imported one where it came from.
    pub origin: String,
}

/// SOUP items joined with the components of lock files and imported SBOMs.
///
/// # Errors
/// When something cannot be read.
pub fn soup_list(ws: &Workspace, inputs: &Inputs) -> Result<SoupRegister> {
    let analysis = Analysis::listed_whole(ws, inputs)?;
    let register = soup::join(&analysis.model, &analysis.components);
    let rows = register.rows.iter().map(|r| row(&analysis, r)).collect();
    let differences = register.differences.iter().map(|d| difference(&analysis, d)).collect();
    Ok(SoupRegister { register: rows, sources: sources(&analysis), differences })
}

fn row(analysis: &Analysis, r: &soup::register::Row) -> SoupRow {
    let item = analysis.model.item(r.item);
    let reviews = analysis.state.soup_reviews.iter().rev();
    let reviewed = reviews
        .filter(|v| v.body.item == item.id && r.versions.contains(&v.body.version))
        .map(|v| v.body.searched)
        .next();
    let value = |key: &str| item.value(key).unwrap_or_default().into_owned();
    SoupRow {
        item: item.id.to_string(),
        title: item.title().to_owned(),
        purl: item.value("purl").or_else(|| item.value("covers")).unwrap_or_default().into_owned(),
        version: r.versions.join(", "),
        supplier: value("supplier"),
        licence: value("licence"),
        support: value("support-level"),
        end_of_support: value("end-of-support"),
        cloud: value("cloud") == "yes",
        components: r.components.len(),
        reviewed: reviewed.map(|d| d.to_string()).unwrap_or_default(),
        due: reviewed.map(|d| due_in(d, days_of(analysis)).to_string()).unwrap_or_default(),
    }
}

fn sources(analysis: &Analysis) -> Vec<SoupSource> {
    let count =
        |name: &str| analysis.components.components().iter().filter(|c| c.source.file == name).count();
    let lock =
        |name: &String| SoupSource { name: name.clone(), components: count(name), origin: String::new() };
    let mut out: Vec<SoupSource> = analysis.config.build.lockfiles.iter().map(lock).collect();
    out.extend(analysis.state.security.sboms_in_force().into_iter().map(|(name, sbom)| SoupSource {
        name: crate::components::imported_as(name),
        components: usize::try_from(sbom.body.components).unwrap_or(usize::MAX),
        origin: format!("{}, {}", sbom.body.source, sbom.meta.at),
    }));
    out
}

/// A difference in words.
pub(crate) fn difference(analysis: &Analysis, difference: &Difference) -> String {
    let id = |ix: &model::ItemIx| analysis.model.item(*ix).id.to_string();
    let component = |i: &u32| match analysis.components.get(*i) {
        Some(c) => format!("`{} {}` ({})", c.name, c.version, c.source),
        None => "a component".to_owned(),
    };
    match difference {
        Difference::ComponentWithoutItem { component: c } => {
            let build = analysis.components.get(*c).is_some_and(|c| c.kind == ComponentKind::Build);
            let what = if build { "supporting item" } else { "SOUP item" };
            format!("{} stands in no {what}", component(c))
        }
        Difference::ItemWithoutComponent { item, wanted } => {
            format!("`{}` names `{wanted}`, which is in no lock file and no SBOM", id(item))
        }
        Difference::VersionDisagrees { item, written, component: c } => {
            format!("`{}` says version {written}, and there is {}", id(item), component(c))
        }
        Difference::NoDesignator { item } => format!("`{}` has no version", id(item)),
        Difference::NotExact { item, written } => {
            format!("`{}` says version `{written}`, which designates no one version", id(item))
        }
        Difference::NoPurl { item, written } => {
            format!("`{}` names `{written}`, which is no package URL", id(item))
        }
        Difference::ClaimedTwice { component: c, first, again } => {
            format!("{} stands in `{}` and in `{}`", component(c), id(first), id(again))
        }
    }
}
