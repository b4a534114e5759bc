//! What the machine needs besides Rust: looked for, installed where that is allowed, or named exactly.

use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

/// A program and the Debian package that brings it.
pub(crate) struct Tool {
    program: &'static str,
    package: &'static str,
    why: &'static str,
}

const fn tool(program: &'static str, package: &'static str, why: &'static str) -> Tool {
    Tool { program, package, why }
}

/// What tests and demo need.
pub(crate) const TOOLS: &[Tool] = &[
    tool("git", "git", "products live in git"),
    tool("gcc", "gcc", "SQLite, libgit2 and zstd are C"),
    tool("g++", "g++", "the fuzzer's engine is C++"),
    tool("bwrap", "bubblewrap", "builds and rebuilds run in a sandbox"),
    tool("ssh-keygen", "openssh-client", "signatures are checked against the real one"),
    tool("strace", "strace", "the order of sync and acknowledgement is asserted"),
    tool("zstd", "zstd", "the archive's own script unpacks with it"),
    tool("pdftotext", "poppler-utils", "the text of PDFs is checked"),
    tool("tesseract", "tesseract-ocr", "scanned pages are read by OCR"),
    tool("antiword", "antiword", "Word 97 is read by a converter"),
    tool("npm", "npm", "a package at its registry ships the schema of SPDX 3.0.1"),
    tool("chromium", "chromium", "pages are looked at in a real browser"),
    tool("patch", "patch", "seeded faults of the example are patches"),
];

/// Installs what is missing when run as root on a Debian, and otherwise says what to install.
pub(crate) fn ensure(tools: &[Tool]) -> Result<()> {
    let missing: Vec<&Tool> = tools.iter().filter(|t| !on_path(t.program)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<&str> = missing.iter().map(|t| t.package).collect();
    for t in &missing {
        println!("missing: `{}` (Debian package {}): {}", t.program, t.package, t.why);
    }
    if !may_install() {
        bail!("install them and run this again:\n\n    sudo apt-get install {}\n", packages.join(" "));
    }
    let apt = |args: &[&str]| {
        let mut c = Command::new("apt-get");
        c.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        super::steps::run(&mut c)
    };
    apt(&["update", "-qq"])?;
    let mut args = vec!["install", "-y", "-qq", "--no-install-recommends"];
    args.extend(&packages);
    apt(&args)
}

fn may_install() -> bool {
    on_path("apt-get")
        && Command::new("id")
            .arg("-u")
            .output()
            .is_ok_and(|o| String::from_utf8_lossy(&o.stdout).trim() == "0")
}

fn on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|p| std::env::split_paths(&p).any(|d| Path::new(&d).join(program).is_file()))
}
