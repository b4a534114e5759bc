//! Tests of `git` on repositories made by the git program, with fixed names and dates.

mod bundle;
mod hostile;
mod reading;
mod scene;
