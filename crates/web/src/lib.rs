//! Server-rendered pages over the read models, complete without JavaScript; logging in and signing; the API.
//!
//! A [`Source`] gives the read models; this crate gives them their look. It computes no verdict and reads no file.
//! Every page names the four inputs it was computed from and travels in time by `?at=`, `?ledger_at=`, `?as_of=`;
//! every id is a link, and everything has one address.

mod acting;
mod address;
mod api_routes;
mod chain;
mod desk;
mod filter;
mod forms;
mod hook_routes;
mod joining_page;
mod pages;
mod params;
mod parts;
mod passkey_page;
mod password_page;
mod product;
mod product_desk;
mod reading;
mod reviews;
mod server;
mod shell;
mod source;
mod tls;

pub use acting::ENDPOINTS;
pub use address::address;
pub use desk::{
    Act, Answer, Choice, Desk, DeskError, Enrolling, LoggedIn, Passkey, Question, Second, Signing,
};
pub use product::ProductSource;
pub use product_desk::ProductDesk;
pub use reviews::{review_router, serve_review};
pub use server::{Options, router, serve};
pub use source::{At, LogFilter, PageResult, Source, SourceError};
pub use tls::{TlsError, TlsFiles};
