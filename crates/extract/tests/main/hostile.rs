//! Any bytes end in a text or in a reason.

use extract::specimen::{package, pdf_file, write};
use extract::{Reason, read};
use proptest::prelude::*;

#[test]
fn broken_and_encrypted_files_have_a_reason() {
    let reason = |name: &str, bytes: &[u8]| read(name, bytes).map(|t| t.blocks.len()).unwrap_err().reason;
    let docx = write("docx", "# Title\n\ntext").unwrap();
    assert_eq!(reason("half.docx", &docx[..docx.len() / 2]), Reason::Broken);
    assert_eq!(reason("noise.pdf", b"%PDF-1.7 and nothing else"), Reason::Broken);
    let mut ole = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    ole.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    for name in ["secret.docx", "secret.xlsx", "secret.pptx"] {
        assert_eq!(reason(name, &ole), Reason::Encrypted, "{name}");
    }
    let odt = package(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        ("META-INF/manifest.xml", "<m><encryption-data/></m>"),
        ("content.xml", "noise"),
    ]);
    assert_eq!(reason("secret.odt", &odt), Reason::Encrypted);
    let mut pdf = pdf_file(&["BT (x) Tj ET".to_owned()]);
    let at = pdf.windows(7).rposition(|w| w == b"/Size 6").unwrap();
    pdf.splice(at..at, b"/Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (y) /P -4 >> ".iter().copied());
    assert_eq!(reason("secret.pdf", &pdf), Reason::Encrypted);
}

#[test]
fn bytes_that_are_not_what_the_name_says_and_a_line_without_end_are_told_from_formats_without_reader() {
    let unread = |name: &str| read(name, b"just words").unwrap_err();
    assert_eq!(unread("plan.pdf").reason, Reason::Broken);
    assert_eq!(unread("list.XLSX").to_string(), "it is broken: its bytes are not those of a .XLSX file");
    assert_eq!(unread("part.rs").reason, Reason::Unsupported);
    let line = read("log.txt", "software ".repeat(3 << 20).as_bytes()).unwrap();
    assert_eq!(line.blocks.len(), 1);
    assert!(line.blocks[0].text.starts_with("software") && line.blocks[0].text.len() <= 20_000_000);
    assert!(line.notes.iter().any(|n| n.contains("only the first")), "{:?}", line.notes);
}

#[test]
fn a_zip_bomb_in_a_docx_is_seen_before_it_is_unpacked() {
    let zeros = " ".repeat(200 << 20);
    let bytes = package(&[("word/document.xml", &zeros)]);
    assert!(bytes.len() < 1 << 20);
    assert_eq!(read("bomb.docx", &bytes).unwrap_err().reason, Reason::Bomb);
}

#[test]
fn xml_entities_are_refused_whole() {
    let xml = r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"#;
    let unread = read("x.docx", &package(&[("word/document.xml", xml)])).unwrap_err();
    assert_eq!(unread.reason, Reason::Broken);
    let outside = r#"<!DOCTYPE x SYSTEM "file:///etc/passwd"><office/>"#;
    let odt = package(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", outside)]);
    assert_eq!(read("x.odt", &odt).unwrap_err().reason, Reason::Broken);
}

#[test]
fn a_page_tree_that_bites_its_tail_and_a_form_in_itself_end() {
    // Without the table of offsets the reader looks for the objects itself, so that the text may be edited here.
    let file = |content: &str| {
        let file = String::from_utf8(pdf_file(&[content.to_owned()])).unwrap();
        let (head, _) = file.split_once("startxref").unwrap();
        format!("{head}startxref\n0\n%%EOF\n")
    };
    let once = file("BT /F1 10 Tf 1 0 0 1 50 50 Tm (once) Tj ET");
    let looped = once.replace("/Kids [4 0 R ]", "/Kids [4 0 R 2 0 R ]");
    assert_ne!(once, looped);
    let text = read("loop.pdf", looped.as_bytes()).unwrap();
    assert_eq!(text.pages, 1);
    let own = file("BT /F1 10 Tf 1 0 0 1 50 50 Tm (again) Tj ET /Me Do");
    let own = own.replace("/Resources << /Font", "/Resources << /XObject << /Me 5 0 R >> /Font");
    let own = own.replace("<< /Length", "<< /Subtype /Form /Length");
    let text = read("form.pdf", own.as_bytes()).unwrap();
    assert!(text.blocks.iter().any(|b| b.text.contains("again")), "{text:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_under_any_name_end(bytes in proptest::collection::vec(any::<u8>(), 0..2000), name in "[a-z]{1,4}\\.(pdf|docx|xlsx|pptx|odt|rtf|html|md|txt|csv|eml|doc|gdoc|)") {
        drop(read(&name, &bytes));
    }

    #[test]
    fn documents_with_a_changed_byte_end(at in 0usize..4000, byte in any::<u8>(), ending in "(docx|odt|xlsx|ods|pptx|pdf|rtf|html|eml|md)") {
        let mut bytes = write(&ending, "# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\ntext with ümlaut\n").unwrap();
        let at = at % bytes.len();
        bytes[at] = byte;
        drop(read(&format!("x.{ending}"), &bytes));
    }

    #[test]
    fn any_markup_ends(text in "[<>/a-z\"'= &;#0-9\\\\{}!-]{0,300}") {
        drop(read("x.html", text.as_bytes()));
        drop(read("x.md", text.as_bytes()));
        drop(read("x.rtf", format!("{{\\rtf1 {text}").as_bytes()));
    }
}
