//! Bytes to text, in this process. Foreign files go through [`crate::Reader`].

use crate::format::Format;
use crate::text::{Reason, Text, Unread};
use crate::{html, mail, office, pdf, plain, rtf};

/// Version of all readers together: part of the key of cached texts. Raise it when a reader reads differently.
pub const READER_VERSION: u32 = 2;

/// Most characters that are kept of one file; what is cut is noted.
const CHARACTERS_MAX: usize = 20_000_000;

/// The text of `bytes`; `name` decides only where the bytes do not tell the format.
///
/// # Errors
/// Why it could not be read.
pub fn read(name: &str, bytes: &[u8]) -> Result<Text, Unread> {
    if bytes.is_empty() {
        return Err(Unread::new(Reason::Empty, ""));
    }
    if let Some(target) = pointer(name) {
        return Err(Unread::new(Reason::Pointer, target));
    }
    let Some(format) = Format::of(name, bytes) else {
        return Err(unknown(name));
    };
    let mut text = match format {
        Format::Pdf => pdf::read(bytes)?,
        Format::Docx => office::docx::read(bytes)?,
        Format::Pptx => office::pptx::read(bytes)?,
        Format::Odt | Format::Odp => office::odf::read(bytes)?,
        Format::Sheet => office::sheet::read(bytes)?,
        Format::Doc => {
            return Err(Unread::new(
                Reason::Unsupported,
                "Word 97; no converter (antiword or catdoc) is installed",
            ));
        }
        Format::Picture => return Err(Unread::new(Reason::NoTextLayer, "a picture")),
        Format::Rtf => rtf::read(bytes)?,
        Format::Html => html::read(&plain::decode(bytes)),
        Format::Markdown => plain::markdown(&plain::decode(bytes)),
        Format::Plain => plain::plain(name, &plain::decode(bytes)),
        Format::Mail => mail::read(bytes)?,
    };
    text.format = format;
    cut(&mut text);
    text.title_from_heading();
    if text.blocks.is_empty() {
        return Err(Unread::new(Reason::Empty, "no text in it"));
    }
    Ok(text)
}

/// Drops what is over the limit, and says so.
fn cut(text: &mut Text) {
    let mut seen = 0usize;
    let keep = text.blocks.iter().take_while(|b| {
        seen = seen.saturating_add(b.text.len());
        seen <= CHARACTERS_MAX
    });
    let keep = keep.count();
    if keep < text.blocks.len() {
        // One line without end is cut itself, so that its beginning counts.
        if keep == 0
            && let Some(first) = text.blocks.first_mut()
        {
            first.text.truncate(first.text.floor_char_boundary(CHARACTERS_MAX));
        }
        text.blocks.truncate(keep.max(1));
        text.notes.push(format!("only the first {CHARACTERS_MAX} bytes of text were read"));
    }
}

/// Pointer files of synchronised drives.
fn pointer(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    for (ending, what) in [
        (".gdoc", "Google Docs"),
        (".gsheet", "Google Sheets"),
        (".gslides", "Google Slides"),
        (".gdraw", "Google Drawings"),
        (".gform", "Google Forms"),
        (".url", "an Internet shortcut"),
        (".webloc", "an Internet shortcut"),
        (".lnk", "a Windows shortcut"),
    ] {
        if lower.ends_with(ending) {
            return Some(format!("{what}; export it, or review the drive itself"));
        }
    }
    None
}

/// Endings of formats that are told by their bytes alone.
const BY_BYTES: &[&str] = &[
    "pdf", "docx", "docm", "dotx", "doc", "dot", "xlsx", "xlsm", "xlsb", "xls", "xlt", "ods", "pptx", "pptm",
    "odt", "ott", "odp", "rtf", "png", "jpg", "jpeg", "tif", "tiff",
];

/// Why a file of no known format is not read: its ending has no reader, or its bytes are not what the ending says.
fn unknown(name: &str) -> Unread {
    let ending = name.rsplit('/').next().and_then(|n| n.rsplit_once('.')).map(|(_, e)| e);
    match ending {
        Some(e) if BY_BYTES.contains(&e.to_ascii_lowercase().as_str()) => {
            Unread::new(Reason::Broken, format!("its bytes are not those of a .{e} file"))
        }
        Some(e) => Unread::new(Reason::Unsupported, format!(".{e}")),
        None => Unread::new(Reason::Unsupported, "no ending"),
    }
}
