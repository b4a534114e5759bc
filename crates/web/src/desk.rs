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
    /// Role, and what the signature means in it.
    pub choices: Vec<(String, String)>,
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
    /// The code; empty where none was asked for.
    pub code: String,
}

/// The acts behind the pages. Every method may block; every one that changes something is an entry of the ledger.
pub trait Desk: Send + Sync + 'static {
    /// Who a cookie belongs to.
    fn who(&self, cookie: &str) -> Option<LoggedIn>;
    /// Logs in; gives the secret for the cookie.
    fn login(&self, person: &str, password: &str, code: &str, from: &str) -> Result<String, DeskError>;
    /// Logs out.
    fn logout(&self, cookie: &str) -> Result<(), DeskError>;
    /// What waits for a signature now, with its title.
    fn waiting(&self) -> Vec<(Act, String)>;
    /// What there is to sign.
    fn question(&self, act: &Act) -> Result<Question, DeskError>;
    /// Signs; gives the number of the entry.
    fn sign(&self, cookie: &str, signing: &Signing, from: &str) -> Result<u64, DeskError>;
}
