//! Readers on real shapes and on broken ones, the child process with its limits, sources and cache.

mod child;
mod formats;
mod hostile;
mod programs;
mod sources;
