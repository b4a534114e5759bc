//! Commands that a client gives and a server does: what an entry would say of files, the server finds out itself.
//!
//! The release's steps of this kind (stage, gate, seal, delivery) run in the server's own checkout and archive, under its clock. The
//! client sends which release, and gets what the server recorded.

use crate::analysis::Inputs;
use crate::error::{Error, Result};
use crate::remote::Holder;
use crate::workspace::{Appended, Workspace};
use serde_json::Value;
use std::collections::BTreeMap;

/// A command for a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerCommand {
    /// `release-stage`, `release-gate`, `release-seal`, `release-deliver`.
    pub command: String,
    /// The release.
    pub version: String,
    /// Who asks, as the record names it.
    pub by: String,
    /// The process on the client's side.
    pub via: String,
    /// What else the command takes, by name: the `channel` of a delivery.
    pub arguments: BTreeMap<String, String>,
}

/// What a server did.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerDone {
    /// For people.
    pub text: String,
    /// For programs, where the command has a JSON form.
    pub json: Option<Value>,
    /// Whether it is without findings.
    pub clean: bool,
    /// The first entry.
    pub first: u64,
    /// The position afterwards.
    pub position: u64,
}

impl Workspace {
    /// Gives a release's step to the server that keeps the ledger; `None` where the ledger is here.
    ///
    /// # Errors
    /// As the step itself, in the server's words.
    pub fn server_does(
        &self,
        command: &str,
        version: &str,
        by: &str,
        arguments: &[(&str, &str)],
    ) -> Result<Option<ServerDone>> {
        if !self.is_remote() {
            return Ok(None);
        }
        let command = ServerCommand {
            command: command.to_owned(),
            version: version.to_owned(),
            by: by.to_owned(),
            via: self.from.clone(),
            arguments: arguments.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
        };
        self.open_remote()?.command(&command).map(Some)
    }
}

/// Does a client's command in this server's own checkout.
///
/// # Errors
/// When there is no such command, or as the step itself.
pub fn server_command(
    ws: &Workspace,
    holder: &Holder,
    from: &str,
    (origin, key): (&str, Option<&str>),
    command: &ServerCommand,
) -> Result<ServerDone> {
    crate::remote::same_ledger(ws, origin, key)?;
    if !holder.writes {
        return Err(Error::refused("this token reads only"));
    }
    let via = crate::remote::via(holder, from, &command.via);
    let ws = &Workspace { from: via, ..ws.clone() };
    let (version, by) = (command.version.as_str(), command.by.as_str());
    let mut said = String::new();
    let mut say = |line: String| {
        said.push_str(&line);
        said.push('\n');
    };
    let done = match command.command.as_str() {
        "release-stage" => {
            let staged = crate::release_stage(ws, by, version, &[], &mut say)?;
            (said + &staged.summary, None, true, staged.appended)
        }
        "release-gate" => {
            let gate = crate::release_gate(ws, &Inputs::default(), version, Some(by))?;
            let (text, json, clean) = (gate.to_text(false)?, gate.to_json(), gate.passes());
            let recorded = gate.recorded.ok_or_else(|| Error::environment("the verdict was not recorded"))?;
            (text, Some(json), clean, recorded)
        }
        "release-seal" => {
            let sealed = crate::release_seal(ws, by, version, &mut say)?;
            (said + &sealed.summary, None, true, sealed.appended)
        }
        "release-deliver" => {
            let channel = command.arguments.get("channel").map(String::as_str).unwrap_or_default();
            let (manifest, appended) = crate::releases::delivered_here(ws, by, version, channel)?;
            let json = serde_json::json!({"format": "dossier/delivered/v1", "manifest": manifest});
            (format!("published the delivery manifest {manifest} of {version}"), Some(json), true, appended)
        }
        other => return Err(Error::refused(format!("this server does no `{other}`"))),
    };
    let (text, json, clean, appended) = done;
    match appended {
        Appended::Entries { first, position } => Ok(ServerDone { text, json, clean, first, position }),
        Appended::Requested(_) => Err(Error::environment("nothing was recorded")),
    }
}
