//! Which kind of document a file is by its name or title: `library/documents.toml` with its patterns compiled.

use crate::guide::DocumentKind;
use regex::{Regex, RegexBuilder};
use std::sync::OnceLock;

/// Kinds of documents with the patterns of their names.
#[derive(Debug)]
pub struct DocumentNames(Vec<(DocumentKind, Regex)>);

impl DocumentNames {
    /// Compiles the patterns; one that is no regular expression fits nothing.
    pub fn new(kinds: &[DocumentKind]) -> DocumentNames {
        let compiled = |k: &DocumentKind| {
            let pattern =
                RegexBuilder::new(&k.pattern).case_insensitive(true).size_limit(1 << 22).build().ok()?;
            Some((k.clone(), pattern))
        };
        DocumentNames(kinds.iter().filter_map(compiled).collect())
    }

    /// The kinds that a file's path (of which the name without its ending counts) or title fits, in the order of the library.
    pub fn of<'a>(&'a self, path: &str, title: &'a str) -> impl Iterator<Item = &'a DocumentKind> {
        let stem = path.rsplit('/').next().unwrap_or(path);
        let stem = stem.rsplit_once('.').map_or(stem, |(s, _)| s).replace('_', " ");
        self.0.iter().filter(move |(_, p)| p.is_match(&stem) || p.is_match(title)).map(|(kind, _)| kind)
    }
}

/// The kinds of documents of this binary. The guides need not be read for them.
pub fn document_names() -> &'static DocumentNames {
    static NAMES: OnceLock<DocumentNames> = OnceLock::new();
    NAMES.get_or_init(|| match crate::guide_file::documents("documents.toml", crate::DOCUMENTS) {
        Ok(kinds) => DocumentNames::new(&kinds),
        // Not input: the file is compiled in, and a test reads it before we ship.
        Err(error) => panic!("{error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_a_title_tells_the_kind_and_neither_tells_nothing() {
        let of = |path: &str, title: &str| {
            document_names().of(path, title).map(|k| k.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(of("dossier/plan/configuration-plan.md", ""), ["configuration-plan"]);
        assert_eq!(of("a/02_Konfigurationsmanagementplan.docx", ""), ["configuration-plan"]);
        assert_eq!(of("dossier/x.md", "Software maintenance plan of triage"), ["maintenance-plan"]);
        assert_eq!(of("dossier/lunch.md", "Menu"), Vec::<String>::new());
    }

    #[test]
    fn what_a_kind_stands_for_is_in_force() {
        for kind in crate::guides().documents() {
            for clause in &kind.stands_for {
                let known = crate::clause(clause).is_some_and(|c| c.in_force);
                assert!(known, "{}: `{clause}`", kind.id);
            }
        }
    }
}
