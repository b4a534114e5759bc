//! The crosswalk: how what one clause asks for relates to what a clause of another standard asks for.
//!
//! A mapping is direct and has a source. Over several mappings the relation is inferred, and it is never stronger than its
//! weakest link. A clause is part of the headings above it, so what is mapped to `62304:5.8` holds, as a part, for `62304:5.8.3`.

use crate::library::{Library, LibraryError, library};
use crate::order::compare_ids;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use toml::Spanned;

/// How what the one asks for relates to what the other asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Both ask for the same.
    Equal,
    /// All of it is asked for there too.
    Subset,
    /// It asks for all of that, and more.
    Superset,
    /// They overlap.
    Intersect,
}

impl Relation {
    /// The word that files and output use.
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::Equal => "equal",
            Relation::Subset => "subset",
            Relation::Superset => "superset",
            Relation::Intersect => "intersect",
        }
    }

    /// The relation read from the other side.
    pub fn inverse(self) -> Relation {
        match self {
            Relation::Subset => Relation::Superset,
            Relation::Superset => Relation::Subset,
            same => same,
        }
    }

    /// 3 for equal, 2 where one side holds the other, 1 for an overlap.
    pub fn strength(self) -> u8 {
        match self {
            Relation::Equal => 3,
            Relation::Subset | Relation::Superset => 2,
            Relation::Intersect => 1,
        }
    }

    /// What is left over this and then the next link: never more than the weaker of the two.
    pub fn then(self, next: Relation) -> Relation {
        match (self, next) {
            (Relation::Equal, r) | (r, Relation::Equal) => r,
            (a, b) if a == b => a,
            _ => Relation::Intersect,
        }
    }
}

/// A direct mapping, as a file of `library/crosswalk/` states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// A clause or heading.
    pub from: String,
    /// A clause or heading of another standard.
    pub to: String,
    /// What `from` asks for against what `to` asks for.
    pub relation: Relation,
    /// What the overlap is, or what is missing.
    pub note: String,
    /// Where the mapping comes from, and how many public sources confirm it.
    pub source: String,
}

/// One link of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Where it begins.
    pub from: String,
    /// Where it ends.
    pub to: String,
    /// The relation of the two.
    pub relation: Relation,
    /// The note of the mapping, or that one is part of the other.
    pub note: String,
    /// The source of the mapping; empty where one is part of the other.
    pub source: String,
}

/// How a clause of another standard is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The clause or heading that is reached.
    pub to: String,
    /// The relation that is left over all links.
    pub relation: Relation,
    /// The links in order; never empty.
    pub hops: Vec<Hop>,
}

impl Path {
    /// The first of the weakest links.
    pub fn weakest(&self) -> Option<&Hop> {
        let weakest = self.hops.iter().map(|h| h.relation.strength()).min()?;
        self.hops.iter().find(|h| h.relation.strength() == weakest)
    }

    /// Whether the relation follows from the links. It does not where two overlaps, or a part and a whole, follow each other:
    /// the ends may then have nothing in common, and a person has to look.
    pub fn follows(&self) -> bool {
        let overlaps = self.hops.iter().filter(|h| h.relation == Relation::Intersect).count();
        let (mut below, mut above) = (false, false);
        for h in &self.hops {
            match h.relation {
                Relation::Subset => below = true,
                Relation::Superset if below => return false,
                Relation::Superset => above = true,
                // Part of something that merely overlaps: the part may lie outside of the overlap.
                Relation::Intersect if below && overlaps > 0 => return false,
                _ => {}
            }
        }
        overlaps <= 1 && !(above && overlaps > 0 && below)
    }

    /// How many mappings it rests on; that one is part of the other is none.
    pub fn mappings(&self) -> usize {
        self.hops.iter().filter(|h| !h.source.is_empty()).count()
    }
}

/// Mappings over which a path may lead.
const MAPPINGS_MAX: usize = 3;

/// All mappings.
#[derive(Clone, Debug)]
pub struct Crosswalk {
    mappings: Vec<Mapping>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapFile {
    map: Vec<MapTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapTable {
    from: Spanned<String>,
    to: Spanned<String>,
    relation: Relation,
    note: String,
    source: String,
}

impl Crosswalk {
    /// Reads mapping files (name, text), and checks that both ends exist and no pair is there twice.
    ///
    /// # Errors
    /// The first fault, with file and line.
    pub fn parse(library: &Library, files: &[(&str, &str)]) -> Result<Crosswalk, LibraryError> {
        let mut mappings: Vec<Mapping> = Vec::new();
        for (file, text) in files {
            let read: MapFile = toml::from_str(text).map_err(|source| LibraryError::Read {
                file: (*file).to_owned(),
                source: Box::new(source),
            })?;
            for t in read.map {
                let (from, to) = (t.from.get_ref(), t.to.get_ref());
                let known = |id: &str| library.clause(id).is_some() || library.heading(id).is_some();
                let pair = |m: &Mapping| (m.from == *from && m.to == *to) || (m.from == *to && m.to == *from);
                let problem = if let Some(unknown) = [from, to].into_iter().find(|id| !known(id)) {
                    Some(format!("the library has no `{unknown}`"))
                } else if standard_of(from) == standard_of(to) {
                    Some("both ends belong to one standard".to_owned())
                } else if mappings.iter().any(pair) {
                    Some(format!("it is mapped to `{to}` twice"))
                } else if t.note.trim().is_empty() || t.source.trim().is_empty() {
                    Some("note and source say something".to_owned())
                } else {
                    None
                };
                if let Some(problem) = problem {
                    return Err(LibraryError::at(file, text, t.from.span().start, from, problem));
                }
                mappings.push(Mapping {
                    from: t.from.into_inner(),
                    to: t.to.into_inner(),
                    relation: t.relation,
                    note: t.note,
                    source: t.source,
                });
            }
        }
        Ok(Crosswalk { mappings })
    }

    /// Every direct mapping, in the order of the files.
    pub fn mappings(&self) -> &[Mapping] {
        &self.mappings
    }

    /// What can be reached from a clause or heading, the best path to each end, by standard and number; only ends of `standard`
    /// where one is given.
    pub fn from(&self, library: &Library, id: &str, standard: Option<&str>) -> Vec<Path> {
        let home = standard_of(id);
        let mut best: BTreeMap<String, Path> = BTreeMap::new();
        let mut frontier: Vec<Path> =
            vec![Path { to: id.to_owned(), relation: Relation::Equal, hops: Vec::new() }];
        frontier.extend(parts_below(library, id));
        while let Some(path) = frontier.pop() {
            for hop in self.hops(library, &path.to) {
                let mapped = path.mappings() + usize::from(!hop.source.is_empty());
                // Back to where it began, or too far.
                if mapped > MAPPINGS_MAX || (standard_of(&hop.to) == home && path.mappings() > 0) {
                    continue;
                }
                let mut next = path.clone();
                next.relation = next.relation.then(hop.relation);
                next.to.clone_from(&hop.to);
                next.hops.push(hop);
                if best.get(&next.to).is_none_or(|known| better(&next, known)) {
                    best.insert(next.to.clone(), next.clone());
                    frontier.push(next);
                }
            }
        }
        // An end that is only the heading above another end says nothing new.
        let mapped = |p: &Path| p.hops.last().is_some_and(|h| !h.source.is_empty());
        let in_standard = |p: &Path| standard.map_or(standard_of(&p.to) != home, |s| standard_of(&p.to) == s);
        let wanted = |p: &Path| mapped(p) && in_standard(p);
        let mut out: Vec<Path> = best.into_values().filter(wanted).collect();
        out.sort_by(|a, b| compare_ids(&a.to, &b.to));
        out
    }

    /// Where one link leads from here: mappings from both sides, and the headings above.
    fn hops(&self, library: &Library, id: &str) -> Vec<Hop> {
        let hop = |to: &str, relation, m: &Mapping| Hop {
            from: id.to_owned(),
            to: to.to_owned(),
            relation,
            note: m.note.clone(),
            source: m.source.clone(),
        };
        let mut out = Vec::new();
        for m in &self.mappings {
            if m.from == id {
                out.push(hop(&m.to, m.relation, m));
            } else if m.to == id {
                out.push(hop(&m.from, m.relation.inverse(), m));
            }
        }
        if let Some(above) = above(library, id) {
            let note = format!("part of {above}");
            out.push(Hop {
                from: id.to_owned(),
                to: above,
                relation: Relation::Subset,
                note,
                source: String::new(),
            });
        }
        out
    }
}

/// Stronger, then resting on fewer mappings, then shorter.
fn better(a: &Path, b: &Path) -> bool {
    let key =
        |p: &Path| (p.relation.strength(), std::cmp::Reverse(p.mappings()), std::cmp::Reverse(p.hops.len()));
    key(a) > key(b)
}

/// The nearest clause or heading above.
fn above(library: &Library, id: &str) -> Option<String> {
    let mut id = id;
    loop {
        id = id.rsplit_once('.')?.0;
        if library.clause(id).is_some() || library.heading(id).is_some() {
            return Some(id.to_owned());
        }
    }
}

/// The clauses below a heading, as first steps of paths.
fn parts_below(library: &Library, id: &str) -> Vec<Path> {
    let below = format!("{id}.");
    let clauses = library.standards().iter().flat_map(|s| &s.clauses).map(|c| &c.id);
    let headings = library.standards().iter().flat_map(|s| &s.headings).map(|h| &h.id);
    let parts = clauses.chain(headings).filter(|c| c.starts_with(&below));
    let path = |c: &String| {
        let note = format!("{c} is part of {id}");
        let hop = Hop {
            from: id.to_owned(),
            to: c.clone(),
            relation: Relation::Superset,
            note,
            source: String::new(),
        };
        Path { to: c.clone(), relation: Relation::Superset, hops: vec![hop] }
    };
    parts.map(path).collect()
}

fn standard_of(id: &str) -> &str {
    id.split_once(':').map_or(id, |(standard, _)| standard)
}

/// The crosswalk that is part of this binary, parsed on first use.
pub fn crosswalk() -> &'static Crosswalk {
    static CROSSWALK: OnceLock<Crosswalk> = OnceLock::new();
    CROSSWALK.get_or_init(|| match Crosswalk::parse(library(), crate::CROSSWALK_SOURCES) {
        Ok(crosswalk) => crosswalk,
        // Not input: the files are compiled in, and a test reads them before we ship.
        Err(error) => panic!("{error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Relation::{Equal, Intersect, Subset, Superset};

    fn to(id: &str, standard: &str, end: &str) -> Path {
        let paths = crosswalk().from(library(), id, Some(standard));
        paths.into_iter().find(|p| p.to == end).unwrap_or_else(|| panic!("{id} does not reach {end}"))
    }

    #[test]
    fn a_chain_is_as_weak_as_its_weakest_link() {
        for a in [Equal, Subset, Superset, Intersect] {
            for b in [Equal, Subset, Superset, Intersect] {
                assert!(a.then(b).strength() <= a.strength().min(b.strength()));
                assert_eq!(a.then(b).inverse(), b.inverse().then(a.inverse()));
            }
        }
        assert_eq!(Subset.then(Superset), Intersect);
    }

    #[test]
    fn release_leads_to_transfer_and_from_there_to_both_us_rules() {
        let transfer = to("62304:5.8", "13485", "13485:7.3.8");
        assert_eq!((transfer.relation, transfer.mappings()), (Intersect, 1));
        let legacy = to("62304:5.8", "qsr", "qsr:820.30.h");
        assert_eq!((legacy.relation, legacy.mappings()), (Intersect, 2));
        assert_eq!(legacy.weakest().unwrap().to, "13485:7.3.8");
        let current = to("62304:5.8", "qmsr", "qmsr:820.10.c");
        assert_eq!(current.relation, Intersect);
        assert!(current.hops.iter().any(|h| h.source.is_empty()), "{current:?}");
    }

    #[test]
    fn a_sub_clause_inherits_what_its_heading_is_mapped_to_as_a_part() {
        let p = to("62304:5.2.6", "13485", "13485:7.3.3");
        assert_eq!(p.relation, Subset);
        assert_eq!(p.hops[0].note, "part of 62304:5.2");
    }

    #[test]
    fn equal_both_ways() {
        assert_eq!(to("qsr:820.30.h", "13485", "13485:7.3.8").relation, Equal);
        assert_eq!(to("13485:7.3.8", "qsr", "qsr:820.30.h").relation, Equal);
        assert_eq!(to("qsr:820.30.h", "qmsr", "qmsr:820.10.c").relation, Subset);
    }

    #[test]
    fn two_overlaps_in_a_row_prove_nothing() {
        let p = to("62304:5.8", "qsr", "qsr:820.184");
        assert!(!p.follows(), "{p:?}");
        assert!(to("62304:5.8", "13485", "13485:7.3.8").follows());
        assert!(to("62304:5.8", "qsr", "qsr:820.30.h").follows());
    }

    #[test]
    fn every_clause_of_62304_leads_to_13485_and_to_the_us_rule() {
        for c in library().standards().iter().filter(|s| s.id == "62304").flat_map(|s| s.in_force()) {
            for standard in ["13485", "qmsr", "mdr"] {
                assert!(
                    !crosswalk().from(library(), &c.id, Some(standard)).is_empty(),
                    "{} to {standard}",
                    c.id
                );
            }
        }
    }

    #[test]
    fn wrong_files_are_refused_with_file_and_line() {
        let row = |from: &str, to: &str, note: &str| {
            format!(
                "\n[[map]]\nfrom = '{from}'\nto = '{to}'\nrelation = 'equal'\nnote = '{note}'\nsource = 's'\n"
            )
        };
        for (text, says) in [
            (row("62304:5.99", "13485:7.3.8", "n"), "x.toml:3: `62304:5.99`: the library has no"),
            (row("62304:5.8", "62304:5.7", "n"), "one standard"),
            (row("62304:5.8", "13485:7.3.8", " "), "say something"),
            (row("62304:5.8", "13485:7.3.8", "n").repeat(2), "x.toml:10:"),
            (row("62304:5.8", "13485:7.3.8", "n").replace("equal", "same"), "unknown variant"),
        ] {
            let error = Crosswalk::parse(library(), &[("x.toml", &text)]).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
