//! The child process keeps its limits, and its death is a reason.

use extract::specimen::{pdf_file, write};
use extract::{Reader, Reason, read};
use std::path::PathBuf;

pub(crate) fn reader() -> Reader {
    Reader::new(PathBuf::from(env!("CARGO_BIN_EXE_extract-one")), Vec::new())
}

#[test]
fn the_child_reads_what_we_read_ourselves() {
    let bytes = write("docx", "# Title\n\nText of a document.").unwrap();
    assert_eq!(reader().read("x.docx", &bytes), read("x.docx", &bytes));
    assert_eq!(reader().read("x.bin", b"\0\0").unwrap_err().reason, Reason::Unsupported);
}

#[test]
fn a_file_over_the_limit_is_not_even_handed_on() {
    let mut reader = reader();
    reader.limits.file = 10;
    assert_eq!(reader.read("x.txt", b"more than ten bytes").unwrap_err().reason, Reason::TooLarge);
}

#[test]
fn memory_over_the_limit_ends_the_child_and_not_us() {
    let mut reader = reader();
    reader.limits.memory = 64 << 20;
    let huge = format!("<html><body>{}</body></html>", "<p>words</p>".repeat(2_000_000));
    let unread = reader.read("x.html", huge.as_bytes()).unwrap_err();
    assert_eq!(unread.reason, Reason::OutOfMemory, "{unread}");
}

#[test]
fn processor_time_over_the_limit_ends_the_child() {
    let mut reader = reader();
    reader.limits.seconds = 1;
    // Many pages that each name one content a hundred thousand times.
    let page = "BT /F1 10 Tf (word) Tj ET\n".repeat(300_000);
    let pages: Vec<String> = vec![page; 12];
    let unread = reader.read("x.pdf", &pdf_file(&pages));
    if let Err(unread) = unread {
        assert_eq!(unread.reason, Reason::TimedOut, "{unread}");
    }
}

#[test]
fn a_child_that_is_no_reader_is_a_reason() {
    let reader = Reader::new(PathBuf::from("/bin/false"), Vec::new());
    assert_eq!(reader.read("x.txt", b"text").unwrap_err().reason, Reason::ReaderFailed);
    let missing = Reader::new(PathBuf::from("/no/such/program"), Vec::new());
    assert_eq!(missing.read("x.txt", b"text").unwrap_err().reason, Reason::ReaderFailed);
}
