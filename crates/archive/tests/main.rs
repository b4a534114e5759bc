//! Tests of whole archives in real folders: `fixture` makes them, the other modules each take one concern.

// A test that cannot run here says so.
#![allow(clippy::print_stderr)]

mod broken;
mod crash;
mod fixture;
mod frozen;
mod keeping;
mod round_trip;
mod without_us;
