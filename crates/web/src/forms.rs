//! The forms of logging in and signing. Each works without JavaScript by the code of a token; a passkey needs the browser's help.

use crate::acting::{address, site};
use crate::desk::{Act, Choice, Desk, LoggedIn, Question};
use axum::http::HeaderMap;
use maud::{Markup, html};
use std::sync::Arc;

/// What a passkey's answer fills in, and where it is said what went wrong.
pub(crate) fn answer_fields() -> Markup {
    html! {
        @for name in ["credential", "authenticator_data", "client_data", "signature"] {
            input type="hidden" name=(name) autocomplete="off";
        }
        p.mark role="alert" data-said hidden {}
    }
}

pub(crate) fn code_field(required: bool) -> Markup {
    html! {
        label { span { "Code of your token" }
            input name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" maxlength="6" required[required];
        }
    }
}

/// Logging in.
pub(crate) fn login_form(
    desk: &Arc<dyn Desk>,
    headers: &HeaderMap,
    next: &str,
    wrong: Option<&str>,
) -> Markup {
    let challenge = site(headers).and_then(|_| desk.challenge().ok());
    html! {
        h1 { "Log in" }
        p.sub { "To sign, and to see what waits for you. Reading needs no login unless the product asks for one." }
        @if let Some(text) = wrong { p.mark role="alert" { (text) } }
        form.sign.card.pad method="post" action="/login" data-passkey="use" data-challenge=[challenge.as_deref()] {
            input type="hidden" name="next" value=(next);
            label { span { "Person" } input name="person" autocomplete="username webauthn" autocapitalize="none" spellcheck="false" required autofocus; }
            label { span { "Password" } input name="password" type="password" autocomplete="current-password" required; }
            (code_field(true))
            (answer_fields())
            div.acts {
                button.btn type="submit" { "Log in" }
                @if challenge.is_some() { button.btn.quiet type="button" data-ask hidden { "Use a passkey instead of the code" } }
            }
        }
        p.sub { "Logins, also failed ones, are entries of the ledger. Five wrong attempts in a row lock an account." }
        p.sub { "Were you given an enrolment code? " a href="/enrol" { "Enrol with it" } }
        script src="/passkey.js" defer {}
    }
}

/// Who is logged in, and what waits.
pub(crate) fn signed_in(who: &LoggedIn, waiting: &[(Act, String)]) -> Markup {
    html! {
        h1 { (who.name) }
        p.sub { "Logged in as " code { (who.person) } ", " (who.roles.join(", ")) ". A quarter of an hour of silence ends the session." }
        h2 { "Waiting for your signature" }
        @if waiting.is_empty() { p.sub { "Nothing: no release has an open seat of yours, and every document that you may approve is approved." } }
        @else { ul.waiting { @for (act, title) in waiting { li { a href=(address(act)) { (title) } } } } }
        h2 { "Means of signing" }
        p.sub { a href="/passkeys" { "Your passkeys" } " · " a href="/password" { "Change the password" } }
        form method="post" action="/logout" {
            input type="hidden" name="form" value=(who.form_token);
            button.btn.quiet type="submit" { "Log out" }
        }
    }
}

/// Signing: what, by whom, with which meaning, then the components.
pub(crate) fn sign_form(
    act: &Act,
    question: &Question,
    who: &LoggedIn,
    headers: &HeaderMap,
    wrong: Option<&str>,
) -> Markup {
    let mine: Vec<&Choice> = question.choices.iter().filter(|c| who.roles.contains(&c.role)).collect();
    let needed: Vec<&str> = question.choices.iter().map(|c| c.role.as_str()).collect();
    let passkeys = site(headers).map(|_| question.passkeys.join(" ")).filter(|p| !p.is_empty());
    let (page, name) = match act {
        Act::Release(id) => {
            (format!("/releases/{}", crate::address::encode(id)), "Read the gate and its evidence")
        }
        Act::Document(id) => (format!("/documents/{}", crate::address::encode(id)), "Read the document"),
    };
    html! {
        h1 { "Sign: " (question.title) }
        @if let Some(text) = wrong { p.mark role="alert" { (text) } }
        p { (question.what) " " a href=(page) { (name) } "." }
        p.sub { "Content digest " code.whole { "sha256:" (question.digest) } }
        @if mine.is_empty() {
            p.mark { "You hold no role that signs this: " (needed.join(", ")) }
        } @else {
            form.sign.card.pad method="post" action=(address(act)) data-passkey="use" data-known=[passkeys.as_deref()] {
                input type="hidden" name="form" value=(who.form_token);
                input type="hidden" name="digest" value=(question.digest);
                fieldset {
                    legend { "Your signature will mean" }
                    @for (i, choice) in mine.iter().enumerate() {
                        label.choice {
                            input type="radio" name="role" value=(choice.role) data-challenge=(choice.challenge) checked[i == 0] required;
                            span { b { (choice.role) } ": " (choice.meaning) }
                        }
                    }
                }
                p.sub { "You sign as " b { (who.name) } ", now, with the key that only your password opens." }
                label { span { "Password, again" } input name="password" type="password" autocomplete="current-password" required; }
                @if who.needs_code { (code_field(true)) }
                (answer_fields())
                div.acts {
                    button.btn type="submit" { "Sign" }
                    @if passkeys.is_some() { button.btn.quiet type="button" data-ask hidden { "Sign with your passkey" } }
                }
            }
            script src="/passkey.js" defer {}
        }
    }
}
