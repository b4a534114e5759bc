//! Signature blocks: who approved, wrote or released a document, when, and with what meaning.

use crate::text::{Block, Part, Text};
use serde::{Deserialize, Serialize};

/// A signature as it stands in a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// What it means, in the document's word: `approved`, `geprüft`.
    pub meaning: String,
    /// Name or role; empty where the line is blank.
    pub name: String,
    /// The date as `2025-03-14`; empty where there is none.
    pub date: String,
    /// The page.
    pub page: u32,
}

/// Words that introduce a signature, and what they mean.
const WORDS: &[(&str, &str)] = &[
    ("approved by", "approved"),
    ("approved", "approved"),
    ("approver", "approved"),
    ("released by", "released"),
    ("reviewed by", "reviewed"),
    ("checked by", "reviewed"),
    ("verified by", "reviewed"),
    ("prepared by", "written"),
    ("written by", "written"),
    ("author", "written"),
    ("signed by", "signed"),
    ("signature", "signed"),
    ("freigegeben durch", "approved"),
    ("freigegeben von", "approved"),
    ("freigegeben", "approved"),
    ("freigabe durch", "approved"),
    ("genehmigt von", "approved"),
    ("genehmigt durch", "approved"),
    ("genehmigt", "approved"),
    ("geprüft von", "reviewed"),
    ("geprüft durch", "reviewed"),
    ("geprüft", "reviewed"),
    ("erstellt von", "written"),
    ("erstellt durch", "written"),
    ("erstellt", "written"),
    ("unterschrift", "signed"),
];

/// The signature blocks of a text: lines such as `Approved by: name, date`, and rows whose first cell is such a word.
pub fn signatures(text: &Text) -> Vec<Signature> {
    text.blocks.iter().filter_map(signature).collect()
}

fn signature(block: &Block) -> Option<Signature> {
    if matches!(block.part, Part::Deleted | Part::Comment | Part::Quote | Part::Heading(_))
        || block.text.len() > 300
    {
        return None;
    }
    let (head, rest) = if block.cells.is_empty() {
        block.text.split_once(':').map(|(h, r)| (h.to_owned(), r.to_owned()))?
    } else {
        (block.cells.first()?.clone(), block.cells.get(1..).unwrap_or_default().join(", "))
    };
    let head = head.trim().trim_end_matches(':').to_lowercase();
    let (_, meaning) = WORDS.iter().find(|(word, _)| head == *word)?;
    let date = find_date(&rest).map(|(_, date)| date).unwrap_or_default();
    let name = rest.split([',', ';', '|']).map(str::trim).find(|p| {
        p.chars().any(char::is_alphabetic)
            && find_date(p).is_none()
            && !p.starts_with(['[', '<'])
            && !p.starts_with("__")
            && !p.starts_with('…')
    });
    Some(Signature {
        meaning: (*meaning).to_owned(),
        name: name.unwrap_or("").to_owned(),
        date,
        page: block.page,
    })
}

/// The first date of a text, with where it begins: `2025-03-14`, `14.03.2025`, `14 March 2025`, `March 14, 2025`,
/// `14/03/2025` (day first).
pub fn find_date(text: &str) -> Option<(usize, String)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes.get(at).is_some_and(u8::is_ascii_digit)
            && (at == 0 || !bytes.get(at - 1).is_some_and(u8::is_ascii_alphanumeric))
        {
            if let Some(date) = numeric(text.get(at..)?) {
                return Some((at, date));
            }
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
        }
        at += 1;
    }
    worded(text)
}

fn numeric(text: &str) -> Option<String> {
    let mut numbers: Vec<&str> = Vec::new();
    let mut separators = Vec::new();
    let mut rest = text;
    while numbers.len() < 3 {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if end == 0 || end > 4 {
            return None;
        }
        numbers.push(rest.get(..end)?);
        rest = rest.get(end..)?;
        if numbers.len() < 3 {
            let separator = rest.chars().next().filter(|c| matches!(c, '-' | '.' | '/'))?;
            separators.push(separator);
            rest = rest.get(1..)?;
            if separator == '.' {
                rest = rest.strip_prefix(' ').unwrap_or(rest);
            }
        }
    }
    if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && !rest.starts_with('T') {
        return None;
    }
    let &[a, b, c] = numbers.as_slice() else { return None };
    if separators.first() != separators.last() {
        return None;
    }
    match (a.len(), c.len()) {
        (4, 1 | 2) => civil(a, b, c),
        (1 | 2, 4) => civil(c, b, a).or_else(|| civil(c, a, b)),
        _ => None,
    }
}

fn civil(year: &str, month: &str, day: &str) -> Option<String> {
    let (y, m, d): (u32, u32, u32) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    ((1980..2100).contains(&y) && (1..=12).contains(&m) && (1..=31).contains(&d))
        .then(|| format!("{y:04}-{m:02}-{d:02}"))
}

/// Months by their first letters, English and German.
const MONTHS: &[(&str, u32)] = &[
    ("jan", 1),
    ("feb", 2),
    ("mar", 3),
    ("mär", 3),
    ("apr", 4),
    ("may", 5),
    ("mai", 5),
    ("jun", 6),
    ("jul", 7),
    ("aug", 8),
    ("sep", 9),
    ("oct", 10),
    ("okt", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
];

fn worded(text: &str) -> Option<(usize, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    for (i, word) in words.iter().enumerate() {
        let lower = word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
        let Some((_, month)) =
            MONTHS.iter().find(|(m, _)| lower.starts_with(m) && lower.chars().count() <= 9)
        else {
            continue;
        };
        let number = |w: Option<&&str>| {
            w.and_then(|w| w.trim_matches(|c: char| !c.is_ascii_digit()).parse::<u32>().ok())
        };
        let before = i.checked_sub(1).and_then(|b| number(words.get(b)));
        let (after, later) = (number(words.get(i + 1)), number(words.get(i + 2)));
        let (day, year) = match (before, after, later) {
            (Some(day @ 1..=31), Some(year @ 1980..=2100), _) => (day, year),
            (_, Some(day @ 1..=31), Some(year @ 1980..=2100)) => (day, year),
            _ => continue,
        };
        return Some((text.find(word).unwrap_or(0), format!("{year:04}-{month:02}-{day:02}")));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found_as_people_write_them() {
        for (text, date) in [
            ("on 2025-03-14.", "2025-03-14"),
            ("am 03.06.2025 durch", "2025-06-03"),
            ("14 March 2025", "2025-03-14"),
            ("March 14, 2025", "2025-03-14"),
            ("3. Juni 2025", "2025-06-03"),
            ("31/12/2024", "2024-12-31"),
        ] {
            assert_eq!(find_date(text).map(|(_, d)| d).as_deref(), Some(date), "{text}");
        }
        for text in ["1.2.3", "version 3.2.0", "10.5.1", "99.99.2025", "IEC 62304:2006", "may not"] {
            assert_eq!(find_date(text), None, "{text}");
        }
    }

    #[test]
    fn a_signature_has_name_date_and_meaning_and_a_blank_line_has_none() {
        let mut text = Text::default();
        text.push(Part::Paragraph, "Approved by: qa-lead, 2025-03-14", 2);
        text.push(Part::Paragraph, "Freigegeben: ____________ Datum: ", 3);
        text.push_row(vec!["Reviewed by".into(), "software lead".into(), "14.03.2025".into()], 3);
        let found = signatures(&text);
        let short: Vec<_> =
            found.iter().map(|s| (s.meaning.as_str(), s.name.as_str(), s.date.as_str())).collect();
        assert_eq!(
            short,
            [
                ("approved", "qa-lead", "2025-03-14"),
                ("approved", "", ""),
                ("reviewed", "software lead", "2025-03-14")
            ]
        );
    }
}
