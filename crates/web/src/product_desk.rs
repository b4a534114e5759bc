//! A product on disk as the desk: the use cases behind logging in and signing.

use crate::desk::{
    Act, Answer, Choice, Desk, DeskError, Enrolling, Given, Joined, Joining, LoggedIn, Passkey, Question,
    Second, Signing,
};
use app::{Assertion, ErrorKind, NewPasskey, SecondGiven, Sessions, Workspace, base64url, from_base64url};

/// The acts of a product, done by the use cases.
#[derive(Debug)]
pub struct ProductDesk {
    ws: Workspace,
    sessions: Sessions,
}

impl ProductDesk {
    /// The desk of this product. Everybody logs in anew.
    pub fn new(ws: Workspace) -> ProductDesk {
        ProductDesk { ws, sessions: Sessions::default() }
    }

    fn asked(&self, act: &Act) -> Result<app::SignQuestion, DeskError> {
        let asked = match act {
            Act::Release(version) => app::release_question(&self.ws, version),
            Act::Document(id) => app::document_question(&self.ws, id),
        };
        asked.map_err(failed)
    }
}

fn failed(error: app::Error) -> DeskError {
    match error.kind {
        ErrorKind::Refused => {
            let hints: String = error.hints.iter().map(|hint| format!(". {hint}")).collect();
            DeskError::Refused(format!("{error}{hints}"))
        }
        _ => DeskError::Failed(Box::new(error)),
    }
}

fn refused(text: &str) -> DeskError {
    DeskError::Refused(text.to_owned())
}

fn assertion(answer: &Answer) -> Result<Assertion, DeskError> {
    let bytes =
        |text: &str| from_base64url(text).ok_or_else(|| refused("the passkey's answer cannot be read"));
    Ok(Assertion {
        authenticator_data: bytes(&answer.authenticator_data)?,
        client_data: bytes(&answer.client_data)?,
        signature: bytes(&answer.signature)?,
    })
}

fn given(second: &Second) -> Result<Option<SecondGiven>, DeskError> {
    Ok(match second {
        Second::Nothing => None,
        Second::Code(code) => Some(SecondGiven::Code(code.clone())),
        Second::Passkey(answer) => Some(SecondGiven::Passkey {
            credential: answer.credential.clone(),
            assertion: assertion(answer)?,
        }),
    })
}

fn entry(done: app::Appended) -> Result<u64, DeskError> {
    match done {
        app::Appended::Entries { first, .. } => Ok(first),
        app::Appended::Requested(_) => Err(refused("nothing was recorded")),
    }
}

impl Desk for ProductDesk {
    fn is_in(&self, cookie: &str) -> bool {
        self.sessions.of(&self.ws, cookie).is_some()
    }

    fn who(&self, cookie: &str) -> Option<LoggedIn> {
        let session = self.sessions.of(&self.ws, cookie)?;
        let person = app::person_list(&self.ws).ok()?.into_iter().find(|p| p.person == session.person)?;
        Some(LoggedIn {
            person: session.person,
            name: person.name,
            roles: person.roles,
            form_token: session.form_token,
            needs_code: !session.signed,
        })
    }

    fn challenge(&self) -> Result<String, DeskError> {
        self.sessions.challenge(&self.ws).map(|c| base64url(&c)).map_err(failed)
    }

    fn login(&self, person: &str, password: &str, second: &Second, from: &str) -> Result<String, DeskError> {
        let second = given(second)?.unwrap_or_else(|| SecondGiven::Code(String::new()));
        self.sessions.login(&self.ws.acting_from(from), person, password, &second, from).map_err(failed)
    }

    fn logout(&self, cookie: &str) -> Result<(), DeskError> {
        self.sessions.logout(&self.ws, cookie).map_err(failed)
    }

    fn passkeys(&self, cookie: &str) -> Result<Vec<Passkey>, DeskError> {
        let Some(session) = self.sessions.of(&self.ws, cookie) else { return Ok(Vec::new()) };
        let rows = app::passkey_list(&self.ws).map_err(failed)?;
        let own = rows.into_iter().filter(|p| p.person == session.person);
        Ok(own
            .map(|p| Passkey {
                credential: p.credential,
                name: p.name,
                site: p.site,
                enrolled: p.enrolled,
                revoked: p.revoked,
            })
            .collect())
    }

    fn add_passkey(&self, cookie: &str, new: &Enrolling, from: &str) -> Result<u64, DeskError> {
        let ws = self.ws.acting_from(from);
        let passkey = NewPasskey {
            name: new.name.clone(),
            credential: new.test.credential.clone(),
            public_key: new.public_key.clone(),
            site: new.site.clone(),
            test: assertion(&new.test)?,
        };
        let secrets = (new.password.as_str(), new.code.as_str());
        app::passkey_enrol(&ws, &self.sessions, cookie, secrets, &passkey).map_err(failed).and_then(entry)
    }

    fn join(&self, joining: &Joining, from: &str) -> Result<Joined, DeskError> {
        let ws = self.ws.acting_from(from);
        let passkey = NewPasskey {
            name: joining.name.clone(),
            credential: joining.test.credential.clone(),
            public_key: joining.public_key.clone(),
            site: joining.site.clone(),
            test: assertion(&joining.test)?,
        };
        let Joining { person, code, password, .. } = joining.clone();
        let joining = app::Joining { person, code, password, passkey };
        let done = app::credential_join(&ws, &self.sessions, &joining, from).map_err(failed)?;
        Ok(Joined { key: done.key_id, waits: done.waits })
    }

    fn change_password(
        &self,
        cookie: &str,
        old: &str,
        second: &Second,
        new: &str,
        from: &str,
    ) -> Result<(), DeskError> {
        let second = given(second)?.unwrap_or_else(|| SecondGiven::Code(String::new()));
        let ws = self.ws.acting_from(from);
        self.sessions.change_password(&ws, cookie, old, &second, new).map(|_| ()).map_err(failed)
    }

    fn given(&self, cookie: &str, given: &Given, from: &str) -> Result<(), DeskError> {
        let session = self.sessions.of(&self.ws, cookie);
        let reader = session.map_or_else(|| "somebody".to_owned(), |s| s.person);
        let (act, what) = match given {
            Given::File(what) => (app::TrailAct::Export, what),
            Given::Sensitive(what) => (app::TrailAct::Read, what),
        };
        app::trail_download(&self.ws.acting_from(from), &reader, act, what).map_err(failed)
    }

    fn waiting(&self, cookie: &str) -> Vec<(Act, String)> {
        let Some(session) = self.sessions.of(&self.ws, cookie) else { return Vec::new() };
        let waiting = app::sign_waiting(&self.ws, &session.person).unwrap_or_default();
        let act = |(what, id): (bool, String)| if what { Act::Release(id) } else { Act::Document(id) };
        waiting.into_iter().map(|(release, id, title)| (act((release, id)), title)).collect()
    }

    fn question(&self, cookie: &str, act: &Act) -> Result<Question, DeskError> {
        let asked = self.asked(act)?;
        let challenges = self.sessions.challenges(&self.ws, cookie, &asked).map_err(failed)?;
        let challenge = |role: &str| {
            challenges.iter().find(|(r, _)| r == role).map(|(_, c)| base64url(c)).unwrap_or_default()
        };
        let passkeys = self.passkeys(cookie)?;
        let app::SignQuestion { title, what, digest, choices, .. } = asked;
        let choices = choices
            .into_iter()
            .map(|(role, meaning)| Choice { challenge: challenge(&role), role, meaning })
            .collect();
        let passkeys = passkeys.into_iter().filter(|p| p.revoked.is_empty()).map(|p| p.credential).collect();
        Ok(Question { title, what, digest, choices, passkeys })
    }

    fn sign(&self, cookie: &str, signing: &Signing, from: &str) -> Result<u64, DeskError> {
        let ws = self.ws.acting_from(from);
        if self.asked(&signing.act)?.digest != signing.digest {
            return Err(refused(
                "What is to be signed has changed since it was shown. Read it again, then sign.",
            ));
        }
        let second = given(&signing.second)?;
        let actor = self
            .sessions
            .actor(&ws, cookie, &signing.role, &signing.password, second.as_ref())
            .map_err(failed)?;
        let done = match &signing.act {
            Act::Release(version) => app::release_sign(&ws, &actor, version),
            Act::Document(id) => app::document_approve(&ws, &actor, id, None),
        };
        let first = entry(done.map_err(failed)?)?;
        self.sessions.note_signed(cookie);
        Ok(first)
    }
}
