//! Rules that a firm writes: a Markdown file below the documents folder whose front matter stands between `+++` lines, with a
//! condition in CEL over items, documents or records. See docs/formats/own-rules.md.
//!
//! ```text
//! +++
//! id = "F-1"                     of the firm: letters, then a number; never R and four digits
//! name = "requirement-without-owner"
//! clauses = ["62304:5.2.1"]      what it counts against
//! severity = "warning"
//! waivable = true
//! over = "software-requirement"  a kind of items, `document`, `product`, or a kind of records: `anomaly/report`
//! when = "item.class == 'C'"     optional: which of them it looks at
//! holds = "has(item.fields.owner)"   what has to be true of each
//! message = "requirement `{subject}` has no owner"
//! +++
//! ```
//!
//! A rule of a firm can ask for more, never for less: what holds under it is no evidence for a clause. It is pure and total like our
//! own rules: CEL has no loops, no input and no clock. What it cannot judge is a finding, never a pass.

mod cases;
mod facts;
mod judge;

use crate::front_matter::{Meta, split};
use crate::registry::registry;
use crate::text::Template;
use cel::{Env, Program};
use diagnostics::Severity;
pub(crate) use judge::{World, hits};
use model::{Kind, SourceFile};
use serde::Deserialize;
use std::sync::{Arc, OnceLock};

/// The longest condition in bytes, and the deepest nesting of brackets: the parser is recursive.
const LONGEST: usize = 4096;
const DEEPEST: usize = 32;

/// What a rule of a firm looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// Each item of a kind.
    Items(Kind),
    /// Each controlled document.
    Documents,
    /// Each record of a kind, of any version: `anomaly/report`.
    Records(String),
    /// The product as a whole, once.
    Product,
}

/// A rule that a firm wrote.
#[derive(Debug)]
pub struct OwnRule {
    /// Everything about it but its condition.
    pub meta: Meta,
    /// Its file.
    pub file: Arc<SourceFile>,
    /// `software-requirement`, `anomaly/report`, …, as it is written.
    pub over: String,
    /// The condition as it is written.
    pub holds: String,
    pub(crate) looks_at: Over,
    pub(crate) when: Option<Program>,
    pub(crate) condition: Program,
}

/// What is wrong with the file of a firm's rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnRuleProblem {
    /// The file.
    pub path: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// What is wrong, as the end of "this rule of the firm is not to be relied on: …".
    pub why: String,
}

/// All rules of a firm.
#[derive(Debug, Default)]
pub struct OwnRules {
    /// Those that can be read, in the order of their files.
    pub rules: Vec<OwnRule>,
    /// What is wrong with the others, and with the cases of those that can be read.
    pub problems: Vec<OwnRuleProblem>,
}

/// A record as the ledger has it, for conditions over records.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordView {
    /// The entry's number.
    pub seq: u64,
    /// When it was appended, as text.
    pub at: String,
    /// The person or process.
    pub actor: String,
    /// The kind with its version.
    pub kind: String,
    /// What it says.
    pub body: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    name: String,
    clauses: Vec<String>,
    severity: Word,
    at_gate: Option<Word>,
    #[serde(default)]
    waivable: bool,
    #[serde(default)]
    gate: bool,
    over: String,
    when: Option<String>,
    holds: String,
    message: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    help: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Error,
    Warning,
    Note,
}

impl Word {
    fn severity(self) -> Severity {
        match self {
            Word::Error => Severity::Error,
            Word::Warning => Severity::Warning,
            Word::Note => Severity::Note,
        }
    }
}

impl OwnRules {
    /// Reads the rules of a firm. What cannot be read is a problem; never an error, and never a rule that is not there.
    pub fn read(files: &[Arc<SourceFile>]) -> OwnRules {
        let mut out = OwnRules::default();
        for file in files {
            let problem = |why: String| OwnRuleProblem { path: file.path.clone(), line: 1, why };
            match parse(file) {
                Err(why) => out.problems.push(problem(why)),
                Ok(rule) => match out.rules.iter().find(|r| same(&r.meta, &rule.meta)) {
                    Some(first) => {
                        let why = format!("its id or name is that of {}", first.file.path);
                        out.problems.push(problem(why));
                    }
                    None => out.rules.push(rule),
                },
            }
        }
        for rule in &out.rules {
            out.problems.extend(cases::problems(rule));
        }
        out
    }

    /// The rule of this id or name.
    pub fn rule(&self, id_or_name: &str) -> Option<&OwnRule> {
        self.rules.iter().find(|r| r.meta.id == id_or_name || r.meta.name == id_or_name)
    }
}

impl OwnRule {
    /// The rule as people read it: the file without its cases.
    pub fn explanation(&self) -> String {
        let body = split(&self.file.text).map_or("", |(_, body)| body);
        let body = body.split("\n## Cases").next().unwrap_or(body).trim();
        let meta = &self.meta;
        let waivable = if meta.waivable { "by a signed waiver" } else { "never" };
        format!(
            "# {} {}\n\n- a rule of the firm: {}\n- clauses: {}\n- severity: {}\n- waivable: {waivable}\n- over: {}\n- holds: {}\n\n{body}\n",
            meta.id,
            meta.name,
            self.file.path,
            meta.clauses.join(", "),
            meta.severity,
            self.over,
            self.holds,
        )
    }

    /// How many cases it has: that fire, and that are silent.
    pub fn cases(&self) -> (usize, usize) {
        cases::count(self)
    }
}

fn same(a: &Meta, b: &Meta) -> bool {
    a.id == b.id || a.name == b.name
}

fn parse(file: &Arc<SourceFile>) -> Result<OwnRule, String> {
    let fence = "the front matter stands between two lines `+++` at the start of the file";
    let (head, _) = split(&file.text).ok_or(fence)?;
    let w: Written = toml::from_str(head).map_err(|e| format!("front matter: {}", e.message()))?;
    identified(&w)?;
    for clause in &w.clauses {
        if clauses::governing(clause).is_none_or(|c| !c.in_force) {
            return Err(format!("`{clause}` is no clause in force (dossier clauses list)"));
        }
    }
    if w.clauses.is_empty() {
        return Err("it names no clause that it counts against".to_owned());
    }
    let looks_at = over(&w.over)?;
    let template = |key: &str, text: &str| {
        let template = Template::parse(text).ok_or(format!("`{key}` has a `{{` without a name and `}}`"))?;
        let unknown = template.placeholders().find(|p| !["subject", "title", "why"].contains(p));
        match unknown.map(str::to_owned) {
            Some(unknown) => {
                Err(format!("`{key}` has `{{{unknown}}}`; there are `{{subject}}`, `{{title}}`, `{{why}}`"))
            }
            None => Ok(template),
        }
    };
    if w.message.trim().is_empty() {
        return Err("its message says nothing".to_owned());
    }
    let condition = compile("holds", &w.holds, &looks_at)?;
    let when = w.when.as_deref().map(|when| compile("when", when, &looks_at)).transpose()?;
    Ok(OwnRule {
        meta: Meta {
            message: template("message", &w.message)?,
            label: template("label", &w.label)?,
            help: template("help", &w.help)?,
            human: false,
            severity: w.severity.severity(),
            severity_at_gate: w.at_gate.unwrap_or(w.severity).severity(),
            id: w.id,
            name: w.name,
            clauses: w.clauses,
            waivable: w.waivable,
            gate: w.gate,
            since: String::new(),
            deprecated: None,
            removed: None,
            redirect: None,
        },
        file: file.clone(),
        over: w.over,
        holds: w.holds,
        looks_at,
        when,
        condition,
    })
}

/// Ids of firms look like ids, and are none of ours, today or later.
fn identified(w: &Written) -> Result<(), String> {
    let digits = w.id.trim_start_matches(|c: char| c.is_ascii_uppercase()).trim_start_matches('-');
    let letters = w.id.bytes().take_while(u8::is_ascii_uppercase).count();
    let is_id = letters > 0 && !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
    if !is_id {
        return Err(format!("`{}` is no id: write letters and a number, `F-1`", w.id));
    }
    if w.id.starts_with('R') && letters == 1 {
        return Err(format!("`{}`: ids that begin with R and a number are dossier's own", w.id));
    }
    let is_name = !w.name.is_empty()
        && w.name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-');
    if !is_name {
        return Err(format!("`{}` is no name: small letters and hyphens, stating the bad thing", w.name));
    }
    if registry().rule(&w.name).is_some() || crate::explain::codes().any(|c| c.name == w.name) {
        return Err(format!("`{}` is the name of one of dossier's own rules", w.name));
    }
    Ok(())
}

fn over(text: &str) -> Result<Over, String> {
    if let Some(kind) = Kind::ALL.iter().find(|k| k.as_str() == text) {
        // `document` is the word for controlled documents; the items of that kind are procedures kept elsewhere.
        return Ok(if *kind == Kind::Document { Over::Documents } else { Over::Items(*kind) });
    }
    if text == "product" {
        return Ok(Over::Product);
    }
    let is_record = records::KINDS.iter().any(|k| without_version(k.kind) == text);
    if is_record {
        return Ok(Over::Records(text.to_owned()));
    }
    Err(format!(
        "`over = \"{text}\"` is no kind of items (`software-requirement`), of records (`anomaly/report`), `document` or `product`"
    ))
}

/// `anomaly/report/v2` without its version.
pub(crate) fn without_version(kind: &str) -> &str {
    kind.rsplit_once("/v").map_or(kind, |(before, _)| before)
}

/// The functions and macros of conditions.
pub(crate) fn environment() -> &'static Arc<Env> {
    static ENVIRONMENT: OnceLock<Arc<Env>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| Arc::new(Env::stdlib()))
}

fn compile(key: &str, text: &str, over: &Over) -> Result<Program, String> {
    if text.len() > LONGEST {
        return Err(format!("`{key}` is longer than {LONGEST} bytes"));
    }
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        // Signs and `!` nest as well; nobody needs many of them.
        if depth > DEEPEST {
            return Err(format!("`{key}` nests deeper than {DEEPEST} brackets"));
        }
    }
    if ["!!!!", "----", "? ", "?"].iter().map(|s| text.matches(s).count()).any(|n| n > DEEPEST) {
        return Err(format!("`{key}` nests too deeply"));
    }
    let program = environment().compile(text).map_err(|e| format!("`{key}` is no CEL: {}", first(&e)))?;
    let known: &[&str] = match over {
        Over::Items(_) => &["item", "product"],
        Over::Documents => &["document", "product"],
        Over::Records(_) => &["record", "entry", "product"],
        Over::Product => &["product", "items", "documents"],
    };
    let references = program.references();
    let bound = bound_by_macros(text);
    let mut unknown: Vec<&str> = references
        .variables()
        .into_iter()
        .filter(|v| !known.contains(v) && !bound.contains(v) && !v.starts_with('@'))
        .collect();
    unknown.sort_unstable();
    if let Some(name) = unknown.first() {
        return Err(format!("`{key}` reads `{name}`; over this there are {}", known.join(", ")));
    }
    drop(references);
    Ok(program)
}

/// The names that macros bind: `l` in `item.links.exists(l, …)`. A name that is bound somewhere and read elsewhere is found when the
/// condition is judged.
fn bound_by_macros(text: &str) -> Vec<&str> {
    const MACROS: [&str; 5] = [".all(", ".exists(", ".exists_one(", ".map(", ".filter("];
    let after =
        MACROS.iter().flat_map(|m| text.match_indices(m).filter_map(|(at, m)| text.get(at + m.len()..)));
    after.filter_map(|rest| rest.split_once(',')).map(|(name, _)| name.trim()).collect()
}

/// The first error of a condition, with its place.
fn first(errors: &cel::ParseErrors) -> String {
    let first = errors.errors.first();
    first.map_or_else(String::new, |e| format!("{} (line {}, column {})", e.msg, e.pos.0, e.pos.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(text: &str) -> Arc<SourceFile> {
        Arc::new(SourceFile::new("dossier/rules/f-1.md", text.to_owned()))
    }

    fn written(lines: &str) -> String {
        format!(
            "+++\nid = \"F-1\"\nname = \"requirement-without-owner\"\nclauses = [\"62304:5.2.1\"]\nseverity = \"warning\"\n\
             over = \"software-requirement\"\nmessage = \"`{{subject}}` has no owner\"\n{lines}\n+++\n"
        )
    }

    const CASES: &str = "\n## Cases\n\n### Without\n\n```markdown file=dossier/a.md\n## SRS-1 Show   #~ F-1\n```\n\n### With\n\n\
                         ```markdown file=dossier/a.md\n## SRS-1 Show\n- owner: software-lead\n```\n";

    fn why(text: &str) -> String {
        OwnRules::read(&[file(text)]).problems.first().map(|p| p.why.clone()).unwrap_or_default()
    }

    #[test]
    fn a_rule_with_cases_that_hold_is_sound() {
        let read =
            OwnRules::read(&[file(&format!("{}{CASES}", written("holds = \"has(item.fields.owner)\"")))]);
        assert_eq!(read.problems, [], "{read:?}");
        assert_eq!(read.rules.first().map(OwnRule::cases), Some((1, 1)));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let with = |holds: &str| format!("{}{CASES}", written(&format!("holds = \"{holds}\"")));
        assert!(why(&with("has(item.fields.owner")).contains("is no CEL"), "{}", why(&with("has(item.")));
        assert!(why(&with("record.x == 1")).contains("reads `record`"));
        let bound = with("item.links.exists(l, l.type == 'satisfies') || has(item.fields.owner)");
        assert_eq!(why(&bound), "");
        assert!(why(&with("item.links.exists(l, m.type == 'satisfies')")).contains("reads `m`"));
        assert!(why(&with("true")).contains("expects"), "{}", why(&with("true")));
        assert!(why(&with("item.title")).contains("yes or no"), "{}", why(&with("item.title")));
        assert!(why(&written("holds = \"true\"")).contains("no case"));
        let own = with("true").replace("F-1", "R0042");
        assert!(why(&own).contains("dossier's own"));
        assert!(why(&with("true").replace("software-requirement", "wish")).contains("no kind"));
        assert!(why(&with("true").replace("5.2.1", "5.2.99")).contains("no clause in force"));
        assert!(why(&with("true").replace("{subject}", "{owner}")).contains("{owner}"));
        assert!(why("+++\nid = 1\n").contains("front matter"));
        assert!(why(&with(&"(".repeat(99))).contains("nests"));
    }

    #[test]
    fn records_are_looked_at_by_kind() {
        let text =
            written("holds = \"size(record.title) > 10\"").replace("software-requirement", "anomaly/report");
        let cases = "\n## Cases\n\n### Short\n\n```toml file=records\n[[record]]\nkind = \"anomaly/report/v2\"\nanomaly = \"A-1\"\n\
                     title = \"broken\"   #~ F-1\n```\n\n### Long\n\n```toml file=records\n[[record]]\nkind = \"anomaly/report/v1\"\n\
                     anomaly = \"A-1\"\ntitle = \"the result is cut off\"\n\n[[record]]\nkind = \"anomaly/verify/v1\"\n\
                     anomaly = \"A-1\"\n```\n";
        assert_eq!(why(&format!("{text}{cases}")), "");
    }

    proptest! {
        #[test]
        fn any_text_is_a_rule_or_a_problem(head in ".{0,200}", holds in ".{0,80}") {
            let read = OwnRules::read(&[file(&format!("+++\n{head}\n+++\n"))]);
            prop_assert!(read.rules.is_empty() && read.problems.len() == 1);
            let _ = compile("holds", &holds, &Over::Product);
        }
    }
}
