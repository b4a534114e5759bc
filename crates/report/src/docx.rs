//! A sheet as a Word file (Office Open XML), for people who comment and compare in an office program. Headings, lists and tables are those of
//! the program, so that its outline, search and change tracking work. The same sheet gives the same bytes.
//!
//! The record is the PDF/A: a Word file can be changed by whoever opens it, and says so in its foot.

use std::io::Cursor;

use docx_rs::{
    AbstractNumbering, AlignmentType, BreakType, Docx, Footer, Hyperlink, HyperlinkData, HyperlinkType,
    IndentLevel, Level, LevelJc, LevelText, NumPages, NumberFormat, Numbering, NumberingId, PageMargin,
    PageNum, Paragraph, Pic, Run, RunFonts, Shading, ShdType, SpecialIndentType, Start, Style, StyleType,
    Table, TableCell, TableLayoutType, TableRow, WidthType,
};
use views::{Mark, Seat, Signature};

use crate::block::{Align, Block, Cell, Column, Inline};
use crate::sheet::{self, ReportError, Sheet};
use crate::when::day_and_time;

/// The width of the text on A4 with the margins below, in twentieths of a point.
const WIDTH: usize = 9360;
/// Quiet grey of the second voice, and the ground of code and heads of tables.
const SOFT: &str = "5F6B7A";
const GROUND: &str = "EEF1F4";
/// The widest picture, in pixels.
const WIDEST: u32 = 620;
/// Bullets are numbering 1; each numbered list gets one of its own, so that it begins at its own number.
const BULLETS: usize = 1;

/// Writes `sheet`.
pub(crate) fn write(sheet: &Sheet) -> Result<Vec<u8>, ReportError> {
    let mut writer =
        Writer { sheet, docx: page(sheet), paragraphs: 0, pictures: 0, links: 0, numberings: BULLETS };
    writer.cover();
    writer.blocks(&sheet.blocks, 0);
    writer.ends();
    let date = format!("{}T00:00:00Z", sheet.cover.as_of);
    let docx = writer.docx.created_at(&date).updated_at(&date);
    let mut out = Cursor::new(Vec::new());
    docx.pack(&mut out).map_err(|e| ReportError::Docx {
        document: sheet.cover.id.clone(),
        source: std::io::Error::other(e.to_string()),
    })?;
    Ok(out.into_inner())
}

/// Page, styles and the kinds of lists.
fn page(sheet: &Sheet) -> Docx {
    let margin =
        PageMargin { top: 1200, bottom: 1200, left: 1273, right: 1273, header: 600, footer: 600, gutter: 0 };
    let font = RunFonts::new().ascii("Inter").hi_ansi("Inter").cs("Inter").east_asia("Inter");
    let mut docx =
        Docx::new().page_size(11906, 16838).page_margin(margin).default_fonts(font).default_size(19);
    for (level, size) in [(1, 32), (2, 26), (3, 22), (4, 20)] {
        let style = Style::new(format!("Heading{level}"), StyleType::Paragraph)
            .name(format!("heading {level}"))
            .based_on("Normal")
            .next("Normal")
            .q_format(true)
            .outline_lvl(level - 1)
            .size(size)
            .bold();
        docx = docx.add_style(style);
    }
    let title =
        Style::new("Title", StyleType::Paragraph).name("Title").next("Normal").q_format(true).size(40).bold();
    let mut bullets = AbstractNumbering::new(BULLETS);
    for level in 0..4 {
        bullets = bullets.add_level(list_level(level, NumberFormat::new("bullet"), "•", 1));
    }
    let cover = &sheet.cover;
    let foot = Paragraph::new()
        .id("0f000001")
        .add_run(soft(&format!(
            "{} · revision {} · a copy for work; the record is the PDF/A · ",
            cover.id, cover.revision
        )))
        .add_page_num(PageNum::new())
        .add_run(soft(" / "))
        .add_num_pages(NumPages::new());
    docx.add_style(title)
        .add_abstract_numbering(bullets)
        .add_numbering(Numbering::new(BULLETS, BULLETS))
        .footer(Footer::new().add_paragraph(foot))
}

fn list_level(level: usize, format: NumberFormat, text: &str, start: usize) -> Level {
    let indent = i32::try_from(360 * (level + 1)).unwrap_or(360);
    Level::new(level, Start::new(start), format, LevelText::new(text), LevelJc::new("left")).indent(
        Some(indent),
        Some(SpecialIndentType::Hanging(300)),
        None,
        None,
    )
}

fn soft(text: &str) -> Run {
    Run::new().add_text(clean(text)).color(SOFT)
}

/// Text without the characters that XML does not know: one of them makes the whole file unreadable.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| matches!(c, '\t' | '\n' | '\r') || !c.is_control())
        .filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

struct Writer<'a> {
    sheet: &'a Sheet,
    docx: Docx,
    paragraphs: u32,
    pictures: u32,
    links: u32,
    numberings: usize,
}

impl Writer<'_> {
    /// A paragraph with the next number as its id: the library's own counter runs on over all files of a process.
    fn paragraph(&mut self) -> Paragraph {
        self.paragraphs += 1;
        Paragraph::new().id(format!("{:08x}", self.paragraphs))
    }

    fn add(&mut self, paragraph: Paragraph) {
        let docx = std::mem::take(&mut self.docx);
        self.docx = docx.add_paragraph(paragraph);
    }

    fn cover(&mut self) {
        let cover = &self.sheet.cover;
        let title = self.paragraph().style("Title").add_run(Run::new().add_text(clean(&cover.title)));
        self.add(title);
        for Mark { text, .. } in &cover.marks {
            let mark = self.paragraph().add_run(Run::new().add_text(clean(text)).bold());
            self.add(mark);
        }
        self.facts(&sheet::cover_facts(self.sheet));
    }

    /// Approvals and history, which stand at the end as in the other forms.
    fn ends(&mut self) {
        let cover = &self.sheet.cover;
        if !cover.approvals.is_empty() {
            self.heading(1, "", &[Inline::Text("Approvals".to_owned())]);
            for s in &cover.approvals {
                self.signature(&s.role, "", Some(s), "signature");
            }
        }
        if !cover.history.is_empty() {
            self.heading(1, "", &[Inline::Text("History".to_owned())]);
            let (columns, rows) = sheet::history_table(&cover.history);
            self.table(&columns, &rows);
        }
    }

    fn blocks(&mut self, blocks: &[Block], depth: usize) {
        for block in blocks {
            self.block(block, depth);
        }
    }

    fn block(&mut self, block: &Block, depth: usize) {
        match block {
            Block::Heading { level, number, text, status } => {
                let mut text = text.clone();
                if let Some(verdict) = status {
                    text.push(Inline::Soft(format!(" {} {}", verdict.shape(), verdict.words())));
                }
                self.heading(*level, number, &text);
            }
            Block::Paragraph { text } => {
                let paragraph = self.paragraph();
                let paragraph = self.indented(paragraph, depth);
                let paragraph = self.inlines(paragraph, text);
                self.add(paragraph);
            }
            Block::List { start, items } => self.list(*start, items, depth),
            Block::Quote { blocks } => self.blocks(blocks, depth + 1),
            Block::Callout { verdict, blocks } => {
                let head = format!("{} {}", verdict.shape(), verdict.words());
                let paragraph = self.paragraph().add_run(Run::new().add_text(head).bold());
                let paragraph = self.indented(paragraph, depth + 1);
                self.add(paragraph);
                self.blocks(blocks, depth + 1);
            }
            Block::Code { text, .. } => {
                let mut run = code("");
                for (n, line) in text.lines().enumerate() {
                    if n > 0 {
                        run = run.add_break(BreakType::TextWrapping);
                    }
                    run = run.add_text(clean(line));
                }
                let paragraph = self.paragraph().add_run(run);
                let paragraph = self.indented(paragraph, depth);
                self.add(paragraph);
            }
            Block::Facts { rows } => self.facts(rows),
            Block::Table { rows, empty, .. } if rows.is_empty() => {
                let paragraph = self.paragraph().add_run(Run::new().add_text(clean(empty)));
                self.add(paragraph);
            }
            Block::Table { columns, rows, .. } => self.table(columns, rows),
            Block::Verdict { verdict, headline, reason } => {
                let head = format!("{} {}: ", verdict.shape(), verdict.words());
                let mut paragraph = self.paragraph().add_run(Run::new().add_text(head).bold());
                paragraph = paragraph.add_run(Run::new().add_text(clean(headline)));
                if !reason.is_empty() {
                    paragraph = paragraph.add_run(Run::new().add_break(BreakType::TextWrapping));
                    paragraph = paragraph.add_run(soft(reason));
                }
                self.add(paragraph);
            }
            Block::Signatures { seats } => {
                for Seat { title, statement, signature, waits_for, .. } in seats {
                    self.signature(
                        title,
                        statement,
                        signature.as_ref(),
                        waits_for.as_deref().unwrap_or("signature"),
                    );
                }
            }
            Block::Rule => {}
            Block::PageBreak => {
                let paragraph = self.paragraph().add_run(Run::new().add_break(BreakType::Page));
                self.add(paragraph);
            }
        }
    }

    fn heading(&mut self, level: u8, number: &str, text: &[Inline]) {
        let level = level.clamp(1, 4);
        let mut paragraph = self.paragraph().style(&format!("Heading{level}")).keep_next(true);
        if !number.is_empty() {
            paragraph = paragraph.add_run(Run::new().add_text(format!("{} ", clean(number))));
        }
        let paragraph = self.inlines(paragraph, text);
        self.add(paragraph);
    }

    fn list(&mut self, start: Option<u64>, items: &[Vec<Block>], depth: usize) {
        let level = depth.min(3);
        let id = match start {
            None => BULLETS,
            Some(first) => {
                self.numberings += 1;
                let id = self.numberings;
                let first = usize::try_from(first).unwrap_or(1);
                let mut kind = AbstractNumbering::new(id);
                for l in 0..4 {
                    let begin = if l == level { first } else { 1 };
                    kind = kind.add_level(list_level(
                        l,
                        NumberFormat::new("decimal"),
                        &format!("%{}.", l + 1),
                        begin,
                    ));
                }
                let docx = std::mem::take(&mut self.docx);
                self.docx = docx.add_abstract_numbering(kind).add_numbering(Numbering::new(id, id));
                id
            }
        };
        for item in items {
            let mut rest = item.as_slice();
            let numbered = self.paragraph().numbering(NumberingId::new(id), IndentLevel::new(level));
            let numbered = match item.split_first() {
                Some((Block::Paragraph { text }, after)) => {
                    rest = after;
                    self.inlines(numbered, text)
                }
                _ => numbered,
            };
            self.add(numbered);
            self.blocks(rest, depth + 1);
        }
    }

    fn indented(&self, paragraph: Paragraph, depth: usize) -> Paragraph {
        match depth {
            0 => paragraph,
            n => paragraph.indent(Some(i32::try_from(n.min(6) * 360).unwrap_or(0)), None, None, None),
        }
    }

    fn facts(&mut self, rows: &[(String, Cell)]) {
        let columns = [Column::new("", 28), Column::new("", 72)];
        let rows: Vec<Vec<Cell>> =
            rows.iter().map(|(name, value)| vec![vec![Inline::Soft(name.clone())], value.clone()]).collect();
        self.table(&columns, &rows);
    }

    fn table(&mut self, columns: &[Column], rows: &[Vec<Cell>]) {
        let shares: Vec<usize> = columns.iter().map(|c| usize::from(c.share.max(8))).collect();
        let all: usize = shares.iter().sum::<usize>().max(1);
        let widths: Vec<usize> = shares.iter().map(|s| WIDTH * s / all).collect();
        let width = |n: usize| widths.get(n).copied().unwrap_or(WIDTH / columns.len().max(1));
        let mut out = Vec::with_capacity(rows.len() + 1);
        if columns.iter().any(|c| !c.title.is_empty()) {
            let mut cells = Vec::with_capacity(columns.len());
            for (n, column) in columns.iter().enumerate() {
                let head = self.paragraph().add_run(Run::new().add_text(clean(&column.title)).bold());
                let ground = Shading::new().shd_type(ShdType::Clear).fill(GROUND);
                cells.push(
                    TableCell::new().add_paragraph(head).width(width(n), WidthType::Dxa).shading(ground),
                );
            }
            out.push(TableRow::new(cells).cant_split());
        }
        for row in rows {
            let mut cells = Vec::with_capacity(row.len());
            for (n, cell) in row.iter().enumerate() {
                let align = match columns.get(n).map(|c| c.align) {
                    Some(Align::End) => AlignmentType::Right,
                    Some(Align::Middle) => AlignmentType::Center,
                    Some(Align::Start) | None => AlignmentType::Left,
                };
                let paragraph = self.paragraph().align(align);
                let paragraph = self.inlines(paragraph, cell);
                cells.push(TableCell::new().add_paragraph(paragraph).width(width(n), WidthType::Dxa));
            }
            out.push(TableRow::new(cells));
        }
        let table =
            Table::new(out).set_grid(widths).width(WIDTH, WidthType::Dxa).layout(TableLayoutType::Fixed);
        let docx = std::mem::take(&mut self.docx);
        self.docx = docx.add_table(table);
        // Two tables without a paragraph between them are one.
        let gap = self.paragraph();
        self.add(gap);
    }

    /// Name, role, meaning, time and key (21 CFR 11.50), or what an open seat waits for.
    fn signature(&mut self, role: &str, statement: &str, signature: Option<&Signature>, waits: &str) {
        let mut paragraph = self.paragraph().add_run(Run::new().add_text(clean(role)).bold());
        if !statement.is_empty() {
            paragraph = paragraph.add_run(Run::new().add_text(format!(": {}", clean(statement))));
        }
        let line = |p: Paragraph, text: String| {
            p.add_run(Run::new().add_break(BreakType::TextWrapping))
                .add_run(Run::new().add_text(clean(&text)))
        };
        paragraph = match signature {
            None => line(paragraph, format!("not signed, waits for {waits}")),
            Some(s) => {
                let at = day_and_time(s.at);
                let said =
                    line(paragraph, format!("Signed by {} ({}) on {at}: {}", s.name, s.person, s.meaning));
                let key = format!(
                    "Key {}, enrolled {} by entry {}; entry {}; digest {}",
                    s.key, s.enrolled, s.enrolled_in.id, s.entry.id, s.digest
                );
                let said = line(said, key);
                match &s.void {
                    Some(reason) => line(said, format!("VOID: {reason}")),
                    None => said,
                }
            }
        };
        self.add(paragraph);
    }

    fn inlines(&mut self, paragraph: Paragraph, inlines: &[Inline]) -> Paragraph {
        inlines.iter().fold(paragraph, |p, inline| self.inline(p, inline, &|run| run))
    }

    fn inline(&mut self, p: Paragraph, inline: &Inline, voice: &dyn Fn(Run) -> Run) -> Paragraph {
        let say = |p: Paragraph, text: &str| p.add_run(voice(Run::new().add_text(clean(text))));
        match inline {
            Inline::Text(text) => say(p, text),
            Inline::Code(text) => p.add_run(voice(code(&clean(text)))),
            Inline::Strong(all) => all.iter().fold(p, |p, i| self.inline(p, i, &|run| voice(run).bold())),
            Inline::Emphasis(all) => all.iter().fold(p, |p, i| self.inline(p, i, &|run| voice(run).italic())),
            Inline::Struck(all) => all.iter().fold(p, |p, i| self.inline(p, i, &|run| voice(run).strike())),
            Inline::Link { text, url } => {
                let words: String = text.iter().map(plain).collect();
                let run = voice(Run::new().add_text(clean(&words))).color("1F5FBF").underline("single");
                let mut link = Hyperlink::new(clean(url), HyperlinkType::External).add_run(run);
                // As with paragraphs: the library's own numbers run on over all files of a process.
                if let HyperlinkData::External { rid, .. } = &mut link.link {
                    self.links += 1;
                    *rid = format!("rIdLink{}", self.links);
                }
                p.add_hyperlink(link)
            }
            Inline::Ref(id) => say(p, &id.id),
            Inline::Status(verdict) => p.add_run(voice(
                Run::new().add_text(format!("{} {}", verdict.shape(), verdict.words())).bold(),
            )),
            Inline::Digest(digest) => p.add_run(voice(code(&digest.to_string()))),
            Inline::Soft(text) => p.add_run(voice(soft(text))),
            Inline::Picture { path, alt } => self.picture(p, path, alt),
            Inline::Break => p.add_run(Run::new().add_break(BreakType::TextWrapping)),
        }
    }

    /// A PNG is shown; of other pictures the words, because the form takes no others.
    fn picture(&mut self, p: Paragraph, path: &str, alt: &str) -> Paragraph {
        let found = self.sheet.pictures.iter().find(|picture| picture.path == path);
        match found.and_then(|picture| Some((picture, png_size(&picture.bytes)?))) {
            Some((picture, (width, height))) => {
                self.pictures += 1;
                let shown = width.min(WIDEST);
                let tall =
                    u32::try_from(u64::from(height) * u64::from(shown) / u64::from(width)).unwrap_or(height);
                let pic = Pic::new_with_dimensions(picture.bytes.clone(), shown, tall.max(1))
                    .id(format!("rIdImage{}", 100_000 + self.pictures));
                p.add_run(Run::new().add_image(pic))
            }
            None => p.add_run(soft(&format!("[picture {path}: {alt}; shown in the PDF]"))),
        }
    }
}

fn code(text: &str) -> Run {
    let mono = RunFonts::new().ascii("Consolas").hi_ansi("Consolas").cs("Consolas");
    let ground = Shading::new().shd_type(ShdType::Clear).fill(GROUND);
    let run = Run::new().fonts(mono).shading(ground);
    if text.is_empty() { run } else { run.add_text(text) }
}

/// The words of a piece, without its form.
fn plain(inline: &Inline) -> String {
    match inline {
        Inline::Text(text) | Inline::Code(text) | Inline::Soft(text) => text.clone(),
        Inline::Strong(all) | Inline::Emphasis(all) | Inline::Struck(all) => all.iter().map(plain).collect(),
        Inline::Link { text, .. } => text.iter().map(plain).collect(),
        Inline::Ref(id) => id.id.clone(),
        Inline::Status(verdict) => verdict.words().to_owned(),
        Inline::Digest(digest) => digest.to_string(),
        Inline::Picture { alt, .. } => alt.clone(),
        Inline::Break => " ".to_owned(),
    }
}

/// Width and height of a PNG, from its first chunk; none where either is zero or it is none.
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    (head.get(4..8)? == b"IHDR").then_some(())?;
    let number = |at: usize| Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?));
    let (width, height) = (number(8)?, number(12)?);
    (width > 0 && height > 0).then_some((width, height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_sheets::sheets;
    use crate::sheets::release_record;
    use std::io::Read as _;
    use views::sample::Sample;

    fn part(bytes: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut out = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut out).unwrap();
        out
    }

    #[test]
    fn every_report_is_a_file_that_is_well_formed_and_the_same_again() {
        for hostile in [false, true] {
            for (_, sheet) in sheets(Sample { hostile }, 4) {
                let bytes = write(&sheet).unwrap();
                assert!(write(&sheet).unwrap() == bytes, "{} differs", sheet.cover.id);
                for name in
                    ["word/document.xml", "word/styles.xml", "word/numbering.xml", "docProps/core.xml"]
                {
                    let xml = part(&bytes, name);
                    let mut reader = quick_xml::Reader::from_str(&xml);
                    loop {
                        match reader.read_event() {
                            Ok(quick_xml::events::Event::Eof) => break,
                            Ok(_) => {}
                            Err(e) => panic!("{name} of {}: {e}", sheet.cover.id),
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn headings_tables_and_signatures_are_there() {
        let sheet = release_record(&Sample { hostile: false }.release_record());
        let xml = part(&write(&sheet).unwrap(), "word/document.xml");
        assert!(xml.contains("Heading2") && xml.contains("<w:tbl>"));
        let signed = sheet.blocks.iter().find_map(|b| match b {
            Block::Signatures { seats } => seats.iter().find_map(|s| s.signature.as_ref()),
            _ => None,
        });
        let signature = signed.expect("the sample is signed");
        for shown in [&signature.name, &signature.meaning, &signature.key] {
            assert!(xml.contains(shown.as_str()), "{shown} is not shown");
        }
    }

    #[test]
    fn the_size_of_a_png() {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend([0, 0, 1, 0, 0, 0, 0, 16]);
        assert_eq!(png_size(&bytes), Some((256, 16)));
        assert_eq!(png_size(b"GIF89a"), None);
    }
}
