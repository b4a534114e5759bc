//! The documents that `dossier init` writes: honest placeholders by safety class, which the placeholder rule finds until
//! somebody has filled them in.

use vocabulary::SafetyClass;

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaffoldFile {
    /// The path, relative to the product's root.
    pub path: String,
    /// The text.
    pub text: String,
}

/// The documents of a new product of this class.
pub fn documents(product: &str, class: SafetyClass) -> Vec<ScaffoldFile> {
    let _ = (product, class);
    Vec::new()
}
