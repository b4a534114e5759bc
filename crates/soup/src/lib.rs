//! Software of unknown provenance: which components there are (lock files, images, SBOMs), which of them the SOUP items of
//! the documents account for (the register), under which licences they come, what is known to be wrong with them
//! (advisories, the order of versions, VEX), whether an environment is what was declared (drift), and the SBOM for others.
//!
//! It judges nothing (that is `rules`) and touches no file or network: bytes in, components and problems out. A file
//! that is not understood is refused by name; it is never read as "no components".

pub mod advisories;
mod csaf;
pub mod draft;
pub mod drift;
pub mod integrity;
mod inventory;
pub mod licences;
pub mod lock;
mod purl;
pub mod register;
pub mod sbom;
pub mod versions;
pub mod vex;

pub use inventory::{Cause, Inventory, Problem};
pub use purl::{Purl, normalized};
pub use register::{Register, join};
