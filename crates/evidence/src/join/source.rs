//! From a comment tag to the test that it stands at.
//!
//! A source file knows the function's name, a report knows the path that the test runner made of it. They are joined
//! only where that leaves no doubt: a wrong join would be evidence that does not exist.

use model::results::{Run, Tag};
use std::collections::{BTreeSet, HashMap, HashSet};

/// For each function name that a tag has, the test paths in the results that contain it as a segment, up to it.
pub(super) type Paths<'r> = HashMap<String, BTreeSet<&'r str>>;

/// What separates the segments of a test's path in the dialects.
const SEPARATORS: [char; 8] = [':', '.', '/', '[', '(', '$', '#', ' '];

/// Looks the tags' functions up in all results.
pub(super) fn test_paths<'r>(runs: &'r [Run], tags: &[Tag]) -> Paths<'r> {
    let wanted: HashSet<&str> = tags.iter().filter_map(|t| t.test.as_deref()).collect();
    let mut paths = Paths::new();
    if wanted.is_empty() {
        return paths;
    }
    for (name, _, _) in runs.iter().flat_map(|r| r.results.names()) {
        let mut end = 0;
        for segment in name.split(SEPARATORS) {
            end += segment.len();
            if wanted.contains(segment)
                && let Some(path) = name.get(..end)
            {
                match paths.get_mut(segment) {
                    Some(known) => {
                        known.insert(path);
                    }
                    None => {
                        paths.insert(segment.to_owned(), BTreeSet::from([path]));
                    }
                }
            }
            // Every separator is one byte.
            end += 1;
        }
    }
    paths
}

/// The test path that the tag stands at, or the candidates among which it cannot be told.
pub(super) fn resolve<'r>(tag: &Tag, paths: &Paths<'r>) -> Result<&'r str, Vec<String>> {
    let Some(candidates) = tag.test.as_ref().and_then(|test| paths.get(test)) else {
        return Err(Vec::new());
    };
    let place = Place::of(&tag.file);
    let fitness = |path: &&'r str| {
        let segments: HashSet<&str> = path.split(SEPARATORS).collect();
        let home = place.home.iter().any(|h| segments.contains(h.as_str()));
        home.then(|| place.folders.iter().filter(|f| segments.contains(f.as_str())).count())
    };
    let best = candidates.iter().filter_map(&fitness).max();
    let mut fitting = candidates.iter().copied().filter(|p| best.is_some() && fitness(p) == best);
    match (fitting.next(), fitting.next()) {
        (Some(path), None) => Ok(path),
        _ => Err(candidates.iter().map(|c| (*c).to_owned()).collect()),
    }
}

/// Where a source file lies, in the words that test paths use.
struct Place {
    /// One of these must be a segment of the test's path: the file's stem, or for `lib.rs` and the like its folder.
    home: Vec<String>,
    /// The more of the folders are segments too, the better.
    folders: Vec<String>,
}

impl Place {
    fn of(file: &str) -> Place {
        let mut parts: Vec<String> =
            file.split(['/', '\\']).filter(|p| !p.is_empty()).map(|p| p.replace('-', "_")).collect();
        let name = parts.pop().unwrap_or_default();
        let stem = name.split('.').next().unwrap_or_default().to_owned();
        let mut home = vec![stem];
        if matches!(name.as_str(), "lib.rs" | "main.rs" | "mod.rs" | "__init__.py" | "index.js" | "index.ts")
        {
            // The module is named by its folder, the crate by the folder around `src`.
            home.extend(parts.iter().rev().find(|p| *p != "src").cloned());
        }
        Place { home, folders: parts }
    }
}
