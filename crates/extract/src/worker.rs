//! The child process: reads one file from standard input, writes what it found to standard output, and can do nothing else.

use crate::read::read;
use crate::text::{Text, Unread};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{Read as _, Write as _};

/// The environment variable that names the limit of memory in bytes.
pub(crate) const MEMORY: &str = "DOSSIER_EXTRACT_MEMORY";

/// The environment variable that names the limit of processor time in seconds.
pub(crate) const SECONDS: &str = "DOSSIER_EXTRACT_SECONDS";

/// What a child answers.
pub(crate) type Answer = Result<Text, Unread>;

/// Runs as the child: limits itself, reads standard input as a file of this `name`, and writes the answer as JSON.
///
/// # Errors
/// Where input or output fails, or where Landlock is there and refuses; the parent then reports that the reader failed.
pub fn run(name: &str) -> std::io::Result<()> {
    let number = |key: &str| std::env::var(key).ok().and_then(|v| v.parse::<u64>().ok());
    limit(number(MEMORY), number(SECONDS))?;
    confine()?;
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    let answer: Answer = read(name, &bytes);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer(&mut out, &answer)?;
    out.flush()
}

/// No more memory and time than given, no files written, no core dumps.
fn limit(memory: Option<u64>, seconds: Option<u64>) -> std::io::Result<()> {
    let set = |resource, value: Option<u64>| -> std::io::Result<()> {
        match value {
            Some(value) => Ok(setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })?),
            None => Ok(()),
        }
    };
    set(Resource::As, memory)?;
    set(Resource::Cpu, seconds)?;
    set(Resource::Fsize, Some(0))?;
    set(Resource::Core, Some(0))?;
    set(Resource::Nofile, Some(16))
}

/// No file can be opened and no connection made from here on. A kernel without Landlock gives the other limits only.
fn confine() -> std::io::Result<()> {
    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    };
    let rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(ABI::V5))
        .and_then(|r| r.handle_access(AccessNet::from_all(ABI::V5)))
        .and_then(landlock::Ruleset::create)
        .map_err(std::io::Error::other)?;
    rules.restrict_self().map_err(std::io::Error::other)?;
    Ok(())
}
