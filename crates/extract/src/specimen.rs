//! Small documents of every format from one Markdown text, for tests, the evaluation and the bench. No product writes them.

use crate::format::Format;
use crate::plain;
use crate::text::{Block, Part, Text};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;

/// Writes Markdown as a file of the format that `ending` names: `docx`, `odt`, `pptx`, `xlsx`, `ods`, `pdf`, `html`, `rtf`, `eml`,
/// `txt`, `md`, `csv` (these three as they are). `None` for other endings.
pub fn write(ending: &str, markdown: &str) -> Option<Vec<u8>> {
    let text = plain::markdown(markdown);
    Some(match ending {
        "md" | "txt" | "csv" => markdown.as_bytes().to_vec(),
        "docx" => docx(&text),
        "odt" => odf(&text, Format::Odt),
        "ods" => odf(&text, Format::Sheet),
        "pptx" => pptx(&text),
        "xlsx" => xlsx(&text),
        "pdf" => pdf(&text),
        "html" => html(&text).into_bytes(),
        "rtf" => rtf(&text),
        "eml" => eml(&text),
        _ => return None,
    })
}

/// A zip of parts, as office files are.
pub fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        // A cursor in memory does not fail.
        if zip.start_file(*name, SimpleFileOptions::default()).is_ok() {
            drop(zip.write_all(text.as_bytes()));
        }
    }
    zip.finish().map(Cursor::into_inner).unwrap_or_default()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Blocks, rows that follow each other together as one table.
fn groups(text: &Text) -> Vec<Vec<&Block>> {
    let mut out: Vec<Vec<&Block>> = Vec::new();
    for block in &text.blocks {
        match out.last_mut() {
            Some(last) if block.part == Part::Row && last.first().is_some_and(|b| b.part == Part::Row) => {
                last.push(block)
            }
            _ => out.push(vec![block]),
        }
    }
    out
}

fn docx(text: &Text) -> Vec<u8> {
    let mut body = String::new();
    let paragraph = |text: &str, style: &str| {
        let style = if style.is_empty() {
            String::new()
        } else {
            format!(r#"<w:pPr><w:pStyle w:val="{style}"/></w:pPr>"#)
        };
        format!(r#"<w:p>{style}<w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p>"#, escape(text))
    };
    for group in groups(text) {
        let Some(first) = group.first() else { continue };
        match first.part {
            Part::Row => {
                body.push_str("<w:tbl>");
                for row in &group {
                    let cells: String = row.cells.iter().map(|c| format!("<w:tc>{}</w:tc>", paragraph(c, ""))).collect();
                    body.push_str(&format!("<w:tr>{cells}</w:tr>"));
                }
                body.push_str("</w:tbl>");
            }
            Part::Heading(level) => body.push_str(&paragraph(&first.text, &format!("Heading{level}"))),
            Part::Quote => body.push_str(&paragraph(&first.text, "Quote")),
            Part::Item => body.push_str(&format!(
                r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr><w:r><w:t xml:space="preserve">{}</w:t></w:r></w:p>"#,
                escape(&first.text)
            )),
            _ => body.push_str(&paragraph(&first.text, "")),
        }
    }
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"#
    );
    package(&[("[Content_Types].xml", "<Types/>"), ("word/document.xml", &document)])
}

fn odf(text: &Text, format: Format) -> Vec<u8> {
    let mut body = String::new();
    let rows = |group: &[&Block]| -> String {
        let cell = |c: &String| {
            format!(
                r#"<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>"#,
                escape(c)
            )
        };
        group
            .iter()
            .map(|r| {
                format!("<table:table-row>{}</table:table-row>", r.cells.iter().map(cell).collect::<String>())
            })
            .collect()
    };
    let kind = if format == Format::Sheet { "spreadsheet" } else { "text" };
    if format == Format::Sheet {
        let one = |b: &&Block| Block {
            part: Part::Row,
            cells: if b.cells.is_empty() { vec![b.text.clone()] } else { b.cells.clone() },
            ..(*b).clone()
        };
        let blocks: Vec<Block> = text.blocks.iter().map(|b| one(&b)).collect();
        let references: Vec<&Block> = blocks.iter().collect();
        body = format!(r#"<table:table table:name="Sheet1">{}</table:table>"#, rows(&references));
    } else {
        for group in groups(text) {
            let Some(first) = group.first() else { continue };
            match first.part {
                Part::Row => body.push_str(&format!("<table:table>{}</table:table>", rows(&group))),
                Part::Heading(level) => {
                    body.push_str(&format!(
                        r#"<text:h text:outline-level="{level}">{}</text:h>"#,
                        escape(&first.text)
                    ));
                }
                Part::Item => body.push_str(&format!(
                    "<text:list><text:list-item><text:p>{}</text:p></text:list-item></text:list>",
                    escape(&first.text)
                )),
                _ => body.push_str(&format!("<text:p>{}</text:p>", escape(&first.text))),
            }
        }
    }
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"#
    );
    let mime = format!("application/vnd.oasis.opendocument.{kind}");
    let manifest = format!(
        r#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/></manifest:manifest>"#
    );
    package(&[("mimetype", &mime), ("META-INF/manifest.xml", &manifest), ("content.xml", &content)])
}

fn pptx(text: &Text) -> Vec<u8> {
    let shape = |text: &str, title: bool| {
        let place = if title { r#"<p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr>"# } else { "" };
        format!("<p:sp>{place}<p:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:txBody></p:sp>", escape(text))
    };
    let shapes: String =
        text.blocks.iter().map(|b| shape(&b.text, matches!(b.part, Part::Heading(_)))).collect();
    let slide = format!(
        r#"<?xml version="1.0"?><p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"#
    );
    package(&[("ppt/presentation.xml", "<p:presentation xmlns:p=\"p\"/>"), ("ppt/slides/slide1.xml", &slide)])
}

fn xlsx(text: &Text) -> Vec<u8> {
    let mut rows = String::new();
    for (number, block) in (1u32..).zip(&text.blocks) {
        let cells: &[String] =
            if block.cells.is_empty() { std::slice::from_ref(&block.text) } else { &block.cells };
        let cell = |(i, text): (usize, &String)| {
            let column = char::from(b'A' + u8::try_from(i % 26).unwrap_or(0));
            format!(r#"<c r="{column}{number}" t="inlineStr"><is><t>{}</t></is></c>"#, escape(text))
        };
        rows.push_str(&format!(
            r#"<row r="{number}">{}</row>"#,
            cells.iter().enumerate().map(cell).collect::<String>()
        ));
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    package(&[
        (
            "[Content_Types].xml",
            r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#,
        ),
        (
            "_rels/.rels",
            &format!(
                r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            &format!(
                r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &format!(
                r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#),
        ),
    ])
}

fn html(text: &Text) -> String {
    let mut body = String::new();
    for group in groups(text) {
        let Some(first) = group.first() else { continue };
        match first.part {
            Part::Row => {
                let cell = |c: &String| format!("<td>{}</td>", escape(c));
                let row = |r: &&Block| format!("<tr>{}</tr>\n", r.cells.iter().map(cell).collect::<String>());
                body.push_str(&format!("<table>\n{}</table>\n", group.iter().map(row).collect::<String>()));
            }
            Part::Heading(level) => body.push_str(&format!("<h{level}>{}</h{level}>\n", escape(&first.text))),
            Part::Item => body.push_str(&format!("<li>{}</li>\n", escape(&first.text))),
            Part::Quote => body.push_str(&format!("<blockquote>{}</blockquote>\n", escape(&first.text))),
            _ => body.push_str(&format!("<p>{}</p>\n", escape(&first.text))),
        }
    }
    format!("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n{body}</body></html>\n")
}

fn rtf(text: &Text) -> Vec<u8> {
    let plain = |text: &str| -> String {
        text.chars()
            .map(|c| match c {
                '\\' | '{' | '}' => format!("\\{c}"),
                c if c.is_ascii() => c.to_string(),
                c => c.encode_utf16(&mut [0; 2]).iter().map(|u| format!("\\u{u}?")).collect(),
            })
            .collect()
    };
    let mut out = String::from("{\\rtf1\\ansi\\ansicpg1252\\deff0\n");
    for block in &text.blocks {
        match block.part {
            Part::Row => {
                out.push_str("\\trowd\\intbl ");
                for cell in &block.cells {
                    out.push_str(&format!("{}\\cell ", plain(cell)));
                }
                out.push_str("\\row\n");
            }
            Part::Heading(level) => out.push_str(&format!(
                "\\pard\\outlinelevel{} {}\\par\n",
                level.saturating_sub(1),
                plain(&block.text)
            )),
            _ => out.push_str(&format!("\\pard {}\\par\n", plain(&block.text))),
        }
    }
    out.push('}');
    out.into_bytes()
}

fn eml(text: &Text) -> Vec<u8> {
    let subject =
        text.blocks.iter().find(|b| matches!(b.part, Part::Heading(_))).map_or("", |b| b.text.as_str());
    let body: String = text
        .blocks
        .iter()
        .filter(|b| !matches!(b.part, Part::Heading(1)))
        .map(|b| format!("{}\r\n\r\n", b.text))
        .collect();
    format!(
        "From: qa-lead <qa@example.org>\r\nTo: team@example.org\r\nSubject: {subject}\r\nDate: Mon, 3 Mar 2025 10:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A PDF with Helvetica in WinAnsi: headings large, tables in columns.
fn pdf(text: &Text) -> Vec<u8> {
    let mut lines: Vec<(f32, Vec<(f32, String)>)> = Vec::new();
    for block in &text.blocks {
        match block.part {
            Part::Row => {
                #[allow(clippy::cast_precision_loss, reason = "a position on the page")]
                let width = 490.0 / block.cells.len().max(1) as f32;
                let columns: Vec<Vec<String>> = block.cells.iter().map(|c| wrap(c, width / 5.4)).collect();
                for i in 0..columns.iter().map(Vec::len).max().unwrap_or(0) {
                    #[allow(clippy::cast_precision_loss, reason = "a position on the page")]
                    let at = |(n, column): (usize, &Vec<String>)| {
                        column.get(i).map(|t| (50.0 + n as f32 * width, t.clone()))
                    };
                    lines.push((10.0, columns.iter().enumerate().filter_map(at).collect()));
                }
            }
            Part::Heading(1) => lines.push((18.0, vec![(50.0, block.text.clone())])),
            Part::Heading(_) => lines.push((14.0, vec![(50.0, block.text.clone())])),
            _ => {
                lines.extend(wrap(&block.text, 92.0).into_iter().map(|l| (10.0, vec![(50.0, l)])));
            }
        }
        lines.push((6.0, Vec::new()));
    }
    let mut pages: Vec<String> = Vec::new();
    let (mut page, mut y) = (String::new(), 780.0f32);
    for (size, pieces) in lines {
        y -= size * 1.3;
        if y < 50.0 {
            pages.push(std::mem::take(&mut page));
            y = 780.0 - size;
        }
        for (x, text) in pieces {
            page.push_str(&format!("BT /F1 {size} Tf 1 0 0 1 {x} {y:.1} Tm ({}) Tj ET\n", pdf_string(&text)));
        }
    }
    pages.push(page);
    pdf_file(&pages)
}

/// A PDF file with one content stream a page and one font `F1`.
pub fn pdf_file(contents: &[String]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    let mut object = |out: &mut Vec<u8>, body: &[u8]| {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n", offsets.len()).as_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    };
    object(&mut out, b"<< /Type /Catalog /Pages 2 0 R >>");
    let kids: String = (0..contents.len()).map(|i| format!("{} 0 R ", 4 + i * 2)).collect();
    object(&mut out, format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", contents.len()).as_bytes());
    object(&mut out, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
    for (i, content) in contents.iter().enumerate() {
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            5 + i * 2
        );
        object(&mut out, page.as_bytes());
        let bytes = encoding_rs::WINDOWS_1252.encode(content).0.into_owned();
        let mut stream = format!("<< /Length {} >>\nstream\n", bytes.len()).into_bytes();
        stream.extend_from_slice(&bytes);
        stream.extend_from_slice(b"\nendstream");
        object(&mut out, &stream);
    }
    let start = out.len();
    out.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).as_bytes());
    for offset in &offsets {
        out.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    out.extend_from_slice(
        format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", offsets.len() + 1)
            .as_bytes(),
    );
    out
}

fn pdf_string(text: &str) -> String {
    text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)")
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of characters")]
fn wrap(text: &str, characters: f32) -> Vec<String> {
    let characters = characters.max(4.0) as usize;
    let mut out = vec![String::new()];
    for word in text.split_whitespace() {
        let full = out
            .last()
            .is_some_and(|l| !l.is_empty() && l.chars().count() + word.chars().count() >= characters);
        if full {
            out.push(String::new());
        }
        if let Some(line) = out.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    out
}
