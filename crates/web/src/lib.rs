//! Server-rendered pages over the read models: read-only, on loopback, complete without JavaScript.
//!
//! A [`Source`] gives the read models; this crate gives them their look. It computes no verdict and reads no file.
//! Every page names the four inputs it was computed from and travels in time by `?at=`, `?ledger_at=`, `?as_of=`.

mod source;

pub use source::{At, PageResult, Source, SourceError};
