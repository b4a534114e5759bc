//! The ledger's promises: the tree against an oracle, the formats against frozen bytes, the verifier against tampering.

mod broken_exports;
mod entry_bytes;
mod format_v1;
mod key_rotation;
mod merkle_oracle;
mod sample;
mod tampering;
mod verifier;
