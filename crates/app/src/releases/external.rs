//! Builds that an external runner made: what it is asked for, what it attests, and what is believed of it.
//!
//! The runner is enrolled like a person, with keys of its own; its attestation counts when it is signed with one that is in
//! force and names exactly the release, the commit, the tree and the outputs at hand. What it built is never called
//! self-contained.

use crate::clock::Clock;
use crate::error::{Doing as _, Error, Result};
use crate::people::said;
use rebuild::Output;
use rebuild::attestation::{self, Attestation, AttestedOutput, Expected};
use rebuild::compare::Side;
use records::{RebuildOutcome, ReleaseOpen, StagedRunner, State};
use serde::{Deserialize, Serialize};
use signing::PublicKey;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use vocabulary::Digest;

/// The type of the payload of an attestation.
const PAYLOAD: &str = "application/vnd.dossier.external-build+json";
/// The format of a request.
const REQUEST: &str = "dossier/external-build-request/v1";

/// What an external runner brought back.
#[derive(Clone, Debug)]
pub struct ExternalBuild {
    /// The folder of the outputs.
    pub outputs: PathBuf,
    /// The signed attestation.
    pub attestation: PathBuf,
}

/// What an external runner is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub format: String,
    pub runner: String,
    pub release: String,
    pub commit: String,
    pub tree: Digest,
    pub build: String,
    pub commands: Vec<String>,
    pub variables: BTreeMap<String, String>,
    pub outputs: Vec<String>,
}

impl Request {
    pub(crate) fn of(
        product: &str,
        runner: &str,
        opened: &ReleaseOpen,
        build: &product::Build,
    ) -> Result<Request> {
        let frozen = opened.commits.first().ok_or_else(|| Error::refused("the release froze no commit"))?;
        Ok(Request {
            format: REQUEST.to_owned(),
            runner: runner.to_owned(),
            release: format!("{product} {}", opened.version),
            commit: frozen.commit.clone(),
            tree: frozen.tree,
            build: opened.build.clone(),
            commands: build.commands.clone(),
            variables: build.variables.clone(),
            outputs: build.outputs.clone(),
        })
    }

    fn read(path: &Path) -> Result<Request> {
        let bytes = std::fs::read(path).doing(format_args!("read {}", path.display()))?;
        let request: Request = serde_json::from_slice(&bytes).map_err(|e| {
            Error::refused(format!("{} is no request to a runner", path.display())).because(e)
        })?;
        if request.format == REQUEST {
            return Ok(request);
        }
        Err(Error::refused(format!("{} is of format `{}`, not `{REQUEST}`", path.display(), request.format)))
    }
}

/// All files below a folder as outputs, sorted.
///
/// # Errors
/// When there is none, or one is neither file nor folder: a link could lead anywhere.
pub(crate) fn outputs_of(folder: &Path) -> Result<Vec<Output>> {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).doing(format_args!("list {}", next.display()))? {
            let path = entry.doing(format_args!("list {}", next.display()))?.path();
            let known = std::fs::symlink_metadata(&path).doing(format_args!("look at {}", path.display()))?;
            if known.is_dir() {
                folders.push(path);
                continue;
            }
            if !known.is_file() {
                return Err(Error::refused(format!("{} is neither a file nor a folder", path.display())));
            }
            let bytes = std::fs::read(&path).doing(format_args!("read {}", path.display()))?;
            let below = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            #[cfg(unix)]
            let executable = std::os::unix::fs::PermissionsExt::mode(&known.permissions()) & 0o111 != 0;
            #[cfg(not(unix))]
            let executable = false;
            let digest = Digest::of(&bytes).to_string();
            out.push(Output { path: below, digest, size: bytes.len() as u64, executable });
        }
    }
    if out.is_empty() {
        return Err(Error::refused(format!("{} holds no file", folder.display())));
    }
    out.sort();
    Ok(out)
}

/// An external build that is believed.
pub(crate) struct Believed {
    pub(crate) outputs: Vec<Output>,
    pub(crate) attestation: Attestation,
    pub(crate) runner: StagedRunner,
    /// The signed attestation as it was brought.
    pub(crate) envelope: Vec<u8>,
}

/// Reads what a runner brought and checks it against the request.
///
/// # Errors
/// When no enrolled key of the runner signed it, or it does not fit; each thing that does not is named.
pub(crate) fn believe(state: &State, request: &Request, build: &ExternalBuild) -> Result<Believed> {
    let path = build.attestation.display();
    let envelope = std::fs::read(&build.attestation).doing(format_args!("read {path}"))?;
    let outputs = outputs_of(&build.outputs)?;
    let (payload, key_id) = signed_payload(state, &request.runner, &envelope, &build.attestation)?;
    let attestation = attestation::read(&payload)
        .map_err(|e| Error::refused(format!("{path} is no attestation of a build")).because(e))?;
    let tree = request.tree.to_string();
    let problems = attestation.problems(&Expected {
        runner: &request.runner,
        release: &request.release,
        commit: &request.commit,
        tree: &tree,
        outputs: &outputs,
    });
    if !problems.is_empty() {
        let mut error = Error::refused(format!("{path} does not attest this build: {}", problems.join("; ")));
        error = error
            .hint("what the runner is to build is written by `dossier release stage VERSION --request FILE`");
        return Err(error);
    }
    let runner = StagedRunner {
        name: request.runner.clone(),
        key_id,
        tools: attestation.tools.clone(),
        finished: attestation.finished.clone(),
        attestation: Digest::of(&envelope),
    };
    Ok(Believed { outputs, attestation, runner, envelope })
}

/// A second build by the runner, compared with the first one: as good as a rebuild gets where nothing can be archived.
///
/// # Errors
/// As [`believe`], and when it is the first attestation again.
pub(crate) fn believe_again(
    state: &State,
    request: &Request,
    second: &ExternalBuild,
    first: &Believed,
) -> Result<(RebuildOutcome, Vec<String>)> {
    let again = believe(state, request, second)?;
    if again.attestation.finished == first.attestation.finished {
        return Err(Error::refused("the second attestation is of the same build as the first one"));
    }
    let bytes = |side: Side, path: &str| match side {
        Side::Expected => None,
        Side::Actual => std::fs::read(second.outputs.join(path)).ok(),
    };
    Ok(crate::rebuilds::outcome(&rebuild::compare(&first.outputs, &again.outputs, &bytes)))
}

fn signed_payload(state: &State, runner: &str, envelope: &[u8], path: &Path) -> Result<(Vec<u8>, String)> {
    let person = state.persons.get(runner).ok_or_else(|| {
        Error::refused(format!("the runner `{runner}` is not enrolled")).hint(format!(
            "dossier person enrol {runner} --name … --identity-proof …, then `dossier key enrol`"
        ))
    })?;
    let parsed = signing::dsse::Envelope::from_json(envelope)
        .map_err(|e| Error::refused(format!("{} is no signed attestation", path.display())).because(e))?;
    for key in person.keys.iter().filter(|k| k.in_force_at(state.position)) {
        let Ok((public, _)) = PublicKey::from_openssh(&key.enrolled.body.public_key) else { continue };
        if let Ok(payload) = parsed.verify(PAYLOAD, &public) {
            return Ok((payload.to_vec(), key.enrolled.body.key_id.clone()));
        }
    }
    Err(Error::verification(format!(
        "{} is not signed with an enrolled key of `{runner}` that is in force",
        path.display()
    )))
}

/// What a runner says of its build.
#[derive(Clone, Debug)]
pub struct Attesting {
    /// The request.
    pub request: PathBuf,
    /// The folder of the outputs.
    pub outputs: PathBuf,
    /// The tools with their exact versions.
    pub tools: Vec<String>,
    /// Version and build id that the built artefact reports.
    pub reported: String,
    /// The runner's private key.
    pub key: PathBuf,
}

/// Attests a build, on the machine of the runner: it needs no product and no ledger, only the request and a key.
///
/// # Errors
/// When the request cannot be read, nothing was built, or the key cannot sign.
pub fn build_attest(attesting: &Attesting, clock: Clock, output: &Path) -> Result<usize> {
    let request = Request::read(&attesting.request)?;
    for tool in &attesting.tools {
        said("a tool", tool)?;
    }
    if attesting.tools.is_empty() {
        return Err(Error::refused("which tools built it?")
            .hint("name each with its version: --tool \"Xcode 16.2 (16C5032a)\""));
    }
    let outputs = outputs_of(&attesting.outputs)?;
    let attestation = Attestation {
        format: "dossier/external-build/v1".to_owned(),
        runner: request.runner,
        release: request.release,
        commit: request.commit,
        tree: request.tree.to_string(),
        tools: attesting.tools.clone(),
        reported: (!attesting.reported.is_empty()).then(|| attesting.reported.clone()),
        finished: clock.now().to_string(),
        outputs: outputs
            .iter()
            .map(|o| AttestedOutput { path: o.path.clone(), digest: o.digest.clone() })
            .collect(),
    };
    let payload = serde_json::to_vec(&attestation).doing("write the attestation")?;
    let mut envelope = signing::dsse::Envelope::new(PAYLOAD, payload);
    envelope.sign(&crate::keys::read_private(&attesting.key)?).doing("sign the attestation")?;
    std::fs::write(output, envelope.to_json()).doing(format_args!("write {}", output.display()))?;
    Ok(outputs.len())
}
