//! `pdf_text FILE…`: reads PDFs as the review does, each in a child, two at a time, and prints pages, characters and time.
//! With `--text` as first argument prints the text instead.
#![allow(clippy::print_stdout, reason = "an example talks to a terminal")]

use extract::{Entry, Outcome, Reader, Source, SourceError, Unread, read_all};
use std::path::PathBuf;

struct Files(Vec<PathBuf>);

impl Source for Files {
    fn title(&self) -> String {
        "files".to_owned()
    }

    fn entries(&self) -> Result<Vec<Entry>, SourceError> {
        let entry = |(i, p): (usize, &PathBuf)| Entry {
            name: p.display().to_string(),
            size: p.metadata().map_or(0, |m| m.len()),
            key: i.to_le_bytes().to_vec(),
            unread: None,
        };
        Ok(self.0.iter().enumerate().map(entry).collect())
    }

    fn bytes(&self, entry: &Entry, _: u64) -> Result<Vec<u8>, Unread> {
        std::fs::read(&entry.name).map_err(|e| Unread::new(extract::Reason::Broken, e.to_string()))
    }
}

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let show = arguments.first().is_some_and(|a| a == "--text");
    if show {
        arguments.remove(0);
    }
    let child = std::env::current_exe().ok().and_then(|p| Some(p.parent()?.parent()?.join("extract-one")));
    let mut reader = Reader::new(child.unwrap_or_default(), Vec::new());
    // The text layer only, as `pdftotext` does.
    reader.ocr = false;
    let files = Files(arguments.iter().map(PathBuf::from).collect());
    let started = std::time::Instant::now();
    // As many as the `xargs -P2` that it is measured beside, on every machine.
    let Ok(read) = read_all(&files, &reader, None, 2, &|_| {}) else { return };
    let took = started.elapsed().as_secs_f64();
    let (mut pages, mut characters) = (0u32, 0usize);
    for file in &read {
        match &file.outcome {
            Outcome::Read(text) => {
                pages += text.pages;
                characters += text
                    .blocks
                    .iter()
                    .map(|b| b.text.chars().filter(|c| !c.is_whitespace()).count())
                    .sum::<usize>();
                if show {
                    for block in &text.blocks {
                        println!("{:?} p{} {}", block.part, block.page, block.text);
                    }
                }
            }
            Outcome::Unread(why) => println!("{}: {why}", file.name),
        }
    }
    println!("{} files, {pages} pages, {characters} characters without white space, {took:.3} s", read.len());
}
