//! `soup drift`: an environment compared with what a release declares of it, and recorded.

use crate::error::{Doing as _, Error, Result};
use crate::repository;
use crate::workspace::{Appended, Workspace};
use records::{DriftCheck, DriftDifference, State};
use soup::drift::{Api, Compared, Declaration, Form, Observation};
use soup::lock::rootfs::Image;
use std::io::Read as _;
use std::path::PathBuf;
use std::time::Duration;
use vocabulary::Digest;

/// Largest observation: 64 MiB.
pub(super) const OBSERVATION_MAX: u64 = 64 << 20;
/// Largest answer of an API: 1 MiB.
const ANSWER_MAX: u64 = 1 << 20;
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
        Error::refused(format!("{of} declares no environment `{environment}`: there is no {path}"))
            .hint("declare [images], [services.NAME], [apis.NAME] and [settings] there (docs/formats/environment.md)")
            .hint("compare with the declaration of the work tree: --work-tree")
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
    image
        .take_tar(&mut std::io::BufReader::with_capacity(1 << 20, file))
        .map_err(|reason| Error::refused(format!("{} is no image: {reason}", path.display())))?;
    let digests = image.digests();
    if digests.is_empty() {
        return Err(Error::refused(format!(
            "{} does not say which image it is: it has no index.json",
            path.display()
        ))
        .hint(
            "save it as an OCI layout: skopeo copy docker://… oci-archive:web.tar, or docker 25 and later",
        ));
    }
    let mut seen = Observation::default();
    seen.images.insert(name, digests.into_iter().collect());
    Ok(seen)
}

/// Asks every declared API that has an address, which has to be on the list of those that may be asked.
fn probe(ws: &Workspace, declaration: &Declaration) -> Result<Observation> {
    let mut seen = Observation::default();
    for (name, api) in &declaration.apis {
        let Some(url) = &api.url else { continue };
        if !ws.config.drift.probe.iter().any(|allowed| begins(url, allowed)) {
            return Err(Error::refused(format!(
                "`{url}` of API `{name}` is not among the addresses that may be asked"
            ))
            .hint(format!("allow it in dossier.toml: [drift] probe = [\"{url}\"]")));
        }
        seen.apis.insert(name.clone(), ask(name, url, api)?);
    }
    Ok(seen)
}

/// Whether an address begins with an allowed one, at a boundary: `https://a.example` does not allow `https://a.example.org`.
fn begins(url: &str, allowed: &str) -> bool {
    url.strip_prefix(allowed)
        .is_some_and(|rest| rest.is_empty() || allowed.ends_with('/') || rest.starts_with(['/', '?']))
}

fn ask(name: &str, url: &str, api: &Api) -> Result<String> {
    let failed = |why: String| {
        Error::environment(format!("API `{name}` at {url} was not observed: {why}"))
            .hint("nothing was recorded: that it does not answer is not that it did not change")
    };
    // Redirects would lead where nobody allowed.
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(30)))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .build()
        .into();
    let mut answer = agent.get(url).call().map_err(|e| failed(e.to_string()))?;
    if answer.status() != 200 {
        return Err(failed(format!("it answered {}", answer.status())));
    }
    if let Some(header) = &api.header {
        let value = answer.headers().get(header.as_str()).and_then(|v| v.to_str().ok());
        return value
            .map(str::to_owned)
            .ok_or_else(|| failed(format!("its answer has no header `{header}`")));
    }
    let mut text = String::new();
    answer
        .body_mut()
        .as_reader()
        .take(ANSWER_MAX)
        .read_to_string(&mut text)
        .map_err(|e| failed(e.to_string()))?;
    let json: serde_json::Value =
        serde_json::from_str(&text).map_err(|e| failed(format!("its answer is no JSON: {e}")))?;
    let pointer = api.field.as_deref().unwrap_or_default();
    match json.pointer(pointer) {
        Some(serde_json::Value::String(text)) => Ok(text.clone()),
        Some(serde_json::Value::Number(n)) => Ok(n.to_string()),
        _ => Err(failed(format!("its answer has no text and no number at `{pointer}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::begins;

    #[test]
    fn what_may_be_asked_ends_at_a_boundary() {
        for (url, allowed, may) in [
            ("https://a.example/v", "https://a.example", true),
            ("https://a.example/v", "https://a.example/", true),
            ("https://a.example", "https://a.example", true),
            ("https://a.example?x", "https://a.example", true),
            ("https://a.example.org/v", "https://a.example", false),
            ("https://a.example@evil.example/", "https://a.example", false),
            ("https://a.example:8443/", "https://a.example", false),
            ("http://a.example/", "https://a.example/", false),
        ] {
            assert_eq!(begins(url, allowed), may, "{url} {allowed}");
        }
    }
}
