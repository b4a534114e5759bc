//! The table `Packages` of an SQLite file (sqlite.org/fileformat2.html): b-tree pages walked, nothing else of SQL.
//!
//! The bytes are somebody else's, and a data base that rpm left behind says "write-ahead log" in its head, which no library
//! opens from memory; the pages themselves are complete.

use super::PACKAGES_MAX;

/// The headers, in the order of their row ids.
pub(super) fn headers(file: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let db = Db::open(file)?;
    // The schema is the table whose root is page 1: type, name, table, root page, text.
    let mut root = None;
    for row in db.rows(1)? {
        let text = |i: usize| row.get(i).map(Value::text).unwrap_or_default();
        if text(0) == "table" && text(1) == "Packages" {
            root = row.get(3).and_then(Value::number);
        }
    }
    let root = root.ok_or("it has no table `Packages`")?;
    let root = usize::try_from(root).map_err(|e| e.to_string())?;
    let rows = db.rows(root)?;
    Ok(rows.into_iter().filter_map(|row| row.into_iter().find_map(Value::blob)).collect())
}

enum Value {
    Number(i64),
    Bytes(Vec<u8>, bool),
    Nothing,
}

impl Value {
    fn text(&self) -> String {
        match self {
            Value::Bytes(bytes, true) => String::from_utf8_lossy(bytes).into_owned(),
            _ => String::new(),
        }
    }

    fn number(&self) -> Option<i64> {
        if let Value::Number(n) = self { Some(*n) } else { None }
    }

    fn blob(self) -> Option<Vec<u8>> {
        if let Value::Bytes(bytes, false) = self { Some(bytes) } else { None }
    }
}

struct Db<'a> {
    file: &'a [u8],
    page: usize,
    usable: usize,
}

const CUT: &str = "it is cut off or damaged";

fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let all = bytes.get(at..at.checked_add(length)?)?;
    Some(all.iter().fold(0, |n, b| n << 8 | usize::from(*b)))
}

/// A number of one to nine bytes and the place behind it.
fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for i in 0..9 {
        let byte = *bytes.get(at + i)?;
        if i == 8 {
            return Some((value << 8 | u64::from(byte), at + 9));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + i + 1));
        }
    }
    None
}

impl<'a> Db<'a> {
    fn open(file: &'a [u8]) -> Result<Db<'a>, String> {
        let page = match number(file, 16, 2).ok_or(CUT)? {
            1 => 65_536,
            n if n.is_power_of_two() && n >= 512 => n,
            _ => return Err("its page size is none".to_owned()),
        };
        let reserved = usize::from(*file.get(20).ok_or(CUT)?);
        let usable = page.checked_sub(reserved).filter(|u| *u >= 480).ok_or(CUT)?;
        Ok(Db { file, page, usable })
    }

    fn page(&self, n: usize) -> Result<&'a [u8], String> {
        let from = n.checked_sub(1).and_then(|n| n.checked_mul(self.page)).ok_or(CUT)?;
        Ok(self.file.get(from..from.saturating_add(self.page)).ok_or(CUT)?)
    }

    /// All rows of the table whose root is this page.
    fn rows(&self, root: usize) -> Result<Vec<Vec<Value>>, String> {
        let pages = self.file.len() / self.page;
        let (mut todo, mut visited, mut rows) = (vec![root], 0_usize, Vec::new());
        while let Some(n) = todo.pop() {
            visited += 1;
            if visited > pages || rows.len() > PACKAGES_MAX {
                return Err("its pages run in a circle".to_owned());
            }
            let page = self.page(n)?;
            let head = if n == 1 { 100 } else { 0 };
            let kind = *page.get(head).ok_or(CUT)?;
            let cells = number(page, head + 3, 2).ok_or(CUT)?;
            let inner = kind == 5;
            if !inner && kind != 13 {
                return Err(CUT.to_owned());
            }
            let first = head + if inner { 12 } else { 8 };
            let mut below = Vec::new();
            for cell in 0..cells {
                let at = number(page, first + 2 * cell, 2).ok_or(CUT)?;
                if inner {
                    below.push(number(page, at, 4).ok_or(CUT)?);
                } else {
                    rows.push(record(&self.payload(page, at)?)?);
                }
            }
            if inner {
                below.push(number(page, head + 8, 4).ok_or(CUT)?);
            }
            todo.extend(below.into_iter().rev());
        }
        Ok(rows)
    }

    /// The record of a leaf's cell, with what overflowed into other pages.
    fn payload(&self, page: &[u8], at: usize) -> Result<Vec<u8>, String> {
        let (size, at) = varint(page, at).ok_or(CUT)?;
        let (_row, at) = varint(page, at).ok_or(CUT)?;
        let size = usize::try_from(size).ok().filter(|s| *s <= self.file.len()).ok_or(CUT)?;
        let most = self.usable - 35;
        let least = (self.usable - 12) * 32 / 255 - 23;
        let here = if size <= most {
            size
        } else {
            let wanted = least + (size - least) % (self.usable - 4);
            if wanted <= most { wanted } else { least }
        };
        let mut out = page.get(at..at + here).ok_or(CUT)?.to_vec();
        let mut next = if here < size { number(page, at + here, 4).ok_or(CUT)? } else { 0 };
        while out.len() < size {
            let page = self.page(next)?;
            let take = (size - out.len()).min(self.usable - 4);
            out.extend_from_slice(page.get(4..4 + take).ok_or(CUT)?);
            next = number(page, 0, 4).ok_or(CUT)?;
        }
        Ok(out)
    }
}

fn record(bytes: &[u8]) -> Result<Vec<Value>, String> {
    let (head, mut at) = varint(bytes, 0).ok_or(CUT)?;
    let mut data = usize::try_from(head).map_err(|e| e.to_string())?;
    let end = data;
    let mut out = Vec::new();
    while at < end {
        let (ty, next) = varint(bytes, at).ok_or(CUT)?;
        at = next;
        let length = match ty {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(ty).unwrap_or(0),
            5 => 6,
            6 | 7 => 8,
            n if n >= 12 => usize::try_from((n - 12) / 2).map_err(|e| e.to_string())?,
            _ => return Err(CUT.to_owned()),
        };
        let value = bytes.get(data..data.checked_add(length).ok_or(CUT)?).ok_or(CUT)?;
        data += length;
        out.push(match ty {
            8 => Value::Number(0),
            9 => Value::Number(1),
            // Page numbers are small and positive; that other numbers lose their sign changes nothing here.
            1..=6 => Value::Number(i64::try_from(number(value, 0, length).ok_or(CUT)?).unwrap_or(0)),
            n if n >= 12 => Value::Bytes(value.to_vec(), n % 2 == 1),
            _ => Value::Nothing,
        });
    }
    Ok(out)
}
