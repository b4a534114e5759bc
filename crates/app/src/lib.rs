//! Use cases, noun first; authorisation; the only writer of the ledger.
