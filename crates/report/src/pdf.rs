//! A sheet as PDF/A: the blocks as data for one typst template.

use std::borrow::Cow;

use serde::Serialize;
use typeset::{DocumentDate, Job, JobFile, Standard, TypesetError};
use views::Cover;

use crate::block::{Block, Cell, Column};
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
}

/// Sets `sheet` as PDF/A-2b.
pub(crate) fn write(sheet: &Sheet) -> Result<Vec<u8>, TypesetError> {
    let cover = &sheet.cover;
    let data = Data {
        cover,
        facts: sheet::cover_facts(sheet),
        blocks: &sheet.blocks,
        history: (!cover.history.is_empty()).then(|| sheet::history_table(&cover.history)),
    };
    let file = |path, text: &'static str| JobFile { path, bytes: Cow::Borrowed(text.as_bytes()) };
    let files = [file("look.typ", LOOK), file("blocks.typ", BLOCKS), file("sheet.typ", SHEET)];
    let job = Job {
        main: "sheet.typ",
        files: &files,
        ident: &cover.id,
        date: date(cover),
        standard: Standard::A2b,
    };
    typeset::pdf(&job, &data).map(|document| document.pdf)
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
