//! A model behind an OpenAI-compatible endpoint. Off unless somebody turns it on.

use crate::error::{Error, Result};
use review::{Model, ModelError};
use std::time::Duration;

/// Longest answer that is read, in bytes.
const ANSWER_MAX: u64 = 1 << 20;

/// An endpoint.
#[derive(Clone)]
pub struct Endpoint {
    /// The address up to `/v1`.
    pub url: String,
    /// The model's name.
    pub model: String,
    /// The key; empty for a local server.
    pub key: String,
    /// Longest wait for one answer.
    pub patience: Duration,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The key is nobody's to read.
        f.debug_struct("Endpoint").field("url", &self.url).field("model", &self.model).finish_non_exhaustive()
    }
}

/// Seconds that one answer may take where nothing else is said, and most that may be said.
const SECONDS: u64 = 120;
const SECONDS_MAX: u64 = 3_600;

/// The endpoint that the environment names: DOSSIER_MODEL_URL, DOSSIER_MODEL, DOSSIER_MODEL_KEY, DOSSIER_MODEL_SECONDS.
///
/// # Errors
/// When URL or model is not set, the URL is none, or the seconds are none.
pub fn endpoint_from_environment() -> Result<Endpoint> {
    let value = |name: &str| std::env::var(name).ok().filter(|v| !v.trim().is_empty());
    let (Some(url), Some(model)) = (value("DOSSIER_MODEL_URL"), value("DOSSIER_MODEL")) else {
        return Err(Error::refused("no model endpoint is named")
            .hint("set DOSSIER_MODEL_URL (such as http://localhost:11434/v1) and DOSSIER_MODEL, or leave `--model` out"));
    };
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(Error::refused(format!("DOSSIER_MODEL_URL is `{url}`, no http or https address")));
    }
    let key = value("DOSSIER_MODEL_KEY").unwrap_or_default();
    let seconds = match value("DOSSIER_MODEL_SECONDS") {
        None => SECONDS,
        Some(text) => {
            text.trim().parse().ok().filter(|s| (1..=SECONDS_MAX).contains(s)).ok_or_else(|| {
                Error::refused(format!("DOSSIER_MODEL_SECONDS is `{text}`, no number of seconds"))
                    .hint(format!("1 to {SECONDS_MAX}; {SECONDS} without it"))
            })?
        }
    };
    let patience = Duration::from_secs(seconds);
    Ok(Endpoint { url: url.trim_end_matches('/').to_owned(), model, key, patience })
}

impl Model for Endpoint {
    fn name(&self) -> String {
        format!("{} at {}", self.model, self.url)
    }

    fn answer(&self, system: &str, user: &str) -> std::result::Result<String, ModelError> {
        let failed = |e: &dyn std::fmt::Display| ModelError(e.to_string());
        let body = serde_json::json!({
            "model": self.model, "temperature": 0, "stream": false,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
        });
        let agent: ureq::Agent =
            ureq::Agent::config_builder().timeout_global(Some(self.patience)).max_redirects(0).build().into();
        let mut request =
            agent.post(format!("{}/chat/completions", self.url)).header("content-type", "application/json");
        if !self.key.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.key));
        }
        let mut response = request.send(body.to_string()).map_err(|e| failed(&e))?;
        let text =
            response.body_mut().with_config().limit(ANSWER_MAX).read_to_string().map_err(|e| failed(&e))?;
        let answer: serde_json::Value = serde_json::from_str(&text).map_err(|e| failed(&e))?;
        let content = answer.pointer("/choices/0/message/content").and_then(serde_json::Value::as_str);
        content.map(str::to_owned).ok_or_else(|| ModelError("the answer holds no message".to_owned()))
    }
}
