//! `cargo xtask generate`: `docs/generated/` from what the binary itself knows; `--check` finds pages that are out of date.

mod records;

use crate::{root, steps};
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

const PAGES: [&str; 7] = ["rules", "clauses", "cli", "permissions", "audit-findings", "part-11", "metrics"];

/// Pages of the clause library: `dossier generate library NAME`, written to `docs/generated/library/NAME.md`.
const LIBRARY: [&str; 15] = [
    "4",
    "5.1",
    "5.2",
    "5.3",
    "5.4",
    "5.5",
    "5.6",
    "5.7",
    "5.8",
    "6",
    "7",
    "8",
    "9",
    "crosswalk",
    "standards",
];

/// Builds the binary, then writes the pages or compares them.
///
/// It is built as its end-to-end tests need it: alone it would choose other features of the dependencies, and compile most
/// of them again.
pub(crate) fn run(check: bool) -> Result<()> {
    let build = ["test", "-p", "cli", "--no-run", "--locked", "--quiet"];
    steps::run(Command::new(cargo()).args(build))?;
    pages(check)
}

/// Writes or compares the pages with the binary that is there.
pub(crate) fn pages(check: bool) -> Result<()> {
    let folder = root().join("docs/generated");
    std::fs::create_dir_all(folder.join("library"))?;
    let mut stale = Vec::new();
    let pages = PAGES.iter().map(|p| (vec![*p], (*p).to_owned()));
    let library = LIBRARY.iter().map(|p| (vec!["library", *p], format!("library/{p}")));
    for (page, name) in pages.chain(library) {
        let out = Command::new(dossier()?).arg("generate").args(&page).output()?;
        if !out.status.success() {
            bail!("dossier generate {}: {}", page.join(" "), String::from_utf8_lossy(&out.stderr));
        }
        // People look for this one beside the guides.
        let place = if name == "audit-findings" { root().join("docs") } else { folder.clone() };
        settle(&place.join(format!("{name}.md")), &out.stdout, check, &mut stale)?;
    }
    let formats = root().join("docs/formats/records.md");
    settle(&formats, records::page()?.as_bytes(), check, &mut stale)?;
    if stale.is_empty() {
        return Ok(());
    }
    bail!("out of date: {}\n\nrun: cargo xtask generate", stale.join(", "))
}

/// Writes a page that differs, or notes it.
fn settle(path: &Path, page: &[u8], check: bool, stale: &mut Vec<String>) -> Result<()> {
    if std::fs::read(path).ok().as_deref() == Some(page) {
        return Ok(());
    }
    if check {
        stale.push(path.display().to_string());
    } else {
        std::fs::write(path, page).with_context(|| path.display().to_string())?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// The binary that was built last in this profile.
pub(crate) fn dossier() -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let path = target.join("debug").join(format!("dossier{}", std::env::consts::EXE_SUFFIX));
    if !path.is_file() {
        bail!("{} is not there; run: cargo build --bins --locked", path.display());
    }
    Ok(path)
}

fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
