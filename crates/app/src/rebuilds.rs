//! `rebuild` and `drill`: build a sealed release again, from the archive alone, and record what came of it.

use crate::act::Actor;
use crate::building::{self, Recipe};
use crate::error::{Doing as _, Error, Result};
use crate::releases::{ExternalBuild, Request, unbundle};
use crate::workspace::{Appended, Workspace};
use archive::Archive;
use rebuild::compare::{Difference, OutputComparison, Side};
use rebuild::{Built, Output};
use records::{CapaOpen, ComparedOutput, DrillRecord, RebuildOutcome, RebuildRecord, State};
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use vocabulary::Digest;

/// What a rebuild did.
#[derive(Debug)]
pub struct Rebuilt {
    /// The release.
    pub version: String,
    /// How it ended.
    pub outcome: RebuildOutcome,
    /// A line for each output that differs, with its cause.
    pub differences: Vec<String>,
    /// `dossier/rebuild/v1`
    pub report: Value,
    /// The entry.
    pub appended: Appended,
}

impl Rebuilt {
    /// Whether every output has the same bytes.
    pub fn identical(&self) -> bool {
        self.outcome == RebuildOutcome::Identical
    }

    /// For people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let shape = if self.identical() { "●" } else { "▲" };
        let word = crate::releases::outcome_word(self.outcome);
        let _ = writeln!(out, "{shape} rebuild of {} from the archive alone: {word}", self.version);
        for line in &self.differences {
            let _ = writeln!(out, "  {line}");
        }
        out
    }
}

/// Builds a sealed release again and records the outcome, signed by whoever ran it.
///
/// # Errors
/// When the release is not sealed, or the archive is damaged. A build that fails or differs is a result, not an error.
pub fn rebuild(
    ws: &Workspace,
    actor: &Actor,
    version: &str,
    external: Option<&ExternalBuild>,
    say: &mut dyn FnMut(String),
) -> Result<Rebuilt> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    if state.releases.get(version).is_none_or(|r| r.sealed.is_none()) {
        return Err(Error::refused(format!(
            "release `{version}` is not sealed, so there is nothing to build from"
        ))
        .hint("list releases with `dossier release list`"));
    }
    run(ws, actor, version, external, &state, say)
}

fn run(
    ws: &Workspace,
    actor: &Actor,
    version: &str,
    external: Option<&ExternalBuild>,
    state: &State,
    say: &mut dyn FnMut(String),
) -> Result<Rebuilt> {
    let work = tempfile::Builder::new()
        .prefix("rebuild-")
        .tempdir_in(ws.state_dir())
        .doing("make a folder to work in")?;
    let archive = crate::archives::open_read_only(ws)?;
    let expected = sealed_outputs(&archive, version, &work.path().join("expected"))?;
    let runner = state.releases.get(version).and_then(|r| r.stage()?.body.runner.as_ref());
    let attempt = match (runner, external) {
        (None, None) => attempt(&archive, version, work.path(), say),
        (None, Some(_)) => {
            return Err(Error::refused(format!(
                "release `{version}` is self-contained: it is built here, from the archive"
            )));
        }
        (Some(runner), None) => {
            return Err(Error::refused(format!(
                "release `{version}` is not self-contained: the external runner `{}` built it",
                runner.name
            ))
            .hint("let it build again, and name what it brings: --outputs DIR --attestation FILE"));
        }
        (Some(runner), Some(build)) => attested(ws, state, version, &runner.name, build, work.path()),
    };
    let (outcome, differences, compared, log) = match &attempt {
        Ok(built) => {
            let (was, is) = (work.path().join("expected"), work.path().join("build").join("out"));
            let bytes = |side: Side, path: &str| {
                let folder = match side {
                    Side::Expected => &was,
                    Side::Actual => &is,
                };
                std::fs::read(folder.join(path)).ok()
            };
            let actual: Vec<Output> =
                built.outputs.iter().filter(|o| o.path != building::REPORTED).cloned().collect();
            let compared = rebuild::compare(&expected, &actual, &bytes);
            let (outcome, lines) = outcome(&compared);
            (outcome, lines, compared, built.log.to_text())
        }
        Err(e) => (RebuildOutcome::Failed, causes(e), Vec::new(), causes(e).join("\n")),
    };
    let body = RebuildRecord {
        version: version.to_owned(),
        outcome,
        outputs: compared.iter().map(compared_output).collect::<Result<_>>()?,
        host: building::host(),
        log: ws.blobs().put(log.as_bytes())?,
    };
    let report = serde_json::json!({"format": "dossier/rebuild/v1", "release": version,
        "outcome": outcome, "outputs": body.outputs, "differences": differences, "host": body.host, "log": body.log});
    let ledger = ws.ledger()?;
    let meaning = "I have built this release again from the archive and compared every output";
    let appended = ws.act_on(&ledger, state, actor, meaning, &body)?;
    Ok(Rebuilt { version: version.to_owned(), outcome, differences, report, appended })
}

fn causes(error: &Error) -> Vec<String> {
    let mut out = vec![error.to_string()];
    let mut cause = std::error::Error::source(error);
    while let Some(c) = cause {
        out.push(c.to_string());
        cause = c.source();
    }
    out
}

/// A repeated build by the external runner, checked against what the release was and brought to where a build would be.
fn attested(
    ws: &Workspace,
    state: &State,
    version: &str,
    runner: &str,
    build: &ExternalBuild,
    work: &Path,
) -> Result<Built> {
    let opened = state.releases.get(version).and_then(|r| r.candidate());
    let opened = &opened.ok_or_else(|| Error::refused("the release has no candidate"))?.body;
    let analysis = state.releases.get(version).map(|r| crate::Analysis::of_release(ws, r)).transpose()?;
    let config = &analysis.ok_or_else(|| Error::refused("the release has no candidate"))?.config;
    let request = Request::of(&config.product.name, runner, opened, &config.build)?;
    let believed = crate::releases::believe(state, &request, build)?;
    let out = work.join("build").join("out");
    for output in &believed.outputs {
        let to = out.join(&output.path);
        std::fs::create_dir_all(to.parent().unwrap_or(&out)).doing("take over the outputs")?;
        std::fs::copy(build.outputs.join(&output.path), &to).doing("take over the outputs")?;
    }
    let text = format!("attested by {runner} with {}\n", believed.runner.key_id).into_bytes();
    let log = rebuild::Log { bytes_total: text.len() as u64, text };
    Ok(Built { outputs: believed.outputs, log })
}

/// Everything that the build needs, unpacked from the archive, and the build.
fn attempt(archive: &Archive, version: &str, work: &Path, say: &mut dyn FnMut(String)) -> Result<Built> {
    let at = |name: &str| work.join(name);
    say("unpacking sources, dependencies and environment from the archive".into());
    let mut recipe = Vec::new();
    std::io::Read::read_to_end(
        &mut archive.open_layer(version, "build.json").doing("find the recipe")?,
        &mut recipe,
    )
    .doing("read the recipe")?;
    let recipe: Recipe = serde_json::from_slice(&recipe).doing("read the recipe")?;
    let mut bundle = archive.open_layer(version, "sources.bundle").doing("find the sources")?;
    let mut file = std::fs::File::create(at("sources.bundle")).doing("copy the sources")?;
    std::io::copy(&mut bundle, &mut file).doing("copy the sources")?;
    drop(file);
    unbundle(&at("sources.bundle"), &recipe.commit, &at("clone"), &at("source"))?;
    archive.unpack(version, "dependencies", &at("dependencies")).doing("unpack the dependencies")?;
    archive.unpack(version, "environment", &at("environment")).doing("unpack the environment")?;
    root_from(&at("environment"), &at("root"), &recipe)?;
    say("building in the sandbox, without network".into());
    recipe.build(&at("source"), &at("root"), &at("dependencies"), &at("build"))
}

/// Unpacks the environment's tar, which has to be the one of the recipe.
pub(crate) fn root_from(folder: &Path, root: &Path, recipe: &Recipe) -> Result<()> {
    let file = std::fs::File::open(folder.join("environment.tar")).doing("open the environment")?;
    let mut reader = std::io::BufReader::with_capacity(1 << 20, file);
    let digest = rebuild::unpack_environment(&mut reader, root).doing("unpack the environment")?;
    let digest: Digest = digest.parse().doing("read the digest of the environment")?;
    if digest != recipe.environment {
        return Err(Error::verification("the environment is not the one of the recipe"));
    }
    Ok(())
}

/// The sealed artefacts, written out for the comparison.
fn sealed_outputs(archive: &Archive, version: &str, folder: &Path) -> Result<Vec<Output>> {
    let release = archive.release(version).doing("find the release in the archive")?;
    let mut out = Vec::new();
    for layer in &release.manifest.layers {
        let Some(path) = layer.name.as_str().strip_prefix("artefacts/") else { continue };
        let mut from = archive.open_layer(version, layer.name.as_str()).doing("read a sealed artefact")?;
        let to = folder.join(path);
        if let Some(parent) = to.parent() {
            std::fs::create_dir_all(parent).doing("write a sealed artefact")?;
        }
        let mut file = std::fs::File::create(&to).doing("write a sealed artefact")?;
        std::io::copy(&mut from, &mut file).doing("write a sealed artefact")?;
        let executable =
            release.manifest.head.annotations.get(&format!("executable:{path}")).is_some_and(|v| v == "yes");
        out.push(Output {
            path: path.to_owned(),
            digest: layer.digest.to_string(),
            size: layer.size,
            executable,
        });
    }
    if out.is_empty() {
        return Err(Error::verification("the archive holds no artefact of this release"));
    }
    out.sort();
    Ok(out)
}

/// The outcome over all outputs, and a line for each that is not identical.
pub(crate) fn outcome(compared: &[OutputComparison]) -> (RebuildOutcome, Vec<String>) {
    let lines: Vec<String> = compared
        .iter()
        .filter_map(|o| match &o.difference {
            Difference::Identical => None,
            other => Some(format!("{}: {}", o.path, describe(other))),
        })
        .collect();
    let outcome = match (compared.is_empty(), lines.is_empty()) {
        (true, _) => RebuildOutcome::Failed,
        (false, true) => RebuildOutcome::Identical,
        (false, false) => RebuildOutcome::Different,
    };
    (outcome, lines)
}

/// A difference in words, causes first.
fn describe(difference: &Difference) -> String {
    match difference {
        Difference::Identical => "identical".to_owned(),
        Difference::Missing => "the rebuild did not make it".to_owned(),
        Difference::Extra => "only the rebuild made it".to_owned(),
        Difference::Different { causes } => {
            let one = |c: &rebuild::compare::Cause| match (c.place.as_str(), c.detail.as_str()) {
                ("", detail) => format!("{}: {detail}", c.kind),
                (place, detail) => format!("{} in {place}: {detail}", c.kind),
            };
            causes.iter().map(one).collect::<Vec<_>>().join("; ")
        }
    }
}

fn compared_output(o: &OutputComparison) -> Result<ComparedOutput> {
    let digest = |text: &str| text.parse::<Digest>().doing("read the digest of an output");
    let cause = match &o.difference {
        Difference::Identical => None,
        other => Some(describe(other)),
    };
    let expected = o.expected.as_deref().map(digest).transpose()?;
    let actual = o.actual.as_deref().map(digest).transpose()?;
    Ok(ComparedOutput {
        path: o.path.clone(),
        expected: expected.unwrap_or_else(|| Digest::of(b"")),
        actual,
        cause,
    })
}

/// Draws a sealed release by a seed, rebuilds it, and records the drill; a failure opens a corrective action.
///
/// # Errors
/// As [`rebuild`], and when nothing is sealed.
pub fn drill(
    ws: &Workspace,
    actor: &Actor,
    seed: Option<u64>,
    say: &mut dyn FnMut(String),
) -> Result<Rebuilt> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let among = drillable(&state);
    // Numbers in records stay below 2^53.
    let seed = seed.unwrap_or_else(|| fresh_seed(&state, ws)) & ((1 << 53) - 1);
    let drawn = draw(seed, &among).ok_or_else(|| {
        Error::refused("no sealed release can be built from the archive alone, so there is none to draw")
    })?;
    say(format!("drew {drawn} from {} sealed releases with seed {seed}", among.len()));
    let done = run(ws, actor, &drawn, None, &state, say)?;
    let state = ledger.state(None)?;
    let mut drafts = Vec::new();
    let capa = (!done.identical()).then(|| state.next_capa());
    if let Some(capa) = &capa {
        let description = format!(
            "drill: rebuild of {drawn} from the archive was {}",
            crate::releases::outcome_word(done.outcome)
        );
        let body = CapaOpen { capa: capa.clone(), description, source: format!("drill with seed {seed}") };
        drafts.push(ws.at(&state).process(&actor.person, &body)?);
    }
    let body = DrillRecord { version: drawn, seed, among, outcome: done.outcome, capa };
    drafts.push(ws.at(&state).process(&actor.person, &body)?);
    let appended = ws.append(&ledger, &state, &drafts)?;
    Ok(Rebuilt { appended, ..done })
}

/// The releases that a drill draws from.
pub(crate) fn drillable(state: &State) -> Vec<String> {
    state.releases.iter().filter(|(_, r)| is_drillable(r)).map(|(v, _)| v.clone()).collect()
}

/// What is sealed and can be built from the archive alone.
fn is_drillable(release: &records::state::Release) -> bool {
    release.sealed.is_some() && release.stage().is_some_and(|s| s.body.self_contained)
}

/// A seed nobody chose: the time and where the ledger stands, digested.
fn fresh_seed(state: &State, ws: &Workspace) -> u64 {
    let digest =
        Digest::of(format!("{} {} {}", ws.clock.now(), state.position, std::process::id()).as_bytes());
    digest.0.iter().take(7).fold(0, |n, b| (n << 8) | u64::from(*b))
}

pub(crate) fn draw(seed: u64, among: &[String]) -> Option<String> {
    let count = u64::try_from(among.len()).ok().filter(|n| *n > 0)?;
    let digest = Digest::of(&seed.to_be_bytes());
    let n = digest.0.iter().take(8).fold(0u64, |n, b| (n << 8) | u64::from(*b));
    among.get(usize::try_from(n % count).ok()?).cloned()
}

#[cfg(test)]
mod tests {
    use super::draw;

    #[test]
    fn a_draw_can_be_repeated_and_reaches_every_release() {
        let among: Vec<String> = (0..5).map(|n| format!("2.{n}.0")).collect();
        assert_eq!(draw(7, &among), draw(7, &among));
        let drawn: std::collections::BTreeSet<_> = (0..200).filter_map(|s| draw(s, &among)).collect();
        assert_eq!(drawn.len(), among.len());
        assert_eq!(draw(7, &[]), None);
    }
}
