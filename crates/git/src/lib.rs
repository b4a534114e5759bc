//! The repository as input: trees at a commit, diffs, log, tags, bundles. It is not a git client: it writes nothing but bundles.
