//! The content digest of an item, line by line as `docs/formats/documents.md` has it. Stamps, confirmations and approvals
//! bind to it, so a change here is a change of the format.

use crate::Kind;
use sha2::{Digest as _, Sha256};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use vocabulary::Digest;

/// Fields that say nothing about what an item means, so changing them changes no digest.
pub const NON_NORMATIVE: &[&str] =
    &["author", "comment", "comments", "note", "notes", "owner", "results", "reviewer", "tags"];

/// Whether a field counts in the content digest. Link fields never come here.
pub fn is_normative(key: &str) -> bool {
    NON_NORMATIVE.binary_search(&key).is_err()
}

/// Everything that the content digest of an item covers.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// The id.
    pub id: &'a str,
    /// The kind.
    pub kind: Kind,
    /// The title as written.
    pub title: &'a str,
    /// Name and value as written of every field that is no link, in the order of the file.
    pub fields: &'a [(&'a str, &'a str)],
    /// Bullets of the field list that are no fields, as written, in the order of the file.
    pub loose: &'a [&'a str],
    /// The text as written.
    pub text: &'a str,
    /// Path and digest of every embedded local file; no digest where it is missing.
    pub embedded: &'a [(&'a str, Option<Digest>)],
}

impl Content<'_> {
    /// The content digest.
    pub fn digest(&self) -> Digest {
        self.digest_with(&mut Lines::default())
    }

    /// The content digest, with a buffer to use again.
    pub fn digest_with(&self, lines: &mut Lines) -> Digest {
        lines.clear();
        lines.line(self.id);
        lines.line(self.kind.as_str());
        lines.line(self.title);
        let mut fields: Vec<&(&str, &str)> = self.fields.iter().filter(|(k, _)| is_normative(k)).collect();
        // Stable: fields of one name stay in the order of the file.
        fields.sort_by_key(|(k, _)| *k);
        for (key, value) in fields {
            lines.field(key, value);
        }
        for bullet in self.loose {
            lines.line(bullet);
        }
        lines.text(self.text);
        lines.embedded(self.embedded.iter().copied());
        lines.digest()
    }
}

/// Lines in the normal form that is digested: NFC, runs of white space as one space, trimmed, joined by LF.
#[derive(Debug, Default)]
pub struct Lines {
    bytes: Vec<u8>,
    begun: bool,
}

impl Lines {
    /// Begins anew.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.begun = false;
    }

    /// The digest of the lines so far.
    pub fn digest(&self) -> Digest {
        Digest(Sha256::digest(&self.bytes).into())
    }

    /// The bytes that are digested.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// One line. Line breaks in it are white space.
    pub fn line(&mut self, line: &str) {
        self.next();
        self.append(line);
    }

    /// One line `key: value`; `key:` where the value is empty.
    pub fn field(&mut self, key: &str, value: &str) {
        self.next();
        self.append(key);
        self.bytes.push(b':');
        if !value.trim().is_empty() {
            self.bytes.push(b' ');
            self.append(value);
        }
    }

    /// The lines of a text. Blank lines at its ends do not count, and several blank lines in a row are one.
    pub fn text(&mut self, text: &str) {
        let mut blank = false;
        let mut first = true;
        for line in physical_lines(text) {
            if line.trim().is_empty() {
                blank = true;
                continue;
            }
            if blank && !first {
                self.next();
            }
            self.line(line);
            (blank, first) = (false, false);
        }
    }

    /// One line `path digest` for each embedded file, sorted and each once; `-` for a file that is missing.
    pub fn embedded<'a>(&mut self, files: impl Iterator<Item = (&'a str, Option<Digest>)>) {
        let mut files: Vec<_> = files.collect();
        files.sort_unstable();
        files.dedup();
        for (path, digest) in files {
            let digest = digest.map_or_else(|| "-".to_owned(), |d| d.to_string());
            self.line(&format!("{path} {digest}"));
        }
    }

    fn next(&mut self) {
        if self.begun {
            self.bytes.push(b'\n');
        }
        self.begun = true;
    }

    fn append(&mut self, s: &str) {
        let s = s.trim();
        if is_plain(s) {
            self.bytes.extend_from_slice(s.as_bytes());
        } else if s.is_ascii() || is_nfc_quick(s.chars()) == IsNormalized::Yes {
            self.append_words(s);
        } else {
            self.append_words(&s.nfc().collect::<String>());
        }
    }

    fn append_words(&mut self, s: &str) {
        for (i, word) in s.split_whitespace().enumerate() {
            if i > 0 {
                self.bytes.push(b' ');
            }
            self.bytes.extend_from_slice(word.as_bytes());
        }
    }
}

/// Whether trimmed text is in normal form already: ASCII, no control character, no two spaces in a row. Without branches,
/// so that the compiler can take many bytes at once; nearly all text ends here.
fn is_plain(s: &str) -> bool {
    let b = s.as_bytes();
    let pairs = b.iter().zip(b.get(1..).unwrap_or(&[]));
    let bad = pairs.fold(0u8, |bad, (x, y)| bad | u8::from(*x == b' ') & u8::from(*y == b' '))
        | b.iter().fold(0u8, |bad, x| bad | u8::from(*x < b' ') | (*x & 0x80));
    bad == 0
}

/// The lines of a text: LF, CR LF or a lone CR ends one, as in CommonMark.
fn physical_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    let ends = memchr::memchr2_iter(b'\n', b'\r', text.as_bytes()).chain([text.len()]);
    ends.filter_map(move |end| {
        let line = text.get(at..end);
        // CR LF is one end.
        let within = at > 0
            && at == end
            && text.as_bytes().get(end) == Some(&b'\n')
            && text.as_bytes().get(at - 1) == Some(&b'\r');
        at = end + 1;
        line.filter(|_| !within)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(s: &str) -> String {
        let mut l = Lines::default();
        l.text(s);
        String::from_utf8(l.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn lines_are_brought_into_normal_form() {
        assert_eq!(text("\n\n a  b\t\r\n\r\n\r\n\nc\rd \n\n"), "a b\n\nc\nd");
        assert_eq!(text("e\u{301}\u{a0}\u{2003}x"), "\u{e9} x");
        assert_eq!(text(""), "");
        assert_eq!(text(" \n\t\n"), "");
    }

    #[test]
    fn the_list_of_non_normative_fields_is_sorted() {
        assert!(NON_NORMATIVE.is_sorted());
        assert!(!is_normative("owner") && is_normative("level"));
    }

    #[test]
    fn only_what_is_normative_counts() {
        let base = Content {
            id: "SRS-1",
            kind: Kind::SoftwareRequirement,
            title: "T",
            fields: &[("b", "2"), ("a", "1"), ("owner", "qa-lead")],
            loose: &[],
            text: "text",
            embedded: &[],
        };
        let d = base.digest();
        assert_eq!(Content { fields: &[("a", "1"), ("b", " 2 ")], text: "\ntext  \n", ..base }.digest(), d);
        assert_ne!(Content { title: "U", ..base }.digest(), d);
        assert_ne!(Content { kind: Kind::Soup, ..base }.digest(), d);
        assert_ne!(Content { embedded: &[("x.png", None)], ..base }.digest(), d);
        assert_ne!(Content { fields: &[("a", "1")], ..base }.digest(), d);
    }

    proptest! {
        #[test]
        fn the_normal_form_is_its_own_normal_form(s in "\\PC{0,40}|[ a\u{301}e\t\r\n\u{a0}]{0,40}") {
            let once = text(&s);
            prop_assert_eq!(text(&once), once);
        }
    }
}
