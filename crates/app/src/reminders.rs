//! Reminders: what is due as a daily digest, by mail or posted to an address.
//!
//! Nothing is recorded: a reminder is no evidence of anything, and a second one on the same day does no harm. It is sent
//! only where `dossier.toml` or the command says to whom. Whatever opens the mail server or signs the call comes from the
//! environment of whoever runs it and is never shown, logged or written.

mod mail;
mod webhook;

use crate::analysis::{Analysis, Inputs};
use crate::error::{Error, Result};
use crate::workspace::Workspace;
use monitoring::due::Due;
use serde::Serialize;
use std::fmt::Write as _;
use vocabulary::Date;

/// What is due.
#[derive(Clone, Debug, Serialize)]
pub struct Digest {
    /// Always `dossier/reminders/v1`.
    pub format: &'static str,
    /// The product.
    pub product: String,
    /// The day.
    pub as_of: Date,
    /// Days ahead that were looked at.
    pub days: i64,
    /// How many entries the ledger had.
    pub ledger: u64,
    /// How many are overdue.
    pub overdue: usize,
    /// What is due, the oldest first.
    pub due: Vec<Due>,
}

/// How to tell people.
#[derive(Clone, Debug, Default)]
pub struct Reminding {
    /// The four inputs.
    pub inputs: Inputs,
    /// Days ahead; those of `dossier.toml` where absent.
    pub days: Option<u32>,
    /// Only what is overdue.
    pub overdue: bool,
    /// Send nothing.
    pub dry_run: bool,
    /// The mail server instead of that of `dossier.toml`.
    pub smtp: Option<String>,
    /// The sender instead of that of `dossier.toml`.
    pub from: Option<String>,
    /// The readers instead of those of `dossier.toml`.
    pub to: Vec<String>,
    /// The address to post to instead of that of `dossier.toml`.
    pub webhook: Option<String>,
    /// Name and password for the mail server.
    pub login: Option<(String, String)>,
    /// The secret that the call is signed with.
    pub secret: Option<String>,
}

/// What became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// Always `dossier/told/v1`.
    pub format: &'static str,
    /// What is due.
    pub digest: Digest,
    /// Whom it was sent to, or would be: mail addresses, the address of the call without what follows its path.
    pub sent: Vec<String>,
    /// Whether nothing was sent because only a look was asked for.
    pub dry_run: bool,
}

/// What is due within some days.
///
/// # Errors
/// When documents or ledger cannot be read.
pub fn reminders(ws: &Workspace, inputs: &Inputs, days: Option<u32>, overdue: bool) -> Result<Digest> {
    if ws.config.ledger.origin.is_none() {
        return Err(Error::refused("this product has no ledger, so nothing is known to be due")
            .hint("begin one with `dossier init`"));
    }
    let analysis = Analysis::listed(ws, inputs)?;
    let days = i64::from(days.unwrap_or(ws.config.reminders.days));
    let mut due = crate::dues::ahead(ws, &analysis, days);
    due.retain(|d| d.overdue || !overdue);
    Ok(Digest {
        format: "dossier/reminders/v1",
        product: analysis.config.product.name.clone(),
        as_of: analysis.as_of,
        days,
        ledger: analysis.state.position,
        overdue: due.iter().filter(|d| d.overdue).count(),
        due,
    })
}

/// Tells people what is due. Where nothing is, nothing is sent.
///
/// # Errors
/// When nobody is named, or a server refuses. Both ways are tried before an error is given.
pub fn remind(ws: &Workspace, how: &Reminding) -> Result<Told> {
    let digest = reminders(ws, &how.inputs, how.days, how.overdue)?;
    let config = &ws.config.reminders;
    let or = |own: &Option<String>, set: &Option<String>| own.clone().or_else(|| set.clone());
    let to = if how.to.is_empty() { config.to.clone() } else { how.to.clone() };
    let (smtp, from, hook) =
        (or(&how.smtp, &config.smtp), or(&how.from, &config.from), or(&how.webhook, &config.webhook));
    let mut sent = Vec::new();
    let letter = match smtp {
        None => None,
        Some(server) => {
            let from = from.ok_or_else(|| {
                Error::refused("who sends the mail?")
                    .hint("say it with `--from`, or [reminders] from in dossier.toml")
            })?;
            if to.is_empty() {
                return Err(Error::refused("to whom does the mail go?")
                    .hint("say it with `--to`, or [reminders] to in dossier.toml"));
            }
            Some(mail::Letter::new(&server, &from, &to, &digest)?)
        }
    };
    let call = hook.map(|url| webhook::Call::new(&url, &digest, how.secret.as_deref())).transpose()?;
    if letter.is_none() && call.is_none() && !how.dry_run {
        return Err(Error::refused("nobody is named who is to be told")
            .hint("set [reminders] smtp, from and to, or webhook, in dossier.toml")
            .hint("or give `--smtp`, `--from` and `--to`, or `--webhook`; `--dry-run` shows the digest"));
    }
    sent.extend(letter.iter().flat_map(|_| to.clone()));
    sent.extend(call.iter().map(webhook::Call::shown));
    let silent = how.dry_run || digest.due.is_empty();
    if !silent {
        let file = |set: &Option<String>| set.as_deref().map(|f| ws.path(f));
        let (of_mail, of_call) = (file(&config.smtp_authority), file(&config.webhook_authority));
        let mailed = letter.map_or(Ok(()), |l| l.send(how.login.clone(), of_mail.as_deref()));
        let called = call.map_or(Ok(()), |c| c.post(of_call.as_deref()));
        mailed.and(called)?;
    }
    if digest.due.is_empty() {
        sent.clear();
    }
    Ok(Told { format: "dossier/told/v1", digest, sent, dry_run: how.dry_run })
}

impl Digest {
    /// One line: the subject of the mail.
    pub fn subject(&self) -> String {
        let name: String = self.product.chars().filter(|c| !c.is_control()).take(80).collect();
        match (self.due.len(), self.overdue) {
            (0, _) => format!("{name}: nothing is due"),
            (n, 0) => format!("{name}: {n} due by {}", self.as_of.plus_days(self.days)),
            (n, late) => {
                format!("{name}: {late} overdue, {} due by {}", n - late, self.as_of.plus_days(self.days))
            }
        }
    }

    /// For people: what is overdue first.
    pub fn to_text(&self) -> String {
        let mut out = format!("{}, as of {}, ledger {}\n", self.subject(), self.as_of, self.ledger);
        for (head, late) in [("overdue", true), ("due", false)] {
            let rows: Vec<&Due> = self.due.iter().filter(|d| d.overdue == late).collect();
            if rows.is_empty() {
                continue;
            }
            let _ = writeln!(out, "\n{head}");
            for d in rows {
                let _ = writeln!(out, "  {}  {} {}", d.until, d.what, d.subject);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests;
