//! PDF/A out of a typst template and data, deterministic and closed: typst, alone in a crate, so that nothing else
//! waits for its compilation.
//!
//! A template sees the files it is given, the fonts of this crate, and a date that the caller states: no clock, no
//! network, no package, no file of the machine, no system font. The same job gives the same bytes.
//!
//! Data never becomes markup: it arrives as `/data.json`, which a template reads with `json()`. What a template does
//! with it is the template's business (`crates/report/templates`).

mod error;
mod fonts;
mod printable;
mod world;

use std::borrow::Cow;

use serde::Serialize;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

pub use error::{TemplateError, TypesetError};
pub use fonts::{INTER_REGULAR, INTER_SEMIBOLD};
pub use printable::printable;

use world::JobWorld;

/// Which archival standard a PDF declares and is held to while it is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standard {
    /// PDF/A-2b (ISO 19005-2, level B): looks the same for ever. Tagged, but not held to accessibility rules.
    #[default]
    A2b,
    /// PDF/A-2a with PDF/UA-1: also readable by machine and by screen reader. Demands an alternative text for every
    /// picture and headings that skip no level.
    A2aUa1,
}

/// A civil date, as the document's metadata has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentDate {
    /// The year.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day, 1 to 31.
    pub day: u8,
}

/// A file that a template may read.
#[derive(Debug, Clone)]
pub struct JobFile<'a> {
    /// The path below the job's root, `look.typ`. At most 65 000 different paths over the life of a process, since
    /// typst interns them: name pictures by number, not by content.
    pub path: &'a str,
    /// The bytes.
    pub bytes: Cow<'a, [u8]>,
}

/// What is to be set.
#[derive(Debug, Clone)]
pub struct Job<'a> {
    /// The path of the template that starts, one of `files`.
    pub main: &'a str,
    /// Templates and pictures.
    pub files: &'a [JobFile<'a>],
    /// What names this document across revisions; its hash becomes part of the PDF's identifier.
    pub ident: &'a str,
    /// The date in the metadata.
    pub date: DocumentDate,
    /// The standard.
    pub standard: Standard,
}

/// A finished document.
#[derive(Debug, Clone)]
pub struct Document {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// What typst warned of, with places in the template: a mistake in the template, not in the data.
    pub warnings: Vec<String>,
}

/// Sets `data`, which the template finds at `/data.json`, as PDF.
///
/// Characters that no embedded font has, and characters that PDF/A refuses, are shown as `[U+XXXX]`: a reader sees
/// that something stood there, and no text of a product can keep its record from being written.
pub fn pdf(job: &Job<'_>, data: &impl Serialize) -> Result<Document, TypesetError> {
    let mut data = serde_json::to_value(data).map_err(TypesetError::Data)?;
    printable::make_printable(&mut data);
    let world = JobWorld::new(job, serde_json::to_vec(&data).map_err(TypesetError::Data)?)?;
    let compiled = typst::compile::<PagedDocument>(&world);
    let warnings = error::places(&world, &compiled.warnings).iter().map(ToString::to_string).collect();
    let result = compiled
        .output
        .and_then(|document| {
            let pdf = typst_pdf::pdf(&document, &options(job)?)?;
            Ok(Document { pdf, pages: document.pages().len(), warnings })
        })
        .map_err(|errors| TypesetError::Template(error::places(&world, &errors)));
    // The memory of typst's incremental compiler would otherwise grow with every document.
    typst::comemo::evict(1);
    result
}

fn options(job: &Job<'_>) -> Result<PdfOptions, typst::ecow::EcoVec<typst::diag::SourceDiagnostic>> {
    let standards: &[PdfStandard] = match job.standard {
        Standard::A2b => &[PdfStandard::A_2b],
        Standard::A2aUa1 => &[PdfStandard::A_2a, PdfStandard::Ua_1],
    };
    let detached = |message: typst::ecow::EcoString| {
        typst::ecow::eco_vec![typst::diag::SourceDiagnostic::error(typst::syntax::Span::detached(), message)]
    };
    let standards = PdfStandards::new(standards).map_err(|error| detached(error.message().clone()))?;
    let DocumentDate { year, month, day } = job.date;
    let date = Datetime::from_ymd_hms(year, month, day, 0, 0, 0)
        .ok_or_else(|| detached(typst::ecow::eco_format!("{year}-{month}-{day} is no date")))?;
    Ok(PdfOptions {
        ident: Smart::Custom(job.ident.to_owned()),
        creator: Smart::Custom(Some("dossier".to_owned())),
        timestamp: Some(Timestamp::new_utc(date)),
        standards,
        ..PdfOptions::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = r#"
#let data = json("/data.json")
#set document(title: data.title, date: auto)
#set text(font: ("Inter", "DejaVu Sans Mono"))
#heading(data.title)
#for row in data.rows [- #row #parbreak()]
"#;

    fn job<'a>(files: &'a [JobFile<'a>]) -> Job<'a> {
        Job {
            main: "main.typ",
            files,
            ident: "DOC-1",
            date: DocumentDate { year: 2026, month: 3, day: 14 },
            standard: Standard::A2b,
        }
    }

    fn file<'a>(path: &'a str, text: &'a str) -> JobFile<'a> {
        JobFile { path, bytes: Cow::Borrowed(text.as_bytes()) }
    }

    fn contains(pdf: &[u8], needle: &str) -> bool {
        pdf.windows(needle.len()).any(|window| window == needle.as_bytes())
    }

    #[test]
    fn the_same_job_gives_the_same_bytes_and_declares_pdf_a() {
        let files = [file("main.typ", TEMPLATE)];
        let data = serde_json::json!({"title": "Release 2.4.0", "rows": ["one", "#strong[two]", "三 \u{0} \u{202e}x"]});
        let first = pdf(&job(&files), &data).unwrap();
        let second = pdf(&job(&files), &data).unwrap();
        assert!(first.pdf == second.pdf);
        assert_eq!((first.pages, first.warnings.len()), (1, 0), "{:?}", first.warnings);
        assert!(contains(&first.pdf, "<pdfaid:part>2</pdfaid:part>"));
        assert!(contains(&first.pdf, "2026-03-14"));
        let accessible = Job { standard: Standard::A2aUa1, ..job(&files) };
        assert!(contains(
            &pdf(&accessible, &data).unwrap().pdf,
            "<pdfaid:conformance>A</pdfaid:conformance>"
        ));
    }

    #[test]
    fn errors_name_file_line_and_column_of_the_template() {
        let files = [file("main.typ", "= Head\n\n  #unknown(1)\n")];
        let error = pdf(&job(&files), &()).unwrap_err();
        assert_eq!(error.to_string(), "main.typ:3:4: unknown variable: unknown");
    }

    #[test]
    fn a_template_reads_only_what_it_is_given() {
        for source in [
            r#"#read("/etc/passwd")"#,
            r#"#read("../../../etc/passwd")"#,
            r#"#image("missing.png")"#,
            r#"#import "@preview/cetz:0.3.0""#,
            r#"#datetime.today(offset: 99)"#,
        ] {
            let files = [file("main.typ", source)];
            assert!(pdf(&job(&files), &()).is_err(), "{source}");
        }
    }

    #[test]
    fn a_missing_main_file_and_an_impossible_date_are_errors() {
        assert!(matches!(pdf(&job(&[]), &()), Err(TypesetError::NoMain(_))));
        let files = [file("main.typ", "x")];
        let job = Job { date: DocumentDate { year: 2026, month: 2, day: 30 }, ..job(&files) };
        assert!(pdf(&job, &()).unwrap_err().to_string().contains("2026-2-30"));
    }
}
