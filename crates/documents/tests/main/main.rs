//! Documents through the public interface: the rules of the format, its vectors, trees, and edits.

mod edits;
mod format;
mod hostile;
mod trees;
mod vectors;

use documents::{Kinds, Parsed, parse_text};

/// Reads `text` with the kinds of a configuration.
fn parse_with(toml: &str, text: &str) -> Parsed {
    let (config, found) = product::parse(&format!("[product]\nname = \"t\"\n{toml}"), "dossier.toml");
    assert!(found.is_empty(), "{found:?}");
    parse_text("dossier/f.md", text.to_owned(), &Kinds::of(&config).0)
}

fn parse(text: &str) -> Parsed {
    parse_with("", text)
}

/// Rule, place and message of each finding.
fn found(p: &Parsed) -> Vec<String> {
    p.diagnostics.iter().map(|d| format!("{} {} {}", d.rule, d.location, d.message)).collect()
}

fn ids(p: &Parsed) -> Vec<&str> {
    p.items.iter().map(|i| i.id.as_str()).collect()
}

/// That no file of this folder was forgotten above.
#[test]
fn every_test_file_is_a_module() {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/main");
    let main = std::fs::read_to_string(format!("{here}/main.rs")).unwrap();
    for entry in std::fs::read_dir(here).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let stem = name.trim_end_matches(".rs");
        assert!(stem == "main" || stem.contains('.') || main.contains(&format!("mod {stem};")), "{name}");
    }
}
