//! Sessions as files: one line of JSON and one line with its SHA-256, written whole or not at all.

use crate::{AuditLog, Entry, Event, Session};
use serde_json::{Value, json};
use std::fmt;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use triage_content::hex_sha256;

const FORMAT: &str = "triage-session/v1";

/// Largest file accepted, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// Why a session cannot be saved or read.
#[derive(Debug)]
pub enum StoreError {
    /// There is no saved session.
    Missing,
    /// The file is damaged; it is not used.
    Damaged(String),
    /// The file was written in another format.
    OtherFormat(String),
    /// The file system failed.
    Io(std::io::Error),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Missing => f.write_str("there is no saved assessment"),
            StoreError::Damaged(what) => {
                write!(f, "the saved assessment is damaged ({what}); please begin again")
            }
            StoreError::OtherFormat(found) => write!(f, "the saved assessment has the format `{found}`"),
            StoreError::Io(e) => write!(f, "the saved assessment cannot be read or written: {e}"),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            StoreError::Io(e) => Some(e),
            _ => None,
        }
    }
}

/// The bytes of a session file.
pub fn to_bytes(s: &Session) -> Vec<u8> {
    let log: Vec<Value> = (s.log.entries().iter())
        .map(|e| json!({"at": e.at, "event": e.event.as_str(), "detail": e.detail, "link": e.link}))
        .collect();
    let body = json!({
        "format": FORMAT, "birth": s.birth.to_string(), "pathway": s.pathway, "content": s.content,
        "started": s.started, "answers": s.answers, "log": log,
    })
    .to_string();
    format!("{body}\n{}\n", hex_sha256(body.as_bytes())).into_bytes()
}

/// Reads the bytes of a session file.
///
/// # Errors
/// [`StoreError::Damaged`] or [`StoreError::OtherFormat`]; a file is used whole or not at all.
pub fn from_bytes(bytes: &[u8]) -> Result<Session, StoreError> {
    let damaged = |what: &str| StoreError::Damaged(what.into());
    let text = std::str::from_utf8(bytes).map_err(|_| damaged("not UTF-8"))?;
    let (body, sum) = text.split_once('\n').ok_or_else(|| damaged("cut off"))?;
    if sum.strip_suffix('\n') != Some(hex_sha256(body.as_bytes()).as_str()) {
        return Err(damaged("checksum"));
    }
    let v: Value = serde_json::from_str(body).map_err(|_| damaged("not JSON"))?;
    let text = |v: &Value, key: &str| {
        v.get(key).and_then(Value::as_str).map(str::to_string).ok_or_else(|| damaged(key))
    };
    let number = |v: &Value, key: &str| v.get(key).and_then(Value::as_u64).ok_or_else(|| damaged(key));
    let list = |key: &str| v.get(key).and_then(Value::as_array).ok_or_else(|| damaged(key));
    let format = text(&v, "format")?;
    if format != FORMAT {
        return Err(StoreError::OtherFormat(format));
    }
    let pair = |a: &Value| match a.as_array().map(Vec::as_slice) {
        Some([Value::String(q), Value::String(t)]) => Ok((q.clone(), t.clone())),
        _ => Err(damaged("answers")),
    };
    let entry = |e: &Value| {
        let event = Event::parse(&text(e, "event")?).ok_or_else(|| damaged("event"))?;
        Ok(Entry { at: number(e, "at")?, event, detail: text(e, "detail")?, link: text(e, "link")? })
    };
    let entries = list("log")?.iter().map(entry).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Session {
        birth: text(&v, "birth")?.parse().map_err(|_| damaged("birth"))?,
        pathway: text(&v, "pathway")?,
        content: text(&v, "content")?,
        started: number(&v, "started")?,
        answers: list("answers")?.iter().map(pair).collect::<Result<_, _>>()?,
        log: AuditLog::from_entries(entries).map_err(|n| damaged(&format!("log entry {n}")))?,
    })
}

/// Saves a session: a new file beside the old one, synced, then renamed over it, so that a crash or a full disk
/// leaves the old session or the new one.
///
/// # Errors
/// [`StoreError::Io`]; the old file is untouched then.
pub fn save(path: &Path, session: &Session) -> Result<(), StoreError> {
    let temporary = path.with_extension("new");
    let written = File::create(&temporary).and_then(|mut f| {
        f.write_all(&to_bytes(session))?;
        f.sync_all()
    });
    written.and_then(|()| fs::rename(&temporary, path)).map_err(|e| {
        // The error that counts is the first; a leftover is overwritten by the next save.
        let _ = fs::remove_file(&temporary);
        StoreError::Io(e)
    })
}

/// Loads a saved session.
///
/// # Errors
/// [`StoreError`].
pub fn load(path: &Path) -> Result<Session, StoreError> {
    let file = File::open(path).map_err(|e| match e.kind() {
        ErrorKind::NotFound => StoreError::Missing,
        _ => StoreError::Io(e),
    })?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(StoreError::Io)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(StoreError::Damaged("too large".into()));
    }
    from_bytes(&bytes)
}

/// Removes a saved session and a leftover of an interrupted save. No session is no error.
///
/// # Errors
/// [`StoreError::Io`].
pub fn erase(path: &Path) -> Result<(), StoreError> {
    for p in [path, &path.with_extension("new")] {
        match fs::remove_file(p) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(StoreError::Io(e)),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;
    use triage_content::Bundle;

    fn session() -> Session {
        let bundle = Bundle::builtin().unwrap();
        let mut s = Session::start("1980-01-01".parse().unwrap(), "cough", &bundle, 1000);
        s.answers.push(("breathless".into(), "no".into()));
        s.log.append(1001, Event::Answered, "breathless=no");
        s
    }

    #[test]
    fn reads_back_what_was_written() {
        assert_eq!(from_bytes(&to_bytes(&session())).unwrap(), session());
    }

    #[test]
    fn every_changed_byte_is_found() {
        let bytes = to_bytes(&session());
        for i in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[i] ^= 1;
            assert!(from_bytes(&changed).is_err(), "byte {i}");
        }
    }

    #[test]
    fn every_cut_is_found() {
        let bytes = to_bytes(&session());
        assert!((0..bytes.len()).all(|n| from_bytes(&bytes[..n]).is_err()));
    }

    /// Replaces in the body and makes the checksum fit again.
    fn damaged(from: &str, to: &str, expected: &str) {
        let text = String::from_utf8(to_bytes(&session())).unwrap();
        let body = text.lines().next().unwrap();
        assert!(body.contains(from), "{body}");
        let body = body.replacen(from, to, 1);
        let file = format!("{body}\n{}\n", hex_sha256(body.as_bytes()));
        let error = from_bytes(file.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    cases! { damaged;
        other_format: "triage-session/v1", "triage-session/v9", "format `triage-session/v9`";
        birth_missing: r#""birth""#, r#""born""#, "(birth)";
        birth_no_date: "1980-01-01", "1980-13-01", "(birth)";
        answers_no_pairs: r#"["breathless","no"]"#, r#"["breathless"]"#, "(answers)";
        started_text: r#""started":1000"#, r#""started":"1000""#, "(started)";
        log_changed: "breathless=no", "breathless=yes", "(log entry 2)";
        log_event_unknown: r#""event":"answered""#, r#""event":"guessed""#, "(event)";
        body_no_json: "{", "", "(not JSON)";
    }
}
