//! The clause library as data: standards, their clauses, and the safety classes that each clause is due for.
//!
//! The data are the TOML files of `library/`, which regulatory people edit without Rust; they are part of the binary
//! and parsed once. Class applicability lives in them and nowhere else: no rule and no view names a class letter.
//!
//! It is not a rule: it says what an edition asks for, never whether the evidence is there. It also knows no safety
//! class as a type, because the classes of an edition are data of that edition: a class is the text that the edition's
//! file declares (`vocabulary::SafetyClass::as_str` gives it for edition 1.1 of IEC 62304).

mod defence;
mod guide;
mod guide_file;
mod guides;
mod library;
mod order;
mod package;
mod phrase;
mod profile;
#[cfg(test)]
mod tests;
mod toml_file;

pub use defence::{Defence, Place};
pub use guide::{
    Amendment, Change, Constraint, DocumentKind, Facet, Gap, Group, Guide, Language, Severity, Value, Wording,
};
pub use guides::{Guides, constraint, document, group, guide, guides};
pub use library::{Clause, Condition, Heading, Kind, Library, LibraryError, Standard, library};
pub use order::compare_ids;
pub use package::{Package, Slot, Source, package, packages};
pub use phrase::{Phrase, Stem, Word};
pub use profile::{Profile, profile, profiles};

/// The edition of IEC 62304 that every product is judged by unless it pins another one.
pub const DEFAULT_EDITION: &str = "iec62304:2006+a1:2015";

/// The files of `library/` by name, as they are part of this binary. Their bytes are part of a rule set's digest.
pub const SOURCES: &[(&str, &str)] = &[
    ("iec62304-2006-a1-2015.toml", include_str!("../../../library/iec62304-2006-a1-2015.toml")),
    ("iso13485-2016.toml", include_str!("../../../library/iso13485-2016.toml")),
    ("iso14971-2019.toml", include_str!("../../../library/iso14971-2019.toml")),
    ("mdr-2017-745.toml", include_str!("../../../library/mdr-2017-745.toml")),
];

/// The standard that the guides are about.
pub(crate) const GUIDED_STANDARD: &str = "62304";

/// The guide files of `library/iec62304/` by name: what is known of each clause beyond its row. No verdict of `check` reads
/// them, so they are no part of a rule set's digest; a review names them by their own.
pub const GUIDE_SOURCES: &[(&str, &str)] = &[
    ("iec62304/4.toml", include_str!("../../../library/iec62304/4.toml")),
    ("iec62304/5.1.toml", include_str!("../../../library/iec62304/5.1.toml")),
    ("iec62304/5.2.toml", include_str!("../../../library/iec62304/5.2.toml")),
    ("iec62304/5.3.toml", include_str!("../../../library/iec62304/5.3.toml")),
    ("iec62304/5.4.toml", include_str!("../../../library/iec62304/5.4.toml")),
    ("iec62304/5.5.toml", include_str!("../../../library/iec62304/5.5.toml")),
    ("iec62304/5.6.toml", include_str!("../../../library/iec62304/5.6.toml")),
    ("iec62304/5.7.toml", include_str!("../../../library/iec62304/5.7.toml")),
    ("iec62304/5.8.toml", include_str!("../../../library/iec62304/5.8.toml")),
    ("iec62304/6.toml", include_str!("../../../library/iec62304/6.toml")),
    ("iec62304/7.toml", include_str!("../../../library/iec62304/7.toml")),
    ("iec62304/8.toml", include_str!("../../../library/iec62304/8.toml")),
    ("iec62304/9.toml", include_str!("../../../library/iec62304/9.toml")),
];

/// `library/documents.toml` as it is part of this binary: kinds of documents and how their files are named.
pub const DOCUMENTS: &str = include_str!("../../../library/documents.toml");

/// `library/profiles.toml` as it is part of this binary.
pub const PROFILES: &str = include_str!("../../../library/profiles.toml");

/// The clause with this id (`62304:5.8.3`), in force or not.
pub fn clause(id: &str) -> Option<&'static Clause> {
    library().clause(id)
}

/// The clause that a citation falls under: itself, or the row above a cited letter or sub-number. `62304:7.3.3.a` falls
/// under `62304:7.3.3`, `62304:6.2.1.2` under `62304:6.2.1`.
pub fn governing(citation: &str) -> Option<&'static Clause> {
    library().governing(citation)
}

/// The standard of an edition (`iec62304:2006+a1:2015`).
pub fn edition(edition: &str) -> Option<&'static Standard> {
    library().standards().iter().find(|s| s.edition == edition)
}
