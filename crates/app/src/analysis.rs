//! What a product's documents and records say at one point: the snapshot that every read command is computed from.
//!
//! A pure function of *(commit, ledger position, rule set, as-of date)*; this file does the reading, everything after it
//! is computed.

use crate::error::{Doing as _, Error, Result};
use crate::manual::{WalkCase, WalkStep};
use crate::repository;
use crate::workspace::{CONFIG_FILE, Workspace};
use diagnostics::Diagnostic;
use documents::Documents;
use git::{ObjectId, SoftwareDigest};
use model::components::ComponentGraph;
use model::results::Joined;
use model::{Confirmations, ConfirmedLinks, Item, Kind, LinkType, Model, TrustStamps};
use product::Config;
use records::State;
use records::confirmations;
use std::collections::BTreeMap;
use vocabulary::{Date, Digest, ItemId};

/// The inputs that a caller may fix; what is absent is now.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// A revision instead of the work tree.
    pub at: Option<String>,
    /// The first N entries.
    pub ledger_at: Option<u64>,
    /// The date that ages are counted to.
    pub as_of: Option<Date>,
}

/// Where the documents were read.
#[derive(Clone, Debug)]
enum Source {
    /// The work tree, and the commit that it is based on where there is one.
    WorkTree { head: Option<ObjectId> },
    /// A commit.
    Commit(ObjectId),
}

/// See the module.
#[derive(Debug)]
pub struct Analysis {
    /// The configuration at that point.
    pub config: Config,
    /// What is wrong with it.
    pub config_findings: Vec<Diagnostic>,
    /// `dossier.toml` as it was read.
    pub config_text: String,
    /// Documents: files, controlled documents, diagnostics.
    pub documents: Documents,
    /// Items and links.
    pub model: Model,
    /// Records; empty where only documents were read.
    pub state: State,
    /// Whether the ledger was read.
    pub with_ledger: bool,
    /// Test results joined to items.
    pub joined: Joined,
    /// Components of the lock files.
    pub components: ComponentGraph,
    /// The history since the last baseline; none where nothing was sealed before.
    pub history: Option<model::history::History>,
    /// What is wrong with lock files and reports.
    pub evidence_findings: Vec<Diagnostic>,
    /// What the product was at its last sealed release: the release's name, and the items.
    pub previous: Option<(String, Model)>,
    /// Dependencies between source files of items that claim segregation.
    pub dependencies: Vec<rules::SourceDependency>,
    /// The records as they are, where the firm has rules of its own that could look at them.
    pub records: Vec<rules::RecordView>,
    /// The date that ages are counted to.
    pub as_of: Date,
    source: Source,
    software: Option<SoftwareDigest>,
    tree: Digest,
}

/// What to read besides documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    /// Documents and, where asked for, confirmations.
    Documents,
    /// Test results and components too.
    Everything,
}

impl Analysis {
    /// Everything, as the inputs say.
    ///
    /// # Errors
    /// When files, repository or ledger cannot be read. What is wrong inside them is a finding.
    pub fn load(ws: &Workspace, inputs: &Inputs) -> Result<Analysis> {
        Analysis::read(ws, inputs, true, Depth::Everything)
    }

    /// Everything at a revision, with a state that was folded already: the past of a ledger is folded once, not once for each
    /// day that is looked at.
    ///
    /// # Errors
    /// As [`Analysis::load`].
    pub(crate) fn with_state(ws: &Workspace, inputs: &Inputs, state: State) -> Result<Analysis> {
        Analysis::read_given(ws, inputs, true, Depth::Everything, Some(state))
    }

    /// Documents alone; no ledger is asked.
    ///
    /// # Errors
    /// When files or repository cannot be read.
    pub fn documents_only(ws: &Workspace, inputs: &Inputs) -> Result<Analysis> {
        Analysis::read(ws, inputs, false, Depth::Everything)
    }

    /// As [`Analysis::listed`]; of a product without a ledger its documents.
    ///
    /// # Errors
    /// As [`Analysis::load`].
    pub(crate) fn items(ws: &Workspace, inputs: &Inputs) -> Result<Analysis> {
        match ws.config.ledger.origin {
            None => Analysis::of_documents(ws, inputs),
            Some(_) => Analysis::listed(ws, inputs),
        }
    }

    /// Items, documents and records for a list: the state may come from a snapshot ([`crate::state_cache`]), so nothing is judged
    /// and nothing is appended on it.
    ///
    /// # Errors
    /// As [`Analysis::load`].
    pub(crate) fn listed(ws: &Workspace, inputs: &Inputs) -> Result<Analysis> {
        let state = ws.ledger()?.listed(ws, inputs.ledger_at)?;
        Analysis::read_given(ws, inputs, true, Depth::Documents, Some(state))
    }

    /// Everything, as the inputs say; of a product without a ledger its documents.
    ///
    /// # Errors
    /// As [`Analysis::load`].
    pub(crate) fn whole(ws: &Workspace, inputs: &Inputs) -> Result<Analysis> {
        Analysis::read(ws, inputs, ws.config.ledger.origin.is_some(), Depth::Everything)
    }

    /// As [`Analysis::whole`] for a list: see [`Analysis::listed`].
    ///
    /// # Errors
    /// As [`Analysis::load`].
    pub(crate) fn listed_whole(ws: &Workspace, inputs: &Inputs) -> Result<Analysis> {
        if ws.config.ledger.origin.is_none() {
            return Analysis::documents_only(ws, inputs);
        }
        let state = ws.ledger()?.listed(ws, inputs.ledger_at)?;
        Analysis::read_given(ws, inputs, true, Depth::Everything, Some(state))
    }

    /// Documents alone, without results or components, and no ledger is asked.
    ///
    /// # Errors
    /// When files or repository cannot be read.
    pub fn of_documents(ws: &Workspace, inputs: &Inputs) -> Result<Analysis> {
        Analysis::read(ws, inputs, false, Depth::Documents)
    }

    /// Items and documents of the work tree.
    ///
    /// # Errors
    /// As [`Analysis::load`].
    pub fn of_work_tree(ws: &Workspace) -> Result<Analysis> {
        Analysis::read(ws, &Inputs::default(), ws.config.ledger.origin.is_some(), Depth::Documents)
    }

    /// Items and documents of a commit.
    ///
    /// # Errors
    /// As [`Analysis::load`].
    pub fn at_commit(ws: &Workspace, commit: &str) -> Result<Analysis> {
        let inputs = Inputs { at: Some(commit.to_owned()), ..Inputs::default() };
        Analysis::read(ws, &inputs, true, Depth::Documents)
    }

    /// Items and documents of a commit as their texts have them; no ledger is asked which links were confirmed.
    ///
    /// # Errors
    /// When the commit cannot be read.
    pub(crate) fn texts_at(ws: &Workspace, commit: &str) -> Result<Analysis> {
        let inputs = Inputs { at: Some(commit.to_owned()), ..Inputs::default() };
        Analysis::read(ws, &inputs, false, Depth::Documents)
    }

    /// Items and documents of the commit that a release froze.
    ///
    /// # Errors
    /// As [`Analysis::load`].
    pub fn of_release(ws: &Workspace, release: &records::state::Release) -> Result<Analysis> {
        let commit = release.candidate().and_then(|o| o.body.commits.first()).map(|c| c.commit.clone());
        Analysis::at_commit(ws, &commit.unwrap_or_default())
    }

    /// Items and documents of what is being tested: a commit, or a clean work tree.
    ///
    /// # Errors
    /// When the work tree differs from the commit: a result needs to say what it was got on.
    pub fn for_run(ws: &Workspace, commit: Option<&str>) -> Result<Analysis> {
        match commit {
            Some(commit) => Analysis::at_commit(ws, commit),
            None => {
                repository::clean(&repository::open(ws)?)?;
                Analysis::at_commit(ws, "HEAD")
            }
        }
    }

    fn read(ws: &Workspace, inputs: &Inputs, with_ledger: bool, depth: Depth) -> Result<Analysis> {
        Analysis::read_given(ws, inputs, with_ledger, depth, None)
    }

    fn read_given(
        ws: &Workspace,
        inputs: &Inputs,
        with_ledger: bool,
        depth: Depth,
        given: Option<State>,
    ) -> Result<Analysis> {
        let mut source = match &inputs.at {
            Some(revision) => Source::Commit(repository::commit(&repository::open(ws)?, revision)?),
            None => Source::WorkTree { head: None },
        };
        let (config, config_findings, config_text) = configuration(ws, &source)?;
        // Documents, ledger and repository do not hang on each other, so they are read at the same time.
        let (documents, recorded, head) = std::thread::scope(|scope| {
            let recorded = with_ledger.then(|| scope.spawn(|| recorded(ws, inputs.ledger_at, given)));
            let work_tree = inputs.at.is_none();
            let head =
                work_tree.then(|| scope.spawn(|| git::Repository::discover(&ws.root).ok()?.head().ok()));
            let documents = read_documents(ws, &source, &config);
            (documents, recorded.map(joined), head.and_then(joined))
        });
        let (mut documents, recorded) = (documents?, recorded.transpose()?);
        if let Source::WorkTree { head: of } = &mut source {
            *of = head;
        }
        let (state, confirmed) = recorded.unzip();
        let state = state.unwrap_or_default();
        let trust: &dyn Confirmations = match &confirmed {
            Some(links) => links,
            None => &TrustStamps,
        };
        let commit = match source {
            Source::Commit(id) => Some(id),
            Source::WorkTree { head } => head,
        };
        // Building the model asks neither git nor the lock files, so both are read meanwhile.
        let (model, software) = std::thread::scope(|scope| {
            let software = scope.spawn(|| read_software(ws, &config, commit));
            let model = Model::build(std::mem::take(&mut documents.items), trust);
            (model, joined(software))
        });
        let software = software?;
        let as_of = match inputs.as_of {
            Some(date) => date,
            None => ws.clock.today(&config.product.timezone)?,
        };
        let tree = documents.tree;
        let mut analysis = Analysis {
            config,
            config_findings,
            config_text,
            documents,
            model,
            state,
            with_ledger,
            joined: Joined::default(),
            components: ComponentGraph::default(),
            history: None,
            evidence_findings: Vec::new(),
            previous: None,
            dependencies: Vec::new(),
            records: Vec::new(),
            as_of,
            source,
            software,
            tree,
        };
        if with_ledger && !analysis.documents.own_rules.is_empty() {
            analysis.records = crate::house_rules::records(ws, inputs.ledger_at)?;
        }
        if depth == Depth::Everything {
            analysis.read_evidence(ws)?;
        }
        Ok(analysis)
    }

    /// An analysis of texts, for tests: nothing is read.
    #[cfg(test)]
    pub(crate) fn of_texts(toml: &str, files: &[(&str, &str)], state: State, as_of: Date) -> Analysis {
        let (config, config_findings) = product::parse(toml, CONFIG_FILE);
        let blob = |(path, text): &(&str, &str)| documents::Blob {
            path: (*path).to_owned(),
            content: documents::Content::Bytes(text.as_bytes().to_vec()),
        };
        let mut documents = documents::from_blobs(files.iter().map(blob), &config);
        let model = Model::build(std::mem::take(&mut documents.items), &TrustStamps);
        let tree = documents.tree;
        Analysis {
            joined: evidence::join_model(&model, Vec::new(), &[]),
            config,
            config_findings,
            config_text: toml.to_owned(),
            documents,
            model,
            state,
            with_ledger: true,
            components: ComponentGraph::default(),
            history: None,
            evidence_findings: Vec::new(),
            previous: None,
            dependencies: Vec::new(),
            records: Vec::new(),
            as_of,
            source: Source::WorkTree { head: None },
            software: None,
            tree,
        }
    }

    fn read_evidence(&mut self, ws: &Workspace) -> Result<()> {
        let (components, findings) = crate::components::read(ws, &self.config, self.commit())?;
        self.evidence_findings.extend(findings);
        let (imported, findings) = crate::components::imported(ws, &self.state)?;
        let licences = &self.config.soup.licence_of;
        self.components = soup::register::described(&self.model, components.merge(imported), licences);
        self.evidence_findings.extend(findings);
        let (runs, findings) = crate::runs::load(ws, self)?;
        self.evidence_findings.extend(findings);
        let tags = crate::runs::tags(ws, self)?;
        self.joined = evidence::join_model(&self.model, runs, &tags);
        self.dependencies = crate::imports::read(ws, self)?;
        self.previous = self.last_sealed(ws);
        Ok(())
    }

    /// The items of the last sealed release. None where there is none, or where this checkout does not have its commit (a
    /// shallow clone): then nothing can be compared.
    fn last_sealed(&self, ws: &Workspace) -> Option<(String, Model)> {
        let sealed =
            |(v, r): &(&String, &records::state::Release)| Some((r.sealed.as_ref()?.meta.seq, (*v).clone()));
        let (_, version) = self.state.releases.iter().filter_map(|r| sealed(&r)).max()?;
        let commit = self.state.releases.get(&version)?.candidate()?.body.commits.first()?.commit.clone();
        Some((format!("release {version}"), items_at(ws, &commit).ok()?))
    }

    /// The configuration items of the commit and their digest.
    ///
    /// # Errors
    /// When there is no commit.
    pub fn software(&self) -> Result<&SoftwareDigest> {
        self.software.as_ref().ok_or_else(|| {
            Error::refused("there is no commit, so there is no software digest")
                .hint("commit the product first: a result has to say what it was got on")
        })
    }

    /// The software digest, where there is a commit.
    pub fn software_digest(&self) -> Option<Digest> {
        self.software.as_ref().map(|s| Digest(s.digest))
    }

    /// The commit that was read; none for the work tree.
    pub fn commit(&self) -> Option<ObjectId> {
        match self.source {
            Source::Commit(id) => Some(id),
            Source::WorkTree { .. } => None,
        }
    }

    /// The commit that the work tree is based on.
    pub fn head(&self) -> Option<ObjectId> {
        match self.source {
            Source::Commit(id) => Some(id),
            Source::WorkTree { head } => head,
        }
    }

    /// The commit that was read, as text.
    pub fn commit_id(&self) -> Option<String> {
        self.commit().map(|c| c.to_string())
    }

    /// Whether the work tree was read.
    pub fn is_work_tree(&self) -> bool {
        matches!(self.source, Source::WorkTree { .. })
    }

    /// The digest over the input files that were read.
    pub fn tree_digest(&self) -> Digest {
        self.tree
    }

    /// The content digest of an item.
    pub fn item_digest(&self, id: &ItemId) -> Option<Digest> {
        self.model.by_id(id.as_str()).map(|i| i.digest)
    }

    /// The content digest of a controlled document.
    pub fn document_digest(&self, id: &str) -> Option<Digest> {
        self.documents.controlled.iter().find(|d| d.id.as_str() == id).map(|d| d.digest)
    }

    /// Controlled documents and what is approved by itself (the class of a system), with content digests.
    pub fn approvable(&self) -> BTreeMap<String, Digest> {
        let documents = self.documents.controlled.iter().map(|d| (d.id.to_string(), d.digest));
        let systems = self.model.of_kind(Kind::SoftwareSystem).iter().filter_map(|ix| self.model.get(*ix));
        documents.chain(systems.map(|i| (i.id.to_string(), i.digest))).collect()
    }

    /// The lines that a checklist template asks for: bullets that begin with a name in backticks.
    pub fn checklist_lines(&self, template: &str) -> Vec<String> {
        let Some(document) = self.documents.controlled.iter().find(|d| d.id.as_str() == template) else {
            return Vec::new();
        };
        let name = |line: &str| {
            let rest = line.trim_start().strip_prefix("- `")?;
            rest.split_once('`').map(|(name, _)| name.to_owned())
        };
        document.file.text.lines().filter_map(name).collect()
    }

    /// The cases of a protocol document or a single case, with their steps, in the order of the file.
    pub(crate) fn manual_cases(&self, name: &str) -> Vec<WalkCase> {
        let in_document = |i: &&Item| {
            self.documents.controlled.iter().any(|d| d.id.as_str() == name && d.file.path == i.file.path)
        };
        let cases = self.model.of_kind(Kind::TestCase).iter().filter_map(|ix| self.model.get(*ix));
        let mut cases: Vec<&Item> = cases
            .filter(|i| i.id.as_str() == name || in_document(i))
            .filter(|i| i.field("results").is_none())
            .collect();
        cases.sort_by_key(|i| (i.file.path.clone(), i.span.start));
        cases.into_iter().filter_map(walk_case).collect()
    }
}

fn walk_case(item: &Item) -> Option<WalkCase> {
    let steps: Vec<WalkStep> = crate::steps::of(item)
        .into_iter()
        .map(|(action, expected)| WalkStep { action, expected, answer: None })
        .collect();
    (!steps.is_empty()).then(|| WalkCase {
        case: item.id.clone(),
        title: item.title().to_owned(),
        digest: item.digest,
        steps,
        anomaly: None,
    })
}

/// Where the product lies in its repository: empty, or a folder with `/` at its end.
pub(crate) fn product_prefix(ws: &Workspace, repository: &git::Repository) -> Result<String> {
    let top = repository.work_tree().doing("find the work tree")?;
    let top = top.canonicalize().doing("find the work tree")?;
    let below = ws
        .root
        .strip_prefix(&top)
        .map_err(|e| Error::environment("the product is not in its repository").because(e))?;
    let text = below.to_string_lossy().replace('\\', "/");
    Ok(if text.is_empty() { text } else { format!("{text}/") })
}

pub(crate) fn globs(patterns: &[String], prefix: &str) -> Result<globset::GlobSet> {
    let mut set = globset::GlobSetBuilder::new();
    for pattern in patterns {
        let glob = globset::GlobBuilder::new(&format!("{prefix}{pattern}")).literal_separator(true).build();
        set.add(
            glob.map_err(|e| Error::refused(format!("`{pattern}` in dossier.toml is no glob")).because(e))?,
        );
    }
    set.build().doing("read the globs of dossier.toml")
}

fn configuration(ws: &Workspace, source: &Source) -> Result<(Config, Vec<Diagnostic>, String)> {
    let Source::Commit(commit) = source else {
        return Ok((ws.config.clone(), ws.config_findings.clone(), ws.config_text.clone()));
    };
    let repository = repository::open(ws)?;
    let path = format!("{}{CONFIG_FILE}", product_prefix(ws, &repository)?);
    let entries = repository.entries(*commit, &[&path]).doing("read dossier.toml at the commit")?;
    let entry = entries.first().ok_or_else(|| {
        Error::refused(format!("there is no {CONFIG_FILE} at {commit}"))
            .hint("commit it: git add dossier.toml && git commit")
    })?;
    let bytes = repository.read(entry.id).doing("read dossier.toml at the commit")?;
    let text = String::from_utf8(bytes)
        .map_err(|e| Error::refused("dossier.toml is not UTF-8 at that commit").because(e))?;
    let (mut config, mut findings) = product::parse(&text, CONFIG_FILE);
    let prefix = product_prefix(ws, &repository)?;
    findings.extend(product::take_shared_profile(&mut config, &|path| {
        let path = product::below_top(&prefix, path)?;
        let entries = repository.entries(*commit, &[&path]).map_err(|e| e.to_string())?;
        let entry =
            entries.iter().find(|e| e.path.to_text() == path).ok_or("it is not there at that commit")?;
        let bytes = repository.read(entry.id).map_err(|e| e.to_string())?;
        let small = u64::try_from(bytes.len()).is_ok_and(|n| n <= crate::workspace::PROFILE_BYTES);
        if small { Ok(bytes) } else { Err(format!("it has {} bytes", bytes.len())) }
    }));
    Ok((config, findings, text))
}

fn read_documents(ws: &Workspace, source: &Source, config: &Config) -> Result<Documents> {
    let Source::Commit(commit) = source else { return Ok(documents::read_worktree(&ws.root, config)) };
    let repository = repository::open(ws)?;
    let prefix = product_prefix(ws, &repository)?;
    let root = format!("{prefix}{}", config.documents.root);
    let toml = format!("{prefix}{CONFIG_FILE}");
    let blobs = repository.blobs(*commit, &[&root, &toml]).doing("read the documents at the commit")?;
    let blobs = blobs.into_iter().map(|b| {
        let path = b.entry.path.to_text();
        let path = path.strip_prefix(prefix.as_str()).unwrap_or(&path).to_owned();
        documents::Blob { path, content: documents::Content::Bytes(b.bytes) }
    });
    Ok(documents::from_blobs(blobs, config))
}

/// The items and links of a revision, with the links as the texts have them.
///
/// # Errors
/// When there is no such revision, or it has no `dossier.toml`.
pub(crate) fn items_at(ws: &Workspace, revision: &str) -> Result<Model> {
    let source = Source::Commit(repository::commit(&repository::open(ws)?, revision)?);
    let (config, _, _) = configuration(ws, &source)?;
    let mut documents = read_documents(ws, &source, &config)?;
    Ok(Model::build(std::mem::take(&mut documents.items), &TrustStamps))
}

/// The software digest is of a commit only: of a work tree nobody could say later what it was.
fn read_software(
    ws: &Workspace,
    config: &Config,
    commit: Option<ObjectId>,
) -> Result<Option<SoftwareDigest>> {
    let Some(commit) = commit else { return Ok(None) };
    let repository = repository::open(ws)?;
    let prefix = product_prefix(ws, &repository)?;
    let patterns: Vec<String> = config.software.paths.iter().map(|p| format!("{prefix}{p}")).collect();
    let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
    let mut software =
        repository.software_digest(commit, &patterns).doing("compute the software digest of the commit")?;
    let exclude = globs(&config.software.exclude, &prefix)?;
    if !exclude.is_empty() {
        software = SoftwareDigest::of(
            software.items.into_iter().filter(|i| !exclude.is_match(&*i.path.to_text())).collect(),
        );
    }
    Ok(Some(software))
}

/// What a thread gives; its panic is ours.
pub(crate) fn joined<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// What the ledger says: its state, and the links that it confirms.
fn recorded(ws: &Workspace, to: Option<u64>, given: Option<State>) -> Result<(State, ConfirmedLinks)> {
    let state = match given {
        Some(state) => state,
        None => ws.ledger()?.state(to)?,
    };
    let links = confirmed_links(ws, &state)?;
    Ok((state, links))
}

/// All links that the ledger confirms.
fn confirmed_links(ws: &Workspace, state: &State) -> Result<ConfirmedLinks> {
    let blobs = ws.blobs();
    let mut out = ConfirmedLinks::default();
    for confirm in &state.confirmations {
        let bytes = blobs.get(confirm.body.links)?;
        let links = confirmations::read(&bytes).map_err(|e| {
            Error::verification(format!("the confirmations of entry {} cannot be read", confirm.meta.seq))
                .because(e)
        })?;
        out.reserve(links.len());
        for l in links {
            if let Ok(kind) = l.link.parse::<LinkType>() {
                out.insert(l.from, kind, l.to, l.to_digest);
            }
        }
    }
    Ok(out)
}
