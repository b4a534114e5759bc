//! PowerPoint: slides with titles, tables, notes and comments. The page is the slide.

use super::package::Package;
use super::xml::{self, Node};
use crate::format::Format;
use crate::text::{Part, Text, Unread};

/// The text of a PPTX.
pub(crate) fn read(bytes: &[u8]) -> Result<Text, Unread> {
    let mut package = Package::open(bytes)?;
    let mut out = Text { format: Format::Pptx, ..Text::default() };
    if let Some(core) = package.part("docProps/core.xml")? {
        out.properties = xml::fields("docProps/core.xml", &core);
        out.title = out.properties.iter().find(|(k, _)| k == "title").map(|(_, v)| v.clone());
    }
    package.required("ppt/presentation.xml")?;
    let mut slides: Vec<u32> = package.names().iter().filter_map(|n| number(n, "ppt/slides/slide")).collect();
    slides.sort_unstable();
    for slide in &slides {
        let name = format!("ppt/slides/slide{slide}.xml");
        let text = package.required(&name)?;
        story(&name, &text, *slide, Part::Paragraph, &mut out)?;
        let notes = format!("ppt/notesSlides/notesSlide{slide}.xml");
        if let Some(text) = package.part(&notes)? {
            story(&notes, &text, *slide, Part::Quote, &mut out)?;
        }
    }
    let comments: Vec<String> =
        package.names().iter().filter(|n| n.starts_with("ppt/comments/")).cloned().collect();
    for name in comments {
        if let Some(text) = package.part(&name)? {
            for (key, value) in xml::fields(&name, &text) {
                if matches!(key.as_str(), "text" | "t") {
                    out.push(Part::Comment, value, 0);
                }
            }
        }
    }
    out.pages = slides.last().copied().unwrap_or(0);
    Ok(out)
}

fn number(name: &str, prefix: &str) -> Option<u32> {
    name.strip_prefix(prefix)?.strip_suffix(".xml")?.parse().ok()
}

fn story(name: &str, xml_text: &str, slide: u32, plain: Part, out: &mut Text) -> Result<(), Unread> {
    let (mut text, mut in_text, mut title) = (String::new(), false, false);
    let (mut row, mut in_table): (Vec<String>, bool) = (Vec::new(), false);
    xml::walk(name, xml_text, |node| match node {
        Node::Open("sp", _) => title = false,
        Node::Open("ph", a) => title = matches!(a.get("type").as_deref(), Some("title" | "ctrTitle")),
        Node::Open("t", _) => in_text = true,
        Node::Close("t") => in_text = false,
        Node::Open("br", _) => text.push(' '),
        Node::Open("tbl", _) => in_table = true,
        Node::Close("tbl") => in_table = false,
        Node::Close("tc") => row.push(std::mem::take(&mut text)),
        Node::Close("tr") => out.push_row(std::mem::take(&mut row), slide),
        Node::Close("p") if in_table => text.push(' '),
        Node::Close("p") => {
            let part = if title { Part::Heading(1) } else { plain };
            out.push(part, std::mem::take(&mut text), slide);
        }
        Node::Text(t) if in_text => text.push_str(t),
        _ => {}
    })
}
