//! Lock files, SBOMs and the register, on real files and on broken ones.

mod cargo_lock;
mod package_lock;
mod reading;
mod registers;
mod writing;
