//! Entry 0: which ledger this is, whose product it is of, which key signs its checkpoints, and what clock it has.

use crate::entry::{Draft, Entry};
use serde_json::{Map, Value};
use signing::note::{NoteError, VerifierKey};

/// The kind of entry 0, and of no other.
pub const GENESIS_KIND: &str = "ledger/genesis/v1";

/// Where the times of a ledger come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The clock of the machine that appends.
    System,
    /// A clock that somebody sets, for demonstrations and tests. Whatever shows such a ledger says so.
    Simulated,
}

impl Clock {
    /// `system` or `simulated`.
    pub fn as_str(self) -> &'static str {
        match self {
            Clock::System => "system",
            Clock::Simulated => "simulated",
        }
    }
}

/// What entry 0 states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genesis {
    /// The ledger's name in the world, the first line of its checkpoints and the name of its key:
    /// `example.org/triage`.
    pub origin: String,
    /// The product's name.
    pub product: String,
    /// The key that signs checkpoints until it is rotated. Its name is the origin.
    pub key: VerifierKey,
    /// Where the times come from.
    pub clock: Clock,
}

/// Why an entry is no genesis, or stands where it must not.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
    /// Entry 0 is of another kind.
    #[error("entry 0 must be of kind `{GENESIS_KIND}`, this is `{0}`")]
    Absent(String),
    /// A genesis that is not entry 0.
    #[error("`{GENESIS_KIND}` is allowed as entry 0 only")]
    Late,
    /// A field of the body is absent, of another type, empty, or unknown.
    #[error("genesis field `{field}`: {why}")]
    Field {
        /// The field.
        field: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The key cannot be read.
    #[error("genesis field `key`: {0}")]
    Key(#[from] NoteError),
    /// The key is named otherwise than the ledger.
    #[error("the key's name `{key}` is not the origin `{origin}`")]
    KeyName {
        /// The key's name.
        key: String,
        /// The origin.
        origin: String,
    },
}

impl Genesis {
    /// The draft of entry 0.
    pub fn draft(&self, actor: &str, via: &str) -> Draft {
        let mut body = Map::new();
        body.insert("clock".into(), Value::from(self.clock.as_str()));
        body.insert("key".into(), Value::from(self.key.to_string()));
        body.insert("origin".into(), Value::from(self.origin.as_str()));
        body.insert("product".into(), Value::from(self.product.as_str()));
        Draft { actor: actor.to_owned(), via: via.to_owned(), kind: GENESIS_KIND.to_owned(), body, sig: None }
    }

    /// Reads entry 0.
    pub fn of(entry: &Entry) -> Result<Genesis, GenesisError> {
        if entry.seq != 0 {
            return Err(GenesisError::Late);
        }
        Genesis::from_parts(&entry.kind, &entry.body)
    }

    /// Reads kind and body of what is, or is to become, entry 0.
    pub(crate) fn from_parts(kind: &str, body: &Map<String, Value>) -> Result<Genesis, GenesisError> {
        if kind != GENESIS_KIND {
            return Err(GenesisError::Absent(kind.to_owned()));
        }
        let wrong = |field: &str, why| GenesisError::Field { field: field.to_owned(), why };
        if let Some(unknown) =
            body.keys().find(|k| !["clock", "key", "origin", "product"].contains(&k.as_str()))
        {
            return Err(wrong(&unknown.escape_debug().to_string(), "unknown"));
        }
        let text = |field: &str| match body.get(field) {
            Some(Value::String(s)) if !s.trim().is_empty() && !s.chars().any(char::is_control) => {
                Ok(s.clone())
            }
            Some(Value::String(_)) => Err(wrong(field, "empty, or has a control character")),
            Some(_) => Err(wrong(field, "not a text")),
            None => Err(wrong(field, "missing")),
        };
        let clock = match text("clock")?.as_str() {
            "system" => Clock::System,
            "simulated" => Clock::Simulated,
            _ => return Err(wrong("clock", "neither `system` nor `simulated`")),
        };
        let (origin, product) = (text("origin")?, text("product")?);
        let key: VerifierKey = text("key")?.parse()?;
        if key.name() != origin {
            return Err(GenesisError::KeyName { key: key.name().to_owned(), origin });
        }
        Ok(Genesis { origin, product, key, clock })
    }
}
