//! Comment tags in the source of tests: `verifies: SRS-012` next to a test function.
//!
//! Not a parser of any language: it knows how comments begin and how functions are announced in the common ones, and
//! reports a tag without a function as such.

use model::results::Tag;

/// What a comment may begin with, in any of the common languages; the longer ones first.
const COMMENTS: [&str; 10] = ["<!--", "///", "//!", "//", "/*", "--", "#", "*", ";", "%"];

/// Words that announce a function.
const ANNOUNCERS: [&str; 7] = ["fn", "def", "func", "fun", "function", "void", "sub"];

/// How far from the tag its function may begin, in lines; attributes and further comments lie between.
const REACH: usize = 12;

/// The tags in `source`, one per id, in order. `file` is the path that they are reported with.
pub fn scan(file: &str, source: &str) -> Vec<Tag> {
    if !source.contains("verifies:") {
        return Vec::new();
    }
    let lines: Vec<&str> = source.lines().collect();
    let mut tags = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let Some((column, targets)) = targets(line) else { continue };
        let test = function_after(&lines, number).or_else(|| function_around(&lines, number));
        let mut at = column;
        for written in targets.split(',') {
            let target = written.trim();
            let lead = written.len() - written.trim_start().len();
            if !target.is_empty() {
                tags.push(Tag {
                    target: target.to_owned(),
                    file: file.to_owned(),
                    line: u32::try_from(number + 1).unwrap_or(u32::MAX),
                    column: u32::try_from(line.get(..at + lead).map_or(0, |s| s.chars().count()) + 1)
                        .unwrap_or(u32::MAX),
                    test: test.map(str::to_owned),
                });
            }
            at += written.len() + 1;
        }
    }
    tags
}

/// Byte offset and text of what a line's comment says is verified.
fn targets(line: &str) -> Option<(usize, &str)> {
    let (before, after) = line.split_once("verifies:")?;
    let lead = before.trim_end().trim_end_matches('@').trim_end();
    let comment = COMMENTS.iter().find(|c| lead.ends_with(**c))?;
    // Inside a string it is no comment.
    let code = lead.get(..lead.len() - comment.len())?;
    if code.matches('"').count() % 2 == 1 {
        return None;
    }
    let end = ["*/", "-->"].iter().filter_map(|e| after.find(e)).min().unwrap_or(after.len());
    Some((before.len() + "verifies:".len(), after.get(..end)?))
}

/// The function that begins on the tag's own line or after it, with nothing but comments and attributes between.
fn function_after<'a>(lines: &[&'a str], tag: usize) -> Option<&'a str> {
    let own = lines.get(tag)?.split("verifies:").next()?;
    if let Some(name) = announced(own) {
        return Some(name);
    }
    for line in lines.iter().skip(tag + 1).take(REACH) {
        let code = line.trim_start();
        if let Some(name) = announced(code) {
            return Some(name);
        }
        let between = code.is_empty()
            || code.starts_with('@')
            || code.starts_with("[")
            || COMMENTS.iter().any(|c| code.starts_with(c));
        if !between {
            return None;
        }
    }
    None
}

/// The function whose body begins right above the tag.
fn function_around<'a>(lines: &[&'a str], tag: usize) -> Option<&'a str> {
    let above = lines.get(tag.saturating_sub(REACH)..tag)?;
    let opening = above.iter().rev().find(|l| {
        let code = l.trim_start();
        !code.is_empty() && !COMMENTS.iter().any(|c| code.starts_with(c))
    })?;
    let end = opening.trim_end();
    (end.ends_with('{') || end.ends_with(':')).then(|| announced(opening)).flatten()
}

/// The name after `fn`, `def` and the like, in a line that is no comment.
fn announced(line: &str) -> Option<&str> {
    let code = line.trim_start();
    if ["//", "/*", "*", "--"].iter().any(|c| code.starts_with(c)) || code.starts_with("# ") {
        return None;
    }
    let mut words = code.split_whitespace();
    words.find(|w| ANNOUNCERS.contains(w))?;
    let rest = words.next()?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    rest.get(..end).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Source in which the tag word is written apart, so that this file has no tags itself.
    fn scanned(source: &str) -> Vec<(String, u32, u32, Option<String>)> {
        let tags = scan("src/a.rs", &source.replace("VERIFIES", "verifies:"));
        tags.into_iter().map(|t| (t.target, t.line, t.column, t.test)).collect()
    }

    fn tag(target: &str, line: u32, column: u32, test: Option<&str>) -> (String, u32, u32, Option<String>) {
        (target.to_owned(), line, column, test.map(str::to_owned))
    }

    #[test]
    fn a_tag_is_joined_to_the_function_next_to_it() {
        let cases = [
            ("// VERIFIES SRS-012\n#[test]\nfn under_18() {", vec![tag("SRS-012", 1, 14, Some("under_18"))]),
            (
                "/// Text.\n/// VERIFIES SRS-1, RC-2.1\n#[test]\n/// More.\npub async fn x<T>() {",
                vec![tag("SRS-1", 2, 15, Some("x")), tag("RC-2.1", 2, 22, Some("x"))],
            ),
            (
                "#[test]\nfn inner() {\n    // VERIFIES SRS-3\n    let a = 1;",
                vec![tag("SRS-3", 3, 18, Some("inner"))],
            ),
            (
                "# VERIFIES SRS-4\n@pytest.mark.slow\ndef test_py():",
                vec![tag("SRS-4", 1, 13, Some("test_py"))],
            ),
            ("/* VERIFIES SRS-5 */\nvoid testJava() {", vec![tag("SRS-5", 1, 14, Some("testJava"))]),
            (" * @VERIFIES SRS-6\n */\n@Test\npublic void b() {", vec![tag("SRS-6", 1, 15, Some("b"))]),
            ("fn same() {} // VERIFIES SRS-7", vec![tag("SRS-7", 1, 27, Some("same"))]),
            ("// VERIFIES SRS-8\nlet x = 1;\nfn far() {}", vec![tag("SRS-8", 1, 14, None)]),
            ("let s = \"// VERIFIES SRS-9\";", vec![]),
            ("this VERIFIES nothing", vec![]),
            ("// VERIFIES", vec![]),
        ];
        for (source, expected) in cases {
            assert_eq!(scanned(source), expected, "{source}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(source in "(verifies:|//|#|fn |[a-zA-Z0-9ü,{\\n \"-]){0,60}") {
            for tag in scan("a", &source) {
                prop_assert!(tag.line >= 1 && tag.column >= 1 && !tag.target.is_empty());
            }
        }
    }
}
