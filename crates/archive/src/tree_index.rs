//! The index of a tree: which file is made of which chunks of which packs. Plain text, one line per fact, so that a
//! shell script can read it (`docs/formats/archive.md`, "Index of a tree"); stored as one zstd frame.
//!
//! Reading is strict: whatever could be unpacked in two ways, or outside of the tree, is refused with its line.

use crate::pack::{CHUNK_BYTES_MAX, FRAME_BYTES_MAX, PACK_BYTES_MAX};
use std::cmp::Ordering;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use vocabulary::Digest;

/// First line of every index.
const HEADER: &str = "dossier-tree 1";
/// Longest path and longest link target, in bytes.
const PATH_BYTES_MAX: usize = 4096;
/// Longest line: an escaped path is at most five times as long as the path.
const LINE_BYTES_MAX: u64 = 2 * 5 * PATH_BYTES_MAX as u64 + 256;
/// Largest index, decompressed, in bytes: about five million files.
const INDEX_BYTES_MAX: u64 = 1 << 30;

/// A pack that a tree uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackRef {
    /// SHA-256 of the pack.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
}

/// Where a chunk lies and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkRef {
    /// Position of the pack in [`TreeIndex::packs`].
    pub pack: u32,
    /// Where the chunk's frame begins in the pack, in bytes.
    pub offset: u32,
    /// Length of the frame in bytes.
    pub length: u32,
    /// Length of the content in bytes; never 0.
    pub raw_length: u32,
    /// SHA-256 of the content.
    pub raw: Digest,
}

/// One file, folder or symbolic link of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Relative path, components between `/`; bytes, because names on Linux need not be UTF-8.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: EntryKind,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// A folder.
    Dir {
        /// Permission bits, at most 0o777.
        mode: u32,
    },
    /// A file: the concatenation of its chunks.
    File {
        /// Permission bits, at most 0o777.
        mode: u32,
        /// Size in bytes.
        size: u64,
        /// SHA-256 of the whole content.
        digest: Digest,
        /// Its chunks, in order.
        chunks: Vec<ChunkRef>,
    },
    /// A symbolic link that stays inside the tree.
    Link {
        /// What it points to, as written in the link.
        target: Vec<u8>,
    },
}

/// The index of one tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeIndex {
    /// The packs, in order of first use.
    pub packs: Vec<PackRef>,
    /// All entries, in order of their path's components; a folder stands before what is in it.
    pub entries: Vec<Entry>,
}

/// Why bytes are no index of a tree.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the tree's index: {reason}")]
pub struct IndexError {
    /// Line, from 1; 0 where the compressed bytes themselves cannot be read.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

impl TreeIndex {
    /// Number of files and the sum of their sizes in bytes.
    pub fn totals(&self) -> (u64, u64) {
        self.entries.iter().fold((0, 0), |(n, sum), e| match &e.kind {
            EntryKind::File { size, .. } => (n + 1, sum + size),
            _ => (n, sum),
        })
    }

    /// The text of the index.
    pub fn to_text(&self) -> String {
        let mut out = String::with_capacity(self.entries.len() * 280 + 1000);
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{HEADER}");
        for (i, pack) in self.packs.iter().enumerate() {
            let _ = writeln!(out, "pack {i} {} {}", pack.digest, pack.size);
        }
        for entry in &self.entries {
            let path = escape(&entry.path);
            let _ = match &entry.kind {
                EntryKind::Dir { mode } => writeln!(out, "dir {mode:03o} {path}"),
                EntryKind::Link { target } => writeln!(out, "link {path} {}", escape(target)),
                EntryKind::File { mode, size, digest, chunks } => {
                    let _ = writeln!(out, "file {mode:03o} {size} {digest} {path}");
                    for c in chunks {
                        let _ = writeln!(
                            out,
                            "chunk {} {} {} {} {}",
                            c.pack, c.offset, c.length, c.raw_length, c.raw
                        );
                    }
                    Ok(())
                }
            };
        }
        let (files, bytes) = self.totals();
        let _ = writeln!(out, "end {files} {bytes}");
        out
    }

    /// Reads the text of an index.
    ///
    /// # Errors
    /// Names the first line that is not as the format says.
    pub fn from_text(text: impl Read) -> Result<TreeIndex, IndexError> {
        let mut reader = BufReader::new(text.take(INDEX_BYTES_MAX));
        let mut parser = Parser::default();
        let mut line = Vec::new();
        let mut number = 0;
        loop {
            line.clear();
            number += 1;
            let n = (&mut reader)
                .take(LINE_BYTES_MAX)
                .read_until(b'\n', &mut line)
                .map_err(|e| IndexError { line: number, reason: format!("cannot be read: {e}") })?;
            if n == 0 {
                return parser.finish().map_err(|reason| IndexError { line: number, reason });
            }
            line_text(&line)
                .and_then(|text| parser.line(number, text))
                .map_err(|reason| IndexError { line: number, reason })?;
        }
    }

    /// The index as it is stored: the text in one zstd frame.
    pub fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        zstd::bulk::compress(self.to_text().as_bytes(), crate::pack::ZSTD_LEVEL)
    }

    /// Reads a stored index. A bomb is stopped at a limit, never unpacked whole.
    ///
    /// # Errors
    /// Where the bytes are no zstd, or the text is no index.
    pub fn from_bytes(bytes: &[u8]) -> Result<TreeIndex, IndexError> {
        let decoder = zstd::stream::read::Decoder::with_buffer(bytes)
            .map_err(|e| IndexError { line: 0, reason: format!("no zstd frame: {e}") })?;
        TreeIndex::from_text(decoder)
    }
}

fn line_text(line: &[u8]) -> Result<&str, String> {
    let text = line.strip_suffix(b"\n").ok_or("does not end, or is too long")?;
    std::str::from_utf8(text).map_err(|_| "is not UTF-8".to_owned())
}

#[derive(Default)]
struct Parser {
    index: TreeIndex,
    /// Content of the last file that its chunks have not covered yet.
    missing: u64,
    ended: bool,
}

impl Parser {
    fn line(&mut self, number: usize, text: &str) -> Result<(), String> {
        if number == 1 {
            return if text == HEADER { Ok(()) } else { Err(format!("is not `{HEADER}`")) };
        }
        if self.ended {
            return Err("stands after the end".to_owned());
        }
        let fields: Vec<&str> = text.split(' ').collect();
        if fields.first() != Some(&"chunk") && self.missing > 0 {
            return Err(format!("comes where {} bytes of the file before are still missing", self.missing));
        }
        match fields.as_slice() {
            ["pack", n, digest, size] => self.pack(n, digest, size),
            ["dir", mode, path] => {
                let kind = EntryKind::Dir { mode: octal(mode)? };
                self.entry(unescape(path)?, kind)
            }
            ["file", mode, size, digest, path] => self.file(mode, size, digest, path),
            ["chunk", pack, offset, length, raw_length, raw] => {
                let chunk = ChunkRef {
                    pack: number_u32(pack)?,
                    offset: number_u32(offset)?,
                    length: number_u32(length)?,
                    raw_length: number_u32(raw_length)?,
                    raw: hex_digest(raw)?,
                };
                self.chunk(chunk)
            }
            ["link", path, target] => {
                let (path, target) = (unescape(path)?, unescape(target)?);
                check_link(&path, &target)?;
                self.entry(path, EntryKind::Link { target })
            }
            ["end", files, bytes] => {
                let said = (decimal(files)?, decimal(bytes)?);
                let found = self.index.totals();
                self.ended = true;
                if said == found {
                    Ok(())
                } else {
                    Err(format!("says {said:?} files and bytes, there are {found:?}"))
                }
            }
            _ => Err("is none of pack, dir, file, chunk, link, end with its fields".to_owned()),
        }
    }

    fn pack(&mut self, n: &str, digest: &str, size: &str) -> Result<(), String> {
        let pack = PackRef { digest: hex_digest(digest)?, size: decimal(size)? };
        if !self.index.entries.is_empty() {
            return Err("names a pack after the first entry".to_owned());
        }
        if decimal(n)? != self.index.packs.len() as u64 {
            return Err(format!("has number {n}, expected {}", self.index.packs.len()));
        }
        if pack.size == 0 || pack.size > PACK_BYTES_MAX {
            return Err(format!("has a pack of {} bytes: 1 to {PACK_BYTES_MAX} are allowed", pack.size));
        }
        self.index.packs.push(pack);
        Ok(())
    }

    fn file(&mut self, mode: &str, size: &str, digest: &str, path: &str) -> Result<(), String> {
        let (size, digest) = (decimal(size)?, hex_digest(digest)?);
        if size == 0 && digest != Digest::of(b"") {
            return Err("has an empty file with the digest of another".to_owned());
        }
        // `totals` adds these up: what could overflow is refused here.
        if size > 1 << 50 {
            return Err(format!("has a file of {size} bytes"));
        }
        self.missing = size;
        self.entry(unescape(path)?, EntryKind::File { mode: octal(mode)?, size, digest, chunks: Vec::new() })
    }

    fn chunk(&mut self, chunk: ChunkRef) -> Result<(), String> {
        let pack = usize::try_from(chunk.pack).ok().and_then(|i| self.index.packs.get(i));
        let pack = pack.ok_or_else(|| format!("names pack {}, which is not listed", chunk.pack))?;
        if u64::from(chunk.offset) + u64::from(chunk.length) > pack.size {
            return Err(format!("reaches beyond the {} bytes of its pack", pack.size));
        }
        if chunk.raw_length == 0 || chunk.raw_length > CHUNK_BYTES_MAX {
            return Err(format!(
                "has a chunk of {} bytes: 1 to {CHUNK_BYTES_MAX} are allowed",
                chunk.raw_length
            ));
        }
        if chunk.length == 0 || chunk.length > FRAME_BYTES_MAX {
            return Err(format!("has a frame of {} bytes: 1 to {FRAME_BYTES_MAX} are allowed", chunk.length));
        }
        let Some(Entry { kind: EntryKind::File { chunks, .. }, .. }) = self.index.entries.last_mut() else {
            return Err("has a chunk that belongs to no file".to_owned());
        };
        self.missing = self
            .missing
            .checked_sub(chunk.raw_length.into())
            .ok_or("has more content than its file".to_owned())?;
        chunks.push(chunk);
        Ok(())
    }

    fn entry(&mut self, path: Vec<u8>, kind: EntryKind) -> Result<(), String> {
        check_path(&path)?;
        if self.index.entries.last().is_some_and(|last| path_order(&last.path, &path) != Ordering::Less) {
            return Err("is not in order, or stands twice".to_owned());
        }
        if !self.parent_is_dir(&path) {
            return Err("is in a folder that is not listed as a folder before it".to_owned());
        }
        self.index.entries.push(Entry { path, kind });
        Ok(())
    }

    /// Entries are in order, so the parent is found by binary search.
    fn parent_is_dir(&self, path: &[u8]) -> bool {
        let Some(at) = path.iter().rposition(|b| *b == b'/') else { return true };
        let parent = path.get(..at).unwrap_or_default();
        self.index
            .entries
            .binary_search_by(|e| path_order(&e.path, parent))
            .ok()
            .and_then(|i| self.index.entries.get(i))
            .is_some_and(|e| matches!(e.kind, EntryKind::Dir { .. }))
    }

    fn finish(self) -> Result<TreeIndex, String> {
        if self.ended { Ok(self.index) } else { Err("the index ends without its `end` line".to_owned()) }
    }
}

/// The order of entries: by components, each compared as bytes. So a folder stands before what is in it.
pub(crate) fn path_order(a: &[u8], b: &[u8]) -> Ordering {
    a.split(|c| *c == b'/').cmp(b.split(|c| *c == b'/'))
}

/// Whether `path` is relative, of plain components, and of bearable length.
pub(crate) fn check_path(path: &[u8]) -> Result<(), String> {
    if path.len() > PATH_BYTES_MAX {
        return Err(format!("has a path longer than {PATH_BYTES_MAX} bytes"));
    }
    let plain = |c: &[u8]| !c.is_empty() && c != b"." && c != b".." && c.len() <= 255 && !c.contains(&0);
    if path.split(|b| *b == b'/').all(plain) {
        Ok(())
    } else {
        Err(format!("has the path `{}`, which is not inside the tree", escape(path)))
    }
}

/// Whether a link at `path` stays inside the tree. `..` is allowed at the beginning only: after another component it
/// would leave the tree where that component is itself a link.
pub(crate) fn check_link(path: &[u8], target: &[u8]) -> Result<(), String> {
    let out = || format!("has a link to `{}`, which does not stay inside the tree", escape(target));
    if target.is_empty() || target.len() > PATH_BYTES_MAX || target.contains(&0) || target.starts_with(b"/") {
        return Err(out());
    }
    let depth = path.iter().filter(|b| **b == b'/').count();
    let mut parts = target.split(|b| *b == b'/').filter(|c| !c.is_empty() && *c != b".").peekable();
    let mut up = 0;
    while parts.next_if(|c| *c == b"..").is_some() {
        up += 1;
    }
    if up > depth || parts.any(|c| c == b"..") { Err(out()) } else { Ok(()) }
}

/// Writes a path so that it has neither spaces nor control characters: each such byte, `\`, and each byte that is not
/// part of UTF-8 becomes `\0` and three octal digits, as `printf %b` reads it.
pub(crate) fn escape(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    for part in path.utf8_chunks() {
        for c in part.valid().chars() {
            if c <= ' ' || c == '\\' || c == '\u{7f}' {
                let _ = write!(out, "\\0{:03o}", c as u32);
            } else {
                out.push(c);
            }
        }
        for b in part.invalid() {
            let _ = write!(out, "\\0{b:03o}");
        }
    }
    out
}

fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        if *first != b'\\' {
            out.push(*first);
            rest = tail;
            continue;
        }
        let digits = tail.strip_prefix(b"0").and_then(|t| t.split_at_checked(3));
        let (digits, tail) = digits.ok_or("has a `\\` without `0` and three octal digits")?;
        let value = std::str::from_utf8(digits).ok().and_then(|d| u8::from_str_radix(d, 8).ok());
        out.push(value.ok_or("has a `\\` without `0` and three octal digits")?);
        rest = tail;
    }
    // One path, one spelling: an escape that was not needed is refused.
    if escape(&out) == text {
        Ok(out)
    } else {
        Err("has a path that is escaped otherwise than needed".to_owned())
    }
}

fn decimal(text: &str) -> Result<u64, String> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }.ok_or_else(|| format!("has `{text}` instead of a number"))
}

fn number_u32(text: &str) -> Result<u32, String> {
    decimal(text)?.try_into().map_err(|_| format!("has the number {text}, which is too large"))
}

fn octal(text: &str) -> Result<u32, String> {
    let plain = text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit());
    if plain { u32::from_str_radix(text, 8).ok() } else { None }
        .ok_or_else(|| format!("has `{text}` instead of a mode of three octal digits"))
}

fn hex_digest(text: &str) -> Result<Digest, String> {
    if text.len() == 64 { text.parse().ok() } else { None }
        .ok_or_else(|| format!("has `{text}` instead of a digest"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn d(n: u8) -> String {
        Digest::of(&[n]).to_string()
    }

    fn parse(body: &str) -> Result<TreeIndex, IndexError> {
        TreeIndex::from_text(format!("{HEADER}\n{body}").as_bytes())
    }

    #[test]
    fn the_text_of_a_small_tree() {
        let (p, f) = (d(1), d(2));
        let body = format!(
            "pack 0 {p} 100\ndir 755 a\nfile 644 5 {f} a/b\\0040c\nchunk 0 10 20 5 {f}\nlink a/l b\\0040c\nend 1 5\n"
        );
        let index = parse(&body).unwrap();
        assert_eq!(index.entries[1].path, b"a/b c");
        assert_eq!(index.to_text(), format!("{HEADER}\n{body}"));
    }

    #[test]
    fn what_is_not_inside_the_tree_or_not_true_is_refused() {
        let (p, f) = (d(1), d(2));
        let e = Digest::of(b"");
        let table = [
            ("dir 755 ..\nend 0 0\n".to_owned(), "not inside"),
            ("dir 755 /etc\nend 0 0\n".to_owned(), "not inside"),
            ("dir 755 a\ndir 755 a/../b\nend 0 0\n".to_owned(), "not inside"),
            ("dir 755 a//b\nend 0 0\n".to_owned(), "not inside"),
            ("dir 755 a\\0000\nend 0 0\n".to_owned(), "not inside"),
            ("link a /etc/passwd\nend 0 0\n".to_owned(), "stay inside"),
            ("link a ../x\nend 0 0\n".to_owned(), "stay inside"),
            ("link a b/../../x\nend 0 0\n".to_owned(), "stay inside"),
            ("dir 755 a\nlink a/l ../..\nend 0 0\n".to_owned(), "stay inside"),
            (format!("link a b\nfile 644 0 {e} a/x\nend 1 0\n"), "not listed as a folder"),
            (format!("file 644 0 {e} b\nfile 644 0 {e} a\nend 2 0\n"), "not in order"),
            (format!("file 644 0 {e} a\nfile 644 0 {e} a\nend 2 0\n"), "stands twice"),
            (format!("file 644 0 {f} a\nend 1 0\n"), "digest of another"),
            (format!("file 644 5 {f} a\nend 1 5\n"), "5 bytes of the file before are still missing"),
            (format!("pack 0 {p} 9\nfile 644 5 {f} a\nchunk 0 0 10 5 {f}\nend 1 5\n"), "beyond"),
            (format!("pack 0 {p} 9\nfile 644 5 {f} a\nchunk 1 0 9 5 {f}\nend 1 5\n"), "not listed"),
            (format!("pack 0 {p} 9\nfile 644 5 {f} a\nchunk 0 0 9 6 {f}\nend 1 5\n"), "more content"),
            (
                format!("pack 0 {p} 99\nfile 644 999999999 {f} a\nchunk 0 0 9 999999999 {f}\nend 1 5\n"),
                "allowed",
            ),
            (format!("pack 0 {p} 99999999\nend 0 0\n"), "allowed"),
            (format!("pack 1 {p} 9\nend 0 0\n"), "expected 0"),
            ("file 4755 0 x a\n".to_owned(), "instead of"),
            ("dir 755 a\nend 1 0\n".to_owned(), "there are (0, 0)"),
            ("dir 755 a\n".to_owned(), "without its `end`"),
            ("end 0 0\nend 0 0\n".to_owned(), "after the end"),
            ("end 0 0".to_owned(), "does not end"),
            ("dir 755 \\0141\nend 0 0\n".to_owned(), "otherwise than needed"),
            ("dir 755 a\\9\nend 0 0\n".to_owned(), "octal"),
            ("hello\n".to_owned(), "none of"),
            ("dir  755 a\n".to_owned(), "none of"),
        ];
        for (body, expected) in table {
            let error = parse(&body).expect_err(&body).to_string();
            assert!(error.contains(expected), "{body:?}: {error}");
        }
        assert!(TreeIndex::from_text(&b""[..]).is_err(), "empty is no empty tree");
        assert!(TreeIndex::from_text(&b"dossier-tree 2\n"[..]).is_err());
        assert!(TreeIndex::from_bytes(b"no zstd").is_err());
    }

    #[test]
    fn a_bomb_stops_at_the_first_line_that_is_too_long() {
        let bomb = zstd::bulk::compress(&vec![b'a'; 50 << 20], 3).unwrap();
        let error = TreeIndex::from_bytes(&bomb).unwrap_err();
        assert!(error.reason.contains("too long"), "{error}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_error_or_an_index_that_reads_back(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = TreeIndex::from_bytes(&bytes);
            if let Ok(index) = TreeIndex::from_text(&bytes[..]) {
                prop_assert_eq!(index.to_text().into_bytes(), bytes);
            }
        }

        #[test]
        fn any_path_reads_back(path in prop::collection::vec(any::<u8>(), 0..60)) {
            prop_assert_eq!(unescape(&escape(&path)).unwrap(), path);
        }
    }
}
