//! Standards and clauses, parsed once from the files of `library/`, checked, in numeric order.

use crate::day::Day;
use crate::order::compare_ids;
use crate::toml_file::{ClauseTable, HeadingTable, StandardFile};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What sort of evidence a clause asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A plan or procedure that exists and is in force.
    #[serde(rename = "P")]
    Plan,
    /// A register or design record that is maintained.
    #[serde(rename = "M")]
    Maintained,
    /// A record made per release, change or problem.
    #[serde(rename = "R")]
    Record,
}

impl Kind {
    /// The letter that library files and machine-readable output use.
    pub fn letter(self) -> &'static str {
        match self {
            Kind::Plan => "P",
            Kind::Maintained => "M",
            Kind::Record => "R",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.letter())
    }
}

/// What has to be so before a clause is asked at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// The software system is declared legacy software.
    Legacy,
    /// A release is being judged.
    Release,
}

/// One edition of a standard or regulation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standard {
    /// The part of a clause id before the colon: `62304`.
    pub id: String,
    /// The edition, unique among all: `iec62304:2006+a1:2015`.
    pub edition: String,
    /// Its title in short words.
    pub title: String,
    /// The classes that the edition knows, mildest first; empty where it knows none.
    pub classes: Vec<String>,
    /// Every clause in numeric order, those not in force included.
    pub clauses: Vec<Clause>,
    /// What stands above clauses: `62304:5.8`, `62304:5`. In numeric order.
    pub headings: Vec<Heading>,
    /// The first day on which the edition is current; none where no source of the library names it.
    pub valid_from: Option<Day>,
    /// The last day on which it is current; none while it is.
    pub valid_to: Option<Day>,
    /// Where the facts about it come from, and how many public sources confirm them; empty where the file does not say.
    pub source: String,
}

/// A heading over clauses. Nothing is demanded by it that its clauses do not demand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its id: `62304:5.8`.
    pub id: String,
    /// Our own short title.
    pub title: String,
}

impl Standard {
    /// The clauses in force, in numeric order.
    pub fn in_force(&self) -> impl Iterator<Item = &Clause> {
        self.clauses.iter().filter(|c| c.in_force)
    }

    /// The rows of `clauses list`: those in force, or with `all` every number of the edition.
    pub fn rows(&self, all: bool) -> impl Iterator<Item = &Clause> {
        self.clauses.iter().filter(move |c| all || c.in_force)
    }
}

/// One clause or sub-clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Standard and number: `62304:5.8.3`, `62304:4.3.a`.
    pub id: String,
    /// The number alone: `5.8.3`.
    pub number: String,
    /// Our own short title.
    pub title: String,
    /// The classes it is due for; empty where the standard knows no classes, or where it is not in force.
    pub classes: Vec<String>,
    /// The kind of evidence; none where it is not in force.
    pub kind: Option<Kind>,
    /// What a reader expects to find, in one line of our own words.
    pub evidence: String,
    /// Whether even complete evidence has to be judged by a person: silent rules alone do not make it pass.
    pub judgement: bool,
    /// When it is asked at all; none for always.
    pub condition: Option<Condition>,
    /// The edition it belongs to.
    pub edition: String,
    /// False for a number that the edition no longer uses: it must not be demanded.
    pub in_force: bool,
    /// Where readings differ, or what became of a number not in force.
    pub note: Option<String>,
    /// The first day on which it is current: its own, else its edition's.
    pub valid_from: Option<Day>,
    /// The last day on which it is current: its own, else its edition's.
    pub valid_to: Option<Day>,
    /// What to cite once it is not.
    pub replaced_by: Vec<String>,
    /// Where its facts come from: its own source, else its edition's.
    pub source: String,
    /// Whether its standard knows classes at all.
    by_class: bool,
}

impl Clause {
    /// Whether the clause is due for software of this class (`"B"`). A standard without classes is due for all of them; a
    /// clause not in force for none.
    pub fn applies_to(&self, class: &str) -> bool {
        self.in_force && (!self.by_class || self.classes.iter().any(|c| c == class))
    }

    /// The classes as people write them: `A, B, C`; `all` for a standard without classes; `none` where not in force.
    pub fn classes_text(&self) -> String {
        match (self.in_force, self.by_class) {
            (false, _) => "none".to_owned(),
            (true, false) => "all".to_owned(),
            (true, true) => self.classes.join(", "),
        }
    }
}

/// All standards.
#[derive(Clone, Debug)]
pub struct Library {
    standards: Vec<Standard>,
    /// Clause id to (standard, clause).
    index: BTreeMap<String, (usize, usize)>,
}

/// A file of the library is wrong. Each variant names the file.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The file is not TOML of the expected shape.
    #[error("library/{file}: {source}")]
    Read {
        /// The file's name.
        file: String,
        /// The parser's own words, with line and column.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// Two clauses have one id, or two files one edition.
    #[error("library/{file}: `{id}` is there twice")]
    Twice {
        /// The file's name.
        file: String,
        /// The id.
        id: String,
    },
    /// A clause, or what is said of it, does not fit.
    #[error("library/{file}:{line}: `{id}`: {problem}")]
    At {
        /// The file's name.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong: the clause's id, or that of a constraint, gap, document or mapping.
        id: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl LibraryError {
    /// A problem at a byte of a file.
    pub(crate) fn at(file: &str, text: &str, byte: usize, id: &str, problem: String) -> LibraryError {
        let line = text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1;
        LibraryError::At { file: file.to_owned(), line, id: id.to_owned(), problem }
    }
}

impl Library {
    /// Reads library files (name, text), and checks that each clause is complete and each id unique.
    pub fn parse(files: &[(&str, &str)]) -> Result<Library, LibraryError> {
        let mut standards = Vec::with_capacity(files.len());
        let mut index = BTreeMap::new();
        for (file, text) in files {
            let standard = read_standard(file, text)?;
            if standards.iter().any(|s: &Standard| s.edition == standard.edition) {
                return Err(LibraryError::Twice { file: (*file).to_owned(), id: standard.edition });
            }
            for (position, clause) in standard.clauses.iter().enumerate() {
                if index.insert(clause.id.clone(), (standards.len(), position)).is_some() {
                    return Err(LibraryError::Twice { file: (*file).to_owned(), id: clause.id.clone() });
                }
            }
            standards.push(standard);
        }
        let library = Library { standards, index };
        library.check_successors(files)?;
        Ok(library)
    }

    /// Whatever replaces a clause is a clause or heading of the library.
    fn check_successors(&self, files: &[(&str, &str)]) -> Result<(), LibraryError> {
        for (standard, (file, text)) in self.standards.iter().zip(files) {
            for clause in &standard.clauses {
                let unknown = |id: &&String| self.clause(id).is_none() && self.heading(id).is_none();
                if let Some(id) = clause.replaced_by.iter().find(unknown) {
                    let byte = text.find(&format!("\"{}\"", clause.number)).unwrap_or(0);
                    let problem = format!("replaced by `{id}`, which the library does not have");
                    return Err(LibraryError::at(file, text, byte, &clause.id, problem));
                }
            }
        }
        Ok(())
    }

    /// Every standard, in the order of the files.
    pub fn standards(&self) -> &[Standard] {
        &self.standards
    }

    /// The clause with this id, in force or not.
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        let &(standard, clause) = self.index.get(id)?;
        self.standards.get(standard)?.clauses.get(clause)
    }

    /// The heading with this id: `62304:5.8`.
    pub fn heading(&self, id: &str) -> Option<&Heading> {
        self.standards.iter().flat_map(|s| &s.headings).find(|h| h.id == id)
    }

    /// The clause that a citation falls under: itself, or the nearest row above it.
    pub fn governing(&self, citation: &str) -> Option<&Clause> {
        let mut id = citation;
        loop {
            if let Some(clause) = self.clause(id) {
                return Some(clause);
            }
            id = id.rsplit_once('.')?.0;
        }
    }
}

fn read_standard(file: &str, text: &str) -> Result<Standard, LibraryError> {
    let read: StandardFile = toml::from_str(text)
        .map_err(|source| LibraryError::Read { file: file.to_owned(), source: Box::new(source) })?;
    let head = read.standard;
    let (valid_from, valid_to) = validity(file, text, &head.id, &head.valid_from, &head.valid_to)?;
    let source = head.source.unwrap_or_default();
    let mut clauses = Vec::with_capacity(read.clause.len());
    for table in read.clause {
        let id = format!("{}:{}", head.id, table.number.get_ref());
        if let Some(problem) = problem_of(&table, &head.classes) {
            return Err(LibraryError::at(file, text, table.number.span().start, &id, problem.to_owned()));
        }
        let (from, to) = validity(file, text, &id, &table.valid_from, &table.valid_to)?;
        clauses.push(Clause {
            id,
            valid_from: from.or(valid_from),
            valid_to: to.or(valid_to),
            replaced_by: table.replaced_by,
            source: table.source.unwrap_or_else(|| source.clone()),
            number: table.number.into_inner(),
            title: table.title,
            classes: table.classes,
            kind: table.kind,
            evidence: table.evidence,
            judgement: table.judgement,
            condition: table.condition,
            edition: head.edition.clone(),
            in_force: table.in_force,
            note: table.note,
            by_class: !head.classes.is_empty(),
        });
    }
    clauses.sort_by(|a, b| compare_ids(&a.id, &b.id));
    let headings = read_headings(file, text, &head.id, read.heading, &clauses)?;
    Ok(Standard {
        id: head.id,
        edition: head.edition,
        title: head.title,
        classes: head.classes,
        clauses,
        headings,
        valid_from,
        valid_to,
        source,
    })
}

/// The first and the last day, as a file states them.
fn validity(
    file: &str,
    text: &str,
    id: &str,
    from: &Option<toml::Spanned<String>>,
    to: &Option<toml::Spanned<String>>,
) -> Result<(Option<Day>, Option<Day>), LibraryError> {
    let day = |d: &toml::Spanned<String>| {
        let parsed: Result<Day, _> = d.get_ref().parse();
        parsed.map_err(|e| LibraryError::at(file, text, d.span().start, id, e.to_string()))
    };
    let (from_day, to_day) = (from.as_ref().map(day).transpose()?, to.as_ref().map(day).transpose()?);
    if let (Some(from_day), Some(to_day), Some(at)) = (from_day, to_day, to)
        && to_day < from_day
    {
        let problem = "it ends before it begins".to_owned();
        return Err(LibraryError::at(file, text, at.span().start, id, problem));
    }
    Ok((from_day, to_day))
}

fn read_headings(
    file: &str,
    text: &str,
    standard: &str,
    tables: Vec<HeadingTable>,
    clauses: &[Clause],
) -> Result<Vec<Heading>, LibraryError> {
    let mut headings: Vec<Heading> = Vec::with_capacity(tables.len());
    for table in tables {
        let id = format!("{standard}:{}", table.number.get_ref());
        let below = format!("{id}.");
        let problem = if !is_number(table.number.get_ref()) {
            NUMBER
        } else if headings.iter().any(|h| h.id == id) || clauses.iter().any(|c| c.id == id) {
            "the number is there twice"
        } else if !clauses.iter().any(|c| c.id.starts_with(&below)) {
            "no clause stands under this heading"
        } else if table.title.trim().is_empty() {
            "the title says something"
        } else {
            headings.push(Heading { id, title: table.title });
            continue;
        };
        return Err(LibraryError::at(file, text, table.number.span().start, &id, problem.to_owned()));
    }
    headings.sort_by(|a, b| compare_ids(&a.id, &b.id));
    Ok(headings)
}

const NUMBER: &str = "a number is digits, small letters and hyphens, joined by single dots";

fn is_number(number: &str) -> bool {
    let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    !number.is_empty() && number.split('.').all(|part| !part.is_empty() && part.bytes().all(allowed))
}

fn problem_of(clause: &ClauseTable, known: &[String]) -> Option<&'static str> {
    let number = clause.number.get_ref();
    if !is_number(number) {
        return Some(NUMBER);
    }
    if clause.title.trim().is_empty() || clause.evidence.trim().is_empty() {
        return Some("title and evidence say something");
    }
    if clause.classes.iter().any(|c| !known.contains(c)) {
        return Some("it names a class that the standard does not know");
    }
    if !clause.in_force {
        let silent = clause.classes.is_empty() && clause.kind.is_none() && clause.note.is_some();
        return (!silent).then_some("a number not in force has a note, no class and no kind");
    }
    if clause.kind.is_none() {
        return Some("the kind (P, M or R) is missing");
    }
    (clause.classes.is_empty() != known.is_empty()).then_some("it names no class of the standard's")
}

/// The library that is part of this binary, parsed on first use.
pub fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| match Library::parse(crate::SOURCES) {
        Ok(library) => library,
        // Not input: the files are compiled in, and the test `the_embedded_library_is_sound` reads them before we ship.
        Err(error) => panic!("{error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DEFAULT_EDITION, SOURCES, edition, governing};
    use std::collections::BTreeSet;

    fn iec62304() -> &'static Standard {
        edition(DEFAULT_EDITION).expect("the default edition is in the library")
    }

    /// The clauses 5 to 9 in force, which the domain notes count.
    fn life_cycle() -> impl Iterator<Item = &'static Clause> {
        iec62304().in_force().filter(|c| !c.number.starts_with("4."))
    }

    fn numbers(classes: &[&str]) -> BTreeSet<&'static str> {
        life_cycle().filter(|c| c.classes == classes).map(|c| c.number.as_str()).collect()
    }

    /// Opens ranges: `5.3.1-4` is 5.3.1, 5.3.2, 5.3.3, 5.3.4.
    fn expand(list: &str) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        for part in list.split_whitespace() {
            match part.split_once('-') {
                None => {
                    out.insert(part.to_owned());
                }
                Some((first, last)) => {
                    let (stem, from) = first.rsplit_once('.').unwrap();
                    for n in from.parse::<u32>().unwrap()..=last.parse::<u32>().unwrap() {
                        out.insert(format!("{stem}.{n}"));
                    }
                }
            }
        }
        out
    }

    #[test]
    fn the_embedded_library_is_sound() {
        let library = Library::parse(SOURCES).unwrap();
        assert_eq!(library.standards().len(), SOURCES.len());
    }

    #[test]
    fn the_list_has_102_rows_and_three_more_that_are_not_in_force() {
        assert_eq!(iec62304().rows(false).count(), 102);
        let hidden: Vec<_> =
            iec62304().rows(true).filter(|c| !c.in_force).map(|c| c.number.as_str()).collect();
        assert_eq!(hidden, ["4.3.b", "7.1.5", "7.3.2"]);
        let of_4: Vec<_> =
            iec62304().rows(false).map(|c| c.number.as_str()).filter(|n| n.starts_with("4.")).collect();
        assert_eq!(
            of_4,
            [
                "4.1", "4.2", "4.3.a", "4.3.c", "4.3.d", "4.3.e", "4.3.f", "4.3.g", "4.4.1", "4.4.2",
                "4.4.3", "4.4.4", "4.4.5"
            ]
        );
        assert!(iec62304().rows(false).all(|c| c.number.starts_with("5.") || c.classes.len() >= 2));
    }

    #[test]
    fn classes_a_b_and_c_have_48_83_and_89_of_the_89() {
        assert_eq!(life_cycle().count(), 89);
        let due = |class| life_cycle().filter(|c| c.applies_to(class)).count();
        assert_eq!((due("A"), due("B"), due("C")), (48, 83, 89));
    }

    #[test]
    fn the_sets_for_b_and_c_only_and_for_c_only() {
        let b_c = expand(
            "5.1.5 5.1.10 5.1.11 5.1.12 5.2.3 5.3.1-4 5.3.6 5.4.1 5.5.2 5.5.3 5.5.5 5.6.1-8 5.8.3 5.8.5 5.8.6 \
             7.1.1-4 7.2.1 7.2.2 7.3.1 7.3.3 7.4.2 7.4.3",
        );
        assert_eq!(b_c.len(), 35);
        assert!(numbers(&["B", "C"]).iter().copied().eq(b_c.iter().map(String::as_str)));
        let c = expand("5.1.4 5.3.5 5.4.2 5.4.3 5.4.4 5.5.4");
        assert!(numbers(&["C"]).iter().copied().eq(c.iter().map(String::as_str)));
        assert_eq!(numbers(&["A", "B", "C"]).len(), 48);
    }

    #[test]
    fn nothing_of_a_number_not_in_force_is_due() {
        for id in ["62304:4.3.b", "62304:7.1.5", "62304:7.3.2"] {
            let clause = crate::clause(id).unwrap();
            assert!(["A", "B", "C", ""].iter().all(|class| !clause.applies_to(class)), "{id}");
        }
    }

    #[test]
    fn a_standard_without_classes_is_due_for_all() {
        let clause = crate::clause("14971:9").unwrap();
        assert!(clause.applies_to("A") && clause.applies_to("C"));
        assert_eq!(clause.classes_text(), "all");
    }

    #[test]
    fn legacy_and_release_clauses_wait_for_their_condition() {
        let count = |c| iec62304().in_force().filter(|x| x.condition == Some(c)).count();
        assert_eq!((count(Condition::Legacy), count(Condition::Release)), (5, 8));
    }

    #[test]
    fn a_citation_falls_under_the_nearest_row() {
        assert_eq!(governing("62304:7.3.3.a").map(|c| c.id.as_str()), Some("62304:7.3.3"));
        assert_eq!(governing("62304:6.2.1.2").map(|c| c.id.as_str()), Some("62304:6.2.1"));
        assert_eq!(governing("62304:5.8.3").map(|c| c.id.as_str()), Some("62304:5.8.3"));
        for unknown in ["62304:5.8", "62304:5", "62304:", "", "99999:5.8.3", "62304:4.3"] {
            assert_eq!(governing(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn wrong_files_are_refused_with_their_name() {
        let head = "[standard]\nid = 'x'\nedition = 'x:1'\ntitle = 't'\nclasses = ['A']\n";
        let row = |body: &str| format!("{head}[[clause]]\n{body}\n");
        let good = "number = '1'\ntitle = 't'\nclasses = ['A']\nkind = 'R'\nevidence = 'e'";
        for (text, says) in [
            (String::new(), "missing field `standard`"),
            (row("number = '1'"), "missing field"),
            (row(&format!("{good}\ncolour = 'red'")), "unknown field `colour`"),
            (row(&good.replace("'R'", "'Q'")), "unknown variant `Q`"),
            (row(&good.replace("['A']", "['Z']")), "a class that the standard does not know"),
            (row(&good.replace("['A']", "[]")), "it names no class"),
            (row(&good.replace("number = '1'", "number = '1..2'")), "joined by single dots"),
            (row(&good.replace("evidence = 'e'", "evidence = ' '")), "say something"),
            (row(&format!("{good}\nin_force = false")), "not in force"),
            (format!("{}[[clause]]\n{good}", row(good)), "`x:1` is there twice"),
        ] {
            let error = Library::parse(&[("x.toml", &text)]).unwrap_err().to_string();
            assert!(error.starts_with("library/x.toml:") && error.contains(says), "{error}");
        }
        assert!(Library::parse(&[("x.toml", &row(good))]).is_ok());
    }
}
