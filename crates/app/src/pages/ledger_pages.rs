//! The ledger as a reader sees it: the log, and one entry with its exact bytes.

use super::reading::Reading;
use super::signatures;
use crate::error::{Doing as _, Error, Result};
use crate::ledgers::{self, LedgerVerified};
use crate::workspace::Workspace;
use ledger::{Checkpoint, Entry};
use records::Statement;
use serde_json::{Map, Value};
use views::{EntryPage, LedgerLog, LedgerRow, Signature};

/// Which entries a reader asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// The beginning of the kind, `anomaly/`; empty for all.
    pub kind: String,
    /// The id that the entries are about; empty for all.
    pub about: String,
    /// How many matching entries to skip, from the newest.
    pub first: usize,
    /// How many to give at most.
    pub limit: usize,
}

/// A stretch of the log, newest first.
pub(super) fn log(
    r: &Reading<'_>,
    ws: &Workspace,
    query: &LogQuery,
    verified: &LedgerVerified,
) -> Result<LedgerLog> {
    let ledger = ws.ledger()?;
    let position = r.state().position;
    let entries = ledger.entries_to(Some(position))?;
    let wanted = |e: &&Entry| {
        e.kind.starts_with(&query.kind) && (query.about.is_empty() || mentions(&e.body, &query.about))
    };
    let matching: Vec<&Entry> = entries.iter().rev().filter(wanted).collect();
    let shown = matching.iter().skip(query.first).take(query.limit);
    let root =
        Checkpoint::of(&r.state().origin, ledger.store(), position).doing("compute the ledger's root")?.root;
    Ok(LedgerLog {
        rows: shown.map(|e| row(r, e)).collect(),
        size: position,
        root,
        origin: r.state().origin.clone(),
        matching: matching.len(),
        first: query.first,
        verification: verification(verified),
        verified: verified.ok,
    })
}

fn verification(v: &LedgerVerified) -> String {
    if let Some(p) = v.problems.first() {
        let place = p.entry.map(|e| format!("entry {e}: ")).unwrap_or_default();
        let more = v.problems.len() - 1;
        return format!(
            "{} {place}{}{}",
            p.code,
            p.message,
            if more > 0 { format!(" and {more} more") } else { String::new() }
        );
    }
    format!(
        "{} entries: canonical form, order, time, tree and {} personal signatures, against the key that entry 0 names. What was \
         never in it, no look at it alone can tell: compare with a checkpoint kept elsewhere.",
        v.entries, v.signatures
    )
}

/// The newest entries.
pub(super) fn recent(r: &Reading<'_>, ws: &Workspace, count: usize) -> Result<Vec<LedgerRow>> {
    let entries = ws.ledger()?.entries_to(Some(r.state().position))?;
    Ok(entries.iter().rev().take(count).map(|e| row(r, e)).collect())
}

/// One entry; none where the ledger is shorter.
pub(super) fn entry(r: &Reading<'_>, ws: &Workspace, seq: u64) -> Result<Option<EntryPage>> {
    let size = r.state().position;
    if seq >= size {
        return Ok(None);
    }
    let bytes = ws.ledger()?.bytes_to(Some(seq + 1))?.pop().unwrap_or_default();
    let entry = Entry::decode(&bytes)
        .map_err(|e| Error::verification(format!("entry {seq} of the ledger cannot be read")).because(e))?;
    Ok(Some(EntryPage {
        row: row(r, &entry),
        leaf: ledger::merkle::leaf_hash(&bytes),
        json: String::from_utf8_lossy(&bytes).into_owned(),
        signature: signature(r, &entry),
        size,
    }))
}

/// The manifestation of an entry's signature. Whether it holds, the fold said.
fn signature(r: &Reading<'_>, entry: &Entry) -> Option<Signature> {
    let sig = entry.sig.as_ref()?;
    let statement: Statement = serde_json::from_value(Value::Object(sig.statement.clone())).ok()?;
    let person = r.state().persons.get(&statement.person);
    let key = person.and_then(|p| p.keys.iter().find(|k| k.enrolled.body.key_id == sig.key_id));
    let void = r.state().problems.iter().find(|p| p.seq == entry.seq).map(|p| p.what.clone());
    Some(Signature {
        name: r.state().printed_name(&statement.person).to_owned(),
        person: statement.person,
        role: statement.role,
        meaning: statement.meaning,
        at: statement.at,
        key: sig.key_id.clone(),
        enrolled: key.map_or(entry.at, |k| k.enrolled.meta.at).date_utc(),
        enrolled_in: signatures::entry(key.map_or(entry.seq, |k| k.enrolled.meta.seq)),
        entry: signatures::entry(entry.seq),
        digest: statement.digest,
        void,
    })
}

fn row(r: &Reading<'_>, e: &Entry) -> LedgerRow {
    let subject = ledgers::subject(&e.body);
    LedgerRow {
        seq: e.seq,
        at: e.at,
        actor: e.actor.clone(),
        via: e.via.clone(),
        kind: e.kind.clone(),
        summary: summary(e, &subject),
        subject: (!subject.is_empty()).then(|| r.refer(&subject)),
        signed: e.sig.is_some(),
    }
}

/// `anomaly A-7 reported: title`: the kind in words, and what the entry says first.
fn summary(e: &Entry, subject: &str) -> String {
    let mut parts = e.kind.split('/');
    let (noun, verb) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let keys = [
        "title",
        "summary",
        "outcome",
        "verdict",
        "reason",
        "rationale",
        "result",
        "role",
        "name",
        "file",
        "resolution",
        "evidence",
    ];
    let said = keys
        .iter()
        .find_map(|k| e.body.get(*k)?.as_str())
        .filter(|text| *text != subject)
        .unwrap_or_default();
    let head = format!("{noun} {verb} {subject}");
    let said: String = if said.chars().count() > 120 {
        said.chars().take(117).chain("…".chars()).collect()
    } else {
        said.to_owned()
    };
    if said.is_empty() { head.trim_end().to_owned() } else { format!("{}: {said}", head.trim_end()) }
}

/// Whether an entry is about something: one of its fields says so, alone or in a list.
fn mentions(body: &Map<String, Value>, id: &str) -> bool {
    let is = |v: &Value| match v {
        Value::String(s) => s == id,
        Value::Array(a) => a.iter().any(|v| v.as_str() == Some(id)),
        _ => false,
    };
    body.values().any(is)
}
