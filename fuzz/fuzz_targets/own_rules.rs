//! Any text as a rule of a firm: it is a rule or a problem with a line in the file, and its conditions never panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

fuzz_target!(|text: &str| {
    let file = Arc::new(model::SourceFile::new("dossier/rules/f-1.md", text.to_owned()));
    let read = rules::OwnRules::read(&[file]);
    assert!(!(read.rules.is_empty() && read.problems.is_empty()), "neither a rule nor a problem");
    let lines = text.lines().count().max(1);
    assert!(read.problems.iter().all(|p| (1..=lines).contains(&(p.line as usize))));
});
