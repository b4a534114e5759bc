//! The audit trail (21 CFR 11.10 e, Annex 11 clause 9): every entry as who, when, from where, what, old and new value,
//! reason; searched, filtered, copied whole, and reviewed periodically by a signed record.

use crate::act::Actor;
use crate::error::{Doing as _, Error, Result};
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use ledger::Entry;
use records::{State, TrailAccess, TrailReview};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use vocabulary::{Date, Digest};

/// What to show of the trail; empty fields narrow nothing.
#[derive(Clone, Debug, Default)]
pub struct TrailQuery {
    /// The person or process.
    pub who: Option<String>,
    /// The beginning of the kind: `release/`, `document/approve`.
    pub act: Option<String>,
    /// What the entry is about.
    pub about: Option<String>,
    /// The first day.
    pub since: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// Words that stand anywhere in the entry, whatever their case.
    pub text: Option<String>,
    /// Only refused acts, refused logins and locked accounts.
    pub refused: bool,
}

/// One field that an entry set or replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The field.
    pub field: String,
    /// The value before, of the same subject; none where this entry is the first to say it.
    pub old: Option<String>,
    /// The value now.
    pub new: String,
}

/// One line of the trail.
#[derive(Clone, Debug, Serialize)]
pub struct TrailRow {
    /// The entry.
    pub entry: u64,
    /// When (UTC).
    pub at: String,
    /// The person's or process's id.
    pub who: String,
    /// The printed name.
    pub name: String,
    /// The role acted in, for signed acts.
    pub role: String,
    /// From where: process, user and machine, or address.
    pub from: String,
    /// What was done.
    pub act: String,
    /// About what.
    pub about: String,
    /// What the signature means, for signed acts.
    pub meaning: String,
    /// The key that signed, for signed acts.
    pub key: String,
    /// The reason given.
    pub reason: String,
    /// What was set or replaced.
    pub changes: Vec<FieldChange>,
}

/// Fields that give the reason, so that no change stands without it.
const REASONS: [&str; 4] = ["reason", "rationale", "justification", "basis"];
/// Kinds of entries whose reading is an entry itself.
const SENSITIVE: [&str; 2] = ["complaint/", "reportability/"];
/// How often an access is tried to be recorded where others append meanwhile.
const TRIES_MAX: u32 = 20;
const REFUSED: [&str; 3] = ["signature/refuse/", "session/refuse/", "account/lock/"];

/// The trail, oldest first.
///
/// # Errors
/// When the ledger cannot be read.
pub fn trail(ws: &Workspace, query: &TrailQuery, ledger_at: Option<u64>) -> Result<Vec<TrailRow>> {
    let ledger = ws.ledger()?;
    let (entries, state) = ledger.entries_and_state(ledger_at)?;
    let mut before: BTreeMap<(String, String), BTreeMap<String, String>> = BTreeMap::new();
    let mut rows = Vec::new();
    for e in &entries {
        let row = row(e, &state, &mut before);
        if matches(query, e, &row) {
            rows.push(row);
        }
    }
    // What a complaint says stands in its entries too.
    if rows.iter().any(|r| SENSITIVE.iter().any(|kind| r.act.starts_with(kind))) {
        note_read(ws, "complaints in the audit trail")?;
    }
    Ok(rows)
}

fn row(
    e: &Entry,
    state: &records::State,
    before: &mut BTreeMap<(String, String), BTreeMap<String, String>>,
) -> TrailRow {
    let about = crate::ledgers::subject(&e.body);
    let noun = e.kind.split('/').next().unwrap_or_default().to_owned();
    let known = before.entry((noun, about.clone())).or_default();
    let mut changes = Vec::new();
    for (field, value) in &e.body {
        let new = plain(value);
        let old = known.insert(field.clone(), new.clone());
        if old.as_ref() != Some(&new) {
            changes.push(FieldChange { field: field.clone(), old, new });
        }
    }
    let of_statement = |field: &str| -> String {
        let value = e.sig.as_ref().and_then(|s| s.statement.get(field)?.as_str());
        value.unwrap_or_default().to_owned()
    };
    let reason = REASONS.iter().find_map(|r| e.body.get(*r)?.as_str()).unwrap_or_default().to_owned();
    TrailRow {
        entry: e.seq,
        at: e.at.to_string(),
        who: e.actor.clone(),
        name: state.printed_name(&e.actor).to_owned(),
        role: of_statement("role"),
        from: e.via.clone(),
        act: e.kind.clone(),
        about,
        meaning: of_statement("meaning"),
        key: e.sig.as_ref().map(|s| s.key_id.clone()).unwrap_or_default(),
        reason,
        changes,
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn matches(q: &TrailQuery, e: &Entry, row: &TrailRow) -> bool {
    let day = e.at.date_utc();
    let is = |wanted: &Option<String>, there: &str| wanted.as_ref().is_none_or(|w| w == there);
    let text = |wanted: &String| {
        let wanted = wanted.to_lowercase();
        let all = serde_json::to_string(row).unwrap_or_default();
        all.to_lowercase().contains(&wanted)
    };
    is(&q.who, &row.who)
        && is(&q.about, &row.about)
        && q.act.as_ref().is_none_or(|a| row.act.starts_with(a))
        && q.since.is_none_or(|d| d <= day)
        && q.until.is_none_or(|d| day <= d)
        && q.text.as_ref().is_none_or(text)
        && (!q.refused || REFUSED.iter().any(|k| row.act.starts_with(k)))
}

/// Forms of a copy of the trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrailForm {
    /// Comma-separated values.
    Csv,
    /// Markdown.
    Markdown,
    /// One HTML page.
    Html,
    /// One JSON object.
    Json,
}

/// The rows in a form that people or programs read.
///
/// # Errors
/// When they have no JSON form.
pub fn trail_text(product: &str, rows: &[TrailRow], form: TrailForm) -> Result<String> {
    const HEAD: [&str; 9] = [
        "entry",
        "when (UTC)",
        "who",
        "from where",
        "act",
        "about",
        "old and new",
        "reason",
        "meaning and key",
    ];
    let changes = |r: &TrailRow| {
        let one = |c: &FieldChange| match &c.old {
            Some(old) => format!("{}: {old} -> {}", c.field, c.new),
            None => format!("{}: {}", c.field, c.new),
        };
        r.changes.iter().map(one).collect::<Vec<_>>().join("; ")
    };
    let who = |r: &TrailRow| match r.role.is_empty() {
        true => r.name.clone(),
        false => format!("{} ({})", r.name, r.role),
    };
    let cells = |r: &TrailRow| {
        let signed = if r.key.is_empty() { String::new() } else { format!("{} [{}]", r.meaning, r.key) };
        let (entry, at, from, act) = (r.entry.to_string(), r.at.clone(), r.from.clone(), r.act.clone());
        [entry, at, who(r), from, act, r.about.clone(), changes(r), r.reason.clone(), signed]
    };
    let mut out = String::new();
    match form {
        TrailForm::Json => {
            let value =
                serde_json::json!({"format": "dossier/audit-trail/v1", "product": product, "entries": rows});
            out = serde_json::to_string_pretty(&value).doing("write the audit trail")? + "\n";
        }
        TrailForm::Csv => {
            let line =
                |cells: &[String]| cells.iter().map(|c| csv_cell(c)).collect::<Vec<_>>().join(",") + "\r\n";
            out.push_str(&line(&HEAD.map(str::to_owned)));
            rows.iter().for_each(|r| out.push_str(&line(&cells(r))));
        }
        TrailForm::Markdown => {
            let _ = writeln!(
                out,
                "# Audit trail of {product}\n\n| {} |\n|{}",
                HEAD.join(" | "),
                "---|".repeat(9)
            );
            let cell = |c: &String| c.replace('\\', "\\\\").replace('|', "\\|").replace(['\n', '\r'], " ");
            for r in rows {
                let cells: Vec<String> = cells(r).iter().map(cell).collect();
                let _ = writeln!(out, "| {} |", cells.join(" | "));
            }
        }
        TrailForm::Html => html(&mut out, product, &HEAD, rows.iter().map(cells)),
    }
    Ok(out)
}

fn html(out: &mut String, product: &str, head: &[&str], rows: impl Iterator<Item = [String; 9]>) {
    let escape =
        |t: &str| t.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let _ = write!(
        out,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Audit trail of {0}</title><style>body{{font:13px/1.4 \
         sans-serif;margin:2em}}table{{border-collapse:collapse}}td,th{{border:1px solid #999;padding:4px 6px;text-align:left;\
         vertical-align:top;overflow-wrap:anywhere}}</style><h1>Audit trail of {0}</h1><table><thead><tr>",
        escape(product)
    );
    head.iter().for_each(|h| out.push_str(&format!("<th>{h}</th>")));
    out.push_str("</tr></thead><tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        row.iter().for_each(|c| out.push_str(&format!("<td>{}</td>", escape(c))));
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></html>\n");
}

/// A spreadsheet takes a cell that begins like a formula for one; a text must stay a text.
fn csv_cell(text: &str) -> String {
    let text =
        if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// Writes a complete copy of the trail: for people as `audit-trail.html` and `.csv`, for programs as `.json`, and below
/// `ledger/` the entries themselves with their proofs, which `dossier-verify` checks. The export is an entry.
///
/// # Errors
/// When the folder is not empty or cannot be written.
pub fn trail_export(ws: &Workspace, by: &str, directory: &Path) -> Result<(u64, Appended)> {
    let size = crate::ledgers::export_to(ws, &directory.join("ledger"))?;
    let rows = trail(ws, &TrailQuery::default(), Some(size))?;
    let product = &ws.config.product.name;
    for (name, form) in [("html", TrailForm::Html), ("csv", TrailForm::Csv), ("json", TrailForm::Json)] {
        let path = directory.join(format!("audit-trail.{name}"));
        std::fs::write(&path, trail_text(product, &rows, form)?)
            .doing(format_args!("write {}", path.display()))?;
    }
    let done = note_access(ws, by, "export", "audit trail")?;
    Ok((size, done))
}

/// Records that something was exported, or that a sensitive record was read.
///
/// # Errors
/// When the ledger cannot be appended to: then nothing is shown either.
pub(crate) fn note_access(ws: &Workspace, by: &str, act: &str, subject: &str) -> Result<Appended> {
    note_on(ws, by, act, subject, None).map(|(done, _)| done)
}

/// As [`note_access`], on a state that was listed already where there is one. Gives the state that it was noted on: what was there
/// when somebody looked.
fn note_on(
    ws: &Workspace,
    by: &str,
    act: &str,
    subject: &str,
    mut listed: Option<State>,
) -> Result<(Appended, State)> {
    // Also what is read of the past is read now.
    let ws = &Workspace { ledger_until: None, ..ws.clone() };
    let subject: String = subject.chars().filter(|c| !c.is_control()).take(200).collect();
    let mut tries = 0;
    loop {
        let ledger = ws.ledger()?;
        // That somebody read is true whatever the state says: no verdict and no signature hangs on this entry, and its place is the
        // store's matter. So it need not fold, and a list of complaints takes as long as another one.
        let state = match listed.take() {
            Some(state) => state,
            None => ledger.listed(ws, None)?,
        };
        let body = TrailAccess { act: act.to_owned(), subject: subject.clone(), position: state.position };
        let draft = ws.at(&state).process(by, &body)?;
        match ws.append(&ledger, &state, &[draft]) {
            // Others append meanwhile; nothing was decided on the position.
            Err(_) if tries < TRIES_MAX && ledger.position().is_ok_and(|now| now != state.position) => {
                tries += 1
            }
            done => return done.map(|done| (done, state)),
        }
    }
}

/// Records an export by whoever runs this process. A product without a ledger has no trail.
///
/// # Errors
/// As [`note_access`].
pub(crate) fn note_export(ws: &Workspace, subject: &str) -> Result<()> {
    note_export_on(ws, subject, None)
}

/// As [`note_export`], on a state that was listed already where there is one.
///
/// # Errors
/// As [`note_access`].
pub(crate) fn note_export_on(ws: &Workspace, subject: &str, listed: Option<State>) -> Result<()> {
    if ws.config.ledger.origin.is_none() {
        return Ok(());
    }
    note_on(ws, &ws.reader(), "export", subject, listed).map(|_| ())
}

/// Records that a copy for keeping was given out, as a file or on stdout: what is written in a document's form and not read on
/// the screen.
///
/// # Errors
/// When it cannot be recorded: then nothing is given out either.
pub fn export_noted(ws: &Workspace, what: &str) -> Result<()> {
    note_export(ws, what)
}

/// Records that sensitive records were read, by whoever runs this process. Gives the state that was there then, for a list.
///
/// # Errors
/// As [`note_access`]: what cannot be recorded is not shown.
pub(crate) fn note_read(ws: &Workspace, subject: &str) -> Result<State> {
    note_on(ws, &ws.reader(), "read", subject, None).map(|(_, state)| state)
}

/// Records that a page's file was taken along by `reader`, or that a page of sensitive records was read.
///
/// # Errors
/// As [`note_access`].
pub fn trail_download(ws: &Workspace, reader: &str, act: TrailAct, subject: &str) -> Result<()> {
    let act = match act {
        TrailAct::Export => "export",
        TrailAct::Read => "read",
    };
    note_access(ws, reader, act, subject).map(|_| ())
}

/// What was done with what a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrailAct {
    /// It was taken along as a file.
    Export,
    /// It was read.
    Read,
}

/// Somebody reviewed the trail from the end of the last review (or `from`) to `to` (or now) and says what was found. The
/// record covers the reviewed entries by digest.
///
/// # Errors
/// When there is nothing to review, or nothing is said.
pub fn trail_review(
    ws: &Workspace,
    actor: &Actor,
    from: Option<u64>,
    to: Option<u64>,
    outcome: &str,
) -> Result<Appended> {
    said("what the review found (`nothing unusual` has to be written too)", outcome)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let to = to.unwrap_or(state.position);
    let last = state.trail_reviews.iter().map(|r| r.body.to).max().unwrap_or(0);
    let from = from.unwrap_or(last.min(to));
    if from >= to {
        return Err(Error::refused(format!(
            "entries {from} to {to} are none; the trail was reviewed up to {last}"
        )));
    }
    let digest = range_digest(&ledger.bytes_to(Some(to))?, from);
    let body = TrailReview { from, to, digest, outcome: outcome.to_owned() };
    ws.act_on(&ledger, &state, actor, "I have reviewed this part of the audit trail", &body)
}

/// SHA-256 over the entries from `from` on, each after its length in four bytes.
fn range_digest(entries: &[Vec<u8>], from: u64) -> Digest {
    let mut bytes = Vec::new();
    for entry in entries.iter().skip(usize::try_from(from).unwrap_or(usize::MAX)) {
        bytes.extend(u32::try_from(entry.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Digest::of(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula_and_no_two_cells() {
        assert_eq!(csv_cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(csv_cell("a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(csv_cell("plain"), "plain");
    }

    #[test]
    fn markup_in_a_record_stays_text() {
        let row = TrailRow {
            entry: 1,
            at: String::new(),
            who: String::new(),
            name: "<script>".into(),
            role: String::new(),
            from: String::new(),
            act: String::new(),
            about: "a|b".into(),
            meaning: String::new(),
            key: String::new(),
            reason: String::new(),
            changes: vec![FieldChange { field: "title".into(), old: Some("old".into()), new: "new".into() }],
        };
        let html = trail_text("p", std::slice::from_ref(&row), TrailForm::Html).unwrap();
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script>"));
        assert!(html.contains("title: old -&gt; new"));
        assert!(trail_text("p", &[row], TrailForm::Markdown).unwrap().contains("a\\|b"));
    }
}
