//! Following an invitation: a person who has no token enrols a password and a passkey with a code that is good once.

use crate::acting::{
    Fields, From, MadePasskey, Shared, blocking, failed, field, html_page, made_passkey, no_passkey,
    page as shown, site,
};
use crate::desk::{Joined, Joining};
use crate::forms::answer_fields;
use crate::shell;
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::{Markup, html};

/// The form.
pub(crate) async fn page(State(desk): State<Shared>, headers: HeaderMap) -> Response {
    blocking(move || shown("Enrol", &form(&desk, &headers, "", None))).await
}

/// Enrols.
pub(crate) async fn join(
    State(desk): State<Shared>,
    Extension(from): Extension<From>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Response {
    blocking(move || {
        let given = |name: &str| field(&fields, name);
        let person = given("person").trim().to_owned();
        let again = |status: StatusCode, text: &str| {
            html_page(status, shell::plain("Enrol", &form(&desk, &headers, &person, Some(text))))
        };
        if given("password") != given("again") {
            return again(
                StatusCode::BAD_REQUEST,
                "The two passwords are not the same; nothing was recorded.",
            );
        }
        let Some(MadePasskey { public_key, site, test }) = made_passkey(&fields, &headers) else {
            return no_passkey();
        };
        let (code, password, name) = (given("enrolment"), given("password"), given("name"));
        let joining = Joining { person: person.clone(), code, password, name, public_key, site, test };
        match desk.join(&joining, &from.0) {
            Ok(done) => shown("Enrolled", &enrolled(&person, &done)),
            Err(error) => {
                let (status, text) = failed(&error);
                again(status, &text)
            }
        }
    })
    .await
}

fn enrolled(person: &str, done: &Joined) -> Markup {
    html! {
        h1 { "Enrolled" }
        p { "You sign from now on with your password and your passkey. Your key has the fingerprint " code.whole { (done.key) } "." }
        @if done.waits {
            p.mark { "You have another key already, so this one waits until it is vouched for: by that key, or by two other persons." }
            p.sub { code { "dossier key endorse " (person) " --fingerprint " (done.key) " --reason …" } }
        }
        p.sub { "Let whoever invited you compare the fingerprint with what " code { "dossier person report" } " shows." }
        p { a href="/login" { "Log in" } }
    }
}

fn form(desk: &Shared, headers: &HeaderMap, person: &str, wrong: Option<&str>) -> Markup {
    let challenge = site(headers).and_then(|_| desk.challenge().ok());
    html! {
        h1 { "Enrol with a code" }
        p.sub { "Somebody who enrols people gave you a code. It is good once, for you alone, and not for long. You choose a password, and the passkey of this device or a token confirms what you sign." }
        @if let Some(text) = wrong { p.mark role="alert" { (text) } }
        @match challenge {
            None => p.sub { "Passkeys belong to a name. Open this server by its name, not by an address in numbers." },
            Some(challenge) => {
                form.sign.card.pad method="post" action="/enrol" data-passkey="make" data-challenge=(challenge) {
                    input type="hidden" name="public_key" autocomplete="off";
                    label { span { "Person" } input name="person" value=(person) autocomplete="username" autocapitalize="none" spellcheck="false" required; }
                    label { span { "Enrolment code" } input name="enrolment" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="100" required; }
                    label { span { "New password, at least 12 characters" } input name="password" type="password" autocomplete="new-password" minlength="12" required; }
                    label { span { "The same password again" } input name="again" type="password" autocomplete="new-password" minlength="12" required; }
                    label { span { "What you call the passkey" } input name="name" maxlength="60" placeholder="laptop, blue token" autocomplete="off" required; }
                    (answer_fields())
                    div.acts { button.btn type="button" data-ask hidden { "Make a passkey and enrol" } }
                    noscript { p.sub { "Making a passkey needs JavaScript. With a token, enrol at the server: " code { "dossier key password PERSON" } } }
                }
                script src="/passkey.js" defer {}
            }
        }
        p.sub { "Wrong codes are entries of the ledger." }
    }
}
