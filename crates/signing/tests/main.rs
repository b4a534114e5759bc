//! Keys and signatures beside OpenSSH itself: what it writes is read here, and the other way round.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod beside_openssh;
mod hostile_input;
mod timestamps;
