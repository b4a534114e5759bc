//! A product on disk as the desk: the use cases behind logging in and signing.

use crate::desk::{Act, Desk, DeskError, LoggedIn, Question, Signing};
use app::{ErrorKind, Sessions, Workspace};

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

impl Desk for ProductDesk {
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

    fn login(&self, person: &str, password: &str, code: &str, from: &str) -> Result<String, DeskError> {
        self.sessions.login(&self.ws.acting_from(from), person, password, code, from).map_err(failed)
    }

    fn logout(&self, cookie: &str) -> Result<(), DeskError> {
        self.sessions.logout(&self.ws, cookie).map_err(failed)
    }

    fn waiting(&self) -> Vec<(Act, String)> {
        let waiting = app::sign_waiting(&self.ws).unwrap_or_default();
        let act = |(what, id): (bool, String)| if what { Act::Release(id) } else { Act::Document(id) };
        waiting.into_iter().map(|(release, id, title)| (act((release, id)), title)).collect()
    }

    fn question(&self, act: &Act) -> Result<Question, DeskError> {
        let asked = match act {
            Act::Release(version) => app::release_question(&self.ws, version),
            Act::Document(id) => app::document_question(&self.ws, id),
        };
        let app::SignQuestion { title, what, digest, choices } = asked.map_err(failed)?;
        Ok(Question { title, what, digest, choices })
    }

    fn sign(&self, cookie: &str, signing: &Signing, from: &str) -> Result<u64, DeskError> {
        let ws = self.ws.acting_from(from);
        if self.question(&signing.act)?.digest != signing.digest {
            let text = "What is to be signed has changed since it was shown. Read it again, then sign.";
            return Err(DeskError::Refused(text.to_owned()));
        }
        let actor = self
            .sessions
            .actor(&ws, cookie, &signing.role, &signing.password, &signing.code)
            .map_err(failed)?;
        let done = match &signing.act {
            Act::Release(version) => app::release_sign(&ws, &actor, version),
            Act::Document(id) => app::document_approve(&ws, &actor, id, None),
        };
        match done.map_err(failed)? {
            app::Appended::Entries { first, .. } => {
                self.sessions.note_signed(cookie);
                Ok(first)
            }
            app::Appended::Requested(_) => Err(DeskError::Refused("nothing was signed".to_owned())),
        }
    }
}
