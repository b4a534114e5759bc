//! The shape of a guide file (`library/iec62304/*.toml`) and of `library/documents.toml`, and the checks on reading one.

use crate::defence::{Defence, Place};
use crate::guide::{
    Amendment, Change, Constraint, DocumentKind, Facet, Gap, Group, Guide, Language, Severity, Value, Wording,
};
use crate::library::{Library, LibraryError};
use crate::phrase::Phrase;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentsFile {
    document: Vec<DocumentTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentTable {
    id: Spanned<String>,
    title: String,
    pattern: String,
    #[serde(default)]
    stands_for: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    group: GroupTable,
    guide: Vec<GuideTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupTable {
    number: Spanned<String>,
    about: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuideTable {
    clause: Spanned<String>,
    asks: String,
    why: String,
    amendment: Change,
    #[serde(default)]
    amendment_text: String,
    carries_over: String,
    new: String,
    audit_focus: String,
    question: String,
    documents: Vec<String>,
    constraint: Vec<ConstraintTable>,
    gap: Vec<GapTable>,
    defence: String,
    related: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConstraintTable {
    id: Spanned<String>,
    text: String,
    classes: Vec<String>,
    satisfied: String,
    broken: String,
    #[serde(default)]
    facet: Vec<FacetTable>,
    outside: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FacetTable {
    id: Spanned<String>,
    must: String,
    #[serde(default)]
    needs: Vec<Value>,
    en: WordingTable,
    de: WordingTable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordingTable {
    says: Vec<String>,
    denies: Vec<String>,
    near: Vec<String>,
    context: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GapTable {
    id: Spanned<String>,
    title: String,
    severity: Severity,
    text: String,
    example: String,
    add: String,
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default)]
    signs: BTreeMap<Language, Vec<String>>,
}

/// The file being read, for messages with their line.
struct Reading<'a> {
    file: &'a str,
    text: &'a str,
    library: &'a Library,
    documents: &'a [DocumentKind],
}

type Read<T> = Result<T, LibraryError>;

/// Reads `library/documents.toml`.
pub(crate) fn documents(file: &str, text: &str) -> Read<Vec<DocumentKind>> {
    let read: DocumentsFile = parse(file, text)?;
    let mut seen = BTreeSet::new();
    let mut out = Vec::with_capacity(read.document.len());
    for d in read.document {
        let wrong = if !is_slug(d.id.get_ref()) {
            Some("an id is small letters, digits and hyphens".to_owned())
        } else if !seen.insert(d.id.get_ref().clone()) {
            Some("it is there twice".to_owned())
        } else {
            (d.title.trim().is_empty() || d.pattern.trim().is_empty())
                .then(|| "title and pattern say something".to_owned())
        };
        if let Some(problem) = wrong {
            return Err(LibraryError::at(file, text, d.id.span().start, d.id.get_ref(), problem));
        }
        let (title, pattern, stands_for) = (d.title, d.pattern, d.stands_for);
        out.push(DocumentKind { id: d.id.into_inner(), title, pattern, stands_for });
    }
    Ok(out)
}

/// Reads one guide file against the library that it is about.
pub(crate) fn group(file: &str, text: &str, library: &Library, documents: &[DocumentKind]) -> Read<Group> {
    let read: GroupFile = parse(file, text)?;
    let cx = Reading { file, text, library, documents };
    let standard = crate::GUIDED_STANDARD;
    let id = format!("{standard}:{}", read.group.number.get_ref());
    let Some(heading) = library.heading(&id) else {
        return Err(cx.error(&read.group.number, &id, "the standard has no such heading"));
    };
    if read.group.about.trim().is_empty() {
        return Err(cx.error(&read.group.number, &id, "`about` says something"));
    }
    let mut guides = Vec::with_capacity(read.guide.len());
    for table in read.guide {
        let clause = format!("{standard}:{}", table.clause.get_ref());
        if !clause.starts_with(&format!("{id}.")) && clause != id {
            let problem = format!("it does not belong to the group `{id}` of this file");
            return Err(cx.error(&table.clause, &clause, &problem));
        }
        guides.push(cx.guide(clause, table)?);
    }
    Ok(Group { id, title: heading.title.clone(), about: read.group.about, guides })
}

fn parse<'a, T: Deserialize<'a>>(file: &str, text: &'a str) -> Read<T> {
    toml::from_str(text)
        .map_err(|source| LibraryError::Read { file: file.to_owned(), source: Box::new(source) })
}

/// Small letters, digits and hyphens, beginning with a letter.
fn is_slug(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
}

impl Reading<'_> {
    fn error(&self, at: &Spanned<String>, id: &str, problem: &str) -> LibraryError {
        LibraryError::at(self.file, self.text, at.span().start, id, problem.to_owned())
    }

    fn guide(&self, clause: String, t: GuideTable) -> Read<Guide> {
        let at = t.clause;
        let bad = |problem: &str| -> Read<Guide> { Err(self.error(&at, &clause, problem)) };
        let Some(row) = self.library.clause(&clause).filter(|c| c.in_force) else {
            return bad("the edition has no such clause in force");
        };
        for (name, text) in [
            ("asks", &t.asks),
            ("why", &t.why),
            ("carries_over", &t.carries_over),
            ("new", &t.new),
            ("audit_focus", &t.audit_focus),
            ("question", &t.question),
            ("defence", &t.defence),
        ] {
            if text.trim().is_empty() {
                return bad(&format!("`{name}` is empty"));
            }
        }
        if (t.amendment == Change::None) != t.amendment_text.trim().is_empty() {
            return bad("`amendment_text` says what changed, where something did, and only there");
        }
        if t.constraint.is_empty() || t.gap.is_empty() || t.documents.is_empty() || t.related.is_empty() {
            return bad("a clause has at least one constraint, one gap, one document and one related clause");
        }
        if let Some(d) = t.documents.iter().find(|d| !self.knows(d)) {
            return bad(&format!("`{d}` is no document of library/documents.toml"));
        }
        let defence = Defence::parse(&t.defence).map_err(|problem| self.error(&at, &clause, &problem))?;
        for place in defence.places() {
            if let Place::Document(d) = place
                && !self.knows(d)
            {
                return bad(&format!("`{{document:{d}}}`: `{d}` is no document of library/documents.toml"));
            }
        }
        let mut ids = BTreeSet::new();
        let constraints =
            t.constraint.into_iter().map(|c| self.constraint(&clause, &row.classes, c, &mut ids));
        let constraints = constraints.collect::<Read<Vec<_>>>()?;
        let gaps = t.gap.into_iter().map(|g| self.gap(&clause, &constraints, g, &mut ids));
        let gaps = gaps.collect::<Read<Vec<_>>>()?;
        Ok(Guide {
            clause,
            asks: t.asks,
            why: t.why,
            amendment: Amendment { change: t.amendment, text: t.amendment_text },
            carries_over: t.carries_over,
            new: t.new,
            audit_focus: t.audit_focus,
            question: t.question,
            documents: t.documents,
            constraints,
            gaps,
            defence,
            related: t.related,
        })
    }

    fn knows(&self, document: &str) -> bool {
        self.documents.iter().any(|d| d.id == document)
    }

    fn constraint(
        &self,
        clause: &str,
        classes: &[String],
        t: ConstraintTable,
        ids: &mut BTreeSet<String>,
    ) -> Read<Constraint> {
        let id = format!("{clause}/{}", t.id.get_ref());
        let bad = |problem: &str| -> Read<Constraint> { Err(self.error(&t.id, &id, problem)) };
        if !is_slug(t.id.get_ref()) || !ids.insert(t.id.get_ref().clone()) {
            return bad("an id is small letters, digits and hyphens, once in its clause");
        }
        if t.classes.is_empty() {
            return bad("a constraint names the classes that it is due for");
        }
        if t.classes.iter().any(|c| !classes.contains(c)) {
            return bad("it names a class that its clause is not due for");
        }
        if [&t.text, &t.satisfied, &t.broken].iter().any(|s| s.trim().is_empty()) {
            return bad("text and both examples say something");
        }
        if t.facet.is_empty() != t.outside.as_ref().is_some_and(|o| !o.trim().is_empty()) {
            return bad("it has facets, or `outside` says why no document can show it");
        }
        let mut of_constraint = BTreeSet::new();
        let mut facets = Vec::with_capacity(t.facet.len());
        for f in t.facet {
            let facet = format!("{id}/{}", f.id.get_ref());
            if !is_slug(f.id.get_ref())
                || !of_constraint.insert(f.id.get_ref().clone())
                || f.must.trim().is_empty()
            {
                let problem = "a facet has an id of its own in its constraint, and `must` says something";
                return Err(self.error(&f.id, &facet, problem));
            }
            let mut wording = BTreeMap::new();
            for (language, w) in [(Language::En, f.en), (Language::De, f.de)] {
                wording.insert(language, self.wording(&f.id, &facet, w)?);
            }
            facets.push(Facet { id: facet, must: f.must, needs: f.needs, wording });
        }
        Ok(Constraint {
            id,
            text: t.text,
            classes: t.classes,
            satisfied: t.satisfied,
            broken: t.broken,
            facets,
            outside: t.outside,
        })
    }

    fn wording(&self, at: &Spanned<String>, id: &str, t: WordingTable) -> Read<Wording> {
        if t.says.len() < 2 || t.denies.is_empty() || t.near.is_empty() || t.context.is_empty() {
            let problem =
                "each language has two ways to say it, and one each to deny it, to miss it, and of context";
            return Err(self.error(at, id, problem));
        }
        let phrases = |list: Vec<String>| self.phrases(at, id, &list);
        Ok(Wording {
            says: phrases(t.says)?,
            denies: phrases(t.denies)?,
            near: phrases(t.near)?,
            context: phrases(t.context)?,
        })
    }

    fn phrases(&self, at: &Spanned<String>, id: &str, list: &[String]) -> Read<Vec<Phrase>> {
        let one = |text: &String| {
            Phrase::parse(text).map_err(|problem| self.error(at, id, &format!("`{text}`: {problem}")))
        };
        list.iter().map(one).collect()
    }

    fn gap(
        &self,
        clause: &str,
        constraints: &[Constraint],
        t: GapTable,
        ids: &mut BTreeSet<String>,
    ) -> Read<Gap> {
        let id = format!("{clause}/{}", t.id.get_ref());
        let bad = |problem: &str| -> Read<Gap> { Err(self.error(&t.id, &id, problem)) };
        if !t.id.get_ref().starts_with("gap-")
            || !is_slug(t.id.get_ref())
            || !ids.insert(t.id.get_ref().clone())
        {
            return bad("the id of a gap begins with `gap-`, and is there once in its clause");
        }
        if [&t.title, &t.text, &t.example, &t.add].iter().any(|s| s.trim().is_empty()) {
            return bad("title, text, example and what to add say something");
        }
        if t.missing.is_empty() && t.signs.values().all(Vec::is_empty) {
            return bad("nothing raises it: name constraints in `missing`, or phrasings in `signs`");
        }
        let missing: Vec<String> = t.missing.iter().map(|m| format!("{clause}/{m}")).collect();
        if let Some(m) = missing.iter().find(|m| !constraints.iter().any(|c| c.id == **m)) {
            return bad(&format!("`{m}` is no constraint of this clause"));
        }
        let mut signs = BTreeMap::new();
        for (language, list) in &t.signs {
            signs.insert(*language, self.phrases(&t.id, &id, list)?);
        }
        Ok(Gap {
            id,
            title: t.title,
            severity: t.severity,
            text: t.text,
            example: t.example,
            add: t.add,
            missing,
            signs,
        })
    }
}
