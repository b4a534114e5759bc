//! Webhooks of trackers: calls from another machine that prove by their signature that they know the tracker's secret. They
//! carry no cookie and get no page; what they may do is told in `app::tracker_webhook`.

use app::{ErrorKind, HookCall, Workspace};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use std::sync::Arc;

/// The largest call that is read; GitHub's are at most 25 MB, and an issue's is far smaller.
const CALL_MAX: usize = 4 << 20;

/// The headers that a signature can be in.
const HEADERS: [&str; 4] = ["x-hub-signature-256", "x-hub-signature", "x-gitlab-token", "linear-signature"];

/// The address of webhooks, with the kinds of entries that a call may append.
pub(crate) const HOOK: (&str, &[&str]) = (
    "/hooks/trackers/{name}",
    &[
        "anomaly/report/v2",
        "anomaly/amend/v1",
        "anomaly/mirror/v1",
        "anomaly/resolve/v1",
        "anomaly/reopen/v1",
    ],
);

/// The address at which trackers of this product call.
pub(crate) fn hook_router<S: Clone + Send + Sync + 'static>(mut ws: Workspace) -> Router<S> {
    ws.via = "hook";
    Router::new().route(HOOK.0, post(called)).layer(DefaultBodyLimit::max(CALL_MAX)).with_state(Arc::new(ws))
}

async fn called(
    State(ws): State<Arc<Workspace>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let headers: Vec<(String, String)> = HEADERS
        .iter()
        .filter_map(|h| Some(((*h).to_owned(), headers.get(*h)?.to_str().ok()?.to_owned())))
        .collect();
    let work = move || {
        // The configuration may have been edited since the server began.
        let ws = Workspace::open(&ws.root, ws.clock, ws.via)?;
        app::tracker_webhook(&ws, &name, HookCall { headers: &headers, body: &body })
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(Some(done))) => (StatusCode::OK, axum::Json(done)).into_response(),
        Ok(Ok(None)) => StatusCode::NO_CONTENT.into_response(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "a webhook was refused");
            match error.kind {
                // Whoever does not know the secret learns nothing.
                ErrorKind::Verification => StatusCode::UNAUTHORIZED.into_response(),
                ErrorKind::Refused => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
                ErrorKind::Environment => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        }
        Err(error) => {
            tracing::error!(%error, "a webhook stopped");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
