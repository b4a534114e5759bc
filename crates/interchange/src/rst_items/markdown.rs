//! Imported items as dossier's Markdown.

use super::{Imported, Relation, RstItem};
use model::{Kind, LinkType};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use vocabulary::ItemId;

/// A document to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkdownFile {
    /// The path, relative to the documents folder: that of the source with another ending.
    pub path: String,
    /// The text.
    pub text: String,
}

/// The documents for `files`; `kind_of` says what the items are. A file with items of several kinds becomes several.
pub fn markdown(files: &[Imported], kind_of: &dyn Fn(&ItemId) -> Kind) -> Vec<MarkdownFile> {
    let kinds: HashMap<&ItemId, Kind> =
        files.iter().flat_map(|f| &f.items).map(|i| (&i.id, kind_of(&i.id))).collect();
    // A target that is nowhere is taken for what its id says.
    let kind = |id: &ItemId| kinds.get(id).copied().unwrap_or_else(|| kind_of(id));
    let mut out = Vec::new();
    for file in files {
        let stem = file.file.rsplit_once('.').map_or(file.file.as_str(), |(stem, _)| stem);
        let present: Vec<Kind> =
            Kind::ALL.iter().copied().filter(|k| file.items.iter().any(|i| kind(&i.id) == *k)).collect();
        for k in &present {
            let suffix = if present.len() > 1 { format!(".{k}") } else { String::new() };
            let title = if file.title.is_empty() { stem } else { &file.title };
            let mut text = format!("---\ntitle: {}\nkind: {k}\n---\n# {}\n", yaml(title), heading(title));
            for item in file.items.iter().filter(|i| kind(&i.id) == *k) {
                write_item(&mut text, item, file, *k, &kind);
            }
            out.push(MarkdownFile { path: format!("{stem}{suffix}.md"), text });
        }
    }
    out
}

/// What `[kinds]` of `dossier.toml` has to say for the prefixes of these items: those without a built-in meaning whose
/// items all have one kind. A prefix of several kinds is told apart by its files alone, each of which states its kind.
pub fn prefixes(files: &[Imported], kind_of: &dyn Fn(&ItemId) -> Kind) -> BTreeMap<String, Kind> {
    let mut kinds: BTreeMap<String, Option<Kind>> = BTreeMap::new();
    for item in files.iter().flat_map(|f| &f.items).filter(|i| Kind::of_prefix(i.id.prefix()).is_none()) {
        let kind = kind_of(&item.id);
        kinds
            .entry(item.id.prefix().to_owned())
            .and_modify(|k| *k = k.filter(|k| *k == kind))
            .or_insert(Some(kind));
    }
    kinds.into_iter().filter_map(|(prefix, kind)| Some((prefix, kind?))).collect()
}

fn write_item(
    out: &mut String,
    item: &RstItem,
    file: &Imported,
    kind: Kind,
    kind_of: &dyn Fn(&ItemId) -> Kind,
) {
    // Writing to a string does not fail.
    let _ = write!(out, "\n## {}", item.id);
    if !item.caption.is_empty() {
        let _ = write!(out, " {}", heading(&item.caption));
    }
    out.push('\n');
    for link in LinkType::ALL {
        let targets: Vec<&str> = item
            .links
            .iter()
            .filter(|l| link_type(l.relation, kind, kind_of(&l.target)) == link)
            .map(|l| l.target.as_str())
            .collect();
        if !targets.is_empty() {
            let _ = writeln!(out, "- {link}: {}", targets.join(", "));
        }
    }
    // Where it comes from. The field also keeps a text that begins with a list apart from the fields.
    let section =
        if item.section.is_empty() { String::new() } else { format!(", {}", heading(&item.section)) };
    let _ = writeln!(out, "- comment: {}:{}{section}", file.file, item.line);
    if !item.text.trim().is_empty() {
        let _ = writeln!(out, "\n{}", body(&item.text));
    }
}

/// The link that says the same between these kinds; where none may, the one that its words mean, so that the wrong end
/// is a finding and nothing is lost.
fn link_type(relation: Relation, from: Kind, to: Kind) -> LinkType {
    let wanted: &[LinkType] = match relation {
        Relation::Fulfills => {
            &[LinkType::Satisfies, LinkType::Implements, LinkType::Verifies, LinkType::PartOf]
        }
        Relation::Implements => &[LinkType::Implements, LinkType::Satisfies],
        Relation::Verifies => &[LinkType::Verifies],
        Relation::PartOf => &[LinkType::PartOf],
    };
    let meant = wanted.first().copied().unwrap_or(LinkType::Satisfies);
    wanted.iter().copied().find(|l| l.allows(from, to)).unwrap_or(meant)
}

/// One line, without what would end a heading or begin something else in it.
fn heading(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_end_matches('#').trim_end().replace('<', "\\<").replace('`', "'")
}

/// A YAML scalar that is always a string.
fn yaml(text: &str) -> String {
    let plain: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The text of an item in Markdown: paragraphs stay, tables and literal blocks become code, and no line begins what it
/// does not mean to begin.
fn body(text: &str) -> String {
    let mut blocks = Vec::new();
    for block in text.split("\n\n").map(|b| b.trim_matches('\n')).filter(|b| !b.trim().is_empty()) {
        let lines: Vec<&str> = block.lines().collect();
        let drawn = lines.iter().any(|l| l.starts_with([' ', '\t', '|', '+', '='])) || has_rule(&lines);
        if drawn {
            let fence = "`".repeat(longest_run(block, '`').max(2) + 1);
            blocks.push(format!("{fence}\n{block}\n{fence}"));
        } else {
            blocks.push(lines.iter().map(|l| plain(l)).collect::<Vec<_>>().join("\n"));
        }
    }
    blocks.join("\n\n")
}

/// Whether a line would be a rule, or turn the line above into a heading.
fn has_rule(lines: &[&str]) -> bool {
    lines.iter().any(|l| {
        let mut bare = l.chars().filter(|c| !c.is_whitespace()).peekable();
        let first = bare.peek().copied();
        first.is_some_and(|f| "-=*_~`".contains(f) && bare.all(|c| c == f))
    })
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

/// A line of prose. A bullet becomes `*`: a list with `-` would continue the list of fields above it.
fn plain(line: &str) -> String {
    let line = line.replace("``", "`");
    match line.split_at_checked(1) {
        Some(("-" | "*", rest)) if rest.starts_with(' ') => format!("*{rest}"),
        Some(("#" | ">" | "<" | "-" | "~" | "`" | "[" | "*", _)) => format!("\\{line}"),
        _ => line,
    }
}
