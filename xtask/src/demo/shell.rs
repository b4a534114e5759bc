//! Running a command in the product's folder and showing it as one would type it.

use super::folder;
use crate::root;
use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// Where commands run and what they find in their environment.
pub(crate) struct Shell {
    path: std::ffi::OsString,
}

impl Shell {
    /// A shell that finds the built programs first.
    pub(crate) fn new() -> Result<Shell> {
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
        let mut paths = vec![target.join("debug")];
        paths.extend(std::env::split_paths(&std::env::var_os("PATH").context("PATH is not set")?));
        let folder = folder();
        if folder.exists() {
            // What a sealed archive holds is read-only on purpose; a demo may be thrown away all the same.
            let _ = Command::new("chmod").args(["-R", "u+w"]).arg(&folder).status();
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("could not clear {}", folder.display()))?;
        }
        std::fs::create_dir_all(folder.join("triage"))?;
        Ok(Shell { path: std::env::join_paths(paths)? })
    }

    /// The product's folder.
    pub(crate) fn product(&self) -> PathBuf {
        folder().join("triage")
    }

    /// The key file of a person, outside the product.
    pub(crate) fn key(&self, person: &str) -> String {
        folder().join("keys").join(format!("{person}.key")).to_string_lossy().into_owned()
    }

    /// Says what comes.
    pub(crate) fn title(&self, text: &str) {
        println!("\n\u{1b}[1m── {text}\u{1b}[0m");
    }

    /// A program in the product's folder, with an environment that reads nobody's settings.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut c = Command::new(program);
        c.current_dir(self.product())
            .env("PATH", &self.path)
            .env("DOSSIER_KEYS", folder().join("keys"))
            .env("GIT_CONFIG_GLOBAL", folder().join("gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env_remove("DOSSIER_PERSON")
            .env_remove("DOSSIER_KEY");
        c
    }

    /// Runs a line of shell that has to succeed.
    pub(crate) fn run(&self, line: &str) -> Result<()> {
        self.expect(&[0], line)
    }

    /// Runs a line of shell that has to end with one of these codes; for a pipe, that of its first program.
    pub(crate) fn expect(&self, codes: &[i32], line: &str) -> Result<()> {
        println!("$ {line}");
        let script = format!("set -o pipefail; {line}; exit ${{PIPESTATUS[0]}}");
        let status = self.command("bash").args(["-c", &script]).status().context("could not start bash")?;
        if status.code().is_some_and(|c| codes.contains(&c)) {
            return Ok(());
        }
        bail!("`{line}` ended with {status}, expected {codes:?}");
    }

    /// Runs dossier with these arguments.
    pub(crate) fn dossier(&self, args: &[&str]) -> Result<()> {
        println!("$ dossier {}", args.iter().map(|a| quoted(a)).collect::<Vec<_>>().join(" "));
        let status = self.command("dossier").args(args).status().context("could not start dossier")?;
        if status.success() {
            return Ok(());
        }
        bail!("dossier {args:?} ended with {status}");
    }

    /// Runs dossier as a person in a role, who signs with the key of their own.
    pub(crate) fn act(&self, person: &str, role: &str, args: &[&str]) -> Result<()> {
        let key = self.key(person);
        let mut all = args.to_vec();
        all.extend(["--as", person, "--role", role, "--key", &key]);
        self.dossier(&all)
    }

    /// "Installs" the sealed artefacts into a folder, as a device would have them.
    pub(crate) fn install(&self, version: &str) -> Result<()> {
        let to = folder().join("bag");
        self.dossier(&["archive", "export", version, &to.to_string_lossy()])?;
        self.run(
            "cd ../bag && sha256sum --quiet -c manifest-sha256.txt && echo the bag agrees with sha256sum",
        )?;
        self.run(&format!("dossier archive unpack {version} ../installed"))
    }
}

/// A word as one would type it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,+@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    let short: String = if word.chars().count() > 60 {
        word.chars().take(57).chain("…".chars()).collect()
    } else {
        word.into()
    };
    format!("\"{}\"", short.replace('"', "\\\""))
}
