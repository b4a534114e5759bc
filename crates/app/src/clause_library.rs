//! The clause library as people and programs ask for it: clauses, mappings, exports, and citations in files.

use crate::checks::ClauseRow;
use crate::clock::Clock;
use crate::error::{Error, Result};
use clauses::{Clause, Day, Guide, Language, Path as Mapped, Phrase, Stale, Standard};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use vocabulary::Date;

/// A form that other tools read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LibraryForm {
    /// A library of CISO Assistant, YAML.
    CisoAssistant,
    /// An OSCAL catalog, JSON.
    Oscal,
}

/// A clause, or all below a heading, with everything that is known of each.
#[derive(Clone, Debug)]
pub struct ClauseDetail {
    /// The object `dossier/clauses/v1`.
    pub json: Value,
    /// As Markdown.
    pub text: String,
}

/// The clauses of a standard, in numeric order.
///
/// # Errors
/// When the library has no such standard.
pub fn clause_list_of(standard: &str, all: bool) -> Result<Vec<ClauseRow>> {
    Ok(standard_of(standard)?.rows(all).map(row).collect())
}

/// A clause or heading.
///
/// # Errors
/// When the library has neither.
pub fn clause_show(id: &str) -> Result<ClauseDetail> {
    let library = clauses::library();
    let list: Vec<&Clause> = if library.heading(id).is_some() {
        let below = format!("{id}.");
        library.standards().iter().flat_map(|s| &s.clauses).filter(|c| c.id.starts_with(&below)).collect()
    } else {
        clauses::governing(id).or_else(|| clauses::governing(&format!("62304:{id}"))).into_iter().collect()
    };
    let [first, ..] = list.as_slice() else { return Err(unknown(id)) };
    let text = match clauses::group(id) {
        Some(group) => clauses::group_page(group),
        None if list.len() > 1 => list.iter().map(|c| format!("{} {}\n", c.id, c.title)).collect(),
        None => rules::explain(&first.id).unwrap_or_default(),
    };
    let rows: Vec<Value> = list.into_iter().map(detail).collect();
    Ok(ClauseDetail { json: json!({ "format": "dossier/clauses/v1", "clauses": rows }), text })
}

/// What a clause or heading is mapped to, as the object `dossier/crosswalk/v1` and as text. Inferred mappings whose ends may
/// have nothing in common are left out unless `all`.
///
/// # Errors
/// When the library has no such clause, heading or standard.
pub fn clause_map(id: &str, to: Option<&str>, all: bool) -> Result<ClauseDetail> {
    let library = clauses::library();
    let known = |id: &str| library.clause(id).is_some() || library.heading(id).is_some();
    let resolved = [id.to_owned(), format!("62304:{id}")].into_iter().find(|id| known(id));
    let resolved = resolved.or_else(|| clauses::resolve(id).filter(|id| known(id)));
    let Some(id) = resolved else { return Err(unknown(id)) };
    if let Some(standard) = to {
        standard_of(standard)?;
    }
    let mut paths = clauses::crosswalk().from(library, &id, to);
    let found = paths.len();
    paths.retain(|p| all || p.mappings() == 1 || p.follows());
    let left_out = found - paths.len();
    let mappings: Vec<Value> = paths.iter().map(path).collect();
    let json = json!({ "format": "dossier/crosswalk/v1", "clause": id, "title": clauses::title_of(&id), "mappings": mappings, "left_out": left_out });
    let mut text = match paths.as_slice() {
        [] => format!("{id} is mapped to nothing{}\n", to.map_or(String::new(), |s| format!(" of {s}"))),
        paths => clauses::paths_text(&id, paths),
    };
    if left_out > 0 {
        text.push_str(&format!(
            "{left_out} more are inferred and may have nothing in common; see them with --all\n"
        ));
    }
    Ok(ClauseDetail { json, text })
}

/// A standard, or with `to` the mappings between two, in a form that other tools read.
///
/// # Errors
/// When the library has no such standard, or the form has no mappings.
pub fn library_export(standard: &str, to: Option<&str>, form: LibraryForm) -> Result<String> {
    let standard = standard_of(standard)?;
    match (form, to) {
        (LibraryForm::CisoAssistant, None) => Ok(clauses::ciso_assistant(standard)),
        (LibraryForm::CisoAssistant, Some(to)) => {
            Ok(clauses::ciso_assistant_mapping(standard, standard_of(to)?))
        }
        (LibraryForm::Oscal, None) => serde_json::to_string_pretty(&clauses::oscal(standard))
            .map(|text| text + "\n")
            .map_err(|e| Error::environment(format!("could not write JSON: {e}"))),
        (LibraryForm::Oscal, Some(_)) => Err(Error::refused("an OSCAL catalog holds no mappings")
            .hint("leave `--to` out, or use `--format ciso-assistant`")),
    }
}

/// The guides of a clause group as a page; the mappings; the standards.
///
/// # Errors
/// When there is no such page.
pub fn library_page(name: &str) -> Result<String> {
    match name {
        "crosswalk" => Ok(clauses::crosswalk_page(clauses::crosswalk())),
        "standards" => Ok(clauses::standards_page(clauses::library())),
        number => clauses::group(&format!("62304:{number}"))
            .map(clauses::group_page)
            .ok_or_else(|| Error::refused(format!("the library has no page `{number}`"))),
    }
}

/// A citation in a file that was not current on the file's day.
#[derive(Clone, Debug)]
pub struct StaleCitation {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The day that it was judged by.
    pub judged_at: Day,
    /// The citation.
    pub citation: Stale,
}

/// What was found in files.
#[derive(Clone, Debug, Default)]
pub struct CitationsChecked {
    /// Files that were read.
    pub files: usize,
    /// Stale citations by file and place.
    pub stale: Vec<StaleCitation>,
    /// Files that were not read, with the reason.
    pub unread: Vec<(PathBuf, String)>,
}

/// Larger files are not read.
const FILE_MAX: u64 = 32 << 20;

/// Files of text; everything else is named as not read.
const TEXT: [&str; 14] = [
    "md", "markdown", "txt", "toml", "csv", "tsv", "html", "htm", "rst", "adoc", "json", "yaml", "yml", "xml",
];

/// Looks for citations that were not current: in each file on its own date, else on `as_of`, else today.
///
/// # Errors
/// When a path that was named does not exist.
pub fn citations_check(paths: &[PathBuf], as_of: Option<Date>, clock: Clock) -> Result<CitationsChecked> {
    let today = clock.today("UTC")?;
    let as_of: Day =
        as_of.unwrap_or(today).to_string().parse().map_err(|e| Error::refused(format!("{e}")))?;
    let mut out = CitationsChecked::default();
    for path in paths {
        let meta = std::fs::metadata(path)
            .map_err(|e| Error::environment(format!("could not read {}: {e}", path.display())))?;
        if meta.is_dir() { walk(path, as_of, &mut out) } else { read(path, as_of, &mut out) }
    }
    Ok(out)
}

/// Files in order of their names; links are not followed, and folders of tools are left out.
fn walk(folder: &Path, as_of: Day, out: &mut CitationsChecked) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) => return out.unread.push((folder.to_owned(), e.to_string())),
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
        let Ok(meta) = std::fs::symlink_metadata(&path) else { continue };
        if meta.is_dir() && !hidden && !path.ends_with("target") && !path.ends_with("node_modules") {
            walk(&path, as_of, out);
        } else if meta.is_file() && !hidden {
            read(&path, as_of, out);
        }
    }
}

fn read(path: &Path, as_of: Day, out: &mut CitationsChecked) {
    let mut unread = |why: String| out.unread.push((path.to_owned(), why));
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if !TEXT.contains(&extension.as_str()) {
        return unread("no text file; `dossier review` reads other kinds".to_owned());
    }
    if std::fs::metadata(path).is_ok_and(|m| m.len() > FILE_MAX) {
        return unread(format!("larger than {} MiB", FILE_MAX >> 20));
    }
    let text = match std::fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(e) => return unread(e.to_string()),
    };
    out.files += 1;
    let judged_at = clauses::date_of(&text).unwrap_or(as_of);
    for citation in clauses::stale(&text, judged_at) {
        let before = text.get(..citation.range.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        out.stale.push(StaleCitation { file: path.to_owned(), line, column, judged_at, citation });
    }
}

impl StaleCitation {
    /// What is wrong, in one line.
    pub fn message(&self) -> String {
        let c = &self.citation;
        match c.since {
            Some(since) => {
                format!("`{}` is cited as current on {}; it is not since {since}", c.cited, self.judged_at)
            }
            None => format!("`{}` is cited; the edition in force does not use this number", c.cited),
        }
    }
}

impl CitationsChecked {
    /// The object `dossier/citations/v1`.
    pub fn to_json(&self) -> Value {
        let stale = self.stale.iter().map(|s| {
            json!({
                "file": s.file, "line": s.line, "column": s.column, "cited": s.citation.cited, "means": s.citation.means,
                "judged_at": s.judged_at.to_string(), "since": s.citation.since.map(|d| d.to_string()),
                "replaced_by": s.citation.replaced_by, "message": s.message(),
            })
        });
        let unread = self.unread.iter().map(|(file, reason)| json!({ "file": file, "reason": reason }));
        json!({
            "format": "dossier/citations/v1", "files": self.files,
            "stale": stale.collect::<Vec<_>>(), "unread": unread.collect::<Vec<_>>(),
        })
    }
}

fn standard_of(id: &str) -> Result<&'static Standard> {
    let standards = clauses::library().standards();
    standards.iter().find(|s| s.id == id || s.edition == id).ok_or_else(|| {
        let known: Vec<&str> = standards.iter().map(|s| s.id.as_str()).collect();
        Error::refused(format!("the library has no standard `{id}`"))
            .hint(format!("one of {}", known.join(", ")))
    })
}

fn unknown(id: &str) -> Error {
    Error::refused(format!("there is no clause `{id}`"))
        .hint("list them: dossier clauses list, or with `--standard 13485`; ids look like 62304:5.8.3")
}

fn row(c: &Clause) -> ClauseRow {
    ClauseRow {
        id: c.id.clone(),
        title: c.title.clone(),
        classes: c.classes.clone(),
        kind: c.kind.map_or("-", clauses::Kind::letter).to_owned(),
        edition: c.edition.clone(),
        evidence: c.evidence.clone(),
        in_force: c.in_force,
        checked_by: rules::checked_by(c),
    }
}

/// A row with validity, successors, source, guide and direct mappings.
fn detail(c: &Clause) -> Value {
    let mut value = serde_json::to_value(row(c)).unwrap_or_default();
    let Value::Object(map) = &mut value else { return value };
    let day = |d: Option<Day>| d.map(|d| d.to_string());
    map.insert("valid_from".into(), json!(day(c.valid_from)));
    map.insert("valid_to".into(), json!(day(c.valid_to)));
    map.insert("replaced_by".into(), json!(c.replaced_by));
    map.insert("source".into(), json!(c.source));
    map.insert("note".into(), json!(c.note));
    if let Some(g) = clauses::guide(&c.id).filter(|g| g.clause == c.id) {
        map.insert("guide".into(), guide(g));
    }
    let direct = clauses::crosswalk().mappings().iter().filter(|m| m.from == c.id || m.to == c.id);
    let direct = direct.map(
        |m| json!({ "from": m.from, "relation": m.relation, "to": m.to, "note": m.note, "source": m.source }),
    );
    map.insert("mappings".into(), direct.collect());
    value
}

fn guide(g: &Guide) -> Value {
    let constraints = g.constraints.iter().map(|c| {
        let facets = c.facets.iter().map(|f| {
            let mut wording = serde_json::Map::new();
            for (language, w) in &f.wording {
                let list = |l: &[Phrase]| l.iter().map(|p| p.text.clone()).collect::<Vec<_>>();
                let key = match language {
                    Language::En => "en",
                    Language::De => "de",
                };
                wording.insert(
                    key.into(),
                    json!({ "says": list(&w.says), "denies": list(&w.denies), "near": list(&w.near), "context": list(&w.context) }),
                );
            }
            json!({ "id": f.id, "must": f.must, "needs": f.needs, "wording": wording })
        });
        json!({
            "id": c.id, "text": c.text, "classes": c.classes, "satisfied": c.satisfied, "broken": c.broken,
            "facets": facets.collect::<Vec<_>>(), "outside": c.outside,
        })
    });
    let gaps = g.gaps.iter().map(|gap| {
        json!({
            "id": gap.id, "title": gap.title, "severity": gap.severity, "text": gap.text, "example": gap.example,
            "add": gap.add, "missing": gap.missing,
        })
    });
    json!({
        "asks": g.asks, "why": g.why, "amendment": { "change": g.amendment.change, "text": g.amendment.text },
        "carries_over": g.carries_over, "new": g.new, "audit_focus": g.audit_focus, "question": g.question,
        "documents": g.documents, "constraints": constraints.collect::<Vec<_>>(), "gaps": gaps.collect::<Vec<_>>(),
        "defence": g.defence.text, "related": g.related,
    })
}

fn path(p: &Mapped) -> Value {
    let hop = |h: &clauses::Hop| json!({ "from": h.from, "relation": h.relation, "to": h.to, "note": h.note, "source": h.source });
    json!({
        "to": p.to, "title": clauses::title_of(&p.to), "relation": p.relation, "mappings": p.mappings(),
        "inferred": p.mappings() > 1, "follows": p.follows(), "weakest": p.weakest().map(hop),
        "hops": p.hops.iter().map(hop).collect::<Vec<_>>(),
    })
}
