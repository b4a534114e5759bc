//! Who reads: where the product asks for a login, nobody else gets a page; what is taken along as a file is an entry.

use crate::acting::{cookie, failed};
use crate::address::encode;
use crate::desk::Given;
use crate::server::{Options, trouble};
use axum::extract::{ConnectInfo, Request};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use std::net::SocketAddr;

/// What everybody gets: the login itself, its look, the API, which asks for a token, and webhooks, which prove
/// that they know a secret.
const OPEN: [&str; 9] = [
    "/login",
    "/enrol",
    "/logout",
    "/dossier.css",
    "/keys.js",
    "/passkey.js",
    "/icon.svg",
    "/inter-regular.otf",
    "/inter-semibold.otf",
];

/// Answers a request, where whoever asks may read; records what is taken along.
pub(crate) async fn let_in(options: &Options, request: Request, next: Next) -> Response {
    let Some(desk) = options.desk.clone() else { return next.run(request).await };
    let path = request.uri().path().to_owned();
    let secret = cookie(request.headers());
    let open = OPEN.contains(&path.as_str()) || path.starts_with("/api/") || path.starts_with("/hooks/");
    if options.login && !open && !desk.is_in(&secret) {
        if request.method() != Method::GET {
            return trouble(StatusCode::UNAUTHORIZED, "Log in first", "Nothing was done.");
        }
        let place = request.uri().path_and_query().map_or(path, |p| p.as_str().to_owned());
        return Redirect::to(&format!("/login?next={}", encode(&place))).into_response();
    }
    let taken = if request.method() == Method::GET { given(&path) } else { None };
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let from = from.map_or_else(|| "unknown".to_owned(), |c| c.0.ip().to_string());
    let response = next.run(request).await;
    let Some(what) = taken.filter(|_| response.status() == StatusCode::OK) else { return response };
    let noted = tokio::task::spawn_blocking(move || desk.given(&secret, &what, &from)).await;
    match noted {
        Ok(Ok(())) => response,
        Ok(Err(error)) => {
            let (status, text) = failed(&error);
            trouble(
                status,
                "Not given",
                &format!("What leaves, and whoever reads complaints, is an entry of the ledger: {text}"),
            )
        }
        Err(error) => {
            tracing::error!(%error, "an export was not recorded");
            trouble(StatusCode::INTERNAL_SERVER_ERROR, "Not given", "The log of the server says more.")
        }
    }
}

/// What of a path is an entry: a file to take along, or complaints.
fn given(path: &str) -> Option<Given> {
    if path == "/complaints" || path.starts_with("/complaints/") {
        return Some(Given::Sensitive(path.trim_matches('/').to_owned()));
    }
    file(path).map(Given::File)
}

/// What a path gives as a file for people to take along; none where it is a page or a part of one.
fn file(path: &str) -> Option<String> {
    let of_matrix = matches!(path, "/matrix.csv" | "/matrix.html");
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let of_record = matches!(parts.as_slice(), ["releases", _, "record.pdf" | "record.md"]);
    let of_document = matches!(parts.as_slice(), ["documents", _, "pdf" | "markdown"]);
    (of_matrix || of_record || of_document).then(|| path.trim_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Given, file, given};

    #[test]
    fn files_are_taken_along_and_pages_are_read() {
        for path in ["/matrix.csv", "/releases/2.4.0/record.pdf", "/documents/DOC-SDP/markdown"] {
            assert_eq!(file(path).as_deref(), Some(&path[1..]));
        }
        for path in
            ["/", "/matrix", "/releases/2.4.0/record", "/documents/DOC-SDP", "/documents/DOC-SDP/picture/0"]
        {
            assert_eq!(file(path), None, "{path}");
        }
        for path in ["/complaints", "/complaints/C-3"] {
            assert_eq!(given(path), Some(Given::Sensitive(path[1..].to_owned())));
        }
        assert_eq!(given("/changes"), None);
    }
}
