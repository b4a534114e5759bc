//! Server-rendered pages over the read models: read-only, on loopback, complete without JavaScript.
//!
//! A [`Source`] gives the read models; this crate gives them their look. It computes no verdict and reads no file.
//! Every page names the four inputs it was computed from and travels in time by `?at=`, `?ledger_at=`, `?as_of=`;
//! every id is a link, and everything has one address.

mod address;
mod chain;
mod filter;
mod pages;
mod params;
mod parts;
mod product;
mod server;
mod shell;
mod source;

pub use address::address;
pub use product::ProductSource;
pub use server::{Options, router, serve};
pub use source::{At, LogFilter, PageResult, Source, SourceError};
