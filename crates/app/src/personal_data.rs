//! Personal data of complaints: who complained, and which patient it was about. They lie encrypted beside the ledger, which
//! knows them by a keyed digest alone; deleting the file deletes them, and the ledger stays whole. No archive, export or backup holds
//! them.
//!
//! Each file holds a random salt and the text, sealed under a key that is kept with the ledger's own, outside of the product. The
//! digest is an HMAC over salt and text under that key: with the file, the salt is gone, and nobody can say any more whether the
//! digest was of a name that they guess.

use crate::error::{Doing as _, Error, Result};
use crate::keys;
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use records::{ComplaintErase, State};
use signing::{mac, password, sealed};
use std::io::Write as _;
use std::path::PathBuf;

/// The folder beside the ledger.
const FOLDER: &str = "personal";
/// What a keyed digest begins with.
const PREFIX: &str = "hmac-sha256:";
/// Bytes of the salt before the text.
const SALT_LEN: usize = 32;
/// The most bytes of personal data of one complaint.
const TEXT_MAX: usize = 1 << 20;

/// Seals personal data of a complaint and gives their keyed digest. They are on the disk before an entry names them.
pub(crate) fn keep(ws: &Workspace, state: &State, complaint: &str, text: &[u8]) -> Result<String> {
    if text.len() > TEXT_MAX {
        return Err(Error::refused(format!("personal data of one complaint are at most {TEXT_MAX} bytes")));
    }
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(
            Error::refused("the personal data are empty").hint("leave `--personal` out where there are none")
        );
    }
    if ws.is_remote() {
        return Err(Error::refused("personal data are kept where the ledger is, and that is a server").hint(
            "record the complaint there, or name the record of the system that keeps them with `--external`",
        ));
    }
    let key = key(state, true)?;
    let mut salted = password::secret().doing("take random bytes")?.to_vec();
    salted.extend_from_slice(text);
    let digest = hex::encode(mac::hmac_sha256(&key, &[&salted]));
    let bytes = sealed::seal(&key, complaint, &salted).doing("take random bytes")?;
    let path = place(ws, &digest);
    let folder = ws.state_dir().join(FOLDER);
    std::fs::create_dir_all(&folder).doing(format_args!("make {}", folder.display()))?;
    let mut file = tempfile::NamedTempFile::new_in(&folder).doing("write personal data")?;
    file.write_all(&bytes).and_then(|()| file.as_file().sync_all()).doing("write personal data")?;
    file.persist(&path).doing(format_args!("write {}", path.display()))?;
    Ok(format!("{PREFIX}{digest}"))
}

/// Takes back what was kept for an entry that was then refused.
pub(crate) fn drop_unnamed(ws: &Workspace, person: &str) {
    if let Some(digest) = person.strip_prefix(PREFIX) {
        // What stays names nobody: it is sealed, and no entry knows it.
        let _ = std::fs::remove_file(place(ws, digest));
    }
}

fn place(ws: &Workspace, digest: &str) -> PathBuf {
    ws.state_dir().join(FOLDER).join(format!("{digest}.sealed"))
}

/// The key of personal data; made where there is none and the first is to be kept.
fn key(state: &State, make: bool) -> Result<[u8; 32]> {
    let path = keys::ledger_key_file(&state.origin)?.with_extension("personal");
    let known = state.complaints.values().any(|c| c.received.body.person.starts_with(PREFIX));
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let bytes = hex::decode(text.trim()).doing(format_args!("read {}", path.display()))?;
            bytes.try_into().map_err(|_| Error::environment(format!("{} holds no key", path.display())))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && make && !known => {
            let bytes = *password::secret().doing("make a key")?;
            keys::write_secret(&path, &hex::encode(bytes))?;
            Ok(bytes)
        }
        Err(e) => {
            Err(Error::environment(format!("the key of personal data is not here: {}", path.display()))
                .because(e)
                .hint("they can be read only where it is; restore it from where keys are kept"))
        }
    }
}

/// The keyed digest of the personal data of a complaint that were kept and not deleted.
fn digest_of<'s>(state: &'s State, complaint: &str) -> Result<&'s str> {
    let found = state.complaints.get(complaint).ok_or_else(|| {
        Error::refused(format!("there is no complaint `{complaint}`"))
            .hint("list them with `dossier complaint list`")
    })?;
    if let Some(erased) = found.erasures.last() {
        return Err(Error::refused(format!(
            "the personal data of `{complaint}` were deleted on {}: {}",
            erased.meta.at.date_utc(),
            erased.body.reason
        )));
    }
    let person = found.received.body.person.as_str();
    let hex =
        person.strip_prefix(PREFIX).filter(|h| h.len() == 64 && h.bytes().all(|b| b.is_ascii_hexdigit()));
    hex.ok_or_else(|| Error::refused(format!("no personal data of `{complaint}` are kept here")))
}

/// Reads the personal data of a complaint. That they were read is an entry, before they are shown (GDPR 5.2, 32).
///
/// # Errors
/// When there are none or they were deleted, the key is not on this machine, or the file is not what was sealed.
pub fn complaint_personal(ws: &Workspace, by: &str, complaint: &str, purpose: &str) -> Result<Vec<u8>> {
    said("what they are read for", purpose)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let digest = digest_of(&state, complaint)?;
    let path = place(ws, digest);
    let bytes = std::fs::read(&path).map_err(|e| {
        Error::verification(format!("the personal data of `{complaint}` are not here: {}", path.display()))
            .because(e)
            .hint("if they were deleted on purpose, say so: dossier complaint erase")
    })?;
    let key = key(&state, false)?;
    let changed = || Error::verification(format!("the personal data of `{complaint}` were changed"));
    let salted = sealed::open(&key, complaint, &bytes).ok_or_else(changed)?;
    if !mac::hex_holds(&key, &salted, digest) {
        return Err(changed());
    }
    let text = salted.get(SALT_LEN..).ok_or_else(changed)?.to_vec();
    let access = records::TrailAccess {
        act: "read".to_owned(),
        subject: format!("personal data of {complaint}: {purpose}"),
        position: state.position,
    };
    let draft = ws.at(&state).process(by, &access)?;
    ws.append(&ledger, &state, &[draft])?;
    Ok(text)
}

/// Deletes the personal data of a complaint. The entry comes first: what was said to be deleted and is still there can be deleted
/// again, what is gone without an entry is a riddle.
///
/// # Errors
/// When there are none or they were deleted before.
pub fn complaint_erase(ws: &Workspace, by: &str, complaint: &str, reason: &str) -> Result<Appended> {
    said("on whose request, or which term", reason)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let recorded = state.complaints.get(complaint).filter(|c| !c.erasures.is_empty());
    if let Some(person) = recorded.map(|c| c.received.body.person.clone()) {
        // An interrupted deletion is finished.
        let left = person.strip_prefix(PREFIX).map(|d| place(ws, d)).filter(|p| p.is_file());
        if let Some(path) = left {
            std::fs::remove_file(&path).doing(format_args!("delete {}", path.display()))?;
            return Ok(Appended::Entries { first: state.position, position: state.position });
        }
    }
    let digest = digest_of(&state, complaint)?.to_owned();
    let body = ComplaintErase {
        complaint: complaint.to_owned(),
        person: format!("{PREFIX}{digest}"),
        reason: reason.to_owned(),
    };
    let draft = ws.at(&state).process(by, &body)?;
    let done = ws.append(&ledger, &state, &[draft])?;
    let path = place(ws, &digest);
    if path.is_file() {
        std::fs::remove_file(&path).doing(format_args!("delete {}", path.display()))?;
        if let Some(folder) = path.parent() {
            std::fs::File::open(folder).and_then(|d| d.sync_all()).doing("bring the deletion to the disk")?;
        }
    }
    Ok(done)
}
