//! A person's passkeys: the list, and enrolling one with the components of a signing and a test.

use crate::acting::{
    Fields, From, MadePasskey, Shared, blocking, cookie, failed, field, foreign_form, html_page,
    made_passkey, no_passkey, page as shown, site, to_login, trouble,
};
use crate::desk::{DeskError, Enrolling, LoggedIn, Passkey};
use crate::forms::{answer_fields, code_field};
use crate::shell;
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

const ADDRESS: &str = "/passkeys";

/// The list, and the form.
pub(crate) async fn page(State(desk): State<Shared>, headers: HeaderMap) -> Response {
    blocking(move || {
        let secret = cookie(&headers);
        let Some(who) = desk.who(&secret) else { return to_login(ADDRESS) };
        match content(&desk, &secret, &who, &headers, None) {
            Ok(markup) => shown("Passkeys", &markup),
            Err(error) => not_shown(&error),
        }
    })
    .await
}

/// Enrols one.
pub(crate) async fn enrol(
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
        let Some(MadePasskey { public_key, site, test }) = made_passkey(&fields, &headers) else {
            return no_passkey();
        };
        let (name, password, code) = (given("name"), given("password"), given("code"));
        let new = Enrolling { name, public_key, site, test, password, code };
        match desk.add_passkey(&secret, &new, &from.0) {
            Ok(_) => Redirect::to(ADDRESS).into_response(),
            Err(error) => {
                let (status, text) = failed(&error);
                match content(&desk, &secret, &who, &headers, Some(&text)) {
                    Ok(markup) => html_page(status, shell::plain("Passkeys", &markup)),
                    Err(error) => not_shown(&error),
                }
            }
        }
    })
    .await
}

fn not_shown(error: &DeskError) -> Response {
    let (status, text) = failed(error);
    trouble(status, "Could not be shown", &text)
}

fn content(
    desk: &Shared,
    secret: &str,
    who: &LoggedIn,
    headers: &HeaderMap,
    wrong: Option<&str>,
) -> Result<Markup, DeskError> {
    let passkeys = desk.passkeys(secret)?;
    let challenge = desk.challenge()?;
    let place = site(headers);
    Ok(html! {
        h1 { "Passkeys of " (who.name) }
        p.sub { "A passkey confirms what you sign: its challenge is the digest of the statement. It stands in for the code of the token, never for the password." }
        @if let Some(text) = wrong { p.mark role="alert" { (text) } }
        (list(&passkeys))
        h2 { "Enrol one" }
        @match place {
            None => p.sub { "Passkeys belong to a name. Open this server by its name, not by an address in numbers." },
            Some(_) => (form(who, &passkeys, &challenge)),
        }
        p.sub { "Lost one? " code { "dossier key passkey-revoke " (who.person) " NAME --reason …" } " takes it out at once." }
        p { a href="/login" { "Back to what waits" } }
    })
}

fn list(passkeys: &[Passkey]) -> Markup {
    html! {
        @if passkeys.is_empty() { p.sub { "None is enrolled." } }
        @else {
            div.card { @for p in passkeys { div.seat {
                div.role { (p.name) }
                div.when { "for " (p.site) ", enrolled " (p.enrolled.get(..10).unwrap_or_default())
                    @if !p.revoked.is_empty() { " · revoked: " (p.revoked) } }
            } } }
        }
    }
}

fn form(who: &LoggedIn, passkeys: &[Passkey], challenge: &str) -> Markup {
    let known: Vec<&str> = passkeys.iter().map(|p| p.credential.as_str()).collect();
    html! {
        form.sign.card.pad method="post" action=(ADDRESS) data-passkey="make" data-challenge=(challenge) data-user=(who.person)
            data-name=(who.name) data-known=(known.join(" ")) {
            input type="hidden" name="form" value=(who.form_token);
            input type="hidden" name="public_key" autocomplete="off";
            label { span { "What you call it" } input name="name" maxlength="60" placeholder="laptop, blue token" autocomplete="off" required; }
            label { span { "Password, again" } input name="password" type="password" autocomplete="current-password" required; }
            @if who.needs_code {
                (code_field(true))
                p.sub { "Who has no token signs something with a passkey first: then this session needs the password only." }
            }
            (answer_fields())
            div.acts { button.btn type="button" data-ask hidden { "Make a passkey and test it" } }
            noscript { p.sub { "Making a passkey needs JavaScript. Everything else works without." } }
        }
        script src="/passkey.js" defer {}
    }
}
