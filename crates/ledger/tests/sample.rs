//! A sample ledger, and an export of it in memory.

use ledger::conformance::{ORIGIN, genesis, ledger_key, note, signed_note, time};
use ledger::{
    Checkpoint, ExportError, ExportFiles, LedgerStore, MemoryStore, SignedCheckpoint, export_files,
};
use std::collections::{BTreeMap, BTreeSet};

/// A ledger of `size` entries, of which every tenth is signed.
pub(crate) fn ledger(size: u64) -> MemoryStore {
    let store = MemoryStore::new();
    store.append(&[genesis()], time(0), None).unwrap();
    for n in 1..size {
        let text = format!("entry number {n}");
        let draft = if n % 10 == 0 { signed_note(&text) } else { note(&text) };
        store.append(&[draft], time(n as i64), None).unwrap();
    }
    store
}

/// The checkpoint over the first `size` entries.
pub(crate) fn checkpoint(store: &dyn LedgerStore, size: u64) -> SignedCheckpoint {
    Checkpoint::of(ORIGIN, store, size).unwrap().sign(&ledger_key()).unwrap()
}

/// The bytes of all entries.
pub(crate) fn bytes(store: &dyn LedgerStore) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    store.read(0..store.position().unwrap(), &mut |_, bytes| out.push(bytes.to_vec())).unwrap();
    out
}

/// Files of an export by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Files(pub(crate) BTreeMap<String, Vec<u8>>);

impl Files {
    pub(crate) fn of(store: &dyn LedgerStore, checkpoint: &SignedCheckpoint) -> Files {
        let mut files = Files::default();
        export_files(store, checkpoint, &mut |name, bytes| {
            files.0.insert(name.to_owned(), bytes.to_vec());
            Ok(())
        })
        .unwrap();
        files
    }
}

impl ExportFiles for Files {
    fn names(&self) -> Result<BTreeSet<String>, ExportError> {
        Ok(self.0.keys().cloned().collect())
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ExportError> {
        Ok(self.0.get(name).cloned())
    }
}
