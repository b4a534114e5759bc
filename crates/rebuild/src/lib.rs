//! Sandboxed build and comparison of outputs.
