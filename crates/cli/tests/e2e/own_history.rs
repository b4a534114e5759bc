//! The history of this very repository, told again as change requests over its commits: real merges, real renames, real sizes.
//!
//! A checkout without its history (a shallow clone, an unpacked archive) has nothing to tell; then the test says so and is
//! counted as skipped.

use super::bench::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The fewest commits that are a history.
const LEAST: usize = 20;

/// A clone of this repository at its last commit; none, aloud, where there is no history.
fn own() -> Option<Product> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let git = |args: &[&str]| {
        let mut git = isolated("git");
        git.arg("-C").arg(root).args(args);
        said(git)
    };
    let shallow = git(&["rev-parse", "--is-shallow-repository"]);
    let count = git(&["rev-list", "--count", "HEAD"]).out.trim().parse::<usize>().unwrap_or(0);
    if shallow.out.trim() != "false" || count < LEAST {
        eprintln!(
            "SKIPPED: this checkout has {count} commits of history here (shallow: {})",
            shallow.out.trim()
        );
        return None;
    }
    let p = Product::empty();
    let mut clone = isolated("git");
    clone.args(["clone", "-q", "--no-checkout"]).arg(root).arg(p.path(""));
    assert_eq!(said(clone).code, 0);
    p.git("checkout -q -B main HEAD");
    p.git("config user.name developer");
    p.git("config user.email developer@dossier.example");
    Some(p)
}

/// The change that a commit belongs to when its history is told again: the part of the house that it touches most.
fn part_of(paths: &[String]) -> String {
    let mut parts: BTreeMap<&str, usize> = BTreeMap::new();
    for path in paths {
        let part = match path.split('/').collect::<Vec<_>>().as_slice() {
            ["crates", name, ..] => *name,
            [folder, _, ..] => *folder,
            _ => "root",
        };
        *parts.entry(part).or_default() += 1;
    }
    let most = parts.into_iter().max_by_key(|(name, n)| (*n, std::cmp::Reverse(*name)));
    format!("CR-{}", most.map_or("root", |(name, _)| name))
}

#[test]
fn our_own_history_is_covered_commit_by_commit() {
    let Some(p) = own() else { return };
    // The ledger begins on the last commit; what came before is what is told.
    p.ok("init --origin dossier.example/ledger");
    p.commit("a ledger");
    p.ok("person enrol software-lead --name 'The lead' --identity-proof 'known in person'");
    p.ok("role grant software-lead software-lead --reason appointed");
    p.ok(&format!("key new software-lead --file '{}'", p.key("software-lead").display()));
    let first = p.git("log --reverse --format=%H --diff-filter=A -- dossier.toml");
    let first = first.lines().next().unwrap().to_owned();
    p.ok(&format!(
        "release open 0.0.1 --commit {first} --build 0.0.1+b.1 --summary 'the first commit with documents'"
    ));
    p.ok("release open 0.1.0 --build 0.1.0+b.2 --summary 'all of it'");

    // Before anything is told, each commit that touches a configuration item stands there under no change.
    let untold = p.ok("release diff 0.0.1 0.1.0 --format json").json();
    let ids = p.git(&format!("rev-list --no-merges {first}..HEAD"));
    let commits: Vec<&str> = ids.lines().collect();
    let uncovered = untold["uncovered"].as_array().unwrap().len();
    assert_eq!(untold["change_requests"], serde_json::json!([]));
    assert!(uncovered > commits.len() / 2 && uncovered >= LEAST / 2, "{uncovered} of {}", commits.len());

    // Told again: each commit under the change of the part that it touches most.
    let mut told: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for commit in &commits {
        let paths = p.git(&format!("show --format= --name-only -z {commit}"));
        let paths: Vec<String> = paths.split('\0').filter(|l| !l.is_empty()).map(str::to_owned).collect();
        told.entry(part_of(&paths)).or_default().push(commit);
    }
    for (change, commits) in &told {
        p.ok(&format!("change open {change} --title 'What was done to {change}' --reason 'told again'"));
        // Items change on an approved request only, and so does a history that is told again.
        let implement = format!("change implement {change} --commits {}", commits.join(","));
        p.refused(2, &implement, &["is not approved"]);
        p.act("software-lead", &format!("change approve {change} --reason 'it was done'"));
        p.ok(&implement);
    }
    let diff = p.ok("release diff 0.0.1 0.1.0 --format json").json();
    assert_eq!(diff["uncovered"], serde_json::json!([]), "a commit is under no change");
    assert_eq!(diff["history_missing"], "");
    let requests: BTreeMap<&str, BTreeSet<&str>> = diff["change_requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| {
            let commits = c["commits"].as_array().unwrap().iter().map(|x| x.as_str().unwrap()).collect();
            (c["change"].as_str().unwrap(), commits)
        })
        .collect();
    for (change, commits) in &told {
        let named = &requests[change.as_str()];
        for commit in commits {
            assert!(named.iter().any(|short| commit.starts_with(short)), "{commit} is not under {change}");
        }
    }
    // What git says changed is what the comparison says changed, file by file, and each is under a change.
    let rows =
        diff["sections"].as_array().unwrap().iter().find(|s| s["what"] == "configuration items").unwrap();
    let rows = rows["rows"].as_array().unwrap();
    let told: BTreeSet<&str> = rows.iter().map(|r| r["id"].as_str().unwrap()).collect();
    let by_git = p.git(&format!("diff --name-only --no-renames {first} HEAD -- crates library xtask Cargo.toml Cargo.lock rust-toolchain.toml"));
    assert_eq!(told, by_git.lines().collect::<BTreeSet<_>>());
    let alone: Vec<&str> = rows
        .iter()
        .filter(|r| r["changes"].as_array().unwrap().is_empty())
        .map(|r| r["id"].as_str().unwrap())
        .collect();
    assert!(alone.is_empty(), "files that changed under no change request: {alone:?}");
    // The lock file changed, so its components did, and the comparison names versions.
    let soup = diff["sections"].as_array().unwrap().iter().find(|s| s["what"] == "SOUP").unwrap();
    assert!(soup["rows"].as_array().unwrap().iter().any(|r| r["details"].to_string().contains("version")));
}
