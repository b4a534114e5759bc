//! `release stage`: collect everything that the archive will hold, build it in the sandbox, and build it again from the
//! stage alone.

use super::external::{self, ExternalBuild, Request};
use super::gate::SECTIONS;
use super::{allowed, existing, provenance, sound};
use crate::analysis::{Analysis, Inputs, product_prefix};
use crate::building::{self, Recipe};
use crate::error::{Doing as _, Error, Result};
use crate::workspace::{Appended, Workspace};
use crate::{repository, soups};
use archive::{Archive, Layer, Stage, Staging};
use rebuild::{Built, CargoArchives, Environment, Output};
use records::state::{Release, Run};
use records::{RebuildOutcome, ReleaseOpen, ReleaseStage, StagedPart, StagedRunner, State};
use release::steps::Step;
use std::path::Path;
use vocabulary::Digest;

/// What a stage collected.
#[derive(Debug)]
pub struct Staged {
    /// For people.
    pub summary: String,
    /// The entry.
    pub appended: Appended,
}

/// The media type of files that need no other.
const OCTETS: &str = "application/octet-stream";

/// Collects and builds. Everything is read from the frozen commit; nothing of the work tree and nothing of the host gets
/// into the build.
///
/// # Errors
/// When something is missing, the build fails, or the disk is full. The ledger and the archive are as before.
pub fn release_stage(
    ws: &Workspace,
    actor: &str,
    version: &str,
    external: &[ExternalBuild],
    say: &mut dyn FnMut(String),
) -> Result<Staged> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    sound(&state)?;
    let release = existing(&state, version)?;
    allowed(Step::Stage, release, version)?;
    super::receipts::none_missing(ws, &state, version)?;
    let opened =
        release.candidate().ok_or_else(|| Error::refused("the release has no candidate"))?.body.clone();
    let work = tempfile::Builder::new()
        .prefix("stage-")
        .tempdir_in(ws.state_dir())
        .doing("make a folder to work in")?;
    let collect = Collect::new(ws, &state, &opened, work.path())?;

    say("collecting sources from the frozen commit".into());
    collect.sources()?;
    say("collecting dependency archives and the build environment".into());
    collect.dependencies()?;
    let archive = crate::archives::open(ws)?;
    let made = match collect.analysis.config.build.runner.clone() {
        Some(runner) => collect.by_runner(&runner, external, &archive, say)?,
        None if external.is_empty() => collect.in_sandbox(&archive, say)?,
        None => {
            return Err(Error::refused(
                "dossier.toml names no external runner, so its builds are of no use here",
            )
            .hint(
                "[build] runner = \"ID\" of an enrolled runner; without it the build runs in the sandbox",
            ));
        }
    };
    let body = ReleaseStage {
        version: version.to_owned(),
        candidate: opened.candidate,
        stage: made.stage.digest(),
        parts: parts(made.stage.layers()),
        artefacts: building::artefacts(&made.outputs)?,
        executables: made.outputs.iter().filter(|o| o.executable).map(|o| o.path.clone()).collect(),
        environment: made.environment,
        reported: made.reported,
        rebuild: made.rebuild,
        self_contained: made.runner.is_none(),
        host: building::host(),
        runner: made.runner,
    };
    let draft = ws.at(&state).process(actor, &body)?;
    let appended = ws.append(&ledger, &state, &[draft])?;
    let summary = format!(
        "staged {version} (candidate {}): {} artefacts, {} parts, rebuild {}{}",
        opened.candidate,
        body.artefacts.len(),
        body.parts.len(),
        outcome_word(body.rebuild),
        if body.self_contained { "" } else { "; not self-contained" }
    );
    Ok(Staged { summary, appended })
}

/// The word for an outcome.
pub(crate) fn outcome_word(outcome: RebuildOutcome) -> &'static str {
    match outcome {
        RebuildOutcome::Identical => "identical",
        RebuildOutcome::Different => "different",
        RebuildOutcome::Failed => "failed",
        RebuildOutcome::NotRepeated => "not repeated",
    }
}

/// Writes what an external runner is asked for, for the present candidate.
///
/// # Errors
/// When no runner is configured, or the file cannot be written.
pub fn release_request(ws: &Workspace, version: &str, output: &Path) -> Result<()> {
    let state = ws.ledger()?.state(None)?;
    let release = existing(&state, version)?;
    let opened = &release.candidate().ok_or_else(|| Error::refused("the release has no candidate"))?.body;
    let analysis = Analysis::of_release(ws, release)?;
    let runner = analysis.config.build.runner.as_deref().ok_or_else(|| {
        Error::refused("dossier.toml of the frozen commit names no external runner")
            .hint("[build] runner = \"ID\" of an enrolled runner")
    })?;
    let request = Request::of(&analysis.config.product.name, runner, opened, &analysis.config.build)?;
    let bytes = serde_json::to_vec_pretty(&request).doing("write the request")?;
    std::fs::write(output, bytes).doing(format_args!("write {}", output.display()))
}

/// The name of a candidate's stage.
pub(crate) fn stage_name(opened: &ReleaseOpen) -> String {
    format!("{}-rc{}", opened.version, opened.candidate)
}

/// Packs are how trees are stored; what people ask for are the parts.
fn parts(layers: &[Layer]) -> Vec<StagedPart> {
    let part = |l: &Layer| StagedPart { part: l.name.to_string(), digest: l.digest, size: l.size };
    layers.iter().filter(|l| !l.is_pack()).map(part).collect()
}

/// Reads the stage back from its destination and digests every blob of it.
///
/// # Errors
/// When it is not what was recorded.
pub(crate) fn read_back(ws: &Workspace, release: &Release) -> Result<()> {
    let (Some(opened), Some(staged)) = (release.candidate(), release.stage()) else {
        return Err(Error::refused("nothing is staged"));
    };
    let archive = crate::archives::open(ws)?;
    let stage = archive.stage(&stage_name(&opened.body)).doing("open the stage")?;
    if stage.digest() != staged.body.stage {
        return Err(Error::verification("the stage on disk is not the one that was recorded")
            .hint(format!("stage again: dossier release stage {}", opened.body.version)));
    }
    match archive.check_stage(&stage).first() {
        None => Ok(()),
        Some(p) => {
            Err(Error::verification(format!("the stage does not read back: {}: {}", p.path, p.message)))
        }
    }
}

/// What came of building.
struct Made {
    stage: Stage,
    outputs: Vec<Output>,
    environment: Digest,
    reported: String,
    rebuild: RebuildOutcome,
    runner: Option<StagedRunner>,
}

struct Collect<'a> {
    ws: &'a Workspace,
    state: &'a State,
    opened: &'a ReleaseOpen,
    analysis: Analysis,
    commit: git::ObjectId,
    product: String,
    work: &'a Path,
}

impl<'a> Collect<'a> {
    fn new(
        ws: &'a Workspace,
        state: &'a State,
        opened: &'a ReleaseOpen,
        work: &'a Path,
    ) -> Result<Collect<'a>> {
        let frozen = opened.commits.first().ok_or_else(|| Error::refused("the release froze no commit"))?;
        let inputs = Inputs { at: Some(frozen.commit.clone()), ledger_at: Some(state.position), as_of: None };
        let analysis = Analysis::load(ws, &inputs)?;
        if analysis.tree_digest() != frozen.tree {
            return Err(Error::verification(
                "the frozen commit has other content than when the release was opened",
            ));
        }
        let repository = repository::open(ws)?;
        let commit = repository::commit(&repository, &frozen.commit)?;
        let product = product_prefix(ws, &repository)?;
        Ok(Collect { ws, state, opened, analysis, commit, product, work })
    }

    /// Builds in the sandbox, and once more from the stage alone.
    fn in_sandbox(&self, archive: &Archive, say: &mut dyn FnMut(String)) -> Result<Made> {
        let environment = self.environment()?;
        let recipe = self.recipe(environment)?;
        say("building in the sandbox".into());
        let built = self.build(&recipe, "first")?;
        let reported = building::reported(&self.path("first/out"));
        say("writing the stage".into());
        let stage = self.stage(archive, &recipe, &built.outputs, &built.log.to_text(), &reported)?;
        say("building again from the stage alone".into());
        let (rebuild, differences) = again(archive, &stage, &recipe, &built, &self.path("again"))?;
        for line in &differences {
            say(format!("  {line}"));
        }
        Ok(Made { stage, outputs: built.outputs, environment, reported, rebuild, runner: None })
    }

    /// Takes over what an external runner built and attests; a second build of it stands for the rebuild.
    fn by_runner(
        &self,
        runner: &str,
        external: &[ExternalBuild],
        archive: &Archive,
        say: &mut dyn FnMut(String),
    ) -> Result<Made> {
        let Some(first) = external.first() else {
            return Err(Error::refused(format!("`{runner}` builds this release, and brought nothing yet"))
                .hint(format!("ask for it: dossier release stage {} --request FILE", self.opened.version))
                .hint("then stage with `--outputs DIR --attestation FILE`; twice each, where the build was repeated"));
        };
        let config = &self.analysis.config;
        let request = Request::of(&config.product.name, runner, self.opened, &config.build)?;
        let built = external::believe(self.state, &request, first)?;
        say(format!("attested by {runner} with {}: not self-contained", built.runner.key_id));
        let out = self.path("first/out");
        for output in &built.outputs {
            let to = out.join(&output.path);
            std::fs::create_dir_all(to.parent().unwrap_or(&out)).doing("take over the outputs")?;
            std::fs::copy(first.outputs.join(&output.path), &to).doing("take over the outputs")?;
        }
        // What was attested is what is staged, whatever happens to the runner's folder meanwhile.
        if external::outputs_of(&out)? != built.outputs {
            return Err(Error::environment("the runner's outputs changed while they were taken over"));
        }
        let folder = self.path("environment");
        std::fs::create_dir(&folder).doing("make a folder for the environment")?;
        std::fs::write(folder.join("attestation.dsse.json"), &built.envelope)
            .doing("write the attestation")?;
        let environment = built.runner.attestation;
        let recipe = self.recipe(environment)?;
        let reported = built.attestation.reported.clone().unwrap_or_default();
        say("writing the stage".into());
        let log = format!("built by the external runner {runner}; its log stays there\n");
        let stage = self.stage(archive, &recipe, &built.outputs, &log, &reported)?;
        let rebuild = match external.get(1) {
            None => RebuildOutcome::NotRepeated,
            Some(second) => {
                let again = external::believe_again(self.state, &request, second, &built)?;
                let (outcome, lines) = again;
                for line in lines {
                    say(format!("  {line}"));
                }
                outcome
            }
        };
        Ok(Made { stage, outputs: built.outputs, environment, reported, rebuild, runner: Some(built.runner) })
    }

    fn path(&self, below: &str) -> std::path::PathBuf {
        self.work.join(below)
    }

    /// The source is the bundle, and what is built is what the bundle unpacks to.
    fn sources(&self) -> Result<()> {
        let repository = repository::open(self.ws)?;
        let bundle = self.path("sources.bundle");
        let mut file = std::fs::File::create(&bundle).doing("write the source bundle")?;
        let name = format!("refs/heads/release-{}", self.opened.version);
        repository
            .bundle(&[(&name, &self.commit.to_string())], &mut file)
            .doing("write the source bundle")?;
        unbundle(&bundle, &self.commit.to_string(), &self.path("clone"), &self.path("source"))
    }

    fn dependencies(&self) -> Result<()> {
        let folder = self.path("dependencies");
        std::fs::create_dir(&folder).doing("make a folder for dependencies")?;
        let cache = building::cargo_cache();
        let cache: Vec<&Path> = cache.iter().map(|p| p.as_path()).collect();
        for lock in self.analysis.config.build.lockfiles.iter().filter(|l| l.ends_with("Cargo.lock")) {
            let path = self.path("source").join(&self.product).join(lock);
            let text = std::fs::read_to_string(&path).doing(format_args!("read {lock}"))?;
            let found = CargoArchives::find(&text, &cache).map_err(|e| {
                Error::environment("a dependency archive is not here")
                    .because(e)
                    .hint("fetch them: cargo fetch --locked")
            })?;
            for archive in &found.archives {
                std::fs::copy(&archive.path, folder.join(archive.file_name()))
                    .doing(format_args!("copy {}", archive.file_name()))?;
            }
        }
        for named in &self.analysis.config.build.dependencies {
            let relative = Path::new(named);
            if !relative.components().all(|c| matches!(c, std::path::Component::Normal(_))) {
                return Err(Error::refused(format!(
                    "`build.dependencies` names `{named}`, which is no folder below the product"
                )));
            }
            // In the commit, or beside it: what was downloaded is seldom committed.
            let places = [self.path("source").join(&self.product).join(named), self.ws.path(named)];
            let from = places.iter().find(|p| p.is_dir()).ok_or_else(|| {
                Error::environment(format!(
                    "`build.dependencies` names `{named}`, and there is no such folder"
                ))
                .hint("download into it first; for npm: npm ci --cache FOLDER")
            })?;
            building::copy_tree(from, &folder.join(relative))?;
        }
        let locks = soups::locks(self.ws, &self.analysis.config, Some(self.commit))?;
        soups::intact(&self.analysis.components, &locks, &folder)?;
        // A product without dependencies says so, instead of leaving an empty tree.
        std::fs::write(
            folder.join("README"),
            "Dependency archives as they were fetched, each named by its lock file.\n",
        )
        .doing("write the dependencies")
    }

    fn environment(&self) -> Result<Digest> {
        let product = self.path("source").join(&self.product);
        let mut build = self.analysis.config.build.clone();
        // An image is too large for a commit, and its digest pins it wherever it lies: beside the product will do.
        if let Some(image) = &mut build.environment.image
            && !product.join(&*image).exists()
        {
            *image = self.ws.path(image).display().to_string();
        }
        let (spec, _) = rebuild::specs(&build, &product).doing("read [build] of dossier.toml")?;
        let environment = Environment::gather(&spec).map_err(|e| {
            Error::environment("the build environment cannot be gathered")
                .because(e)
                .hint("[build] environment names toolchain directories and Debian packages, or an image (docs/rebuild.md)")
        })?;
        let folder = self.path("environment");
        std::fs::create_dir(&folder).doing("make a folder for the environment")?;
        let file = std::fs::File::create(folder.join("environment.tar")).doing("write the environment")?;
        let mut out = std::io::BufWriter::with_capacity(1 << 20, file);
        let (digest, _) = environment.write_tar(&mut out).doing("write the environment")?;
        drop(out);
        environment.unpack(&self.path("root")).doing("unpack the environment")?;
        digest.parse().doing("read the digest of the environment")
    }

    fn recipe(&self, environment: Digest) -> Result<Recipe> {
        let epoch = repository::commit_time(self.ws, Some(self.commit))?.seconds();
        let (version, build) = (&self.opened.version, &self.opened.build);
        Recipe::of(
            &self.analysis.config,
            version,
            build,
            &self.commit.to_string(),
            &self.product,
            epoch,
            environment,
        )
    }

    fn build(&self, recipe: &Recipe, name: &str) -> Result<Built> {
        let work = self.path(name);
        std::fs::create_dir(&work).doing("make a folder for the build")?;
        recipe.build(&self.path("source"), &self.path("root"), &self.path("dependencies"), &work)
    }

    fn stage(
        &self,
        archive: &Archive,
        recipe: &Recipe,
        outputs: &[Output],
        log: &str,
        reported: &str,
    ) -> Result<Stage> {
        let name = stage_name(self.opened);
        if archive.stage(&name).is_ok() {
            archive.discard_stage(&name).doing("discard the earlier stage of this candidate")?;
        }
        let mut staging = archive.begin_stage(&name).doing("begin the stage")?;
        let fail = "write the stage; the archive is as it was before";
        staging.put_file("sources.bundle", OCTETS, &self.path("sources.bundle")).doing(fail)?;
        staging.put_tree("dependencies", &self.path("dependencies")).doing(fail)?;
        staging.put_tree("environment", &self.path("environment")).doing(fail)?;
        staging.put_tree("documents", &self.documents()?).doing(fail)?;
        for output in outputs.iter().filter(|o| o.path != building::REPORTED) {
            let path = self.path("first/out").join(&output.path);
            staging.put_file(&format!("artefacts/{}", output.path), OCTETS, &path).doing(fail)?;
        }
        let json = |value: &serde_json::Value| serde_json::to_vec_pretty(value).doing("write JSON");
        let put = |staging: &mut Staging, name: &str, media: &str, bytes: &[u8]| {
            staging.put_bytes(name, media, bytes).map(|_| ()).doing(fail)
        };
        put(&mut staging, "build.json", "application/json", &json(&serde_json::json!(recipe))?)?;
        put(&mut staging, "build.log", "text/plain", log.as_bytes())?;
        let packages = soups::Packages::in_folder(&self.path("dependencies"));
        for (name, media, bytes) in soups::archived(self.ws, &self.analysis, &self.opened.version, &packages)?
        {
            put(&mut staging, &name, media, &bytes)?;
        }
        let notices = soups::notices(&self.analysis, &packages);
        put(&mut staging, "notices/third-party.txt", "text/plain", notices.as_bytes())?;
        put(&mut staging, "anomalies.json", "application/json", &json(&self.anomalies())?)?;
        put(&mut staging, "configuration.json", "application/json", &json(&self.configuration(reported)?)?)?;
        self.reports(&mut staging)?;
        let locks = soups::locks(self.ws, &self.analysis.config, Some(self.commit))?;
        let statement =
            provenance::statement(self.opened, recipe, outputs, &self.analysis.components, &locks)?;
        let envelope = provenance::signed(&statement, &crate::ledgers::own_key(self.ws)?)?;
        put(&mut staging, "provenance.dsse.json", "application/vnd.in-toto+dsse", &envelope)?;
        self.programs(&mut staging)?;
        staging.finish().doing(fail)
    }

    fn documents(&self) -> Result<std::path::PathBuf> {
        let folder = self.path("documents");
        let root = format!("{}{}", self.product, self.analysis.config.documents.root);
        let repository = repository::open(self.ws)?;
        repository.export(self.commit, &[&root], &folder).doing("export the documents")?;
        Ok(folder)
    }

    /// Who opened the candidate, and so asked the question that freezes its anomalies.
    fn opened_by(&self) -> &str {
        let opened = self.state.releases.get(&self.opened.version).and_then(|r| r.candidate());
        opened.map_or("", |o| o.meta.actor.as_str())
    }

    /// The residual anomalies with query, author, time and position: frozen.
    fn anomalies(&self) -> serde_json::Value {
        let residual: Vec<serde_json::Value> = self
            .state
            .residual_anomalies(&self.opened.version)
            .map(|(_, a)| {
                serde_json::json!({"report": a.report.body, "entry": a.report.meta.seq,
                    "evaluation": a.evaluation_for(&self.opened.version).map(|e| &e.body)})
            })
            .collect();
        serde_json::json!({"format": "dossier/anomaly-snapshot/v1", "release": self.opened.version,
            "query": format!("residual-in {}", self.opened.version),
            "about": format!("known and not corrected in {}", self.opened.version),
            "by": self.opened_by(),
            "ledger": self.state.position, "at": self.ws.clock.now(), "anomalies": residual})
    }

    /// The configuration baseline (62304:8.1.3): every configuration item with its digest, and what else makes the system.
    fn configuration(&self, reported: &str) -> Result<serde_json::Value> {
        let software = self.analysis.software()?;
        let items: Vec<serde_json::Value> = software
            .items
            .iter()
            .map(|i| serde_json::json!({"path": i.path.to_text(), "sha256": hex::encode(i.digest)}))
            .collect();
        Ok(serde_json::json!({"format": "dossier/configuration-baseline/v1", "release": self.opened.version,
            "build": self.opened.build, "reported": reported, "commits": self.opened.commits,
            "software": self.opened.software, "items": items, "sections": SECTIONS,
            "documents": self.analysis.approvable()}))
    }

    /// The evidence blobs of every run on this software.
    fn reports(&self, staging: &mut Staging) -> Result<()> {
        for run in self.state.runs.values() {
            if run.context().software != Some(self.opened.software) {
                continue;
            }
            let (digest, ending, media) = match run {
                Run::Imported(r) => (r.body.report, "xml", "application/xml"),
                Run::Executed(r) => (r.body.steps, "json", "application/json"),
            };
            let bytes = self.ws.blobs().get(digest)?;
            staging
                .put_bytes(&format!("reports/{}.{ending}", run.id()), media, &bytes)
                .doing("write the stage; the archive is as it was before")?;
        }
        Ok(())
    }

    /// The programs that judge and verify: rules are code, so the release keeps the code that judged it.
    fn programs(&self, staging: &mut Staging) -> Result<()> {
        let own = std::env::current_exe().doing("find this program")?;
        staging.put_file("programs/dossier", OCTETS, &own).doing("archive this program")?;
        let verifier = own.with_file_name(format!("dossier-verify{}", std::env::consts::EXE_SUFFIX));
        if !verifier.is_file() {
            return Err(Error::environment(format!(
                "{} is not here, and the archive keeps it",
                verifier.display()
            ))
            .hint("build both programs: cargo build --bins"));
        }
        staging.put_file("programs/dossier-verify", OCTETS, &verifier).doing("archive the verifier")?;
        Ok(())
    }
}

/// Unpacks a bundle and exports a commit of it.
pub(crate) fn unbundle(bundle: &Path, commit: &str, clone: &Path, source: &Path) -> Result<()> {
    let file = std::fs::File::open(bundle).doing("open the source bundle")?;
    let mut reader = std::io::BufReader::new(file);
    let (repository, _) = git::unbundle(&mut reader, clone).doing("unpack the source bundle")?;
    let id = repository.resolve(commit).doing("find the commit in the source bundle")?;
    repository.export(id, &[], source).doing("export the source from its bundle")?;
    Ok(())
}

/// Builds again from the stage alone, in new folders, and compares every output.
fn again(
    archive: &Archive,
    stage: &Stage,
    recipe: &Recipe,
    built: &Built,
    work: &Path,
) -> Result<(RebuildOutcome, Vec<String>)> {
    std::fs::create_dir(work).doing("make a folder for the rebuild")?;
    let at = |name: &str| work.join(name);
    let mut bundle = archive.open_staged(stage, "sources.bundle").doing("read the staged sources")?;
    let mut file = std::fs::File::create(at("sources.bundle")).doing("copy the staged sources")?;
    std::io::copy(&mut bundle, &mut file).doing("copy the staged sources")?;
    drop(file);
    unbundle(&at("sources.bundle"), &recipe.commit, &at("clone"), &at("source"))?;
    archive
        .unpack_staged(stage, "dependencies", &at("dependencies"))
        .doing("unpack the staged dependencies")?;
    archive.unpack_staged(stage, "environment", &at("environment")).doing("unpack the staged environment")?;
    crate::rebuilds::root_from(&at("environment"), &at("root"), recipe)?;
    let again = recipe.build(&at("source"), &at("root"), &at("dependencies"), &at("build"))?;
    let first = work.with_file_name("first").join("out");
    let second = at("build").join("out");
    let bytes = |side: rebuild::compare::Side, path: &str| {
        let folder = match side {
            rebuild::compare::Side::Expected => &first,
            rebuild::compare::Side::Actual => &second,
        };
        std::fs::read(folder.join(path)).ok()
    };
    let compared = rebuild::compare(&built.outputs, &again.outputs, &bytes);
    Ok(crate::rebuilds::outcome(&compared))
}
