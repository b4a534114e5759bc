//! The configuration of a product, as the rest of the house reads it. Each field's default is in `docs/configuration.md`.

use crate::Risk;
use diagnostics::{Location, Overrides, Span};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use vocabulary::{Digest, SafetyClass};

/// The whole of `dossier.toml`.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// `[product]`
    pub product: Product,
    /// `[kinds]`: further id prefixes, each with the name of a built-in kind.
    pub kinds: BTreeMap<String, String>,
    /// `[documents]`
    pub documents: Documents,
    /// `[roles]`
    pub roles: Roles,
    /// `[permissions]`: the roles that do an act, by act (`document/approve`), where they are other than the default.
    pub permissions: BTreeMap<String, Vec<String>>,
    /// `[ledger]`
    pub ledger: Ledger,
    /// `[anchors]`
    pub anchors: Anchors,
    /// `[security]`
    pub security: Security,
    /// `[soup]`
    pub soup: crate::Soup,
    /// `[drift]`
    pub drift: crate::Drift,
    /// `[advisories]`
    pub advisories: crate::Advisories,
    /// `[images.keys]`: beginnings of image names, and the PEM file of the key that signs them.
    pub image_keys: BTreeMap<String, String>,
    /// `[archive]`
    pub archive: Archive,
    /// `[retention]`
    pub retention: Retention,
    /// `[build]`
    pub build: Build,
    /// `[risk]`
    pub risk: Risk,
    /// `[rules]`: severity overrides by rule id.
    pub rules: Overrides,
    /// `[results]`
    pub results: Results,
    /// `[software]`
    pub software: Software,
    /// `[trace]`
    pub trace: Trace,
    /// `[profile]`: the firm's own additions to the profile.
    pub own_profile: OwnProfile,
    /// `[delivery]`: artefacts that are signed after the build.
    pub delivery: Delivery,
    /// `[packages]`: what fills the slots of exported packages, where the product says otherwise than the library.
    pub packages: crate::Packages,
    /// `[anomalies]`
    pub anomalies: Anomalies,
    /// `[metrics]`
    pub metrics: Metrics,
    /// `[reminders]`
    pub reminders: Reminders,
    /// `[trackers.NAME]`
    pub trackers: std::collections::BTreeMap<String, crate::TrackerConfig>,
    /// `[changes]`
    pub changes: Changes,
    /// Where each key that was written stands.
    pub(crate) places: Places,
}

/// The file's path and the place of each key, by dotted name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Places {
    pub(crate) path: Arc<str>,
    pub(crate) keys: BTreeMap<String, (Span, u32, u32)>,
}

impl Config {
    /// Where a key stands, by dotted name: `product.class`, `kinds.REQ`. The start of the file where it is not written.
    pub fn place(&self, key: &str) -> Location {
        match self.places.keys.get(key) {
            Some((span, line, column)) => {
                Location::File { path: self.places.path.clone(), span: *span, line: *line, column: *column }
            }
            None => Location::file(self.places.path.clone()),
        }
    }

    /// The profile as every verdict names it: `playbook`, or the firm's own with the one that it begins with.
    pub fn profile_name(&self) -> String {
        let base = self.product.profile.as_str();
        self.own_profile.name.as_ref().map_or_else(|| base.to_owned(), |own| format!("{own} ({base})"))
    }

    /// Whether a key or table is written in the file.
    pub fn is_set(&self, key: &str) -> bool {
        self.places.keys.contains_key(key)
    }
}

/// `[product]`
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    /// The product's name; empty where the file states none, which is an error.
    pub name: String,
    /// The class that the maker declares. It may only raise what the risk file says.
    pub class: Option<SafetyClass>,
    /// How much the gate asks for.
    pub profile: Profile,
    /// The IANA time zone in which release days are counted.
    pub timezone: String,
    /// The edition of the standard, an id of `clauses`.
    pub edition: String,
    /// The lifetime that the maker states for the device, in years.
    pub lifetime_years: Option<u32>,
    /// Where it is sold; decides retention and adjacent duties.
    pub markets: Vec<Market>,
    /// How versions are ordered.
    pub version_scheme: String,
}

/// How much the release gate asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// All eight sub-clauses of 5.8 for every class, five signatures, byte-identical rebuild.
    Playbook,
    /// Exactly what the edition demands for the class.
    Standard,
}

impl Profile {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Profile::Playbook => "playbook",
            Profile::Standard => "standard",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A market that a product is placed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Market {
    /// European Union, MDR.
    EuMdr,
    /// European Union, MDR, implantable device.
    EuMdrImplantable,
    /// United States.
    Us,
}

impl Market {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Market::EuMdr => "eu-mdr",
            Market::EuMdrImplantable => "eu-mdr-implantable",
            Market::Us => "us",
        }
    }
}

/// `[documents]`
#[derive(Clone, Debug, PartialEq)]
pub struct Documents {
    /// The folder of the controlled documents.
    pub root: String,
    /// Ids of controlled documents that must exist, `DOC-SDP`.
    pub required: Vec<String>,
    /// `[documents.approvers]`: the roles that each have to approve a document, by its kind or id.
    pub approvers: BTreeMap<String, Vec<String>>,
}

/// `[roles]`
#[derive(Clone, Debug, PartialEq)]
pub struct Roles {
    /// The roles that sign a release, in order; the last one signs last.
    pub release: Vec<String>,
    /// How many different people must have signed. Never below 2.
    pub distinct_people: u32,
    /// The roles whose holders need a recorded training.
    pub trained: Vec<String>,
}

/// `[ledger]`
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger {
    /// The ledger's origin line. A product without it has no ledger.
    pub origin: Option<String>,
    /// The ledger's public key, as a signed-note verifier key.
    pub key: Option<String>,
    /// Where the ledger is: `sqlite:PATH`, `postgres://…` or `https://…`.
    pub url: String,
    /// A PEM file with the certificates that a server's certificate has to lead to.
    pub authority: Option<String>,
    /// Which clock the ledger's times come from.
    pub clock: Clock,
}

/// `[anchors]`: where checkpoints are put that the ledger's keeper cannot change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Anchors {
    /// A folder, best another machine's.
    pub folder: Option<String>,
    /// A second git remote.
    pub git: Option<String>,
    /// The address of an RFC 3161 authority.
    pub tsa: Option<String>,
    /// PEM files with the certificates of the authorities that are trusted.
    pub authorities: Vec<String>,
}

impl Anchors {
    /// Whether any place for checkpoints is named.
    pub fn is_named(&self) -> bool {
        self.folder.is_some() || self.git.is_some() || self.tsa.is_some()
    }
}

/// `[security]`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Security {
    /// A shell command that is run when an account is locked.
    pub alert: Option<String>,
    /// Whether the pages are read only by who is logged in.
    pub login: bool,
    /// After how many days a person's key is to be replaced; never where absent.
    pub key_days: Option<u32>,
    /// Whether the device can be reached by threats from a network or another device (524B of the FD&C Act: a cyber device);
    /// not stated: the threat model says.
    pub cyber_device: Option<bool>,
    /// Why it is none.
    pub reason: Option<String>,
}

/// The clock of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The machine's.
    System,
    /// A simulated one: demonstrations and tests, never a delivery.
    Simulated,
}

/// `[archive]`
#[derive(Clone, Debug, PartialEq)]
pub struct Archive {
    /// Where sealed releases go.
    pub path: String,
    /// The second copy.
    pub mirror: Option<String>,
    /// The delivery procedure (62304:5.8.8): the id of a controlled document, or text.
    pub delivery: Option<String>,
    /// After how many days every blob is to be read again.
    pub rehash_days: u32,
}

/// `[retention]`
#[derive(Clone, Debug, PartialEq)]
pub struct Retention {
    /// Years that the maker states beyond what the markets ask for; the longest counts.
    pub years: Option<u32>,
    /// What these years are based on.
    pub basis: Option<String>,
    /// Whether the device is implantable (longer retention in the European Union).
    pub implantable: bool,
}

/// `[build]`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Build {
    /// What the build runs in.
    pub environment: Environment,
    /// Files and folders that are built, as globs.
    pub source: Vec<String>,
    /// Shell command lines, run in order in the sandbox.
    pub commands: Vec<String>,
    /// Further files that the build reads: vendored dependencies, data.
    pub inputs: Vec<String>,
    /// The files that the build makes and that are released.
    pub outputs: Vec<String>,
    /// Environment variables. `SOURCE_DATE_EPOCH` is set from the commit besides.
    pub variables: BTreeMap<String, String>,
    /// A command line that prints version and build id of the built artefact.
    pub version_command: Option<String>,
    /// Lock files that name the dependencies.
    pub lockfiles: Vec<String>,
    /// Folders of downloaded dependencies: caches and mirrors of package managers. The archives of Cargo are found without.
    pub dependencies: Vec<String>,
    /// The external runner that builds, where the builder cannot be archived.
    pub runner: Option<String>,
}

/// `[build.environment]`: the directories and packages it is made of, or an image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Environment {
    /// Toolchain directories.
    pub directories: Vec<String>,
    /// Debian packages.
    pub packages: Vec<String>,
    /// A root file system tarball, an OCI layout or a `docker save` tarball.
    pub image: Option<String>,
    /// The image's digest.
    pub digest: Option<Digest>,
}

/// `[results]`
#[derive(Clone, Debug, PartialEq)]
pub struct Results {
    /// Globs of JUnit files.
    pub reports: Vec<String>,
    /// Shell commands that run the automated tests and leave the reports: `dossier test execute` is their witness.
    pub commands: Vec<String>,
    /// Globs of sources whose comments say `verifies: SRS-012`.
    pub tags: Vec<String>,
}

/// `[software]`: what makes up the software digest that results are bound to.
#[derive(Clone, Debug, PartialEq)]
pub struct Software {
    /// Globs of configuration items: source, lock files, build recipe.
    pub paths: Vec<String>,
    /// Globs that are left out again.
    pub exclude: Vec<String>,
}

/// `[trace]`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// Names of further item fields, so that they are no spelling mistakes.
    pub fields: Vec<String>,
}

/// `[anomalies]`
#[derive(Clone, Debug, PartialEq)]
pub struct Anomalies {
    /// The firm's scale of severity, mildest first; empty where it states none.
    pub severity: Vec<String>,
    /// Days within which an anomaly is investigated.
    pub investigate_days: u32,
    /// Days between two reviews of trends.
    pub trend_days: u32,
}

/// `[metrics]`: what the firm holds its figures to.
#[derive(Clone, Debug, PartialEq)]
pub struct Metrics {
    /// Days of the period that figures over time count.
    pub window_days: u32,
    /// Targets by the id of their figure, in the figure's unit.
    pub targets: std::collections::BTreeMap<String, u32>,
}

/// `[reminders]`: who is told what is due. What opens a mail server or signs a call is never written here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reminders {
    /// Days ahead.
    pub days: u32,
    /// The mail server: `smtps://host`, `smtp://host` with STARTTLS.
    pub smtp: Option<String>,
    /// PEM file of the only authority that is trusted for the mail server, where it is the firm's own.
    pub smtp_authority: Option<String>,
    /// From whom mails come.
    pub from: Option<String>,
    /// To whom they go.
    pub to: Vec<String>,
    /// Where the digest is posted as JSON.
    pub webhook: Option<String>,
    /// PEM file of the only authority that is trusted for that address, where it is the firm's own.
    pub webhook_authority: Option<String>,
}

/// `[changes]`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Globs of paths that are no configuration items: a commit that touches only these needs no change request.
    pub not_configuration_items: Vec<String>,
}

/// `[profile]`: what a firm asks of itself beyond the profile that `[product] profile` names. It may only add.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnProfile {
    /// A file of `[profile]` tables that the firm's products share, by its path from the product's folder, inside the repository.
    pub file: Option<String>,
    /// What that file has to be.
    pub file_digest: Option<Digest>,
    /// What that file is; none where there is none or it could not be read.
    pub read: Option<Digest>,
    /// What the firm calls it; shown with every verdict.
    pub name: Option<String>,
    /// Clauses that are due whatever the safety class.
    pub due_for_every_class: Vec<String>,
    /// Clauses whose findings no waiver excepts.
    pub never_waivable: Vec<String>,
    /// Rules, by id or name, whose findings no waiver excepts.
    pub never_waivable_rules: Vec<String>,
    /// Further roles that sign a safety class for engineering.
    pub engineering_roles: Vec<String>,
    /// Further roles that sign it for the clinical or regulatory side.
    pub clinical_roles: Vec<String>,
    /// Further roles that sign a release; they stand in `[roles] release` too, before its last.
    pub release_roles: Vec<String>,
    /// Automated results count only where dossier ran them or a CI job attests them.
    pub attested_results: bool,
    /// A rebuild has to give the same bytes.
    pub identical_rebuild: bool,
    /// The archive has to have a mirror.
    pub second_copy: bool,
    /// The PRRC too signs the evaluation of each residual anomaly.
    pub prrc_signs_anomalies: bool,
    /// The standards beside the edition whose clauses are asked, in place of those of the base; none where nothing is said.
    pub beside: Option<Vec<String>>,
    /// The least severity of rules, by id or name: `[rules]` of a product may be stricter, never milder.
    pub severity: Overrides,
    /// The longest time that a waiver may run, in days.
    pub waiver_days: Option<u32>,
    /// After how many days a review is due again: `soup`, `document`.
    pub review_days: BTreeMap<String, u32>,
}

/// `[delivery]`: what is signed between the archive and the point of use, with which key, and who keeps it. Such a signature
/// is made outside of the build, so what is built, compared and sealed is the file before signing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Delivery {
    /// Artefact to the name of its signing key.
    pub signed: BTreeMap<String, String>,
    /// Name to public key, `ssh-ed25519 AAAA…`.
    pub keys: BTreeMap<String, String>,
    /// Name to who keeps the private key, and how.
    pub custody: BTreeMap<String, String>,
}
