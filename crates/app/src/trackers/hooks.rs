//! Webhooks: a tracker tells of one issue. Nothing is read before the signature over the whole call holds.

use super::{Taking, TrackerSynced, configured, live, take};
use crate::error::{Error, Result};
use crate::workspace::Workspace;
use interchange::tracker::{Tracker, read_webhook};
use signing::mac;
use vocabulary::Instant;

/// How old a call of Linear may be; the others sign no time.
const AGE_MAX_MS: i64 = 60 * 1000;

/// What a tracker called with.
#[derive(Clone, Copy, Debug)]
pub struct HookCall<'a> {
    /// The headers that a signature can be in: name in lower case, value.
    pub headers: &'a [(String, String)],
    /// The whole body.
    pub body: &'a [u8],
}

impl HookCall<'_> {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default()
    }
}

/// Takes over the issue that a webhook tells of; nothing where it tells of something else.
///
/// # Errors
/// When there is no such tracker or no secret for it, the signature does not hold, or the call cannot be read.
pub fn tracker_webhook(ws: &Workspace, name: &str, call: HookCall<'_>) -> Result<Option<TrackerSynced>> {
    let (config, kind) = configured(ws, name)?;
    let variable = live::variable(config.webhook_secret.as_ref(), name, "WEBHOOK");
    let secret = std::env::var(&variable).unwrap_or_default();
    if secret.trim().is_empty() {
        return Err(Error::refused(format!(
            "tracker `{name}` has no secret for its webhook: {variable} is not set"
        )));
    }
    if !signed(ws.clock.now(), kind, secret.trim().as_bytes(), &call) {
        return Err(Error::verification(format!(
            "the call is not signed with the secret of tracker `{name}`"
        )));
    }
    let issue = read_webhook(kind, call.body)
        .map_err(|e| Error::refused(format!("the call of tracker `{name}` cannot be read: {e}")))?;
    let Some(issue) = issue else { return Ok(None) };
    let taking = Taking { by: "tracker", complete: false, dry_run: false };
    take(ws, name, &[issue], Vec::new(), taking).map(Some)
}

/// Whether the call proves that it knows the secret, in the manner of its tracker.
fn signed(now: Instant, kind: Tracker, secret: &[u8], call: &HookCall<'_>) -> bool {
    match kind {
        Tracker::GitHub => prefixed(secret, call, "x-hub-signature-256"),
        Tracker::Jira => prefixed(secret, call, "x-hub-signature"),
        // GitLab sends the secret itself.
        Tracker::GitLab => mac::same(secret, call.header("x-gitlab-token").as_bytes()),
        Tracker::Linear => {
            let time = serde_json::from_slice::<serde_json::Value>(call.body).ok();
            let sent = time.and_then(|v| v.get("webhookTimestamp")?.as_i64());
            mac::hex_holds(secret, call.body, call.header("linear-signature"))
                && sent.is_some_and(|s| now.millis().saturating_sub(s).saturating_abs() <= AGE_MAX_MS)
        }
    }
}

fn prefixed(secret: &[u8], call: &HookCall<'_>, header: &str) -> bool {
    call.header(header).strip_prefix("sha256=").is_some_and(|hex| mac::hex_holds(secret, call.body, hex))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(kind: Tracker, body: &str, header: (&str, String)) -> bool {
        let headers = [(header.0.to_owned(), header.1)];
        signed(
            Instant::from_millis(1_000_000),
            kind,
            b"secret",
            &HookCall { headers: &headers, body: body.as_bytes() },
        )
    }

    #[test]
    fn a_call_counts_only_with_the_proof_of_its_tracker_over_its_whole_body() {
        let proof = |body: &str| hex::encode(mac::hmac_sha256(b"secret", &[body.as_bytes()]));
        let body = "{\"webhookTimestamp\":990000}";
        for (kind, name) in [(Tracker::GitHub, "x-hub-signature-256"), (Tracker::Jira, "x-hub-signature")] {
            assert!(holds(kind, body, (name, format!("sha256={}", proof(body)))));
            assert!(!holds(kind, "{}", (name, format!("sha256={}", proof(body)))), "another body");
            assert!(!holds(kind, body, (name, proof(body))), "no method is named");
            assert!(!holds(kind, body, (name, "sha256=".to_owned())));
            assert!(!holds(kind, body, ("x-other", String::new())));
        }
        assert!(holds(Tracker::GitLab, body, ("x-gitlab-token", "secret".to_owned())));
        assert!(!holds(Tracker::GitLab, body, ("x-gitlab-token", String::new())));
        assert!(holds(Tracker::Linear, body, ("linear-signature", proof(body))));
        let old = "{\"webhookTimestamp\":900000}";
        assert!(
            !holds(Tracker::Linear, old, ("linear-signature", proof(old))),
            "a call that was sent long ago"
        );
    }
}
