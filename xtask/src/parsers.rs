//! Every function that reads foreign bytes has a fuzz target, or a reason why it needs none.
//!
//! `[package.metadata.parsers]` of `fuzz/Cargo.toml` is the one list: `"crate/src/file.rs: function" = "target"`, several
//! by commas, or `"exempt: why"`. Here it is compared with the code, both ways.

use crate::{fuzz, root};
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::path::Path;

/// Names that functions which read something begin with.
const VERBS: [&str; 7] = ["read", "parse", "decode", "scan", "from_", "load", "unpack"];
/// Types of arguments that hold bytes from outside …
const BYTES: [&str; 4] = [": &[u8]", ": Vec<u8>", "impl Read", "dyn Read"];
/// … and those that may hold a text, or a name.
const TEXT: [&str; 2] = [": &str", ": String"];
/// Crates that read nothing foreign.
const OWN: [&str; 7] = ["app", "cli", "web", "views", "report", "typeset", "verify"];

/// What is wrong with the list.
pub(crate) fn faults() -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).context("fuzz/Cargo.toml")?;
    let manifest: toml::Table = toml::from_str(&text).context("fuzz/Cargo.toml")?;
    let declared = declared(&manifest);
    let (mut readers, mut others) = (Vec::new(), Vec::new());
    for name in crates()? {
        walk(&root().join("crates").join(&name).join("src"), &mut |path, text| {
            let file =
                path.strip_prefix(root().join("crates")).unwrap_or(path).to_string_lossy().into_owned();
            for (function, reads) in functions(text) {
                let list = if reads { &mut readers } else { &mut others };
                list.push(format!("{file}: {function}"));
            }
        })?;
    }
    let mut faults = compare(&readers, &others, &declared, &fuzz::targets()?);
    for target in fuzz::targets()? {
        let bins = manifest.get("bin").and_then(|b| b.as_array()).map(Vec::as_slice).unwrap_or_default();
        if !bins.iter().any(|b| b.get("name").and_then(|n| n.as_str()) == Some(&target)) {
            faults.push(format!("fuzz/Cargo.toml: `{target}` is not among the [[bin]]s"));
        }
        if !root().join("fuzz/seeds").join(&target).read_dir().is_ok_and(|mut d| d.next().is_some()) {
            faults.push(format!("fuzz/seeds/{target}: there is no seed; put one small real input there"));
        }
    }
    Ok(faults)
}

fn declared(manifest: &toml::Table) -> BTreeMap<String, String> {
    let list = manifest.get("package").and_then(|p| p.get("metadata")).and_then(|m| m.get("parsers"));
    let list = list.and_then(|l| l.as_table()).into_iter().flatten();
    list.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect()
}

/// `others` need no target, and may have one all the same.
fn compare(
    readers: &[String],
    others: &[String],
    declared: &BTreeMap<String, String>,
    targets: &[String],
) -> Vec<String> {
    let mut out = Vec::new();
    for f in readers.iter().filter(|f| !declared.contains_key(*f)) {
        out.push(format!(
            "crates/{f}: reads bytes and has no fuzz target; name one in [package.metadata.parsers] of fuzz/Cargo.toml"
        ));
    }
    for (f, target) in declared {
        if !readers.contains(f) && !others.contains(f) {
            out.push(format!("fuzz/Cargo.toml: `{f}` is not there (any more)"));
        }
        let reason = target.strip_prefix("exempt:").map(str::trim);
        if reason == Some("") {
            out.push(format!("fuzz/Cargo.toml: `{f}` is exempt without a reason"));
        }
        for target in target.split(',').map(str::trim).filter(|_| reason.is_none()) {
            if !targets.iter().any(|t| t == target) {
                out.push(format!(
                    "fuzz/Cargo.toml: `{f}` names the fuzz target `{target}`, which is not there"
                ));
            }
        }
    }
    for t in targets.iter().filter(|t| !declared.values().any(|d| d.split(',').any(|d| d.trim() == *t))) {
        out.push(format!("fuzz/fuzz_targets/{t}.rs: no parser names it in fuzz/Cargo.toml"));
    }
    out
}

/// The public functions of a file, and whether each reads bytes or text given to it.
fn functions(text: &str) -> Vec<(String, bool)> {
    // What stands in tests is no part of the crate.
    let mut rest = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut out: Vec<(String, bool)> = Vec::new();
    while let Some((_, after)) = rest.split_once("pub fn ") {
        rest = after;
        let head = after.split('{').next().unwrap_or_default();
        let name: String = head.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let arguments = head.split("->").next().unwrap_or_default();
        // `read_by(person: &str)` takes a name, `read(text: &str)` a text.
        let verb = VERBS.iter().find(|v| name.starts_with(**v));
        let text = verb.is_some_and(|v| name == *v || !["read", "load", "unpack"].contains(v));
        let holds = |types: &[&str]| types.iter().any(|t| arguments.contains(t));
        let reads = verb.is_some() && (holds(&BYTES) || text && holds(&TEXT));
        match out.iter_mut().find(|(n, _)| *n == name) {
            Some((_, r)) => *r |= reads,
            None => out.push((name, reads)),
        }
    }
    out
}

fn crates() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root().join("crates"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !OWN.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn walk(folder: &Path, each: &mut dyn FnMut(&Path, &str)) -> Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.filter_map(|e| Some(e.ok()?.path())).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, each)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            each(&path, &std::fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn readers_of_bytes_are_found_in_code() {
        let code = "pub fn read(file: &str,\n    bytes: &[u8]) -> X {}\npub(crate) fn parse(a: &str) {}\n\
                    pub fn render(text: &str) {}\npub fn read_by(person: &str) {}\npub fn from_id(id: Id) {}\n#[cfg(test)]\npub fn read_it(a: &str) {}";
        let expected = [("read", true), ("render", false), ("read_by", false), ("from_id", false)];
        assert_eq!(functions(code), expected.map(|(name, reads)| (name.to_owned(), reads)));
    }

    #[test]
    fn what_is_missing_stale_or_without_reason_is_a_fault() {
        let read = ["a/src/x.rs: read".to_owned()];
        let other = ["a/src/x.rs: explain".to_owned()];
        let target = ["x".to_owned()];
        let faults = |readers: &[String], pairs: &[(&str, &str)], targets: &[String]| {
            compare(readers, &other, &list(pairs), targets).len()
        };
        assert_eq!(faults(&read, &[("a/src/x.rs: read", "x")], &target), 0);
        assert_eq!(faults(&read, &[("a/src/x.rs: read", "x"), ("a/src/x.rs: explain", "x")], &target), 0);
        assert_eq!(faults(&read, &[], &target), 2, "the parser, and the target of none");
        assert_eq!(faults(&[], &[("a/src/x.rs: read", "x")], &target), 1, "stale");
        assert_eq!(faults(&read, &[("a/src/x.rs: read", "y")], &[]), 1, "no such target");
        assert_eq!(faults(&read, &[("a/src/x.rs: read", "exempt: ")], &[]), 1, "no reason");
        assert_eq!(faults(&read, &[("a/src/x.rs: read", "exempt: compiled in")], &[]), 0);
    }
}
