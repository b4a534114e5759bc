//! `release deliver` and `delivery check`: from the archive to the point of use, unaltered (62304:5.8.8).

use super::delivered::{self, Compared, Image, SignedArtefact};
use super::{allowed, existing};
use crate::error::{Doing as _, Error, Result};
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use records::{Artefact, DeliveryCheck, ReleaseDeliver, State};
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
pub(super) struct DeliveryManifest {
    format: String,
    product: String,
    version: String,
    build: String,
    archive: Digest,
    pub(super) artefacts: Vec<Artefact>,
    /// Images among the artefacts; from the second version of the format on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) images: Vec<Image>,
    /// Artefacts that are signed after the build; from the second version of the format on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) signing: Vec<SignedArtefact>,
}

/// Publishes the signed delivery manifest of a sealed release, and writes it to a file. Where a server keeps the ledger, it is the
/// server that makes the manifest from its archive, signs and records it.
///
/// # Errors
/// When the release is not sealed, the ledger's clock is simulated, or the file cannot be written.
pub fn release_deliver(
    ws: &Workspace,
    actor: &str,
    version: &str,
    channel: &str,
    output: &Path,
) -> Result<Appended> {
    said("a channel", channel)?;
    let write =
        |bytes: &[u8]| std::fs::write(output, bytes).doing(format_args!("write {}", output.display()));
    if let Some(done) = ws.server_does("release-deliver", version, actor, &[("channel", channel)])? {
        let manifest = done.json.as_ref().and_then(|j| j.get("manifest")?.as_str()?.parse::<Digest>().ok());
        let manifest =
            manifest.ok_or_else(|| Error::environment("the server did not say which manifest it signed"))?;
        write(&ws.blobs().get(manifest)?).map_err(|e| {
            e.hint(format!("the delivery is recorded; the manifest is kept by the server as {manifest}"))
        })?;
        return Ok(Appended::Entries { first: done.first, position: done.position });
    }
    let made = manifest_of(ws, version)?;
    write(&made.bytes)?;
    made.record(ws, actor, version, channel).map(|(_, appended)| appended)
}

/// A server's part of a delivery: the manifest is kept, and what was recorded is given with its digest.
///
/// # Errors
/// As [`release_deliver`].
pub(crate) fn delivered_here(
    ws: &Workspace,
    actor: &str,
    version: &str,
    channel: &str,
) -> Result<(Digest, Appended)> {
    said("a channel", channel)?;
    manifest_of(ws, version)?.record(ws, actor, version, channel)
}

/// A signed manifest, and what it was made on.
struct Made {
    bytes: Vec<u8>,
    ledger: crate::shared_ledger::SharedLedger,
    state: State,
}

impl Made {
    fn record(self, ws: &Workspace, actor: &str, version: &str, channel: &str) -> Result<(Digest, Appended)> {
        let manifest = ws.blobs().put(&self.bytes)?;
        let body = ReleaseDeliver { version: version.into(), manifest, channel: channel.into() };
        let draft = ws.at(&self.state).process(actor, &body)?;
        Ok((manifest, ws.append(&self.ledger, &self.state, &[draft])?))
    }
}

fn manifest_of(ws: &Workspace, version: &str) -> Result<Made> {
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
    let images = delivered::images(ws, version)?;
    let signing = delivered::signed(&crate::Analysis::of_release(ws, release)?.config.delivery)?;
    if let Some(s) = signing.iter().find(|s| !staged.body.artefacts.iter().any(|a| a.path == s.artefact)) {
        return Err(Error::refused(format!(
            "[delivery.signed] names `{}`, which is no released file",
            s.artefact
        )));
    }
    let plain = images.is_empty() && signing.is_empty();
    let manifest = DeliveryManifest {
        images,
        signing,
        format: if plain { "dossier/delivery/v1" } else { "dossier/delivery/v2" }.into(),
        product: state.product.clone(),
        version: version.into(),
        build: opened.body.build.clone(),
        archive: sealed.body.archive,
        artefacts: staged.body.artefacts.clone(),
    };
    let payload = vocabulary::canonical::to_vec(&manifest).doing("write the delivery manifest")?;
    let mut envelope = signing::dsse::Envelope::new(PAYLOAD, payload);
    envelope.sign(&crate::ledgers::own_key(ws)?).doing("sign the delivery manifest")?;
    Ok(Made { bytes: envelope.to_json(), ledger, state })
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
    /// Signatures of files that hold: file, key and custody.
    pub signatures: Vec<String>,
}

/// What is compared with a delivery manifest.
#[derive(Clone, Debug)]
pub enum Delivered {
    /// A folder of files, an OCI image layout, what `docker save` wrote, or one file such as a firmware image.
    Path {
        /// The folder or file.
        path: PathBuf,
        /// The detached signature of the one file.
        signature: Option<PathBuf>,
    },
    /// An image by its digest, as a registry names it: of its manifest, or the image id.
    Image(Digest),
}

impl std::fmt::Display for Delivered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Delivered::Path { path, .. } => write!(f, "{}", path.display()),
            Delivered::Image(digest) => write!(f, "image sha256:{digest}"),
        }
    }
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
        for s in &self.signatures {
            let _ = writeln!(out, "● signed: {s}");
        }
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
    what: &Delivered,
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
    let Compared { identical, problems, signatures } = compared(what, &manifest)?;
    let checked = DeliveryChecked {
        format: "dossier/delivery-check/v1",
        version: manifest.version.clone(),
        build: manifest.build,
        identical,
        problems,
        signed_by: key.key().fingerprint(),
        signatures,
    };
    if let (true, Some(ws)) = (record, ws) {
        let body = DeliveryCheck {
            version: manifest.version,
            installation: what.to_string(),
            signatures: checked.signatures.clone(),
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

fn compared(what: &Delivered, manifest: &DeliveryManifest) -> Result<Compared> {
    let (path, signature) = match what {
        Delivered::Image(digest) => return Ok(delivered::compare_digest(*digest, manifest)),
        Delivered::Path { path, signature } => (path, signature.as_deref()),
    };
    let is_layout = path.join("oci-layout").is_file() && path.join("index.json").is_file();
    if (is_layout || path.is_file())
        && signature.is_none()
        && let Some(image) = delivered::compare_image(path, manifest)?
    {
        return Ok(image);
    }
    if path.is_file() {
        return delivered::compare_file(path, signature, manifest);
    }
    if signature.is_some() {
        return Err(Error::refused("a signature is of one file, and a folder was named"));
    }
    let (identical, problems) = compare(path, &manifest.artefacts)?;
    Ok(Compared { identical, problems, ..Compared::default() })
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
