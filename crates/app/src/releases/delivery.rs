//! `release deliver` and `delivery check`: from the archive to the point of use, unaltered (62304:5.8.8).

use super::{allowed, existing};
use crate::error::{Doing as _, Error, Result};
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use records::{Artefact, DeliveryCheck, ReleaseDeliver};
use release::steps::Step;
use serde::{Deserialize, Serialize};
use signing::note::VerifierKey;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use vocabulary::Digest;

/// The type of the payload of a delivery manifest.
const PAYLOAD: &str = "application/vnd.dossier.delivery+json";

/// What a delivery manifest says: which files make an installation of a version.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeliveryManifest {
    format: String,
    product: String,
    version: String,
    build: String,
    archive: Digest,
    artefacts: Vec<Artefact>,
}

/// Publishes the signed delivery manifest of a sealed release.
///
/// # Errors
/// When the release is not sealed, the ledger's clock is simulated, or the file exists with other content.
pub fn release_deliver(
    ws: &Workspace,
    actor: &str,
    version: &str,
    channel: &str,
    output: &Path,
) -> Result<Appended> {
    said("a channel", channel)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let release = existing(&state, version)?;
    allowed(Step::Deliver, release, version)?;
    if state.simulated_clock {
        return Err(Error::refused(
            "the clock of this ledger is simulated: what it sealed is never delivered",
        ));
    }
    let (Some(sealed), Some(staged), Some(opened)) = (&release.sealed, release.stage(), release.candidate())
    else {
        return Err(Error::refused("the release has no stage"));
    };
    let manifest = DeliveryManifest {
        format: "dossier/delivery/v1".into(),
        product: state.product.clone(),
        version: version.into(),
        build: opened.body.build.clone(),
        archive: sealed.body.archive,
        artefacts: staged.body.artefacts.clone(),
    };
    let payload = vocabulary::canonical::to_vec(&manifest).doing("write the delivery manifest")?;
    let mut envelope = signing::dsse::Envelope::new(PAYLOAD, payload);
    envelope.sign(&crate::ledgers::own_key(ws)?).doing("sign the delivery manifest")?;
    let bytes = envelope.to_json();
    std::fs::write(output, &bytes).doing(format_args!("write {}", output.display()))?;
    let body = ReleaseDeliver {
        version: version.into(),
        manifest: ws.blobs().put(&bytes)?,
        channel: channel.into(),
    };
    let draft = ws.at(&state).process(actor, &body)?;
    ws.append(&ledger, &state, &[draft])
}

/// What a comparison found.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryChecked {
    /// Always `dossier/delivery-check/v1`.
    pub format: &'static str,
    /// The version that the manifest is of.
    pub version: String,
    /// The build identifier.
    pub build: String,
    /// Files that agree.
    pub identical: u64,
    /// What is missing, changed or too many.
    pub problems: Vec<String>,
    /// The key that the manifest is signed by.
    pub signed_by: String,
}

impl DeliveryChecked {
    /// For people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let _ =
            writeln!(out, "{} (build {}), manifest signed by {}", self.version, self.build, self.signed_by);
        for p in &self.problems {
            let _ = writeln!(out, "▲ {p}");
        }
        let _ = writeln!(
            out,
            "{} {} files agree with the sealed manifest",
            if self.problems.is_empty() { "●" } else { "▲" },
            self.identical
        );
        out
    }
}

/// Compares an installation with a delivery manifest, offline. `trust` is the verifier key that it has to be signed by; the
/// product's own where absent.
///
/// # Errors
/// When the manifest cannot be read or is not signed by that key. What differs is in the result.
pub fn delivery_check(
    ws: Option<&Workspace>,
    directory: &Path,
    manifest: &Path,
    trust: Option<&str>,
    record: bool,
) -> Result<DeliveryChecked> {
    let keys = trusted(ws, trust)?;
    let bytes = std::fs::read(manifest).doing(format_args!("read {}", manifest.display()))?;
    let envelope = signing::dsse::Envelope::from_json(&bytes)
        .map_err(|e| Error::refused(format!("{} is no delivery manifest", manifest.display())).because(e))?;
    let signed = keys.iter().find_map(|key| Some((key, envelope.verify(PAYLOAD, key.key()).ok()?)));
    let (key, payload) = signed.ok_or_else(|| {
        Error::verification(format!("{} is not signed by the key that is trusted", manifest.display()))
    })?;
    let manifest: DeliveryManifest = serde_json::from_slice(payload)
        .map_err(|e| Error::refused("the delivery manifest cannot be read").because(e))?;
    let (identical, problems) = compare(directory, &manifest.artefacts)?;
    let checked = DeliveryChecked {
        format: "dossier/delivery-check/v1",
        version: manifest.version.clone(),
        build: manifest.build,
        identical,
        problems,
        signed_by: key.key().fingerprint(),
    };
    if let (true, Some(ws)) = (record, ws) {
        let body = DeliveryCheck {
            version: manifest.version,
            installation: directory.display().to_string(),
            identical,
            problems: checked.problems.iter().take(200).cloned().collect(),
        };
        ws.record("delivery-check", &body)?;
    }
    Ok(checked)
}

/// The keys that a manifest may be signed by: the one that was named, or those of the product's ledger.
fn trusted(ws: Option<&Workspace>, trust: Option<&str>) -> Result<Vec<VerifierKey>> {
    let parse = |key: &str| -> Result<VerifierKey> {
        key.parse().map_err(|e| Error::refused(format!("`{key}` is no verifier key")).because(e))
    };
    match (trust, ws) {
        (Some(key), _) => Ok(vec![parse(key)?]),
        // The ledger knows every key that it had; without it the configuration names one.
        (None, Some(ws)) => match (ws.ledger(), &ws.config.ledger.key) {
            (Ok(ledger), _) => crate::ledger_keys::all(&ledger, &crate::ledgers::genesis(ws)?),
            (Err(_), Some(key)) => Ok(vec![parse(key)?]),
            (Err(e), None) => Err(e.hint("name the key with `--trust KEY`")),
        },
        (None, None) => {
            Err(Error::refused("which key is the manifest to be signed by?")
                .hint("name it with `--trust KEY`"))
        }
    }
}

fn compare(directory: &Path, artefacts: &[Artefact]) -> Result<(u64, Vec<String>)> {
    let mut installed: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).doing(format_args!("list {}", folder.display()))? {
            let path = entry.doing(format_args!("list {}", folder.display()))?.path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                let below =
                    path.strip_prefix(directory).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                installed.insert(below, path);
            }
        }
    }
    let (mut identical, mut problems) = (0, Vec::new());
    for a in artefacts {
        let Some(path) = installed.remove(&a.path) else {
            problems.push(format!("{} is missing", a.path));
            continue;
        };
        let bytes = std::fs::read(&path).doing(format_args!("read {}", path.display()))?;
        if Digest::of(&bytes) == a.digest {
            identical += 1;
        } else {
            problems.push(format!("{} was changed", a.path));
        }
    }
    problems.extend(installed.into_keys().map(|extra| format!("{extra} is not part of the release")));
    Ok((identical, problems))
}
