//! The cases in the rules' own files: each `.md` shows where its rule fires and where it is silent, and this runs them.
//!
//! A case is a `###` heading below `## Cases` with fenced blocks:
//!
//! - ```` ```markdown file=dossier/x.md ````: a document; `@STAMP` behind a target becomes its present stamp.
//! - ```` ```toml file=dossier.toml ````: the configuration; without it, profile `standard` and no class.
//! - ```` ```toml file=records ````: entries of the ledger, `[[record]]` with `kind`; fields that are left out take a value
//!   that no rule objects to. Without the block there is no ledger, except for rules of the gate.
//! - `results`, `components`, `release`, `people`, `problems`: see `stage.rs`.
//!
//! `#~ R0042` at the end of a line says that the rule fires there. A finding that is not in a file of the case is marked
//! anywhere in a block that is not a file. Only the rule of the file runs, and those that the case names.

mod clauses;
mod measure;
mod parse;
mod registry;
mod run;
mod stage;
mod verdicts;
