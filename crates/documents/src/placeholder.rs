//! Text that says only that something is still to be written. A document full of it is not a document: empty is not none.

use aho_corasick::packed::Searcher;
use diagnostics::Span;
use memchr::memmem;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The marker that `dossier init` writes wherever a person has to write something.
pub const MARKER: &str = "TODO:";

/// Words that are placeholders wherever they stand as words of their own, in capital letters.
const WORDS: [&str; 5] = ["TODO", "TBD", "TBC", "FIXME", "XXX"];

/// Phrases that are placeholders in any case of ASCII letters; in small letters here.
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

/// Dots where words should stand. Directly behind a name they are arguments left out: `main(...)`.
const GAPS: [&str; 2] = ["(…)", "(...)"];

/// The first bytes of all of these, and the backtick. A whole product is looked through at each check, so any other
/// byte costs one look at this table.
const STARTS: [bool; 256] = {
    let mut starts = [false; 256];
    let bytes = b"`TFXlLt[<{(";
    let mut i = 0;
    while i < bytes.len() {
        starts[bytes[i] as usize] = true;
        i += 1;
    }
    starts
};

/// The beginnings of all of these, of phrases in every writing of their letters. Few and short literals are searched with
/// vector instructions: hardly any document has a placeholder, and one without is looked through only this once. The shortest
/// literal decides how fast that is, so the one of two bytes is searched by itself. `None` where the machine has no such
/// instructions; then every line is read.
static BEGINNINGS: LazyLock<Option<Searcher>> = LazyLock::new(|| {
    let phrases = PHRASES.iter().filter_map(|p| p.as_bytes().get(..BEGINNING));
    let exact = WORDS.iter().chain(&GAPS).map(|w| w.as_bytes().to_vec());
    let all: BTreeSet<Vec<u8>> = phrases.flat_map(writings).chain(exact).collect();
    Searcher::new(all)
});

/// How much of a phrase is searched for.
const BEGINNING: usize = 4;

/// All writings of a few bytes that differ only in the case of ASCII letters.
fn writings(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.iter().fold(vec![Vec::new()], |begun, byte| {
        let either = BTreeSet::from([byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]);
        begun.iter().flat_map(|b| either.iter().map(|c| [b.as_slice(), &[*c]].concat())).collect()
    })
}

/// Whether a text may hold a placeholder: no false "no".
fn may_hold(text: &str) -> bool {
    let Some(beginnings) = BEGINNINGS.as_ref() else { return true };
    if PHRASES.iter().any(|p| p.len() < BEGINNING && memmem::find(text.as_bytes(), p.as_bytes()).is_some()) {
        return true;
    }
    let mut from = 0;
    while let Some(found) = beginnings.find_in(text.as_bytes(), (from..text.len()).into()) {
        if starting_at(text, found.start()).is_some() {
            return true;
        }
        from = found.start() + 1;
    }
    has_line_from_dots(text.as_bytes())
}

/// Whether a line begins, behind white space, with a dot or with what the three dots begin with.
fn has_line_from_dots(text: &[u8]) -> bool {
    let begins = |line: &[u8]| {
        // The vertical tab is white space to Unicode and not to HTML, which the standard library follows for bytes.
        let first = line.iter().find(|b| !b.is_ascii_whitespace() && **b != 0x0b);
        // Above ASCII: the ellipsis, or white space that Unicode knows.
        first.is_some_and(|b| *b == b'.' || !b.is_ascii())
    };
    let ends = memchr::memchr_iter(b'\n', text).chain([text.len()]);
    let mut from = 0;
    for end in ends {
        if text.get(from..end).is_some_and(begins) {
            return true;
        }
        from = end + 1;
    }
    false
}

/// The places of placeholders in a text, in order. What stands in backticks or between code fences is quoted, and lines
/// that hold only dots count too.
pub fn find(text: &str) -> Vec<Span> {
    let mut out = Vec::new();
    if !may_hold(text) {
        return out;
    }
    let mut at = 0;
    let mut fence = None;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        let mark = ["```", "~~~"].into_iter().find(|m| bare.starts_with(m));
        match (fence, mark) {
            (None, Some(m)) => fence = Some(m),
            (Some(open), Some(m)) if open == m => fence = None,
            (Some(_), _) => {}
            (None, None) => in_line(line, bare, at, &mut out),
        }
        at += line.len();
    }
    out
}

fn in_line(line: &str, bare: &str, at: usize, out: &mut Vec<Span>) {
    if !bare.is_empty() && bare.chars().all(|c| matches!(c, '.' | '…')) {
        let start = at + line.len() - line.trim_start().len();
        out.push(Span::new(start..start + bare.len()));
        return;
    }
    let bytes = line.as_bytes();
    let starts = |b: &u8| STARTS.get(usize::from(*b)).is_some_and(|s| *s);
    // Between an odd and an even backtick text is quoted.
    let mut quoted = false;
    let mut i = 0;
    while let Some(skipped) = bytes.get(i..).and_then(|rest| rest.iter().position(starts)) {
        i += skipped;
        let found = match bytes.get(i) {
            Some(b'`') => {
                quoted = !quoted;
                None
            }
            Some(first) if !quoted && promising(*first, bytes.get(i + 1)) => starting_at(line, i),
            _ => None,
        };
        if let Some(len) = found {
            out.push(Span::new(at + i..at + i + len));
        }
        i += found.unwrap_or(1);
    }
}

/// Whether a placeholder can begin with two bytes: hardly any text gets further than this.
fn promising(first: u8, second: Option<&u8>) -> bool {
    let second = second.map_or(0, u8::to_ascii_lowercase);
    match first.to_ascii_lowercase() {
        b't' => matches!(second, b'o' | b'b'),
        b'f' | b'<' => second == b'i',
        b'x' => second == b'x',
        b'l' => second == b'o',
        b'[' => matches!(second, b'i' | b'f'),
        b'{' => second == b'{',
        b'(' => matches!(second, b'.' | 0xe2),
        _ => false,
    }
}

/// The length of the placeholder that starts at byte `i`, which is on the border of a character.
fn starting_at(line: &str, i: usize) -> Option<usize> {
    let (before, rest) = line.split_at_checked(i)?;
    let begins = |phrase: &&str| {
        rest.as_bytes().get(..phrase.len()).is_some_and(|b| b.eq_ignore_ascii_case(phrase.as_bytes()))
    };
    if let Some(phrase) = PHRASES.iter().find(|p| begins(p)) {
        return Some(phrase.len());
    }
    let found = WORDS.iter().chain(&GAPS).find(|w| rest.starts_with(**w))?;
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let after = rest.get(found.len()..).and_then(|s| s.chars().next());
    let alone = !joins(before.chars().next_back()) && (!joins(after) || GAPS.contains(found));
    alone.then_some(found.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_passed_over_by_its_first_two_bytes() {
        for text in WORDS.iter().chain(&PHRASES).chain(&GAPS) {
            let found = |text: &str| find(text).first().map(|s| s.of(text).to_owned());
            assert_eq!(found(text).as_deref(), Some(*text));
        }
        for phrase in PHRASES {
            assert_eq!(find(&phrase.to_ascii_uppercase()).len(), 1, "{phrase}");
        }
    }

    #[test]
    fn no_line_of_dots_is_passed_over() {
        for text in ["...", "\n.\n", "a\n \t…", "a\r\n\u{a0}..\r\n", "\u{b}."] {
            assert!(may_hold(text) && find(text).len() == 1, "{text:?}");
        }
        assert!(!may_hold("a.\nb … c (d)\n\n"));
    }

    #[test]
    fn placeholders_are_found_and_words_that_only_look_like_them_are_not() {
        let at = |text: &str| find(text).iter().map(|s| s.of(text).to_owned()).collect::<Vec<_>>();
        assert_eq!(at("a TODO: b, TBD\n…\n  ...\n"), ["TODO", "TBD", "…", "..."]);
        assert_eq!(at("Lorem Ipsum and [Insert name] {{x}}"), ["Lorem Ipsum", "[Insert", "{{"]);
        assert!(at("todo, TODOS, XXXL, UTF-XXX, `TODO`, and so on …\n```\nTODO\n```\n").is_empty());
        assert!(at("").is_empty());
        assert_eq!(at("The limit is (…). It holds (...)."), ["(…)", "(...)"]);
        assert!(at("It calls main(...) and `x (...)`.").is_empty());
        assert_eq!(at("é TBD, to BE Written `TBD` {{{{"), ["TBD", "to BE Written", "{{", "{{"]);
    }
}
