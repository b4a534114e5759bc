//! Anchors: checkpoints put where this ledger's keeper cannot change them, and what they prove later.
//!
//! Three places: a folder (write-once, another machine's), a branch of a second git remote, and an RFC 3161 authority, whose
//! token says that the checkpoint existed at a time. Each anchoring is an entry; checkpoints and tokens are blobs.

use crate::error::{Doing as _, Error, Result};
use crate::workspace::{Appended, Workspace};
use ledger::SignedCheckpoint;
use records::LedgerAnchor;
use serde::Serialize;
use signing::timestamp::{self, Stamped};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use vocabulary::{Digest, Instant};

/// The branch that a second remote keeps checkpoints in.
const BRANCH: &str = "dossier-anchors";
/// The largest answer of an authority that is read.
const ANSWER_MAX: u64 = 1 << 20;

/// Where a checkpoint goes.
#[derive(Clone, Debug)]
pub enum AnchorTo {
    /// Into a folder, as `checkpoint-N`; an existing file is never overwritten.
    Folder(PathBuf),
    /// Into the branch `dossier-anchors` of this git remote (a path or URL).
    Git(String),
    /// To the authority at this address; checkpoint and token go into the folder too, where one is named.
    Authority(String, Option<PathBuf>),
}

/// A checkpoint that was put somewhere.
#[derive(Debug, Serialize)]
pub struct Anchored {
    /// How many entries it covers.
    pub size: u64,
    /// `file`, `git` or `tsa`.
    pub to: &'static str,
    /// Where.
    pub place: String,
    /// The authority's time.
    pub time: Option<String>,
    /// The entry that records it.
    #[serde(skip)]
    pub recorded: Option<Appended>,
}

/// Puts a checkpoint over all entries somewhere, and records it.
///
/// # Errors
/// When the place does not take it, or the authority's token does not verify.
pub fn ledger_anchor(ws: &Workspace, by: &str, to: &AnchorTo) -> Result<Anchored> {
    let size = ws.ledger()?.position()?;
    let text = crate::ledgers::signed_checkpoint(ws, size)?.to_string();
    let checkpoint = ws.blobs().put(text.as_bytes())?;
    let name = format!("checkpoint-{size}");
    let (kind, place, stamp) = match to {
        AnchorTo::Folder(folder) => {
            let path = folder.join(&name);
            write_once(&path, text.as_bytes())?;
            ("file", path.display().to_string(), None)
        }
        AnchorTo::Git(remote) => {
            push(remote, &name, text.as_bytes())?;
            ("git", remote.clone(), None)
        }
        AnchorTo::Authority(url, beside) => {
            let (token, stamped) = ask(ws, url, checkpoint)?;
            if let Some(folder) = beside {
                write_once(&folder.join(&name), text.as_bytes())?;
                write_once(&folder.join(format!("{name}.tsr")), &token)?;
            }
            ("tsa", url.clone(), Some((ws.blobs().put(&token)?, Instant::from_millis(stamped.millis))))
        }
    };
    let body = LedgerAnchor {
        to: kind.to_owned(),
        place: place.clone(),
        size,
        checkpoint,
        token: stamp.map(|(token, _)| token),
        time: stamp.map(|(_, time)| time),
    };
    let recorded = Some(ws.record(by, &body)?);
    Ok(Anchored { size, to: kind, place, time: stamp.map(|(_, time)| time.to_string()), recorded })
}

/// Anchors to every place that `[anchors]` names, where the last one to it is older than `every_hours` (0: always). What a
/// scheduler calls every hour.
///
/// # Errors
/// When none is named, or one of them failed; the others were tried.
pub fn ledger_anchor_due(ws: &Workspace, by: &str, every_hours: u32) -> Result<Vec<Anchored>> {
    let named = &ws.config.anchors;
    let mut places: Vec<(&str, AnchorTo)> = Vec::new();
    places.extend(named.folder.iter().map(|f| ("file", AnchorTo::Folder(ws.path(f)))));
    places.extend(named.git.iter().map(|g| ("git", AnchorTo::Git(g.clone()))));
    places.extend(named.tsa.iter().map(|t| ("tsa", AnchorTo::Authority(t.clone(), None))));
    if places.is_empty() {
        return Err(Error::refused("no place for checkpoints is named")
            .hint("name one in dossier.toml: [anchors] tsa = \"http://…\", git = \"…\", folder = \"…\"")
            .hint("or say where: dossier ledger anchor --folder DIR"));
    }
    let state = ws.ledger()?.state(None)?;
    let now = ws.clock.now().millis();
    let mut done = Vec::new();
    let mut failed = None;
    for (kind, to) in places {
        let last = state.anchors.iter().rev().find(|a| a.body.to == kind).map(|a| a.meta.at.millis());
        if last.is_some_and(|at| now - at < i64::from(every_hours) * 3_600_000) {
            continue;
        }
        match ledger_anchor(ws, by, &to) {
            Ok(anchored) => done.push(anchored),
            Err(e) => failed = Some(e),
        }
    }
    failed.map_or(Ok(done), Err)
}

fn write_once(path: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write as _;
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).doing(format_args!("make {}", dir.display()))?;
    }
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .doing(format_args!("make {}", path.display()))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).doing(format_args!("write {}", path.display()))
}

/// Asks the authority for a token over the checkpoint, and checks what it gives.
fn ask(ws: &Workspace, url: &str, checkpoint: Digest) -> Result<(Vec<u8>, Stamped)> {
    let authorities = authorities(ws)?;
    let nonce = signing::password::secret().doing("make a nonce")?;
    let nonce = nonce.iter().take(7).fold(0u64, |n, b| n << 8 | u64::from(*b));
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30))).build().into();
    let mut answer = agent
        .post(url)
        .header("Content-Type", "application/timestamp-query")
        .send(&timestamp::request(&checkpoint.0, nonce)[..])
        .doing(format_args!("ask the authority {url}"))?;
    let bytes = answer.body_mut().with_config().limit(ANSWER_MAX).read_to_vec();
    let bytes = bytes.doing(format_args!("read the answer of {url}"))?;
    let token = timestamp::token_of_response(&bytes, nonce).doing(format_args!("take a token from {url}"))?;
    let stamped = timestamp::verify(&token, &checkpoint.0, &authorities)
        .map_err(|e| Error::verification(format!("the token of {url} does not hold")).because(e))?;
    Ok((token, stamped))
}

/// The certificates of the authorities that the product trusts.
pub(crate) fn authorities(ws: &Workspace) -> Result<Vec<Vec<u8>>> {
    let mut out = Vec::new();
    for file in &ws.config.anchors.authorities {
        let path = ws.path(file);
        let text = std::fs::read_to_string(&path).doing(format_args!("read {}", path.display()))?;
        out.extend(timestamp::certificates_of_pem(&text).doing(format_args!("read {}", path.display()))?);
    }
    if out.is_empty() {
        return Err(Error::refused("no authority is trusted")
            .hint("name its certificate in dossier.toml: [anchors] authorities = [\"tsa-ca.pem\"]"));
    }
    Ok(out)
}

/// What one anchor proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fixed {
    /// History up to this position.
    pub position: u64,
    /// Existed at this time, by the authority's clock; for other places, by this ledger's own.
    pub since: String,
    /// By whose word.
    pub by: String,
    /// Whether that word is another's than the ledger's keeper.
    pub independent: bool,
}

/// What the anchors recorded in the ledger prove about the ledger as it is, and what of them does not hold.
pub(crate) fn proven(
    ws: &Workspace,
    state: &records::State,
    root_of: &dyn Fn(u64) -> Result<Digest>,
) -> (Vec<Fixed>, Vec<String>) {
    let trusted = authorities(ws).unwrap_or_default();
    let (mut fixed, mut wrong) = (Vec::new(), Vec::new());
    for anchor in &state.anchors {
        match prove(ws, anchor, &trusted, root_of) {
            Ok(proof) => fixed.push(proof),
            Err(e) => wrong.push(format!("the anchor of entry {}: {}", anchor.meta.seq, e.said())),
        }
    }
    (fixed, wrong)
}

fn prove(
    ws: &Workspace,
    anchor: &records::Recorded<LedgerAnchor>,
    trusted: &[Vec<u8>],
    root_of: &dyn Fn(u64) -> Result<Digest>,
) -> Result<Fixed> {
    let a = &anchor.body;
    let bytes = ws.blobs().get(a.checkpoint)?;
    let signed = SignedCheckpoint::parse(&bytes).doing("read its checkpoint")?;
    if signed.checkpoint.size != a.size || signed.checkpoint.root != root_of(a.size)? {
        return Err(Error::verification(format!("history up to entry {} is not what was anchored", a.size)));
    }
    let Some(token) = a.token else {
        let (since, by) = (anchor.meta.at.to_string(), format!("{} {}", a.to, a.place));
        return Ok(Fixed { position: a.size, since, by, independent: false });
    };
    let token = ws.blobs().get(token)?;
    let stamped = timestamp::verify(&token, &a.checkpoint.0, trusted)
        .map_err(|e| Error::verification("its time stamp token does not hold").because(e))?;
    let since = Instant::from_millis(stamped.millis).to_string();
    Ok(Fixed {
        position: a.size,
        since,
        by: format!("time stamp of {}", stamped.authority),
        independent: true,
    })
}

/// The checkpoints that a folder or the branch of a git remote keeps, for comparing with the ledger.
///
/// # Errors
/// When the place cannot be read, or keeps none.
pub(crate) fn checkpoints_kept(place: &str) -> Result<Vec<(String, Vec<u8>)>> {
    let kept = match place.strip_prefix("git:") {
        Some(remote) => fetch(remote)?.1,
        None => read_folder(Path::new(place))?,
    };
    if kept.is_empty() {
        return Err(Error::refused(format!("{place} keeps no checkpoint")));
    }
    Ok(kept)
}

fn read_folder(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).doing(format_args!("list {}", folder.display()))? {
        let path = entry.doing(format_args!("list {}", folder.display()))?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("checkpoint-") && path.extension().is_none() {
            out.push((name, std::fs::read(&path).doing(format_args!("read {}", path.display()))?));
        }
    }
    Ok(out)
}

/// The git program in a folder of its own: no hooks, no configuration of the user or the machine, no questions.
fn git(folder: &Path, arguments: &[&str], input: Option<&[u8]>) -> Result<Vec<u8>> {
    use std::io::Write as _;
    let mut child = Command::new("git")
        .args(["-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_AUTHOR_NAME", "dossier")
        .env("GIT_AUTHOR_EMAIL", "dossier@localhost")
        .env("GIT_COMMITTER_NAME", "dossier")
        .env("GIT_COMMITTER_EMAIL", "dossier@localhost")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .doing("start the git program")?;
    if let (Some(mut stdin), Some(bytes)) = (child.stdin.take(), input) {
        stdin.write_all(bytes).doing("write to the git program")?;
    }
    let done = child.wait_with_output().doing("run the git program")?;
    if done.status.success() {
        return Ok(done.stdout);
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let said = said.lines().last().unwrap_or("no reason given").trim().to_owned();
    Err(Error::environment(format!("git {} failed: {said}", arguments.first().copied().unwrap_or_default())))
}

/// The branch of a remote in a repository of its own: the folder, its checkpoints, and its head where there is one.
type Fetched = (tempfile::TempDir, Vec<(String, Vec<u8>)>, Option<String>);

fn fetch(remote: &str) -> Result<Fetched> {
    if remote.starts_with('-') || remote.starts_with("ext::") {
        return Err(Error::refused(format!("`{remote}` is no git remote")));
    }
    let folder = tempfile::tempdir().doing("make a folder")?;
    let at = folder.path();
    git(at, &["init", "-q", "--bare"], None)?;
    let reference = format!("refs/heads/{BRANCH}");
    let listed = git(at, &["ls-remote", remote, &reference], None)?;
    if listed.is_empty() {
        return Ok((folder, Vec::new(), None));
    }
    git(at, &["fetch", "-q", remote, &reference], None)?;
    let head = String::from_utf8_lossy(&git(at, &["rev-parse", "FETCH_HEAD"], None)?).trim().to_owned();
    let names = git(at, &["ls-tree", "--name-only", &head], None)?;
    let mut kept = Vec::new();
    for name in String::from_utf8_lossy(&names).lines().filter(|n| n.starts_with("checkpoint-")) {
        kept.push((name.to_owned(), git(at, &["cat-file", "blob", &format!("{head}:{name}")], None)?));
    }
    Ok((folder, kept, Some(head)))
}

/// Adds a file to the branch and pushes it; never by force, so two at once are an error for the second.
fn push(remote: &str, name: &str, bytes: &[u8]) -> Result<()> {
    let (folder, kept, head) = fetch(remote)?;
    let at = folder.path();
    if kept.iter().any(|(n, b)| n == name && b != bytes) {
        return Err(Error::verification(format!(
            "{remote} keeps another {name}: this ledger was forked or rolled back"
        )));
    }
    let mut tree = String::new();
    let new = (name.to_owned(), bytes.to_vec());
    let others = kept.into_iter().filter(|(n, _)| n != name);
    for (name, bytes) in others.chain([new]) {
        let id = git(at, &["hash-object", "-w", "--stdin"], Some(&bytes))?;
        tree.push_str(&format!("100644 blob {}\t{name}\n", String::from_utf8_lossy(&id).trim()));
    }
    let id = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().to_owned();
    let tree = id(git(at, &["mktree"], Some(tree.as_bytes()))?);
    let mut commit = vec!["commit-tree", &tree, "-m", name];
    if let Some(head) = &head {
        commit.extend(["-p", head]);
    }
    let commit = id(git(at, &commit, None)?);
    git(at, &["push", "-q", remote, &format!("{commit}:refs/heads/{BRANCH}")], None).map(|_| ())
}
