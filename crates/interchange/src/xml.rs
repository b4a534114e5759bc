//! The elements of an XML text, told by their local names and kept only as long as their reader wants them. A document type is
//! refused, so that no entity is ever expanded.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::str::Utf8Error;

/// Deepest nesting that is read; the tools write about a dozen.
const DEPTH_MAX: usize = 128;

/// An element while it is open, or whole.
#[derive(Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// Those right inside that have the name, in their order.
    pub(crate) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |c| c.name == name)
    }

    /// The first right inside that has the name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|c| c.name == name)
    }

    /// The value of an attribute, by its local name; empty where there is none.
    pub(crate) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }
}

/// What a reader of a format does where an element begins and where it ends. `open` are the elements around it, the outermost
/// first.
pub(crate) trait Reading {
    /// An element begins. An error ends the walk.
    fn begins(&mut self, element: &Element, open: &[Element]) -> Result<(), String>;

    /// An element is whole. It is given back where the one around it has to keep it.
    fn ends(&mut self, element: Element, open: &[Element]) -> Option<Element>;
}

/// Why a text could not be walked to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("not UTF-8: {0}")]
    Encoding(#[from] Utf8Error),
    #[error("a document type is not read, at byte {0}")]
    DocumentType(u64),
    #[error("{reason}, at byte {at}")]
    Broken { reason: String, at: u64 },
    #[error("the XML ends too early")]
    CutOff,
}

/// Walks through all elements.
pub(crate) fn walk(bytes: &[u8], reading: &mut dyn Reading) -> Result<(), Fault> {
    let mut reader = Reader::from_str(std::str::from_utf8(bytes)?);
    let mut walk = Walk { open: Vec::new(), began: false, reading };
    loop {
        let at = reader.buffer_position();
        let broken = |reason: String| Fault::Broken { reason, at };
        match reader.read_event().map_err(|e| broken(format!("no XML: {e}")))? {
            Event::Start(e) => walk.begin(&e).map_err(broken)?,
            Event::Empty(e) => {
                walk.begin(&e).map_err(broken)?;
                walk.end();
            }
            Event::Text(e) => walk.text(&e),
            Event::CData(e) => walk.text(&e),
            Event::GeneralRef(e) => walk.text(&resolved(&e).map_err(broken)?),
            Event::End(_) => walk.end(),
            Event::DocType(_) => return Err(Fault::DocumentType(at)),
            Event::Eof if walk.began && walk.open.is_empty() => return Ok(()),
            Event::Eof => return Err(Fault::CutOff),
            _ => {}
        }
    }
}

/// The sign that a reference stands for: one by its number, or one of the five that XML knows.
fn resolved(reference: &BytesRef<'_>) -> Result<String, String> {
    match reference.resolve_char_ref().map_err(|e| e.to_string())? {
        Some(sign) => Ok(sign.to_string()),
        None => quick_xml::escape::resolve_xml_entity(reference)
            .map(str::to_owned)
            .ok_or_else(|| format!("unknown entity `&{};`", &**reference)),
    }
}

struct Walk<'r> {
    open: Vec<Element>,
    began: bool,
    reading: &'r mut dyn Reading,
}

impl Walk<'_> {
    fn begin(&mut self, e: &BytesStart<'_>) -> Result<(), String> {
        if self.open.len() >= DEPTH_MAX {
            return Err("nested too deep".to_owned());
        }
        let attributes = e.attributes().flatten();
        let attributes =
            attributes.map(|a| (a.key.local_name().as_ref().to_owned(), a.value.to_string())).collect();
        let element = Element { name: e.local_name().as_ref().to_owned(), attributes, ..Element::default() };
        self.reading.begins(&element, &self.open)?;
        self.began = true;
        self.open.push(element);
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            element.text.push_str(text);
        }
    }

    fn end(&mut self) {
        let Some(element) = self.open.pop() else { return };
        if let Some(kept) = self.reading.ends(element, &self.open)
            && let Some(parent) = self.open.last_mut()
        {
            parent.children.push(kept);
        }
    }
}
