//! The readers on files from the wild, and the join on runs as they happen.

mod jenkins;
mod joining;
mod junit;
mod sarif;
