//! A sheet as PDF/A: the blocks as data for one typst template.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use typeset::{Document, DocumentDate, Job, JobFile, Standard, TypesetError};
use views::{Cover, Picture};

use crate::block::{Block, Cell, Column};
use crate::html::picture_type;
use crate::sheet::{self, Sheet};

const LOOK: &str = include_str!("../templates/look.typ");
const BLOCKS: &str = include_str!("../templates/blocks.typ");
const SHEET: &str = include_str!("../templates/sheet.typ");

/// What the template reads from `/data.json`.
#[derive(Serialize)]
struct Data<'a> {
    cover: &'a Cover,
    facts: Vec<(String, Cell)>,
    blocks: &'a [Block],
    history: Option<(Vec<Column>, Vec<Vec<Cell>>)>,
    /// The pictures that can be shown: path in the document, path in the job.
    pictures: BTreeMap<&'a str, String>,
}

/// Sets `sheet` as PDF/A-2b. Where a picture is broken, the document is set with its pictures named and not shown: no
/// drawing keeps a record from being written.
pub(crate) fn write(sheet: &Sheet) -> Result<Document, TypesetError> {
    match set(sheet, true) {
        Err(TypesetError::Template(_)) if !sheet.pictures.is_empty() => set(sheet, false),
        result => result,
    }
}

fn set(sheet: &Sheet, with_pictures: bool) -> Result<Document, TypesetError> {
    let cover = &sheet.cover;
    let text = |path, text: &'static str| JobFile { path, bytes: Cow::Borrowed(text.as_bytes()) };
    let shown: Vec<(&Picture, String)> = sheet
        .pictures
        .iter()
        .filter(|_| with_pictures)
        .filter_map(|picture| Some((picture, picture_type(&picture.bytes)?)))
        .enumerate()
        .map(|(i, (picture, kind))| {
            let ending = kind.trim_start_matches("image/").trim_end_matches("+xml");
            // Numbered names: typst keeps every name for the life of the process.
            (picture, format!("picture-{i}.{ending}"))
        })
        .collect();
    let mut files = vec![text("look.typ", LOOK), text("blocks.typ", BLOCKS), text("sheet.typ", SHEET)];
    files.extend(
        shown.iter().map(|(picture, name)| JobFile { path: name, bytes: Cow::Borrowed(&picture.bytes) }),
    );
    let data = Data {
        cover,
        facts: sheet::cover_facts(sheet),
        blocks: &sheet.blocks,
        history: (!cover.history.is_empty()).then(|| sheet::history_table(&cover.history)),
        pictures: shown.iter().map(|(picture, name)| (picture.path.as_str(), name.clone())).collect(),
    };
    let job = Job {
        main: "sheet.typ",
        files: &files,
        ident: &cover.id,
        date: date(cover),
        standard: Standard::A2b,
    };
    typeset::pdf(&job, &data)
}

/// The as-of date, from its one written form, `2026-03-14`.
fn date(cover: &Cover) -> DocumentDate {
    let text = cover.as_of.to_string();
    let mut parts = text.rsplitn(3, '-').map(|part| part.parse::<i32>().unwrap_or_default());
    let day = parts.next().unwrap_or_default();
    let month = parts.next().unwrap_or_default();
    let year = parts.next().unwrap_or_default();
    DocumentDate {
        year,
        month: u8::try_from(month).unwrap_or_default(),
        day: u8::try_from(day).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use views::sample::Sample;

    use super::*;
    use crate::sample_sheets::sheets;

    /// Its reasons for advisories of what typst brings along are true only as long as this holds.
    #[test]
    fn the_templates_read_nothing_that_deny_toml_rules_out() {
        for template in [LOOK, BLOCKS, SHEET] {
            let words = |c: char| !(c.is_alphanumeric() || c == '-' || c == '_');
            for word in template.split(words) {
                let outside = ["bibliography", "cite", "raw", "eval", "plugin", "read", "xml", "yaml"];
                assert!(!outside.contains(&word), "{word}");
            }
        }
    }

    #[test]
    fn the_templates_give_no_warning() {
        for hostile in [false, true] {
            for (name, sheet) in sheets(Sample { hostile }, 4) {
                assert_eq!(write(&sheet).unwrap().warnings, [""; 0], "{name}");
            }
        }
    }
}
