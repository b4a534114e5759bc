//! A fingerprint of the sources that decide what a document is judged to say: judgements that one build kept are never used by
//! another that might judge otherwise.

use std::path::{Path, PathBuf};

/// What decides a judgement, from this crate's folder; the clause library has a digest of its own.
const SOURCES: [&str; 3] = ["src", "../extract/src", "../clauses/src"];

fn main() {
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in SOURCES {
        println!("cargo::rerun-if-changed={folder}");
        collect(Path::new(folder), &mut files);
    }
    files.sort();
    // FNV-1a: it tells builds apart; nobody is kept out by it.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for file in files {
        add(file.to_string_lossy().as_bytes());
        add(&std::fs::read(&file).unwrap_or_default());
    }
    println!("cargo::rustc-env=DOSSIER_REVIEW_FINGERPRINT={hash:016x}");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}
