//! One e-mail: headers as properties and lines, the body as text or HTML, attachments by name.

use crate::format::Format;
use crate::text::{Part, Reason, Text, Unread};
use crate::{html, plain};
use mail_parser::{Address, MessageParser, MimeHeaders as _};

/// The text of an e-mail.
pub(crate) fn read(bytes: &[u8]) -> Result<Text, Unread> {
    let Some(message) = MessageParser::default().parse(bytes) else {
        return Err(Unread::new(Reason::Broken, "no header of an e-mail in it"));
    };
    let mut out = Text { format: Format::Mail, ..Text::default() };
    if let Some(subject) = message.subject() {
        out.title = Some(subject.to_owned());
        out.push(Part::Heading(1), subject, 0);
    }
    for (name, address) in [("from", message.from()), ("to", message.to()), ("cc", message.cc())] {
        if let Some(address) = address.map(people).filter(|a| !a.is_empty()) {
            out.properties.push((name.to_owned(), address));
        }
    }
    if let Some(date) = message.date() {
        out.properties.push(("date".to_owned(), date.to_rfc3339()));
    }
    let mut body = Text::default();
    for i in 0..message.text_body_count().max(message.html_body_count()) {
        if let Some(part) = message.body_html(i).filter(|_| {
            message.html_body.get(i).is_some() && message.text_body.get(i) == message.html_body.get(i)
        }) {
            body.blocks.extend(html::read(&part).blocks);
        } else if let Some(part) = message.body_text(i) {
            body.blocks.extend(plain::plain("body.txt", &part).blocks);
        }
    }
    for block in body.blocks {
        // A mail that is answered stands below the answer: it is quoted, not said.
        let quoted = block.text.starts_with('>');
        let part = if quoted { Part::Quote } else { block.part };
        if block.cells.is_empty() { out.push(part, block.text, 0) } else { out.push_row(block.cells, 0) }
    }
    for attachment in message.attachments() {
        let name = attachment.attachment_name().unwrap_or("without a name");
        out.notes.push(format!("attachment `{name}` was not read; save it beside the e-mail"));
    }
    Ok(out)
}

fn people(address: &Address<'_>) -> String {
    let one = |a: &mail_parser::Addr<'_>| match (a.name(), a.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    };
    address.iter().map(one).collect::<Vec<_>>().join(", ")
}
