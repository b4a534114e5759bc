//! Passages: the sentences and table rows of a document with what stands above them.

use crate::mood::{Mood, mood};
use crate::negation::{Build, affirms_by_two, answer, denied_of_all, is_needless};
use crate::refusal::{judges, refuses, refuses_itself, takes_back};
use crate::template::{is_instruction, is_placeholder};
use crate::values;
use crate::voice::{Voice, voice};
use crate::words::{is_duty, words};
use clauses::Value;
use extract::{Part, Text};

/// One sentence or one row.
#[derive(Clone, Debug)]
pub(crate) struct Passage {
    /// As it stands in the document; what a quotation shows.
    pub(crate) text: String,
    /// The headings above it, outermost first.
    pub(crate) headings: Vec<String>,
    /// The page; 0 where the format has none.
    pub(crate) page: u32,
    /// What it says by itself; for a row also the heads of the columns that it fills. Empty once it is in the index, which keeps
    /// words as numbers.
    pub(crate) words: Vec<String>,
    /// What stands above it: headings, and the heads of columns. Empty once it is in the index.
    pub(crate) above: Vec<String>,
    /// A row of a table.
    pub(crate) row: bool,
    /// A place to fill in, or a row whose answers are blank.
    pub(crate) blank: bool,
    /// A duty, an intention or a habit.
    pub(crate) duty: bool,
    /// Whether it says that something is so, is meant to come, or is not settled.
    pub(crate) mood: Mood,
    /// A place of a form that somebody filled in: a row of which most cells say something, or a name and its value, where that names
    /// something of its own.
    pub(crate) answered: bool,
    /// Two negations in one statement: what is denied is that it is not so.
    pub(crate) affirms_by_two: bool,
    /// Of nobody and nothing it is said.
    pub(crate) denied_of_all: bool,
    /// It says that something is not needed.
    pub(crate) needless: bool,
    /// What its negations reach.
    pub(crate) build: Build,
    /// Whose practice it speaks of.
    pub(crate) voice: Voice,
    /// What it answers to its own question or topic, or the sentence after it to what it says: `yes` or `no`.
    pub(crate) answer: Option<bool>,
}

/// Whether a block counts as what the document says.
fn speaks(part: Part) -> bool {
    !matches!(part, Part::Deleted | Part::Comment)
}

/// The passages of a text, and how many of its statements are places to fill in.
pub(crate) fn passages(text: &Text) -> Vec<Passage> {
    let mut out = Vec::new();
    let mut headings: Vec<(u8, String)> = Vec::new();
    let mut head: Option<Vec<String>> = None;
    let mut section_start = 0usize;
    for block in text.blocks.iter().filter(|b| speaks(b.part)) {
        if !matches!(block.part, Part::Row) {
            head = None;
        }
        match block.part {
            Part::Heading(level) => {
                close_section(&mut out, section_start, &headings, block.page);
                headings.retain(|(l, _)| *l < level);
                headings.push((level, block.text.clone()));
                section_start = out.len();
            }
            Part::Row => match &head {
                None => {
                    // A first row without digits and with text in each cell is the table's head.
                    let cells = &block.cells;
                    let is_head = cells.len() > 1
                        && cells.iter().all(|c| !c.is_empty() && c.len() < 80)
                        && !two_column_facts(cells);
                    if is_head {
                        head = Some(cells.clone());
                    } else {
                        out.push(row(block.cells.as_slice(), None, &headings, block.page));
                    }
                }
                Some(_) if remark(&block.cells).is_some() => {
                    for sentence in remark(&block.cells).map(answered).unwrap_or_default() {
                        out.push(prose(sentence, &headings, block.page));
                    }
                }
                Some(columns) => out.push(row(&block.cells, Some(columns), &headings, block.page)),
            },
            Part::Quote => {
                for sentence in answered(&block.text) {
                    let mut passage = prose(sentence, &headings, block.page);
                    passage.blank |= is_instruction(sentence);
                    out.push(passage);
                }
            }
            _ => {
                for (at, sentence) in answered(&block.text).into_iter().enumerate() {
                    if at > 0
                        && takes_back(sentence)
                        && let Some(before) = out.last_mut()
                    {
                        before.answer = Some(false);
                    }
                    out.push(prose(sentence, &headings, block.page));
                }
            }
        }
    }
    close_section(&mut out, section_start, &headings, 0);
    out
}

/// A heading without a statement below it is a blank section, or says what it says by itself.
fn close_section(out: &mut Vec<Passage>, start: usize, headings: &[(u8, String)], page: u32) {
    if out.len() == start
        && let Some((_, last)) = headings.last()
    {
        let mut passage = prose(last, &headings[..headings.len().saturating_sub(1)], page);
        // Prose never begins below a heading that is followed by a deeper one; alone it is no evidence.
        passage.duty = true;
        out.push(passage);
    }
}

fn prose(text: &str, headings: &[(u8, String)], page: u32) -> Passage {
    let own = words(text);
    let value = text.split_once(':').map_or("", |(_, value)| value);
    Passage {
        answered: specific(value),
        affirms_by_two: affirms_by_two(&own),
        denied_of_all: denied_of_all(&own),
        duty: is_duty(&own, text),
        mood: mood(&own, &text.to_lowercase()),
        needless: is_needless(&own),
        build: Build::of(text),
        voice: voice(text, &own),
        answer: question_answered(text).or_else(|| refuses_itself(text).then_some(false)),
        blank: is_placeholder(text) || unanswered(text) || speaks_to_author(text),
        above: headings.iter().flat_map(|(_, h)| words(h)).collect(),
        headings: headings.iter().map(|(_, h)| h.clone()).collect(),
        text: text.to_owned(),
        words: own,
        page,
        row: false,
    }
}

/// A sentence that tells the author of a document what to write.
fn speaks_to_author(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "describe ",
        "discuss ",
        "explain ",
        "specify ",
        "beschreiben sie",
        "erläutern sie",
        "geben sie an",
    ];
    let lower = text.trim_start().to_lowercase();
    WORDS.iter().any(|w| lower.starts_with(w))
}

/// Whether an answer names something of its own: a day, a version, an identifier.
fn specific(answer: &str) -> bool {
    [Value::Date, Value::Version, Value::Identifier].iter().any(|v| values::holds(*v, answer))
}

/// The words of a row that is a remark below a table: its only filled cell, a whole sentence that ends as one and names a day or a
/// version. A statement to be ticked names neither.
fn remark(cells: &[String]) -> Option<&str> {
    let mut filled = cells.iter().filter(|c| !c.trim().is_empty());
    let (text, rest) = (filled.next()?.trim(), filled.next());
    let sentence = text.ends_with('.') && text.split_whitespace().count() >= REMARK_MIN;
    let named = [Value::Date, Value::Version].iter().any(|v| values::holds(*v, text));
    (rest.is_none() && cells.len() > 1 && sentence && named && !is_placeholder(text)).then_some(text)
}

/// Words that a remark has at least.
const REMARK_MIN: usize = 5;

/// `Root cause:` with nothing after it.
fn unanswered(text: &str) -> bool {
    text.trim_end().ends_with(':') && text.len() < 60 && !text.contains(". ")
}

/// `Version | 3.2.0`: a name and its value, not the head of a table.
fn two_column_facts(cells: &[String]) -> bool {
    cells.len() == 2
        && cells
            .get(1)
            .is_some_and(|c| c.chars().any(|c| c.is_ascii_digit()) || c.split_whitespace().count() > 4)
}

fn row(cells: &[String], columns: Option<&Vec<String>>, headings: &[(u8, String)], page: u32) -> Passage {
    let mut own = Vec::new();
    let mut build = Build::default();
    let mut above: Vec<String> = headings.iter().flat_map(|(_, h)| words(h)).collect();
    let (mut filled, mut answers) = (0usize, 0usize);
    for (i, cell) in cells.iter().enumerate() {
        let column = columns.and_then(|c| c.get(i));
        let blank = is_placeholder(cell) && cell.trim() != "-" && cell.trim() != "–";
        if let Some(column) = column {
            above.extend(words(column));
        }
        if i > 0 {
            answers += 1;
            filled += usize::from(!blank);
        }
        if !blank {
            let said = column.map_or_else(|| cell.clone(), |c| format!("{c} {cell}"));
            own.extend(words(&said));
            build.add(&said);
        }
    }
    // In a table each cell stands by itself: a condition of one is none of another.
    build.conditional = false;
    let text = cells.join(" | ");
    let question = cells.iter().any(|c| c.trim_end().ends_with('?'));
    // A row of a form whose cells after the question are nearly all empty was not filled in.
    let mostly_blank = answers > 0 && filled * 3 < answers + usize::from(question);
    let first_blank = cells.first().is_none_or(|c| is_placeholder(c));
    let unanswered_list = columns.is_some_and(|c| c.len() >= 3) && answers >= 2 && filled == 0;
    let question_unanswered = question && filled <= 1 && cells.last().is_some_and(|c| c.trim().is_empty());
    Passage {
        answered: filled * 3 >= answers * 2 && cells.iter().skip(1).any(|c| specific(c)),
        affirms_by_two: affirms_by_two(&own),
        denied_of_all: denied_of_all(&own),
        duty: is_duty(&own, &text) && columns.is_none(),
        mood: cells
            .iter()
            .skip(1)
            .map(|c| mood(&words(c), &c.to_lowercase()))
            .find(|m| *m != Mood::Stated)
            .unwrap_or_default(),
        needless: is_needless(&own),
        build,
        voice: Voice::Own,
        answer: if question { answer_in_row(cells, columns) } else { refused_in_row(cells) },
        blank: mostly_blank
            || unanswered_list
            || question_unanswered
            || (first_blank && filled == 0)
            || has_placeholder_cell(cells),
        headings: headings.iter().map(|(_, h)| h.clone()).collect(),
        text,
        words: own,
        above,
        page,
        row: true,
    }
}

/// A cell that asks to be filled in, other than an empty one.
fn has_placeholder_cell(cells: &[String]) -> bool {
    cells.iter().skip(1).any(|c| c.chars().any(char::is_alphanumeric) && is_placeholder(c))
}

/// Sentences, a question together with its answer.
fn answered(text: &str) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for sentence in sentences(text) {
        let asked = out.last().filter(|q| q.ends_with('?') && answer(sentence).is_some());
        // Both are parts of the one text, so what lies between them is known.
        let both = asked.and_then(|q| {
            let start = text.find(*q)?;
            let end = start + q.len() + text.get(start + q.len()..)?.find(sentence)? + sentence.len();
            text.get(start..end)
        });
        match (both, out.last_mut()) {
            (Some(both), Some(last)) => *last = both,
            _ => out.push(sentence),
        }
    }
    out
}

/// The answer after a question in the same text.
fn question_answered(text: &str) -> Option<bool> {
    let (question, rest) = text.split_once('?')?;
    answer(rest).filter(|yes| *yes || !judges(question))
}

/// The answer of a row whose question stands in one of its cells: a cell that says it, or the head of the column that is ticked.
fn answer_in_row(cells: &[String], columns: Option<&Vec<String>>) -> Option<bool> {
    let others =
        || cells.iter().enumerate().filter(|(_, c)| !c.trim().is_empty() && !c.trim_end().ends_with('?'));
    let ticked = |c: &str| matches!(c.trim().to_lowercase().as_str(), "x" | "✓" | "✔" | "☒" | "☑" | "[x]");
    others().find_map(|(at, cell)| {
        let head = columns.and_then(|c| c.get(at)).filter(|_| ticked(cell));
        answer(head.unwrap_or(cell))
    })
}

/// Whether the cell after the topic of a row denies it.
fn refused_in_row(cells: &[String]) -> Option<bool> {
    let (topic, answer) = (cells.first()?, cells.get(1)?);
    refuses(topic, answer).then_some(false)
}

/// Sentences; a dot inside a number, after an abbreviation or before a small letter ends none.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if !matches!(c, '.' | '!' | '?' | ';' | '\n') {
            continue;
        }
        let rest = text.get(at + c.len_utf8()..).unwrap_or("");
        let before = text.get(start..at).unwrap_or("");
        let last = before.rsplit([' ', '(']).next().unwrap_or("");
        // `In chapter 5. The next` ends a sentence, `on 5. March` does not.
        let chapter = || {
            let of = before.rsplit([' ', '(']).nth(1).unwrap_or("").to_lowercase();
            matches!(
                of.as_str(),
                "kapitel" | "abschnitt" | "anhang" | "tabelle" | "chapter" | "section" | "table"
            )
        };
        let abbreviation = c == '.'
            && !chapter()
            && (last.chars().count() <= 2 && last.chars().all(char::is_alphanumeric)
                || matches!(
                    last.to_lowercase().as_str(),
                    "e.g"
                        | "i.e"
                        | "z.b"
                        | "bzw"
                        | "ca"
                        | "vgl"
                        | "incl"
                        | "inkl"
                        | "etc"
                        | "approx"
                        | "fig"
                        | "no"
                        | "nr"
                        | "rev"
                        | "ver"
                ));
        let boundary = rest.starts_with(char::is_whitespace) || rest.is_empty();
        let next = rest.trim_start().chars().next();
        let starts = next.is_none_or(|n| {
            n.is_uppercase() || n.is_ascii_digit() || matches!(n, '"' | '„' | '(' | '[' | '•' | '-' | '<')
        }) || c == ';'
            || c == '\n';
        if boundary && starts && !abbreviation {
            out.push(text.get(start..at + c.len_utf8()).unwrap_or("").trim());
            start = at + c.len_utf8();
        }
    }
    out.push(text.get(start..).unwrap_or("").trim());
    out.retain(|s| !s.is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_alone_in_a_row_is_a_remark_and_an_unanswered_question_is_not() {
        let cells = |c: &[&str]| c.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        let said = cells(&["The lists of Qt 6.5 were read on 2025-01-20.", "", ""]);
        assert_eq!(remark(&said), Some("The lists of Qt 6.5 were read on 2025-01-20."));
        for row in [
            cells(&["All planned verification activities completed", "", ""]),
            cells(&["All planned verification activities have been completed.", "", ""]),
            cells(&["Were the lists of the suppliers read?", "", ""]),
            cells(&["The lists of Qt were read by us.", "yes", ""]),
            cells(&["TBD by the owner of this very table.", ""]),
            cells(&["", ""]),
        ] {
            assert_eq!(remark(&row), None, "{row:?}");
        }
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        let text = "All tests (see Fig. 3) passed on 3. March, i.e. before release 2.1. The results, e.g. TR-1, were judged! Done";
        assert_eq!(
            sentences(text),
            [
                "All tests (see Fig. 3) passed on 3. March, i.e. before release 2.1.",
                "The results, e.g. TR-1, were judged!",
                "Done"
            ]
        );
    }
}
