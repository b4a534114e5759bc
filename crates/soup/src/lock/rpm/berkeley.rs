//! A hash of Berkeley DB, in which rpm before 4.16 keeps its packages: pages of pairs, long values on pages of their own
//! (`src/dbinc/db_page.h` of Berkeley DB 5.3).

use super::PACKAGES_MAX;

const MAGIC: usize = 0x0006_1561;
const CUT: &str = "it is cut off or damaged";
/// Bytes of a page's head.
const HEAD: usize = 26;
/// Kinds of pages: hash, its unsorted elder form, and overflow.
const HASH: [u8; 2] = [13, 2];
const OVERFLOW: u8 = 7;
/// Kinds of entries: on the page itself, and on pages of their own.
const ON_PAGE: u8 = 1;
const OFF_PAGE: u8 = 3;

struct Db<'a> {
    file: &'a [u8],
    page: usize,
    /// Numbers are in the order of the machine that wrote them.
    swapped: bool,
}

fn four(bytes: &[u8], at: usize, swapped: bool) -> Option<usize> {
    if swapped { super::big(bytes, at) } else { super::little(bytes, at) }
}

/// Whether the file is a hash.
pub(super) fn is(file: &[u8]) -> bool {
    [false, true].iter().any(|swapped| four(file, 12, *swapped) == Some(MAGIC))
}

/// The headers, in the order of their pages.
pub(super) fn headers(file: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let swapped = four(file, 12, false) != Some(MAGIC);
    let page = four(file, 20, swapped).filter(|p| p.is_power_of_two() && *p >= 512).ok_or(CUT)?;
    if file.get(24).is_some_and(|encrypted| *encrypted != 0) {
        return Err("it is encrypted".to_owned());
    }
    let last = four(file, 32, swapped).ok_or(CUT)?;
    if last.checked_add(1).and_then(|n| n.checked_mul(page)).is_none_or(|size| size > file.len()) {
        return Err(CUT.to_owned());
    }
    let db = Db { file, page, swapped };
    let mut out = Vec::new();
    for n in 1..=last {
        let page = db.page(n)?;
        if !page.get(25).is_some_and(|kind| HASH.contains(kind)) {
            continue;
        }
        let entries = db.two(page, 20).ok_or(CUT)?;
        // Keys and values take turns; values are the odd ones.
        for entry in (1..entries).step_by(2) {
            let at = db.two(page, HEAD + 2 * entry).ok_or(CUT)?;
            let value = match page.get(at) {
                Some(&OFF_PAGE) => db.long(page, at)?,
                // An entry ends where the one before it begins: they are laid down from the end of the page.
                Some(&ON_PAGE) => {
                    let end = db.two(page, HEAD + 2 * (entry - 1)).ok_or(CUT)?;
                    page.get(at + 1..end).ok_or(CUT)?.to_vec()
                }
                _ => return Err(CUT.to_owned()),
            };
            // Under the key 0 stands the next package number, which is no header.
            if value.len() > 16 {
                out.push(value);
            }
            if out.len() > PACKAGES_MAX {
                return Err("it has more packages than a system".to_owned());
            }
        }
    }
    Ok(out)
}

impl<'a> Db<'a> {
    fn page(&self, n: usize) -> Result<&'a [u8], String> {
        let from = n.checked_mul(self.page).ok_or(CUT)?;
        Ok(self.file.get(from..from.saturating_add(self.page)).ok_or(CUT)?)
    }

    fn two(&self, bytes: &[u8], at: usize) -> Option<usize> {
        let two: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(usize::from(if self.swapped { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) }))
    }

    /// A value on overflow pages: its first page, its length.
    fn long(&self, page: &[u8], at: usize) -> Result<Vec<u8>, String> {
        let mut next = four(page, at + 4, self.swapped).ok_or(CUT)?;
        let size = four(page, at + 8, self.swapped).filter(|s| *s <= self.file.len()).ok_or(CUT)?;
        let mut out = Vec::with_capacity(size);
        while out.len() < size {
            let page = self.page(next)?;
            if next == 0 || page.get(25) != Some(&OVERFLOW) {
                return Err(CUT.to_owned());
            }
            let here = self.two(page, 22).filter(|n| *n > 0).ok_or(CUT)?;
            out.extend_from_slice(page.get(HEAD..HEAD + here).ok_or(CUT)?);
            next = four(page, 16, self.swapped).ok_or(CUT)?;
        }
        out.truncate(size);
        Ok(out)
    }
}
