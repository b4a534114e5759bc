//! What a server does when it is due: one look a minute at each job, what was done on stderr, what failed tried again.
//!
//! Not here: when something is due. The jobs of the application know it from the ledger, so that a server that was off for a
//! week, or two servers on one ledger, do each thing once.

use app::{Result, Workspace};
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked whether a job is due.
const LOOK: Duration = Duration::from_secs(60);

/// How long a job rests that reaches out to others and failed before it left a record: what it asks is not asked each minute.
const REST: Duration = Duration::from_secs(3600);

/// What is looked at once a minute for as long as the server runs.
pub(crate) struct Job {
    /// Its name, before what is said of it.
    name: &'static str,
    /// How long after a failure it is tried again.
    rest: Duration,
    /// Does what is due and returns what there is to say of it; nothing was due if there is none.
    look: Arc<dyn Fn() -> Result<Vec<String>> + Send + Sync>,
}

/// The jobs that this product's server has: its anchors, its watch over the fielded releases, its environments.
pub(crate) fn jobs(ws: &Workspace, anchor_hours: Option<u32>, watch: bool) -> Vec<Job> {
    let mut jobs = Vec::new();
    if let Some(hours) = anchor_hours {
        let ws = ws.clone();
        jobs.push(Job { name: "anchor", rest: LOOK, look: Arc::new(move || anchors(&ws, hours)) });
    }
    if watch {
        let ws = ws.clone();
        jobs.push(Job { name: "watch", rest: REST, look: Arc::new(move || watched(&ws)) });
    }
    if ws.config.drift.every_hours.is_some() && !ws.config.drift.observe.is_empty() {
        let ws = ws.clone();
        jobs.push(Job { name: "drift", rest: LOOK, look: Arc::new(move || observed(&ws)) });
    }
    jobs
}

/// Keeps a job: never returns.
pub(crate) async fn keep(job: Job) {
    let (name, mut waits) = (job.name, false);
    loop {
        let look = Arc::clone(&job.look);
        let pause = match tokio::task::spawn_blocking(move || look()).await {
            Ok(Ok(lines)) => {
                // Said once when it begins to wait: that it was looked at, and is not merely asleep.
                if lines.is_empty() && !waits {
                    say(name, "not due; looked at once a minute");
                }
                waits = lines.is_empty();
                lines.iter().for_each(|line| say(name, line));
                LOOK
            }
            Ok(Err(error)) => {
                let minutes = job.rest.as_secs() / 60;
                let why = crate::print::with_causes(&error);
                say(name, &format!("failed, tried again in {minutes} min: {why}"));
                job.rest
            }
            Err(_) => {
                say(name, "failed by a fault of this program, tried again in 60 min");
                REST
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// A line on stderr. A server whose reader has gone away goes on with its work.
fn say(name: &str, line: &str) {
    let _ = writeln!(std::io::stderr(), "{name}: {line}");
}

fn anchors(ws: &Workspace, hours: u32) -> Result<Vec<String>> {
    let done = app::ledger_anchor_due(ws, "server", hours)?;
    Ok(done.iter().map(|a| format!("{} entries anchored: {} {}", a.size, a.to, a.place)).collect())
}

fn watched(ws: &Workspace) -> Result<Vec<String>> {
    let Some(done) = app::vuln_watch_due(ws, "server", &mut |line| say("watch", &line))? else {
        return Ok(Vec::new());
    };
    let failed = done.body.datasets.iter().filter(|d| d.outcome == "failed").map(|d| (&d.name, &d.why));
    let unread = done.body.releases.iter().filter(|r| !r.why.is_empty()).map(|r| (&r.release, &r.why));
    let mut lines: Vec<String> = failed.chain(unread).map(|(name, why)| format!("{name}: {why}")).collect();
    let (watch, releases, reported) = (&done.body.watch, done.body.releases.len(), done.body.reported.len());
    lines.push(format!("{watch}: {releases} releases looked up, {reported} problem reports opened"));
    Ok(lines)
}

fn observed(ws: &Workspace) -> Result<Vec<String>> {
    let done = app::drift_due(ws)?;
    Ok(done
        .iter()
        .map(|one| match &one.outcome {
            Ok(n) => format!("{} observed, {n} differences", one.environment),
            Err(e) => format!("{} was not observed: {e}", one.environment),
        })
        .collect())
}
