//! Pure read models for every screen and report.
