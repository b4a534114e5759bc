//! The pages, one file per thing. Each makes content out of a view; the shell around it is the same for all.

pub(crate) mod anomalies;
pub(crate) mod clauses;
pub(crate) mod comparison;
pub(crate) mod documents;
pub(crate) mod findings;
pub(crate) mod gate;
pub(crate) mod items;
pub(crate) mod ledger;
pub(crate) mod matrix;
pub(crate) mod metrics;
pub(crate) mod overview;
pub(crate) mod registers;
pub(crate) mod releases;
pub(crate) mod reviews;
pub(crate) mod risk;
pub(crate) mod runs;
pub(crate) mod security;
pub(crate) mod soup;
pub(crate) mod trends;
