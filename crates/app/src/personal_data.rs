//! Personal data of complaints: who complained, and which patient it was about. They lie encrypted beside the ledger, which
//! knows them by a keyed digest alone; deleting the file deletes them, and the ledger stays whole. No archive and no export holds
//! them. A backup does, sealed as they are, without their key; what was deleted is on a list beside the key, so that no backup brings
//! it back, and is taken out of the backups that are named when it is deleted.
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
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder beside the ledger, and in a backup.
pub(crate) const FOLDER: &str = "personal";
/// What the name of a sealed file ends in.
const ENDING: &str = ".sealed";
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
    ws.state_dir().join(FOLDER).join(file_name(digest))
}

fn file_name(digest: &str) -> String {
    format!("{digest}{ENDING}")
}

/// The keyed digest in a field `person`.
fn named(person: &str) -> Option<&str> {
    person.strip_prefix(PREFIX).filter(|h| h.len() == 64 && h.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The file beside the key that lists what was deleted, a digest each line. It goes wherever the key goes: without it, nothing that a
/// backup holds can be read.
fn erased_file(origin: &str) -> Result<PathBuf> {
    Ok(keys::beside(&keys::ledger_key_file(origin)?, "personal-erased"))
}

/// Puts a digest on the list of what was deleted, once.
fn note_erased(origin: &str, digest: &str) -> Result<()> {
    let path = erased_file(origin)?;
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    if known.lines().any(|l| l == digest) {
        return Ok(());
    }
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path);
    let written = file.as_mut().map_err(|e| std::io::Error::new(e.kind(), e.to_string())).and_then(|f| {
        writeln!(f, "{digest}")?;
        f.sync_all()
    });
    written.doing(format_args!("write {}", path.display()))
}

/// Names of sealed files that were deleted: by this state, or by the list beside the key.
pub(crate) fn erased(state: &State) -> Result<BTreeSet<String>> {
    let path = erased_file(&state.origin)?;
    let listed = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(e).doing(format_args!("read {}", path.display())),
    };
    let recorded = state.complaints.values().filter(|c| !c.erasures.is_empty());
    let recorded = recorded.filter_map(|c| named(&c.received.body.person)).map(file_name);
    Ok(listed.lines().map(|l| file_name(l.trim())).chain(recorded).collect())
}

/// Complaints whose personal data were kept, were not deleted, and do not lie in a folder: by their ids.
pub(crate) fn missing(state: &State, folder: &Path, erased: &BTreeSet<String>) -> Vec<String> {
    let lost = |person: &str| {
        named(person)
            .map(file_name)
            .is_some_and(|name| !erased.contains(&name) && !folder.join(name).is_file())
    };
    let all = state.complaints.iter().filter(|(_, c)| c.erasures.is_empty());
    all.filter(|(_, c)| lost(&c.received.body.person)).map(|(id, _)| id.clone()).collect()
}

/// The key of personal data; made where there is none and the first is to be kept.
fn key(state: &State, make: bool) -> Result<[u8; 32]> {
    let path = keys::beside(&keys::ledger_key_file(&state.origin)?, "personal");
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
    named(&found.received.body.person)
        .ok_or_else(|| Error::refused(format!("no personal data of `{complaint}` are kept here")))
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

/// Deletes the personal data of a complaint, here and in the backups that are named. The entry comes first: what was said to be
/// deleted and is still there can be deleted again, what is gone without an entry is a riddle.
///
/// # Errors
/// When there are none or they were deleted before, or a folder that is named is no backup.
pub fn complaint_erase(
    ws: &Workspace,
    by: &str,
    complaint: &str,
    reason: &str,
    backups: &[PathBuf],
) -> Result<Appended> {
    said("on whose request, or which term", reason)?;
    for backup in backups {
        crate::backups::is_one(backup)?;
    }
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let recorded = state.complaints.get(complaint).filter(|c| !c.erasures.is_empty());
    if let Some(digest) = recorded.and_then(|c| named(&c.received.body.person)) {
        // An interrupted deletion is finished, and one is carried on to further backups.
        let places =
            || std::iter::once(place(ws, digest)).chain(backups.iter().map(|b| in_backup(b, digest)));
        if places().any(|p| p.is_file()) {
            note_erased(&state.origin, digest)?;
            places().try_for_each(|p| remove(&p))?;
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
    note_erased(&state.origin, &digest)?;
    remove(&place(ws, &digest))?;
    backups.iter().try_for_each(|b| remove(&in_backup(b, &digest)))?;
    Ok(done)
}

fn in_backup(backup: &Path, digest: &str) -> PathBuf {
    backup.join(FOLDER).join(file_name(digest))
}

/// Deletes a file, where it is there, and waits until the disk knows.
fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(e).doing(format_args!("delete {}", path.display())),
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::File::open(folder).and_then(|d| d.sync_all()).doing("bring the deletion to the disk")
}
