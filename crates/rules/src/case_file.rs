//! The cases of a rule's `.md`, read: of the rules of this crate, and of those that a firm writes.

use std::fmt;

/// One case.
#[derive(Debug, Default)]
pub(crate) struct Case {
    pub(crate) title: String,
    pub(crate) blocks: Vec<Block>,
}

/// One fenced block of a case.
#[derive(Debug)]
pub(crate) struct Block {
    /// What stands behind `file=`.
    pub(crate) file: String,
    /// The text without marks.
    pub(crate) text: String,
    /// Line (from 1; 0 for the opening fence) and rule of each mark.
    pub(crate) marks: Vec<(u32, String)>,
}

/// Where a finding is: file and line, or nothing for one that is not in a file of the case; and the rule.
pub(crate) type Mark = (String, u32, String);

/// Why the cases cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// A fenced block before the first `###` heading.
    NoCase,
    /// A fenced block that does not say which file it is.
    NoFile,
    /// A fenced block that nothing closes.
    NotClosed,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unreadable::NoCase => "a fenced block of `## Cases` stands below no `###` heading",
            Unreadable::NoFile => "a fenced block of `## Cases` says neither `file=` nor `before=`",
            Unreadable::NotClosed => "a fenced block of `## Cases` is not closed",
        })
    }
}

impl Block {
    /// Whether findings in it have a line: a document or `dossier.toml`.
    pub(crate) fn is_file(&self) -> bool {
        self.file.contains('.')
    }
}

impl Case {
    /// The text of the blocks of this name.
    pub(crate) fn block(&self, file: &str) -> Option<&str> {
        self.blocks.iter().find(|b| b.file == file).map(|b| b.text.as_str())
    }

    pub(crate) fn marks(&self) -> impl Iterator<Item = &str> {
        self.blocks.iter().flat_map(|b| &b.marks).map(|(_, rule)| rule.as_str())
    }

    /// The findings that the case expects, sorted.
    pub(crate) fn expected(&self) -> Vec<Mark> {
        let mut out = Vec::new();
        for block in &self.blocks {
            for (line, rule) in &block.marks {
                let place = if block.is_file() { (block.file.clone(), *line) } else { (String::new(), 0) };
                out.push((place.0, place.1, rule.clone()));
            }
        }
        out.sort();
        out
    }
}

/// All cases of a rule's `.md`; none where it has no chapter `## Cases`.
pub(crate) fn read(markdown: &str) -> Result<Vec<Case>, Unreadable> {
    let chapter = markdown.split_once("\n## Cases\n").map_or("", |(_, cases)| cases);
    let mut out: Vec<Case> = Vec::new();
    let mut lines = chapter.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("### ") {
            out.push(Case { title: title.to_owned(), blocks: Vec::new() });
        } else if let Some(info) = line.strip_prefix("```") {
            let mut body = Vec::new();
            loop {
                match lines.next() {
                    Some("```") => break,
                    Some(line) => body.push(line),
                    None => return Err(Unreadable::NotClosed),
                }
            }
            let case = out.last_mut().ok_or(Unreadable::NoCase)?;
            case.blocks.push(block(info, &body)?);
        }
    }
    Ok(out)
}

fn block(info: &str, body: &[&str]) -> Result<Block, Unreadable> {
    let mut marks = Vec::new();
    let info = unmarked(info, 0, &mut marks);
    let before = info.split_once("before=").map(|(_, f)| format!("before:{}", f.trim()));
    let file = before.or_else(|| info.split_once("file=").map(|(_, f)| f.trim().to_owned()));
    let file = file.ok_or(Unreadable::NoFile)?;
    let mut text = String::new();
    for (n, line) in (1..).zip(body) {
        text.push_str(unmarked(line, n, &mut marks));
        text.push('\n');
    }
    Ok(Block { file, text, marks })
}

/// The line without its marks.
fn unmarked<'a>(line: &'a str, number: u32, marks: &mut Vec<(u32, String)>) -> &'a str {
    let Some((before, rules)) = line.split_once("#~") else { return line };
    marks.extend(rules.split_whitespace().map(|rule| (number, rule.to_owned())));
    before.trim_end()
}
