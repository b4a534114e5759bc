//! Logging in and signing: forms that work without JavaScript, and the checks that no other site can send them.

use crate::desk::{Act, Answer, Desk, DeskError, LoggedIn, Second, Signing};
use crate::forms::{login_form, sign_form, signed_in};
use crate::shell;
use axum::extract::{ConnectInfo, Form, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use maud::Markup;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

const COOKIE: &str = "dossier-session";
/// Longer names, passwords and codes are nobody's.
const FIELD_MAX: usize = 1_024;
/// Longer answers are of no authenticator.
const ANSWER_MAX: usize = 16_384;
/// The longest public key of a form, in characters.
const KEY_MAX: usize = 4_096;

pub(crate) type Shared = Arc<dyn Desk>;
pub(crate) type Fields = HashMap<String, String>;

/// The addresses at which people act. Each that answers POST stands in [`ENDPOINTS`].
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(desk: Shared) -> Router<S> {
    Router::new()
        .route("/login", get(login_page).post(login))
        .route("/logout", get(|| async { Redirect::to("/login") }).post(logout))
        .route(
            "/releases/{id}/sign",
            get(|d, id, h| ask(d, id, Act::Release, h))
                .post(|d, f, id, h, b| sign(d, f, id, Act::Release, h, b)),
        )
        .route(
            "/documents/{id}/sign",
            get(|d, id, h| ask(d, id, Act::Document, h))
                .post(|d, f, id, h, b| sign(d, f, id, Act::Document, h, b)),
        )
        .route("/passkeys", get(crate::passkey_page::page).post(crate::passkey_page::enrol))
        .route("/enrol", get(crate::joining_page::page).post(crate::joining_page::join))
        .route("/password", get(crate::password_page::page).post(crate::password_page::change))
        .layer(middleware::from_fn(same_site))
        .with_state(desk)
}

/// The same addresses where nobody acts: a server that only reads says so.
pub(crate) fn absent<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let says = || async {
        let text = "This server only shows. People sign at the command line, or on a server that was started for it.";
        html_page(StatusCode::OK, shell::trouble("Nothing is signed here", text))
    };
    Router::new()
        .route("/login", get(says))
        .route("/enrol", get(says))
        .route("/releases/{id}/sign", get(says))
        .route("/documents/{id}/sign", get(says))
}

/// Every address that changes something, with the kinds of entries that it appends. A test compares it with the routes.
pub const ENDPOINTS: [(&str, &[&str]); 7] = [
    ("/login", &["session/open/v1", "session/refuse/v1", "account/lock/v1"]),
    ("/logout", &["session/close/v1"]),
    (
        "/releases/{id}/sign",
        &["release/sign/v1", "signature/assert/v1", "signature/refuse/v1", "session/refuse/v1"],
    ),
    (
        "/documents/{id}/sign",
        &["document/approve/v1", "signature/assert/v1", "signature/refuse/v1", "session/refuse/v1"],
    ),
    ("/passkeys", &["passkey/enrol/v1", "signature/refuse/v1", "session/refuse/v1"]),
    (
        "/enrol",
        &["key/enrol/v1", "credential/enrol/v1", "passkey/enrol/v1", "session/refuse/v1", "account/lock/v1"],
    ),
    ("/password", &["credential/enrol/v1", "session/refuse/v1", "account/lock/v1"]),
];

/// A form that changes something comes from this site: browsers say so in `Origin` or `Sec-Fetch-Site`.
pub(crate) async fn same_site(mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let host = text("host").unwrap_or_default();
    let foreign = text("origin").is_some_and(|o| o.split_once("://").is_none_or(|(_, h)| h != host))
        || text("sec-fetch-site").is_some_and(|s| !matches!(s, "same-origin" | "none"));
    if request.method() == axum::http::Method::POST && foreign {
        return trouble(
            StatusCode::FORBIDDEN,
            "Not from here",
            "Another site sent this form; nothing was done.",
        );
    }
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let from = From(from.map_or_else(|| "unknown".to_owned(), |c| c.0.ip().to_string()));
    request.extensions_mut().insert(from);
    next.run(request).await
}

/// The address that a request came from.
#[derive(Clone)]
pub(crate) struct From(pub(crate) String);

/// Whether this server speaks TLS itself, so that its cookie goes nowhere else.
#[derive(Clone, Copy)]
pub(crate) struct Encrypted(pub(crate) bool);

/// The name of the host that was addressed, without its port: the site of a passkey. Addresses in numbers are no sites.
pub(crate) fn site(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let is_name = !name.starts_with('[') && name.parse::<std::net::IpAddr>().is_err() && !name.is_empty();
    is_name.then(|| name.to_ascii_lowercase())
}

/// The session's cookie.
pub(crate) fn cookie(headers: &HeaderMap) -> String {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let found = all.flat_map(|v| v.split(';')).find_map(|c| c.trim().strip_prefix(COOKIE)?.strip_prefix('='));
    found.unwrap_or_default().to_owned()
}

pub(crate) fn field(fields: &Fields, name: &str) -> String {
    fields.get(name).map(|v| v.chars().take(FIELD_MAX).collect()).unwrap_or_default()
}

pub(crate) async fn blocking(work: impl FnOnce() -> Response + Send + 'static) -> Response {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "an act stopped");
        trouble(
            StatusCode::INTERNAL_SERVER_ERROR,
            "A fault of this program",
            "The log of the server says more.",
        )
    })
}

pub(crate) fn html_page(status: StatusCode, markup: Markup) -> Response {
    (status, Html(markup.into_string())).into_response()
}

pub(crate) fn page(title: &str, main: &Markup) -> Response {
    html_page(StatusCode::OK, shell::plain(title, main))
}

pub(crate) fn trouble(status: StatusCode, title: &str, text: &str) -> Response {
    html_page(status, shell::trouble(title, text))
}

pub(crate) fn failed(error: &DeskError) -> (StatusCode, String) {
    match error {
        DeskError::Refused(text) => (StatusCode::FORBIDDEN, text.clone()),
        DeskError::Failed(cause) => {
            tracing::error!(error = cause.as_ref(), "an act failed");
            (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
        }
    }
}

/// The second component of a form: a passkey's answer where there is one, else a code.
pub(crate) fn second(fields: &Fields) -> Second {
    let long =
        |name: &str| fields.get(name).map(|v| v.chars().take(ANSWER_MAX).collect()).unwrap_or_default();
    let code = field(fields, "code");
    match field(fields, "credential") {
        credential if !credential.is_empty() => Second::Passkey(Answer {
            credential,
            authenticator_data: long("authenticator_data"),
            client_data: long("client_data"),
            signature: long("signature"),
        }),
        _ if code.is_empty() => Second::Nothing,
        _ => Second::Code(code),
    }
}

/// A passkey that the browser made.
pub(crate) struct MadePasskey {
    /// The public key, as the form has it.
    pub(crate) public_key: String,
    /// The name of the host that it is for.
    pub(crate) site: String,
    /// What it signed at once.
    pub(crate) test: Answer,
}

/// The passkey of a form; nothing where the browser made none, or where the host was addressed by a number.
pub(crate) fn made_passkey(fields: &Fields, headers: &HeaderMap) -> Option<MadePasskey> {
    let Second::Passkey(test) = second(fields) else { return None };
    let public_key = fields.get("public_key").map(|k| k.chars().take(KEY_MAX).collect()).unwrap_or_default();
    Some(MadePasskey { public_key, site: site(headers)?, test })
}

/// The answer to a form that should have had a passkey.
pub(crate) fn no_passkey() -> Response {
    let text =
        "The browser gave no passkey. It needs JavaScript here, and a server that is addressed by its name.";
    trouble(StatusCode::BAD_REQUEST, "No passkey", text)
}

/// The answer to a form that was not made for this session; nothing where it was.
pub(crate) fn foreign_form(who: &LoggedIn, fields: &Fields) -> Option<Response> {
    let text = "The form is of another session; nothing was done.";
    (field(fields, "form") != who.form_token).then(|| trouble(StatusCode::FORBIDDEN, "Not this form", text))
}

/// To the login, and back to an address of this site.
pub(crate) fn to_login(address: &str) -> Response {
    Redirect::to(&format!("/login?next={}", crate::address::encode(address))).into_response()
}

/// An address of this site and no other, to go to after logging in.
fn next(text: &str) -> String {
    let local = text.starts_with('/') && !text.starts_with("//") && !text.contains(['\\', '\n', '\r']);
    if local && text.len() <= FIELD_MAX { text.to_owned() } else { "/login".to_owned() }
}

// Logging in and out.

async fn login_page(
    State(desk): State<Shared>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    blocking(move || match desk.who(&cookie(&headers)) {
        Some(who) => page("Signing", &signed_in(&who, &desk.waiting(&cookie(&headers)))),
        None => {
            let next = next(query.get("next").map(String::as_str).unwrap_or_default());
            page("Log in", &login_form(&desk, &headers, &next, None))
        }
    })
    .await
}

async fn login(
    State(desk): State<Shared>,
    Extension(from): Extension<From>,
    encrypted: Option<Extension<Encrypted>>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    blocking(move || {
        let given = |name: &str| field(&fields, name);
        let next = next(&given("next"));
        match desk.login(given("person").trim(), &given("password"), &second(&fields), &from.0) {
            Ok(secret) => {
                let mut response = Redirect::to(&next).into_response();
                let secure = if encrypted.is_some_and(|e| e.0.0) { "; Secure" } else { "" };
                let text = format!("{COOKIE}={secret}; HttpOnly; SameSite=Strict; Path=/{secure}");
                if let Ok(value) = HeaderValue::from_str(&text) {
                    response.headers_mut().insert(header::SET_COOKIE, value);
                }
                response
            }
            Err(error) => {
                let (status, text) = failed(&error);
                html_page(status, shell::plain("Log in", &login_form(&desk, &headers, &next, Some(&text))))
            }
        }
    })
    .await
}

async fn logout(State(desk): State<Shared>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    blocking(move || {
        let secret = cookie(&headers);
        if let Some(answer) = desk.who(&secret).and_then(|who| foreign_form(&who, &fields)) {
            return answer;
        }
        if let Err(error) = desk.logout(&secret) {
            let (status, text) = failed(&error);
            return trouble(status, "Not logged out", &text);
        }
        let mut response = Redirect::to("/login").into_response();
        let gone = HeaderValue::from_static("dossier-session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
        response.headers_mut().insert(header::SET_COOKIE, gone);
        response
    })
    .await
}

// Signing.

async fn ask(
    State(desk): State<Shared>,
    Path(id): Path<String>,
    act: fn(String) -> Act,
    headers: HeaderMap,
) -> Response {
    blocking(move || {
        let act = act(id);
        let secret = cookie(&headers);
        let Some(who) = desk.who(&secret) else { return to_login(&address(&act)) };
        match desk.question(&secret, &act) {
            Ok(question) => page(&question.title, &sign_form(&act, &question, &who, &headers, None)),
            Err(error) => {
                let (status, text) = failed(&error);
                trouble(status, "Nothing to sign", &text)
            }
        }
    })
    .await
}

async fn sign(
    State(desk): State<Shared>,
    Extension(from): Extension<From>,
    Path(id): Path<String>,
    act: fn(String) -> Act,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    blocking(move || {
        let act = act(id);
        let secret = cookie(&headers);
        let Some(who) = desk.who(&secret) else { return to_login(&address(&act)) };
        let given = |name: &str| field(&fields, name);
        if let Some(answer) = foreign_form(&who, &fields) {
            return answer;
        }
        let signing = Signing {
            act: act.clone(),
            digest: given("digest"),
            role: given("role"),
            password: given("password"),
            second: second(&fields),
        };
        match desk.sign(&secret, &signing, &from.0) {
            Ok(entry) => Redirect::to(&format!("/ledger/{entry}")).into_response(),
            Err(error) => {
                let (status, text) = failed(&error);
                match (desk.who(&secret), desk.question(&secret, &act)) {
                    (Some(who), Ok(question)) => {
                        let form = sign_form(&act, &question, &who, &headers, Some(&text));
                        html_page(status, shell::plain(&question.title, &form))
                    }
                    _ => trouble(status, "Not signed", &text),
                }
            }
        }
    })
    .await
}

/// Where an act is done.
pub(crate) fn address(act: &Act) -> String {
    match act {
        Act::Release(id) => format!("/releases/{}/sign", crate::address::encode(id)),
        Act::Document(id) => format!("/documents/{}/sign", crate::address::encode(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_that_answers_post_is_in_the_list_of_endpoints_and_no_other() {
        let source = include_str!("acting.rs");
        let routes = source.split("pub(crate) fn routes").nth(1).unwrap().split("\n}").next().unwrap();
        let routes: String = routes.split_whitespace().collect();
        let posts: Vec<&str> = routes
            .split(".route(\"")
            .skip(1)
            .filter(|r| r.contains(".post(") || r.contains("put(") || r.contains("delete("))
            .map(|r| r.split('"').next().unwrap())
            .collect();
        assert_eq!(posts, ENDPOINTS.map(|(path, _)| path));
    }

    #[test]
    fn after_logging_in_one_stays_on_this_site() {
        assert_eq!(next("/documents/DOC-1/sign?a=b"), "/documents/DOC-1/sign?a=b");
        for elsewhere in
            ["", "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
        {
            assert_eq!(next(elsewhere), "/login", "{elsewhere}");
        }
    }

    #[test]
    fn a_site_is_a_name_and_no_number() {
        let of = |host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            site(&headers)
        };
        assert_eq!(of("localhost:8762").as_deref(), Some("localhost"));
        assert_eq!(of("QMS.example").as_deref(), Some("qms.example"));
        assert_eq!(of("127.0.0.1:8762"), None);
        assert_eq!(of("[::1]:8762"), None);
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; dossier-session=abc; c=d"));
        assert_eq!(cookie(&headers), "abc");
        assert_eq!(cookie(&HeaderMap::new()), "");
    }
}
