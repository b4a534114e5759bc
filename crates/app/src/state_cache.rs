//! The state for lists, without folding the whole ledger and checking every signature again at each call.
//!
//! A snapshot of the state lies under `.dossier/cache`. It is used only where all of this holds, and thrown away and written
//! anew otherwise:
//!
//! - its head and every part carry the keyed digest of this user on this machine. The secret lies with the user's keys, outside
//!   of every product's tree: who can write to the product's folder, or hands over a copy of it, cannot make a snapshot;
//! - it was written by a program of the same sources of `records`, `ledger`, `signing` and `vocabulary`;
//! - the root that the store's kept hashes give for its position is the one that it was written at. When it was written, every byte of
//!   these entries was read and hashed, and gave that root. So a list shows the state that was checked then, of this history and no
//!   other. Bytes that were changed since below hashes that were not are no matter of a list: it does not read them. `ledger verify`,
//!   `check`, the gate and whatever else folds find them.
//!
//! Entries after it are read and checked as ever. Whatever gives a verdict or leads to an entry (`check`, the gate, signing, sealing,
//! every append, `ledger verify`, `dossier-verify`) never comes here: it folds from entry 0. Deleting the folder changes nothing.

use crate::error::{Doing as _, Error, Result};
use crate::shared_ledger::SharedLedger;
use crate::workspace::Workspace;
use ledger::merkle::{self, Frontier, leaf_hash};
use records::State;
use records::snapshot::{self, FINGERPRINT};
use records::two_threads::by_two_in_turn;
use signing::mac::{hmac_sha256, hmac_sha256_holds};
use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use vocabulary::Digest;

/// Shorter ledgers are folded: that is as quick.
const LEAST: u64 = 512;
/// The first line of a snapshot.
const MAGIC: &[u8] = b"dossier state snapshot 1\n";
/// Bytes of a keyed digest.
const MAC: usize = 32;
/// The most bytes of a head: some 1 600 parts, which are three million anomalies.
const HEAD_MOST: u64 = 64 << 10;

/// Whether this process does one command and ends.
static ONE_COMMAND: AtomicBool = AtomicBool::new(false);

/// Says that this process does one command and ends, which a server never does: what a list read is not freed before.
pub fn one_command_and_end() {
    ONE_COMMAND.store(true, Ordering::Relaxed);
}

/// The state at position `to`, or now, for reading.
///
/// # Errors
/// As [`SharedLedger::state`].
pub(crate) fn listed(ws: &Workspace, ledger: &SharedLedger, to: Option<u64>) -> Result<State> {
    let position = ledger.position()?;
    let wanted = to.unwrap_or(position);
    if wanted > position || position < LEAST {
        return ledger.state(to);
    }
    // Where no secret can be kept (no home, read-only), there is no cache.
    let Some(secret) = secret() else { return ledger.state(to) };
    let cache = Cache { file: file(ws), secret, least: LEAST };
    cache.state(ledger, wanted, wanted == position && ws.ledger_until.is_none())
}

fn file(ws: &Workspace) -> PathBuf {
    ws.state_dir().join("cache").join("state.snapshot")
}

/// This user's secret for snapshots, made where there is none.
fn secret() -> Option<[u8; 32]> {
    let folder = crate::keys::folder().ok()?;
    let path = folder.join("cache.secret");
    let read = || std::fs::read(&path).ok().and_then(|b| <[u8; 32]>::try_from(b).ok());
    if let Some(secret) = read() {
        return Some(secret);
    }
    std::fs::create_dir_all(&folder).ok()?;
    let made = signing::password::secret().ok()?;
    write_private(&path, made.as_slice()).ok()?;
    // Two processes may have made one at once: what lies there now counts for both.
    read()
}

/// Writes a file that only its owner reads, whole or not at all.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    std::io::Write::write_all(&mut beside, bytes)?;
    beside.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// Where the snapshot lies, and who may have written it.
struct Cache {
    file: PathBuf,
    secret: [u8; 32],
    least: u64,
}

/// The head of a snapshot.
struct Head {
    position: u64,
    root: Digest,
    /// Length and keyed digest of each part.
    parts: Vec<(u64, [u8; MAC])>,
}

impl Cache {
    fn state(&self, ledger: &SharedLedger, wanted: u64, newest: bool) -> Result<State> {
        let kept = self.read(ledger, wanted)?;
        let (mut state, known) = match kept {
            Some(state) => {
                let known = state.position;
                (state, known)
            }
            None => (State::default(), 0),
        };
        ledger.carry_on(&mut state, wanted)?;
        // Written again once enough came: each writing costs as much as some lists.
        if newest && wanted >= self.least && wanted - known > (known / 20).max(64) {
            // That it cannot be kept (no room, read-only) is no fault of a list.
            let _ = self.write(ledger, &state);
        }
        Ok(state)
    }

    /// The state of the snapshot, where it holds and does not lie beyond `wanted`.
    fn read(&self, ledger: &SharedLedger, wanted: u64) -> Result<Option<State>> {
        let Some((head, begin)) = self.head() else { return Ok(None) };
        if head.position > wanted || kept_root(ledger, head.position) != Some(head.root) {
            return Ok(None);
        }
        let mut parts = Vec::with_capacity(head.parts.len());
        let mut at = begin;
        for (n, (length, mac)) in head.parts.iter().enumerate() {
            parts.push((n, at, *length, *mac));
            at = at.saturating_add(*length);
        }
        if std::fs::metadata(&self.file).map(|m| m.len()).ok() != Some(at) {
            return Ok(None);
        }
        let read = |(n, at, length, mac): &(usize, u64, u64, [u8; MAC])| {
            let part = bytes_at(&self.file, *at, *length).filter(|part| part.len() as u64 == *length)?;
            if !hmac_sha256_holds(&self.secret, &[&part], mac) {
                return None;
            }
            if *n == 0 {
                snapshot::read_rest(&part).ok().map(|rest| Part::Rest(Box::new(rest)))
            } else {
                Some(Part::Anomalies(part))
            }
        };
        // One of the two threads reads the first part.
        let room = head.parts.first().map_or(0, |(length, _)| usize::try_from(*length).unwrap_or_default());
        let mut held = Vec::with_capacity(parts.len());
        by_two_in_turn(&parts, room, read, |part| held.push(part));
        let mut held = held.into_iter();
        let Some(Some(Part::Rest(rest))) = held.next() else { return Ok(None) };
        let anomalies = held.map(|part| match part {
            Some(Part::Anomalies(bytes)) => Some(bytes),
            _ => None,
        });
        let Some(anomalies) = anomalies.collect::<Option<Vec<_>>>() else { return Ok(None) };
        if rest.position != head.position {
            return Ok(None);
        }
        Ok(Some(snapshot::join(*rest, anomalies, ONE_COMMAND.load(Ordering::Relaxed))))
    }

    /// The head of a snapshot that this user wrote with these sources, and where its parts begin; none of any other bytes.
    fn head(&self) -> Option<(Head, u64)> {
        let bytes = bytes_at(&self.file, 0, HEAD_MOST)?;
        let rest = bytes.strip_prefix(MAGIC)?;
        let rest = rest.strip_prefix(FINGERPRINT.as_bytes())?;
        let (position, rest) = rest.split_first_chunk::<8>()?;
        let (root, rest) = rest.split_first_chunk::<32>()?;
        let (count, mut rest) = rest.split_first_chunk::<4>()?;
        let count = u32::from_le_bytes(*count);
        let mut parts = Vec::new();
        for _ in 0..count {
            let (length, after) = rest.split_first_chunk::<8>()?;
            let (mac, after) = after.split_first_chunk::<MAC>()?;
            parts.push((u64::from_le_bytes(*length), *mac));
            rest = after;
        }
        let signed = bytes.get(..bytes.len() - rest.len())?;
        let mac = rest.first_chunk::<MAC>()?;
        if !hmac_sha256_holds(&self.secret, &[signed], mac) {
            return None;
        }
        let begin = (signed.len() + MAC) as u64;
        Some((Head { position: u64::from_le_bytes(*position), root: Digest(*root), parts }, begin))
    }

    /// Writes the snapshot of a state, where it reads back as the same state.
    fn write(&self, ledger: &SharedLedger, state: &State) -> Result<()> {
        // From the bytes, once; where the kept hashes say something else, the ledger is not sound and nothing is kept of it.
        let root = root_of(ledger, state.position)?;
        if kept_root(ledger, state.position) != Some(root) {
            return Err(Error::verification("the ledger's hashes are not those of its entries"));
        }
        let parts = snapshot::parts(state).doing("keep the state")?;
        let mut head = [MAGIC, FINGERPRINT.as_bytes()].concat();
        head.extend(state.position.to_le_bytes());
        head.extend(root.0);
        head.extend(u32::try_from(parts.len()).doing("count the parts")?.to_le_bytes());
        for part in &parts {
            head.extend((part.len() as u64).to_le_bytes());
            head.extend(hmac_sha256(&self.secret, &[part]));
        }
        let mac = hmac_sha256(&self.secret, &[&head]);
        let mut bytes = head;
        bytes.extend(mac);
        if bytes.len() as u64 > HEAD_MOST {
            return Err(Error::environment("the state has more parts than a snapshot keeps"));
        }
        bytes.extend(parts.concat());
        let folder = self.file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).doing("make the folder of the cache")?;
        let again =
            snapshot::read_rest(parts.first().map_or(&[], Vec::as_slice)).doing("read the state back")?;
        let anomalies = parts.iter().skip(1).map(|p| snapshot::read_anomalies(p));
        let anomalies: std::result::Result<Vec<_>, _> = anomalies.collect();
        let anomalies = anomalies.doing("read the anomalies back")?.into_iter().flatten();
        let again = State { anomalies: anomalies.collect::<BTreeMap<_, _>>().into(), ..again };
        if again != *state {
            return Err(Error::environment("a snapshot does not read back as the same state"));
        }
        write_private(&self.file, &bytes).doing("write the snapshot")
    }
}

/// The root of the tree over the first `position` entries by the hashes that the store keeps; none where one is missing. No entry is
/// read for it.
fn kept_root(ledger: &SharedLedger, position: u64) -> Option<Digest> {
    merkle::root(position, |level, index| ledger.store().subtree(level, index)).ok()
}

/// The root of the tree over the first `position` entries, from their bytes and from nothing that the store keeps beside them.
pub(crate) fn root_of(ledger: &SharedLedger, position: u64) -> Result<Digest> {
    let mut frontier = Frontier::new();
    let hash = &mut |_: u64, bytes: &[u8]| frontier.push(leaf_hash(bytes), |_| {});
    ledger.store().read(0..position, hash).doing("read the ledger")?;
    Ok(frontier.root())
}

/// A part whose keyed digest holds.
enum Part {
    /// The state without its anomalies.
    Rest(Box<State>),
    /// The bytes of anomalies.
    Anomalies(Vec<u8>),
}

/// Bytes of a file from a place on: as many as asked for, or as there are.
fn bytes_at(path: &Path, at: u64, most: u64) -> Option<Vec<u8>> {
    let mut file = std::fs::File::open(path).ok()?;
    file.seek(SeekFrom::Start(at)).ok()?;
    let mut bytes = Vec::with_capacity(usize::try_from(most).ok()?);
    file.take(most).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
pub(crate) mod tests;
