//! PDF: lopdf takes the file apart, the text layout is ours.

mod content;
mod font;
mod layout;
mod token;

use crate::format::Format;
use crate::text::{Reason, Text, Unread};
use content::Interpreter;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};
use std::collections::HashSet;

/// Most bytes that one stream may unpack to.
const STREAM_MAX: usize = 128 * 1024 * 1024;

/// Most pages that are read.
const PAGES_MAX: usize = 50_000;

/// The text of a PDF.
pub(crate) fn read(bytes: &[u8]) -> Result<Text, Unread> {
    let options = LoadOptions { max_decompressed_size: Some(STREAM_MAX), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).map_err(|e| failure(bytes, &e))?;
    if document.is_encrypted() {
        return Err(Unread::new(Reason::Encrypted, ""));
    }
    let mut out = Text { format: Format::Pdf, ..Text::default() };
    properties(&document, &mut out);
    let pages = pages(&document);
    if pages.is_empty() {
        // Opened with the empty password, to which this file says nothing: its objects are closed to us.
        if crate::format::find(bytes, b"/Encrypt").is_some() {
            return Err(Unread::new(Reason::Encrypted, ""));
        }
        return Err(Unread::new(Reason::Broken, "no page was found in it"));
    }
    let mut interpreter = Interpreter::new(&document);
    let mut laid = Vec::with_capacity(pages.len());
    let mut blank = Vec::new();
    let mut pictures = 0u32;
    for (number, page) in (1u32..).zip(&pages) {
        let result = interpreter.page(page);
        if result.runs.is_empty() {
            blank.push(number);
            pictures += u32::from(result.pictures > 0);
        }
        laid.push(result);
    }
    out.pages = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    if blank.len() == pages.len() {
        let detail = if pictures > 0 { "its pages are pictures" } else { "no text on any page" };
        return Err(Unread::new(Reason::NoTextLayer, detail));
    }
    layout::blocks(&laid, &mut out);
    comments(&document, &pages, &mut out);
    if pictures > 0 {
        out.notes.push(format!(
            "{pictures} of {} pages have no text layer: {}",
            pages.len(),
            numbers(&blank)
        ));
    }
    Ok(out)
}

fn failure(bytes: &[u8], error: &lopdf::Error) -> Unread {
    let text = error.to_string();
    let lower = text.to_lowercase();
    if lower.contains("password")
        || lower.contains("encrypt")
        || crate::format::find(bytes, b"/Encrypt").is_some()
    {
        Unread::new(Reason::Encrypted, "")
    } else if lower.contains("memory") || lower.contains("limit") {
        Unread::new(Reason::Bomb, text)
    } else {
        Unread::new(Reason::Broken, text)
    }
}

fn numbers(pages: &[u32]) -> String {
    let shown: Vec<String> = pages.iter().take(12).map(u32::to_string).collect();
    let more = if pages.len() > 12 { " …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// A page with the resources it inherits.
pub(super) struct Page<'d> {
    pub(super) dictionary: &'d Dictionary,
    pub(super) resources: Option<&'d Dictionary>,
}

/// The pages in order. A tree that bites its own tail is cut where it does.
fn pages(document: &Document) -> Vec<Page<'_>> {
    let mut out = Vec::new();
    let mut seen: HashSet<ObjectId> = HashSet::new();
    let root = document.catalog().ok().and_then(|c| c.get(b"Pages").ok()).and_then(|p| p.as_reference().ok());
    let mut stack: Vec<(ObjectId, Option<&Dictionary>)> = root.map(|r| (r, None)).into_iter().collect();
    while let Some((id, inherited)) = stack.pop() {
        if !seen.insert(id) || out.len() >= PAGES_MAX {
            continue;
        }
        let Ok(node) = document.get_dictionary(id) else { continue };
        let resources = dictionary_in(document, node, b"Resources").or(inherited);
        match array_in(document, node, b"Kids") {
            Some(kids) => {
                stack.extend(kids.iter().rev().filter_map(|k| k.as_reference().ok()).map(|k| (k, resources)));
            }
            None => out.push(Page { dictionary: node, resources }),
        }
    }
    out
}

/// What a reference leads to, or the object itself.
pub(super) fn resolve<'d>(document: &'d Document, object: &'d Object) -> Option<&'d Object> {
    document.dereference(object).ok().map(|(_, o)| o)
}

pub(super) fn get<'d>(document: &'d Document, dictionary: &'d Dictionary, key: &[u8]) -> Option<&'d Object> {
    resolve(document, dictionary.get(key).ok()?)
}

pub(super) fn dictionary_in<'d>(
    document: &'d Document,
    dictionary: &'d Dictionary,
    key: &[u8],
) -> Option<&'d Dictionary> {
    get(document, dictionary, key)?.as_dict().ok()
}

pub(super) fn array_in<'d>(
    document: &'d Document,
    dictionary: &'d Dictionary,
    key: &[u8],
) -> Option<&'d Vec<Object>> {
    get(document, dictionary, key)?.as_array().ok()
}

/// The document information dictionary.
fn properties(document: &Document, out: &mut Text) {
    let Some(info) = dictionary_in(document, &document.trailer, b"Info") else { return };
    for (key, value) in info.iter() {
        let Some(Object::String(bytes, _)) = resolve(document, value) else { continue };
        let (key, value) = (String::from_utf8_lossy(key).into_owned(), text_string(bytes));
        if key == "Title" && !value.trim().is_empty() {
            out.title = Some(value.clone());
        }
        if !value.trim().is_empty() {
            out.properties.push((key, value));
        }
    }
}

/// A text string: UTF-16 or UTF-8 by its mark, else PDFDocEncoding, which is Latin as far as people use it.
fn text_string(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
        [0xff, 0xfe, rest @ ..] => encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0.into_owned(),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Notes that reviewers left on the pages, and the texts of form fields.
fn comments(document: &Document, pages: &[Page<'_>], out: &mut Text) {
    for (number, page) in (1u32..).zip(pages) {
        let Some(list) = array_in(document, page.dictionary, b"Annots") else { continue };
        for annotation in list.iter().take(1000) {
            let Some(Ok(note)) = resolve(document, annotation).map(Object::as_dict) else { continue };
            let kind = note.get(b"Subtype").ok().and_then(|s| s.as_name().ok()).unwrap_or_default();
            let key: &[u8] = match kind {
                b"Widget" => b"V",
                b"Text" | b"FreeText" | b"Highlight" | b"StrikeOut" | b"Underline" => b"Contents",
                _ => continue,
            };
            if let Some(Object::String(bytes, _)) = get(document, note, key) {
                let part =
                    if kind == b"Widget" { crate::text::Part::Paragraph } else { crate::text::Part::Comment };
                out.push(part, text_string(bytes), number);
            }
        }
    }
}
