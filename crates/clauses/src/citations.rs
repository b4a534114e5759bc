//! Citations: which clause a text means, and whether citing it as current was right on a day.
//!
//! People write `820.30(h)`, `21 CFR 820.30(h)`, `QMSR 820.30(h)`, `qsr:820.30.h`. On 1 February 2026 that was current; a day
//! later the number is reserved, and a report that cites it as current is wrong, while a record made before is not.
//! What is found are numbers of 21 CFR 820, numbers of IEC 62304 that are no longer in force, and publications of
//! `library/superseded.toml`. A citation that is marked as historical in its own line (`legacy`, `formerly`, `bis Februar 2026`)
//! is right at any time.

use crate::day::Day;
use crate::library::{LibraryError, library};
use aho_corasick::packed::Searcher;
use memchr::memmem;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;
use toml::Spanned;

/// Whether a citation is current on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Current,
    /// It no longer is.
    Superseded {
        /// The first day on which it was not; none where the edition in force never had it.
        since: Option<Day>,
        /// What to cite instead.
        replaced_by: Vec<String>,
    },
    /// It is not yet.
    NotYet {
        /// The first day on which it is.
        from: Day,
    },
}

/// A citation in a text that was not current.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// As it is written.
    pub cited: String,
    /// What it means: a clause id, or the title of a publication.
    pub means: String,
    /// The first day on which it was not current; none where the edition in force never had it.
    pub since: Option<Day>,
    /// What to cite instead.
    pub replaced_by: Vec<String>,
}

/// Whether a clause (`qsr:820.30.h`, or as people write it) is current on a day; `None` where the library does not know it.
pub fn standing(citation: &str, at: Day) -> Option<Standing> {
    let id = resolve(citation)?;
    let clause = library().governing(&id)?;
    if !clause.in_force {
        return Some(Standing::Superseded { since: None, replaced_by: clause.replaced_by.clone() });
    }
    if let Some(from) = clause.valid_from.filter(|from| at < *from) {
        return Some(Standing::NotYet { from });
    }
    match clause.valid_to.filter(|to| at > *to) {
        Some(to) => {
            Some(Standing::Superseded { since: Some(next_day(to)), replaced_by: clause.replaced_by.clone() })
        }
        None => Some(Standing::Current),
    }
}

/// The id of the clause that a citation means: `820.30(h)`, `21 CFR 820.30(h)` and `qsr:820.30.h` are `qsr:820.30.h`;
/// `IEC 62304 5.8.3` is `62304:5.8.3`.
pub fn resolve(citation: &str) -> Option<String> {
    let text = citation.trim();
    if library().governing(text).is_some() {
        return Some(text.to_owned());
    }
    if let Some((_, id)) = us_numbers(text).into_iter().next() {
        return Some(id);
    }
    let numbers =
        text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '(' | ')')));
    let words: Vec<&str> = numbers.filter(|w| !w.is_empty()).collect();
    let standard = library().standards().iter().find(|s| {
        words.iter().any(|w| {
            *w == s.id || w.split(':').next() == Some(s.id.as_str()) || w.eq_ignore_ascii_case(&s.id)
        })
    })?;
    let number =
        words.iter().rev().find(|w| w.contains('.') && w.starts_with(|c: char| c.is_ascii_digit()))?;
    let id = format!("{}:{}", standard.id, paragraphs(number));
    library().governing(&id).map(|_| id)
}

/// `5.8.3(a)` as `5.8.3.a`.
fn paragraphs(number: &str) -> String {
    let dotted = number.replace(['(', ')'], ".").to_ascii_lowercase();
    dotted.split('.').filter(|p| !p.is_empty()).collect::<Vec<_>>().join(".")
}

/// The citations of a text that were not current on `at`, in order.
pub fn stale(text: &str, at: Day) -> Vec<Stale> {
    let mut out = Vec::new();
    for (range, id) in us_numbers(text).into_iter().chain(numbers_not_in_force(text)) {
        if let Some(Standing::Superseded { since, replaced_by }) = standing(&id, at) {
            let cited = text.get(range.clone()).unwrap_or_default().to_owned();
            out.push(Stale { range, cited, means: id, since, replaced_by });
        }
    }
    for (publication, range) in publications(text).filter(|(p, _)| p.since <= at) {
        let cited = text.get(range.clone()).unwrap_or_default().to_owned();
        let (means, replaced_by) = (publication.title.clone(), publication.replaced_by.clone());
        out.push(Stale { range, cited, means, since: Some(publication.since), replaced_by });
    }
    // The library's own id says itself that it is the legacy rule.
    let named_legacy = |s: &Stale| {
        text.get(..s.range.start).is_some_and(|t| t.ends_with("qsr:") && s.means.starts_with("qsr:"))
    };
    out.retain(|s| !named_legacy(s) && !is_historical(line_of(text, s.range.start)));
    out.sort_by_key(|s| (s.range.start, s.range.end));
    out.dedup_by(|b, a| b.range.start < a.range.end);
    out
}

/// Words that mark a citation as one of the past.
const HISTORICAL: [&str; 24] = [
    "not in force",
    "not used",
    "legacy",
    "former",
    "previous",
    "superseded",
    "replaced",
    "withdrawn",
    "obsolete",
    "reserved",
    "no longer",
    "pre-2026",
    "until 1 february 2026",
    "until 2026",
    "before 2 february 2026",
    "old numbering",
    "ehemal",
    "vormals",
    "früher",
    "abgelöst",
    "ersetzt",
    "zurückgezogen",
    "nicht mehr",
    "bis februar 2026",
];

fn is_historical(line: &str) -> bool {
    let line = line.to_lowercase();
    HISTORICAL.iter().any(|word| line.contains(word))
}

fn line_of(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1);
    let rest = text.get(start..).unwrap_or_default();
    rest.split('\n').next().unwrap_or_default()
}

/// Numbers of 21 CFR 820 with their ids: of the rule in force where it has the number, else of the one before.
fn us_numbers(text: &str) -> Vec<(Range<usize>, String)> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    for start in memmem::find_iter(bytes, "820.") {
        let before = start.checked_sub(1).and_then(|n| bytes.get(n));
        if before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-' | b',')) {
            continue;
        }
        let mut end = start + 4;
        while bytes.get(end).is_some_and(u8::is_ascii_digit) {
            end += 1;
        }
        if end == start + 4 || end > start + 7 {
            continue;
        }
        let section = text.get(start..end).unwrap_or_default();
        let mut id = section.to_owned();
        while let Some((letter, length)) = paragraph(bytes.get(end..).unwrap_or_default()) {
            id.push('.');
            id.push(letter);
            end += length;
        }
        for standard in ["qmsr", "qsr"] {
            let id = format!("{standard}:{id}");
            if library().governing(&id).is_some() || library().heading(&id).is_some() {
                out.push((start..end, id));
                break;
            }
        }
    }
    out
}

/// `(h)` or `.h` at the beginning: the letter or digit, and how long it is.
fn paragraph(rest: &[u8]) -> Option<(char, usize)> {
    match rest {
        [b'(', c, b')', ..] if c.is_ascii_alphanumeric() => Some((char::from(c.to_ascii_lowercase()), 3)),
        [b'.', c, next, ..] if c.is_ascii_lowercase() && !next.is_ascii_alphanumeric() => {
            Some((char::from(*c), 2))
        }
        [b'.', c] if c.is_ascii_lowercase() => Some((char::from(*c), 2)),
        _ => None,
    }
}

/// Bytes after `62304` in which its clause number is looked for.
const NUMBER_WITHIN: usize = 40;

/// Numbers of IEC 62304 that its edition no longer uses, where the standard is named just before.
fn numbers_not_in_force(text: &str) -> Vec<(Range<usize>, String)> {
    let gone = library().standards().iter().filter(|s| s.id == crate::GUIDED_STANDARD);
    let gone: Vec<&str> =
        gone.flat_map(|s| &s.clauses).filter(|c| !c.in_force).map(|c| c.number.as_str()).collect();
    let mut out = Vec::new();
    for at in memmem::find_iter(text.as_bytes(), "62304") {
        let line = line_of(text, at);
        let start = at + 5;
        let end_of_line = at + line.len().saturating_sub(at - line_start(text, at));
        let mut end = end_of_line.min(start + NUMBER_WITHIN);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let Some(window) = text.get(start..end) else { continue };
        let number = first_number(window);
        if let Some(range) = number {
            let written = window.get(range.clone()).unwrap_or_default();
            let number = paragraphs(&written.replace(' ', "."));
            if gone.contains(&number.as_str()) {
                out.push((
                    start + range.start..start + range.end,
                    format!("{}:{number}", crate::GUIDED_STANDARD),
                ));
            }
        }
    }
    out
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|t| t.rfind('\n')).map_or(0, |n| n + 1)
}

/// The first run of digits and dots with a dot inside, and a letter in brackets or after a blank and before a bracket.
fn first_number(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut start = 0;
    while start < bytes.len() {
        if !bytes.get(start)?.is_ascii_digit() {
            start += 1;
            continue;
        }
        let mut end = start;
        while bytes.get(end).is_some_and(|c| c.is_ascii_digit() || *c == b'.') {
            end += 1;
        }
        let run = text.get(start..end)?.trim_end_matches('.');
        if !run.contains('.') {
            start = end;
            continue;
        }
        let mut end = start + run.len();
        match bytes.get(end..) {
            Some([b'(', c, b')', ..]) if c.is_ascii_lowercase() => end += 3,
            Some([b' ', c, b')', ..]) if c.is_ascii_lowercase() => end += 3,
            Some([b'.', c, ..]) if c.is_ascii_lowercase() => end += 2,
            _ => {}
        }
        if bytes.get(end).is_some_and(u8::is_ascii_alphanumeric) {
            start = end + 1;
            continue;
        }
        return Some(start..end);
    }
    None
}

/// The day that a text says it was made: the first `date`, `Datum`, `effective`, `approved`, `released` or `as of` of its first lines
/// that a day follows on the same line, as 2025-11-03 or 03.11.2025.
pub fn date_of(text: &str) -> Option<Day> {
    const WORDS: [&str; 8] =
        ["date", "datum", "effective", "approved", "released", "as of", "stand", "gültig"];
    text.lines().take(60).find_map(|line| {
        let lower = line.to_lowercase();
        if !WORDS.iter().any(|w| lower.contains(w)) {
            return None;
        }
        let token = |c: char| !(c.is_ascii_digit() || c == '-' || c == '.');
        // A day has eight digits; most of what lies between other signs is empty.
        let tokens = lower.split(token).filter(|t| t.len() >= "1.1.2026".len());
        tokens.map(|t| t.trim_matches(['-', '.'])).find_map(day_of)
    })
}

fn day_of(token: &str) -> Option<Day> {
    if let Ok(day) = token.parse() {
        return Some(day);
    }
    let mut parts = token.split('.');
    let (Some(d), Some(m), Some(y), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let (d, m): (u8, u8) = (d.parse().ok()?, m.parse().ok()?);
    (y.len() == 4).then(|| format!("{y}-{m:02}-{d:02}").parse().ok())?
}

/// The day after; months have at most 31 days, and a day that does not exist is the first of the next month.
fn next_day(day: Day) -> Day {
    let text = day.to_string();
    let part = |range: Range<usize>| text.get(range).and_then(|t| t.parse::<u32>().ok()).unwrap_or(1);
    let (y, m, d) = (part(0..4), part(5..7), part(8..10));
    let candidates = [(y, m, d + 1), (y, m + 1, 1), (y + 1, 1, 1)];
    candidates.iter().find_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}").parse().ok()).unwrap_or(day)
}

/// A publication that another replaced.
struct Publication {
    title: String,
    cited_as: Vec<String>,
    since: Day,
    replaced_by: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SupersededFile {
    superseded: Vec<SupersededTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SupersededTable {
    title: Spanned<String>,
    cited_as: Vec<String>,
    since: String,
    replaced_by: Vec<String>,
}

fn parse_superseded(file: &str, text: &str) -> Result<Vec<Publication>, LibraryError> {
    let read: SupersededFile = toml::from_str(text)
        .map_err(|source| LibraryError::Read { file: file.to_owned(), source: Box::new(source) })?;
    let mut out = Vec::with_capacity(read.superseded.len());
    for t in read.superseded {
        let at =
            |problem: String| LibraryError::at(file, text, t.title.span().start, t.title.get_ref(), problem);
        let since = t.since.parse().map_err(|e: crate::day::ParseDayError| at(e.to_string()))?;
        if t.cited_as.iter().any(|c| c.trim().len() < 6) || t.cited_as.is_empty() {
            return Err(
                at("`cited_as` names at least one way to cite it, of six letters or more".to_owned()),
            );
        }
        if let Some(unknown) = t.replaced_by.iter().find(|c| library().governing(c).is_none()) {
            return Err(at(format!("`{unknown}` is no clause")));
        }
        out.push(Publication {
            title: t.title.into_inner(),
            cited_as: t.cited_as,
            since,
            replaced_by: t.replaced_by,
        });
    }
    Ok(out)
}

fn superseded() -> &'static [Publication] {
    static SUPERSEDED: OnceLock<Vec<Publication>> = OnceLock::new();
    SUPERSEDED.get_or_init(|| match parse_superseded("superseded.toml", crate::SUPERSEDED) {
        Ok(list) => list,
        // Not input: the file is compiled in, and the tests below read it before we ship.
        Err(error) => panic!("{error}"),
    })
}

/// How long the ends of names are by which a text is searched.
const ENDING: usize = 4;

/// The ends of all names by which publications that were replaced are cited, in small letters and in capitals: a word ends in
/// either. A few short literals are searched with vector instructions; a whole product is looked through at each check. `None`
/// where the machine has no such instructions.
fn endings() -> Option<&'static Searcher> {
    static ENDINGS: OnceLock<Option<Searcher>> = OnceLock::new();
    let searcher = ENDINGS.get_or_init(|| {
        let names = superseded().iter().flat_map(|p| &p.cited_as);
        let ends = names.map(|n| ending(n)).flat_map(|e| [e.to_ascii_lowercase(), e.to_ascii_uppercase()]);
        let ends: BTreeSet<Vec<u8>> = ends.collect();
        Searcher::new(ends)
    });
    searcher.as_ref()
}

/// The last bytes of a name; names are longer, as the file's reader has seen to.
fn ending(name: &str) -> &[u8] {
    name.as_bytes().last_chunk::<ENDING>().map_or(name.as_bytes(), |end| end)
}

/// The places where a publication that was replaced is cited, in small letters, capitals, or with capital first letters.
fn publications(text: &str) -> impl Iterator<Item = (&'static Publication, Range<usize>)> {
    let mut from = 0;
    let ends = std::iter::from_fn(move || {
        let bytes = text.as_bytes();
        let start = match endings() {
            Some(searcher) => searcher.find_in(bytes, (from..bytes.len()).into())?.start(),
            // Then every place is one where a name may end.
            None => Some(from).filter(|from| from + ENDING <= bytes.len())?,
        };
        // Endings may overlap: none is skipped.
        from = start + 1;
        Some(start + ENDING)
    });
    ends.flat_map(move |end| {
        superseded().iter().flat_map(move |p| {
            p.cited_as.iter().filter_map(move |name| {
                let range = end.checked_sub(name.len())?..end;
                text.get(range.clone())?.eq_ignore_ascii_case(name).then_some((p, range))
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn transfer_was_current_until_the_first_of_february_2026() {
        for written in ["820.30(h)", "21 CFR 820.30(h)", "§ 820.30(h)", "QMSR 820.30(h)", "qsr:820.30.h"] {
            assert_eq!(resolve(written).as_deref(), Some("qsr:820.30.h"), "{written}");
            assert_eq!(standing(written, day("2025-06-30")), Some(Standing::Current), "{written}");
            assert_eq!(standing(written, day("2026-02-01")), Some(Standing::Current), "{written}");
            let Some(Standing::Superseded { since, replaced_by }) = standing(written, day("2026-02-02"))
            else {
                panic!("{written}")
            };
            assert_eq!(since, Some(day("2026-02-02")));
            assert_eq!(replaced_by, ["qmsr:820.10.c", "13485:7.3.8"]);
        }
    }

    #[test]
    fn the_rule_in_force_is_not_yet_and_then_current() {
        assert_eq!(
            standing("820.35(a)", day("2026-02-01")),
            Some(Standing::NotYet { from: day("2026-02-02") })
        );
        assert_eq!(standing("21 CFR 820.35(a)", day("2026-03-01")), Some(Standing::Current));
        assert_eq!(standing("ISO 13485 7.3.8", day("2026-03-01")), Some(Standing::Current));
        assert_eq!(standing("IEC 62304:2006+A1:2015, 5.8.3", day("2026-03-01")), Some(Standing::Current));
        assert!(matches!(
            standing("62304:7.1.5", day("2026-03-01")),
            Some(Standing::Superseded { since: None, .. })
        ));
        assert_eq!(standing("the moon", day("2026-03-01")), None);
    }

    #[test]
    fn a_report_of_2026_is_wrong_and_a_record_of_2025_is_not() {
        let text = "Transfer was checked (21 CFR 820.30(h)).\nComplaints go by 820.35(a) and 820.198.\n";
        let now = stale(text, day("2026-03-01"));
        let cited: Vec<&str> = now.iter().map(|s| s.cited.as_str()).collect();
        assert_eq!(cited, ["820.30(h)", "820.198"]);
        assert_eq!(stale(text, day("2025-03-01")), []);
    }

    #[test]
    fn a_citation_that_says_it_is_of_the_past_is_right() {
        for text in [
            "qsr:820.30.h",
            "legacy QSR 820.30(h)",
            "formerly 820.40",
            "820.100 (abgelöst durch 8.5.2)",
            "820.30 is reserved now",
        ] {
            assert_eq!(stale(text, day("2026-03-01")), [], "{text}");
        }
    }

    #[test]
    fn numbers_of_other_things_are_not_citations() {
        for text in [
            "1820.30",
            "820.3000",
            "5.820.30",
            "price 820.",
            "10,820.30",
            "item-820.30",
            "version 62304.7.1.5x 7.1.4",
        ] {
            assert_eq!(stale(text, day("2026-03-01")), [], "{text}");
        }
    }

    #[test]
    fn numbers_that_the_amendment_dropped_are_found_behind_the_standards_name() {
        for text in
            ["IEC 62304:2006+A1:2015, clause 7.1.5", "62304:7.3.2", "IEC 62304 4.3 b)", "62304 4.3(b)"]
        {
            assert_eq!(stale(text, day("2026-03-01")).len(), 1, "{text}");
        }
        assert_eq!(stale("ISO 14971 clause 7.1.5; IEC 62304, 7.1.4", day("2026-03-01")), []);
    }

    #[test]
    fn superseded_publications_are_found() {
        let found =
            stale("Agile work follows AAMI TIR45:2012. Moderate level of concern.", day("2026-03-01"));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(stale("TIR45:2023", day("2026-03-01")).is_empty());
    }

    #[test]
    fn a_text_says_when_it_was_made() {
        assert_eq!(date_of("---\ntitle: x\ndate: 2025-11-03\n---\n"), Some(day("2025-11-03")));
        assert_eq!(date_of("Datum: 03.11.2025"), Some(day("2025-11-03")));
        assert_eq!(date_of("no day here\n2025-01-01"), None);
        assert_eq!(date_of("date: 31.02.2025"), None);
    }

    #[test]
    fn the_day_after_exists() {
        for (a, b) in
            [("2026-02-01", "2026-02-02"), ("2025-12-31", "2026-01-01"), ("2024-02-28", "2024-02-29")]
        {
            assert_eq!(next_day(day(a)), day(b));
        }
    }

    proptest! {
        #[test]
        fn publications_are_found_wherever_a_plain_search_finds_them(
            text in "(level of concern|LEVEL of Concern|CONCERN|minor |TIR45|:|-|2012|2007|ISO |14971|1397|ſ|K|20|1)*",
        ) {
            let lower = text.to_ascii_lowercase();
            let mut plain: Vec<_> = superseded()
                .iter()
                .flat_map(|p| &p.cited_as)
                .flat_map(|n| {
                    let name = n.to_ascii_lowercase();
                    let at: Vec<_> =
                        (0..lower.len()).filter(|i| lower.as_bytes()[*i..].starts_with(name.as_bytes())).collect();
                    at.into_iter().map(move |i| i..i + name.len())
                })
                .collect();
            let mut found: Vec<_> = publications(&text).map(|(_, range)| range).collect();
            plain.sort_by_key(|r| (r.start, r.end));
            found.sort_by_key(|r| (r.start, r.end));
            prop_assert_eq!(plain, found);
        }

        #[test]
        fn any_text_is_searched(text in "(820\\.|62304|[0-9.()a-zß:\n ]){0,30}") {
            for s in stale(&text, day("2026-03-01")) {
                prop_assert_eq!(text.get(s.range.clone()), Some(s.cited.as_str()));
            }
            let _ = (resolve(&text), date_of(&text));
        }
    }
}
