//! Advisories in the compact form that the index is made of: one pass over a data set, whatever its size.

use super::{Advisory, Mark, Severity};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What the index keeps of an advisory beside its packages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    #[serde(rename = "i")]
    pub(super) id: String,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) aliases: Vec<String>,
    #[serde(rename = "s", default, skip_serializing_if = "String::is_empty")]
    pub(super) summary: String,
    #[serde(rename = "m", default, skip_serializing_if = "String::is_empty")]
    pub(super) modified: String,
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub(super) withdrawn: Option<String>,
    #[serde(rename = "v", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) severities: Vec<Severity>,
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) cwes: Vec<String>,
}

/// A package of an advisory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Which key.
    pub(super) key: u32,
    /// Which head.
    pub(super) advisory: u32,
    /// Where its fragment ends; it begins where the one before it ends.
    pub(super) end: u64,
}

/// Advisories and marks, packed.
#[derive(Debug, Default)]
pub(super) struct Packed {
    pub(super) heads: Vec<u8>,
    pub(super) head_ends: Vec<u64>,
    pub(super) fragments: Vec<u8>,
    pub(super) entries: Vec<Entry>,
    pub(super) keys: Vec<String>,
    numbers: HashMap<String, u32>,
    pub(super) marks: Vec<(String, Mark)>,
    pub(super) withdrawn: usize,
    /// The newest date of an advisory, `2026-08-21`.
    pub(super) date: String,
    /// Ecosystems, by how many packages are of them.
    pub(super) ecosystems: HashMap<String, usize>,
    /// Whether every id begins with `GHSA-`.
    pub(super) others_than_ghsa: bool,
}

impl Packed {
    pub(super) fn len(&self) -> usize {
        self.head_ends.len()
    }

    pub(super) fn add(&mut self, advisory: Advisory) {
        for date in [&advisory.modified, &advisory.published].into_iter().chain(&advisory.withdrawn) {
            self.dated(date);
        }
        self.withdrawn += usize::from(advisory.withdrawn.is_some());
        self.others_than_ghsa |= !advisory.id.starts_with("GHSA-");
        let number = u32::try_from(self.head_ends.len()).unwrap_or(u32::MAX);
        for affected in advisory.affected {
            let base = affected.key.split('\n').next().unwrap_or_default();
            *self.ecosystems.entry(base.to_owned()).or_default() += 1;
            let key = self.key(affected.key);
            // Strings and lists always serialise.
            let _ = serde_json::to_writer(&mut self.fragments, &affected.fragment);
            self.entries.push(Entry { key, advisory: number, end: self.fragments.len() as u64 });
        }
        let head = Head {
            id: advisory.id,
            aliases: advisory.aliases,
            summary: advisory.summary,
            modified: advisory.modified,
            withdrawn: advisory.withdrawn,
            severities: advisory.severities,
            cwes: advisory.cwes,
        };
        let _ = serde_json::to_writer(&mut self.heads, &head);
        self.head_ends.push(self.heads.len() as u64);
    }

    /// Takes note of a date; what is none is left out.
    pub(super) fn dated(&mut self, date: &str) {
        let day = date.get(..10).unwrap_or_default();
        let shaped = day.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
        if shaped && day.len() == 10 && day > self.date.as_str() {
            day.clone_into(&mut self.date);
        }
    }

    fn key(&mut self, key: String) -> u32 {
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        self.numbers.insert(key.clone(), number);
        self.keys.push(key);
        number
    }

    /// Puts `other` behind what is here.
    pub(super) fn append(&mut self, other: Packed) {
        let (heads, fragments, advisories) =
            (self.heads.len() as u64, self.fragments.len() as u64, self.head_ends.len());
        let numbers: Vec<u32> = other.keys.into_iter().map(|key| self.key(key)).collect();
        self.heads.extend_from_slice(&other.heads);
        self.head_ends.extend(other.head_ends.iter().map(|end| end + heads));
        self.fragments.extend_from_slice(&other.fragments);
        self.entries.extend(other.entries.iter().map(|e| Entry {
            key: numbers.get(e.key as usize).copied().unwrap_or(u32::MAX),
            advisory: u32::try_from(e.advisory as usize + advisories).unwrap_or(u32::MAX),
            end: e.end + fragments,
        }));
        self.marks.extend(other.marks);
        self.withdrawn += other.withdrawn;
        self.others_than_ghsa |= other.others_than_ghsa;
        if other.date > self.date {
            self.date = other.date;
        }
        for (ecosystem, n) in other.ecosystems {
            *self.ecosystems.entry(ecosystem).or_default() += n;
        }
    }
}
