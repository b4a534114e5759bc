//! What can go wrong while gathering an environment, building and sandboxing.

use std::path::{Path, PathBuf};

/// The environment could not be gathered, read or unpacked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// The specification names nothing at all.
    #[error("the build environment is empty: it names no package, toolchain or image")]
    Empty,
    /// A package is not installed on this host.
    #[error("the Debian package `{name}` is not installed{}", wanted_by.as_ref().map(|w| format!(" ({w} depends on it)")).unwrap_or_default())]
    PackageMissing {
        /// The package, or its alternatives as the dependency names them.
        name: String,
        /// The package that needs it, if it was not asked for itself.
        wanted_by: Option<String>,
    },
    /// A program of the host could not do its part.
    #[error("`{program}` failed: {message}")]
    Program {
        /// The command line.
        program: String,
        /// What it said, or why it did not start.
        message: String,
    },
    /// A link of a toolchain leads out of it, to a place that the sandbox does not have.
    #[error("the link {} of the toolchain `{toolchain}` leads outside of it, to {}", link.display(), target.display())]
    LinkOutside {
        /// The toolchain.
        toolchain: String,
        /// The link.
        link: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// A name, path or pattern of the specification cannot be used.
    #[error("{what}: {why}")]
    Specification {
        /// What.
        what: String,
        /// Why not.
        why: String,
    },
    /// Bytes do not have the digest they were pinned to.
    #[error("{what} has the digest {found}, not {expected}")]
    Digest {
        /// What.
        what: String,
        /// The pinned digest.
        expected: String,
        /// The digest of the bytes found.
        found: String,
    },
    /// An image or tar is not what it should be.
    #[error("{what} cannot be read: {why}")]
    Malformed {
        /// Which file, and where in it.
        what: String,
        /// Why.
        why: String,
    },
    /// Reading or writing a file failed.
    #[error("{doing} {}", path.display())]
    Io {
        /// The verb, such as "reading".
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// For `map_err`: a file operation failed.
pub(crate) fn io(
    doing: &'static str,
    path: &Path,
) -> impl FnOnce(std::io::Error) -> EnvironmentError + use<> {
    let path = path.to_owned();
    move |source| EnvironmentError::Io { doing, path, source }
}

/// The sandbox cannot be had. There is no other way to build: nothing is ever built outside of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// A program that the sandbox is made with is not installed.
    #[error(
        "`{program}` is not installed; on Debian, `apt install {package}` brings it (nothing is built without it)"
    )]
    ProgramMissing {
        /// The program.
        program: &'static str,
        /// The package that has it.
        package: &'static str,
    },
    /// The kernel or the surrounding container refuses what bubblewrap needs.
    #[error(
        "this host refuses the namespaces that the sandbox needs: {message}\n\
         allow them (`sysctl user.max_user_namespaces=10000`, and where they exist \
         `kernel.unprivileged_userns_clone=1`, `kernel.apparmor_restrict_unprivileged_userns=0`), or build on a host \
         that has them; nothing is built without the sandbox"
    )]
    Refused {
        /// What bubblewrap said.
        message: String,
    },
    /// The host refuses to set the limits of the build.
    #[error("the limits of the build cannot be set: {message}")]
    Limits {
        /// What prlimit said.
        message: String,
    },
    /// The environment has no shell to run the commands.
    #[error("the build environment has no /bin/sh; add a package such as `dash`")]
    NoShell,
    /// The program could not be started or waited for.
    #[error("starting the sandbox")]
    Start(#[source] std::io::Error),
}

/// The build did not give its outputs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The specification cannot be built.
    #[error("[build] {what}: {why}")]
    Specification {
        /// The key.
        what: String,
        /// Why.
        why: String,
    },
    /// There is no sandbox.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// A command failed.
    #[error("the build failed with exit code {code}{}", missing.as_ref().map(|m| format!(": the environment has no `{m}`")).unwrap_or_default())]
    Failed {
        /// The exit code; 128 and more is a signal.
        code: i32,
        /// The command that the shell did not find, if that was it.
        missing: Option<String>,
        /// What the build said.
        log: crate::Log,
    },
    /// The build ran longer than allowed and was ended.
    #[error("the build ran longer than {limit_s} seconds and was ended")]
    TimedOut {
        /// The limit.
        limit_s: u64,
        /// What the build said until then.
        log: crate::Log,
    },
    /// A pattern of `outputs` matches nothing after the build, or there is no output at all.
    #[error("the build ended well but made no `{pattern}`")]
    OutputMissing {
        /// The pattern.
        pattern: String,
        /// What the build said.
        log: crate::Log,
    },
    /// Two outputs have the same name.
    #[error("the output `{0}` is in the source directory and in /build/out")]
    OutputTwice(String),
    /// Reading or writing a file failed.
    #[error("{doing} {}", path.display())]
    Io {
        /// The verb, such as "copying".
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// For `map_err`: a file operation of the build failed.
pub(crate) fn build_io(
    doing: &'static str,
    path: &Path,
) -> impl FnOnce(std::io::Error) -> BuildError + use<> {
    let path = path.to_owned();
    move |source| BuildError::Io { doing, path, source }
}
