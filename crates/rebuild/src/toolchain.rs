//! Toolchain directories as parts of an environment.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::environment::{ToolchainDescription, patterns};
use crate::error::io;
use crate::layout::parts;
use crate::{EnvironmentError, Layout, Node, ToolchainSource, ToolchainSpec};

/// What of a Rust toolchain no build needs.
const RUST_LEFT_OUT: &[&str] = &[
    "{share,etc}{,/**}",
    "bin/{*clippy*,*fmt,*miri*,rust-analyzer,rust-gdb,rust-gdbgui,rust-lldb,rustdoc}",
    "lib/rustlib/{etc,src}{,/**}",
    "lib/rustlib/{components,install.log,manifest-*,multirust-*,rust-installer-version,uninstall.sh}",
    "lib/rustlib/*/{analysis}{,/**}",
    "lib/rustlib/*/bin/{llvm-*,*gdb*,*lldb*}",
    "libexec/rust-analyzer*",
];

/// Adds a toolchain at `/opt/NAME`.
pub(crate) fn add_toolchain(
    layout: &mut Layout,
    spec: &ToolchainSpec,
) -> Result<ToolchainDescription, EnvironmentError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if spec.name.is_empty() || spec.name.starts_with('.') || !spec.name.chars().all(plain) {
        let why = "it must be letters, digits, `-`, `_` and `.`".to_owned();
        return Err(EnvironmentError::Specification {
            what: format!("the toolchain name `{}`", spec.name),
            why,
        });
    }
    let (directory, standing, version) = match &spec.source {
        ToolchainSource::RustSysroot { directory } => {
            let sysroot = PathBuf::from(said_by("rustc", &["--print", "sysroot"], directory)?);
            let version = said_by("rustc", &["--version"], directory)?;
            (sysroot, RUST_LEFT_OUT, Some(version))
        }
        ToolchainSource::Directory(directory) => (directory.clone(), &[][..], None),
    };
    let exclude: Vec<&str> =
        standing.iter().copied().chain(spec.exclude.iter().map(String::as_str)).collect();
    let exclude = patterns(&exclude)?;
    let directory = fs::canonicalize(&directory).map_err(io("opening the toolchain", &directory))?;
    let mut tree = Layout::default();
    tree.put_directory(&directory, "", &|relative| exclude.is_match(relative))?;
    if tree.nodes().is_empty() {
        let what = format!("the toolchain `{}`", spec.name);
        return Err(EnvironmentError::Specification { what, why: "its directory is empty".to_owned() });
    }
    let at = format!("opt/{}", spec.name);
    layout.put(at.as_bytes(), Node::Directory)?;
    for (path, node) in tree.nodes() {
        let node = match node {
            Node::Link(target) => Node::Link(inside(spec, &directory, path, target)?),
            other => other.clone(),
        };
        let mut place = at.clone().into_bytes();
        place.push(b'/');
        place.extend_from_slice(path);
        layout.put(&place, node)?;
    }
    Ok(ToolchainDescription { name: spec.name.clone(), version })
}

fn said_by(program: &str, arguments: &[&str], directory: &Path) -> Result<String, EnvironmentError> {
    let failed = |message: String| EnvironmentError::Program {
        program: format!("{program} {}", arguments.join(" ")),
        message,
    };
    let out = Command::new(program).args(arguments).current_dir(directory).output();
    let out = out.map_err(|e| failed(e.to_string()))?;
    if !out.status.success() {
        return Err(failed(String::from_utf8_lossy(&out.stderr).trim().to_owned()));
    }
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// A link's target as it holds at the new place: absolute ones into the toolchain move along, others must stay inside.
fn inside(
    spec: &ToolchainSpec,
    directory: &Path,
    link: &[u8],
    target: &[u8],
) -> Result<Vec<u8>, EnvironmentError> {
    let outside = || EnvironmentError::LinkOutside {
        toolchain: spec.name.clone(),
        link: PathBuf::from(std::ffi::OsStr::from_bytes(link)),
        target: PathBuf::from(std::ffi::OsStr::from_bytes(target)),
    };
    if target.starts_with(b"/") {
        let path = Path::new(std::ffi::OsStr::from_bytes(target));
        let relative = path.strip_prefix(directory).map_err(|_| outside())?;
        let moved = Path::new("/opt").join(&spec.name).join(relative);
        return Ok(moved.into_os_string().as_bytes().to_vec());
    }
    let mut depth = parts(link).map_or(0, |p| p.len().saturating_sub(1));
    for part in target.split(|b| *b == b'/').filter(|p| !p.is_empty() && *p != b".") {
        depth = if part == b".." { depth.checked_sub(1).ok_or_else(outside)? } else { depth + 1 };
    }
    Ok(target.to_vec())
}
