//! Measures reading: `parse_tree DIR [ROUNDS]` reads a product's documents, builds the model, and says how long each took.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for people")]

use std::path::PathBuf;
use std::time::Instant;

fn main() {
    let mut args = std::env::args().skip(1);
    let Some(root) = args.next().map(PathBuf::from) else {
        eprintln!("usage: parse_tree DIR [ROUNDS]");
        std::process::exit(2);
    };
    let rounds: u32 = args.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    for _ in 0..rounds {
        let begun = Instant::now();
        let toml = std::fs::read_to_string(root.join("dossier.toml")).unwrap_or_default();
        let (config, _) = product::parse(&toml, "dossier.toml");
        let documents = documents::read_worktree(&root, &config);
        let read = begun.elapsed();
        let (findings, tree) = (documents.diagnostics.len(), documents.tree);
        let model = model::Model::build(documents.items, &model::NoConfirmations);
        let built = begun.elapsed() - read;
        let dangling = model.links().iter().filter(|l| l.state == model::LinkState::Dangling).count();
        println!(
            "items {} links {} dangling {dangling} findings {findings} tree {} read {:.1} ms model {:.1} ms",
            model.items().len(),
            model.links().len(),
            tree.short(),
            read.as_secs_f64() * 1e3,
            built.as_secs_f64() * 1e3
        );
    }
}
