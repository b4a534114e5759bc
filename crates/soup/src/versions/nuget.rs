//! NuGet: Semantic Versioning with up to four numbers, where labels are compared without regard to case
//! (learn.microsoft.com, "NuGet package versioning").

use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    super::semver::compare(&a.to_ascii_lowercase(), &b.to_ascii_lowercase())
}
