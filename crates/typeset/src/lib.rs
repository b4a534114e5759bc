//! Typst, alone, so that nothing else waits for it.
