//! The Merkle tree of RFC 6962 section 2.1 over the entries' bytes: hashes, roots, inclusion and consistency proofs.
//!
//! Nothing here reads a store: whoever wants a proof hands in the hashes of complete subtrees, by a closure or by an
//! in-memory `Tree`. Proofs are made and checked as RFC 9162 sections 2.1.3 and 2.1.4 write it down.

use sha2::{Digest as _, Sha256};
use vocabulary::Digest;

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// An index beyond the tree, or a tree that shrinks.
    #[error("entry or tree {first} lies beyond a tree of {size}")]
    OutOfRange {
        /// The entry's index, or the smaller tree's size.
        first: u64,
        /// The tree's size.
        size: u64,
    },
    /// The proof has more or fewer hashes than the place demands.
    #[error("the proof has {0} hashes, which is not the number that it must have")]
    Length(usize),
    /// The proof leads to another root.
    #[error("the proof leads to root {computed}, not to {expected}")]
    Root {
        /// The root that the proof gives.
        computed: Digest,
        /// The root that was to be proved.
        expected: Digest,
    },
}

/// The hash of an entry: SHA-256 of a zero byte and its bytes.
pub fn leaf_hash(entry: &[u8]) -> Digest {
    let mut h = Sha256::new();
    h.update([0]);
    h.update(entry);
    Digest(h.finalize().into())
}

/// The hash of two subtrees: SHA-256 of a one byte and both hashes.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(&left.0);
    bytes[33..].copy_from_slice(&right.0);
    Digest(Sha256::digest(bytes).into())
}

/// The root of the empty tree: SHA-256 of nothing.
pub fn empty_root() -> Digest {
    Digest::of(b"")
}

/// The tree as far as appending needs it: the hashes of the complete subtrees that its size is made of, largest first.
/// Holds at most 64 hashes however many entries there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Digest>,
}

/// A complete subtree that an append finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subtree {
    /// Its height: 0 for an entry.
    pub level: u8,
    /// Its place among the subtrees of its height.
    pub index: u64,
    /// Its hash.
    pub hash: Digest,
}

impl Frontier {
    /// The empty tree.
    pub fn new() -> Frontier {
        Frontier::default()
    }

    /// The tree of `size` entries, with the hashes of complete subtrees as `subtree(level, index)` gives them.
    pub fn load<E>(size: u64, mut subtree: impl FnMut(u8, u64) -> Result<Digest, E>) -> Result<Frontier, E> {
        let mut peaks = Vec::new();
        for (level, index) in cover(0, size) {
            peaks.push(subtree(level, index)?);
        }
        Ok(Frontier { size, peaks })
    }

    /// How many entries the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends an entry by its leaf hash and reports every subtree that is thereby complete, the leaf first.
    pub fn push(&mut self, leaf: Digest, mut completed: impl FnMut(Subtree)) {
        let (mut level, mut index, mut hash) = (0, self.size, leaf);
        completed(Subtree { level, index, hash });
        while index % 2 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            (level, index, hash) = (level + 1, index / 2, node_hash(&left, &hash));
            completed(Subtree { level, index, hash });
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root of the tree.
    pub fn root(&self) -> Digest {
        fold_right(&self.peaks).unwrap_or_else(empty_root)
    }
}

/// Joins the hashes of neighbouring subtrees, largest first, to the hash of what they cover.
fn fold_right(hashes: &[Digest]) -> Option<Digest> {
    let (last, rest) = hashes.split_last()?;
    Some(rest.iter().rev().fold(*last, |right, left| node_hash(left, &right)))
}

/// The complete subtrees `(level, index)` that make up the entries `start..end`, from left to right, where `start` is
/// the begin of a subtree of the RFC's tree over `0..end`.
fn cover(start: u64, end: u64) -> Vec<(u8, u64)> {
    let (mut at, mut out) = (start, Vec::new());
    while at < end {
        let fits = 63 - (end - at).leading_zeros();
        let level = fits.min(if at == 0 { 63 } else { at.trailing_zeros() });
        out.push((level as u8, at >> level));
        at += 1 << level;
    }
    out
}

/// The hash of the RFC's subtree over `start..end`.
fn range_hash<E>(
    start: u64,
    end: u64,
    subtree: &mut impl FnMut(u8, u64) -> Result<Digest, E>,
) -> Result<Digest, E> {
    let hashes = cover(start, end).into_iter().map(|(level, index)| subtree(level, index));
    Ok(fold_right(&hashes.collect::<Result<Vec<_>, E>>()?).unwrap_or_else(empty_root))
}

/// The root of the tree over the first `size` entries.
pub fn root<E>(size: u64, mut subtree: impl FnMut(u8, u64) -> Result<Digest, E>) -> Result<Digest, E> {
    range_hash(0, size, &mut subtree)
}

/// The largest power of two below `n`, where the RFC splits a tree of `n > 1` entries.
fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// The proof that entry `index` is in the tree of the first `size` entries, from the leaf upwards. Empty where `index`
/// is not below `size`; such a proof verifies nothing.
pub fn inclusion_proof<E>(
    index: u64,
    size: u64,
    mut subtree: impl FnMut(u8, u64) -> Result<Digest, E>,
) -> Result<Vec<Digest>, E> {
    let (mut start, mut end, mut ranges) = (0, size, Vec::new());
    while index < size && end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((start, middle));
            start = middle;
        }
    }
    ranges.into_iter().rev().map(|(s, e)| range_hash(s, e, &mut subtree)).collect()
}

/// The proof that the tree of the first `old` entries is a beginning of the tree of the first `new`. Empty where
/// nothing needs a proof (`old` is 0 or `new`) or `old` is larger.
pub fn consistency_proof<E>(
    old: u64,
    new: u64,
    mut subtree: impl FnMut(u8, u64) -> Result<Digest, E>,
) -> Result<Vec<Digest>, E> {
    if old == 0 || old >= new {
        return Ok(Vec::new());
    }
    let (mut start, mut end, mut ranges) = (0, new, Vec::new());
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((start, middle));
            start = middle;
        }
    }
    // Where the old tree is itself a complete left subtree, its root is known to whoever checks.
    if start != 0 {
        ranges.push((start, end));
    }
    ranges.into_iter().rev().map(|(s, e)| range_hash(s, e, &mut subtree)).collect()
}

/// Checks that the entry with this leaf hash is number `index` of the tree with this size and root (RFC 9162 2.1.3.2).
pub fn verify_inclusion(
    leaf: Digest,
    index: u64,
    size: u64,
    proof: &[Digest],
    root: Digest,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange { first: index, size });
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length(proof.len()));
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node % 2 == 0 && node != 0 {
                (node, last) = (node / 2, last / 2);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node / 2, last / 2);
    }
    if last != 0 {
        return Err(ProofError::Length(proof.len()));
    }
    same_root(hash, root)
}

/// Checks that the tree of `old` entries with `old_root` is a beginning of that of `new` entries with `new_root`
/// (RFC 9162 2.1.4.2).
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: Digest,
    new_root: Digest,
    proof: &[Digest],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::OutOfRange { first: old, size: new });
    }
    if old == 0 || old == new {
        if !proof.is_empty() {
            return Err(ProofError::Length(proof.len()));
        }
        return if old == 0 { same_root(old_root, empty_root()) } else { same_root(old_root, new_root) };
    }
    let length = ProofError::Length(proof.len());
    let known = old.is_power_of_two().then_some(old_root);
    let (first, rest) = match known {
        Some(root) => (root, proof),
        None => proof.split_first().map(|(f, r)| (*f, r)).ok_or(length)?,
    };
    let (mut node, mut last) = (old - 1, new - 1);
    while node % 2 == 1 {
        (node, last) = (node / 2, last / 2);
    }
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in rest {
        if last == 0 {
            return Err(length);
        }
        if node % 2 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node % 2 == 0 && node != 0 {
                (node, last) = (node / 2, last / 2);
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        (node, last) = (node / 2, last / 2);
    }
    if last != 0 {
        return Err(length);
    }
    same_root(old_hash, old_root)?;
    same_root(new_hash, new_root)
}

fn same_root(computed: Digest, expected: Digest) -> Result<(), ProofError> {
    if computed == expected { Ok(()) } else { Err(ProofError::Root { computed, expected }) }
}

/// A whole tree in memory: all complete subtrees, so that roots and proofs at every size are at hand.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    frontier: Frontier,
    levels: Vec<Vec<Digest>>,
}

impl Tree {
    /// The empty tree.
    pub fn new() -> Tree {
        Tree::default()
    }

    /// Appends an entry by its leaf hash.
    pub fn push(&mut self, leaf: Digest) {
        let levels = &mut self.levels;
        self.frontier.push(leaf, |s| {
            let level = usize::from(s.level);
            if levels.len() <= level {
                levels.push(Vec::new());
            }
            if let Some(hashes) = levels.get_mut(level) {
                hashes.push(s.hash);
            }
        });
    }

    /// How many entries the tree has.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root of the whole tree.
    pub fn root(&self) -> Digest {
        self.frontier.root()
    }

    /// The hash of a complete subtree, where the tree has it.
    pub fn subtree(&self, level: u8, index: u64) -> Option<Digest> {
        self.levels.get(usize::from(level))?.get(usize::try_from(index).ok()?).copied()
    }

    fn require(&self, size: u64) -> Result<impl FnMut(u8, u64) -> Result<Digest, ProofError>, ProofError> {
        let beyond = ProofError::OutOfRange { first: size, size: self.size() };
        if size > self.size() {
            return Err(beyond);
        }
        Ok(move |level, index| self.subtree(level, index).ok_or(beyond))
    }

    /// The root of the first `size` entries.
    pub fn root_at(&self, size: u64) -> Result<Digest, ProofError> {
        root(size, self.require(size)?)
    }

    /// The proof that entry `index` is in the tree of the first `size` entries.
    pub fn inclusion_proof(&self, index: u64, size: u64) -> Result<Vec<Digest>, ProofError> {
        if index >= size {
            return Err(ProofError::OutOfRange { first: index, size });
        }
        inclusion_proof(index, size, self.require(size)?)
    }

    /// The proof that the first `old` entries are a beginning of the first `new`.
    pub fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<Digest>, ProofError> {
        if old > new {
            return Err(ProofError::OutOfRange { first: old, size: new });
        }
        consistency_proof(old, new, self.require(new)?)
    }
}
