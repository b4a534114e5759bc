//! Each format gives the same text, headings and cells.

use extract::specimen::{package, pdf_file, write};
use extract::{Part, Reason, Text, read};

const SAMPLE: &str = "# Release record\n\nVersion 3.2.0 was released, größer & kleiner.\n\n## Anomalies\n\n| Id | Evaluation |\n|---|---|\n| AN-1 | acceptable |\n\nApproved by: qa-lead, 2025-03-14\n";

fn rows(text: &Text) -> Vec<Vec<String>> {
    text.blocks.iter().filter(|b| b.part == Part::Row).map(|b| b.cells.clone()).collect()
}

#[test]
fn every_format_reads_as_the_same_document() {
    for ending in ["md", "docx", "odt", "html", "rtf", "pdf"] {
        let bytes = write(ending, SAMPLE).unwrap();
        let text = read(&format!("record.{ending}"), &bytes).unwrap_or_else(|e| panic!("{ending}: {e}"));
        let headings: Vec<&str> = text
            .blocks
            .iter()
            .filter(|b| matches!(b.part, Part::Heading(_)))
            .map(|b| b.text.as_str())
            .collect();
        assert_eq!(headings, ["Release record", "Anomalies"], "{ending}");
        assert_eq!(rows(&text), [["Id", "Evaluation"], ["AN-1", "acceptable"]], "{ending}");
        assert!(
            text.blocks.iter().any(|b| b.text == "Version 3.2.0 was released, größer & kleiner."),
            "{ending}: {text:?}"
        );
        assert_eq!(text.title.as_deref(), Some("Release record"), "{ending}");
        let signed = extract::signatures(&text);
        assert_eq!((signed.len(), signed[0].date.as_str()), (1, "2025-03-14"), "{ending}");
    }
}

#[test]
fn spreadsheets_slides_and_mail_keep_their_cells_titles_and_subject() {
    for ending in ["xlsx", "ods"] {
        let text = read(&format!("x.{ending}"), &write(ending, SAMPLE).unwrap())
            .unwrap_or_else(|e| panic!("{ending}: {e}"));
        assert!(
            rows(&text).iter().any(
                |r| r.first().is_some_and(|c| c == "AN-1") && r.get(1).is_some_and(|c| c == "acceptable")
            ),
            "{ending}: {text:?}"
        );
        assert_eq!(text.pages, 1, "{ending}");
    }
    let slides = read("x.pptx", &write("pptx", SAMPLE).unwrap()).unwrap();
    assert_eq!((slides.blocks[0].part, slides.blocks[0].page), (Part::Heading(1), 1));
    let mail = read("x.eml", &write("eml", SAMPLE).unwrap()).unwrap();
    assert_eq!(mail.title.as_deref(), Some("Release record"));
    assert!(mail.properties.iter().any(|(k, v)| k == "from" && v.contains("qa@example.org")));
    assert!(mail.blocks.iter().any(|b| b.text.contains("größer & kleiner")), "{mail:?}");
}

#[test]
fn word_tells_tracked_changes_comments_headers_and_placeholders_apart() {
    let body = r#"<w:document xmlns:w="w"><w:body>
      <w:p><w:r><w:t>The release is </w:t></w:r><w:del><w:r><w:delText>not</w:delText></w:r></w:del><w:ins><w:r><w:t>approved</w:t></w:r></w:ins></w:p>
      <w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Click here to enter text.</w:t></w:r></w:p></w:sdtContent></w:sdt>
      <w:p><w:r><w:br w:type="page"/><w:t>second page</w:t></w:r></w:p>
    </w:body></w:document>"#;
    let part = |text: &str| format!(r#"<w:x xmlns:w="w"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:x>"#);
    let core = r#"<cp:coreProperties xmlns:cp="cp" xmlns:dc="dc"><dc:title>Record</dc:title><dc:creator>qa</dc:creator></cp:coreProperties>"#;
    let bytes = package(&[
        ("word/document.xml", body),
        ("word/header1.xml", &part("REC-7 Rev. 2")),
        ("word/footer1.xml", &part("confidential")),
        ("word/comments.xml", &part("is this true?")),
        ("docProps/core.xml", core),
    ]);
    let text = read("x.docx", &bytes).unwrap();
    let found: Vec<(Part, &str, u32)> =
        text.blocks.iter().map(|b| (b.part, b.text.as_str(), b.page)).collect();
    assert_eq!(
        found,
        [
            (Part::Paragraph, "The release is approved", 1),
            (Part::Deleted, "not", 1),
            (Part::Paragraph, "[Click here to enter text.]", 1),
            (Part::Paragraph, "second page", 2),
            (Part::Header, "REC-7 Rev. 2", 0),
            (Part::Footer, "confidential", 0),
            (Part::Comment, "is this true?", 0),
        ]
    );
    assert_eq!(text.title.as_deref(), Some("Record"));
    assert_eq!(text.notes, ["tracked changes are open: 1 insertions, 1 deletions"]);
}

#[test]
fn a_pdf_has_pages_running_heads_and_words_whole() {
    let page = |n: u32, word: &str| {
        format!(
            "BT /F1 9 Tf 1 0 0 1 50 810 Tm (DOC-1 page {n}) Tj ET BT /F1 10 Tf 1 0 0 1 50 700 Tm [(Ver)-20(sion)-300({word})] TJ ET \
             BT /F1 10 Tf 1 0 0 1 50 688 Tm (of {word} is hyphen-) Tj 0 -12 Td (ated in {word}.) Tj ET"
        )
    };
    let text = read("x.pdf", &pdf_file(&[page(1, "alpha"), page(2, "beta"), page(3, "gamma")])).unwrap();
    assert_eq!(text.pages, 3);
    let second: Vec<(Part, &str)> =
        text.blocks.iter().filter(|b| b.page == 2).map(|b| (b.part, b.text.as_str())).collect();
    assert_eq!(
        second,
        [(Part::Header, "DOC-1 page 2"), (Part::Paragraph, "Version beta of beta is hyphenated in beta.")]
    );
}

#[test]
fn scanned_pages_pointers_and_strange_formats_are_named() {
    let picture = "q 500 0 0 700 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q".to_owned();
    let reason = |name: &str, bytes: &[u8]| read(name, bytes).unwrap_err().reason;
    assert_eq!(reason("scan.pdf", &pdf_file(&[picture])), Reason::NoTextLayer);
    assert_eq!(reason("plan.gdoc", b"{\"url\": \"https://docs.example\"}"), Reason::Pointer);
    assert_eq!(reason("model.step", b"\0\x01binary"), Reason::Unsupported);
    assert_eq!(reason("empty.docx", b""), Reason::Empty);
    assert_eq!(reason("photo.png", b"\x89PNG\r\n\x1a\nxxxx"), Reason::NoTextLayer);
}
