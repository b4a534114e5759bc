//! Software of unknown provenance: which components there are (lock files, SBOMs), which of them the SOUP items of the
//! documents account for (the register), and the SBOM written out for others.
//!
//! It judges nothing (that is `rules`) and touches no file or network: bytes in, components and problems out. A file
//! that is not understood is refused by name; it is never read as "no components".

pub mod advisories;
pub mod draft;
mod inventory;
pub mod lock;
mod purl;
pub mod register;
pub mod sbom;
pub mod versions;
pub mod vex;

pub use inventory::{Cause, Inventory, Problem};
pub use purl::{Purl, normalized};
pub use register::{Register, join};
