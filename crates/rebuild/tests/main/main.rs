//! Tests of `rebuild`: real environments of this host's packages, real builds in the sandbox, explained differences.
//!
//! They need Debian's `bubblewrap`, `util-linux`, `dash`, `coreutils`, `tar`, `gzip`, `gcc` and `libc6-dev`; where one is
//! missing, the tests that need it say so and are skipped, but for the sandbox itself: without it they fail.

mod causes;
mod environment;
mod images;
mod real;
mod sandbox;
mod scene;
