//! Recognising times and paths in text, by putting a mark in their place: two texts that are the same behind the marks
//! differ by nothing else.

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// 2001 to 2050: the seconds that are taken for a time of a build.
const SECONDS: std::ops::Range<u64> = 1_000_000_000..2_524_608_000;

/// The text with every time as `<time>`.
pub(crate) fn without_times(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in words(text, |c| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '+' | '.')) {
        if is_time(word) { out.push_str("<time>") } else { out.push_str(word) }
    }
    // "Mar  1 2026 12:00:00" is one time, not five; a one-digit day is padded by a space.
    let mut merged = String::with_capacity(out.len());
    let mut last_was_time = false;
    for part in words(&out, |c| c != ' ') {
        let is_mark = part == "<time>" || (last_was_time && is_day(part));
        match (last_was_time, is_mark, part.trim().is_empty()) {
            (true, true, _) | (true, false, true) => {}
            _ => merged.push_str(part),
        }
        last_was_time = is_mark || (last_was_time && part.trim().is_empty());
    }
    merged
}

/// The text with every path (a word with a slash in it) as `<path>`.
pub(crate) fn without_paths(text: &str) -> String {
    let in_path = |c: char| {
        !c.is_whitespace() && !matches!(c, '"' | '\'' | '<' | '>' | ',' | ';' | '(' | ')' | '=' | '\0')
    };
    let mut out = String::with_capacity(text.len());
    for word in words(text, in_path) {
        if word.contains('/') { out.push_str("<path>") } else { out.push_str(word) }
    }
    out
}

/// The text in runs of characters that are `inside` a word and single characters that are not.
fn words(text: &str, inside: impl Fn(char) -> bool) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end =
            if inside(first) { rest.find(|c| !inside(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        let (word, after) = rest.split_at(end);
        out.push(word);
        rest = after;
    }
    out
}

fn is_day(word: &str) -> bool {
    word.len() <= 2 && word.parse::<u8>().is_ok_and(|d| (1..=31).contains(&d))
}

/// Whether a word is a date, a time of day, a month, a day of the week or seconds, milli- or nanoseconds since 1970.
fn is_time(word: &str) -> bool {
    let word = word.trim_matches(['.', '-', ':', '+']);
    if MONTHS.contains(&word) || DAYS.contains(&word) || matches!(word, "UTC" | "GMT") {
        return true;
    }
    is_epoch(word) || is_clock(word) || is_date(word)
}

fn is_epoch(word: &str) -> bool {
    let digits = word.split('.').next().unwrap_or_default();
    let seconds = match digits.len() {
        10 => digits.parse::<u64>().ok(),
        13 | 16 | 19 => digits
            .get(..10)
            .filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|d| d.parse().ok()),
        _ => None,
    };
    seconds.is_some_and(|s| SECONDS.contains(&s))
}

/// `12:00`, `12:00:00.5`, `12:00:00Z`, `12:00:00+01:00`.
fn is_clock(word: &str) -> bool {
    let fields: Vec<&str> = word.trim_end_matches('Z').split([':', '+', '.', '-']).collect();
    let two_digits = |f: &&str| f.len() == 2 && f.bytes().all(|b| b.is_ascii_digit());
    word.contains(':')
        && fields.len() >= 2
        && fields.iter().take(2).all(two_digits)
        && fields.iter().all(|f| f.bytes().all(|b| b.is_ascii_digit()))
}

/// `2026-03-01`, `20260301`, `2026.03.01`, a year, each with a time of day behind `T` or `-`.
fn is_date(word: &str) -> bool {
    let date = word.split('T').next().unwrap_or_default();
    let clock = word.get(date.len() + 1..).is_none_or(|c| {
        is_clock(c) || (c.len() >= 4 && c.trim_end_matches('Z').bytes().all(|b| b.is_ascii_digit()))
    });
    let digits: String = date.chars().filter(char::is_ascii_digit).collect();
    let only = date.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '.'));
    let year = digits.get(..4).and_then(|y| y.parse::<u16>().ok()).is_some_and(|y| (1980..2100).contains(&y));
    let in_range = |at: std::ops::Range<usize>, max: u8| {
        digits.get(at).and_then(|t| t.parse::<u8>().ok()).is_some_and(|v| (1..=max).contains(&v))
    };
    only && year
        && clock
        && match digits.len() {
            4 => date.len() == 4,
            8 => in_range(4..6, 12) && in_range(6..8, 31),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_all_kinds_are_the_same_behind_the_mark() {
        for (a, b) in [
            ("built 2026-03-01", "built 2036-12-31"),
            ("built 2026-03-01T12:00:00Z.", "built 2026-03-02T01:59:07+01:00."),
            ("Sun Mar  1 12:00:00 UTC 2026", "Mon Nov 23 07:10:59 UTC 2026"),
            ("__DATE__ Mar  1 2026", "__DATE__ Nov 23 2026"),
            ("epoch=1772362800", "epoch=1999999999"),
            ("ns 1772362800123456789", "ns 1999999999000000001"),
            ("v20260301-1", "v20260301-1"),
            ("12:00:01.5 x", "23:59:59.25 x"),
        ] {
            assert_eq!(without_times(a), without_times(b), "{a}");
        }
        for (a, b) in [
            ("version 1.2.3", "version 1.2.4"),
            ("n=12", "n=13"),
            ("0x1f", "0x20"),
            ("a1772362800", "a1772362801"),
        ] {
            assert_ne!(without_times(a), without_times(b), "{a}");
        }
    }

    #[test]
    fn paths_are_the_same_behind_the_mark() {
        assert_eq!(without_paths("at \"/tmp/a1/src/x.c\", 3"), without_paths("at \"/home/b/x.c\", 3"));
        assert_ne!(without_paths("at /tmp/a line 3"), without_paths("at /tmp/a line 4"));
        assert_eq!(without_paths("a = b"), "a = b");
    }
}
