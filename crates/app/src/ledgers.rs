//! The ledger as a thing of its own: verified, exported, listed, and pinned by checkpoints.

use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use ledger::{Anchors, Checkpoint, Genesis, SignedCheckpoint};
use records::State;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What a verification found.
#[derive(Clone, Debug, Serialize)]
pub struct LedgerVerified {
    /// Always `dossier/ledger-verify/v1`.
    pub format: &'static str,
    /// Whether everything holds.
    pub ok: bool,
    /// The ledger's origin.
    pub origin: String,
    /// How many entries were read.
    pub entries: u64,
    /// The root of the tree, in hex.
    pub root: String,
    /// Entries with a personal signature that was checked.
    pub signatures: u64,
    /// Checkpoints kept elsewhere that history agrees with.
    pub anchored_to: Vec<u64>,
    /// What recorded anchors prove: history up to a position existed at a time, by somebody's word.
    pub fixed: Vec<crate::anchors::Fixed>,
    /// Whether the clock is simulated.
    pub simulated_clock: bool,
    /// What does not hold: `code`, `entry`, `message`.
    pub problems: Vec<LedgerProblem>,
    /// Kinds that this version does not know: verdicts cannot be given, the ledger is sound.
    pub unknown_kinds: Vec<String>,
}

/// Something that does not hold.
#[derive(Clone, Debug, Serialize)]
pub struct LedgerProblem {
    /// A stable code.
    pub code: String,
    /// The entry, where it is one.
    pub entry: Option<u64>,
    /// What is wrong.
    pub message: String,
}

impl LedgerVerified {
    /// The anchor that fixes the most history by another's word.
    fn newest_fixed(&self) -> Option<&crate::anchors::Fixed> {
        self.fixed.iter().filter(|f| f.independent).max_by_key(|f| f.position)
    }

    /// For people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "ledger {}: {} entries, root {}", self.origin, self.entries, self.root);
        if self.simulated_clock {
            let _ = writeln!(out, "its clock is SIMULATED: times are not real");
        }
        let _ = writeln!(
            out,
            "checked: canonical form, order, time, tree, {} personal signatures",
            self.signatures
        );
        for position in &self.anchored_to {
            let _ = writeln!(out, "history up to entry {position} agrees with a checkpoint kept elsewhere");
        }
        for f in self.fixed.iter().rev().find(|f| !f.independent).iter().chain(&self.newest_fixed()) {
            let word = if f.independent { "is provably fixed since" } else { "was anchored at" };
            let _ = writeln!(out, "history up to entry {} {word} {}: {}", f.position, f.since, f.by);
        }
        if !self.fixed.iter().any(|f| f.independent) {
            let _ = writeln!(out, "no time stamp of an authority fixes history: see `dossier ledger anchor`");
        }
        for kind in &self.unknown_kinds {
            let _ = writeln!(
                out,
                "note: `{kind}` is not known to this version; it gives no verdicts over this ledger"
            );
        }
        for p in &self.problems {
            let place = p.entry.map(|e| format!("entry {e}: ")).unwrap_or_default();
            let _ = writeln!(out, "{}: {place}{}", p.code, p.message);
        }
        let _ =
            writeln!(out, "{}", if self.ok { "● everything holds" } else { "▲ this ledger does not hold" });
        out
    }
}

/// Recomputes everything: form, order, time, tree, stored hashes, signatures, and agreement with checkpoints that were
/// kept elsewhere.
///
/// # Errors
/// When store or checkpoint files cannot be read. What is wrong with the ledger is in the result.
pub fn ledger_verify(ws: &Workspace, checkpoints: &[PathBuf], kept: &[String]) -> Result<LedgerVerified> {
    let ledger = ws.ledger()?;
    let genesis = genesis(ws)?;
    let mut anchored = Vec::new();
    for path in checkpoints {
        let bytes = std::fs::read(path).doing(format_args!("read {}", path.display()))?;
        let signed = SignedCheckpoint::parse(&bytes)
            .map_err(|e| Error::refused(format!("{} is no checkpoint", path.display())).because(e))?;
        anchored.push((bytes, signed.checkpoint.size));
    }
    for place in kept {
        for (name, bytes) in crate::anchors::checkpoints_kept(place)? {
            let signed = SignedCheckpoint::parse(&bytes)
                .map_err(|e| Error::refused(format!("{name} of {place} is no checkpoint")).because(e))?;
            anchored.push((bytes, signed.checkpoint.size));
        }
    }
    let entries = ledger.entries_to(None).unwrap_or_default();
    let persons = |r: &ledger::Rotation| crate::ledger_keys::vouched(&entries, r);
    let anchors = Anchors {
        keys: vec![genesis.key.clone()],
        persons: Some(&persons),
        checkpoints: anchored.iter().map(|(b, _)| b.clone()).collect(),
        ..Anchors::default()
    };
    let report = ledger::verify_store(ledger.store(), None, &anchors).doing("read the ledger")?;
    let mut problems: Vec<LedgerProblem> = report
        .problems
        .iter()
        .map(|p| LedgerProblem { code: p.code.to_owned(), entry: p.seq, message: p.message.clone() })
        .collect();
    let state = State::fold(&entries);
    problems.extend(state.problems.iter().map(|p| LedgerProblem {
        code: "L090".to_owned(),
        entry: Some(p.seq),
        message: format!("`{}` does not count: {}", p.kind, p.what),
    }));
    let root_of = |size: u64| {
        let checkpoint = Checkpoint::of(&genesis.origin, ledger.store(), size).doing("compute a root")?;
        Ok(checkpoint.root)
    };
    let (fixed, wrong) = crate::anchors::proven(ws, &state, &root_of);
    problems.extend(wrong.into_iter().map(|message| LedgerProblem {
        code: "L092".to_owned(),
        entry: None,
        message,
    }));
    Ok(LedgerVerified {
        fixed,
        format: "dossier/ledger-verify/v1",
        ok: problems.is_empty(),
        origin: genesis.origin,
        entries: report.entries,
        root: report.root.to_string(),
        signatures: report.signatures,
        anchored_to: if problems.is_empty() {
            anchored.iter().map(|(_, size)| *size).collect()
        } else {
            Vec::new()
        },
        simulated_clock: state.simulated_clock,
        problems,
        unknown_kinds: state.unknown_kinds.iter().map(|(_, k)| k.clone()).collect(),
    })
}

/// The key that `dossier.toml` names.
pub(crate) fn configured_key(ws: &Workspace) -> Result<Option<signing::note::VerifierKey>> {
    let key = ws.config.ledger.key.as_deref().map(str::parse).transpose();
    key.map_err(|e: signing::note::NoteError| Error::refused("[ledger] key is no verifier key").because(e))
}

/// What entry 0 states.
///
/// # Errors
/// When there is no ledger.
pub(crate) fn genesis(ws: &Workspace) -> Result<Genesis> {
    let first = ws.ledger()?.entries_to(Some(1))?;
    let first = first.first().ok_or_else(|| Error::refused("the ledger is empty"))?;
    Genesis::of(first).map_err(|e| Error::verification("entry 0 does not begin a ledger").because(e))
}

/// The ledger's own key, from outside the product's tree.
///
/// # Errors
/// When it is not on this machine, or is another one than entry 0 names.
pub(crate) fn own_key(ws: &Workspace) -> Result<signing::SecretKey> {
    crate::ledger_keys::own(&ws.ledger()?, &genesis(ws)?)
}

/// A checkpoint over all entries, signed by the ledger's key.
///
/// # Errors
/// When ledger or key cannot be read.
pub(crate) fn signed_checkpoint(ws: &Workspace, size: u64) -> Result<SignedCheckpoint> {
    let ledger = ws.ledger()?;
    let genesis = genesis(ws)?;
    let checkpoint =
        Checkpoint::of(&genesis.origin, ledger.store(), size).doing("compute the ledger's root")?;
    checkpoint.sign(&own_key(ws)?).doing("sign the checkpoint")
}

/// The checkpoint as text.
///
/// # Errors
/// When ledger or key cannot be read.
pub fn ledger_checkpoint(ws: &Workspace) -> Result<String> {
    let size = ws.ledger()?.position()?;
    Ok(signed_checkpoint(ws, size)?.to_string())
}

/// Writes tiles, entries and a signed checkpoint into a new or empty folder; says how many entries.
///
/// # Errors
/// When the folder is not empty, or ledger or key cannot be read.
pub fn ledger_export(ws: &Workspace, by: &str, directory: &Path) -> Result<u64> {
    let size = export_to(ws, directory)?;
    // What left the system is an entry (21 CFR 11.10 e).
    crate::trail::note_access(ws, by, "export", "ledger")?;
    Ok(size)
}

/// The export itself.
pub(crate) fn export_to(ws: &Workspace, directory: &Path) -> Result<u64> {
    let ledger = ws.ledger()?;
    let size = ledger.position()?;
    let checkpoint = signed_checkpoint(ws, size)?;
    ledger::export(ledger.store(), &checkpoint, directory)
        .doing(format_args!("export to {}", directory.display()))?;
    Ok(size)
}

/// How many entries the log reads at a time.
const PART: u64 = 1_024;

/// An entry in a list.
#[derive(Clone, Debug, Serialize)]
pub struct LogRow {
    /// Its number.
    pub seq: u64,
    /// When it was appended.
    pub at: String,
    /// Who.
    pub actor: String,
    /// Through what.
    pub via: String,
    /// What kind.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// The key that signed it, for personal acts.
    pub key_id: Option<String>,
}

/// Entries whose kind begins with `kind`, the last `last` of them.
///
/// # Errors
/// When the ledger cannot be read.
pub fn ledger_log(ws: &Workspace, last: Option<u64>, kind: &str) -> Result<Vec<LogRow>> {
    let ledger = ws.ledger()?;
    let wanted = last.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
    // From the end, so that the last few of a long ledger cost a few; the newest first until all are there.
    let mut rows: Vec<LogRow> = Vec::new();
    let mut end = ledger.position()?;
    while end > 0 && rows.len() < wanted {
        let start = end.saturating_sub(PART);
        let part = ledger.entries_of(start..end)?;
        rows.extend(part.iter().rev().filter(|e| e.kind.starts_with(kind)).map(row));
        end = start;
    }
    rows.truncate(wanted);
    rows.reverse();
    Ok(rows)
}

/// What an entry is about: the first of the fields by which bodies name their subject.
pub(crate) fn subject(body: &serde_json::Map<String, serde_json::Value>) -> String {
    let keys = [
        "anomaly",
        "change",
        "document",
        "run",
        "case",
        "item",
        "waiver",
        "version",
        "person",
        "clause",
        "capa",
        "scope",
        "reference",
        "origin",
        "subject",
        "token",
        "place",
    ];
    keys.iter().find_map(|k| body.get(*k)?.as_str()).unwrap_or_default().to_owned()
}

fn row(e: &ledger::Entry) -> LogRow {
    LogRow {
        seq: e.seq,
        at: e.at.to_string(),
        actor: e.actor.clone(),
        via: e.via.clone(),
        kind: e.kind.clone(),
        subject: subject(&e.body),
        key_id: e.sig.as_ref().map(|s| s.key_id.clone()),
    }
}
