//! Lock files, SBOMs and the register, on real files and on broken ones.

mod advisories;
mod cargo_lock;
mod drift;
mod lock_files;
mod package_lock;
mod reading;
mod registers;
mod statements;
mod systems;
mod versions;
mod writing;
