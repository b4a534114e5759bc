//! The server: addresses to pages, headers that keep a page harmless, errors as pages.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::serve::ListenerExt as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::net::TcpListener;
use views::Page;

use crate::desk::Desk;
use crate::pages::{
    anomalies, clauses, comparison, documents, findings, items, ledger, matrix, metrics, overview, registers,
    releases, risk, runs, security, soup, trends,
};
use crate::params::{Params, ROWS_MAX};
use crate::shell::{self, Content};
use crate::source::{At, LogFilter, PageResult, Source, SourceError};
use crate::tls::{TlsFiles, TlsListener};

const CSS: &str = include_str!("../assets/dossier.css");
const KEYS: &str = include_str!("../assets/keys.js");
const PASSKEY: &str = include_str!("../assets/passkey.js");
const ICON: &str = include_str!("../assets/icon.svg");

/// Nothing comes from elsewhere, nothing inline runs, no page can be framed or send a form elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";
/// The same for the matrix as one file, whose style is its own and whose one script is named by its hash.
static POLICY_FILE: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64.encode(views::Digest::of(report::MATRIX_SCRIPT.as_bytes()).0);
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    )
});

/// How the pages are served.
#[derive(Clone, Default)]
pub struct Options {
    /// Names beyond those of loopback that a request may address. A page of another site that makes its own name
    /// point to this machine gets nothing.
    pub hosts: Vec<String>,
    /// What people do on the pages; without it they read only.
    pub desk: Option<Arc<dyn Desk>>,
    /// The product whose ledger other machines append to; without it there is no API.
    pub api: Option<app::Workspace>,
    /// Whether only who is logged in reads. Needs a desk.
    pub login: bool,
    /// The server's own certificate; without it, it speaks HTTP.
    pub tls: Option<TlsFiles>,
    /// The product whose trackers may call (`[trackers]`); without it there are no webhooks.
    pub hooks: Option<app::Workspace>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Options {{ hosts: {:?}, desk: {}, api: {}, login: {}, tls: {}, hooks: {} }}",
            self.hosts,
            self.desk.is_some(),
            self.api.is_some(),
            self.login,
            self.tls.is_some(),
            self.hooks.is_some()
        )
    }
}

type Shared = Arc<dyn Source>;
type PathQuery = Query<Vec<(String, String)>>;

/// Serves until `until` is done, over TLS where there is a certificate. Unless [`Options::login`] is set reading needs no login,
/// so the address should be of loopback or behind a proxy that asks for one.
pub async fn serve(
    listener: TcpListener,
    source: Arc<dyn Source>,
    options: Options,
    until: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let tls = options.tls.clone();
    let service = router(source, options).into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        None => axum::serve(listener, service).with_graceful_shutdown(until).await,
        Some(files) => {
            let listener = TlsListener::new(listener, files)?.tap_io(|_| ());
            axum::serve(listener, service).with_graceful_shutdown(until).await
        }
    }
}

/// All addresses. What changes something is in `acting::ENDPOINTS`, `api::ENDPOINTS` and `hook_routes::HOOK`; every other method is refused.
pub fn router(source: Arc<dyn Source>, options: Options) -> Router {
    let options = Arc::new(options);
    let acting = options.desk.clone().map_or_else(crate::acting::absent, crate::acting::routes);
    let api = options.api.clone().map(crate::api_routes::api_router).unwrap_or_default();
    let hooks = options.hooks.clone().map(crate::hook_routes::hook_router).unwrap_or_default();
    Router::new()
        .merge(acting)
        .merge(api)
        .merge(hooks)
        .merge(lists())
        .merge(details())
        .merge(files())
        .merge(assets())
        .fallback(|uri: Uri| async move {
            trouble(StatusCode::NOT_FOUND, "Not here", &format!("There is no page at {}.", uri.path()))
        })
        .method_not_allowed_fallback(|| async {
            trouble(
                StatusCode::METHOD_NOT_ALLOWED,
                "Reading only",
                "These pages answer GET and change nothing.",
            )
        })
        .with_state(source)
        .layer(middleware::from_fn(move |request, next| guard(Arc::clone(&options), request, next)))
}

/// What every page loads.
pub(crate) fn assets<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/dossier.css", get(|| asset("text/css; charset=utf-8", CSS)))
        .route("/keys.js", get(|| asset("text/javascript; charset=utf-8", KEYS)))
        .route("/passkey.js", get(|| asset("text/javascript; charset=utf-8", PASSKEY)))
        .route("/icon.svg", get(|| asset("image/svg+xml", ICON)))
        .route("/inter-regular.otf", get(|| asset("font/otf", report::INTER_REGULAR)))
        .route("/inter-semibold.otf", get(|| asset("font/otf", report::INTER_SEMIBOLD)))
}

fn lists() -> Router<Shared> {
    /// A page without an id.
    macro_rules! page {
        ($method:ident, $render:path) => {
            get(|State(source): State<Shared>, uri: Uri, Query(query): PathQuery| {
                render(source, uri, query, |source, params| source.$method(&params.at), $render)
            })
        };
    }
    Router::new()
        .route("/", page!(overview, overview::overview))
        .route("/findings", page!(findings, findings::findings))
        .route("/items", page!(items, items::items))
        .route("/matrix", page!(matrix, matrix::matrix))
        .route("/risk", page!(risk, risk::risk))
        .route("/soup", page!(soup, soup::soup))
        .route("/security", page!(security, security::security))
        .route("/anomalies", page!(anomalies, anomalies::anomalies))
        .route("/changes", page!(changes, registers::changes))
        .route("/complaints", page!(complaints, registers::complaints))
        .route("/capas", page!(capas, registers::capas))
        .route("/feedback", page!(feedback, registers::feedback))
        .route(
            "/trends",
            get(|State(source): State<Shared>, uri: Uri, Query(query): PathQuery| {
                let load =
                    |source: &dyn Source, params: &Params| trends::load(source, &params.at, &params.kind);
                render(source, uri, query, load, trends::trends)
            }),
        )
        .route("/documents", page!(documents, documents::documents))
        .route("/runs", page!(runs, runs::runs))
        .route("/releases", page!(releases, releases::releases))
        .route("/metrics", page!(metrics, metrics::metrics))
        .route("/clauses", page!(clauses, clauses::clauses))
        .route(
            "/ledger",
            get(|State(source): State<Shared>, uri: Uri, Query(query): PathQuery| {
                render(
                    source,
                    uri,
                    query,
                    |source, params| source.ledger(&params.at, &log_filter(params)),
                    ledger::ledger,
                )
            }),
        )
}

fn details() -> Router<Shared> {
    /// A page about one id.
    macro_rules! page {
        ($method:ident, $render:path) => {
            get(|State(source): State<Shared>, Path(id): Path<String>, uri: Uri, Query(query): PathQuery| {
                render(source, uri, query, move |source, params| source.$method(&params.at, &id), $render)
            })
        };
    }
    /// A page about a release, which may have been sealed by another program.
    macro_rules! release_page {
        ($method:ident, $render:path) => {
            get(|State(source): State<Shared>, Path(id): Path<String>, uri: Uri, Query(query): PathQuery| {
                let load = move |source: &dyn Source, params: &Params| {
                    releases::judged_or_sealed(source, &params.at, &id, || source.$method(&params.at, &id))
                };
                render(source, uri, query, load, $render)
            })
        };
    }
    Router::new()
        .route("/items/{id}", page!(item, items::item))
        .route("/soup/{id}", page!(soup_item, soup::soup_item))
        .route("/anomalies/{id}", page!(anomaly, anomalies::anomaly))
        .route("/changes/{id}", page!(change, registers::change))
        .route("/complaints/{id}", page!(complaint, registers::complaint))
        .route("/changes/{id}/impact", page!(impact, registers::impact))
        .route("/capas/{id}", page!(capa, registers::capa))
        .route("/releases/{id}/notes", notes(false))
        .route("/releases/{id}/security-notes", notes(true))
        .route("/releases/{id}/addendum", page!(addendum, registers::addendum))
        .route("/documents/{id}", page!(document, documents::document))
        .route("/runs/{id}", page!(run, runs::run))
        .route("/releases/{id}", release_page!(release, releases::gate_or_sealed))
        .route("/releases/{id}/record", release_page!(release_record, releases::record_or_sealed))
        .route(
            "/releases/{id}/since/{from}",
            get(
                |State(source): State<Shared>,
                 Path((id, from)): Path<(String, String)>,
                 uri: Uri,
                 Query(query): PathQuery| {
                    render(
                        source,
                        uri,
                        query,
                        move |source, params| source.release_diff(&params.at, &from, &id),
                        comparison::comparison,
                    )
                },
            ),
        )
        .route("/clauses/{id}", page!(clause, clauses::clause))
        .route(
            "/ledger/{seq}",
            get(
                |State(source): State<Shared>, Path(seq): Path<String>, uri: Uri, Query(query): PathQuery| {
                    render(
                        source,
                        uri,
                        query,
                        move |source, params| entry(source, &params.at, &seq),
                        ledger::entry,
                    )
                },
            ),
        )
}

/// A draft of release notes.
fn notes(security: bool) -> MethodRouter<Shared> {
    get(move |State(source): State<Shared>, Path(id): Path<String>, uri: Uri, Query(query): PathQuery| {
        let load = move |source: &dyn Source, params: &Params| source.notes(&params.at, &id, security);
        render(source, uri, query, load, releases::notes)
    })
}

/// Reports as files.
fn files() -> Router<Shared> {
    Router::new()
        .route("/documents/{id}/picture/{number}", get(picture))
        .route(
            "/matrix.csv",
            get(|State(source): State<Shared>, Query(query): PathQuery| {
                file(source, query, "text/csv; charset=utf-8", POLICY, |source, at| {
                    Ok(report::matrix_csv(&source.matrix(at)?.body).into_bytes())
                })
            }),
        )
        .route(
            "/matrix.html",
            get(|State(source): State<Shared>, Query(query): PathQuery| {
                file(source, query, "text/html; charset=utf-8", &POLICY_FILE, |source, at| {
                    let page = source.matrix(at)?;
                    Ok(report::matrix_html(&page.body, &page.inputs).into_bytes())
                })
            }),
        )
        .route(
            "/releases/{id}/record.pdf",
            get(|State(source): State<Shared>, Path(id): Path<String>, Query(query): PathQuery| {
                file(source, query, "application/pdf", POLICY, move |source, at| {
                    if let Some(sealed) = source.sealed_record(at, &id)? {
                        return Ok(sealed.body.pdf);
                    }
                    report::release_record(&source.release_record(at, &id)?.body).pdf().map_err(failed)
                })
            }),
        )
        .route(
            "/releases/{id}/record.md",
            get(|State(source): State<Shared>, Path(id): Path<String>, Query(query): PathQuery| {
                file(source, query, "text/markdown; charset=utf-8", POLICY, move |source, at| {
                    if let Some(sealed) = source.sealed_record(at, &id)? {
                        return Ok(sealed.body.markdown.into_bytes());
                    }
                    Ok(report::release_record(&source.release_record(at, &id)?.body).markdown().into_bytes())
                })
            }),
        )
        .route(
            "/documents/{id}/pdf",
            get(|State(source): State<Shared>, Path(id): Path<String>, Query(query): PathQuery| {
                file(source, query, "application/pdf", POLICY, move |source, at| {
                    report::controlled_document(&source.document(at, &id)?.body).pdf().map_err(failed)
                })
            }),
        )
        .route(
            "/documents/{id}/markdown",
            get(|State(source): State<Shared>, Path(id): Path<String>, Query(query): PathQuery| {
                file(source, query, "text/markdown; charset=utf-8", POLICY, move |source, at| {
                    Ok(report::controlled_document(&source.document(at, &id)?.body).markdown().into_bytes())
                })
            }),
        )
}

/// A picture of a document, by its number in the document.
async fn picture(
    State(source): State<Shared>,
    Path((id, number)): Path<(String, usize)>,
    Query(query): PathQuery,
) -> Response {
    let params = match Params::read(&query) {
        Ok(params) => params,
        Err(text) => return trouble(StatusCode::BAD_REQUEST, "Not understood", &text),
    };
    blocking(move || {
        let document = source.document(&params.at, &id)?.body;
        let bytes = document.pictures.into_iter().nth(number).map(|picture| picture.bytes);
        let kind = bytes.as_deref().and_then(report::picture_type);
        let (Some(bytes), Some(kind)) = (bytes, kind) else {
            return Err(SourceError::NotFound(format!("{id} has no picture {number} that can be shown.")));
        };
        // A drawing opened on its own may style itself and nothing else.
        let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy)], bytes).into_response())
    })
    .await
}

fn failed(error: report::ReportError) -> SourceError {
    SourceError::Failed(Box::new(error))
}

fn log_filter(params: &Params) -> LogFilter {
    LogFilter { kind: params.kind.clone(), about: params.about.clone(), first: params.from, limit: ROWS_MAX }
}

fn entry(source: &dyn Source, at: &At, seq: &str) -> PageResult<views::EntryPage> {
    let number =
        seq.parse().map_err(|_| SourceError::NotFound(format!("{seq} is no number of an entry.")))?;
    source.entry(at, number)
}

/// Computes a page on a thread that may block, and wraps it in the shell.
async fn render<T, F>(
    source: Shared,
    uri: Uri,
    query: Vec<(String, String)>,
    load: F,
    content: fn(&T, &Params) -> Content,
) -> Response
where
    F: FnOnce(&dyn Source, &Params) -> PageResult<T> + Send + 'static,
    T: 'static,
{
    let params = match Params::read(&query) {
        Ok(params) => params,
        Err(text) => return trouble(StatusCode::BAD_REQUEST, "Not understood", &text),
    };
    let path = uri.path().to_owned();
    blocking(move || {
        let Page { inputs, badges, body } = load(source.as_ref(), &params)?;
        let markup = shell::page(&content(&body, &params), &inputs, &badges, &path, &params);
        Ok(html(StatusCode::OK, markup.into_string()))
    })
    .await
}

/// Computes a file on a thread that may block.
async fn file(
    source: Shared,
    query: Vec<(String, String)>,
    kind: &'static str,
    policy: &'static str,
    make: impl FnOnce(&dyn Source, &At) -> Result<Vec<u8>, SourceError> + Send + 'static,
) -> Response {
    let params = match Params::read(&query) {
        Ok(params) => params,
        Err(text) => return trouble(StatusCode::BAD_REQUEST, "Not understood", &text),
    };
    blocking(move || {
        let bytes = make(source.as_ref(), &params.at)?;
        Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy)], bytes).into_response())
    })
    .await
}

async fn blocking(work: impl FnOnce() -> Result<Response, SourceError> + Send + 'static) -> Response {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => match &error {
            SourceError::NotFound(text) => trouble(StatusCode::NOT_FOUND, "Not found", text),
            SourceError::NoSuchTime(text) => trouble(StatusCode::BAD_REQUEST, "No such point in time", text),
            SourceError::Failed(cause) => {
                tracing::error!(error = cause.as_ref(), "a page could not be computed");
                trouble(StatusCode::INTERNAL_SERVER_ERROR, "Could not be computed", &error.to_string())
            }
        },
        Err(error) => {
            tracing::error!(%error, "a page stopped");
            let text = "The program has a fault here. Nothing was changed; the log of the server says more.";
            trouble(StatusCode::INTERNAL_SERVER_ERROR, "A fault of this program", text)
        }
    }
}

fn html(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}

pub(crate) fn trouble(status: StatusCode, title: &str, text: &str) -> Response {
    html(status, shell::trouble(title, text).into_string())
}

async fn asset(kind: &'static str, body: impl IntoResponse) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, kind)], body)
}

/// Refuses foreign hosts and sets the headers that every answer has.
pub(crate) async fn guard(options: Arc<Options>, request: Request, next: Next) -> Response {
    let encrypted = options.tls.is_some();
    let mut response = if host_is_ours(request.headers(), &options) {
        let mut request = request;
        request.extensions_mut().insert(crate::acting::Encrypted(encrypted));
        crate::reading::let_in(&options, request, next).await
    } else {
        let text = "This server answers to its own name only.";
        trouble(StatusCode::MISDIRECTED_REQUEST, "Wrong host", text)
    };
    let headers = response.headers_mut();
    if encrypted {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    response
}

fn host_is_ours(headers: &HeaderMap, options: &Options) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
    if let Ok(address) = host.parse::<SocketAddr>() {
        return address.ip().is_loopback() || options.hosts.contains(&address.ip().to_string());
    }
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    };
    let loopback = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
    loopback || options.hosts.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_answered() {
        let options = Options { hosts: vec!["qms.example".into()], ..Options::default() };
        for (host, ours) in [
            ("localhost", true),
            ("localhost:8080", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("[::1]", true),
            ("QMS.example:443", true),
            ("evil.example", false),
            ("127.0.0.1.evil.example:80", false),
            ("localhost.evil.example", false),
            ("10.0.0.1:8080", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
            assert_eq!(host_is_ours(&headers, &options), ours, "{host}");
        }
        assert!(!host_is_ours(&HeaderMap::new(), &options));
    }
}
