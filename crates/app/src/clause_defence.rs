//! Audit-defence texts of the clause library, filled with what the product really has.
//!
//! Only what was found is said: a place for which nothing was found stays in the text as a gap in brackets, and is named.

use crate::analysis::{Analysis, Inputs};
use crate::error::{Error, Result};
use crate::workspace::Workspace;
use clauses::{DocumentKind, Guide, Place};
use model::{Kind, Model};
use records::State;
use serde::Serialize;
use std::collections::BTreeSet;

/// A clause's defence for this product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClauseDefence {
    /// The clause.
    pub clause: String,
    /// Its title.
    pub title: String,
    /// The text, with ids and titles of what was found.
    pub text: String,
    /// What the text speaks of and was not found.
    pub missing: Vec<String>,
}

/// The filled texts of a clause, or of all below a heading.
///
/// # Errors
/// When there is no such clause, it has no guide, or the product cannot be read.
pub fn clause_defence(ws: &Workspace, inputs: &Inputs, id: &str) -> Result<Vec<ClauseDefence>> {
    let guides = clauses::guides();
    let id = if id.contains(':') { id.to_owned() } else { format!("62304:{id}") };
    let list: Vec<&Guide> = guides.under(&id).collect();
    if list.is_empty() {
        return Err(Error::refused(format!("the library has no guide for `{id}`"))
            .hint("a clause of IEC 62304, such as 62304:5.8.1, or a heading, such as 62304:5.8"));
    }
    // The ledger only tells the version; without it the documents still answer, and the version is named as missing.
    let analysis = Analysis::items(ws, inputs).or_else(|_| Analysis::documents_only(ws, inputs))?;
    let product = Found::of(&analysis);
    Ok(list.into_iter().map(|g| product.defence(g)).collect())
}

/// What a product has that a text may name.
struct Found<'a> {
    analysis: &'a Analysis,
    version: Option<&'a str>,
}

impl<'a> Found<'a> {
    fn of(analysis: &'a Analysis) -> Found<'a> {
        Found { analysis, version: newest_version(&analysis.state) }
    }

    fn defence(&self, guide: &Guide) -> ClauseDefence {
        let missing = guide.defence.places().filter(|p| self.fill(p).is_none()).map(name_of);
        let missing: BTreeSet<String> = missing.collect();
        ClauseDefence {
            clause: guide.clause.clone(),
            title: clauses::title_of(&guide.clause).to_owned(),
            text: guide.defence.fill(|p| self.fill(p)),
            missing: missing.into_iter().collect(),
        }
    }

    fn fill(&self, place: &Place) -> Option<String> {
        let product = &self.analysis.config.product;
        match place {
            Place::Product => Some(product.name.clone()).filter(|n| !n.is_empty()),
            Place::Version => self.version.map(str::to_owned),
            Place::Class => product.class.map(|c| c.as_str().to_owned()),
            Place::Edition => Some(product.edition.clone()),
            Place::Document(kind) => self.document(clauses::document(kind)?),
        }
    }

    /// Controlled documents whose title or file is named like this kind, else the items that such a document would hold.
    fn document(&self, kind: &DocumentKind) -> Option<String> {
        let pattern = regex::RegexBuilder::new(&kind.pattern).case_insensitive(true).build().ok()?;
        let mut named: Vec<String> = Vec::new();
        for d in &self.analysis.documents.controlled {
            let stem = d.file.path.rsplit('/').next().unwrap_or_default();
            let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem).replace('_', " ");
            if pattern.is_match(&d.title) || pattern.is_match(&stem) {
                named.push(format!("{} \"{}\"", d.id, d.title));
            }
        }
        match named.is_empty() {
            false => Some(named.join(", ")),
            true => items_of(&self.analysis.model, &kind.id),
        }
    }
}

/// Items that stand for a document of this kind: requirements are items in text files, not one file.
fn items_of(model: &Model, kind: &str) -> Option<String> {
    let kind = match kind {
        "requirements" => Kind::SoftwareRequirement,
        "system-requirements" => Kind::SystemRequirement,
        "architecture" => Kind::SoftwareItem,
        "detailed-design" => Kind::DetailedDesign,
        "risk-file" => Kind::HazardousSituation,
        "classification" => Kind::SoftwareSystem,
        "soup-list" => Kind::Soup,
        _ => return None,
    };
    let items: Vec<_> = model.of_kind(kind).iter().filter_map(|ix| model.get(*ix)).collect();
    let (first, last) = (items.first()?, items.last()?);
    let files: BTreeSet<&str> = items.iter().map(|i| i.file.path.as_ref()).collect();
    let files: Vec<&str> = files.into_iter().collect();
    let count = match items.len() {
        1 => format!("{} {}", kind.plain(), first.id),
        n if kind == Kind::Soup => format!("{n} SOUP items ({} to {})", first.id, last.id),
        n => format!("{n} {}s ({} to {})", kind.plain(), first.id, last.id),
    };
    Some(format!("{count} in {}", files.join(", ")))
}

/// The version of the release that was opened last.
fn newest_version(state: &State) -> Option<&str> {
    let opened =
        state.releases.iter().filter_map(|(version, r)| Some((r.candidate()?.meta.seq, version.as_str())));
    opened.max().map(|(_, version)| version)
}

fn name_of(place: &Place) -> String {
    match place {
        Place::Product => "the product's name".to_owned(),
        Place::Version => "a version: no release is known here".to_owned(),
        Place::Class => "the declared class: `class` under [product] of dossier.toml".to_owned(),
        Place::Edition => "the edition".to_owned(),
        Place::Document(kind) => clauses::document(kind).map_or_else(|| kind.clone(), |d| d.title.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)], guide: &str) -> ClauseDefence {
        let toml = "[product]\nname = \"triage\"\nclass = \"B\"\n";
        let date = vocabulary::Date::new(2026, 3, 1).expect("a day");
        let analysis = Analysis::of_texts(toml, files, State::default(), date);
        let guide = clauses::guide(guide).expect("a guide");
        Found::of(&analysis).defence(guide)
    }

    #[test]
    fn documents_that_are_there_are_named_and_others_are_not_promised() {
        let plan = "---\ndocument: DOC-SDP\ntitle: Software development plan\n---\n# Plan\n\nText.\n";
        let with = found(&[("dossier/sdp.md", plan)], "62304:5.1.1");
        assert!(
            with.text.contains("triage") && with.text.contains("DOC-SDP \"Software development plan\""),
            "{with:?}"
        );
        assert!(with.text.contains("class B") && with.missing.is_empty(), "{with:?}");
        let without = found(&[], "62304:5.1.1");
        assert!(without.text.contains("[not found: Software development plan]"), "{without:?}");
        assert_eq!(without.missing, ["Software development plan"]);
    }

    #[test]
    fn requirements_are_items_and_counted() {
        let srs = "# Requirements\n\n## SRS-1 One\n\nText.\n\n## SRS-2 Two\n\nText.\n";
        let d = found(&[("dossier/requirements.md", srs)], "62304:5.2.1");
        assert!(
            d.text.contains("2 software requirements (SRS-1 to SRS-2) in dossier/requirements.md"),
            "{d:?}"
        );
        assert!(d.missing.iter().any(|m| m == "System or product requirements"), "{d:?}");
    }
}
