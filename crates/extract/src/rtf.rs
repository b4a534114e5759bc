//! Rich text: control words, groups and characters, as far as text needs them.

use crate::format::Format;
use crate::text::{Part, Reason, Text, Unread};

/// Deepest nesting of groups that is followed.
const DEPTH_MAX: usize = 4000;

#[derive(Clone, Default)]
struct Group {
    /// Inside a destination that holds no text: fonts, colours, pictures, styles.
    hidden: bool,
    struck: bool,
    heading: Option<u8>,
    /// Characters that follow a `\uN` and stand for it in old readers.
    fallback: usize,
    info: bool,
}

/// The text of an RTF file.
pub(crate) fn read(bytes: &[u8]) -> Result<Text, Unread> {
    let mut r = Rtf {
        out: Text { format: Format::Rtf, ..Text::default() },
        state: Group { fallback: 1, ..Group::default() },
        encoding: encoding_rs::WINDOWS_1252,
        ..Rtf::default()
    };
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'{' => {
                if r.stack.len() >= DEPTH_MAX {
                    return Err(Unread::new(Reason::Broken, "groups are nested too deeply"));
                }
                r.stack.push(r.state.clone());
                at + 1
            }
            b'}' => {
                r.state = r.stack.pop().unwrap_or_default();
                at + 1
            }
            b'\\' => r.control(bytes, at + 1),
            b'\r' | b'\n' => at + 1,
            _ => {
                r.byte(byte);
                at + 1
            }
        };
    }
    r.end_paragraph();
    Ok(r.out)
}

struct Rtf {
    out: Text,
    stack: Vec<Group>,
    state: Group,
    text: String,
    deleted: String,
    pending: Vec<u8>,
    cells: Vec<String>,
    in_table: bool,
    skip: usize,
    surrogate: Option<u16>,
    page: u32,
    encoding: &'static encoding_rs::Encoding,
}

impl Default for Rtf {
    fn default() -> Rtf {
        Rtf {
            out: Text::default(),
            stack: Vec::new(),
            state: Group::default(),
            text: String::new(),
            deleted: String::new(),
            pending: Vec::new(),
            cells: Vec::new(),
            in_table: false,
            skip: 0,
            surrogate: None,
            page: 1,
            encoding: encoding_rs::WINDOWS_1252,
        }
    }
}

impl Rtf {
    /// A control word or symbol after its backslash; where the next token begins.
    fn control(&mut self, bytes: &[u8], at: usize) -> usize {
        let Some(&first) = bytes.get(at) else { return at + 1 };
        if !first.is_ascii_alphabetic() {
            return self.symbol(bytes, at, first);
        }
        let mut end = at;
        while bytes.get(end).is_some_and(u8::is_ascii_alphabetic) && end - at < 40 {
            end += 1;
        }
        let word = std::str::from_utf8(bytes.get(at..end).unwrap_or_default()).unwrap_or("");
        let digits = end;
        if bytes.get(end) == Some(&b'-') {
            end += 1;
        }
        while bytes.get(end).is_some_and(u8::is_ascii_digit) && end - digits < 12 {
            end += 1;
        }
        let number = std::str::from_utf8(bytes.get(digits..end).unwrap_or_default())
            .ok()
            .and_then(|n| n.parse::<i32>().ok());
        if bytes.get(end) == Some(&b' ') {
            end += 1;
        }
        if word == "bin" {
            return end.saturating_add(usize::try_from(number.unwrap_or(0)).unwrap_or(0));
        }
        self.word(word, number);
        end
    }

    fn symbol(&mut self, bytes: &[u8], at: usize, first: u8) -> usize {
        match first {
            b'\'' => {
                let hex = bytes.get(at + 1..at + 3).and_then(|h| std::str::from_utf8(h).ok());
                if let Some(byte) = hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
                    self.byte(byte);
                }
                at + 3
            }
            b'*' => {
                self.state.hidden = true;
                at + 1
            }
            b'~' => {
                self.byte(b' ');
                at + 1
            }
            b'_' => {
                self.byte(b'-');
                at + 1
            }
            b'\n' | b'\r' => {
                self.end_paragraph();
                at + 1
            }
            b'\\' | b'{' | b'}' => {
                self.byte(first);
                at + 1
            }
            _ => at + 1,
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        match word {
            "par" | "sect" => self.end_paragraph(),
            "page" => {
                self.end_paragraph();
                self.page += 1;
            }
            "line" | "tab" => self.byte(b' '),
            "cell" => {
                self.settle();
                let cell = std::mem::take(&mut self.text);
                self.cells.push(cell);
            }
            "row" => {
                self.settle();
                let cells = std::mem::take(&mut self.cells);
                self.out.push_row(cells, self.page);
                self.in_table = false;
            }
            "intbl" => self.in_table = true,
            "pard" => {
                self.in_table = false;
                self.state.heading = None;
            }
            "outlinelevel" => {
                self.state.heading = u8::try_from(number.unwrap_or(0) + 1).ok().filter(|l| *l < 7)
            }
            "s" => {
                if let Some(n @ 1..=6) = number {
                    self.state.heading = u8::try_from(n).ok();
                }
            }
            "strike" => self.state.struck = number != Some(0),
            "deleted" => self.state.struck = number != Some(0),
            "plain" => self.state.struck = false,
            "fonttbl" | "colortbl" | "stylesheet" | "pict" | "object" | "themedata" | "datastore"
            | "generator" | "listtable" | "listoverridetable" | "rsidtbl" | "xmlnstbl" | "latentstyles"
            | "fldinst" => self.state.hidden = true,
            "info" => {
                self.state.info = true;
                self.state.hidden = true;
            }
            "uc" => self.state.fallback = usize::try_from(number.unwrap_or(1)).unwrap_or(1),
            "u" => self.unicode(number.unwrap_or(0)),
            "ansicpg" => {
                if let Some(encoding) =
                    number.and_then(|n| encoding_rs::Encoding::for_label(format!("windows-{n}").as_bytes()))
                {
                    self.encoding = encoding;
                }
            }
            "emdash" => self.char('—'),
            "endash" => self.char('–'),
            "bullet" => self.char('•'),
            "lquote" | "rquote" => self.char('\''),
            "ldblquote" | "rdblquote" => self.char('"'),
            _ => {}
        }
    }

    fn unicode(&mut self, number: i32) {
        self.settle();
        // Negative numbers are the upper half of 16 bits.
        let unit = u16::try_from(number.rem_euclid(65_536)).unwrap_or(0xfffd);
        let decoded = match self.surrogate.take() {
            Some(high) => char::decode_utf16([high, unit]).next().and_then(Result::ok),
            None if (0xd800..0xdc00).contains(&unit) => {
                self.surrogate = Some(unit);
                None
            }
            None => char::from_u32(u32::from(unit)),
        };
        if let Some(c) = decoded {
            self.char(c);
        }
        self.skip = self.state.fallback;
    }

    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if !self.state.hidden {
            if byte.is_ascii() && self.pending.is_empty() {
                self.char(char::from(byte));
            } else {
                self.pending.push(byte);
                if byte.is_ascii() {
                    self.settle();
                }
            }
        }
    }

    fn char(&mut self, c: char) {
        self.settle();
        if self.state.hidden {
            return;
        }
        if self.state.struck { self.deleted.push(c) } else { self.text.push(c) }
    }

    /// Decodes bytes of the code page that wait for their neighbours.
    fn settle(&mut self) {
        if !self.pending.is_empty() {
            let bytes = std::mem::take(&mut self.pending);
            let text = self.encoding.decode_without_bom_handling(&bytes).0;
            if self.state.struck { self.deleted.push_str(&text) } else { self.text.push_str(&text) }
        }
    }

    fn end_paragraph(&mut self) {
        self.settle();
        if self.in_table && !self.cells.is_empty() {
            self.text.push(' ');
            return;
        }
        let part = self.state.heading.map_or(Part::Paragraph, Part::Heading);
        let text = std::mem::take(&mut self.text);
        self.out.push(part, text, self.page);
        let deleted = std::mem::take(&mut self.deleted);
        self.out.push(Part::Deleted, deleted, self.page);
    }
}
