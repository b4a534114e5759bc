//! Spreadsheets through calamine: each sheet a heading, each row a row. The page is the sheet.

use crate::format::Format;
use crate::text::{Part, Reason, Text, Unread};
use calamine::{Data, Reader as _, SheetVisible};
use std::io::Cursor;

/// Most rows of one sheet that are read.
const ROWS_MAX: usize = 200_000;

/// Most cells of one row that are read.
const CELLS_MAX: usize = 400;

/// The text of a spreadsheet.
pub(crate) fn read(bytes: &[u8]) -> Result<Text, Unread> {
    if bytes.starts_with(b"PK") {
        // Its directory is looked at first: calamine itself trusts what a part unpacks to.
        let mut package = super::package::Package::open(bytes)?;
        if package.part("META-INF/manifest.xml")?.is_some_and(|m| m.contains("encryption-data")) {
            return Err(Unread::new(Reason::Encrypted, ""));
        }
    }
    let mark: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) && crate::format::find(bytes, &mark).is_some() {
        return Err(Unread::new(Reason::Encrypted, ""));
    }
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| failure(&e))?;
    let mut out = Text { format: Format::Sheet, ..Text::default() };
    let sheets = book.sheets_metadata().to_vec();
    let mut hidden = 0;
    for (number, sheet) in (1u32..).zip(&sheets) {
        if sheet.visible != SheetVisible::Visible {
            hidden += 1;
        }
        let range = match book.worksheet_range(&sheet.name) {
            Ok(range) => range,
            Err(e) => {
                out.notes.push(format!("sheet `{}` was not read: {e}", sheet.name));
                continue;
            }
        };
        out.push(Part::Heading(2), sheet.name.clone(), number);
        if range.height() > ROWS_MAX {
            out.notes.push(format!("only the first {ROWS_MAX} rows of sheet `{}` were read", sheet.name));
        }
        let mut in_table = false;
        for row in range.rows().take(ROWS_MAX) {
            let cells: Vec<String> = row.iter().take(CELLS_MAX).map(cell).collect();
            let filled = cells.iter().filter(|c| !c.trim().is_empty()).count();
            in_table |= filled > 1;
            if filled == 1 && !in_table {
                // A single cell above the table is its title, not a row that somebody left blank.
                out.push(Part::Heading(3), cells.concat(), number);
            } else {
                out.push_row(cells, number);
            }
        }
    }
    out.pages = u32::try_from(sheets.len()).unwrap_or(0);
    if hidden > 0 {
        out.notes.push(format!("{hidden} sheets are hidden; they were read too"));
    }
    Ok(out)
}

fn failure(error: &calamine::Error) -> Unread {
    let text = error.to_string();
    let lower = text.to_lowercase();
    if lower.contains("password") || lower.contains("encrypt") {
        Unread::new(Reason::Encrypted, "")
    } else {
        Unread::new(Reason::Broken, text)
    }
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        // A serial number of days says nothing to a reader; the date does.
        Data::DateTime(at) => {
            let (year, month, day, hour, minute, _, _) = at.to_ymd_hms_milli();
            if hour == 0 && minute == 0 {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
            }
        }
        other => other.to_string(),
    }
}
