//! Results of security tests: SARIF 2.1.0, what static analysers, scanners and fuzzers write.
//!
//! A report is evidence only where the tool says that it ran: a run without results is no run without findings.

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};

/// Largest report that is read: 512 MiB.
const BYTES_MAX: usize = 512 << 20;
/// Longest message that is kept, in characters.
const MESSAGE_MAX: usize = 300;

/// What a report says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SarifReport {
    /// The tools with their versions, sorted.
    pub tools: Vec<String>,
    /// How many rules they looked for; 0 where the report does not say.
    pub rules: usize,
    /// How many results there are by level, suppressed and accepted ones among them.
    pub levels: BTreeMap<String, u64>,
    /// How many results the report suppresses.
    pub suppressed: u64,
    /// The results that are not suppressed, worst first.
    pub results: Vec<SarifResult>,
}

/// A result that is not suppressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SarifResult {
    /// What tells it from others across runs.
    pub key: String,
    /// The rule.
    pub rule: String,
    /// Its level.
    pub level: Level,
    /// `src/a.js:3`; empty where none is given.
    pub place: String,
    /// One line.
    pub message: String,
}

/// How bad a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing.
    None,
    /// A remark.
    Note,
    /// Likely wrong.
    Warning,
    /// Wrong.
    Error,
}

impl Level {
    /// The word of SARIF.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Note => "note",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }

    fn of(word: &str) -> Option<Level> {
        [Level::None, Level::Note, Level::Warning, Level::Error].into_iter().find(|l| l.as_str() == word)
    }
}

/// Why a report is no evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Too large.
    #[error("it has {0} bytes, more than 512 MiB")]
    Large(usize),
    /// Broken.
    #[error("it cannot be read as SARIF: {0}")]
    Malformed(String),
    /// Another version.
    #[error("it is SARIF {0}, and 2.1.0 is read")]
    Version(String),
    /// No run.
    #[error("it has no run, and an empty report is not \"nothing found\"")]
    Empty,
    /// A run without results.
    #[error("run {run} of {tool} has no list of results: the tool did not look, or not to the end")]
    NoResults {
        /// Which run, from 1.
        run: usize,
        /// The tool.
        tool: String,
    },
    /// A tool that failed.
    #[error("run {run} of {tool} says that the tool did not end well")]
    Failed {
        /// Which run, from 1.
        run: usize,
        /// The tool.
        tool: String,
    },
}

#[derive(Deserialize)]
struct Log {
    version: String,
    #[serde(default)]
    runs: Option<Vec<Run>>,
}

#[derive(Deserialize)]
struct Run {
    tool: Tool,
    results: Option<Vec<Found>>,
    #[serde(default)]
    invocations: Option<Vec<Invocation>>,
    #[serde(default)]
    artifacts: Option<Vec<Artifact>>,
}

#[derive(Deserialize)]
struct Tool {
    driver: Component,
    #[serde(default)]
    extensions: Option<Vec<Component>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    name: String,
    version: Option<String>,
    semantic_version: Option<String>,
    #[serde(default)]
    rules: Option<Vec<Rule>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    #[serde(default)]
    id: String,
    default_configuration: Option<Configuration>,
    #[serde(default)]
    message_strings: Option<HashMap<String, Message>>,
    short_description: Option<Message>,
}

#[derive(Deserialize)]
struct Configuration {
    level: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: Option<bool>,
}

#[derive(Deserialize)]
struct Artifact {
    location: Option<ArtifactLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    rule_id: Option<String>,
    rule_index: Option<i64>,
    rule: Option<RuleReference>,
    kind: Option<String>,
    level: Option<String>,
    message: Option<Message>,
    #[serde(default)]
    locations: Option<Vec<Location>>,
    #[serde(default)]
    fingerprints: Option<BTreeMap<String, String>>,
    #[serde(default)]
    partial_fingerprints: Option<BTreeMap<String, String>>,
    #[serde(default)]
    suppressions: Option<Vec<Suppression>>,
    baseline_state: Option<String>,
}

#[derive(Deserialize)]
struct RuleReference {
    id: Option<String>,
    index: Option<i64>,
}

#[derive(Deserialize)]
struct Message {
    text: Option<String>,
    id: Option<String>,
    #[serde(default)]
    arguments: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Suppression {
    status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Option<Physical>,
    #[serde(default)]
    logical_locations: Option<Vec<Logical>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Option<ArtifactLocation>,
    region: Option<Region>,
}

#[derive(Deserialize)]
struct ArtifactLocation {
    uri: Option<String>,
    index: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    fully_qualified_name: Option<String>,
    name: Option<String>,
}

/// Reads a report.
///
/// # Errors
/// When it is none, or does not say that a tool ran to its end.
pub fn read(bytes: &[u8]) -> Result<SarifReport, Error> {
    if bytes.len() > BYTES_MAX {
        return Err(Error::Large(bytes.len()));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let log: Log = serde_json::from_slice(bytes).map_err(|e| Error::Malformed(e.to_string()))?;
    if log.version != "2.1.0" {
        return Err(Error::Version(log.version));
    }
    let runs = log.runs.unwrap_or_default();
    if runs.is_empty() {
        return Err(Error::Empty);
    }
    let mut report = SarifReport::default();
    for (n, run) in runs.into_iter().enumerate() {
        take(&mut report, n + 1, run)?;
    }
    report.tools.sort();
    report.tools.dedup();
    report.results.sort_by(|a, b| {
        let place = |r: &SarifResult| (r.rule.clone(), r.place.clone(), r.key.clone());
        b.level.cmp(&a.level).then_with(|| place(a).cmp(&place(b)))
    });
    Ok(report)
}

fn take(report: &mut SarifReport, n: usize, run: Run) -> Result<(), Error> {
    let driver = &run.tool.driver;
    let version = driver.semantic_version.as_ref().or(driver.version.as_ref());
    let tool = version.map_or_else(|| driver.name.clone(), |v| format!("{} {v}", driver.name));
    let failed = run.invocations.iter().flatten().any(|i| i.execution_successful == Some(false));
    if failed {
        return Err(Error::Failed { run: n, tool });
    }
    let Some(results) = &run.results else { return Err(Error::NoResults { run: n, tool }) };
    let rules = |c: &Component| c.rules.as_ref().map_or(0, Vec::len);
    report.rules += rules(driver) + run.tool.extensions.iter().flatten().map(rules).sum::<usize>();
    for found in results {
        one(report, &run, found);
    }
    report.tools.push(tool);
    Ok(())
}

fn one(report: &mut SarifReport, run: &Run, found: &Found) {
    // `pass`, `notApplicable` and `informational` are no problems (3.27.9); what a later run does not have is history.
    let counts = matches!(found.kind.as_deref(), None | Some("fail" | "open" | "review"));
    if !counts || found.baseline_state.as_deref() == Some("absent") {
        return;
    }
    let rule = rule_of(run, found);
    let id = found.rule_id.clone().or_else(|| found.rule.as_ref().and_then(|r| r.id.clone()));
    let id = id.or_else(|| rule.map(|r| r.id.clone())).unwrap_or_else(|| "no rule".to_owned());
    let stated = found.level.as_deref().and_then(Level::of);
    let default = || {
        let configured = rule.and_then(|r| r.default_configuration.as_ref());
        configured.and_then(|c| c.level.as_deref()).and_then(Level::of)
    };
    let level = stated.or_else(default).unwrap_or(Level::Warning);
    *report.levels.entry(level.as_str().to_owned()).or_default() += 1;
    let suppressed =
        found.suppressions.iter().flatten().any(|s| matches!(s.status.as_deref(), None | Some("accepted")));
    if suppressed {
        report.suppressed += 1;
        return;
    }
    let place = place(run, found);
    let message = message(rule, found);
    let key = found
        .fingerprints
        .iter()
        .flatten()
        .chain(found.partial_fingerprints.iter().flatten())
        .map(|(name, value)| format!("{name}={value}"))
        .next();
    // A line moves with every edit; file and words stay.
    let file = place.rsplit_once(':').map_or(place.as_str(), |(file, _)| file);
    let made = || {
        Sha256::digest(format!("{id}\n{file}\n{message}").as_bytes())
            .iter()
            .take(8)
            .map(|b| format!("{b:02x}"))
            .collect()
    };
    report.results.push(SarifResult { key: key.unwrap_or_else(made), rule: id, level, place, message });
}

fn rule_of<'a>(run: &'a Run, found: &Found) -> Option<&'a Rule> {
    let rules = run.tool.driver.rules.as_deref().unwrap_or_default();
    let index = found.rule_index.or_else(|| found.rule.as_ref().and_then(|r| r.index));
    let by_index = index.and_then(|i| usize::try_from(i).ok()).and_then(|i| rules.get(i));
    let id = found.rule_id.as_deref().or_else(|| found.rule.as_ref().and_then(|r| r.id.as_deref()));
    // `CA1000/1` is a rule below `CA1000` (3.27.5).
    let fits = |r: &&Rule| {
        id.is_none_or(|id| id == r.id || id.strip_prefix(&r.id).is_some_and(|rest| rest.starts_with('/')))
    };
    by_index.filter(fits).or_else(|| id.and_then(|_| rules.iter().find(fits)))
}

fn message(rule: Option<&Rule>, found: &Found) -> String {
    let of = |m: &Message| m.text.clone();
    let by_id = || {
        let id = found.message.as_ref()?.id.as_deref()?;
        of(rule?.message_strings.as_ref()?.get(id)?)
    };
    let text = found.message.as_ref().and_then(of).or_else(by_id);
    let mut text = text.or_else(|| rule?.short_description.as_ref().and_then(of)).unwrap_or_default();
    for (n, argument) in found.message.iter().flat_map(|m| m.arguments.iter().flatten()).enumerate().take(32)
    {
        if text.len() > MESSAGE_MAX * 8 {
            break;
        }
        text = text.replace(&format!("{{{n}}}"), argument);
    }
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(MESSAGE_MAX).collect()
}

fn place(run: &Run, found: &Found) -> String {
    let Some(location) = found.locations.iter().flatten().next() else { return String::new() };
    let physical = location.physical_location.as_ref().and_then(|p| {
        let artifact = p.artifact_location.as_ref()?;
        let by_index = || {
            let index = usize::try_from(artifact.index?).ok()?;
            run.artifacts.as_ref()?.get(index)?.location.as_ref()?.uri.clone()
        };
        let uri = artifact.uri.clone().or_else(by_index)?;
        Some(match p.region.as_ref().and_then(|r| r.start_line) {
            Some(line) => format!("{uri}:{line}"),
            None => uri,
        })
    });
    let logical = || {
        let named = location.logical_locations.iter().flatten().next()?;
        named.fully_qualified_name.clone().or_else(|| named.name.clone())
    };
    physical.or_else(logical).unwrap_or_default()
}
