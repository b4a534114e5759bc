//! Observing on a schedule: what `dossier serve` does every so often, and `soup drift --due` for a timer of the system.

use super::drift::{DriftInput, OBSERVATION_MAX, soup_drift};
use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use records::State;
use soup::drift::Form;
use std::io::Read as _;
use std::process::{Command, Stdio};

/// What came of a scheduled observation.
#[derive(Debug)]
pub struct DriftDue {
    /// The environment.
    pub environment: String,
    /// How many differences there are, or why it was not observed.
    pub outcome: Result<u64>,
}

/// Observes the environments of `[drift.observe]` whose last observation is older than `[drift] every_hours`. One that
/// cannot be observed does not keep the others from it; nothing is recorded of it, so it stays due.
///
/// # Errors
/// When the ledger cannot be read.
pub fn drift_due(ws: &Workspace) -> Result<Vec<DriftDue>> {
    let Some(hours) = ws.config.drift.every_hours else { return Ok(Vec::new()) };
    let state = ws.ledger()?.state(None)?;
    let mut out = Vec::new();
    for (environment, how) in &ws.config.drift.observe {
        let (word, command) = how.split_once(':').unwrap_or((how, ""));
        let form = Form::ALL.iter().find(|(w, _)| *w == word.trim()).map(|(_, form)| *form);
        let Some(form) = form.filter(|f| *f != Form::Image) else {
            let outcome = Err(Error::refused(format!("`drift.observe.{environment}` is `{how}`"))
                .hint("write `kubernetes: COMMAND`, `compose: COMMAND`, `terraform: COMMAND`, or `http`"));
            out.push(DriftDue { environment: environment.clone(), outcome });
            continue;
        };
        if is_due(ws, &state, environment, form, hours) {
            let outcome = observe(ws, environment, form, command.trim());
            out.push(DriftDue { environment: environment.clone(), outcome });
        }
    }
    Ok(out)
}

fn is_due(ws: &Workspace, state: &State, environment: &str, form: Form, hours: u32) -> bool {
    let last = state.security.last_drifts().get(&(environment, form.as_str())).map(|d| d.meta.at);
    last.is_none_or(|at| ws.clock.now().millis() - at.millis() >= i64::from(hours) * 3_600_000)
}

fn observe(ws: &Workspace, environment: &str, form: Form, command: &str) -> Result<u64> {
    let input =
        if form == Form::Http { DriftInput::Http } else { DriftInput::Printed(form, run(ws, command)?) };
    let done = soup_drift(ws, Some("dossier"), environment, None, false, &[], &[input])?;
    Ok(done.iter().map(|d| d.body.drifted).sum())
}

fn run(ws: &Workspace, command: &str) -> Result<Vec<u8>> {
    let mut child = Command::new("sh")
        .args(["-c", command])
        .current_dir(&ws.root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .doing(format_args!("run `{command}`"))?;
    let mut printed = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout
            .take(OBSERVATION_MAX + 1)
            .read_to_end(&mut printed)
            .doing(format_args!("read from `{command}`"))?;
    }
    if printed.len() as u64 > OBSERVATION_MAX {
        // What would be cut off would look like drift.
        let _ = child.kill();
        let _ = child.wait();
        return Err(Error::refused(format!("`{command}` printed more than {OBSERVATION_MAX} bytes")));
    }
    let status = child.wait().doing(format_args!("wait for `{command}`"))?;
    if !status.success() {
        return Err(Error::environment(format!("`{command}` ended with {status}")));
    }
    Ok(printed)
}
