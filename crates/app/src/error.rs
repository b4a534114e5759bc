//! Why a use case could not be done, for people.

use std::fmt;

/// What went wrong, which decides the exit code and the tone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// What was asked cannot be done as asked: wrong id, wrong state, missing flag, no authority.
    Refused,
    /// Something outside failed: a file, a disk, a program.
    Environment,
    /// Ledger or archive do not verify.
    Verification,
}

/// An error with what to do about it.
#[derive(Debug)]
pub struct Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// One sentence, lower case, that stands alone.
    pub message: String,
    /// What to do.
    pub hints: Vec<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    /// Whether the refusal is an entry already.
    noted: std::sync::atomic::AtomicBool,
}

/// The result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The use case was refused.
    pub fn refused(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Refused, message)
    }

    /// Something outside failed.
    pub fn environment(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Environment, message)
    }

    /// Ledger or archive do not verify.
    pub fn verification(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Verification, message)
    }

    fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into(), hints: Vec::new(), source: None, noted: false.into() }
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hints.push(hint.into());
        self
    }

    /// The sentence with its causes, in one line.
    pub fn said(&self) -> String {
        let mut out = self.message.clone();
        let mut cause = std::error::Error::source(self);
        while let Some(c) = cause {
            out.push_str(": ");
            out.push_str(&c.to_string());
            cause = c.source();
        }
        out.chars().filter(|c| !c.is_control()).take(600).collect()
    }

    /// Marks the refusal as recorded; whether it was before.
    pub(crate) fn note(&self) -> bool {
        self.noted.swap(true, std::sync::atomic::Ordering::Relaxed)
    }

    /// Whether the cause is a signature that does not hold.
    pub(crate) fn is_of_a_signature(&self) -> bool {
        self.source.as_ref().is_some_and(|s| s.is::<ledger::SignatureError>())
    }

    /// Keeps the cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|s| &**s as &(dyn std::error::Error + 'static))
    }
}

/// Turns a library's error into one of ours, with what we were doing.
pub(crate) trait Doing<T> {
    /// `doing` reads after "could not": `open the ledger`.
    fn doing(self, doing: impl fmt::Display) -> Result<T>;
}

impl<T, E: std::error::Error + Send + Sync + 'static> Doing<T> for std::result::Result<T, E> {
    fn doing(self, doing: impl fmt::Display) -> Result<T> {
        self.map_err(|e| Error::environment(format!("could not {doing}")).because(e))
    }
}
