//! A test report of any form that is read: told apart by its bytes alone, so that the same bytes are the same results
//! whatever the file was called, today and when they are read back from the ledger's blobs.

use crate::{Report, junit, libtest};

/// The form of a report, by its name in records, and what it says. What is neither form is read as JUnit XML, whose reader
/// says what is wrong with it.
pub fn read(bytes: &[u8]) -> (&'static str, Report) {
    if is_libtest(bytes) {
        return ("libtest", libtest::read(bytes, ""));
    }
    ("junit", junit::read(bytes, junit::Limits::default()))
}

/// What `cargo test` prints: text with a line `running 3 tests`. XML begins with `<`, or with a mark of its encoding.
fn is_libtest(bytes: &[u8]) -> bool {
    let xml = [&b"<"[..], b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
    if xml.iter().any(|start| bytes.trim_ascii_start().starts_with(start)) {
        return false;
    }
    let announces = |line: &[u8]| {
        let words: Vec<&[u8]> = line.trim_ascii().split(|b| *b == b' ').collect();
        matches!(words.as_slice(), [b"running", n, b"test" | b"tests"] if n.iter().all(u8::is_ascii_digit))
    };
    bytes.split(|b| *b == b'\n').any(announces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_told_apart_by_their_bytes() {
        let cargo = b"     Running unittests src/lib.rs (target/debug/deps/a-0a1b2c3d4e5f6a7b)\n\nrunning 1 test\r\ntest b::c ... ok\n\n\
                      test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        let (form, report) = read(cargo);
        assert_eq!((form, report.results.len(), report.is_sound()), ("libtest", 1, true));
        let xml = b"\n<testsuite tests=\"1\"><testcase name=\"running 1 test\"/></testsuite>";
        assert_eq!((read(xml).0, read(xml).1.is_sound()), ("junit", true));
        for neither in [&b""[..], b"running tests", b"\0\0", b"\xff\xfe\0", b"running -1 tests\n"] {
            let (form, report) = read(neither);
            assert_eq!((form, report.is_sound()), ("junit", false), "{neither:?}");
        }
        assert!(!read(b"running 2 tests\ntest a ... ok\n").1.is_sound(), "broken off");
    }
}
