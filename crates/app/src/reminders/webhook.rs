//! The digest posted to an address as JSON, signed with a shared secret.

use super::Digest;
use crate::error::{Doing as _, Error, Result};
use std::path::Path;
use std::time::Duration;

/// How long a server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A call that is ready to be made.
pub(super) struct Call {
    url: String,
    body: Vec<u8>,
    signature: Option<String>,
}

impl Call {
    pub(super) fn new(url: &str, digest: &Digest, secret: Option<&str>) -> Result<Call> {
        let here = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
        let local = here
            .iter()
            .any(|h| url.strip_prefix(h).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/'])));
        if !url.starts_with("https://") && !local {
            return Err(Error::refused("the digest is posted over https only")
                .hint("write `https://…`; plain http is for this machine"));
        }
        let body = serde_json::to_vec(digest).doing("write the digest")?;
        let signature = secret.filter(|s| !s.is_empty()).map(|secret| {
            format!("sha256={}", hex::encode(signing::mac::hmac_sha256(secret.as_bytes(), &[&body])))
        });
        Ok(Call { url: url.to_owned(), body, signature })
    }

    /// The address without what may be a secret in it: query and path of chat services are.
    pub(super) fn shown(&self) -> String {
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("https", &self.url));
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = host.rsplit_once('@').map_or(host, |(_, h)| h);
        format!("{scheme}://{host}/…")
    }

    /// Posts it. With `authority` only certificates that lead to those of that file are trusted.
    pub(super) fn post(self, authority: Option<&Path>) -> Result<()> {
        let mut config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .http_status_as_error(false);
        if let Some(file) = authority {
            let file = [file.to_owned()];
            config = config.tls_config(crate::trusted::trusting("[reminders] webhook_authority", &file)?);
        }
        let agent: ureq::Agent = config.build().into();
        let mut call = agent.post(&self.url).header("Content-Type", "application/json");
        if let Some(signature) = &self.signature {
            call = call.header("X-Dossier-Signature-256", signature);
        }
        let shown = self.shown();
        let failed = || Error::environment(format!("the digest was not taken by {shown}"));
        // The error of a call names its address, and that may hold a secret.
        let answer = call.send(self.body.as_slice()).map_err(|e| failed().hint(said(&e, &self.url)))?;
        match answer.status().as_u16() {
            200..=299 => Ok(()),
            other => Err(failed().hint(format!("it answered {other}"))),
        }
    }
}

fn said(e: &ureq::Error, url: &str) -> String {
    e.to_string().replace(url, "the address")
}
