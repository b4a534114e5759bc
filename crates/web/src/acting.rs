//! Logging in and signing: forms that work without JavaScript, and the checks that no other site can send them.

use crate::desk::{Act, Desk, DeskError, LoggedIn, Question, Signing};
use crate::shell;
use axum::extract::{ConnectInfo, Form, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Router};
use maud::{Markup, html};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

const COOKIE: &str = "dossier-session";
/// Longer names, passwords and codes are nobody's.
const FIELD_MAX: usize = 1_024;

type Shared = Arc<dyn Desk>;
type Fields = HashMap<String, String>;

/// The addresses at which people act. Each that answers POST stands in [`ENDPOINTS`].
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(desk: Shared) -> Router<S> {
    Router::new()
        .route("/login", get(login_page).post(login))
        .route("/logout", get(|| async { Redirect::to("/login") }).post(logout))
        .route("/releases/{id}/sign", get(release_page).post(release_sign))
        .route("/documents/{id}/sign", get(document_page).post(document_sign))
        .layer(middleware::from_fn(same_site))
        .with_state(desk)
}

/// Every address that changes something, with the kinds of entries that it appends. A test compares it with the routes.
pub const ENDPOINTS: [(&str, &[&str]); 4] = [
    ("/login", &["session/open/v1", "session/refuse/v1", "account/lock/v1"]),
    ("/logout", &["session/close/v1"]),
    ("/releases/{id}/sign", &["release/sign/v1", "signature/refuse/v1", "session/refuse/v1"]),
    ("/documents/{id}/sign", &["document/approve/v1", "signature/refuse/v1", "session/refuse/v1"]),
];

/// A form that changes something comes from this site: browsers say so in `Origin` or `Sec-Fetch-Site`.
async fn same_site(mut request: Request, next: Next) -> Response {
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
struct From(String);

fn cookie(headers: &HeaderMap) -> String {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let found = all.flat_map(|v| v.split(';')).find_map(|c| c.trim().strip_prefix(COOKIE)?.strip_prefix('='));
    found.unwrap_or_default().to_owned()
}

fn field(fields: &Fields, name: &str) -> String {
    fields.get(name).map(|v| v.chars().take(FIELD_MAX).collect()).unwrap_or_default()
}

async fn blocking(work: impl FnOnce() -> Response + Send + 'static) -> Response {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "an act stopped");
        trouble(
            StatusCode::INTERNAL_SERVER_ERROR,
            "A fault of this program",
            "The log of the server says more.",
        )
    })
}

fn html_page(status: StatusCode, markup: Markup) -> Response {
    (status, Html(markup.into_string())).into_response()
}

fn page(title: &str, main: &Markup) -> Response {
    html_page(StatusCode::OK, shell::plain(title, main))
}

fn trouble(status: StatusCode, title: &str, text: &str) -> Response {
    html_page(status, shell::trouble(title, text))
}

fn failed(error: &DeskError) -> (StatusCode, String) {
    match error {
        DeskError::Refused(text) => (StatusCode::FORBIDDEN, text.clone()),
        DeskError::Failed(cause) => {
            tracing::error!(error = cause.as_ref(), "an act failed");
            (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
        }
    }
}

// Logging in and out.

async fn login_page(State(desk): State<Shared>, headers: HeaderMap) -> Response {
    blocking(move || match desk.who(&cookie(&headers)) {
        Some(who) => page("Logged in", &logged_in(&who, &desk.waiting())),
        None => page("Log in", &login_form(None)),
    })
    .await
}

async fn login(
    State(desk): State<Shared>,
    Extension(from): Extension<From>,
    Form(fields): Form<Fields>,
) -> Response {
    blocking(move || {
        let given = |name: &str| field(&fields, name);
        match desk.login(given("person").trim(), &given("password"), &given("code"), &from.0) {
            Ok(secret) => {
                let mut response = Redirect::to("/login").into_response();
                let text = format!("{COOKIE}={secret}; HttpOnly; SameSite=Strict; Path=/");
                if let Ok(value) = HeaderValue::from_str(&text) {
                    response.headers_mut().insert(header::SET_COOKIE, value);
                }
                response
            }
            Err(error) => {
                let (status, text) = failed(&error);
                html_page(status, shell::plain("Log in", &login_form(Some(&text))))
            }
        }
    })
    .await
}

async fn logout(State(desk): State<Shared>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    blocking(move || {
        let secret = cookie(&headers);
        if desk.who(&secret).is_some_and(|who| who.form_token != field(&fields, "form")) {
            return trouble(StatusCode::FORBIDDEN, "Not this form", "The form is of another session.");
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

fn login_form(wrong: Option<&str>) -> Markup {
    html! {
        h1 { "Log in" }
        @if let Some(text) = wrong { p.mark role="alert" { (text) } }
        form.sign method="post" action="/login" {
            label { span { "Person" } input name="person" autocomplete="username" required autofocus; }
            label { span { "Password" } input name="password" type="password" autocomplete="current-password" required; }
            label { span { "Code of your token" } input name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" required; }
            button.btn type="submit" { "Log in" }
        }
        p.sub { "Logins, also failed ones, are entries of the ledger. Five wrong attempts in a row lock an account." }
    }
}

fn logged_in(who: &LoggedIn, waiting: &[(Act, String)]) -> Markup {
    html! {
        h1 { (who.name) }
        p.sub { "Logged in as " code { (who.person) } ", " (who.roles.join(", ")) ". A quarter of an hour of silence ends the session." }
        h2 { "Waiting for a signature" }
        @if waiting.is_empty() { p.sub { "Nothing: no release has a verdict to sign, and every controlled document is approved." } }
        @else { ul { @for (act, title) in waiting { li { a href=(address(act)) { (title) } } } } }
        form method="post" action="/logout" {
            input type="hidden" name="form" value=(who.form_token);
            button.btn.quiet type="submit" { "Log out" }
        }
    }
}

// Signing.

async fn release_page(desk: State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    ask(desk, Act::Release(id), headers).await
}

async fn document_page(desk: State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    ask(desk, Act::Document(id), headers).await
}

async fn ask(State(desk): State<Shared>, act: Act, headers: HeaderMap) -> Response {
    blocking(move || {
        let Some(who) = desk.who(&cookie(&headers)) else { return Redirect::to("/login").into_response() };
        match desk.question(&act) {
            Ok(question) => page(&question.title, &sign_form(&act, &question, &who, None)),
            Err(error) => {
                let (status, text) = failed(&error);
                trouble(status, "Nothing to sign", &text)
            }
        }
    })
    .await
}

async fn release_sign(
    desk: State<Shared>,
    from: Extension<From>,
    Path(id): Path<String>,
    headers: HeaderMap,
    fields: Form<Fields>,
) -> Response {
    sign(desk, from, Act::Release(id), headers, fields).await
}

async fn document_sign(
    desk: State<Shared>,
    from: Extension<From>,
    Path(id): Path<String>,
    headers: HeaderMap,
    fields: Form<Fields>,
) -> Response {
    sign(desk, from, Act::Document(id), headers, fields).await
}

async fn sign(
    State(desk): State<Shared>,
    Extension(from): Extension<From>,
    act: Act,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    blocking(move || {
        let secret = cookie(&headers);
        let Some(who) = desk.who(&secret) else { return Redirect::to("/login").into_response() };
        let given = |name: &str| field(&fields, name);
        if given("form") != who.form_token {
            return trouble(
                StatusCode::FORBIDDEN,
                "Not this form",
                "The form is of another session; nothing was signed.",
            );
        }
        let signing = Signing {
            act: act.clone(),
            digest: given("digest"),
            role: given("role"),
            password: given("password"),
            code: given("code"),
        };
        match desk.sign(&secret, &signing, &from.0) {
            Ok(entry) => Redirect::to(&format!("/ledger/{entry}")).into_response(),
            Err(error) => {
                let (status, text) = failed(&error);
                match (desk.who(&secret), desk.question(&act)) {
                    (Some(who), Ok(question)) => {
                        let form = sign_form(&act, &question, &who, Some(&text));
                        html_page(status, shell::plain(&question.title, &form))
                    }
                    _ => trouble(status, "Not signed", &text),
                }
            }
        }
    })
    .await
}

fn address(act: &Act) -> String {
    match act {
        Act::Release(id) => format!("/releases/{}/sign", crate::address::encode(id)),
        Act::Document(id) => format!("/documents/{}/sign", crate::address::encode(id)),
    }
}

fn sign_form(act: &Act, question: &Question, who: &LoggedIn, wrong: Option<&str>) -> Markup {
    let action = address(act);
    let mine: Vec<&(String, String)> =
        question.choices.iter().filter(|(role, _)| who.roles.contains(role)).collect();
    html! {
        h1 { "Sign: " (question.title) }
        @if let Some(text) = wrong { p.mark role="alert" { (text) } }
        p { (question.what) }
        p.sub { "Content digest " code.whole { "sha256:" (question.digest) } }
        @if mine.is_empty() {
            p.mark { "You hold no role that signs this: " (question.choices.iter().map(|(r, _)| r.as_str()).collect::<Vec<_>>().join(", ")) }
        } @else {
            form.sign method="post" action=(action) {
                input type="hidden" name="form" value=(who.form_token);
                input type="hidden" name="digest" value=(question.digest);
                fieldset {
                    legend { "Your signature will mean" }
                    @for (i, (role, meaning)) in mine.iter().enumerate() {
                        label.choice { input type="radio" name="role" value=(role) checked[i == 0] required; b { (role) } ": " (meaning) }
                    }
                }
                p.sub { "You sign as " b { (who.name) } ", now, with the key that only your password opens." }
                label { span { "Password, again" } input name="password" type="password" autocomplete="current-password" required; }
                @if who.needs_code {
                    label { span { "Code of your token" } input name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" required; }
                }
                button.btn type="submit" { "Sign" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_that_answers_post_is_in_the_list_of_endpoints_and_no_other() {
        let source = include_str!("acting.rs");
        let routes = source.split("pub(crate) fn routes").nth(1).unwrap().split("\n}").next().unwrap();
        let posts: Vec<&str> = routes
            .split(".route(\"")
            .skip(1)
            .filter(|r| r.contains(".post(") || r.contains("put(") || r.contains("delete("))
            .map(|r| r.split('"').next().unwrap())
            .collect();
        assert_eq!(posts, ENDPOINTS.map(|(path, _)| path));
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; dossier-session=abc; c=d"));
        assert_eq!(cookie(&headers), "abc");
        assert_eq!(cookie(&HeaderMap::new()), "");
    }
}
