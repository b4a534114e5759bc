//! Blank forms: places that somebody was to fill in, and did not.

/// Marks of a place to fill in, in small letters.
const MARKS: &[&str] = &[
    "tbd",
    "to be filled",
    "to be completed",
    "to be defined",
    "to be added",
    "to be written",
    "text follows",
    "text folgt",
    "noch zu schreiben",
    "todo",
    "fill in",
    "filled in",
    "fill out",
    "insert ",
    "delete this text",
    "delete when",
    "describe here",
    "please describe",
    "lorem ipsum",
    "click here to enter",
    "click or tap",
    "your company",
    "bitte ausfüllen",
    "hier eintragen",
    "noch auszufüllen",
    "noch zu ergänzen",
    "auszufüllen",
    "wird ergänzt",
    "endtodo",
    "n/a yet",
    "xxxx",
    "dd.mm.yyyy",
    "yyyy-mm-dd",
    "tt.mm.jjjj",
    "mm/dd/yy",
];

/// Beginnings of instructions to the author of a document.
const INSTRUCTIONS: &[&str] = &[
    "describe ",
    "discuss ",
    "explain ",
    "list ",
    "name the ",
    "add ",
    "enter ",
    "specify ",
    "beschreiben sie",
    "beschreibe ",
    "nennen sie",
    "tragen sie",
    "geben sie",
];

/// Whether a piece of text is a place to fill in rather than a statement.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text.chars().all(|c| !c.is_alphanumeric()) {
        return true;
    }
    let lower = text.to_lowercase();
    if MARKS.iter().any(|m| stands_alone(&lower, m))
        || lower.contains("____")
        || lower.contains("……")
        || lower.contains("......")
    {
        return true;
    }
    if unticked(&lower) {
        return true;
    }
    if lower.contains("{{") && lower.contains("}}") || lower.contains("{%") || lower.contains("todo::") {
        return true;
    }
    enclosed(text, '<', '>') || enclosed(text, '[', ']') || enclosed(text, '|', '|') && !text.contains(" | ")
}

/// Whether a quotation or a note speaks to the author of the document.
pub(crate) fn is_instruction(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    is_placeholder(text) || INSTRUCTIONS.iter().any(|i| lower.starts_with(i))
}

/// A choice of which nothing was ticked: `( ) yes ( ) no`.
fn unticked(lower: &str) -> bool {
    let empty = lower.matches("( )").count() + lower.matches('☐').count() + lower.matches("[ ]").count();
    empty > 1 && !["(x)", "[x]", "☒", "☑", "✓", "✔"].iter().any(|t| lower.contains(t))
}

/// A mark that is no part of a longer word.
fn stands_alone(text: &str, mark: &str) -> bool {
    text.match_indices(mark.trim_end()).any(|(at, found)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|t| t.chars().next());
        before.is_none_or(|c| !c.is_alphanumeric()) && after.is_none_or(|c| !c.is_alphanumeric())
    })
}

/// Brackets around words that ask for something: `<version>`, `[name of the tester]`. A citation `[3]`, a tick `[x]`, markup and a
/// link are none.
fn enclosed(text: &str, open: char, close: char) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(open) {
        let tail = rest.get(at + open.len_utf8()..).unwrap_or("");
        let Some(end) = tail.find(close) else { return false };
        let raw = tail.get(..end).unwrap_or("");
        // `PRJ-<number>` explains a scheme.
        let glued = rest.get(..at).is_some_and(|b| b.ends_with(['-', '_', '/']));
        let compared = open == '<' && (raw.starts_with(' ') || glued);
        let inner = raw.trim();
        let after = tail.get(end + close.len_utf8()..).unwrap_or("");
        let letters = inner.chars().filter(|c| c.is_alphabetic()).count();
        let reference = inner.chars().any(|c| c.is_ascii_digit()) && !inner.contains(' ');
        let spaced_bar = open == '|'
            && (inner.contains(' ') || inner.is_empty() || inner.chars().any(|c| c.is_lowercase()));
        let blank = inner.is_empty() && open == '[';
        if (letters >= 3
            && letters * 2 > inner.len()
            && !reference
            && !spaced_bar
            && !compared
            && !inner.contains("://")
            && !inner.contains('@')
            && !after.starts_with('('))
            || (blank && !text.starts_with("[ ]") && open == '[')
        {
            return true;
        }
        rest = after;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_to_fill_in_are_told_from_statements() {
        for blank in [
            "TBD",
            "<version>",
            "[Name the role]",
            "Date: ____________",
            "{{ system.name }}",
            "todo:: Describe how",
            "class |SW_CLASSIFICATION|",
            "",
            "---",
            "[Click here to enter text.]",
            "class [XXXX] per",
            "( ) Yes ( ) No",
            "[ ] ja [ ] nein",
        ] {
            assert!(is_placeholder(blank), "{blank}");
        }
        for said in [
            "Version 3.2.0",
            "see [3]",
            "[x] done",
            "container sha256:91c4",
            "mail <qa@example.org>",
            "a | b",
            "x < 3 and y > 4",
            "outbound traffic",
            "( ) Yes (x) No",
            "each item has an id `PRJ-<number>`",
            "[link](https://example.org)",
        ] {
            assert!(!is_placeholder(said), "{said}");
        }
    }
}
