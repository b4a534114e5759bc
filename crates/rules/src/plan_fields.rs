//! The fields of plans: what `library/plan-fields.toml` asks sections of controlled documents to state, and what is wrong
//! with what they state.

use crate::prelude::*;
use crate::text_likeness::{contains, words};
use diagnostics::Location;
use documents::{Blob, Content, Document, SectionField, placeholder, scaffold};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;
use vocabulary::SafetyClass;

/// The file as it is part of this binary.
pub(crate) const TEXT: &str = include_str!("../../../library/plan-fields.toml");

/// How much of a scaffold's words may stand again in a field's text before the text counts as the scaffold's.
const NEARLY: f64 = 0.8;

/// A field of a plan, as the library describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanField {
    /// `life-cycle-model`.
    pub name: String,
    /// What it counts against, letters included.
    pub clauses: Vec<String>,
    /// The document in which `dossier init` puts it.
    pub document: String,
    /// What it says, in one line.
    pub about: String,
    /// The least number of words of its own.
    #[serde(default = "eight")]
    pub words: usize,
    /// What the text must name.
    pub names: Option<Names>,
    /// What the section must treat one by one.
    #[serde(default)]
    pub topics: Vec<String>,
    /// Whether each topic names an integration test case, or says that it is not applicable.
    #[serde(default)]
    pub cases: bool,
    /// Its number in the list of ten references that an auditor looks for in the plan.
    pub reference: Option<u8>,
}

/// What a field's text must name, by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Names {
    /// At least one controlled document that exists.
    Document,
    /// Every controlled document.
    Documents,
    /// Every document that the field `deliverables` names.
    Deliverables,
    /// Every software item.
    Items,
    /// Every software system with its class.
    Systems,
    /// At least one system requirement, or a document that holds them.
    SystemRequirements,
    /// Every SOUP item, or a document that holds them.
    Soup,
    /// Every supporting item, or a document that holds them.
    Tools,
}

fn eight() -> usize {
    8
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    field: Vec<PlanField>,
}

/// Every field of the library, in its order.
pub fn plan_fields() -> &'static [PlanField] {
    static FIELDS: OnceLock<Vec<PlanField>> = OnceLock::new();
    FIELDS.get_or_init(|| match toml::from_str::<File>(TEXT) {
        Ok(file) => file.field,
        // Not input: the file is compiled in, and the tests read it before we ship.
        Err(error) => panic!("library/plan-fields.toml: {error}"),
    })
}

/// What `dossier init` writes: what still says nearly the same says nothing yet.
struct Scaffolded {
    /// The texts for each field, as sets of words.
    fields: HashMap<String, Vec<String>>,
    /// The items: kind, length of what they say, and its words.
    items: Vec<(Kind, usize, Vec<String>)>,
}

fn scaffolded() -> &'static Scaffolded {
    static SCAFFOLDED: OnceLock<Scaffolded> = OnceLock::new();
    SCAFFOLDED.get_or_init(|| {
        let (config, _) = product::parse("[product]\nname = \"product\"\n", "dossier.toml");
        let files = scaffold::documents("product", SafetyClass::C);
        let blobs =
            files.into_iter().map(|f| Blob { path: f.path, content: Content::Bytes(f.text.into_bytes()) });
        let read = documents::from_blobs(blobs, &config);
        let mut fields = HashMap::new();
        for document in &read.controlled {
            for field in document.section_fields() {
                fields.insert(field.name, words(field.text.of(&document.file.text)));
            }
        }
        let items = read.items.iter().map(|i| (i.kind, said(i).len(), words(&said(i)))).collect();
        Scaffolded { fields, items }
    })
}

/// Reads what every judgement compares plans with.
pub(crate) fn prepare() {
    plan_fields();
    scaffolded();
    scaffold_lines();
}

/// Whether a line is one of the scaffold's, with or without the mark of what is to be filled in.
pub(crate) fn is_scaffold_line(line: &str) -> bool {
    scaffold_lines().contains(&unmarked(line))
}

/// The lines of the scaffold without the marks of what is to be filled in.
fn scaffold_lines() -> &'static HashSet<String> {
    static LINES: OnceLock<HashSet<String>> = OnceLock::new();
    LINES.get_or_init(|| {
        let files = scaffold::documents("product", SafetyClass::C);
        files.iter().flat_map(|f| f.text.lines()).map(unmarked).collect()
    })
}

/// A line with single spaces and without the mark of the scaffold.
fn unmarked(line: &str) -> String {
    line.replace(placeholder::MARKER, "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What an item says: title, text and fields.
fn said(item: &Item) -> String {
    let mut out = format!("{} {}", item.title(), item.text());
    for field in item.fields.iter().filter(|f| f.key != "class") {
        out.push(' ');
        out.push_str(&item.value_of(field));
    }
    out
}

/// Whether an item says nearly what the scaffold's item of its kind says, and no placeholder shows that already.
pub(crate) fn is_scaffold_item(item: &Item) -> bool {
    // Long texts are looked at no further.
    let length = item.title().len() + item.text().len();
    let near = |(kind, template, words_of): &&(Kind, usize, Vec<String>)| {
        *kind == item.kind && length <= template * 2 && contains(&words(&said(item)), words_of, NEARLY)
    };
    scaffolded().items.iter().any(|t| near(&t)) && placeholder::find(&said(item)).is_empty()
}

/// What the documents of a snapshot state, by field.
#[derive(Debug, Default)]
pub(crate) struct Stated<'a> {
    by_name: BTreeMap<String, Vec<Place<'a>>>,
    /// How many sections have exactly these words.
    copies: HashMap<Vec<String>, BTreeSet<(usize, u32)>>,
}

/// A section that states a field.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(crate) document: &'a Document,
    field: SectionField,
}

impl<'a> Place<'a> {
    pub(crate) fn text(&self) -> &'a str {
        self.field.text.of(&self.document.file.text)
    }

    pub(crate) fn location(&self) -> Location {
        self.document.file.location(self.field.name_span)
    }

    /// The topics of the section with their texts.
    pub(crate) fn topics(&self) -> impl Iterator<Item = (&str, &'a str)> {
        let text = &self.document.file.text;
        self.field.topics.iter().map(move |(name, span)| (name.as_str(), span.of(text).trim()))
    }

    fn topic(&self, name: &str) -> Option<&'a str> {
        self.topics().find(|(n, _)| *n == name).map(|(_, text)| text)
    }

    /// Whether a byte of a file lies in the section's text.
    pub(crate) fn holds(&self, file: &model::SourceFile, offset: u32) -> bool {
        std::ptr::eq(&raw const *self.document.file, file)
            && (self.field.text.start..self.field.text.end).contains(&offset)
    }
}

impl<'a> Stated<'a> {
    pub(crate) fn new(documents: &'a [Document]) -> Stated<'a> {
        let mut out = Stated::default();
        for (n, document) in documents.iter().enumerate() {
            for field in document.section_fields() {
                let own = words(field.text.of(&document.file.text));
                out.copies.entry(own).or_default().insert((n, field.text.start));
                out.by_name.entry(field.name.clone()).or_default().push(Place { document, field });
            }
        }
        out
    }

    /// The places that state a field, in the order of the documents.
    pub(crate) fn places(&self, name: &str) -> &[Place<'a>] {
        self.by_name.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The fields whose section a byte of a file lies in.
    pub(crate) fn fields_at(&self, file: &model::SourceFile, offset: u32) -> impl Iterator<Item = &str> {
        let here = move |places: &Vec<Place<'a>>| places.iter().any(|p| p.holds(file, offset));
        self.by_name.iter().filter(move |(_, places)| here(places)).map(|(name, _)| name.as_str())
    }
}

/// Whether a byte of a file lies in a section whose field a rule reads: a placeholder there is that rule's finding, and no
/// second one.
pub(crate) fn is_read_at(cx: &Snapshot<'_>, file: &model::SourceFile, offset: u32) -> bool {
    let asked = |f: &PlanField| {
        let clause = f.clauses.first().and_then(|c| clauses::governing(c));
        clause.is_some_and(|c| cx.systems.list().iter().any(|s| s.route_asks(c) && cx.asks(c, s.class)))
    };
    cx.stated.fields_at(file, offset).any(|name| plan_fields().iter().any(|f| f.name == name && asked(f)))
}

/// What is wrong with a field, and where.
pub(crate) struct Lack {
    pub(crate) field: &'static PlanField,
    pub(crate) why: String,
    pub(crate) place: Option<Location>,
}

/// Reports what the fields of the rule's clauses lack: one finding for each rule, with a note for each field.
pub(crate) fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let clauses: Vec<&str> = out.rule.meta.clauses.iter().map(String::as_str).collect();
    let governs = |f: &PlanField| {
        let of_field = f.clauses.first().and_then(|c| clauses::governing(c));
        of_field.is_some_and(|c| clauses.iter().any(|r| clauses::governing(r).is_some_and(|r| r.id == c.id)))
    };
    let mut lacks = Vec::new();
    for field in plan_fields().iter().filter(|f| governs(f)) {
        match look(cx, field) {
            Ok(place) => out.saw_text(format!("`{}` in {}", field.name, place.document.id)),
            Err(lack) => lacks.push(lack),
        }
    }
    report(cx, out, lacks);
}

fn report(cx: &Snapshot<'_>, out: &mut Findings<'_>, lacks: Vec<Lack>) {
    let Some(first) = lacks.first() else { return };
    let home = cx.document(&first.field.document).map(Document::location);
    let location = lacks.iter().find_map(|l| l.place.clone()).or(home).unwrap_or_else(|| cx.whole_product());
    let names: Vec<String> = lacks.iter().map(|l| format!("`{}`", l.field.name)).collect();
    let (subject, names) = (first.field.document.clone(), names.join(", "));
    let report = out.at(location).about(subject).arg("fields", names);
    for lack in &lacks {
        report.note(format!("`{}` {}: {}", lack.field.name, lack.why, lack.field.about));
        if let Some(place) = &lack.place {
            report.related(place.clone(), format!("`{}` {}", lack.field.name, lack.why));
        }
    }
    // The primary place is not repeated as a related one.
    let primary = report.location.clone();
    report.related.retain(|r| r.location != primary);
}

/// The section that states a field as it has to be; otherwise what is wrong with the best of those that try.
pub(crate) fn look<'c, 'a>(cx: &'c Snapshot<'a>, field: &'static PlanField) -> Result<&'c Place<'a>, Lack> {
    let mut lack = Lack { field, why: "is not stated".to_owned(), place: None };
    for place in cx.stated.places(&field.name) {
        match objection(cx, field, place) {
            None => return Ok(place),
            Some(why) => lack = Lack { field, why, place: Some(place.location()) },
        }
    }
    Err(lack)
}

fn objection(cx: &Snapshot<'_>, field: &PlanField, place: &Place<'_>) -> Option<String> {
    let text = place.text();
    if let Some(found) = placeholder::find(text).first() {
        return Some(format!("has a placeholder (`{}`)", found.of(text).trim()));
    }
    let own = words(text);
    if own.is_empty() {
        return Some("has no text".to_owned());
    }
    if own.len() < field.words {
        return Some(format!("has {} of at least {} words", own.len(), field.words));
    }
    let prompt = words(&field.about);
    let is_scaffold = scaffolded().fields.get(&field.name).is_some_and(|s| contains(&own, s, NEARLY));
    if is_scaffold || contains(&own, &prompt, NEARLY) {
        return Some("still has the text of the template".to_owned());
    }
    if cx.stated.copies.get(&own).is_some_and(|sections| sections.len() > 1) {
        return Some("has the same text as another section".to_owned());
    }
    field.names.and_then(|names| unnamed(cx, names, place)).or_else(|| topics(cx, field, place))
}

fn topics(cx: &Snapshot<'_>, field: &PlanField, place: &Place<'_>) -> Option<String> {
    let missing: Vec<String> = field
        .topics
        .iter()
        .filter(|t| {
            let said = place.topic(t).unwrap_or("");
            let is_out = said.to_lowercase().starts_with("not applicable") && words(said).len() >= 4;
            let is_said = if field.cases { names_integration_test(cx, said) } else { words(said).len() >= 3 };
            !is_out && !is_said
        })
        .map(|t| format!("`{t}`"))
        .collect();
    let what = if field.cases { "names no integration test case for" } else { "says nothing of" };
    (!missing.is_empty()).then(|| format!("{what} {}", missing.join(", ")))
}

fn names_integration_test(cx: &Snapshot<'_>, text: &str) -> bool {
    let is_test = |i: &Item| i.kind == Kind::TestCase && i.value("level").as_deref() == Some("integration");
    ids(text).any(|id| cx.model.by_id(id).is_some_and(is_test))
}

/// What a text had to name and does not.
fn unnamed(cx: &Snapshot<'_>, names: Names, place: &Place<'_>) -> Option<String> {
    let text = place.text();
    // A document that says it of itself need not name itself.
    let named: BTreeSet<&str> = ids(text).chain([place.document.id.as_str()]).collect();
    let list =
        |missing: Vec<String>| (!missing.is_empty()).then(|| format!("does not name {}", short(&missing)));
    let all_or_home = |kind: Kind| {
        let holds = |d: &Document| cx.items_of(kind).any(|(_, i)| std::sync::Arc::ptr_eq(&i.file, &d.file));
        let home = cx.documents.controlled.iter().any(|d| is_named(&named, d.id.as_str()) && holds(d));
        let missing = cx.items_of(kind).filter(|(_, i)| !named.contains(i.id.as_str()));
        if home { None } else { list(missing.map(|(_, i)| i.id.to_string()).collect()) }
    };
    match names {
        Names::Document => {
            let known = named.iter().any(|id| cx.document(id).is_some());
            (!known).then(|| "names no controlled document of the product".to_owned())
        }
        Names::Documents => {
            let all = cx.documents.controlled.iter().map(|d| d.id.as_str());
            list(all.filter(|id| !is_named(&named, id)).map(str::to_owned).collect())
        }
        Names::Deliverables => {
            let places = cx.stated.places("deliverables");
            let wanted: BTreeSet<&str> = places.iter().flat_map(|p| ids(p.text())).collect();
            let documents = wanted.into_iter().filter(|id| cx.document(id).is_some());
            list(documents.filter(|id| !is_named(&named, id)).map(str::to_owned).collect())
        }
        Names::Items => {
            let items = cx.items_of(Kind::SoftwareItem).filter(|(_, i)| !named.contains(i.id.as_str()));
            list(items.map(|(_, i)| i.id.to_string()).collect())
        }
        Names::Systems => list(unnamed_systems(cx, &named, text)),
        Names::SystemRequirements => {
            let itself = cx.items_of(Kind::SystemRequirement).any(|(_, i)| named.contains(i.id.as_str()));
            if itself || all_or_home(Kind::SystemRequirement).is_none() {
                return cx
                    .items_of(Kind::SystemRequirement)
                    .next()
                    .is_none()
                    .then(|| "names system requirements, and the product has none".to_owned());
            }
            Some("names no system requirement and no document that holds them".to_owned())
        }
        Names::Soup => all_or_home(Kind::Soup),
        Names::Tools => all_or_home(Kind::SupportingItem),
    }
}

/// The systems that a text does not name, or names without the class that is recorded for them. A class that is not recorded
/// is another finding.
fn unnamed_systems(cx: &Snapshot<'_>, named: &BTreeSet<&str>, text: &str) -> Vec<String> {
    let letters: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let lacking = |s: &&model::class::SystemClass| {
        let has_class = s.recorded.is_none_or(|c| letters.contains(c.as_str()));
        !(named.contains(cx.model.item(s.system).id.as_str()) && has_class)
    };
    let with_class = |s: &model::class::SystemClass| {
        let class = s.recorded.map_or("", |c| c.as_str());
        format!("{} with class {class}", cx.model.item(s.system).id)
    };
    cx.classes.systems().iter().filter(lacking).map(with_class).collect()
}

/// Whether an id is named, itself or by `DOC-STP-*` or `DOC-STP-…`.
fn is_named(named: &BTreeSet<&str>, id: &str) -> bool {
    named.contains(id)
        || named.iter().any(|n| n.strip_suffix(['*', '…']).is_some_and(|stem| id.starts_with(stem)))
}

/// The words of a text that have the shape of an id, or of the beginning of ids (`DOC-STP-*`).
fn ids(text: &str) -> impl Iterator<Item = &str> {
    let breaks = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '*' | '…'));
    let trimmed = text.split(breaks).map(|w| w.trim_matches(['.', '_']));
    trimmed.filter(|w| w.contains('-') && w.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// A list of ids that is not longer than a line.
fn short(ids: &[String]) -> String {
    let shown = ids.iter().take(5).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
    match ids.len().checked_sub(5) {
        Some(more) if more > 0 => format!("{shown} and {more} more"),
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_name_of_its_own_and_clauses_in_force() {
        let mut seen = BTreeSet::new();
        for f in plan_fields() {
            assert!(seen.insert(&f.name), "{} stands twice", f.name);
            assert!(!f.clauses.is_empty() && !f.about.is_empty(), "{f:?}");
            for c in &f.clauses {
                assert!(clauses::governing(c).is_some_and(|c| c.in_force), "{}: {c}", f.name);
            }
        }
        let mut references: Vec<u8> = plan_fields().iter().filter_map(|f| f.reference).collect();
        references.sort_unstable();
        assert_eq!(references, (1..=10).collect::<Vec<_>>(), "the ten references of a plan");
    }

    #[test]
    fn the_scaffold_has_a_section_for_every_field_but_those_of_legacy_software() {
        for f in plan_fields().iter().filter(|f| f.document != "DOC-LEG") {
            assert!(scaffolded().fields.contains_key(&f.name), "no template states {}", f.name);
        }
        // Read by rules of their own, by their topics.
        let elsewhere = ["content-not-applicable", "definition-of-done", "security-release"];
        for name in scaffolded().fields.keys().filter(|n| !elsewhere.contains(&n.as_str())) {
            assert!(plan_fields().iter().any(|f| f.name == *name), "a template states {name}");
        }
    }

    #[test]
    fn every_field_is_read_by_a_rule() {
        for f in plan_fields() {
            let clause = clauses::governing(&f.clauses[0]).unwrap();
            let reads = |r: &crate::Rule| r.markdown.contains("- field:");
            assert!(
                crate::registry().of_clause(&clause.id).any(reads),
                "{}: no rule of {} reads fields",
                f.name,
                clause.id
            );
        }
    }

    #[test]
    fn ids_in_a_text() {
        let found: Vec<&str> = ids("DOC-SDP, (DOC-STP-2.4). DOC-STP-…, well-known and A-1").collect();
        assert_eq!(found, ["DOC-SDP", "DOC-STP-2.4", "DOC-STP-…", "A-1"]);
    }
}
