//! Lock files, one reader per ecosystem. Each names the exact components that a build takes.

pub mod cargo;
pub mod npm;

use crate::Inventory;

/// The names of the lock files that are read.
pub const NAMES: [&str; 3] = ["Cargo.lock", "package-lock.json", "npm-shrinkwrap.json"];

/// Reads the lock file at `file` (its name decides which kind it is); `None` where it is no lock file that is read.
pub fn read(file: &str, bytes: &[u8]) -> Option<Inventory> {
    match file.rsplit(['/', '\\']).next()? {
        "Cargo.lock" => Some(cargo::read(file, bytes)),
        "package-lock.json" | "npm-shrinkwrap.json" => Some(npm::read(file, bytes)),
        _ => None,
    }
}
