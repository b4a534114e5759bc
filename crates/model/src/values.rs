//! The values of fields: one text, or several separated by commas or written as nested bullets.

use std::borrow::Cow;
use std::ops::Range;

/// The value as one text: runs of white space become one space, the ends are trimmed, and quotes around the whole are
/// taken off.
pub fn single(raw: &str) -> Cow<'_, str> {
    let trimmed = raw.trim();
    let inner = unquote(trimmed).unwrap_or(trimmed);
    one_line(inner)
}

/// The values of a list field with their ranges in `raw`: split at commas outside quotes and at nested bullets.
pub fn split(raw: &str) -> Vec<(Range<usize>, Cow<'_, str>)> {
    cut(raw, true).or_else(|| cut(raw, false)).unwrap_or_default()
}

/// Cuts a value. `None` where quotes count and one never closes: it then protects nothing, and the caller cuts again
/// without regard to quotes.
fn cut(raw: &str, quotes: bool) -> Option<Vec<(Range<usize>, Cow<'_, str>)>> {
    let mut out = Vec::new();
    let (mut start, mut on_new_line) = (0, true);
    // `fresh`: nothing of the present value was seen yet, so a quote opens it. `5" screen` is a plain value.
    let (mut fresh, mut quoted) = (true, false);
    for (i, b) in raw.bytes().enumerate() {
        if quoted {
            quoted = b != b'"';
            continue;
        }
        let ends_line = matches!(b, b'\n' | b'\r') && raw.get(i + 1..).is_some_and(is_bullet);
        if b == b',' || ends_line {
            push(raw, start..i, on_new_line, &mut out);
            (start, on_new_line, fresh) = (i + 1, ends_line, true);
        } else if b == b'"' && fresh && quotes {
            (quoted, fresh) = (true, false);
        } else {
            let bullet = on_new_line && matches!(b, b'-' | b'*' | b'+');
            fresh &= bullet || b.is_ascii_whitespace();
        }
    }
    push(raw, start..raw.len(), on_new_line, &mut out);
    (!quoted).then_some(out)
}

/// Whether a line begins with a bullet of a nested list.
fn is_bullet(line: &str) -> bool {
    let mut rest = line.trim_start_matches([' ', '\t']).chars();
    matches!(rest.next(), Some('-' | '*' | '+')) && matches!(rest.next(), Some(' ' | '\t'))
}

/// Adds the value in `range` unless it is empty; `on_new_line` where a bullet may stand before it.
fn push<'r>(
    raw: &'r str,
    range: Range<usize>,
    on_new_line: bool,
    out: &mut Vec<(Range<usize>, Cow<'r, str>)>,
) {
    let end = range.end;
    let Some(mut body) = raw.get(range).map(str::trim_start) else { return };
    if on_new_line && is_bullet(body) {
        body = body.get(1..).unwrap_or("").trim_start();
    }
    let start = end - body.len();
    let body = body.trim_end();
    if !body.is_empty() {
        out.push((start..start + body.len(), one_line(unquote(body).unwrap_or(body))));
    }
}

fn unquote(s: &str) -> Option<&str> {
    let inner = s.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains('"')).then_some(inner)
}

/// Runs of white space as one space, ends trimmed.
pub(crate) fn one_line(s: &str) -> Cow<'_, str> {
    let clean = s.trim();
    let plain = clean.bytes().all(|b| b == b' ' || (b.is_ascii() && !b.is_ascii_whitespace() && b != 0x0b))
        && !clean.contains("  ");
    if plain {
        Cow::Borrowed(clean)
    } else {
        Cow::Owned(clean.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(raw: &str) -> Vec<String> {
        split(raw).into_iter().map(|(_, v)| v.into_owned()).collect()
    }

    #[test]
    fn commas_and_nested_bullets_separate_and_quotes_protect() {
        assert_eq!(values(" SYS-1, SYS-2@0a0b0c0d "), ["SYS-1", "SYS-2@0a0b0c0d"]);
        assert_eq!(values(r#""a, b", c"#), ["a, b", "c"]);
        assert_eq!(values(r#"5" screen, 7" screen"#), [r#"5" screen"#, r#"7" screen"#]);
        assert_eq!(values(r#""never closed, b"#), [r#""never closed"#, "b"]);
        assert_eq!(values("\n  - Linux 5,\n  - 64 bit"), ["Linux 5", "64 bit"]);
        assert_eq!(values("\n  * \"x, y\"\n  * z"), ["x, y", "z"]);
        assert_eq!(values("one\n  two"), ["one two"]);
        assert_eq!(values(" , ,"), Vec::<String>::new());
        assert_eq!(values(""), Vec::<String>::new());
        assert_eq!(values("-5, +3"), ["-5", "+3"]);
        assert_eq!(single("  a\n  b "), "a b");
        assert_eq!(single(r#" "a, b" "#), "a, b");
    }

    proptest! {
        #[test]
        fn ranges_lie_in_the_text(raw in "[-a-z,\" \n*\u{e4}]{0,40}") {
            let mut last = 0;
            for (range, value) in split(&raw) {
                prop_assert!(range.start >= last && range.end <= raw.len());
                prop_assert!(raw.get(range.clone()).is_some());
                prop_assert!(!value.contains('\n'));
                last = range.end;
            }
        }
    }
}
