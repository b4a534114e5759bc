//! Markdown documents to model, with spans, and back.
