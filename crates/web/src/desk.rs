//! What a person does on the pages: log in, read what is to be signed, sign it, log out.

/// Somebody who is logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIn {
    /// The person's id.
    pub person: String,
    /// The printed name.
    pub name: String,
    /// The roles held today.
    pub roles: Vec<String>,
    /// A text that forms carry, so that no other site can send them.
    pub form_token: String,
    /// Whether the next signing needs the code too: the first of a session does (21 CFR 11.200 a 1 i).
    pub needs_code: bool,
}

/// What can be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// The evidence manifest of a release.
    Release(String),
    /// The approval of a document at its present content.
    Document(String),
}

/// What a person reads before signing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// `Release 2.4.0`.
    pub title: String,
    /// What is being signed, in one sentence.
    pub what: String,
    /// The digest that the signature covers. The form sends it back: what was read is what is signed.
    pub digest: String,
    /// In which roles it can be signed.
    pub choices: Vec<Choice>,
    /// The passkeys that the person may confirm with, by their ids.
    pub passkeys: Vec<String>,
}

/// A role to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The role.
    pub role: String,
    /// What the signature means in it.
    pub meaning: String,
    /// What a passkey signs: the digest of the statement in this role, base64url.
    pub challenge: String,
}

/// The second component, besides the password.
#[derive(Debug, Clone)]
pub enum Second {
    /// None was given.
    Nothing,
    /// The code of a token.
    Code(String),
    /// A passkey's answer.
    Passkey(Answer),
}

/// What a browser gives when a passkey was used, as forms carry it: base64url.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The passkey's id.
    pub credential: String,
    /// `authenticatorData`.
    pub authenticator_data: String,
    /// `clientDataJSON`.
    pub client_data: String,
    /// `signature`.
    pub signature: String,
}

/// A passkey in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its id.
    pub credential: String,
    /// What its owner calls it.
    pub name: String,
    /// The site that it is made for.
    pub site: String,
    /// When it was enrolled.
    pub enrolled: String,
    /// Why it is taken no longer; empty while it is.
    pub revoked: String,
}

/// A passkey as the form brings it.
#[derive(Debug, Clone)]
pub struct Enrolling {
    /// What its owner calls it.
    pub name: String,
    /// The public key, base64url.
    pub public_key: String,
    /// The host's name.
    pub site: String,
    /// Its answer to our challenge.
    pub test: Answer,
    /// The password, again.
    pub password: String,
    /// The code of the token.
    pub code: String,
}

/// Somebody who follows an invitation: a new password, and a passkey as [`Enrolling`] has it.
#[derive(Debug, Clone)]
pub struct Joining {
    /// The person's id.
    pub person: String,
    /// The enrolment code.
    pub code: String,
    /// The new password.
    pub password: String,
    /// What its owner calls the passkey.
    pub name: String,
    /// Its public key, base64url.
    pub public_key: String,
    /// The host's name.
    pub site: String,
    /// Its answer to our challenge.
    pub test: Answer,
}

/// What came of following an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The fingerprint of the new key.
    pub key: String,
    /// Whether somebody has to vouch for it before it signs.
    pub waits: bool,
}

/// What the pages gave to somebody and the ledger says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A file to take along.
    File(String),
    /// A page of sensitive records.
    Sensitive(String),
}

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The person is told why, and what to do.
    #[error("{0}")]
    Refused(String),
    /// It is this side's fault; the cause is logged.
    #[error("{0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A signing as it comes from a form.
#[derive(Debug, Clone)]
pub struct Signing {
    /// What.
    pub act: Act,
    /// The digest that was shown.
    pub digest: String,
    /// The role acted in.
    pub role: String,
    /// The password, again.
    pub password: String,
    /// The second component.
    pub second: Second,
}

/// The acts behind the pages. Every method may block; every one that changes something is an entry of the ledger.
pub trait Desk: Send + Sync + 'static {
    /// Who a cookie belongs to.
    fn who(&self, cookie: &str) -> Option<LoggedIn>;
    /// Whether a cookie is of an open session. Asked at every page that only people who are logged in read.
    fn is_in(&self, cookie: &str) -> bool;
    /// A fresh challenge for a passkey, base64url.
    fn challenge(&self) -> Result<String, DeskError>;
    /// Logs in; gives the secret for the cookie.
    fn login(&self, person: &str, password: &str, second: &Second, from: &str) -> Result<String, DeskError>;
    /// The passkeys of whoever is logged in.
    fn passkeys(&self, cookie: &str) -> Result<Vec<Passkey>, DeskError>;
    /// Enrols a passkey of whoever is logged in; gives the number of the entry.
    fn add_passkey(&self, cookie: &str, new: &Enrolling, from: &str) -> Result<u64, DeskError>;
    /// Enrols a password and a passkey of somebody who was invited and is not logged in.
    fn join(&self, joining: &Joining, from: &str) -> Result<Joined, DeskError>;
    /// Changes the password of whoever is logged in.
    fn change_password(
        &self,
        cookie: &str,
        old: &str,
        second: &Second,
        new: &str,
        from: &str,
    ) -> Result<(), DeskError>;
    /// Records that a file was taken along, or that a page of sensitive records was read.
    fn given(&self, cookie: &str, given: &Given, from: &str) -> Result<(), DeskError>;
    /// Logs out.
    fn logout(&self, cookie: &str) -> Result<(), DeskError>;
    /// What waits for the signature of whoever is logged in, with its title.
    fn waiting(&self, cookie: &str) -> Vec<(Act, String)>;
    /// What there is to sign, for whoever is logged in.
    fn question(&self, cookie: &str, act: &Act) -> Result<Question, DeskError>;
    /// Signs; gives the number of the entry.
    fn sign(&self, cookie: &str, signing: &Signing, from: &str) -> Result<u64, DeskError>;
}
