//! All guides and document kinds of this binary, parsed once.

use crate::guide::{Constraint, DocumentKind, Group, Guide};
use crate::library::{Library, LibraryError, library};
use crate::{guide_file, order};
use std::sync::OnceLock;

/// The guides of a library, by group.
#[derive(Clone, Debug)]
pub struct Guides {
    documents: Vec<DocumentKind>,
    groups: Vec<Group>,
}

impl Guides {
    /// Reads the kinds of documents and the guide files (name, text), and checks them against the library.
    ///
    /// # Errors
    /// The first fault, with file and line.
    pub fn parse(
        library: &Library,
        documents: (&str, &str),
        files: &[(&str, &str)],
    ) -> Result<Guides, LibraryError> {
        let documents = guide_file::documents(documents.0, documents.1)?;
        let mut groups: Vec<Group> = Vec::with_capacity(files.len());
        for (file, text) in files {
            let group = guide_file::group(file, text, library, &documents)?;
            for guide in &group.guides {
                let twice = groups.iter().chain([&group]).flat_map(|g| &g.guides);
                if twice.filter(|g| g.clause == guide.clause).count() > 1 {
                    return Err(LibraryError::Twice { file: (*file).to_owned(), id: guide.clause.clone() });
                }
            }
            groups.push(group);
        }
        for group in &mut groups {
            group.guides.sort_by(|a, b| order::compare_ids(&a.clause, &b.clause));
        }
        groups.sort_by(|a, b| order::compare_ids(&a.id, &b.id));
        Ok(Guides { documents, groups })
    }

    /// The groups, in numeric order.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Every guide, in numeric order.
    pub fn all(&self) -> impl Iterator<Item = &Guide> {
        self.groups.iter().flat_map(|g| &g.guides)
    }

    /// The guides under a clause or group: that of `62304:5.8.3`, or all eight of `62304:5.8`.
    pub fn under<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a Guide> {
        let (exact, below) = (id.to_owned(), format!("{id}."));
        self.all().filter(move |g| g.clause == exact || g.clause.starts_with(&below))
    }

    /// The kinds of documents.
    pub fn documents(&self) -> &[DocumentKind] {
        &self.documents
    }
}

/// The guides that are part of this binary, parsed on first use.
pub fn guides() -> &'static Guides {
    static GUIDES: OnceLock<Guides> = OnceLock::new();
    GUIDES.get_or_init(|| {
        let documents = ("documents.toml", crate::DOCUMENTS);
        match Guides::parse(library(), documents, crate::GUIDE_SOURCES) {
            Ok(guides) => guides,
            // Not input: the files are compiled in, and a test reads them before we ship.
            Err(error) => panic!("{error}"),
        }
    })
}

/// The guide of a clause, or of the clause that a citation falls under.
pub fn guide(citation: &str) -> Option<&'static Guide> {
    let clause = crate::governing(citation)?;
    guides().all().find(|g| g.clause == clause.id)
}

/// The clause group of this id (`62304:5.8`).
pub fn group(id: &str) -> Option<&'static Group> {
    guides().groups().iter().find(|g| g.id == id)
}

/// The kind of document of this id (`release-record`).
pub fn document(id: &str) -> Option<&'static DocumentKind> {
    guides().documents().iter().find(|d| d.id == id)
}

/// The constraint of this id (`62304:5.8.1/tasks-done`).
pub fn constraint(id: &str) -> Option<&'static Constraint> {
    let (clause, _) = id.split_once('/')?;
    guide(clause)?.constraints.iter().find(|c| c.id == id)
}
