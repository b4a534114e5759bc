//! The API: one ledger for a team and its CI. Tokens at each request; every answer is JSON or bytes, never a page.

use api::{Appended, BASE, ENTRIES_MAX, Failure, Head, Proposal};
use app::{
    Decided, Digest, ErrorKind, Holder, KeyDoor, LoginStatement, Proposed, ServerCommand, ServerDone,
    Workspace,
};
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router, body::Bytes};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

type Shared = Arc<Workspace>;

/// The addresses of the API for this product; `api::ENDPOINTS` lists them.
pub(crate) fn api_router<S: Clone + Send + Sync + 'static>(ws: Workspace) -> Router<S> {
    let ws = Arc::new(ws);
    let blob_max = usize::try_from(api::BLOB_MAX).unwrap_or(usize::MAX);
    let inner = Router::new()
        .route("/ledger", get(head))
        .route("/entries", get(entries))
        .route("/append", post(append).layer(DefaultBodyLimit::max(api::APPEND_MAX)))
        .route("/commands", post(command).layer(DefaultBodyLimit::max(api::APPEND_MAX)))
        .route("/blobs/{digest}", get(blob).put(keep_blob).layer(DefaultBodyLimit::max(blob_max)))
        .layer(middleware::from_fn_with_state(Arc::clone(&ws), let_in))
        .route("/openapi.json", get(|| async { Json(api::openapi()) }))
        .route("/challenge", post(challenge))
        .route("/sessions", post(open_session).layer(DefaultBodyLimit::max(16 << 10)))
        .layer(Extension(Arc::new(KeyDoor::default())))
        .with_state(ws);
    Router::new().nest(BASE, inner)
}

/// Looks at the token: nobody is let in without, and what writes needs the scope.
async fn let_in(State(ws): State<Shared>, mut request: Request, next: Next) -> Response {
    let token = bearer(request.headers());
    let door = request.extensions().get::<Arc<KeyDoor>>().cloned().unwrap_or_default();
    let writes = !matches!(*request.method(), axum::http::Method::GET | axum::http::Method::HEAD);
    let holder = match token {
        None => return failure(StatusCode::UNAUTHORIZED, "unauthorised", "no token was given"),
        Some(token) => {
            let found = move || match door.holder(&ws, &token)? {
                Some(person) => Ok(Some(person)),
                None => app::token_holder(&ws, &token),
            };
            tokio::task::spawn_blocking(found).await
        }
    };
    let holder = match holder {
        Ok(Ok(Some(holder))) => holder,
        Ok(Ok(None)) => {
            return failure(
                StatusCode::UNAUTHORIZED,
                "unauthorised",
                "this token is not known, revoked or has ended",
            );
        }
        Ok(Err(error)) => return failed(&error),
        Err(error) => return stopped(&error),
    };
    // Who reads says what was read; everything else that a reading token proposes is refused further in.
    if writes && !holder.writes && request.uri().path() != "/append" {
        return failure(StatusCode::FORBIDDEN, "unauthorised", "this token reads only");
    }
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let from = From(from.map_or_else(|| "unknown".to_owned(), |c| c.0.ip().to_string()));
    request.extensions_mut().insert(from);
    request.extensions_mut().insert(holder);
    next.run(request).await
}

/// The address that a request came from.
#[derive(Clone)]
struct From(String);

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ")?.trim();
    (!token.is_empty() && token.len() < 200).then(|| token.to_owned())
}

fn failure(status: StatusCode, code: &str, message: &str) -> Response {
    let body = Failure { code: code.into(), message: message.into(), hints: Vec::new(), position: None };
    (status, Json(body)).into_response()
}

fn failed(error: &app::Error) -> Response {
    let (status, code) = match error.kind {
        ErrorKind::Refused => (StatusCode::UNPROCESSABLE_ENTITY, "refused"),
        ErrorKind::Verification => (StatusCode::CONFLICT, "other-ledger"),
        ErrorKind::Environment => (StatusCode::INTERNAL_SERVER_ERROR, "failed"),
    };
    if code == "failed" {
        tracing::error!(%error, "an answer could not be given");
    }
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(c) = cause {
        message = format!("{message}: {c}");
        cause = c.source();
    }
    let body = Failure { code: code.into(), message, hints: error.hints.clone(), position: None };
    (status, Json(body)).into_response()
}

fn stopped(error: &tokio::task::JoinError) -> Response {
    tracing::error!(%error, "an answer stopped");
    failure(StatusCode::INTERNAL_SERVER_ERROR, "failed", "a fault of this program; its log says more")
}

async fn blocking<T: IntoResponse + Send + 'static>(
    work: impl FnOnce() -> app::Result<T> + Send + 'static,
) -> Response {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(done)) => done.into_response(),
        Ok(Err(error)) => failed(&error),
        Err(error) => stopped(&error),
    }
}

async fn challenge(State(ws): State<Shared>, Extension(door): Extension<Arc<KeyDoor>>) -> Response {
    blocking(move || {
        let challenge = door.challenge(&ws)?;
        Ok(Json(api::Challenge { challenge, seconds: app::CHALLENGE_SECONDS }))
    })
    .await
}

async fn open_session(
    State(ws): State<Shared>,
    Extension(door): Extension<Arc<KeyDoor>>,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let login = serde_json::from_slice::<api::Login>(&body)
        .and_then(|l| Ok((serde_json::from_value(serde_json::Value::Object(l.statement))?, l.signature)));
    let (statement, signature): (LoginStatement, String) = match login {
        Ok(login) => login,
        Err(error) => return failure(StatusCode::BAD_REQUEST, "malformed", &format!("no login: {error}")),
    };
    let from = from.map_or_else(|| "unknown".to_owned(), |c| c.0.0.ip().to_string());
    // Only names of this server come so far (`server::guard`).
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default().to_owned();
    let opened =
        tokio::task::spawn_blocking(move || door.open(&ws, &from, &host, &statement, &signature)).await;
    match opened {
        Ok(Ok(s)) => Json(api::Session { token: s.token, until: s.until.to_string() }).into_response(),
        Ok(Err(error)) if error.kind == ErrorKind::Refused => {
            failure(StatusCode::UNAUTHORIZED, "unauthorised", &error.said())
        }
        Ok(Err(error)) => failed(&error),
        Err(error) => stopped(&error),
    }
}

async fn head(State(ws): State<Shared>) -> Response {
    blocking(move || {
        let position = ws.ledger()?.position()?;
        let ledger = &ws.config.ledger;
        let (origin, key) =
            (ledger.origin.clone().unwrap_or_default(), ledger.key.clone().unwrap_or_default());
        Ok(Json(Head { origin, key, position }))
    })
    .await
}

async fn entries(State(ws): State<Shared>, Query(query): Query<HashMap<String, String>>) -> Response {
    let number = |name: &str| query.get(name).and_then(|v| v.parse::<u64>().ok());
    let (Some(from), Some(to)) = (number("from"), number("to")) else {
        return failure(StatusCode::BAD_REQUEST, "malformed", "`from` and `to` are numbers of entries");
    };
    if from > to || to - from > ENTRIES_MAX {
        let text = format!("at most {ENTRIES_MAX} entries at once, from the lower to the higher number");
        return failure(StatusCode::BAD_REQUEST, "malformed", &text);
    }
    blocking(move || Ok(api::pack(&ws.ledger()?.bytes_of(from..to)?))).await
}

async fn append(
    State(ws): State<Shared>,
    Extension(holder): Extension<Holder>,
    Extension(from): Extension<From>,
    body: Bytes,
) -> Response {
    let proposal: Proposal = match serde_json::from_slice(&body) {
        Ok(proposal) => proposal,
        Err(error) => return failure(StatusCode::BAD_REQUEST, "malformed", &format!("no proposal: {error}")),
    };
    blocking(move || {
        let Proposal { origin, key, decided_on, texts_at, entries } = proposal;
        let entries: Vec<Proposed> = entries
            .into_iter()
            .map(|e| Proposed { actor: e.actor, via: e.via, kind: e.kind, body: e.body, sig: e.sig })
            .collect();
        let done = app::server_append(
            &ws,
            &holder,
            &from.0,
            (&origin, key.as_deref()),
            (decided_on, texts_at.as_deref()),
            &entries,
        )?;
        Ok(match done {
            Decided::Done(first, position, at) => Json(Appended { first, position, at }).into_response(),
            Decided::Conflict(position) => {
                let message = format!("decided on position {decided_on}, the ledger is at {position}");
                let hints = vec!["look at what came, then decide again".to_owned()];
                let body = Failure { code: "conflict".into(), message, hints, position: Some(position) };
                (StatusCode::CONFLICT, Json(body)).into_response()
            }
        })
    })
    .await
}

async fn command(
    State(ws): State<Shared>,
    Extension(holder): Extension<Holder>,
    Extension(from): Extension<From>,
    body: Bytes,
) -> Response {
    let api::Command { origin, key, command, version, by, via, arguments } =
        match serde_json::from_slice(&body) {
            Ok(command) => command,
            Err(error) => {
                return failure(StatusCode::BAD_REQUEST, "malformed", &format!("no command: {error}"));
            }
        };
    blocking(move || {
        let command = ServerCommand { command, version, by, via, arguments };
        let done = app::server_command(&ws, &holder, &from.0, (&origin, key.as_deref()), &command)?;
        let ServerDone { text, json, clean, first, position } = done;
        Ok(Json(api::Done { text, json, clean, first, position }))
    })
    .await
}

async fn blob(State(ws): State<Shared>, Path(digest): Path<String>) -> Response {
    let Ok(digest) = digest.parse::<Digest>() else {
        return failure(StatusCode::BAD_REQUEST, "malformed", "a blob is named by its SHA-256 in hex");
    };
    if !ws.blobs().has(digest) {
        return failure(StatusCode::NOT_FOUND, "absent", "no such evidence is kept here");
    }
    blocking(move || ws.blobs().get(digest)).await
}

async fn keep_blob(State(ws): State<Shared>, Path(digest): Path<String>, body: Bytes) -> Response {
    if digest.parse::<Digest>().ok() != Some(Digest::of(&body)) {
        return failure(
            StatusCode::BAD_REQUEST,
            "malformed",
            "the bytes have another digest than the address",
        );
    }
    blocking(move || ws.blobs().put(&body).map(|_| StatusCode::OK)).await
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_of_endpoints_is_the_routes() {
        let source = include_str!("api_routes.rs");
        let routes = source.split("pub(crate) fn api_router").nth(1).unwrap().split("\n}").next().unwrap();
        let mut found: Vec<(String, String)> = Vec::new();
        for route in routes.split(".route(\"").skip(1) {
            let path = route.split('"').next().unwrap();
            for method in ["get", "post", "put", "delete"] {
                if route.contains(&format!("{method}(")) {
                    found.push((method.to_owned(), path.to_owned()));
                }
            }
        }
        let mut listed: Vec<(String, String)> = api::ENDPOINTS
            .iter()
            .map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned()))
            .collect();
        found.sort();
        listed.sort();
        assert_eq!(found, listed);
        // What changes something says what it appends, or why it appends nothing.
        const EXCEPTIONS: [(&str, &str); 2] = [
            (
                "/blobs/{digest}",
                "evidence counts only once an entry names it; bytes under their own digest change nothing",
            ),
            ("/challenge", "it waits in memory for a minute; its answer is an entry, taken or refused"),
        ];
        for (method, path, _, _, appends) in api::ENDPOINTS.iter().filter(|e| e.0 != "get") {
            let excepted = EXCEPTIONS.iter().any(|(p, _)| p == path);
            assert_eq!(appends.is_empty(), excepted, "{method} {path}");
        }
        assert!(
            EXCEPTIONS.iter().all(|(p, _)| api::ENDPOINTS.iter().any(|e| e.1 == *p)),
            "a stale exception"
        );
    }
}
