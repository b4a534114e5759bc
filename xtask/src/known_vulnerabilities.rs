//! dossier's own dependencies against published advisories, by dossier itself: what its maintenance plan (DOC-SMP) promises every
//! seven days. `.ci/weekly` calls it; the schedule is a setting of the CI.
//!
//! dossier's own dossier has no ledger, so a product is made for the hour that has these lock files and nothing else.

use crate::{generate, root};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const LOCKS: [&str; 2] = ["Cargo.lock", "fuzz/Cargo.lock"];

/// The part of `deny.toml` with what was judged already: cargo-deny's own list.
#[derive(serde::Deserialize)]
struct Deny {
    advisories: Advisories,
}

#[derive(serde::Deserialize)]
struct Advisories {
    #[serde(default)]
    ignore: Vec<Ignored>,
}

#[derive(serde::Deserialize)]
struct Ignored {
    id: String,
    reason: String,
}

/// Looks every locked package up in `data` (zips as OSV publishes them), or in what `vuln sync` fetches where none is given.
///
/// # Errors
/// When a data set could not be had, which is no pass, or an advisory matches that `deny.toml` gives no reason for.
pub(crate) fn run(data: &[String]) -> Result<()> {
    let text = std::fs::read_to_string(root().join("deny.toml")).context("deny.toml")?;
    let deny: Deny = toml::from_str(&text).context("deny.toml")?;
    let folder = tempfile::tempdir().context("make a folder")?;
    let product = product(folder.path())?;
    if data.is_empty() {
        dossier(&product, &["vuln", "sync"], &[0])?;
    }
    for file in data {
        let file = std::path::absolute(file)?.display().to_string();
        dossier(&product, &["vuln", "import", &file], &[0])?;
    }
    let scan = dossier(&product, &["vuln", "scan", "--format", "json"], &[0, 1])?;
    let scan: Value = serde_json::from_slice(&scan).context("the scan is no JSON")?;
    let matches = scan["matches"].as_array().context("the scan has no matches")?;
    let faults = judge(&deny.advisories.ignore, matches);
    faults.iter().for_each(|f| println!("{f}"));
    if !faults.is_empty() {
        bail!("{} advisories are open; judge each: DOC-SMP says how", faults.len());
    }
    println!("{} advisories match, each with a reason in deny.toml", matches.len());
    Ok(())
}

fn judge(ignored: &[Ignored], matches: &[Value]) -> Vec<String> {
    let word = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let ids = |m: &Value| {
        let aliases = m["aliases"].as_array().into_iter().flatten().map(word).collect::<Vec<_>>();
        std::iter::once(word(&m["id"])).chain(aliases).collect::<Vec<_>>()
    };
    let with_reason = |id: &String| ignored.iter().any(|i| i.id == *id && !i.reason.trim().is_empty());
    let open = matches.iter().filter(|m| !ids(m).iter().any(with_reason));
    let mut faults: Vec<String> = open
        .map(|m| {
            format!(
                "{}: {} {} ({})",
                word(&m["id"]),
                word(&m["name"]),
                word(&m["version"]),
                word(&m["summary"])
            )
        })
        .collect();
    let unused = ignored.iter().filter(|i| !matches.iter().any(|m| ids(m).contains(&i.id)));
    faults.extend(unused.map(|i| format!("deny.toml: `{}` matches nothing any more; take it out", i.id)));
    faults
}

fn product(folder: &Path) -> Result<std::path::PathBuf> {
    let product = folder.join("product");
    for lock in LOCKS {
        let to = product.join(lock);
        std::fs::create_dir_all(to.parent().unwrap_or(&product)).context("make a folder")?;
        std::fs::copy(root().join(lock), to).with_context(|| format!("copy {lock}"))?;
    }
    std::fs::create_dir_all(product.join("dossier")).context("make a folder")?;
    let toml = format!("[product]\nname = \"dossier\"\n\n[build]\nlockfiles = {LOCKS:?}\n");
    std::fs::write(product.join("dossier.toml"), toml).context("write dossier.toml")?;
    crate::steps::run(Command::new("git").args(["init", "-q"]).current_dir(&product))?;
    dossier(&product, &["init"], &[0])?;
    Ok(product)
}

fn dossier(product: &Path, args: &[&str], exits: &[i32]) -> Result<Vec<u8>> {
    let mut command = Command::new(generate::dossier()?);
    command.args(args).current_dir(product).env("DOSSIER_KEYS", product.with_file_name("keys"));
    let done = command.output().context("could not start dossier")?;
    eprint!("{}", String::from_utf8_lossy(&done.stderr));
    if !done.status.code().is_some_and(|c| exits.contains(&c)) {
        bail!(
            "dossier {} ended with {}: {}",
            args.join(" "),
            done.status,
            String::from_utf8_lossy(&done.stdout)
        );
    }
    Ok(done.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matches_needs_a_reason_and_what_has_one_a_match() {
        let row = |id: &str, alias: &str| serde_json::json!({"id": id, "aliases": [alias], "name": "x", "version": "1.0.0"});
        let matches = [row("RUSTSEC-1", "CVE-1"), row("CVE-2", "RUSTSEC-2")];
        let ignored = |id: &str, reason: &str| Ignored { id: id.to_owned(), reason: reason.to_owned() };
        let reasons =
            [ignored("CVE-1", "not reachable"), ignored("RUSTSEC-2", " "), ignored("RUSTSEC-3", "old")];
        let faults = judge(&reasons, &matches);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].starts_with("CVE-2: x 1.0.0") && faults[1].contains("RUSTSEC-3"), "{faults:?}");
        assert!(judge(&[], &[]).is_empty());
    }
}
