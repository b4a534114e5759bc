//! The action list as a spreadsheet: gaps, constraints without evidence, contradictions, files not read. Every cell is text, so that
//! nothing of a document is ever run.

use crate::error::{Doing as _, Result};
use review::{Review, Verdict};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

/// A sheet: its name, its head, its rows.
type Table = (&'static str, Vec<&'static str>, Vec<Vec<String>>);

/// Characters that one cell holds, less than the format's 32 767.
const CELL_MAX: usize = 32_000;

/// Writes the workbook; the same review gives the same bytes.
pub(super) fn write(review: &Review) -> Result<Vec<u8>> {
    workbook(review).doing("write the review as a spreadsheet")
}

fn workbook(review: &Review) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The day of the review stands for the clock, which a library does not read.
    let day =
        ExcelDateTime::parse_from_str(&review.as_of).or_else(|_| ExcelDateTime::from_ymd(2000, 1, 1))?;
    book.set_properties(&DocProperties::new().set_title("Review of documents").set_creation_datetime(&day));
    for (name, head, rows) in tables(review) {
        fill(book.add_worksheet(), name, &head, &rows)?;
    }
    book.save_to_buffer()
}

fn fill(
    sheet: &mut Worksheet,
    name: &str,
    head: &[&str],
    rows: &[Vec<String>],
) -> std::result::Result<(), XlsxError> {
    let body = Format::new().set_align(FormatAlign::Top).set_text_wrap();
    let bold = body.clone().set_bold();
    sheet.set_name(name)?.set_freeze_panes(1, 0)?.set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 0)?;
    for (column, title) in (0u16..).zip(head) {
        sheet.set_column_width(column, if column < 2 { 22 } else { 48 })?;
        sheet.write_string_with_format(0, column, *title, &bold)?;
    }
    for (row, cells) in (1u32..).zip(rows) {
        for (column, text) in (0u16..).zip(cells) {
            sheet.write_string_with_format(row, column, plain(text), &body)?;
        }
    }
    if let (Ok(last_row), Ok(last_column)) = (u32::try_from(rows.len()), u16::try_from(head.len())) {
        sheet.autofilter(0, 0, last_row, last_column.saturating_sub(1))?;
    }
    Ok(())
}

/// Text that spreadsheets take: no control characters, at most what one cell holds.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').take(CELL_MAX).collect()
}

fn tables(review: &Review) -> Vec<Table> {
    let quote = |quotes: &[review::Quote]| {
        let one = |q: &review::Quote| {
            format!("{}{}: {}", q.file, q.page.map_or_else(String::new, |p| format!(" p. {p}")), q.text)
        };
        quotes.iter().map(one).collect::<Vec<_>>().join("\n")
    };
    let actions = review
        .gaps
        .iter()
        .map(|g| {
            let passages = quote(&g.quotes);
            vec![
                g.severity.clone(),
                g.clause.clone(),
                g.title.clone(),
                g.text.clone(),
                g.add.clone(),
                passages,
                String::new(),
                String::new(),
                String::new(),
            ]
        })
        .collect();
    let open = |v: Verdict| !matches!(v, Verdict::Met);
    let constraints = review
        .clauses
        .iter()
        .flat_map(|c| c.constraints.iter().map(move |k| (c, k)))
        .filter(|(_, k)| open(k.verdict))
        .map(|(c, k)| {
            vec![
                c.clause.clone(),
                k.verdict.words().to_owned(),
                k.text.clone(),
                k.reason.clone(),
                quote(&k.quotes),
                k.id.clone(),
            ]
        })
        .collect();
    let said = |c: &review::CrossCheck| {
        c.said.iter().map(|s| format!("{}: {}", s.file, s.text)).collect::<Vec<_>>().join("\n")
    };
    let checks =
        review.cross_checks.iter().map(|c| vec![c.check.clone(), c.message.clone(), said(c)]).collect();
    let changes = review.comparison.iter().flat_map(|c| {
        let rows = c.rows().into_iter().map(|r| {
            vec![
                r.change.words().to_owned(),
                r.id,
                r.text,
                r.before.words().to_owned(),
                r.now.words().to_owned(),
            ]
        });
        let gaps = c.gaps().into_iter().map(|(change, id, title)| {
            vec![change.words().to_owned(), id, format!("Gap: {title}"), String::new(), String::new()]
        });
        rows.chain(gaps).collect::<Vec<_>>()
    });
    let changes: Table = ("Since the last", vec!["Change", "Id", "What", "Before", "Now"], changes.collect());
    let unread = review.unread.iter().map(|u| vec![u.file.clone(), u.reason.clone()]).collect();
    let mut tables = vec![
        (
            "Actions",
            vec![
                "Severity",
                "Clause",
                "Gap",
                "What is wrong",
                "What to add",
                "Passages",
                "Who",
                "Until",
                "Done",
            ],
            actions,
        ),
        (
            "Open constraints",
            vec!["Clause", "Verdict", "What is asked for", "Why", "Passages", "Id"],
            constraints,
        ),
        ("Contradictions", vec!["Check", "What", "Who says it"], checks),
        ("Not read", vec!["File", "Why"], unread),
    ];
    if review.comparison.is_some() {
        tables.insert(1, changes);
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;
    use extract::Part;

    #[test]
    fn a_spreadsheet_opens_with_our_reader_and_holds_formulas_as_text() {
        let guides = clauses::guides();
        let unread = "=HYPERLINK(\"http://203.0.113.1\") & <b>\u{1}.doc";
        let text = extract::read("release.md", b"# Release record 2.4.0\n\nKnown anomalies: AN-7.").unwrap();
        let file = |name: &str, outcome| extract::FileRead {
            name: name.to_owned(),
            size: 0,
            digest: String::new(),
            outcome,
            cached: false,
        };
        let broken = extract::Unread::new(extract::Reason::Broken, "x".repeat(40_000));
        let files = vec![
            file("release.md", extract::Outcome::Read(text)),
            file(unread, extract::Outcome::Unread(broken)),
        ];
        let source = review::Source { title: "set".to_owned(), files };
        let options = review::Options { as_of: "2026-03-01".to_owned(), ..review::Options::default() };
        let review = review::review(&source, guides, &options, None);
        let bytes = write(&review).unwrap();
        assert_eq!(bytes, write(&review).unwrap());
        let read = extract::read("actions.xlsx", &bytes).unwrap();
        let mut compared = review.clone();
        compared.comparison = Some(review::compare(&review, &review));
        if let Some(comparison) = &mut compared.comparison {
            comparison.opened.push(("62304:5.8.1/tasks-done".to_owned(), Verdict::NotFound));
        }
        let with = extract::read("actions.xlsx", &write(&compared).unwrap()).unwrap();
        let change = with.blocks.iter().find(|b| b.cells.first().is_some_and(|c| c == "opened")).unwrap();
        assert_eq!((change.cells[3].as_str(), change.cells[4].as_str()), ("met", "not found"));
        let rows = |part: Part| read.blocks.iter().filter(move |b| b.part == part);
        let sheets: Vec<&str> = rows(Part::Heading(2)).map(|b| b.text.as_str()).collect();
        assert_eq!(sheets, ["Actions", "Open constraints", "Contradictions", "Not read"]);
        assert!(rows(Part::Row).any(|b| b.cells.first().is_some_and(|c| c == "Severity")));
        let gaps = rows(Part::Row).filter(|b| {
            b.cells.first().is_some_and(|c| ["critical", "major", "moderate", "minor"].contains(&c.as_str()))
        });
        assert_eq!(gaps.count(), review.gaps.len());
        let row =
            rows(Part::Row).find(|b| b.cells.first().is_some_and(|c| c.starts_with("=HYPERLINK"))).unwrap();
        assert_eq!(row.cells[0], "=HYPERLINK(\"http://203.0.113.1\") & <b>.doc");
        assert!(row.cells[1].len() <= CELL_MAX && row.cells[1].len() > CELL_MAX - 100);
    }
}
