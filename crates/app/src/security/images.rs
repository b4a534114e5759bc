//! `security image`: whether a base image carries the signature of the key that `[images.keys]` names for it.
//!
//! Read are what `cosign` makes: a Sigstore bundle (message signature or DSSE envelope), or the signed payload with its signature
//! beside it (`PAYLOAD` and `PAYLOAD.sig`). The payload names the digest of the image; nothing is asked of a registry or a log.

use crate::error::{Doing as _, Error, Result};
use crate::workspace::{Appended, Workspace};
use records::ImageVerify;
use serde_json::Value;
use signing::bundle;
use std::path::Path;
use vocabulary::Digest;

/// What was found.
#[derive(Debug)]
pub struct ImageChecked {
    /// The record.
    pub body: ImageVerify,
    /// The entry.
    pub appended: Appended,
}

/// Checks the signature of an image, and records what came of it.
///
/// # Errors
/// When no key is configured for the image, or files cannot be read. A signature that does not hold is a record, not an error.
pub fn image_verify(ws: &Workspace, by: &str, image: &str, signature: &Path) -> Result<ImageChecked> {
    let (name, digest) = image.rsplit_once('@').filter(|(_, d)| is_digest(d)).ok_or_else(|| {
        Error::refused(format!("`{image}` names no digest"))
            .hint("a signature is of a digest: registry.example/base@sha256:…")
    })?;
    let name = untagged(name);
    let keys = &ws.config.image_keys;
    let key = keys.iter().filter(|(begin, _)| name.starts_with(begin.as_str())).max_by_key(|(b, _)| b.len());
    let (_, key) = key.ok_or_else(|| {
        Error::refused(format!("no key is configured for `{name}`"))
            .hint(format!("[images.keys] in dossier.toml: \"{name}\" = \"keys/base.pub\""))
    })?;
    let pem = std::fs::read(ws.path(key)).doing(format_args!("read {key}"))?;
    let public = bundle::Key::from_pem(&pem).map_err(|e| Error::refused(format!("{key}: {e}")))?;
    let bytes = std::fs::read(signature).doing(format_args!("read {}", signature.display()))?;
    let beside = signature.with_extension(match signature.extension() {
        Some(e) => format!("{}.sig", e.to_string_lossy()),
        None => "sig".to_owned(),
    });
    let beside = std::fs::read(&beside).ok();
    let verdict = check(&public, &bytes, beside.as_deref(), digest);
    let body = ImageVerify {
        image: name.to_owned(),
        digest: digest.to_owned(),
        key: key.clone(),
        key_digest: Digest::of(&pem),
        signature: ws.blobs().put(&bytes)?,
        holds: verdict.is_ok(),
        why: verdict.err().unwrap_or_default(),
    };
    let appended = ws.record(by, &body)?;
    Ok(ImageChecked { body, appended })
}

fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|h| h.len() == 64 && h.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The name without its tag; a port is none.
fn untagged(name: &str) -> &str {
    match name.rsplit_once(':') {
        Some((before, tag)) if !tag.contains('/') => before,
        _ => name,
    }
}

/// Whether a key signed something that names this digest.
fn check(
    key: &bundle::Key,
    bytes: &[u8],
    beside: Option<&[u8]>,
    digest: &str,
) -> std::result::Result<(), String> {
    let payload = match beside {
        Some(signature) => bundle::detached(key, bytes, signature)?,
        None => bundle::read(key, bytes)?,
    };
    let named = digests(&payload);
    if named.iter().any(|d| d.eq_ignore_ascii_case(digest)) {
        return Ok(());
    }
    Err(match named.first() {
        Some(other) => format!("the signature holds, and is of {other}"),
        None => "the signature holds, and names no image".to_owned(),
    })
}

/// The digests that a payload names: cosign's `critical.image`, or the subjects of an in-toto statement.
fn digests(payload: &[u8]) -> Vec<String> {
    let Ok(value) = serde_json::from_slice::<Value>(payload) else { return Vec::new() };
    let simple = value.pointer("/critical/image/docker-manifest-digest").and_then(Value::as_str);
    let subjects = value.get("subject").and_then(Value::as_array).into_iter().flatten();
    let of = |s: &Value| s.pointer("/digest/sha256").and_then(Value::as_str).map(|h| format!("sha256:{h}"));
    simple.map(str::to_owned).into_iter().chain(subjects.filter_map(of)).collect()
}
