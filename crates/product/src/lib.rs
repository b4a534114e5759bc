//! `dossier.toml`, typed, with spans.
//!
//! The smallest file is `[product]` with `name = "…"`; every other key has a default. Reading never fails: [`parse`]
//! gives the configuration that it understood, defaults in place of what it did not, and a diagnostic for each thing
//! that is wrong, with its place. It reads no file and looks nothing up: paths and globs are checked by who uses them.

mod advisories;
mod code;
mod config;
mod keys;
mod packages;
mod parse;
mod reader;
mod risk;
mod shared_profile;
mod soup;
mod trackers;

pub use advisories::{Advisories, DUE_DAYS};
pub use code::{CODES, UNREADABLE_LOCK_FILE};
pub use config::{
    Archive, Build, Clock, Config, Delivery, Documents, Environment, Ledger, Market, OwnProfile, Product,
    Profile, Results, Retention, Roles, Software, Trace,
};
pub use keys::{KEYS, Key};
pub use packages::{Packages, SlotAnswer};
pub use parse::parse;
pub use risk::{Injury, Risk};
pub use shared_profile::{below_top, take_shared_profile};
pub use soup::{Drift, SbomForm, Soup};
pub use trackers::{FIELDS as TRACKER_FIELDS, TrackerConfig};

/// The roles that sign a release unless `[roles] release` names others, in the order of their signatures.
pub const DEFAULT_ROLES: [&str; 5] = ["software-lead", "qa-lead", "risk-owner", "prrc", "release-manager"];
