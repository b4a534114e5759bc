//! Reading the cases of a rule's `.md`.

/// One case.
#[derive(Debug, Default)]
pub(super) struct Case {
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
}

/// One fenced block of a case.
#[derive(Debug)]
pub(super) struct Block {
    /// What stands behind `file=`.
    pub(super) file: String,
    /// The text without marks.
    pub(super) text: String,
    /// Line (from 1; 0 for the opening fence) and rule of each mark.
    pub(super) marks: Vec<(u32, String)>,
}

impl Block {
    /// Whether findings in it have a line: a document or `dossier.toml`.
    pub(super) fn is_file(&self) -> bool {
        self.file.contains('.')
    }
}

impl Case {
    /// The text of the blocks of this name.
    pub(super) fn block(&self, file: &str) -> Option<&str> {
        self.blocks.iter().find(|b| b.file == file).map(|b| b.text.as_str())
    }

    pub(super) fn marks(&self) -> impl Iterator<Item = &str> {
        self.blocks.iter().flat_map(|b| &b.marks).map(|(_, rule)| rule.as_str())
    }
}

/// All cases of a rule's `.md`.
pub(super) fn cases(markdown: &str) -> Vec<Case> {
    let chapter = markdown.split_once("\n## Cases\n").map_or("", |(_, cases)| cases);
    let mut out: Vec<Case> = Vec::new();
    let mut lines = chapter.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("### ") {
            out.push(Case { title: title.to_owned(), blocks: Vec::new() });
        } else if let Some(info) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|l| *l != "```").collect();
            let case = out.last_mut().expect("a block stands below a ### heading");
            case.blocks.push(block(info, &body));
        }
    }
    out
}

fn block(info: &str, body: &[&str]) -> Block {
    let mut marks = Vec::new();
    let info = unmarked(info, 0, &mut marks);
    let before = info.split_once("before=").map(|(_, f)| format!("before:{}", f.trim()));
    let file = before.or_else(|| info.split_once("file=").map(|(_, f)| f.trim().to_owned()));
    let file = file.expect("a block says file= or before=");
    let mut text = String::new();
    for (n, line) in body.iter().enumerate() {
        text.push_str(unmarked(line, n as u32 + 1, &mut marks));
        text.push('\n');
    }
    Block { file, text, marks }
}

/// The line without its marks.
fn unmarked<'a>(line: &'a str, number: u32, marks: &mut Vec<(u32, String)>) -> &'a str {
    let Some((before, rules)) = line.split_once("#~") else { return line };
    marks.extend(rules.split_whitespace().map(|rule| (number, rule.to_owned())));
    before.trim_end()
}
