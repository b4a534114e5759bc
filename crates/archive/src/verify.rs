//! Verification of an archive: every blob digested again, every chunk unpacked, every file accounted for by the signed
//! release manifests, and the ledger inside each release recomputed. It works on what is stored and believes none of it.

use crate::archive::{Protected, retention_from_bytes};
use crate::blob_check::{BlobPlan, read_tree_index};
use crate::blob_store::{BlobStore, Protection, read_blob};
use crate::manifest::{
    IndexedRelease, LedgerPrefix, ManifestError, ReleaseManifest, envelope_of_oci_manifest, index_from_bytes,
};
use crate::problem::{Code, Problem, blob_path, chain, of_store};
use crate::unpack::TreeFiles;
use ledger::{Anchors, PersonsCheck, Trust, VerifyReport, verify_files};
use signing::PublicKey;
use signing::note::VerifierKey;
use std::collections::BTreeSet;
use vocabulary::Digest;

/// Largest JSON document of a release (OCI manifest, envelope), in bytes.
pub(crate) const MANIFEST_BYTES_MAX: u64 = 64 << 20;
/// Largest stored index of a tree, in bytes.
pub(crate) const TREE_INDEX_BYTES_MAX: u64 = 512 << 20;
/// The tree in which a release holds its ledger.
pub const LEDGER_TREE: &str = "ledger";
/// The kind of files that were archived without being a release.
pub const FOLDER_KIND: &str = "folder";
/// What `oci-layout` holds.
pub(crate) const OCI_LAYOUT: &str = r#"{"imageLayoutVersion":"1.0.0"}"#;
/// Documents that every archive has or may have, besides those that releases hold too.
pub(crate) const DOCUMENTS: [&str; 4] = ["index.json", "oci-layout", "protection.json", "retention.json"];
/// Documents that stand in the archive and, the same, in its releases.
pub(crate) const RELEASE_DOCUMENTS: [&str; 2] = ["README.md", "unpack.sh"];

/// What the caller knows from elsewhere.
#[derive(Clone, Default)]
pub struct Known<'a> {
    /// Keys of the ledger.
    pub keys: Vec<PublicKey>,
    /// Checkpoints of the ledger, kept outside; each has to lie in the newest release's ledger.
    pub checkpoints: Vec<Vec<u8>>,
    /// Digests that the ledger recorded of documents of the archive, by name.
    pub documents: Vec<(String, Digest)>,
    /// The archive is an exported copy: it has no protection of its own.
    pub copy: bool,
    /// Decides whether persons may vouch for a new ledger key; without it such a rotation is a problem. Who the persons
    /// are is in the records, which this crate does not know.
    pub persons: Option<&'a PersonsCheck<'a>>,
}

impl Known<'_> {
    fn nothing(&self) -> bool {
        self.keys.is_empty() && self.checkpoints.is_empty()
    }
}

/// What was checked, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The versions that were looked at.
    pub releases: Vec<String>,
    /// Blobs that were read and digested.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Ledger entries in the newest release's ledger.
    pub entries: u64,
    /// Signatures that were checked and hold: of release manifests, and of persons in the newest ledger.
    pub signatures: u64,
    /// How far what the caller knows carries.
    pub trust: Trust,
    /// What a person can compare with a copy kept elsewhere: keys and checkpoint of the newest release.
    pub fingerprints: Vec<String>,
    /// What is not as it has to be, sorted. Empty means that everything holds.
    pub problems: Vec<Problem>,
}

/// Verifies everything in the archive.
pub fn verify_archive(store: &dyn BlobStore, known: &Known<'_>) -> Report {
    verify(store, known, None)
}

/// Verifies one release, and nothing of the others.
pub fn verify_release(store: &dyn BlobStore, version: &str, known: &Known<'_>) -> Report {
    verify(store, known, Some(version))
}

fn verify(store: &dyn BlobStore, known: &Known<'_>, only: Option<&str>) -> Report {
    let mut problems = Vec::new();
    check_layout(store, &mut problems);
    let mut indexed = read_index(store, &mut problems);
    if let Some(version) = only {
        indexed.retain(|r| r.version == version);
        if indexed.is_empty() {
            problems.push(Problem::new(
                Code::Empty,
                "index.json",
                format!("there is no release `{version}`"),
            ));
        }
    } else if indexed.is_empty() && problems.is_empty() {
        problems.push(Problem::new(Code::Empty, "index.json", "the archive holds no release"));
    }
    let loaded: Vec<Loaded> = indexed.iter().filter_map(|r| load(store, r, &mut problems)).collect();
    let mut blobs = BlobPlan::default();
    for release in &loaded {
        release.plan(store, &mut blobs, &mut problems);
    }
    if only.is_none() {
        account(store, &indexed, &blobs, &mut problems);
        check_documents(store, known, &loaded, &mut problems);
        if !known.copy {
            check_protection(store, &loaded, &mut problems);
        }
    }
    let checked = blobs.check(&|digest| store.open(digest));
    problems.extend(checked.problems);
    let ledgers = check_ledgers(store, known, &loaded, &mut problems);
    problems.sort();
    problems.dedup();
    Report {
        releases: loaded.iter().map(|l| l.manifest.head.version.clone()).collect(),
        blobs: checked.blobs,
        bytes: checked.bytes,
        entries: ledgers.entries,
        signatures: ledgers.signatures,
        trust: ledgers.trust,
        fingerprints: ledgers.fingerprints,
        problems,
    }
}

fn check_layout(store: &dyn BlobStore, problems: &mut Vec<Problem>) {
    let problem = match store.document("oci-layout") {
        Ok(Some(bytes)) if version_of_layout(&bytes).as_deref() == Some("1.0.0") => return,
        Ok(Some(_)) => Problem::new(Code::Layout, "oci-layout", "it is no OCI image layout of version 1.0.0"),
        Ok(None) => {
            Problem::new(Code::Layout, "oci-layout", "it is missing: this is no archive, or not a whole one")
        }
        Err(e) => of_store(&e, "oci-layout"),
    };
    problems.push(problem);
}

fn version_of_layout(bytes: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    Some(value.get("imageLayoutVersion")?.as_str()?.to_owned())
}

fn read_index(store: &dyn BlobStore, problems: &mut Vec<Problem>) -> Vec<IndexedRelease> {
    let bytes = match store.document("index.json") {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            problems.push(Problem::new(Code::Index, "index.json", "it is missing"));
            return Vec::new();
        }
        Err(e) => {
            problems.push(of_store(&e, "index.json"));
            return Vec::new();
        }
    };
    match index_from_bytes(&bytes) {
        Ok(releases) => {
            let mut seen = BTreeSet::new();
            for r in releases.iter().filter(|r| !seen.insert(&r.version)) {
                let message = format!("the version {} stands twice", r.version);
                problems.push(Problem::new(Code::Twice, "index.json", message));
            }
            releases
        }
        Err(reason) => {
            problems.push(Problem::new(Code::Index, "index.json", reason));
            Vec::new()
        }
    }
}

/// A release whose manifests could be read.
pub(crate) struct Loaded {
    pub(crate) manifest: ReleaseManifest,
    pub(crate) envelope: Vec<u8>,
    envelope_digest: Digest,
    indexed: IndexedRelease,
}

/// Reads OCI manifest and release manifest, and compares them.
fn load(store: &dyn BlobStore, indexed: &IndexedRelease, problems: &mut Vec<Problem>) -> Option<Loaded> {
    let path = blob_path(indexed.manifest);
    let mut found = |code, path: &str, message: String| {
        problems.push(Problem::new(code, path, message));
        None
    };
    let oci = match read_blob(store, indexed.manifest, MANIFEST_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(e) => {
            problems.push(of_store(&e, path));
            return None;
        }
    };
    let envelope_digest = match envelope_of_oci_manifest(&oci) {
        Ok(digest) => digest,
        Err(reason) => return found(Code::OciManifest, &path, reason),
    };
    let envelope = match read_blob(store, envelope_digest, MANIFEST_BYTES_MAX) {
        Ok(bytes) => bytes,
        Err(e) => {
            problems.push(of_store(&e, blob_path(envelope_digest)));
            return None;
        }
    };
    let manifest = match ReleaseManifest::from_envelope(&envelope) {
        Ok(manifest) => manifest,
        Err(e @ ManifestError::Subjects(_)) => {
            return found(Code::Subjects, &blob_path(envelope_digest), chain(&e));
        }
        Err(e) => return found(Code::Envelope, &blob_path(envelope_digest), chain(&e)),
    };
    if indexed.size != oci.len() as u64 {
        let message = format!("the index says {} bytes, there are {}", indexed.size, oci.len());
        problems.push(Problem::new(Code::Size, path.clone(), message));
    }
    if manifest.oci_manifest(&envelope).ok().as_deref() != Some(&oci[..]) {
        let message = "it is not the OCI manifest that follows from the signed release manifest";
        problems.push(Problem::new(Code::OciDiffers, path, message));
    }
    if manifest.head.version != indexed.version {
        let message =
            format!("the index says version {}, signed is {}", indexed.version, manifest.head.version);
        problems.push(Problem::new(Code::OciDiffers, "index.json", message));
    }
    Some(Loaded { manifest, envelope, envelope_digest, indexed: indexed.clone() })
}

impl Loaded {
    /// Adds this release's blobs to what has to be read.
    fn plan(&self, store: &dyn BlobStore, plan: &mut BlobPlan, problems: &mut Vec<Problem>) {
        plan.expect_blob(self.indexed.manifest, self.indexed.size, &self.indexed.version);
        plan.expect_blob(self.envelope_digest, self.envelope.len() as u64, &self.indexed.version);
        plan.layers(&self.manifest.layers, &self.indexed.version, &|digest| store.open(digest), problems);
    }
}

/// Every blob belongs to a release, and nothing else lies around.
fn account(store: &dyn BlobStore, indexed: &[IndexedRelease], plan: &BlobPlan, problems: &mut Vec<Problem>) {
    match store.list() {
        Ok(all) => {
            let manifests: BTreeSet<Digest> = indexed.iter().map(|r| r.manifest).collect();
            for digest in all.iter().filter(|d| !plan.has(**d) && !manifests.contains(d)) {
                let message = "it belongs to no release (an interrupted seal leaves such blobs; opening the archive for \
                    writing removes those)";
                problems.push(Problem::new(Code::Unaccounted, blob_path(*digest), message));
            }
        }
        Err(e) => problems.push(of_store(&e, "blobs/sha256")),
    }
    match store.strays() {
        Ok(strays) => problems
            .extend(strays.into_iter().map(|s| Problem::new(Code::Stray, s, "it is no part of an archive"))),
        Err(e) => problems.push(of_store(&e, ".")),
    }
}

fn check_documents(store: &dyn BlobStore, known: &Known<'_>, loaded: &[Loaded], problems: &mut Vec<Problem>) {
    let names = match store.documents() {
        Ok(names) => names,
        Err(e) => return problems.push(of_store(&e, ".")),
    };
    for name in &names {
        if DOCUMENTS.contains(&name.as_str()) {
            continue;
        }
        if !RELEASE_DOCUMENTS.contains(&name.as_str()) {
            problems.push(Problem::new(Code::Stray, name, "it is no part of an archive"));
            continue;
        }
        let digest = store.document(name).ok().flatten().map(|b| Digest::of(&b));
        let held = |l: &Loaded| l.manifest.layer(name).map(|x| x.digest) == digest;
        if !loaded.is_empty() && !loaded.iter().any(held) {
            problems.push(Problem::new(
                Code::Document,
                name,
                "no release holds a file of this name and content",
            ));
        }
    }
    for (name, expected) in &known.documents {
        let found = store.document(name).ok().flatten().map(|b| Digest::of(&b));
        if found != Some(*expected) {
            let found = found.map_or("missing".to_owned(), |d| format!("sha256:{d}"));
            let message = format!("the ledger recorded sha256:{expected}, it is {found}");
            problems.push(Problem::new(Code::Expected, name, message));
        }
    }
}

fn check_protection(store: &dyn BlobStore, loaded: &[Loaded], problems: &mut Vec<Problem>) {
    let retention = match store.document("retention.json") {
        Ok(bytes) => retention_from_bytes(bytes.as_deref()),
        Err(e) => return problems.push(of_store(&e, "retention.json")),
    };
    let retention = match retention {
        Ok(retention) => retention,
        Err(e) => return problems.push(Problem::new(Code::Retention, "retention.json", chain(&e))),
    };
    let protections = match store.protections() {
        Ok(protections) => protections,
        Err(e) => return problems.push(Problem::new(Code::Retention, "protection.json", chain(&e))),
    };
    for release in loaded {
        let version = &release.manifest.head.version;
        let Some(demanded) = retention.get(version).map(Protected::protection) else {
            let message = format!("it says nothing about release {version}");
            problems.push(Problem::new(Code::Retention, "retention.json", message));
            continue;
        };
        let weak = release
            .blobs()
            .filter(|d| !at_least(protections.get(d).copied().unwrap_or_default(), demanded))
            .count();
        if weak > 0 {
            let message = format!("{weak} of its blobs are protected more weakly than its retention demands");
            problems.push(Problem::new(Code::Unprotected, version, message));
        }
    }
}

fn at_least(protection: Protection, demanded: Protection) -> bool {
    protection.stricter(demanded) == protection
}

impl Loaded {
    /// Every blob of the release.
    fn blobs(&self) -> impl Iterator<Item = Digest> {
        let own = [self.indexed.manifest, self.envelope_digest];
        own.into_iter().chain(self.manifest.layers.iter().map(|l| l.digest))
    }
}

struct Ledgers {
    entries: u64,
    signatures: u64,
    trust: Trust,
    fingerprints: Vec<String>,
}

/// Recomputes the ledger of each release and checks the release manifest's signature with the ledger's own key.
fn check_ledgers(
    store: &dyn BlobStore,
    known: &Known<'_>,
    loaded: &[Loaded],
    problems: &mut Vec<Problem>,
) -> Ledgers {
    let mut result =
        Ledgers { entries: 0, signatures: 0, trust: Trust::SelfConsistent, fingerprints: Vec::new() };
    let newest = loaded.iter().filter_map(|l| l.manifest.head.ledger.as_ref()).map(|p| p.position).max();
    let mut folders_trusted = !known.keys.is_empty() && !loaded.is_empty();
    for release in loaded {
        let version = &release.manifest.head.version;
        let Some(prefix) = &release.manifest.head.ledger else {
            if release.manifest.head.kind != FOLDER_KIND {
                let message = "the release manifest names no ledger";
                problems.push(Problem::new(Code::NoLedger, version, message));
            }
            if known.keys.is_empty() {
                continue;
            }
            if known.keys.iter().any(|k| ReleaseManifest::signed_by(&release.envelope, k)) {
                result.signatures += 1;
            } else {
                folders_trusted = false;
                let message = "the release manifest is not signed by a key that was given";
                problems.push(Problem::new(Code::Signature, version, message));
            }
            continue;
        };
        let is_newest = Some(prefix.position) == newest;
        let Some(report) = check_ledger(store, known, release, prefix, is_newest, problems) else {
            folders_trusted = false;
            continue;
        };
        let key = report.keys.last().map(|p| p.key.key());
        if key.is_some_and(|k| ReleaseManifest::signed_by(&release.envelope, k)) {
            result.signatures += 1;
        } else {
            let message = "the release manifest is not signed by the key of its ledger";
            problems.push(Problem::new(Code::Signature, version, message));
        }
        if is_newest {
            result.entries = report.entries;
            result.signatures += report.signatures;
            result.trust = if known.nothing() { Trust::SelfConsistent } else { report.trust };
            result.fingerprints = fingerprints(&report);
        }
    }
    if newest.is_none() && folders_trusted {
        result.trust = Trust::Key;
    }
    result
}

fn check_ledger(
    store: &dyn BlobStore,
    known: &Known<'_>,
    release: &Loaded,
    prefix: &LedgerPrefix,
    newest: bool,
    problems: &mut Vec<Problem>,
) -> Option<VerifyReport> {
    let version = &release.manifest.head.version;
    let path = format!("{version}:trees/{LEDGER_TREE}");
    let Some(layer) = release.manifest.layer(&format!("trees/{LEDGER_TREE}")) else {
        problems.push(Problem::new(Code::NoLedger, version, "the release holds no tree `ledger`"));
        return None;
    };
    // A bad index is a problem already, from reading the blobs.
    let index = read_tree_index(&|digest| store.open(digest), layer.digest).ok()?;
    let keys = known.keys.iter().filter_map(|k| VerifierKey::new(&prefix.origin, *k).ok()).collect();
    let anchors = Anchors {
        origin: Some(prefix.origin.clone()),
        keys,
        // Checkpoints from elsewhere are younger than the older releases' ledgers.
        checkpoints: if newest { known.checkpoints.clone() } else { Vec::new() },
        persons: known.persons,
    };
    let report = match verify_files(&TreeFiles::new(store, &index), &anchors) {
        Ok(report) => report,
        Err(e) => {
            problems.push(Problem::new(Code::Ledger, path, chain(&e)));
            return None;
        }
    };
    for p in &report.problems {
        let place = p.path.as_deref().map(|f| format!("/{f}")).unwrap_or_default();
        let entry = p.seq.map(|s| format!("entry {s}: ")).unwrap_or_default();
        let message = format!("{} {entry}{}", p.code, p.message);
        problems.push(Problem::new(Code::Ledger, format!("{path}{place}"), message));
    }
    if (report.entries, report.root) != (prefix.position, prefix.root) {
        let message = format!(
            "it has {} entries with the root {}; signed are {} with {}",
            report.entries, report.root, prefix.position, prefix.root
        );
        problems.push(Problem::new(Code::LedgerDiffers, path, message));
    }
    Some(report)
}

/// What a person compares with a copy kept elsewhere: origin, position and root of a ledger, and its keys.
pub fn fingerprints(report: &VerifyReport) -> Vec<String> {
    let origin = report.genesis.as_ref().map_or("(no origin)", |g| g.origin.as_str());
    let mut out = vec![format!("ledger {origin}: {} entries, root {}", report.entries, report.root)];
    out.extend(
        report
            .keys
            .iter()
            .map(|p| format!("ledger key since entry {}: {}", p.since, p.key.key().fingerprint())),
    );
    out
}
