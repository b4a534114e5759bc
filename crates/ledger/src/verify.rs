//! The verifier: recomputes everything that a ledger claims, and names what does not hold.
//!
//! It believes nothing but the bytes of the entries and the anchors that the caller brings (a key, checkpoints kept
//! elsewhere). Every problem has a stable code and, where one is to blame, the entry's `seq`; one problem does not end
//! the search for others.

use crate::checkpoint::{CheckpointError, SignedCheckpoint};
use crate::entry::Entry;
use crate::genesis::{GENESIS_KIND, Genesis, GenesisError};
use crate::merkle::{self, Frontier, Subtree, leaf_hash};
use crate::rotation::{PersonsCheck, ROTATE_KIND, Rotation};
use crate::store::{LedgerStore, StoreError};
use serde_json::Value;
use signing::note::VerifierKey;
use std::collections::{BTreeMap, HashMap, HashSet};
use vocabulary::{Digest, Instant};

/// Problems beyond this many are counted, not listed.
const PROBLEMS_MAX: usize = 1_000;

/// What the caller knows from elsewhere. Without any of it a ledger can only be found consistent with itself.
#[derive(Default)]
pub struct Anchors<'a> {
    /// The origin that the ledger must have.
    pub origin: Option<String>,
    /// Keys of the ledger, of which at least one must be, or have been, its key.
    pub keys: Vec<VerifierKey>,
    /// Checkpoints of this ledger in their file form, kept where its keeper cannot change them.
    pub checkpoints: Vec<Vec<u8>>,
    /// Decides about rotations by persons; without it such a rotation is a problem.
    pub persons: Option<&'a PersonsCheck<'a>>,
}

/// How far the caller's anchors carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// Nothing from outside was compared: whoever holds the ledger's key could have written it anew.
    SelfConsistent,
    /// The checkpoint over all entries is signed by a chain of keys that has a given key in it.
    Key,
    /// The ledger contains, unchanged, what a given checkpoint covers.
    Checkpoint,
}

impl std::fmt::Display for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Trust::SelfConsistent => "self-consistent only",
            Trust::Key => "signed under a trusted key",
            Trust::Checkpoint => "contains a trusted checkpoint",
        })
    }
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, `L001` …; docs/formats/ledger.md lists them.
    pub code: &'static str,
    /// The entry to blame, where there is one.
    pub seq: Option<u64>,
    /// The file of an export to blame, where there is one.
    pub path: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// A key and the entry that put it in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPeriod {
    /// The `seq` of the genesis or rotation. Checkpoints of more than so many entries are this key's.
    pub since: u64,
    /// The key.
    pub key: VerifierKey,
}

/// What was recomputed, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// How many entries were read.
    pub entries: u64,
    /// How many personal signatures were checked.
    pub signatures: u64,
    /// The root of the tree over the entries as they are.
    pub root: Digest,
    /// The time of the last readable entry.
    pub last_at: Option<Instant>,
    /// What entry 0 states.
    pub genesis: Option<Genesis>,
    /// The keys in their order.
    pub keys: Vec<KeyPeriod>,
    /// How far the anchors carry.
    pub trust: Trust,
    /// What does not hold, in the order of entries. Empty means that everything holds.
    pub problems: Vec<Problem>,
}

impl VerifyReport {
    /// Whether everything holds.
    pub fn ok(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Verifies entries as `entries` gives them, with the checkpoint over exactly these entries where there is one.
pub fn verify<B: AsRef<[u8]>>(
    entries: impl IntoIterator<Item = B>,
    checkpoint: Option<&[u8]>,
    anchors: &Anchors<'_>,
) -> VerifyReport {
    let mut verifier = Verifier::new(checkpoint, anchors);
    for bytes in entries {
        verifier.entry(bytes.as_ref(), |_| None);
    }
    verifier.finish()
}

/// Verifies a store: its entries, and every hash that it keeps of them.
pub fn verify_store(
    store: &dyn LedgerStore,
    checkpoint: Option<&[u8]>,
    anchors: &Anchors<'_>,
) -> Result<VerifyReport, StoreError> {
    const CHUNK: u64 = 1_024;
    let position = store.position()?;
    let mut verifier = Verifier::new(checkpoint, anchors);
    let mut at = 0;
    while at < position {
        let end = position.min(at + CHUNK);
        let (first, mut given, mut computed) = (verifier.size(), 0, Vec::new());
        let read = store.read(at..end, &mut |_, bytes| {
            given += 1;
            verifier.entry(bytes, |subtree| {
                computed.push(subtree);
                None
            });
        });
        match read {
            Ok(()) => {}
            // What is there is still looked at: the damage may be one entry's.
            Err(StoreError::Damaged(why)) => {
                let seq = at + given;
                verifier.problem("L044", Some(seq), format!("the store cannot give entry {seq}: {why}"));
            }
            Err(e) => return Err(e),
        }
        // A hash that the store cannot give is as wrong as another one.
        let kept = store.hashes(first..verifier.size())?;
        for (n, s) in computed.into_iter().enumerate() {
            if kept.get(n).copied().flatten() != Some(s.hash) {
                verifier.wrong_stored_hash(s);
            }
        }
        at = end;
    }
    Ok(verifier.finish())
}

/// A verification in progress: takes one entry after the other.
pub struct Verifier<'a> {
    anchors: &'a Anchors<'a>,
    checkpoint: Option<Result<SignedCheckpoint, CheckpointError>>,
    frontier: Frontier,
    /// The `seq` that the next entry must have.
    next: u64,
    /// After an entry that stood in the wrong place: the `seq` that would follow it.
    stray: Option<u64>,
    seen: HashSet<u64>,
    last_at: Option<Instant>,
    genesis: Option<Genesis>,
    keys: Vec<KeyPeriod>,
    /// Roots at the sizes that a checkpoint is about.
    roots: BTreeMap<u64, Digest>,
    sizes: Vec<u64>,
    /// Which entry carries a signature, to find the second one.
    signatures: HashMap<String, u64>,
    /// Entries whose hash is not the recorded one: `seq`, computed, recorded.
    unlike: Vec<(u64, Digest, Digest)>,
    recorded_root: Option<Digest>,
    problems: Vec<Problem>,
    unlisted: usize,
}

impl<'a> Verifier<'a> {
    /// A verification of the entries that `checkpoint` covers exactly, or of all there are.
    pub fn new(checkpoint: Option<&[u8]>, anchors: &'a Anchors<'a>) -> Verifier<'a> {
        let checkpoint = checkpoint.map(SignedCheckpoint::parse);
        let sizes = anchors.checkpoints.iter().filter_map(|c| SignedCheckpoint::parse(c).ok());
        let mut sizes: Vec<u64> = sizes.map(|c| c.checkpoint.size).collect();
        sizes.sort_unstable();
        Verifier {
            anchors,
            checkpoint,
            frontier: Frontier::new(),
            next: 0,
            stray: None,
            seen: HashSet::new(),
            last_at: None,
            genesis: None,
            keys: Vec::new(),
            roots: BTreeMap::from([(0, merkle::empty_root())]),
            sizes,
            signatures: HashMap::new(),
            unlike: Vec::new(),
            recorded_root: None,
            problems: Vec::new(),
            unlisted: 0,
        }
    }

    /// The next entry. `recorded` is asked for every subtree that it completes, and gives the hash that the tree's
    /// keeper recorded for it, where one is known.
    pub fn entry(&mut self, bytes: &[u8], mut recorded: impl FnMut(Subtree) -> Option<Digest>) {
        let entry = Entry::decode(bytes);
        let seq = match &entry {
            Ok(entry) => self.place(entry.seq),
            Err(e) => {
                let seq = self.next;
                self.next += 1;
                self.problem("L001", Some(seq), format!("entry {seq} cannot be read: {e}"));
                seq
            }
        };
        let hash = leaf_hash(bytes);
        self.frontier.push(hash, |s| {
            let there = recorded(s).filter(|there| s.level == 0 && *there != s.hash);
            // Where entries before it were dropped or inserted, the hash of this one stands at its own `seq`.
            let Some(there) = there else { return };
            let own = recorded(Subtree { index: seq, ..s }).unwrap_or(there);
            if own != s.hash {
                self.unlike.push((seq, s.hash, own));
            }
        });
        let size = self.frontier.size();
        if self.sizes.binary_search(&size).is_ok() {
            self.roots.insert(size, self.frontier.root());
        }
        if let Ok(entry) = entry {
            self.content(&entry);
        }
    }

    /// The root that the recorded hashes lead to, which tells whether an entry or its recorded hash is the wrong one.
    pub(crate) fn recorded_root(&mut self, root: Digest) {
        self.recorded_root = Some(root);
    }

    /// How many entries were taken so far.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The size that the checkpoint states, where it can be read.
    pub(crate) fn checkpoint_size(&self) -> Option<u64> {
        self.checkpoint.as_ref()?.as_ref().ok().map(|c| c.checkpoint.size)
    }

    pub(crate) fn wrong_stored_hash(&mut self, s: Subtree) {
        let (seq, message) = match s.level {
            0 => (Some(s.index), format!("entry {} is not the one whose hash the store keeps", s.index)),
            level => {
                (None, format!("the store's hash {} of level {level} is not that of its entries", s.index))
            }
        };
        self.problem("L007", seq, message);
    }

    pub(crate) fn file_problem(&mut self, code: &'static str, path: &str, seq: Option<u64>, message: String) {
        self.push(Problem { code, seq, path: Some(path.to_owned()), message });
    }

    fn problem(&mut self, code: &'static str, seq: Option<u64>, message: String) {
        self.push(Problem { code, seq, path: None, message });
    }

    fn push(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS_MAX { self.problems.push(problem) } else { self.unlisted += 1 }
    }

    /// Checks that the entry stands where its `seq` says, and gives the `seq`.
    ///
    /// Where it does not, the next entry tells which of two things happened: it goes on from the stray one (entries
    /// were dropped or inserted before it) or from the place (two were swapped). So each tampering is told once.
    fn place(&mut self, seq: u64) -> u64 {
        let place = self.next;
        let goes_on = self.stray.take() == Some(seq);
        let twice = !self.seen.insert(seq);
        if seq == place || goes_on {
            self.next = seq.saturating_add(1);
            return seq;
        }
        self.next = place.saturating_add(1);
        self.stray = Some(seq.saturating_add(1));
        if twice {
            self.problem(
                "L003",
                Some(seq),
                format!("entry {seq} stands a second time, before entry {place}"),
            );
        } else if seq > place + 1 {
            let message = format!(
                "entries {place} to {} are missing or out of order: entry {seq} stands in the place of {place}",
                seq - 1
            );
            self.problem("L002", Some(place), message);
        } else {
            let message =
                format!("entry {place} is missing or out of order: entry {seq} stands in its place");
            self.problem("L002", Some(place), message);
        }
        seq
    }

    fn content(&mut self, entry: &Entry) {
        let seq = entry.seq;
        if let Some(last) = self.last_at.filter(|last| entry.at < *last) {
            let message =
                format!("entry {seq} is of {}, the one before it of {last}: time goes back", entry.at);
            self.problem("L004", Some(seq), message);
        }
        self.last_at = Some(self.last_at.map_or(entry.at, |last| last.max(entry.at)));
        if self.frontier.size() == 1 {
            self.genesis(entry);
        } else if entry.kind == GENESIS_KIND {
            self.problem("L005", Some(seq), format!("entry {seq}: {}", GenesisError::Late));
        }
        if entry.kind == ROTATE_KIND {
            self.rotation(entry);
        }
        if entry.sig.is_some() {
            self.signature(entry);
        }
    }

    fn genesis(&mut self, entry: &Entry) {
        match Genesis::of(entry) {
            Ok(genesis) => {
                self.keys.push(KeyPeriod { since: 0, key: genesis.key.clone() });
                if let Some(origin) = self.anchors.origin.as_ref().filter(|o| **o != genesis.origin) {
                    let message = format!("the ledger is `{}`, not `{origin}`", genesis.origin);
                    self.problem("L034", Some(0), message);
                }
                self.genesis = Some(genesis);
            }
            Err(e) => self.problem(
                "L005",
                Some(entry.seq),
                format!("the ledger does not begin with a genesis: {e}"),
            ),
        }
    }

    fn rotation(&mut self, entry: &Entry) {
        let seq = entry.seq;
        let Some(in_force) = self.keys.last().map(|k| k.key.clone()) else { return };
        let rotation = Rotation::of(entry)
            .and_then(|r| r.verify(seq, &in_force, self.anchors.persons).map(|()| r.new_key));
        match rotation {
            Ok(key) => self.keys.push(KeyPeriod { since: seq, key }),
            Err(e) => self.problem("L011", Some(seq), format!("entry {seq} does not change the key: {e}")),
        }
    }

    fn signature(&mut self, entry: &Entry) {
        let (seq, Some(sig)) = (entry.seq, &entry.sig) else { return };
        if let Err(e) = sig.verify() {
            self.problem("L008", Some(seq), format!("the signature under entry {seq} does not hold: {e}"));
        }
        if let Some(first) = self.signatures.insert(sig.signature.clone(), seq) {
            let message = format!("the signature under entry {seq} stands already under entry {first}");
            self.problem("L009", Some(seq), message);
        }
        let origin = self.genesis.as_ref().map(|g| g.origin.clone());
        let named = sig.statement.get("origin").and_then(Value::as_str);
        if origin.is_some() && named != origin.as_deref() {
            let named = named.map_or("no ledger".to_owned(), |n| format!("ledger `{}`", n.escape_debug()));
            self.problem("L010", Some(seq), format!("the statement signed under entry {seq} is for {named}"));
        }
    }

    /// The key in force for a checkpoint over `size` entries.
    fn key_at(&self, size: u64) -> Option<VerifierKey> {
        self.keys.iter().rev().find(|k| k.since < size).map(|k| k.key.clone())
    }

    /// Ends the verification: checkpoint, anchors, and who is to blame for unlike hashes.
    pub fn finish(mut self) -> VerifyReport {
        let (size, root) = (self.frontier.size(), self.frontier.root());
        if size == 0 {
            self.problem("L043", None, "the ledger has no entry".to_owned());
        }
        let signed_root = self.check_checkpoint(size, root);
        self.blame(root, signed_root);
        let anchored = self.check_anchors(size);
        let keyed = self.check_keys(size, signed_root == Some(root));
        let trust = match (anchored, keyed) {
            (true, _) => Trust::Checkpoint,
            (false, true) => Trust::Key,
            (false, false) => Trust::SelfConsistent,
        };
        if self.unlisted > 0 {
            let message = format!("{} further problems are not listed", self.unlisted);
            self.problems.push(Problem { code: "L099", seq: None, path: None, message });
        }
        VerifyReport {
            entries: size,
            signatures: self.signatures.len() as u64,
            root,
            last_at: self.last_at,
            genesis: self.genesis,
            keys: self.keys,
            trust: if self.problems.is_empty() { trust } else { Trust::SelfConsistent },
            problems: self.problems,
        }
    }

    /// Checks the ledger's own checkpoint, and gives its root where its signature holds.
    fn check_checkpoint(&mut self, size: u64, root: Digest) -> Option<Digest> {
        let signed = match self.checkpoint.take()? {
            Ok(signed) => signed,
            Err(e) => {
                self.problem("L020", None, format!("the checkpoint cannot be read: {e}"));
                return None;
            }
        };
        let stated = &signed.checkpoint;
        let key = self.key_at(stated.size);
        let held = match key.map(|key| signed.verify(&key)) {
            Some(Ok(())) => Some(stated.root),
            Some(Err(e)) => {
                self.problem("L021", None, format!("the checkpoint is not the ledger's: {e}"));
                None
            }
            None => {
                self.problem(
                    "L021",
                    None,
                    "the ledger has no key that could have signed the checkpoint".to_owned(),
                );
                None
            }
        };
        if stated.size != size {
            let message = format!("the checkpoint is over {} entries, there are {size}", stated.size);
            self.problem("L022", Some(stated.size.min(size)), message);
        } else if stated.root != root {
            let message = format!("the entries lead to root {root}, the checkpoint says {}", stated.root);
            self.problem("L023", None, message);
        }
        held
    }

    /// Says for each entry with an unlike recorded hash which of the two is wrong.
    fn blame(&mut self, root: Digest, signed_root: Option<Digest>) {
        for (seq, computed, recorded) in std::mem::take(&mut self.unlike) {
            let hashes = format!("its hash is {computed}, the tree recorded {recorded}");
            if signed_root == Some(root) {
                self.problem(
                    "L007",
                    Some(seq),
                    format!("the recorded hash of entry {seq} is wrong: {hashes}"),
                );
            } else if signed_root.is_some() && signed_root == self.recorded_root {
                self.problem(
                    "L006",
                    Some(seq),
                    format!("entry {seq} is not the one that was appended: {hashes}"),
                );
            } else {
                self.problem(
                    "L006",
                    Some(seq),
                    format!("entry {seq} or its recorded hash was changed: {hashes}"),
                );
            }
        }
    }

    /// Compares with checkpoints kept elsewhere; true where at least one was there and all hold.
    fn check_anchors(&mut self, size: u64) -> bool {
        let mut held = 0;
        for (i, bytes) in self.anchors.checkpoints.iter().enumerate() {
            let which = format!("trusted checkpoint {}", i + 1);
            let signed = match SignedCheckpoint::parse(bytes) {
                Ok(signed) => signed,
                Err(e) => {
                    self.problem("L030", None, format!("{which} cannot be read: {e}"));
                    continue;
                }
            };
            let stated = &signed.checkpoint;
            if stated.size > size {
                let message =
                    format!("{which} is over {} entries, there are {size}: the end is cut off", stated.size);
                self.problem("L031", Some(size), message);
                continue;
            }
            match self.key_at(stated.size).map(|key| signed.verify(&key)) {
                Some(Ok(())) => {}
                Some(Err(e)) => {
                    self.problem("L030", None, format!("{which} is not of this ledger: {e}"));
                    continue;
                }
                None => {
                    self.problem(
                        "L030",
                        None,
                        format!("{which} is over {} entries and proves nothing", stated.size),
                    );
                    continue;
                }
            }
            if self.roots.get(&stated.size) == Some(&stated.root) {
                held += 1;
            } else {
                let message = format!("the first {} entries are not those of {which}", stated.size);
                self.problem("L032", None, message);
            }
        }
        held > 0
    }

    /// Looks for a trusted key among the ledger's; true where one is and the whole ledger is signed.
    fn check_keys(&mut self, size: u64, signed: bool) -> bool {
        if self.anchors.keys.is_empty() || size == 0 {
            return false;
        }
        let known = self.keys.iter().any(|k| self.anchors.keys.contains(&k.key));
        if !known {
            let keys: Vec<String> = self.keys.iter().map(|k| k.key.to_string()).collect();
            let message =
                format!("no trusted key is, or was, a key of this ledger (its keys: {})", keys.join(", "));
            self.problem("L033", None, message);
        }
        known && signed
    }
}
