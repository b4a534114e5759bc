//! A record with its place in the ledger, as the pages of one record in JSON have it.

use records::Recorded;
use serde::Serialize;
use serde_json::{Value, json};

/// The record with its entry, time, actor, and who signed it in which role.
pub(crate) fn placed<T: Serialize>(r: &Recorded<T>) -> Value {
    let signed_by = r.meta.signer.as_deref().map(|s| format!("{} ({})", s.name, s.role));
    json!({"entry": r.meta.seq, "at": r.meta.at, "actor": r.meta.actor, "signed_by": signed_by, "record": r.body})
}

/// Each of them, in their order.
pub(crate) fn all_placed<'r, T: Serialize + 'r>(
    all: impl IntoIterator<Item = &'r Recorded<T>>,
) -> Vec<Value> {
    all.into_iter().map(placed).collect()
}
