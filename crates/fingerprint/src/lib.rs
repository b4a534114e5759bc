//! A fingerprint of source files, for build scripts: what one build computed and kept (a state, a judgement) is never used by
//! another build that might compute otherwise, or whose types have other fields.
//!
//! Not here: digests of evidence. This tells builds apart; it keeps nobody out.

#![allow(clippy::print_stdout, reason = "a build script tells cargo what it found in this way")]

use std::path::{Path, PathBuf};

/// Hands the fingerprint of all Rust files below `folders` (from the crate's own folder) to the crate as the variable `name` of
/// its build, read with `env!`, and has the build script run again when one of them changes.
pub fn of_sources(name: &str, folders: &[&str]) {
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in folders {
        println!("cargo::rerun-if-changed={folder}");
        collect(Path::new(folder), &mut files);
    }
    files.sort();
    println!("cargo::rustc-env={name}={:016x}", fnv(&files));
}

/// FNV-1a over names and bytes, in order.
fn fnv(files: &[PathBuf]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for file in files {
        add(file.to_string_lossy().as_bytes());
        add(&std::fs::read(file).unwrap_or_default());
    }
    hash
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
