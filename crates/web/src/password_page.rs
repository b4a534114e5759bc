//! Changing one's password: with the old one and the second component.

use crate::acting::{
    Fields, From, Shared, blocking, cookie, failed, field, foreign_form, html_page, page as shown, second,
    site, to_login, trouble,
};
use crate::desk::LoggedIn;
use crate::forms::{answer_fields, code_field};
use crate::shell;
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::{Markup, html};

const ADDRESS: &str = "/password";

/// The form.
pub(crate) async fn page(State(desk): State<Shared>, headers: HeaderMap) -> Response {
    blocking(move || {
        let secret = cookie(&headers);
        match desk.who(&secret) {
            None => to_login(ADDRESS),
            Some(who) => shown("Change the password", &form(&desk, &secret, &who, &headers, None)),
        }
    })
    .await
}

/// Changes it.
pub(crate) async fn change(
    State(desk): State<Shared>,
    Extension(from): Extension<From>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    blocking(move || {
        let secret = cookie(&headers);
        let Some(who) = desk.who(&secret) else { return to_login(ADDRESS) };
        let given = |name: &str| field(&fields, name);
        if let Some(answer) = foreign_form(&who, &fields) {
            return answer;
        }
        let again = |status: StatusCode, text: &str| {
            let form = form(&desk, &secret, &who, &headers, Some(text));
            html_page(status, shell::plain("Change the password", &form))
        };
        if given("new") != given("again") {
            return again(StatusCode::BAD_REQUEST, "The two new passwords are not the same; nothing was changed.");
        }
        match desk.change_password(&secret, &given("password"), &second(&fields), &given("new"), &from.0) {
            Ok(()) => {
                let said = html! { h1 { "Changed" } p { "The new password counts from now on; your key is the same." } p { a href="/login" { "Back to what waits" } } };
                shown("Changed", &said)
            }
            // A locked account has no session any more.
            Err(error) => match (failed(&error), desk.who(&secret)) {
                ((status, text), Some(_)) => again(status, &text),
                ((status, text), None) => trouble(status, "Not changed", &text),
            },
        }
    })
    .await
}

fn form(desk: &Shared, secret: &str, who: &LoggedIn, headers: &HeaderMap, wrong: Option<&str>) -> Markup {
    let own = desk.passkeys(secret).unwrap_or_default();
    let known: Vec<&str> =
        own.iter().filter(|p| p.revoked.is_empty()).map(|p| p.credential.as_str()).collect();
    let challenge = site(headers).filter(|_| !known.is_empty()).and_then(|_| desk.challenge().ok());
    html! {
        h1 { "Change the password of " (who.name) }
        p.sub { "Your key stays the same. A forgotten password cannot be changed: nobody can open your key." }
        @if let Some(text) = wrong { p.mark role="alert" { (text) } }
        form.sign.card.pad method="post" action=(ADDRESS) data-passkey="use" data-challenge=[challenge.as_deref()] data-known=(known.join(" ")) {
            input type="hidden" name="form" value=(who.form_token);
            label { span { "Password until now" } input name="password" type="password" autocomplete="current-password" required; }
            label { span { "New password, at least 12 characters" } input name="new" type="password" autocomplete="new-password" minlength="12" required; }
            label { span { "The new one again" } input name="again" type="password" autocomplete="new-password" minlength="12" required; }
            (code_field(true))
            (answer_fields())
            div.acts {
                button.btn type="submit" { "Change it" }
                @if challenge.is_some() { button.btn.quiet type="button" data-ask hidden { "Use a passkey instead of the code" } }
            }
        }
        script src="/passkey.js" defer {}
    }
}
