//! The binary `dossier` from outside, as people and pipelines use it: in folders of its own, with a small product that is
//! complete enough to be released (`tests/product`).
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs, reason = "tests")]

mod e2e {
    mod access;
    mod anchors;
    mod anomalies;
    mod bad_acts;
    mod bench;
    mod builders;
    mod chain;
    mod changes;
    mod classes;
    mod comparing;
    mod contracts;
    mod delivered;
    mod documents_out;
    mod exports;
    mod forgery;
    mod git_signatures;
    mod hollow;
    mod house_rules;
    mod https;
    mod keeping;
    mod key_login;
    mod ledger;
    mod library;
    mod maintenance;
    mod own_history;
    mod passkeys;
    mod people;
    mod reads;
    mod refusals;
    mod review;
    mod review_pages;
    mod sealing;
    mod security;
    mod signatures;
    mod soup;
    mod trackers;
    mod vulnerabilities;
}
