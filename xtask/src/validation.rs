//! `cargo xtask validation`: docs/validation, made by dossier from its own documents.

use crate::{generate, root};
use anyhow::{Result, bail};
use std::process::Command;

/// The reports and their names.
const REPORTS: [&str; 5] = ["requirements", "architecture", "risk-file", "soup-list", "test-report"];

/// Writes the reports and the matrix.
pub(crate) fn run() -> Result<()> {
    let folder = root().join("docs/validation");
    std::fs::create_dir_all(&folder)?;
    for name in REPORTS {
        let file = folder.join(format!("{name}.md"));
        let output = file.display().to_string();
        // Of the commit: what is not committed is in no baseline.
        dossier(&["document", "export", name, "--at", "HEAD", "--format", "md", "--output", &output])?;
    }
    let matrix = folder.join("matrix.csv");
    dossier(&["trace", "matrix", "--at", "HEAD", "--format", "csv", "-o", &matrix.display().to_string()])?;
    println!("wrote {}", folder.display());
    Ok(())
}

fn dossier(arguments: &[&str]) -> Result<()> {
    let done = Command::new(generate::dossier()?).args(arguments).current_dir(root()).output()?;
    if !done.status.success() {
        bail!("dossier {}: {}", arguments.join(" "), String::from_utf8_lossy(&done.stderr));
    }
    Ok(())
}
