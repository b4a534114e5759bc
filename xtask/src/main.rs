//! Demo, test, bench, generate, tidy: what a developer and CI run.

fn main() {}
