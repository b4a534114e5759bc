//! Which functions of a source file a change touches.

use git::{ObjectId, PathChange, Repository};
use sources::Language;
use std::collections::BTreeMap;

/// The functions that changed, by path below the product. A file whose language is not read, or whose blob cannot be, has
/// none: the file itself is named all the same.
pub(crate) fn changed(
    repository: &Repository,
    prefix: &str,
    changed: &[PathChange],
) -> BTreeMap<String, Vec<String>> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let read = |id: Option<ObjectId>| id.and_then(|id| repository.read(id).ok()).unwrap_or_default();
    for change in changed {
        let text = change.path.to_text();
        let Some(path) = text.strip_prefix(prefix) else { continue };
        let Some(language) = Language::of_path(path) else { continue };
        let found = sources::changed(language, &read(change.old), &read(change.new));
        let list = out.entry(path.to_owned()).or_default();
        list.extend(found);
        list.sort();
        list.dedup();
    }
    out.retain(|_, list| !list.is_empty());
    out
}
