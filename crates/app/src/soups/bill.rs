//! The software bill of materials: what the product is made of, for others.

use crate::analysis::{Analysis, Inputs};
use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use model::components::ComponentGraph;
use product::SbomForm;
use serde::Serialize;
use soup::sbom::{Coverage, CycloneDx, Head};
use std::path::Path;

/// The software bill of materials in a form. Its time stamp is that of the commit, so that equal inputs give equal bytes.
///
/// # Errors
/// When there is no lock file, or nothing in it.
pub fn soup_sbom(ws: &Workspace, inputs: &Inputs, form: SbomForm, resolve: bool) -> Result<String> {
    let mut analysis = Analysis::whole(ws, inputs)?;
    if resolve {
        analysis.components = resolved(ws, &analysis)?;
    }
    let version = analysis.head().map(|c| c.to_string()).unwrap_or_default();
    let bytes = sbom(ws, &analysis, &version, form)?;
    crate::trail::note_export(ws, "SBOM")?;
    String::from_utf8(bytes).map_err(|e| Error::environment("the SBOM is not UTF-8").because(e))
}

/// As [`soup_sbom`], for an analysis and a version.
pub(crate) fn sbom(ws: &Workspace, analysis: &Analysis, version: &str, form: SbomForm) -> Result<Vec<u8>> {
    known(ws, analysis)?;
    Ok(written(&analysis.components, &head(ws, analysis, version)?, form))
}

/// That there are components, or a person's word that there are none.
fn known(ws: &Workspace, analysis: &Analysis) -> Result<()> {
    // Part of a list is no list. Where nothing is wrong with any file, none is read again.
    if !analysis.evidence_findings.is_empty()
        && let Some(why) = crate::components::unread(ws, &analysis.config, analysis.commit())?
    {
        return Err(Error::refused(format!("{why}, so the components are not known"))
            .hint("what it names would be missing: from an SBOM, and from what is looked up"));
    }
    let software = analysis.software_digest();
    let stated = analysis.state.soup_none.iter().any(|s| Some(s.body.software) == software);
    if analysis.components.is_empty() && !stated {
        return Err(Error::refused("no component is known, and an empty SBOM is not \"none\"")
            .hint("name the lock files in dossier.toml: [build] lockfiles = [\"Cargo.lock\"]")
            .hint("where there is no third-party component, a person states it for this software: dossier soup none --reason …"));
    }
    Ok(())
}

fn head(ws: &Workspace, analysis: &Analysis, version: &str) -> Result<Head> {
    let product = &analysis.config.product.name;
    let supplier = analysis.config.soup.supplier.clone();
    Ok(Head {
        product: product.clone(),
        version: version.to_owned(),
        authors: vec![supplier.clone().unwrap_or_else(|| product.clone())],
        supplier,
        timestamp: crate::repository::commit_time(ws, analysis.head())?,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

fn written(graph: &ComponentGraph, head: &Head, form: SbomForm) -> Vec<u8> {
    match form {
        SbomForm::CycloneDx16 => soup::sbom::cyclonedx(graph, head),
        SbomForm::CycloneDx17 => soup::sbom::cyclonedx_as(graph, head, CycloneDx::V1_7),
        SbomForm::Spdx23 => soup::sbom::spdx(graph, head),
        SbomForm::Spdx301 => soup::sbom::spdx3(graph, head),
    }
}

/// The SBOMs of the archive: name, media type, bytes. The first of each family has the name that every archive has. What
/// the packages say of their licences is in them: the packages lie beside them, by digest.
pub(crate) fn archived(
    ws: &Workspace,
    analysis: &Analysis,
    version: &str,
    packages: &super::licences::Packages,
) -> Result<Vec<(String, &'static str, Vec<u8>)>> {
    known(ws, analysis)?;
    let mut graph = analysis.components.clone();
    packages.fill(&mut graph);
    let head = head(ws, analysis, version)?;
    let mut forms = vec![SbomForm::CycloneDx16, SbomForm::Spdx23];
    for form in &analysis.config.soup.sbom {
        if !forms.contains(form) {
            forms.push(*form);
        }
    }
    let of = |form: SbomForm| {
        let name = match form {
            SbomForm::CycloneDx16 => "cyclonedx",
            SbomForm::Spdx23 => "spdx",
            other => other.as_str(),
        };
        let media = match form {
            SbomForm::CycloneDx16 | SbomForm::CycloneDx17 => "application/vnd.cyclonedx+json",
            SbomForm::Spdx23 | SbomForm::Spdx301 => "application/spdx+json",
        };
        (format!("sbom/{name}.json"), media, written(&graph, &head, form))
    };
    Ok(forms.into_iter().map(of).collect())
}

/// The lock file with the features that are turned on, licences, and what only builds or tests, as Cargo resolves it.
fn resolved(ws: &Workspace, analysis: &Analysis) -> Result<ComponentGraph> {
    if !analysis.is_work_tree() {
        return Err(Error::refused("features are resolved in the work tree only")
            .hint("check the revision out, or leave `--resolve` away"));
    }
    let mut graph = analysis.components.clone();
    for lock in analysis.config.build.lockfiles.iter().filter(|l| l.ends_with("Cargo.lock")) {
        let manifest = ws.path(lock).with_file_name("Cargo.toml");
        let done = std::process::Command::new("cargo")
            .args(["metadata", "--format-version", "1", "--locked", "--offline", "--manifest-path"])
            .arg(&manifest)
            .output()
            .doing("run `cargo metadata`")?;
        if !done.status.success() {
            let said = String::from_utf8_lossy(&done.stderr);
            let last = said.lines().rfind(|l| !l.trim().is_empty()).unwrap_or_default();
            return Err(Error::environment(format!("`cargo metadata` failed: {last}"))
                .hint("fetch what the lock file names: cargo fetch --locked"));
        }
        soup::lock::resolve::fill(&mut graph, &done.stdout)
            .map_err(|e| Error::environment("the output of `cargo metadata` is not understood").because(e))?;
    }
    Ok(graph)
}

/// Which of the fields that NTIA and FDA ask for are there (crosswalk 6.4).
#[derive(Debug, Serialize)]
pub struct SbomFields {
    /// What was looked through.
    pub of: String,
    /// The fields of the document itself that are missing: author, timestamp, who supplies the product.
    pub document: Vec<&'static str>,
    /// The fields of components.
    #[serde(flatten)]
    pub coverage: Coverage,
}

impl SbomFields {
    /// Whether something is missing that is a finding. A missing hash or licence is none.
    pub fn is_complete(&self) -> bool {
        self.document.is_empty()
            && self.coverage.relationships
            && self.coverage.missing.keys().all(|f| soup::sbom::is_advisory(f))
    }
}

/// Looks through the product's SBOM, or one that somebody else made.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn soup_fields(ws: &Workspace, inputs: &Inputs, sbom_file: Option<&Path>) -> Result<SbomFields> {
    let (of, bytes) = match sbom_file {
        Some(path) => {
            (path.display().to_string(), std::fs::read(path).doing(format_args!("read {}", path.display()))?)
        }
        None => {
            let analysis = Analysis::whole(ws, inputs)?;
            let version = analysis.head().map(|c| c.to_string()).unwrap_or_default();
            (analysis.config.product.name.clone(), sbom(ws, &analysis, &version, SbomForm::CycloneDx16)?)
        }
    };
    let inventory = soup::sbom::read(&of, &bytes);
    if inventory.graph.is_empty() {
        let why = inventory.problems.first().map(|p| p.cause.to_string()).unwrap_or_default();
        return Err(Error::refused(format!("{of} is no SBOM that can be looked through: {why}")));
    }
    Ok(SbomFields {
        document: soup::sbom::missing_of_document(&bytes),
        coverage: soup::sbom::coverage(&inventory.graph),
        of,
    })
}
