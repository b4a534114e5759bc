//! Building a release again: the build environment as one file, the build in a sandbox that sees nothing of the host,
//! and the comparison of its outputs with those that were released (IEC 62304 5.8.5 and 5.8.8).
//!
//! - [`Environment`] gathers compilers and libraries into a normalised tar: same inputs, same bytes.
//! - [`CargoArchives`] lays out dependency archives exactly as cargo fetched them.
//! - [`build`] runs the commands of a [`BuildSpec`] in bubblewrap, without network, with limits.
//! - [`compare`] says of every output whether it is identical and, if not, why.
//! - [`attestation`] is for builders that cannot be archived (Xcode, MSVC).
//!
//! It is no archive (bytes come from and go to directories that the caller names), no git client, and it decides
//! nothing about a release. It reads no clock: how long a build may run is a limit, when it ran is the caller's record.
//! Digests are SHA-256, written as 64 lower-case hex digits. `docs/rebuild.md` is the manual, limits included.

pub mod attestation;
mod build;
mod cargo_archives;
pub mod compare;
mod debian;
mod digest;
mod environment;
mod error;
mod from_product;
mod image;
mod layout;
pub mod report;
mod sandbox;
mod source;
mod spec;
mod tarball;
mod toolchain;
mod unpacking;

pub use build::{BuildInputs, Built, Output, build};
pub use cargo_archives::{CargoArchive, CargoArchives};
pub use compare::compare;
pub use environment::{Environment, EnvironmentDescription, Package, ToolchainDescription, read_description};
pub use error::{BuildError, EnvironmentError, SandboxError};
pub use from_product::specs;
pub use image::{ImageIdentity, identify};
pub use layout::{Content, Layout, Node};
pub use sandbox::{Log, Sandbox};
pub use spec::{BuildSpec, EnvironmentSpec, ImageSpec, Limits, ToolchainSource, ToolchainSpec};
pub use tarball::unpack_environment;
