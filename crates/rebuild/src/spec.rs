//! What `[build]` of dossier.toml says, as this crate takes it.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// How a product is built.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuildSpec {
    /// Shell lines, run in order by `/bin/sh -e` of the environment in the copy of the source (`/build/src`). The first
    /// that fails fails the build.
    pub commands: Vec<String>,
    /// Globs of the source files that the build sees (`*` stays within a directory, a folder stands for all below it);
    /// empty means all.
    pub inputs: Vec<String>,
    /// Globs or folders of the outputs, relative to the source directory (`target/release/triage`) or to `/build/out` (`$OUT`).
    /// Each must match at least one file. Everything in `/build/out` is an output in any case.
    pub outputs: Vec<String>,
    /// Environment variables of the build, over the fixed ones (`docs/rebuild.md` lists them).
    pub variables: BTreeMap<String, String>,
    /// What the build may use.
    pub limits: Limits,
}

/// What a build may use. Each limit but the time holds per process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Wall time of the whole build, in seconds.
    pub time_s: u64,
    /// Address space of a process, in bytes.
    pub memory_bytes: u64,
    /// Processes and threads.
    pub processes: u64,
    /// Size of one written file, in bytes.
    pub file_bytes: u64,
    /// Size of `/tmp`, which is in memory, in bytes.
    pub tmp_bytes: u64,
    /// How much of the log is kept, in bytes: the beginning and the end, half each.
    pub log_bytes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            time_s: 3600,
            memory_bytes: 16 << 30,
            processes: 4096,
            file_bytes: 8 << 30,
            tmp_bytes: 4 << 30,
            log_bytes: 4 << 20,
        }
    }
}

/// What the build environment is made of. Either parts of this host (`packages`, `toolchains`) or a whole image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EnvironmentSpec {
    /// Debian packages; what they depend on comes along.
    pub packages: Vec<String>,
    /// Packages that stay out although others depend on them.
    pub without: Vec<String>,
    /// Toolchain directories, each placed at `/opt/NAME`.
    pub toolchains: Vec<ToolchainSpec>,
    /// A whole file system instead of, or underneath, packages and toolchains.
    pub image: Option<ImageSpec>,
    /// Globs of further paths to leave out (`usr/share/perl/**`).
    pub exclude: Vec<String>,
}

/// One toolchain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolchainSpec {
    /// Its name; it becomes `/opt/NAME`, and `/opt/NAME/bin` is on the path.
    pub name: String,
    /// Where it comes from.
    pub source: ToolchainSource,
    /// Globs of paths inside it to leave out, besides the standing ones.
    pub exclude: Vec<String>,
}

/// Where a toolchain comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolchainSource {
    /// The directory that `rustc --print sysroot` names when run in this directory (where a `rust-toolchain.toml` may
    /// pin the version). Documentation, lints, formatter and debuggers' scripts stay out.
    RustSysroot {
        /// Where to run it: the product's source.
        directory: PathBuf,
    },
    /// This directory.
    Directory(PathBuf),
}

/// A whole file system, pinned by digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageSpec {
    /// A root file system as a tar, plain, gzip or zstd.
    RootFs {
        /// The file.
        path: PathBuf,
        /// SHA-256 of the file.
        digest: String,
    },
    /// An image in an OCI layout (a directory or a tar of one) or written by `docker save`.
    Oci {
        /// The directory or tar.
        path: PathBuf,
        /// Digest of the image's manifest; for `docker save` without manifest, of its configuration (the image id).
        digest: String,
    },
}
