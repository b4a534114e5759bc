//! The bodies of all record kinds, one file per noun.
//!
//! Field names are the wire names; every type refuses unknown fields, so that a misspelt field is a problem and not a
//! silent loss. A change of meaning or shape is a new version of the kind, never an edit here.

mod access;
mod anomaly;
mod appointment;
mod archive;
mod capa;
mod change;
mod complaint;
mod document;
mod evaluation;
mod feedback;
mod passkey;
mod person;
mod release;
mod run;
mod security;
mod soup;
mod trace;
mod trail;
mod trend;
mod vulnerability;

pub use access::*;
pub use anomaly::*;
pub use appointment::*;
pub use archive::*;
pub use capa::*;
pub use change::*;
pub use complaint::*;
pub use document::*;
pub use evaluation::*;
pub use feedback::*;
pub use passkey::*;
pub use person::*;
pub use release::*;
pub use run::*;
pub use security::*;
pub use soup::*;
pub use trace::*;
pub use trail::*;
pub use trend::*;
pub use vulnerability::*;

/// Implements [`crate::Record`] for a body: its kind, whether it is a personal act, and what it is about.
macro_rules! record {
    ($type:ident, $kind:literal, process, $self:ident => $subject:expr) => {
        impl $crate::Record for $type {
            const KIND: &'static str = $kind;
            const PERSONAL: bool = false;
            fn subject(&$self) -> String {
                $subject
            }
        }
    };
    ($type:ident, $kind:literal, personal, $self:ident => $subject:expr $(, covers $covers:expr)?) => {
        impl $crate::Record for $type {
            const KIND: &'static str = $kind;
            const PERSONAL: bool = true;
            fn subject(&$self) -> String {
                $subject
            }
            $(fn covers(&$self) -> Option<vocabulary::Digest> {
                Some($covers)
            })?
        }
    };
}
pub(crate) use record;

/// An earlier form of a record read as the present one: the fields that kept name and meaning, then what the earlier one did not say.
/// Both forms stay written out, since each is a format of its own.
macro_rules! carried {
    ($earlier:ident to $now:path: $($field:ident)+; $($rest:tt)*) => {
        impl From<$earlier> for $now {
            fn from(earlier: $earlier) -> Self {
                $now { $($field: earlier.$field,)+ $($rest)* }
            }
        }
    };
}
pub(crate) use carried;

/// The frozen body of a kind, a file of `fixtures/formats`, reads, and writes the same bytes.
#[cfg(test)]
fn frozen<T: serde::de::DeserializeOwned + serde::Serialize>(name: &str) {
    let path = format!("{}/../../fixtures/formats/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let body: T = serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{path}: {e}"));
    let again = vocabulary::canonical::to_vec(&body).unwrap();
    assert_eq!(String::from_utf8_lossy(&again), String::from_utf8_lossy(&bytes), "{name}");
}
