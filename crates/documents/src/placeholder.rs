//! Text that says only that something is still to be written. A document full of it is not a document: empty is not none.

use diagnostics::Span;

/// The marker that `dossier init` writes wherever a person has to write something.
pub const MARKER: &str = "TODO:";

/// Words that are placeholders wherever they stand as words of their own, in capital letters.
const WORDS: [&str; 5] = ["TODO", "TBD", "TBC", "FIXME", "XXX"];

/// Phrases that are placeholders in any case of letters.
const PHRASES: [&str; 9] = [
    "lorem ipsum",
    "to be defined",
    "to be determined",
    "to be completed",
    "to be written",
    "[insert",
    "[fill in",
    "<insert",
    "{{",
];

/// The places of placeholders in a text, in order. What stands in backticks or between code fences is quoted, and lines
/// that hold only dots count too.
pub fn find(text: &str) -> Vec<Span> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut fence = None;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        let mark = ["```", "~~~"].into_iter().find(|m| bare.starts_with(m));
        match (fence, mark) {
            (None, Some(m)) => fence = Some(m),
            (Some(open), Some(m)) if open == m => fence = None,
            (Some(_), _) => {}
            (None, None) => in_line(line, at, &mut out),
        }
        at += line.len();
    }
    out
}

fn in_line(line: &str, at: usize, out: &mut Vec<Span>) {
    let bare = line.trim();
    if !bare.is_empty() && bare.chars().all(|c| matches!(c, '.' | '…')) {
        let start = at + line.len() - line.trim_start().len();
        out.push(Span::new(start..start + bare.len()));
        return;
    }
    // Between an odd and an even backtick text is quoted.
    let mut offset = 0;
    for (i, piece) in line.split('`').enumerate() {
        if i % 2 == 0 {
            in_prose(piece, at + offset, out);
        }
        offset += piece.len() + 1;
    }
}

fn in_prose(piece: &str, at: usize, out: &mut Vec<Span>) {
    let mut found: Vec<Span> = Vec::new();
    for word in WORDS {
        for (i, _) in piece.match_indices(word) {
            let before = piece.get(..i).and_then(|s| s.chars().next_back());
            let after = piece.get(i + word.len()..).and_then(|s| s.chars().next());
            let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
            if !joins(before) && !joins(after) {
                found.push(Span::new(at + i..at + i + word.len()));
            }
        }
    }
    // ASCII lowering keeps every offset.
    let lower = piece.to_ascii_lowercase();
    for phrase in PHRASES {
        found.extend(lower.match_indices(phrase).map(|(i, p)| Span::new(at + i..at + i + p.len())));
    }
    found.sort_unstable();
    out.append(&mut found);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_and_words_that_only_look_like_them_are_not() {
        let at = |text: &str| find(text).iter().map(|s| s.of(text).to_owned()).collect::<Vec<_>>();
        assert_eq!(at("a TODO: b, TBD\n…\n  ...\n"), ["TODO", "TBD", "…", "..."]);
        assert_eq!(at("Lorem Ipsum and [Insert name] {{x}}"), ["Lorem Ipsum", "[Insert", "{{"]);
        assert!(at("todo, TODOS, XXXL, UTF-XXX, `TODO`, and so on …\n```\nTODO\n```\n").is_empty());
        assert!(at("").is_empty());
    }
}
