//! The binary `dossier-verify` for auditors: offline and small.

fn main() {}
