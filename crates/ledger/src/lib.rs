//! Entries, canonical bytes, Merkle tree, checkpoints, proofs, the `LedgerStore` trait. No SQL.
