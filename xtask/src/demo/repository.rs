//! The example's git repository: 2.3.0 as its first commit, then the commits to 2.4.0 (see the example's README).

use super::data::Data;
use super::{folder, shell::Shell};
use crate::root;
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};

/// Plays the history into the product's folder.
pub(crate) fn make(sh: &Shell, data: &Data) -> Result<()> {
    let (now, history) = (root().join("examples/triage"), root().join("examples/triage-history"));
    std::fs::create_dir_all(folder().join("keys"))?;
    std::fs::write(
        folder().join("gitconfig"),
        format!(
            "[user]\n\tname = software-lead\n\temail = software-lead@triage.example\n\tsigningkey = {}\n[gpg]\n\tformat = ssh\n\
             [init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n",
            sh.key("release-manager")
        ),
    )?;
    let to = sh.product();
    let tracked = files(&now)?;
    copy(&now, &to, &tracked)?;
    for line in super::text(&history.join("removed.txt"))?.lines().filter(|l| !l.trim().is_empty()) {
        remove(&to.join(line.trim()))?;
    }
    let overlay = history.join("v2.3.0");
    copy(&overlay, &to, &files(&overlay)?)?;
    sh.run("git init -q")?;
    commit(sh, &data.history.start.message, &data.history.start.date)?;
    let tag = &data.history.start.tag;
    sh.run(&format!("git tag -a {tag} -m \"release {}\"", data.history.start.version))?;
    for c in &data.history.commits {
        for path in &c.delete {
            remove(&to.join(path))?;
        }
        let wanted = |f: &&PathBuf| c.paths.iter().any(|p| p == "." || f.starts_with(p));
        let chosen: Vec<PathBuf> = tracked.iter().filter(wanted).cloned().collect();
        copy(&now, &to, &chosen)?;
        commit(sh, &c.message, &c.date)?;
    }
    same(&now, &to, &tracked)?;
    sh.run("git log --oneline")
}

fn commit(sh: &Shell, message: &str, date: &str) -> Result<()> {
    let git = |args: &[&str]| -> Result<()> {
        let status = sh
            .command("git")
            .args(args)
            .env("GIT_AUTHOR_DATE", date)
            .env("GIT_COMMITTER_DATE", date)
            .status()
            .context("could not start git")?;
        if status.success() { Ok(()) } else { bail!("git {args:?} ended with {status}") }
    };
    git(&["add", "-A"])?;
    git(&["commit", "-q", "-m", message.trim()])
}

/// The files below a folder that belong to the example, relative to it.
fn files(from: &Path) -> Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(from.join(&below))
            .with_context(|| format!("could not list {}", from.display()))?
        {
            let entry = entry?;
            let path = below.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                let name = entry.file_name();
                if !["target", "dist", "results", ".git", ".dossier"].iter().any(|n| name == *n) {
                    folders.push(path);
                }
            } else {
                out.push(path);
            }
        }
    }
    out.sort();
    Ok(out)
}

fn copy(from: &Path, to: &Path, files: &[PathBuf]) -> Result<()> {
    for file in files {
        let target = to.join(file);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::copy(from.join(file), &target)
            .with_context(|| format!("could not copy {}", file.display()))?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    if path.is_dir() {
        std::fs::remove_dir_all(path)?;
    } else if path.exists() {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

/// After the last commit the tree is the example, byte for byte.
fn same(now: &Path, to: &Path, tracked: &[PathBuf]) -> Result<()> {
    for file in tracked {
        if std::fs::read(now.join(file))? != std::fs::read(to.join(file)).unwrap_or_default() {
            bail!("{} is not that of examples/triage after the last commit of the history", file.display());
        }
    }
    let extra: Vec<PathBuf> = files(to)?.into_iter().filter(|f| !tracked.contains(f)).collect();
    if extra.is_empty() { Ok(()) } else { bail!("the history leaves files behind: {extra:?}") }
}
