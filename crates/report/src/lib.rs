//! Release record, matrix, packages: Markdown, HTML, PDF/A.
