//! The child process keeps its limits, and its death is a reason.

use extract::specimen::write;
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

/// Pages that share one content of very many operators without text: reading them all takes hours and no memory.
fn endless() -> Vec<u8> {
    const PAGES: usize = 20_000;
    let content = "1 0 0 1 0 0 cm\n".repeat(200_000);
    let mut out = String::from("%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n");
    let kids: String = (0..PAGES).map(|i| format!("{} 0 R ", 4 + i)).collect();
    out.push_str(&format!("2 0 obj << /Type /Pages /Count {PAGES} /Kids [{kids}] >> endobj\n"));
    out.push_str(&format!("3 0 obj << /Length {} >>\nstream\n{content}\nendstream\nendobj\n", content.len()));
    for i in 0..PAGES {
        out.push_str(&format!(
            "{} 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R >> endobj\n",
            4 + i
        ));
    }
    out.push_str("trailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n");
    out.into_bytes()
}

#[test]
fn processor_time_over_the_limit_ends_the_child() {
    let mut reader = reader();
    reader.limits.seconds = 1;
    let unread = reader.read("x.pdf", &endless()).unwrap_err();
    // The kernel's limit, not the parent's patience.
    assert_eq!((unread.reason, unread.detail.as_str()), (Reason::TimedOut, "more than 1 s of the processor"));
}

#[test]
fn a_child_that_reads_can_open_nothing_more_not_even_a_socket() {
    use std::io::Write as _;
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_extract-one"))
        .arg("x.txt")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // More than a pipe holds: when it is written the child has begun to read, which it does after it has limited itself.
    input.write_all(&vec![b'a'; 1 << 20]).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let files = limits.lines().find(|l| l.starts_with("Max open files")).unwrap();
    drop(input);
    assert!(child.wait_with_output().unwrap().status.success());
    let words: Vec<&str> = files.split_whitespace().collect();
    // Soft and hard: it cannot be raised again.
    assert_eq!((words[3], words[4]), ("3", "3"), "{files}");
}

#[test]
fn a_child_that_is_no_reader_is_a_reason() {
    let reader = Reader::new(PathBuf::from("/bin/false"), Vec::new());
    assert_eq!(reader.read("x.txt", b"text").unwrap_err().reason, Reason::ReaderFailed);
    let missing = Reader::new(PathBuf::from("/no/such/program"), Vec::new());
    assert_eq!(missing.read("x.txt", b"text").unwrap_err().reason, Reason::ReaderFailed);
}
