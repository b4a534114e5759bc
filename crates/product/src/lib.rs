//! `dossier.toml`, typed, with spans.
