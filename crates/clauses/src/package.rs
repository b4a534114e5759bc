//! Packages: which documents make a file for somebody outside (a software development file, technical documentation, a
//! submission), slot by slot, read from `library/packages/`.
//!
//! It knows no document: what fills a slot of a product is found by whoever reads the product.

use crate::library::Clause;
use crate::profile::Profile;
use serde::Deserialize;
use std::fmt;
use std::sync::OnceLock;

/// A package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// `sdf`, `annex-ii`, `dhf`, `estar`.
    pub name: String,
    /// The title for people.
    pub title: String,
    /// What it is, in a line.
    pub about: String,
    /// Its slots, in order.
    pub slots: Vec<Slot>,
}

/// A slot of a package.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// Its id within the package, `requirements`.
    pub id: String,
    /// The title for people.
    pub title: String,
    /// What it answers: ids of the clause library, or of other rules.
    pub clauses: Vec<String>,
    /// What fills it: everything that matches.
    pub sources: Vec<Source>,
}

/// Something that fills a slot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Source {
    /// Controlled documents whose front matter has this kind.
    Document(String),
    /// Controlled documents that hold items of this kind.
    Items(String),
    /// Controlled documents that say that they are evidence for this clause.
    Clause(String),
    /// A report that is made from items and records.
    Report(String),
    /// A part of the staged release.
    Staged(String),
}

impl TryFrom<String> for Source {
    type Error = String;

    fn try_from(text: String) -> Result<Source, String> {
        let (sort, name) = text.split_once(':').ok_or_else(|| format!("`{text}` names no sort of source"))?;
        let name = name.to_owned();
        Ok(match sort {
            "document" => Source::Document(name),
            "items" => Source::Items(name),
            "clause" => Source::Clause(name),
            "report" => Source::Report(name),
            "staged" => Source::Staged(name),
            _ => return Err(format!("`{sort}` is no sort of source")),
        })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Document(kind) => write!(f, "a controlled document of kind `{kind}`"),
            Source::Items(kind) => write!(f, "a controlled document with items of kind `{kind}`"),
            Source::Clause(id) => write!(f, "a controlled document with `clauses: [\"{id}\"]`"),
            Source::Report(name) => write!(f, "content for the report `{name}`"),
            Source::Staged(part) => write!(f, "`{part}` in the stage"),
        }
    }
}

impl Slot {
    /// Whether the slot is due for software of this class under this profile: one of its clauses is asked, or is of a rule
    /// that knows no class.
    pub fn is_due(&self, profile: &Profile, class: &str) -> bool {
        let known: Vec<&Clause> = self.clauses.iter().filter_map(|c| crate::governing(c)).collect();
        known.len() < self.clauses.len()
            || known.iter().any(|c| !c.id.starts_with("62304:") || profile.demands(c, class))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    title: String,
    about: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackageFile {
    package: Head,
    slot: Vec<Slot>,
}

const FILES: [(&str, &str); 4] = [
    ("sdf.toml", include_str!("../../../library/packages/sdf.toml")),
    ("annex-ii.toml", include_str!("../../../library/packages/annex-ii.toml")),
    ("dhf.toml", include_str!("../../../library/packages/dhf.toml")),
    ("estar.toml", include_str!("../../../library/packages/estar.toml")),
];

/// Every package.
pub fn packages() -> &'static [Package] {
    static PACKAGES: OnceLock<Vec<Package>> = OnceLock::new();
    PACKAGES.get_or_init(|| FILES.iter().map(|(name, text)| read(name, text)).collect())
}

fn read(file: &str, text: &str) -> Package {
    match toml::from_str::<PackageFile>(text) {
        Ok(PackageFile { package: Head { name, title, about }, slot }) => {
            Package { name, title, about, slots: slot }
        }
        // Not input: the file is compiled in, and the tests below read it before we ship.
        Err(error) => panic!("library/packages/{file}: {error}"),
    }
}

/// The package of this name.
pub fn package(name: &str) -> Option<&'static Package> {
    packages().iter().find(|p| p.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn slots_are_named_once_and_each_says_what_it_answers_and_what_fills_it() {
        for (p, (file, _)) in packages().iter().zip(FILES) {
            assert_eq!(format!("{}.toml", p.name), file);
            let mut seen = BTreeSet::new();
            for slot in &p.slots {
                assert!(seen.insert(&slot.id), "{file}: `{}` twice", slot.id);
                assert!(!slot.clauses.is_empty() && !slot.sources.is_empty(), "{file}: {}", slot.id);
                for clause in slot.clauses.iter().filter(|c| c.starts_with("62304:")) {
                    assert!(crate::governing(clause).is_some_and(|c| c.in_force), "{file}: {clause}");
                }
            }
        }
    }

    #[test]
    fn a_slot_is_due_by_class_and_always_where_a_rule_knows_no_class() {
        let standard = crate::profile("standard").unwrap();
        let slot = |package: &str, id: &str| {
            package_of(package).slots.iter().find(|s| s.id == id).unwrap_or_else(|| panic!("{id}"))
        };
        fn package_of(name: &str) -> &'static Package {
            package(name).unwrap()
        }
        assert!(!slot("sdf", "detailed-design").is_due(standard, "A"));
        assert!(slot("sdf", "detailed-design").is_due(standard, "C"));
        assert!(slot("sdf", "requirements").is_due(standard, "A"));
        assert!(slot("estar", "architecture").is_due(standard, "A"), "FDA rules know no class of 62304");
    }

    #[test]
    fn a_source_is_of_a_known_sort() {
        assert_eq!(Source::try_from("items:soup".to_owned()), Ok(Source::Items("soup".into())));
        for bad in ["soup", "file:x"] {
            assert!(Source::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
