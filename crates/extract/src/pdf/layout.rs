//! Layout: runs to lines, lines to paragraphs, table rows and headings; what repeats on every page is header or footer.

use super::content::{PageText, Run};
use crate::text::{Part, Text};
use std::collections::HashMap;

/// A line of text.
struct Line {
    /// Cells: pieces that a wide gap parts; one for prose.
    cells: Vec<String>,
    x: f32,
    y: f32,
    size: f32,
    bold: bool,
    /// Whether it continues the block of the line before.
    top: bool,
}

impl Line {
    fn text(&self) -> String {
        self.cells.join(" ")
    }
}

/// Turns the pages into blocks.
pub(super) fn blocks(pages: &[PageText], out: &mut Text) {
    let lines: Vec<Vec<Line>> = pages.iter().map(|p| lines(&p.runs)).collect();
    let body = body_size(&lines);
    let repeated = repeated(&lines);
    for (number, lines) in (1u32..).zip(&lines) {
        let mut paragraph = Paragraph::default();
        let count = lines.len();
        for (i, line) in lines.iter().enumerate() {
            let text = line.text();
            let edge = i < 3 || i + 3 >= count;
            if edge && repeated.contains_key(&shape(&text)) {
                paragraph.flush(out, number);
                out.push(if i < 3 { Part::Header } else { Part::Footer }, text, number);
            } else if line.cells.len() > 1 {
                paragraph.flush(out, number);
                out.push_row(line.cells.clone(), number);
            } else if let Some(level) = heading(line, &text, body) {
                paragraph.flush(out, number);
                out.push(Part::Heading(level), text, number);
            } else {
                paragraph.add(line, text, out, number);
            }
        }
        paragraph.flush(out, number);
    }
}

/// Lines that grow into one paragraph.
#[derive(Default)]
struct Paragraph {
    text: String,
    last: Option<(f32, f32, f32)>,
}

impl Paragraph {
    fn add(&mut self, line: &Line, text: String, out: &mut Text, page: u32) {
        let continues = self.last.is_some_and(|(x, y, size)| {
            let step = y - line.y;
            let near = step > 0.0 && step < size * 1.75;
            near && (size - line.size).abs() < 0.6 && (line.x - x).abs() < size * 4.0 && !line.top
        });
        let starts_item = text.starts_with(['•', '▪', '◦', '–', '∙'])
            || crate::plain::numbered_heading(&text)
            || text.split_once(' ').is_some_and(|(first, _)| {
                first.len() < 14 && first.contains('-') && first.bytes().any(|b| b.is_ascii_digit())
            });
        if !continues || starts_item {
            self.flush(out, page);
        }
        if self.text.ends_with('-')
            && text.starts_with(|c: char| c.is_lowercase())
            && self.text.chars().rev().nth(1).is_some_and(char::is_alphabetic)
        {
            self.text.pop();
        } else if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(&text);
        self.last = Some((line.x, line.y, line.size));
    }

    fn flush(&mut self, out: &mut Text, page: u32) {
        let text = std::mem::take(&mut self.text);
        self.last = None;
        let part = if text.starts_with(['•', '▪', '◦', '∙']) { Part::Item } else { Part::Paragraph };
        out.push(part, text.trim_start_matches(['•', '▪', '◦', '∙', ' ']), page);
    }
}

/// The lines of a page. The order of the content is kept where it runs down the page, as programs write it; pages that
/// were painted criss-cross are sorted.
fn lines(runs: &[Run]) -> Vec<Line> {
    let mut order: Vec<&Run> = runs.iter().filter(|r| !r.text.trim().is_empty()).collect();
    let upward = order.windows(2).filter(|w| matches!(w, [a, b] if b.y > a.y + a.size * 2.0)).count();
    if order.len() > 8 && upward * 6 > order.len() {
        order.sort_by(|a, b| {
            let level = (a.y - b.y).abs() < a.size.min(b.size) * 0.4;
            if level { a.x.total_cmp(&b.x) } else { b.y.total_cmp(&a.y) }
        });
    }
    let mut out: Vec<Line> = Vec::new();
    let mut current: Vec<&Run> = Vec::new();
    for run in order {
        let same = current.last().is_some_and(|last| {
            let level = (last.y - run.y).abs() < last.size.max(run.size) * 0.45;
            level && run.x > last.x - last.size
        });
        if !same && !current.is_empty() {
            out.extend(line(&current, out.last()));
            current.clear();
        }
        // The same text painted twice is bold, not said twice.
        let doubled = current.last().is_some_and(|last| {
            last.text == run.text
                && (last.x - run.x).abs() < run.size * 0.2
                && (last.y - run.y).abs() < run.size * 0.2
        });
        if !doubled {
            current.push(run);
        }
    }
    if !current.is_empty() {
        out.extend(line(&current, out.last()));
    }
    out
}

fn line(runs: &[&Run], before: Option<&Line>) -> Option<Line> {
    let first = runs.first()?;
    let mut cells = vec![String::new()];
    let mut end = first.x;
    let size = runs.iter().map(|r| r.size).fold(0.0, f32::max);
    for run in runs {
        let gap = run.x - end;
        let cell = cells.last_mut()?;
        if !cell.is_empty() {
            if gap > size * 1.6 {
                cells.push(String::new());
            } else if gap > size * 0.11 && !cell.ends_with(' ') {
                cell.push(' ');
            }
        }
        if let Some(cell) = cells.last_mut() {
            cell.push_str(&run.text);
        }
        end = run.end;
    }
    let letters: usize = runs.iter().map(|r| r.text.len()).sum();
    let bold = runs.iter().filter(|r| r.bold).map(|r| r.text.len()).sum::<usize>() * 10 > letters * 9;
    let cells: Vec<String> = cells.iter().map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()).collect();
    let top = before.is_none_or(|b| first.y > b.y + size * 0.5);
    (!cells.is_empty()).then_some(Line { cells, x: first.x, y: first.y, size, bold, top })
}

/// The size that most characters have.
fn body_size(pages: &[Vec<Line>]) -> f32 {
    let mut sizes: HashMap<i32, usize> = HashMap::new();
    for line in pages.iter().flatten() {
        #[allow(clippy::cast_possible_truncation, reason = "a font size in half points")]
        let key = (line.size * 2.0).round().clamp(0.0, 10_000.0) as i32;
        *sizes.entry(key).or_default() += line.cells.iter().map(String::len).sum::<usize>();
    }
    let most = sizes.into_iter().max_by_key(|(size, count)| (*count, *size)).map_or(20, |(size, _)| size);
    f32::from(i16::try_from(most).unwrap_or(20)) / 2.0
}

/// A line larger than the body, or bold and numbered or short.
fn heading(line: &Line, text: &str, body: f32) -> Option<u8> {
    let length = text.chars().count();
    if !(2..=140).contains(&length)
        || !text.chars().any(char::is_alphabetic)
        || text.ends_with(['.', ',', ';']) && length > 60
    {
        return None;
    }
    let ratio = line.size / body.max(1.0);
    if ratio > 1.6 {
        Some(1)
    } else if ratio > 1.3 {
        Some(2)
    } else if ratio > 1.12 {
        Some(3)
    } else if line.bold
        && (crate::plain::numbered_heading(text) || length < 70 && !text.ends_with(['.', ':']))
    {
        Some(4)
    } else {
        None
    }
}

/// The shape of a line: digits alike, so that page numbers repeat.
fn shape(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).filter(|c| !c.is_whitespace()).collect()
}

/// Shapes of first and last lines that stand on three pages or more, and on a third of them.
fn repeated(pages: &[Vec<Line>]) -> HashMap<String, usize> {
    let mut count: HashMap<String, usize> = HashMap::new();
    if pages.len() < 3 {
        return count;
    }
    for lines in pages {
        let head = lines.iter().take(3);
        let tail = lines.iter().skip(3.max(lines.len().saturating_sub(3)));
        let mut shapes: Vec<String> =
            head.chain(tail).map(|l| shape(&l.text())).filter(|s| s.len() < 160).collect();
        shapes.sort();
        shapes.dedup();
        for s in shapes {
            *count.entry(s).or_default() += 1;
        }
    }
    count.retain(|_, n| *n >= 3 && *n * 3 >= pages.len());
    count
}
