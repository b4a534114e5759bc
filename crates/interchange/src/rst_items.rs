//! Sphinx documents with `.. item::` directives (the traceability extension of Sphinx): read, and written as Markdown.
//!
//! ```text
//! .. item:: RW-SW-8 Clocks
//!    :fulfills: RW-SYS-16
//!
//! All software clocks must …
//! ```
//!
//! An item ends at the next item, at a section title, or at another directive in the first column. What stands between
//! items and belongs to none is not taken over, and neither are matrices: dossier computes them.

mod markdown;

pub use markdown::{MarkdownFile, markdown, prefixes};

use vocabulary::ItemId;

/// The items of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// The file, as it was named.
    pub file: String,
    /// The title of the document: its first section title.
    pub title: String,
    /// The items, in order.
    pub items: Vec<RstItem>,
    /// What was not taken over, in order.
    pub problems: Vec<Problem>,
}

/// An item as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RstItem {
    /// The id.
    pub id: ItemId,
    /// What follows the id on its line.
    pub caption: String,
    /// The section title above it, where that is not the document's.
    pub section: String,
    /// The line of the directive, from 1.
    pub line: u32,
    /// Its links.
    pub links: Vec<RstLink>,
    /// Its text, without the blank lines around it.
    pub text: String,
}

/// A link as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RstLink {
    /// The relation, `fulfills`.
    pub relation: Relation,
    /// The id that it names.
    pub target: ItemId,
    /// The line, from 1.
    pub line: u32,
}

/// The relations that are taken over. Sphinx lets each project name its own; these are the usual ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `fulfills`, `satisfies`, `trace`: the item answers to the one that it names.
    Fulfills,
    /// `implements`.
    Implements,
    /// `validates`, `verifies`, `tests`.
    Verifies,
    /// `depends_on` and `part_of`.
    PartOf,
}

impl Relation {
    fn of(option: &str) -> Option<Relation> {
        Some(match option {
            "fulfills" | "satisfies" | "trace" => Relation::Fulfills,
            "implements" => Relation::Implements,
            "validates" | "verifies" | "tests" => Relation::Verifies,
            "depends_on" | "part_of" => Relation::PartOf,
            _ => return None,
        })
    }
}

/// Something that was not taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What and why.
    pub cause: Cause,
    /// The line, from 1; 0 for the whole file.
    pub line: u32,
}

/// What was not taken over, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// A file without an item.
    #[error("there is no `.. item::` in this file")]
    NoItems,
    /// An item whose id has not the shape of one.
    #[error("`{0}` is no id: capital letters and digits, a hyphen, then letters, digits, `.`, `_` or `-`")]
    BadId(String),
    /// A target that has not the shape of an id.
    #[error("`{item}` links to `{target}`, which is no id")]
    BadTarget {
        /// The item.
        item: String,
        /// What is written.
        target: String,
    },
    /// An option that is no relation known here.
    #[error("the option `{option}` of `{item}` is not taken over")]
    UnknownOption {
        /// The item.
        item: String,
        /// The option.
        option: String,
    },
    /// The same id again.
    #[error("`{id}` is there twice, first in line {first}")]
    Twice {
        /// The id.
        id: String,
        /// Where it stands first.
        first: u32,
    },
    /// The same link again in one item; written once.
    #[error("`{item}` links to `{target}` twice")]
    LinkTwice {
        /// The item.
        item: String,
        /// The target.
        target: String,
    },
}

/// Reads the items of one file. Never fails: what is not understood is among the problems.
pub fn read(file: &str, text: &str) -> Imported {
    let mut reader =
        Reader { out: Imported { file: file.to_owned(), ..Imported::default() }, ..Reader::default() };
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    for (i, line) in lines.iter().enumerate() {
        let next = lines.get(i + 1).copied().unwrap_or_default();
        reader.line(line, next, u32::try_from(i + 1).unwrap_or(u32::MAX));
    }
    reader.end_item();
    let mut out = reader.out;
    if out.items.is_empty() && out.problems.is_empty() {
        out.problems.push(Problem { cause: Cause::NoItems, line: 0 });
    }
    out
}

#[derive(Default)]
struct Reader {
    out: Imported,
    item: Option<RstItem>,
    /// Whether the lines at hand are the options right below the directive.
    in_options: bool,
    section: String,
    /// The line is the underline of a title that was seen.
    underline: bool,
}

impl Reader {
    fn line(&mut self, line: &str, next: &str, number: u32) {
        if std::mem::take(&mut self.underline) {
            return;
        }
        if let Some(rest) = line.strip_prefix(".. item::") {
            self.end_item();
            self.begin_item(rest.trim(), number);
        } else if is_title(line, next) {
            self.end_item();
            self.underline = true;
            if self.out.title.is_empty() {
                self.out.title = line.trim().to_owned();
            } else {
                self.section = line.trim().to_owned();
            }
        } else if line.starts_with(".. ") && line.contains("::") {
            // Another directive: a matrix, a table of contents.
            self.end_item();
        } else if self.in_options && line.starts_with([' ', '\t']) && line.trim_start().starts_with(':') {
            self.option(line.trim_start(), number);
        } else if let Some(item) = &mut self.item {
            self.in_options = false;
            // Text may be indented below the directive, as its content.
            item.text.push_str(line.strip_prefix("   ").unwrap_or(line));
            item.text.push('\n');
        }
    }

    fn problem(&mut self, line: u32, cause: Cause) {
        self.out.problems.push(Problem { cause, line });
    }

    fn begin_item(&mut self, rest: &str, line: u32) {
        let (id, caption) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let Some(id) = ItemId::new(id) else {
            return self.problem(line, Cause::BadId(id.to_owned()));
        };
        self.in_options = true;
        self.item = Some(RstItem {
            id,
            caption: caption.trim().to_owned(),
            section: self.section.clone(),
            line,
            links: Vec::new(),
            text: String::new(),
        });
    }

    /// `:fulfills: RW-SYS-16 RW-SYS-17`
    fn option(&mut self, line: &str, number: u32) {
        let Some(item) = &mut self.item else { return };
        let (option, value) = line.strip_prefix(':').and_then(|l| l.split_once(':')).unwrap_or((line, ""));
        let name = item.id.to_string();
        let Some(relation) = Relation::of(option) else {
            let option = option.to_owned();
            return self.problem(number, Cause::UnknownOption { item: name, option });
        };
        let mut problems = Vec::new();
        for target in value.split([' ', ',', '\t']).filter(|t| !t.is_empty()) {
            match ItemId::new(target) {
                Some(id) if item.links.iter().any(|l| l.relation == relation && l.target == id) => {
                    problems.push(Cause::LinkTwice { item: name.clone(), target: target.to_owned() });
                }
                Some(target) => item.links.push(RstLink { relation, target, line: number }),
                None => problems.push(Cause::BadTarget { item: name.clone(), target: target.to_owned() }),
            }
        }
        for cause in problems {
            self.problem(number, cause);
        }
    }

    fn end_item(&mut self) {
        self.in_options = false;
        let Some(mut item) = self.item.take() else { return };
        item.text = item.text.trim_matches('\n').to_owned();
        if let Some(first) = self.out.items.iter().find(|i| i.id == item.id) {
            let cause = Cause::Twice { id: item.id.to_string(), first: first.line };
            return self.problem(item.line, cause);
        }
        self.out.items.push(item);
    }
}

/// A section title: a line of text with a line of one punctuation character below it.
fn is_title(line: &str, next: &str) -> bool {
    let mut underline = next.chars();
    let Some(first) = underline.next() else { return false };
    !line.is_empty()
        && !line.starts_with([' ', '\t'])
        && !line.starts_with("..")
        && line.chars().any(char::is_alphanumeric)
        && "=-^~\"'`#*+_:.".contains(first)
        && next.len() >= 3
        && underline.all(|c| c == first)
}
