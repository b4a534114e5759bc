//! The keys of the ledger over time: the one that entry 0 names, and each that followed it by a rotation that holds.

use crate::error::{Doing as _, Error, Result};
use crate::keys;
use crate::shared_ledger::SharedLedger;
use crate::workspace::{Appended, Workspace};
use ledger::{Entry, Genesis, ROTATE_KIND, Rotation};
use records::State;
use signing::note::VerifierKey;
use std::path::Path;

/// All keys in their order; the last one is in force.
///
/// # Errors
/// When the ledger cannot be read, or a rotation of it does not hold: nobody can say then which key is in force.
pub(crate) fn all(ledger: &SharedLedger, genesis: &Genesis) -> Result<Vec<VerifierKey>> {
    let mut keys = vec![genesis.key.clone()];
    let bytes = ledger.bytes_to(None)?;
    // Rotations are rare, and decoding every entry is not free.
    let names_rotation = |b: &[u8]| b.windows(ROTATE_KIND.len()).any(|w| w == ROTATE_KIND.as_bytes());
    if !bytes.iter().any(|b| names_rotation(b)) {
        return Ok(keys);
    }
    let entries = ledger.entries_to(None)?;
    for entry in entries.iter().filter(|e| e.kind == ROTATE_KIND) {
        let wrong = |e: ledger::RotationError| {
            Error::verification(format!("entry {}: the change of the ledger's key does not hold", entry.seq))
                .because(e)
        };
        let rotation = Rotation::of(entry).map_err(wrong)?;
        let in_force = keys.last().unwrap_or(&genesis.key).clone();
        let persons = |r: &Rotation| vouched(&entries, r);
        rotation.verify(entry.seq, &in_force, Some(&persons)).map_err(wrong)?;
        keys.push(rotation.new_key);
    }
    Ok(keys)
}

/// Whether two enrolled persons vouch for a new key, with keys that were in force then.
pub(crate) fn vouched(entries: &[Entry], rotation: &Rotation) -> std::result::Result<(), String> {
    State::fold(entries.iter().filter(|e| e.seq < rotation.position)).vouched_for(rotation)
}

/// The private key in force, from outside the product's tree.
///
/// # Errors
/// When it is not on this machine, or another one is there.
pub(crate) fn own(ledger: &SharedLedger, genesis: &Genesis) -> Result<signing::SecretKey> {
    let path = keys::ledger_key_file(&genesis.origin)?;
    let all = all(ledger, genesis)?;
    let in_force = all.last().unwrap_or(&genesis.key).key();
    let read = |path: &Path| {
        keys::read_private(path).map_err(|e| {
            e.hint(format!(
                "the ledger's key lies outside the product; this machine keeps it at {}",
                path.display()
            ))
            .hint("another folder can be named with DOSSIER_KEYS")
        })
    };
    let key = read(&path)?;
    if key.public() == *in_force {
        return Ok(key);
    }
    // A rotation that was recorded and whose files were not moved any more.
    let next = keys::beside(&path, "next");
    if next.is_file() {
        let key = read(&next)?;
        if key.public() == *in_force {
            put_in_place(&path, &next, all.len())?;
            return Ok(key);
        }
    }
    Err(Error::refused(format!("{} is not the key of this ledger that is in force", path.display()))
        .hint(format!("in force is {}", in_force.fingerprint())))
}

/// The new key takes the place of the old one, which is kept: what it signed stays signed by it.
fn put_in_place(path: &Path, next: &Path, number: usize) -> Result<()> {
    let ended = keys::beside(path, &format!("ended-{}", number.saturating_sub(1)));
    std::fs::rename(path, &ended).doing(format_args!("put {} aside", path.display()))?;
    std::fs::rename(next, path).doing(format_args!("put the new key at {}", path.display()))?;
    let public = |p: &Path| keys::beside(p, "pub");
    if public(next).is_file() {
        std::fs::rename(public(next), public(path)).doing("put the new public key in place")?;
    }
    Ok(())
}

/// Changes the ledger's key: both keys sign the entry. The old private key is kept beside the new one.
///
/// # Errors
/// When the key in force is not on this machine, or somebody appended in between; the key in force then stays.
pub fn ledger_rotate(ws: &Workspace, actor: &str, reason: &str) -> Result<Appended> {
    crate::people::said("a reason", reason)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let genesis = crate::ledgers::genesis(ws)?;
    let old = own(&ledger, &genesis)?;
    let path = keys::ledger_key_file(&genesis.origin)?;
    let next = keys::beside(&path, "next");
    // One that was made and never recorded is worth nothing.
    for stale in [next.clone(), keys::beside(&next, "pub")] {
        if stale.is_file() {
            std::fs::remove_file(&stale).doing(format_args!("remove {}", stale.display()))?;
        }
    }
    let new = keys::generate(&genesis.origin)?;
    keys::write_private(&next, &new)?;
    let rotation = Rotation::by_both_keys(&genesis.origin, state.position, &old, &new, reason)
        .doing("sign the change of the key")?;
    let appended = ws.append(&ledger, &state, &[rotation.draft(actor, ws.via)])?;
    put_in_place(&path, &next, all(&ledger, &genesis)?.len())?;
    Ok(appended)
}
