//! The repository as input: revisions, trees at a commit, the state of the work tree, diffs, log, tags, bundles.
//!
//! It is not a git client: it never writes to the repository that it reads, and it starts no program. Hooks, filters,
//! pagers, credential helpers and remote protocols therefore cannot run, whatever the repository's configuration says:
//! blobs are read as they are stored, and a work tree file counts as changed when its bytes differ from the blob's.
//!
//! Repositories are hostile input: damaged objects, absurd trees and names that would escape a directory are errors
//! that name the place. Author and committer dates are shown and never relied on (a commit's time is when the ledger
//! first observed it). SHA-1 names commits here, but proves nothing: whatever has to hold for years is bound by
//! [`tree_digest`] and [`SoftwareDigest`], both SHA-256.

mod bundle;
mod diff;
mod error;
mod export;
mod id;
mod log;
mod repository;
mod software;
mod status;
mod tag;
mod tree;
mod work_tree;

pub use bundle::{BundleRef, unbundle};
pub use diff::{ChangeKind, PathChange};
pub use error::Error;
pub use export::Exported;
pub use id::{ObjectId, ParseObjectIdError, RepoPath};
pub use log::{Commit, Person, Signature, Trailer};
pub use repository::Repository;
pub use software::{ConfigurationItem, SoftwareDigest};
pub use status::{Dirt, DirtyPath};
pub use tag::{Annotation, Tag, TagState};
pub use tree::{Blob, Entry, Mode, tree_digest};
pub use work_tree::WorkTreeFile;
