//! What a file is: by its first bytes where they tell, by its name where they do not.

use serde::{Deserialize, Serialize};

/// A format with a reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// PDF.
    Pdf,
    /// Word, OOXML.
    Docx,
    /// Word, binary; read where a converter is installed.
    Doc,
    /// Spreadsheets: XLSX, XLSB, XLS, ODS.
    Sheet,
    /// PowerPoint, OOXML.
    Pptx,
    /// OpenDocument text.
    Odt,
    /// OpenDocument slides.
    Odp,
    /// Rich text.
    Rtf,
    /// HTML.
    Html,
    /// Markdown.
    Markdown,
    /// reStructuredText, AsciiDoc, CSV and other plain text.
    #[default]
    Plain,
    /// One e-mail.
    Mail,
    /// A scanned picture.
    Picture,
}

impl Format {
    /// The format of a file, or `None` where it has no reader.
    pub fn of(name: &str, bytes: &[u8]) -> Option<Format> {
        let ending = name
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or(name)
            .rsplit_once('.')
            .map(|(_, e)| e.to_ascii_lowercase());
        let ending = ending.as_deref().unwrap_or("");
        if bytes.get(..1024.min(bytes.len())).is_some_and(|head| find(head, b"%PDF-").is_some()) {
            return Some(Format::Pdf);
        }
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            return zipped(bytes, ending);
        }
        if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
            return compound(bytes, ending);
        }
        if bytes.starts_with(b"{\\rtf") {
            return Some(Format::Rtf);
        }
        if bytes.starts_with(b"\x89PNG")
            || bytes.starts_with(b"\xff\xd8\xff")
            || bytes.starts_with(b"II*\0")
            || bytes.starts_with(b"MM\0*")
        {
            return Some(Format::Picture);
        }
        match ending {
            "html" | "htm" | "xhtml" => return Some(Format::Html),
            "md" | "markdown" | "mdown" | "qmd" => return Some(Format::Markdown),
            "eml" | "mbox" => return Some(Format::Mail),
            "txt" | "text" | "rst" | "adoc" | "asciidoc" | "csv" | "tsv" | "log" | "org" | "sdoc" | "tex" => {
                return Some(Format::Plain);
            }
            _ => {}
        }
        let head = bytes.get(..512.min(bytes.len())).unwrap_or_default().to_ascii_lowercase();
        if find(&head, b"<!doctype html").is_some() || find(&head, b"<html").is_some() {
            return Some(Format::Html);
        }
        if looks_like_text(bytes)
            && matches!(
                ending,
                "" | "readme"
                    | "license"
                    | "changelog"
                    | "yml"
                    | "yaml"
                    | "json"
                    | "toml"
                    | "xml"
                    | "feature"
            )
        {
            return Some(Format::Plain);
        }
        None
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Format::Pdf => "PDF",
            Format::Docx => "Word",
            Format::Doc => "Word 97",
            Format::Sheet => "spreadsheet",
            Format::Pptx => "PowerPoint",
            Format::Odt => "OpenDocument text",
            Format::Odp => "OpenDocument slides",
            Format::Rtf => "rich text",
            Format::Html => "HTML",
            Format::Markdown => "Markdown",
            Format::Plain => "text",
            Format::Mail => "e-mail",
            Format::Picture => "picture",
        }
    }
}

/// Office files are zips that say in an early entry what they are; the name decides only where they do not.
fn zipped(bytes: &[u8], ending: &str) -> Option<Format> {
    let head = bytes.get(..4096.min(bytes.len())).unwrap_or_default();
    for (mark, format) in [
        (&b"application/vnd.oasis.opendocument.text"[..], Format::Odt),
        (b"application/vnd.oasis.opendocument.spreadsheet", Format::Sheet),
        (b"application/vnd.oasis.opendocument.presentation", Format::Odp),
    ] {
        if find(head, mark).is_some() {
            return Some(format);
        }
    }
    match ending {
        "docx" | "docm" | "dotx" => return Some(Format::Docx),
        "xlsx" | "xlsm" | "xlsb" | "ods" => return Some(Format::Sheet),
        "pptx" | "pptm" => return Some(Format::Pptx),
        "odt" | "ott" => return Some(Format::Odt),
        "odp" => return Some(Format::Odp),
        _ => {}
    }
    // The central directory at the end names every entry.
    let tail = bytes.get(bytes.len().saturating_sub(65_536)..).unwrap_or_default();
    for (mark, format) in [
        (&b"word/document.xml"[..], Format::Docx),
        (b"xl/workbook", Format::Sheet),
        (b"ppt/presentation", Format::Pptx),
    ] {
        if find(tail, mark).is_some() {
            return Some(format);
        }
    }
    None
}

/// OLE compound files: old Office, and encrypted new Office.
fn compound(bytes: &[u8], ending: &str) -> Option<Format> {
    let utf16 = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    if find(bytes, &utf16("EncryptedPackage")).is_some() {
        // The reader of the format it is named for says that it is encrypted.
        return Some(match ending {
            "xlsx" | "xlsm" | "xlsb" => Format::Sheet,
            "pptx" => Format::Pptx,
            _ => Format::Docx,
        });
    }
    match ending {
        "xls" | "xlt" => Some(Format::Sheet),
        "doc" | "dot" => Some(Format::Doc),
        _ if find(bytes, &utf16("WordDocument")).is_some() => Some(Format::Doc),
        _ if find(bytes, &utf16("Workbook")).is_some() => Some(Format::Sheet),
        _ => None,
    }
}

fn looks_like_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..8192.min(bytes.len())).unwrap_or_default();
    !head.is_empty() && !head.contains(&0)
}

/// Where `needle` first stands in `hay`.
pub(crate) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len().max(1)).position(|w| w == needle)
}
