//! One `.md` and one `.rs` per rule; registry; engine.
