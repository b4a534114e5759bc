//! `soup drift`: an environment compared with what a release declares of it, and recorded.

use super::probe::Prober;
use crate::error::{Doing as _, Error, Result};
use crate::repository;
use crate::workspace::{Appended, Workspace};
use records::{DriftCheck, DriftDifference, State};
use soup::drift::{Compared, Declaration, Form, Observation};
use soup::lock::rootfs::Image;
use std::path::PathBuf;
use vocabulary::Digest;

/// Largest observation: 64 MiB.
pub(super) const OBSERVATION_MAX: u64 = 64 << 20;
/// Most differences in an entry; how many there are stands beside them.
const SHOWN_MAX: usize = 100;
/// Longest value in an entry.
const VALUE_MAX: usize = 200;

/// What an environment is observed with.
#[derive(Clone, Debug)]
pub enum DriftInput {
    /// What a tool printed: of Kubernetes, compose or Terraform.
    Printed(Form, Vec<u8>),
    /// A container image as a tar, with the declared name of the image where several are declared.
    Image(Option<String>, PathBuf),
    /// The declared APIs are asked.
    Http,
}

/// A comparison.
#[derive(Debug)]
pub struct Drifted {
    /// The record.
    pub body: DriftCheck,
    /// Every difference.
    pub compared: Compared,
    /// The entry; none where nothing was recorded.
    pub appended: Option<Appended>,
}

/// Compares an environment with the declaration of a release (the one sealed last where nothing is said, or that of the
/// work tree where none is sealed), and records it in the name of `by`.
///
/// # Errors
/// When nothing is declared, an observation cannot be read, a change request is not approved, or an address is not on the list
/// of those that may be asked.
pub fn soup_drift(
    ws: &Workspace,
    by: Option<&str>,
    environment: &str,
    release: Option<&str>,
    work_tree: bool,
    changes: &[String],
    inputs: &[DriftInput],
) -> Result<Vec<Drifted>> {
    crate::people::identifier("the name of an environment", environment)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    approved(&state, changes)?;
    let release = match (release, work_tree) {
        (Some(version), _) => Some(version.to_owned()),
        (None, true) => None,
        (None, false) => last_sealed(&state),
    };
    let (declaration, declared) = declaration(ws, &state, environment, release.as_deref())?;
    let mut out = Vec::new();
    let mut drafts = Vec::new();
    for input in inputs {
        let (form, seen) = seen(ws, input, &declaration)?;
        let compared = soup::drift::compare(form, &declaration, &seen);
        if compared.compared == 0 {
            return Err(Error::refused(format!(
                "{} sees nothing that `{environment}` declares",
                form.as_str()
            ))
            .hint(format!("declare it in {}", path_of(ws, environment))));
        }
        let observed = serde_json::to_vec(&seen).doing("write the observation")?;
        let body = DriftCheck {
            release: release.clone(),
            environment: environment.to_owned(),
            kind: form.as_str().to_owned(),
            declared: Digest::of(&declared),
            observed: Digest::of(&observed),
            compared: compared.compared,
            differences: compared.differences.iter().take(SHOWN_MAX).map(shown).collect(),
            drifted: compared.differences.len() as u64,
            changes: if compared.differences.is_empty() { Vec::new() } else { changes.to_vec() },
        };
        if let Some(by) = by {
            ws.blobs().put(&declared)?;
            ws.blobs().put(&observed)?;
            drafts.push(ws.at(&state).process(by, &body)?);
        }
        out.push(Drifted { body, compared, appended: None });
    }
    if !drafts.is_empty() {
        let appended = ws.append(&ledger, &state, &drafts)?;
        if let Some(last) = out.last_mut() {
            last.appended = Some(appended);
        }
    }
    Ok(out)
}

/// The name of the release that was sealed last and not withdrawn.
fn last_sealed(state: &State) -> Option<String> {
    let sealed = state.releases.iter().filter(|(_, r)| r.withdrawn.is_none());
    let sealed = sealed.filter_map(|(version, r)| Some((r.sealed.as_ref()?.meta.seq, version.clone())));
    sealed.max().map(|(_, version)| version)
}

fn approved(state: &State, changes: &[String]) -> Result<()> {
    for id in changes {
        let change = state.changes.get(id).ok_or_else(|| {
            Error::refused(format!("there is no change request `{id}`"))
                .hint("list them: dossier change list")
        })?;
        if change.approvals.is_empty() {
            return Err(Error::refused(format!("change request `{id}` is not approved"))
                .hint("what was changed without an approved change is a finding, and stays one"));
        }
    }
    Ok(())
}

pub(super) fn path_of(ws: &Workspace, environment: &str) -> String {
    format!("{}/environment/{environment}.toml", ws.config.documents.root)
}

fn declaration(
    ws: &Workspace,
    state: &State,
    environment: &str,
    release: Option<&str>,
) -> Result<(Declaration, Vec<u8>)> {
    let path = path_of(ws, environment);
    let commit = match release {
        None => None,
        Some(version) => {
            let opened = state.releases.get(version).and_then(|r| r.candidate());
            let frozen = opened.and_then(|o| o.body.commits.first()).ok_or_else(|| {
                Error::refused(format!("no release `{version}` is open"))
                    .hint("list them: dossier release list")
            })?;
            Some(repository::commit(&repository::open(ws)?, &frozen.commit)?)
        }
    };
    let bytes = crate::components::bytes_of(ws, &path, commit)?.ok_or_else(|| {
        let of = release.map_or_else(|| "the work tree".to_owned(), |v| format!("release {v}"));
        let absent = Error::refused(format!(
            "{of} declares no environment `{environment}`: there is no {path}"
        ))
        .hint("declare [images], [services.NAME], [apis.NAME] and [settings] there (docs/formats/soup.md)");
        match release {
            Some(_) => absent.hint("compare with the declaration of the work tree: --work-tree"),
            None => absent,
        }
    })?;
    let declaration = Declaration::parse(&bytes).map_err(|(line, what)| {
        let place = if line == 0 { path.clone() } else { format!("{path}:{line}") };
        Error::refused(format!("{place}: {what}"))
    })?;
    Ok((declaration, bytes))
}

fn shown(d: &soup::drift::Difference) -> DriftDifference {
    let short = |text: &str| match text.char_indices().nth(VALUE_MAX) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    };
    DriftDifference { what: short(&d.what), declared: short(&d.declared), observed: short(&d.observed) }
}

fn seen(ws: &Workspace, input: &DriftInput, declaration: &Declaration) -> Result<(Form, Observation)> {
    match input {
        DriftInput::Printed(form, bytes) => {
            let seen = soup::drift::observe(*form, bytes, declaration).map_err(|reason| {
                Error::refused(format!("the observation is not read as {}: {reason}", form.as_str()))
            })?;
            Ok((*form, seen))
        }
        DriftInput::Image(name, path) => Ok((Form::Image, image(name.as_deref(), path, declaration)?)),
        DriftInput::Http => Ok((Form::Http, probe(ws, declaration)?)),
    }
}

/// What makes an image a file that names its digests.
const AS_OCI_LAYOUT: &str =
    "save it as an OCI layout: skopeo copy docker://… oci-archive:web.tar, or docker 25 and later";

fn image(name: Option<&str>, path: &std::path::Path, declaration: &Declaration) -> Result<Observation> {
    let name = match (name, declaration.images.keys().collect::<Vec<_>>().as_slice()) {
        (Some(name), all) if all.iter().any(|n| *n == name) => name.to_owned(),
        (Some(name), _) => return Err(Error::refused(format!("no image `{name}` is declared"))),
        (None, [one]) => (*one).clone(),
        (None, _) => {
            return Err(Error::refused("which of the declared images this is was not said")
                .hint("give its declared name: --image web=web.tar"));
        }
    };
    let doing = || format!("read {}", path.display());
    let file = std::fs::File::open(path).doing(doing())?;
    let mut image = Image::default();
    image.take_tar(&mut std::io::BufReader::with_capacity(1 << 20, file)).map_err(|reason| {
        Error::refused(format!("{} is no image: {reason}", path.display())).hint(AS_OCI_LAYOUT)
    })?;
    // What lies here is compared by what its index says that it is.
    if let Some(reason) = image.incomplete() {
        return Err(Error::refused(format!("{} is not the whole image: {reason}", path.display()))
            .hint(AS_OCI_LAYOUT));
    }
    let digests = image.digests();
    if digests.is_empty() {
        return Err(Error::refused(format!(
            "{} does not say which image it is: it has no index.json",
            path.display()
        ))
        .hint(AS_OCI_LAYOUT));
    }
    let mut seen = Observation::default();
    seen.images.insert(name, digests.into_iter().collect());
    Ok(seen)
}

/// Asks every declared API that has an address, which has to be on the list of those that may be asked.
fn probe(ws: &Workspace, declaration: &Declaration) -> Result<Observation> {
    let prober = Prober::new(&ws.config.drift, &ws.root)?;
    let mut seen = Observation::default();
    for (name, api) in &declaration.apis {
        if let Some(url) = &api.url {
            seen.apis.insert(name.clone(), prober.ask(name, url, api)?);
        }
    }
    Ok(seen)
}
