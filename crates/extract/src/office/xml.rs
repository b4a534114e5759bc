//! XML of office parts as plain events. No document type, so no entities; what is broken ends the part with an error.

use crate::text::{Reason, Unread};
use quick_xml::events::{BytesStart, Event};

/// Deepest nesting that is followed.
const DEPTH_MAX: usize = 2000;

/// An event. Names are without their prefix.
pub(super) enum Node<'x> {
    Open(&'x str, &'x Attributes<'x>),
    Close(&'x str),
    Text(&'x str),
}

/// The attributes of an element.
pub(super) struct Attributes<'x>(Option<&'x BytesStart<'x>>);

impl Attributes<'_> {
    /// The value of the attribute with this local name.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let found = self
            .0?
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|a| a.key.local_name().as_ref() == name)?;
        Some(crate::html::entities(&found.value))
    }
}

/// Gives each event of `text` to `each`, in order.
pub(super) fn walk(part: &str, text: &str, mut each: impl FnMut(Node<'_>)) -> Result<(), Unread> {
    let broken = |e: String| Unread::new(Reason::Broken, format!("{part}: {e}"));
    let mut reader = quick_xml::Reader::from_str(text);
    let mut depth = 0usize;
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(broken("elements are nested too deeply".to_owned()));
                }
                each(Node::Open(e.local_name().as_ref(), &Attributes(Some(&e))));
            }
            Ok(Event::Empty(e)) => {
                each(Node::Open(e.local_name().as_ref(), &Attributes(Some(&e))));
                each(Node::Close(e.local_name().as_ref()));
            }
            Ok(Event::End(e)) => {
                depth = depth.saturating_sub(1);
                each(Node::Close(e.local_name().as_ref()));
            }
            Ok(Event::Text(t)) => each(Node::Text(&t)),
            Ok(Event::CData(t)) => each(Node::Text(&t)),
            Ok(Event::GeneralRef(r)) => {
                if let Some(c) = crate::html::reference(&r) {
                    each(Node::Text(c.encode_utf8(&mut [0; 4])));
                }
            }
            Ok(Event::DocType(_)) => {
                return Err(broken("a document type, which no office program writes".to_owned()));
            }
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(e) => return Err(broken(e.to_string())),
        }
    }
}

/// The text of each element of a flat part, such as the core properties.
pub(super) fn fields(part: &str, text: &str) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    let mut open: Vec<(String, String)> = Vec::new();
    let result = walk(part, text, |node| match node {
        Node::Open(name, attributes) => {
            let name = attributes.get("name").unwrap_or_else(|| name.to_owned());
            open.push((name, String::new()));
        }
        Node::Text(t) => {
            if let Some((_, value)) = open.last_mut() {
                value.push_str(t);
            }
        }
        Node::Close(_) => {
            if let Some((name, value)) = open.pop() {
                if value.trim().is_empty() {
                    return;
                }
                // A custom property holds its value in a typed element: the name is the parent's.
                let name = match open.last() {
                    Some((parent, _))
                        if matches!(name.as_str(), "lpwstr" | "filetime" | "i4" | "bool" | "r8") =>
                    {
                        parent.clone()
                    }
                    _ => name,
                };
                out.push((name, value.trim().to_owned()));
            }
        }
    });
    // Properties are an extra: what was read before the fault is kept.
    drop(result);
    out
}
