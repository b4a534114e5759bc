//! The binary `dossier`: command line and composition root.

fn main() {}
