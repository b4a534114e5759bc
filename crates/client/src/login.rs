//! Being let in: with a token, or with one's own key over the server's challenge. A session that a key opened is kept beside the
//! product, readable for its owner alone, until it ends.

use crate::{RemoteStore, refusal};
use api::{Challenge, Failure, Head, Login, Session};
use app::{Error, Instant, LoginStatement, Means, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::PathBuf;

/// A session that was opened before.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    url: String,
    person: String,
    token: String,
    until: String,
}

impl RemoteStore {
    /// Is let in, and asks which ledger this is.
    pub(crate) fn let_in(&mut self) -> Result<Head> {
        if let Some(token) = &self.target.token {
            self.token = token.clone();
            return self.get_json("/ledger");
        }
        let logins = self.target.logins.clone();
        let Some(first) = logins.first() else {
            return Err(Error::refused("this ledger is on a server, and no token is here")
                .hint("give it in DOSSIER_TOKEN; an administrator makes one with `dossier key token`")
                .hint("or log in with your key: `--as` and `--key`, or DOSSIER_PERSON, and DOSSIER_KEY or ssh-agent"));
        };
        if let Some(kept) = self.kept(&first.person) {
            self.token = kept.token;
            // The server may have been started anew, the key revoked: then it is asked for again.
            if let Ok(head) = self.get_json("/ledger") {
                return Ok(head);
            }
        }
        let mut refused = None;
        for login in &logins {
            match self.log_in(&login.person, &login.means()) {
                Ok(()) => return self.get_json("/ledger"),
                // What the command itself names is what is told about.
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Err(refused.unwrap_or_else(|| Error::refused("nobody is named who logs in")))
    }

    fn session_file(&self) -> PathBuf {
        self.target.state_dir.join("server-session.json")
    }

    fn kept(&self, person: &str) -> Option<Kept> {
        let kept: Kept = serde_json::from_slice(&std::fs::read(self.session_file()).ok()?).ok()?;
        (kept.url == self.target.url && kept.person == person && kept.until.parse::<Instant>().is_ok())
            .then_some(kept)
    }

    /// Answers a challenge with each key that may be the person's, until the server takes one.
    fn log_in(&mut self, person: &str, means: &Means) -> Result<()> {
        let mut refused = None;
        for signer in app::login_signers(means)? {
            let challenge: Challenge = self.post("/challenge", Vec::new())?.map_err(refusal)?;
            let key = signer.public();
            let statement =
                LoginStatement::new(&self.target.origin, &self.host(), &challenge.challenge, person, &key);
            let failed = |e| Error::environment("could not write the login").because(e);
            let signature = app::sign_login(&statement, signer.as_ref())?;
            let Value::Object(statement) = serde_json::to_value(&statement).map_err(failed)? else {
                return Err(Error::environment("a statement is no object"));
            };
            let body = serde_json::to_vec(&Login { statement, signature }).map_err(failed)?;
            match self.post::<Session>("/sessions", body)? {
                Ok(session) => {
                    self.keep(person, &session);
                    self.token = session.token;
                    return Ok(());
                }
                Err(failure) => refused = Some(failure),
            }
        }
        Err(refused.map_or_else(|| Error::refused("no key is here to log in with"), refusal))
    }

    /// As this client addresses the server: what stands in the `Host` of its requests.
    fn host(&self) -> String {
        let url = self.target.url.trim_end_matches('/');
        let after = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (scheme, host) = (url.split("://").next(), after.split('/').next().unwrap_or_default());
        // A default port is left out of the header.
        let default = if scheme == Some("http") { ":80" } else { ":443" };
        host.strip_suffix(default).unwrap_or(host).to_owned()
    }

    fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        body: Vec<u8>,
    ) -> Result<std::result::Result<T, Failure>> {
        let response = self
            .agent
            .post(format!("{}{path}", self.base))
            .header("Content-Type", "application/json")
            .send(&body[..]);
        let bytes = match self.asked(response)? {
            Ok(bytes) => bytes,
            Err(failure) => return Ok(Err(failure)),
        };
        serde_json::from_slice(&bytes).map(Ok).map_err(|e| {
            Error::environment(format!("{} is no server of dossier", self.target.url)).because(e)
        })
    }

    /// That it cannot be kept costs a login at the next command and nothing else.
    fn keep(&self, person: &str, session: &Session) {
        let kept = Kept {
            url: self.target.url.clone(),
            person: person.to_owned(),
            token: session.token.clone(),
            until: session.until.clone(),
        };
        let file = self.session_file();
        let write = || -> std::io::Result<()> {
            std::fs::create_dir_all(&self.target.state_dir)?;
            let mut new = tempfile::NamedTempFile::new_in(&self.target.state_dir)?;
            std::io::Write::write_all(&mut new, &serde_json::to_vec(&kept).unwrap_or_default())?;
            new.persist(&file).map(|_| ()).map_err(|e| e.error)
        };
        let _ = write();
    }
}
