//! The index: every advisory of the pinned data sets, found by package without reading the rest.
//!
//! Bytes, little-endian: a magic line; eight sections, each its length as u64 and its bytes; SHA-256 of all before it.
//! The sections are 1 the pinned data sets (JSON), 2 ends of heads, 3 heads (JSON), 4 ends of keys, 5 keys (sorted),
//! 6 how many entries the keys up to each have, 7 entries (advisory u32, end of fragment u64), 8 fragments (JSON),
//! 9 ends of marks, 10 marks (JSON, sorted by CVE). An end is a u64 from the start of its section. It is a cache: equal
//! data sets give equal bytes.

use super::data_set::DataSet;
use super::pack::{Entry, Head, Packed};
use super::{Fragment, Mark};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use vocabulary::Digest;

const MAGIC: &[u8; 16] = b"dossier-advix-1\n";
const SECTIONS: usize = 10;

/// A data set as a scan pins it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// Its name: `osv-crates.io`.
    pub name: String,
    /// The digest of its bytes.
    pub digest: Digest,
    /// The newest date of its content.
    pub date: String,
}

/// Why an index cannot be used. It can be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// Not one of this version.
    #[error("this is no index of advisories of this version")]
    Other,
    /// Changed since it was written, or cut off.
    #[error("the index of advisories was changed or cut off")]
    Changed,
}

/// An index in memory.
#[derive(Debug)]
pub struct Index {
    bytes: Vec<u8>,
    sections: Vec<Range<usize>>,
    pinned: Vec<Pinned>,
}

/// Makes the index of data sets, in the order in which they are given.
pub fn build(sets: Vec<(Pinned, DataSet)>) -> Vec<u8> {
    let mut whole = Packed::default();
    let mut pinned = Vec::new();
    let mut of_set: Vec<u64> = Vec::new();
    for (pin, set) in sets {
        pinned.push(pin);
        whole.append(set.packed);
        of_set.push(whole.len() as u64);
    }
    let mut order: Vec<(u32, u64, Entry)> = Vec::with_capacity(whole.entries.len());
    let mut start = 0;
    for entry in std::mem::take(&mut whole.entries) {
        order.push((entry.key, start, entry));
        start = entry.end;
    }
    let mut keys: Vec<u32> = (0..u32::try_from(whole.keys.len()).unwrap_or(u32::MAX)).collect();
    let text = |k: u32| whole.keys.get(k as usize).map(String::as_str).unwrap_or_default();
    keys.sort_unstable_by(|a, b| text(*a).cmp(text(*b)));
    let mut rank = vec![0_u32; keys.len()];
    for (n, k) in (0_u32..).zip(&keys) {
        if let Some(r) = rank.get_mut(*k as usize) {
            *r = n;
        }
    }
    order.sort_by_key(|(key, start, e)| (rank.get(*key as usize).copied(), e.advisory, *start));
    let mut out = Writer::new();
    out.section(&serde_json::to_vec(&(pinned, of_set)).unwrap_or_default());
    out.ends(whole.head_ends.iter().copied());
    out.section(&whole.heads);
    let mut end = 0;
    let key_ends: Vec<u64> = keys
        .iter()
        .map(|k| {
            end += text(*k).len() as u64;
            end
        })
        .collect();
    out.ends(key_ends.into_iter());
    out.parts(keys.iter().map(|k| text(*k).as_bytes()));
    let mut counts = vec![0_u64; keys.len()];
    for (key, ..) in &order {
        if let Some(n) = rank.get(*key as usize).and_then(|r| counts.get_mut(*r as usize)) {
            *n += 1;
        }
    }
    let mut sum = 0;
    out.ends(counts.into_iter().map(|n| {
        sum += n;
        sum
    }));
    let mut entries = Vec::with_capacity(order.len() * 12);
    let mut end = 0;
    for (_, start, e) in &order {
        end += e.end - start;
        entries.extend_from_slice(&e.advisory.to_le_bytes());
        entries.extend_from_slice(&end.to_le_bytes());
    }
    out.section(&entries);
    let slice = |from: u64, to: u64| whole.fragments.get(from as usize..to as usize).unwrap_or_default();
    out.parts(order.iter().map(|(_, start, e)| slice(*start, e.end)));
    out.marks(whole.marks);
    out.finish()
}

struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn new() -> Writer {
        Writer { bytes: MAGIC.to_vec() }
    }

    fn section(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(bytes);
    }

    fn parts<'a>(&mut self, parts: impl Iterator<Item = &'a [u8]>) {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 8]);
        for part in parts {
            self.bytes.extend_from_slice(part);
        }
        let length = (self.bytes.len() - at - 8) as u64;
        if let Some(place) = self.bytes.get_mut(at..at + 8) {
            place.copy_from_slice(&length.to_le_bytes());
        }
    }

    fn ends(&mut self, ends: impl ExactSizeIterator<Item = u64>) {
        self.bytes.extend_from_slice(&(ends.len() as u64 * 8).to_le_bytes());
        for end in ends {
            self.bytes.extend_from_slice(&end.to_le_bytes());
        }
    }

    fn marks(&mut self, mut marks: Vec<(String, Mark)>) {
        let kind = |m: &Mark| u8::from(matches!(m, Mark::Epss(_)));
        marks.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| kind(&a.1).cmp(&kind(&b.1))));
        let mut data = Vec::new();
        let ends: Vec<u64> = marks
            .iter()
            .map(|mark| {
                let _ = serde_json::to_writer(&mut data, mark);
                data.len() as u64
            })
            .collect();
        self.ends(ends.into_iter());
        self.section(&data);
    }

    fn finish(mut self) -> Vec<u8> {
        let digest = Digest::of(&self.bytes);
        self.bytes.extend_from_slice(&digest.0);
        self.bytes
    }
}

/// What the index knows of a package in one advisory.
pub(super) struct Found {
    pub(super) advisory: u32,
    pub(super) fragment: Fragment,
}

impl Index {
    /// Takes the bytes of an index.
    ///
    /// # Errors
    /// When they are none, or changed.
    pub fn open(bytes: Vec<u8>) -> Result<Index, IndexError> {
        if !bytes.starts_with(MAGIC) {
            return Err(IndexError::Other);
        }
        let body = bytes.len().checked_sub(32).ok_or(IndexError::Changed)?;
        let (content, digest) = bytes.split_at(body);
        if Digest::of(content).0.as_slice() != digest {
            return Err(IndexError::Changed);
        }
        let mut sections = Vec::with_capacity(SECTIONS);
        let mut at = MAGIC.len();
        while at < body {
            let length = content.get(at..at + 8).and_then(u64_of).ok_or(IndexError::Changed)?;
            let start = at + 8;
            let end = usize::try_from(length).ok().and_then(|l| start.checked_add(l)).filter(|e| *e <= body);
            let end = end.ok_or(IndexError::Changed)?;
            sections.push(start..end);
            at = end;
        }
        if sections.len() != SECTIONS {
            return Err(IndexError::Other);
        }
        let mut index = Index { bytes, sections, pinned: Vec::new() };
        let (pinned, _): (Vec<Pinned>, Vec<u64>) =
            serde_json::from_slice(index.section(0)).map_err(|_| IndexError::Changed)?;
        index.pinned = pinned;
        Ok(index)
    }

    /// The data sets that it is made of.
    pub fn pinned(&self) -> &[Pinned] {
        &self.pinned
    }

    /// How many advisories it holds.
    pub fn advisories(&self) -> usize {
        self.section(1).len() / 8
    }

    /// How many bytes it is.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    fn section(&self, n: usize) -> &[u8] {
        self.sections.get(n).and_then(|range| self.bytes.get(range.clone())).unwrap_or_default()
    }

    fn end(&self, section: usize, n: usize) -> Option<usize> {
        let at = n.checked_mul(8)?;
        usize::try_from(u64_of(self.section(section).get(at..at + 8)?)?).ok()
    }

    /// The n-th part of the section behind the section of its ends.
    fn part(&self, ends: usize, n: usize) -> Option<&[u8]> {
        let from = match n.checked_sub(1) {
            None => 0,
            Some(before) => self.end(ends, before)?,
        };
        self.section(ends + 1).get(from..self.end(ends, n)?)
    }

    /// The entries of a package.
    pub(super) fn of_key(&self, key: &str) -> Vec<Found> {
        let keys = self.section(3).len() / 8;
        let n = first_at_least(keys, |n| self.part(3, n).unwrap_or_default() < key.as_bytes());
        if self.part(3, n) != Some(key.as_bytes()) {
            return Vec::new();
        }
        let from = n.checked_sub(1).map_or(Some(0), |before| self.end(5, before)).unwrap_or_default();
        let to = self.end(5, n).unwrap_or_default();
        (from..to).filter_map(|i| self.entry(i)).collect()
    }

    fn entry(&self, i: usize) -> Option<Found> {
        let row = |i: usize| self.section(6).get(i.checked_mul(12)?..i.checked_mul(12)? + 12);
        let end = |row: &[u8]| usize::try_from(u64_of(row.get(4..)?)?).ok();
        let from = match i.checked_sub(1) {
            None => 0,
            Some(before) => end(row(before)?)?,
        };
        let this = row(i)?;
        let fragment = serde_json::from_slice(self.section(7).get(from..end(this)?)?).ok()?;
        Some(Found { advisory: u32::from_le_bytes(this.get(..4)?.try_into().ok()?), fragment })
    }

    pub(super) fn head(&self, advisory: u32) -> Option<Head> {
        serde_json::from_slice(self.part(1, advisory as usize)?).ok()
    }

    /// What is known of a CVE beside advisories.
    pub(super) fn marks_of(&self, cve: &str) -> Vec<Mark> {
        let read = |n: usize| -> Option<(String, Mark)> { serde_json::from_slice(self.part(8, n)?).ok() };
        let count = self.section(8).len() / 8;
        let first = first_at_least(count, |n| read(n).is_some_and(|(id, _)| id.as_str() < cve));
        (first..count).map_while(read).take_while(|(id, _)| id == cve).map(|(_, mark)| mark).collect()
    }
}

/// The first of `count` places for which `below` does not hold.
fn first_at_least(count: usize, below: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if below(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn u64_of(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(..8)?.try_into().ok()?))
}
