//! The clause library as data: standards, their clauses, and the safety classes that each clause is due for.
//!
//! The data are the TOML files of `library/`, which regulatory people edit without Rust; they are part of the binary
//! and parsed once. Class applicability lives in them and nowhere else: no rule and no view names a class letter.
//!
//! It is not a rule: it says what an edition asks for, never whether the evidence is there. It also knows no safety
//! class as a type, because the classes of an edition are data of that edition: a class is the text that the edition's
//! file declares (`vocabulary::SafetyClass::as_str` gives it for edition 1.1 of IEC 62304).

mod citations;
mod crosswalk;
mod day;
mod defence;
mod document_names;
mod export;
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
mod text;
mod toml_file;

pub use citations::{Stale, Standing, date_of, resolve, stale, standing};
pub use crosswalk::{Crosswalk, Hop, Mapping, Path, Relation, crosswalk};
pub use day::{Day, ParseDayError};
pub use defence::{Defence, Place};
pub use document_names::{DocumentNames, document_names};
pub use export::{ciso_assistant, ciso_assistant_mapping, oscal};
pub use guide::{
    Amendment, Change, Constraint, DocumentKind, Facet, Gap, Group, Guide, Language, Severity, Value, Wording,
};
pub use guides::{Guides, constraint, document, group, guide, guides};
pub use library::{Clause, Condition, Heading, Kind, Library, LibraryError, Standard, library};
pub use order::compare_ids;
pub use package::{Package, Slot, Source, package, packages};
pub use phrase::{Phrase, Stem, Word};
pub use profile::{Profile, profile, profiles};
pub use text::{crosswalk_page, group_page, guide_text, paths_text, standards_page, title_of};

/// The edition of IEC 62304 that every product is judged by unless it pins another one.
pub const DEFAULT_EDITION: &str = "iec62304:2006+a1:2015";

/// The files of `library/` by name, as they are part of this binary. Their bytes are part of a rule set's digest.
pub const SOURCES: &[(&str, &str)] = &[
    ("iec62304-2006-a1-2015.toml", include_str!("../../../library/iec62304-2006-a1-2015.toml")),
    ("iso13485-2016.toml", include_str!("../../../library/iso13485-2016.toml")),
    ("iso14971-2019.toml", include_str!("../../../library/iso14971-2019.toml")),
    ("mdr-2017-745.toml", include_str!("../../../library/mdr-2017-745.toml")),
    ("ivdr-2017-746.toml", include_str!("../../../library/ivdr-2017-746.toml")),
    ("qmsr-21cfr820-2026.toml", include_str!("../../../library/qmsr-21cfr820-2026.toml")),
    ("qsr-21cfr820-legacy.toml", include_str!("../../../library/qsr-21cfr820-legacy.toml")),
    ("fda-software-2023.toml", include_str!("../../../library/fda-software-2023.toml")),
    ("fda-cybersecurity-2026.toml", include_str!("../../../library/fda-cybersecurity-2026.toml")),
    ("fdca-524b.toml", include_str!("../../../library/fdca-524b.toml")),
    ("iec81001-5-1-2021.toml", include_str!("../../../library/iec81001-5-1-2021.toml")),
    ("21cfr11.toml", include_str!("../../../library/21cfr11.toml")),
    ("eu-gmp-annex11-2011.toml", include_str!("../../../library/eu-gmp-annex11-2011.toml")),
    ("aami-tir45-2023.toml", include_str!("../../../library/aami-tir45-2023.toml")),
    ("aami-tir57-2016.toml", include_str!("../../../library/aami-tir57-2016.toml")),
    ("mdsap-audit-approach.toml", include_str!("../../../library/mdsap-audit-approach.toml")),
    ("mdcg-2019-11.toml", include_str!("../../../library/mdcg-2019-11.toml")),
    ("mdcg-2019-16.toml", include_str!("../../../library/mdcg-2019-16.toml")),
    ("imdrf-samd-n12.toml", include_str!("../../../library/imdrf-samd-n12.toml")),
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

/// The mapping files of `library/crosswalk/` by name.
pub const CROSSWALK_SOURCES: &[(&str, &str)] = &[
    ("crosswalk/iec62304-eu.toml", include_str!("../../../library/crosswalk/iec62304-eu.toml")),
    ("crosswalk/iec62304-iso13485.toml", include_str!("../../../library/crosswalk/iec62304-iso13485.toml")),
    ("crosswalk/iec62304-iso14971.toml", include_str!("../../../library/crosswalk/iec62304-iso14971.toml")),
    (
        "crosswalk/iec62304-us-security.toml",
        include_str!("../../../library/crosswalk/iec62304-us-security.toml"),
    ),
    ("crosswalk/iso13485-qmsr.toml", include_str!("../../../library/crosswalk/iso13485-qmsr.toml")),
];

/// `library/superseded.toml` as it is part of this binary.
pub const SUPERSEDED: &str = include_str!("../../../library/superseded.toml");

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
