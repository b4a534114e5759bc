//! `library/unruled.toml`: the clauses that no rule looks at yet, each with the reason.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The file as it is part of this binary.
pub(crate) const TEXT: &str = include_str!("../../../library/unruled.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    unruled: BTreeMap<String, String>,
}

/// Clause id to the reason why no rule looks at it.
pub fn unruled() -> &'static BTreeMap<String, String> {
    static UNRULED: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    UNRULED.get_or_init(|| match toml::from_str::<File>(TEXT) {
        Ok(file) => file.unruled,
        // Not input: the file is compiled in, and the registry tests read it before we ship.
        Err(error) => panic!("library/unruled.toml: {error}"),
    })
}
