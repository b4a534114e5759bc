//! Comparing the outputs of a rebuild with those that were released, and saying why they differ.
//!
//! Causes are found by looking inside: archives and compressed files are opened, members and lines are matched, and
//! what is left is judged by what stands there. An explanation is a help for people; the verdict rests on digests alone.

mod bytes;
mod container;
mod mask;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Output;

/// At most this many causes are named for one output.
const CAUSES_MAX: usize = 20;
/// Containers are opened inside containers this often.
const DEPTH_MAX: usize = 6;

/// Why two outputs differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CauseKind {
    /// A time of the build is in it.
    Timestamp,
    /// A path of the build is in it.
    Path,
    /// The same parts stand in another order.
    Order,
    /// The same content was compressed in another way.
    Compressor,
    /// Something else differs.
    Content,
}

impl fmt::Display for CauseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CauseKind::Timestamp => "timestamp",
            CauseKind::Path => "path",
            CauseKind::Order => "order",
            CauseKind::Compressor => "compressor",
            CauseKind::Content => "content",
        })
    }
}

/// One reason for a difference, and where it was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cause {
    /// The reason.
    pub kind: CauseKind,
    /// Where, from the outside in: `gzip`, `member a/b`, `line 3`, `byte 0x1f0`. Empty for the whole output.
    pub place: String,
    /// What stands there, expected first.
    pub detail: String,
}

/// How an output compares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "result")]
pub enum Difference {
    /// The same bytes.
    Identical,
    /// Other bytes, for these reasons (at least one).
    Different {
        /// Sorted by kind.
        causes: Vec<Cause>,
    },
    /// The rebuild did not make it.
    Missing,
    /// Only the rebuild made it.
    Extra,
}

/// An output with its comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputComparison {
    /// The output's path.
    pub path: String,
    /// The digest that was released.
    pub expected: Option<String>,
    /// The digest that was built again.
    pub actual: Option<String>,
    /// How they compare.
    #[serde(flatten)]
    pub difference: Difference,
}

/// Which of the two builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What was released.
    Expected,
    /// What was built again.
    Actual,
}

/// Compares all outputs, by digest and executable bit. `bytes` gives an output's content where it is still at hand, so
/// that differences can be explained; the verdict does not depend on it.
pub fn compare(
    expected: &[Output],
    actual: &[Output],
    bytes: &dyn Fn(Side, &str) -> Option<Vec<u8>>,
) -> Vec<OutputComparison> {
    let paths: BTreeSet<&str> = expected.iter().chain(actual).map(|o| o.path.as_str()).collect();
    let compared = paths.into_iter().map(|path| {
        let find = |list: &'_ [Output]| list.iter().find(|o| o.path == path).cloned();
        let (was, is) = (find(expected), find(actual));
        let difference = match (&was, &is) {
            (Some(was), Some(is)) if was.digest == is.digest && was.executable == is.executable => {
                Difference::Identical
            }
            (Some(was), Some(is)) => Difference::Different { causes: causes(path, was, is, bytes) },
            (Some(_), None) => Difference::Missing,
            (None, _) => Difference::Extra,
        };
        let digest = |o: Option<Output>| o.map(|o| o.digest);
        OutputComparison { path: path.to_owned(), expected: digest(was), actual: digest(is), difference }
    });
    compared.collect()
}

fn causes(
    path: &str,
    was: &Output,
    is: &Output,
    bytes: &dyn Fn(Side, &str) -> Option<Vec<u8>>,
) -> Vec<Cause> {
    let mut causes = Vec::new();
    if was.executable != is.executable {
        let word = |executable| if executable { "executable" } else { "not executable" };
        let detail = format!("{}, now {}", word(was.executable), word(is.executable));
        causes.push(Cause { kind: CauseKind::Content, place: String::new(), detail });
    }
    if was.digest != is.digest {
        match (bytes(Side::Expected, path), bytes(Side::Actual, path)) {
            (Some(a), Some(b)) if a != b => causes.extend(explain(&a, &b)),
            _ => causes.push(Cause {
                kind: CauseKind::Content,
                place: String::new(),
                detail: "other digest; the bytes are not both at hand to say why".to_owned(),
            }),
        }
    }
    causes
}

/// Why `expected` and `actual` differ: empty if they are the same bytes, at least one cause otherwise.
pub fn explain(expected: &[u8], actual: &[u8]) -> Vec<Cause> {
    if expected == actual {
        return Vec::new();
    }
    let mut findings = Findings::default();
    findings.explain("", expected, actual, 0);
    findings.finish(expected, actual)
}

/// Collects causes while descending.
#[derive(Default)]
pub(crate) struct Findings {
    causes: BTreeSet<Cause>,
}

impl Findings {
    fn explain(&mut self, place: &str, a: &[u8], b: &[u8], depth: usize) {
        if a == b {
            return;
        }
        if depth < DEPTH_MAX && container::explain(self, place, a, b, depth) {
            return;
        }
        bytes::explain(self, place, a, b);
    }

    fn add(&mut self, kind: CauseKind, place: impl Into<String>, detail: impl Into<String>) {
        if self.causes.len() < 10 * CAUSES_MAX {
            self.causes.insert(Cause { kind, place: place.into(), detail: detail.into() });
        }
    }

    /// The causes, the first few of each kind, never none.
    fn finish(self, a: &[u8], b: &[u8]) -> Vec<Cause> {
        if self.causes.is_empty() {
            let detail =
                format!("{} and {} bytes that differ in no part that was understood", a.len(), b.len());
            return vec![Cause { kind: CauseKind::Content, place: String::new(), detail }];
        }
        let kinds: BTreeSet<CauseKind> = self.causes.iter().map(|c| c.kind).collect();
        let each = (CAUSES_MAX / kinds.len()).max(1);
        kinds
            .iter()
            .flat_map(|kind| self.causes.iter().filter(move |c| c.kind == *kind).take(each))
            .cloned()
            .collect()
    }
}

/// A place inside another.
pub(crate) fn within(place: &str, inner: &str) -> String {
    if place.is_empty() { inner.to_owned() } else { format!("{place}, {inner}") }
}
