//! `security sign`: what `cosign` verifies with a public key, made with the ledger's key: the signature of an image digest and an
//! in-toto statement with SLSA provenance in a Sigstore bundle.

use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use serde_json::{Value, json};
use signing::{Signer as _, bundle, dsse};
use std::path::{Path, PathBuf};

/// What was written.
#[derive(Debug)]
pub struct SignedImage {
    /// The files.
    pub files: Vec<PathBuf>,
    /// How to verify them with other people's tools.
    pub verify: Vec<String>,
}

/// Signs the digest of an image, or the sealed artefacts of a release. Files in `folder`: `cosign.pub`, `payload.json` with its
/// `.sig` for an image, `provenance.bundle.json` for a release (or an image built as one of its artefacts).
///
/// # Errors
/// When the image has no digest, the release no stage, or the ledger's key is not here.
pub fn image_sign(
    ws: &Workspace,
    image: Option<&str>,
    release: Option<&str>,
    folder: &Path,
) -> Result<SignedImage> {
    let key = crate::ledgers::own_key(ws)?;
    std::fs::create_dir_all(folder).doing(format_args!("make {}", folder.display()))?;
    let mut done = SignedImage { files: Vec::new(), verify: Vec::new() };
    let mut write = |name: &str, bytes: &[u8]| -> Result<()> {
        let path = folder.join(name);
        std::fs::write(&path, bytes).doing(format_args!("write {}", path.display()))?;
        done.files.push(path);
        Ok(())
    };
    write("cosign.pub", bundle::to_pem(&key.public()).as_bytes())?;
    let mut verify = Vec::new();
    if let Some(image) = image {
        let (name, digest) = image.rsplit_once('@').ok_or_else(|| {
            Error::refused(format!("`{image}` names no digest")).hint("a tag can move; sign NAME@sha256:…")
        })?;
        let payload = payload(name, digest)?;
        let signature = key.sign(&payload).doing("sign the payload")?;
        write("payload.json", &payload)?;
        write("payload.json.sig", bundle::base64(&signature).as_bytes())?;
        verify.push("cosign verify-blob --key cosign.pub --signature payload.json.sig --insecure-ignore-tlog payload.json".to_owned());
        verify.push(format!(
            "cosign attach signature --payload payload.json --signature payload.json.sig {image}"
        ));
    }
    if let Some(version) = release {
        let statement = statement(ws, version, image)?;
        let payload = serde_json::to_vec(&statement).doing("write the provenance")?;
        let mut envelope = dsse::Envelope::new(dsse::IN_TOTO, payload);
        envelope.sign(&key).doing("sign the provenance")?;
        write("provenance.dsse.json", &envelope.to_json())?;
        write("provenance.bundle.json", &bundle::of_envelope(&envelope, &key.public()))?;
        verify.push("cosign verify-blob-attestation --key cosign.pub --bundle provenance.bundle.json --new-bundle-format --insecure-ignore-tlog --type slsaprovenance1 ARTEFACT".to_owned());
    }
    done.verify = verify;
    Ok(done)
}

/// cosign's simple signing payload.
fn payload(name: &str, digest: &str) -> Result<Vec<u8>> {
    let hex =
        digest.strip_prefix("sha256:").filter(|h| h.len() == 64 && h.bytes().all(|b| b.is_ascii_hexdigit()));
    if hex.is_none() {
        return Err(Error::refused(format!("`{digest}` is no SHA-256 digest"))
            .hint("write sha256: and 64 hex digits"));
    }
    let value = json!({
        "critical": {
            "identity": {"docker-reference": name},
            "image": {"docker-manifest-digest": digest},
            "type": "cosign container image signature",
        },
        "optional": null,
    });
    serde_json::to_vec(&value).doing("write the payload")
}

/// The provenance that was staged with a release; an image is added to its subjects.
fn statement(ws: &Workspace, version: &str, image: Option<&str>) -> Result<Value> {
    let state = ws.ledger()?.state(None)?;
    let release = state.releases.get(version).ok_or_else(|| {
        Error::refused(format!("no release `{version}` is open")).hint("list them: dossier release list")
    })?;
    let bytes = crate::releases::staged_provenance(ws, release)?;
    let envelope = dsse::Envelope::from_json(&bytes).doing("read the staged provenance")?;
    let mut statement: Value =
        serde_json::from_slice(envelope.payload_unverified()).doing("read the staged provenance")?;
    if let (Some((name, digest)), Some(subjects)) =
        (image.and_then(|i| i.rsplit_once('@')), statement.get_mut("subject").and_then(Value::as_array_mut))
    {
        let hex = digest.trim_start_matches("sha256:");
        subjects.push(json!({"name": name, "digest": {"sha256": hex}}));
    }
    Ok(statement)
}
