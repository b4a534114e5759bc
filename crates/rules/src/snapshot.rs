//! What rules read: everything that is known of a product at one moment, and nothing else.

use crate::own_rules::{OwnRules, RecordView};
use crate::plan_fields::Stated;
use crate::systems::Systems;
use clauses::{Clause, Profile, Standard};
use diagnostics::{Diagnostic, Location};
use documents::{Document, Documents};
use model::class::Classes;
use model::components::ComponentGraph;
use model::history::History;
use model::results::Joined;
use model::{Item, ItemIx, Kind, Model};
use product::Config;
use records::state::Release;
use records::{Meta, State};
use std::collections::BTreeMap;
use vocabulary::{Date, Digest};

/// The inputs of the rules. Pure values: the same inputs give the same findings, in the same order.
pub struct Snapshot<'a> {
    /// `dossier.toml`.
    pub config: &'a Config,
    /// What reading documents and configuration found; it counts like the findings of rules.
    pub reader_findings: &'a [Diagnostic],
    /// The documents of the product. Their items are in the model.
    pub documents: &'a Documents,
    /// Items and links.
    pub model: &'a Model,
    /// The classes that hold.
    pub classes: &'a Classes,
    /// The software systems that verdicts are given for.
    pub systems: Systems,
    /// What the ledger says up to the position; none with `--documents-only`.
    pub state: Option<&'a State>,
    /// Test results joined to items; none where no report was read.
    pub results: Option<&'a Joined>,
    /// The digest of the software as it is at this commit; none where it is not known (no repository).
    pub software: Option<Digest>,
    /// Components from lock files and SBOMs; none where the product names no such file.
    pub components: Option<&'a ComponentGraph>,
    /// The history since the last baseline; none where nothing was sealed before, or there is no repository.
    pub history: Option<&'a History>,
    /// The date that ages and expiries are counted to.
    pub as_of: Date,
    /// The release that is being judged.
    pub release: Option<ReleaseContext<'a>>,
    /// The tags of releases as the repository has them: of the one that is judged, or of all that are sealed.
    pub tags: &'a [ReleaseTag],
    /// What the product was before: the last sealed release, or the revision that a check is compared with.
    pub previous: Option<Previous<'a>>,
    /// Dependencies between source files, read from manifests and import statements.
    pub dependencies: &'a [SourceDependency],
    /// The edition of the standard.
    pub edition: &'static Standard,
    /// The profile: one of the library, or the firm's own on top of one.
    pub profile: Profile,
    /// The rules that the firm wrote.
    pub own_rules: OwnRules,
    /// The records as they are, for rules of the firm that look at records; empty where it has none.
    pub records: &'a [RecordView],
    /// What sections of controlled documents state, by field; made by [`Snapshot::new`].
    pub(crate) stated: Stated<'a>,
    /// Documents by id, made by [`Snapshot::new`].
    document_by_id: BTreeMap<&'a str, &'a Document>,
}

/// A release that is being judged.
#[derive(Clone, Debug)]
pub struct ReleaseContext<'a> {
    /// The version.
    pub version: &'a str,
    /// Its records.
    pub release: &'a Release,
    /// Whether the archive can take it.
    pub archive: ArchiveReadiness,
}

/// The product as it was before.
#[derive(Clone, Copy, Debug)]
pub struct Previous<'a> {
    /// What it is called: `release 2.3.0`, a revision.
    pub name: &'a str,
    /// Its items and links.
    pub model: &'a Model,
}

/// A source file that uses another one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceDependency {
    /// The file that uses, relative to the product.
    pub from: String,
    /// The line that says so, from 1.
    pub line: u32,
    /// The file, or the folder of files, that is used.
    pub to: String,
}

/// Whether the archive can take a release. Found out by whoever holds the archive, because rules do no I/O.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveReadiness {
    /// It is there, verifies, and gave back what was written.
    Ready {
        /// Where it is, for people.
        destination: String,
    },
    /// It cannot.
    NotReady {
        /// Why, as the end of "the archive cannot take the release: …".
        why: String,
    },
}

/// The tag of a release as the repository has it. Found out by whoever holds the repository, because rules do no I/O.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseTag {
    /// The version of the release.
    pub version: String,
    /// The tag's name, `v2.4.0`.
    pub tag: String,
    /// How it stands.
    pub standing: TagStanding,
}

/// How the tag of a release stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagStanding {
    /// On the frozen commit, signed with an enrolled key.
    Signed {
        /// The key's fingerprint.
        key_id: String,
    },
    /// It names another commit than the release froze.
    Moved {
        /// The commit that it names now.
        now: String,
        /// The commit that the release froze.
        frozen: String,
    },
    /// There is none, or none that proves anything.
    NotSigned {
        /// Why, as the end of "release has no signed tag: …".
        why: String,
    },
}

/// What [`Snapshot::new`] is made from; see the fields of [`Snapshot`].
#[allow(missing_docs, reason = "the fields are those of Snapshot")]
pub struct Inputs<'a> {
    pub config: &'a Config,
    pub reader_findings: &'a [Diagnostic],
    pub documents: &'a Documents,
    pub model: &'a Model,
    pub classes: &'a Classes,
    pub state: Option<&'a State>,
    pub results: Option<&'a Joined>,
    pub software: Option<Digest>,
    pub components: Option<&'a ComponentGraph>,
    pub history: Option<&'a History>,
    pub as_of: Date,
    pub release: Option<ReleaseContext<'a>>,
    pub tags: &'a [ReleaseTag],
    pub previous: Option<Previous<'a>>,
    pub dependencies: &'a [SourceDependency],
    pub records: &'a [RecordView],
}

/// The product asks for something that this binary does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The edition is not in the library.
    #[error("the clause library has no edition `{0}`")]
    Edition(String),
    /// The profile is not in the library.
    #[error("the clause library has no profile `{0}`")]
    Profile(String),
}

impl<'a> Snapshot<'a> {
    /// Puts the inputs together.
    ///
    /// # Errors
    /// When the configured edition or profile is not in the library of this binary.
    pub fn new(inputs: Inputs<'a>) -> Result<Snapshot<'a>, SnapshotError> {
        let product = &inputs.config.product;
        let edition = clauses::edition(&product.edition)
            .ok_or_else(|| SnapshotError::Edition(product.edition.clone()))?;
        let profile = product.profile.as_str();
        let profile = clauses::profile(profile).ok_or_else(|| SnapshotError::Profile(profile.to_owned()))?;
        let profile = crate::own_profile::with_own(profile, &inputs.config.own_profile);
        let mut document_by_id = BTreeMap::new();
        for document in &inputs.documents.controlled {
            document_by_id.entry(document.id.as_str()).or_insert(document);
        }
        Ok(Snapshot {
            systems: Systems::new(inputs.model, inputs.classes, &product.name),
            config: inputs.config,
            reader_findings: inputs.reader_findings,
            documents: inputs.documents,
            model: inputs.model,
            classes: inputs.classes,
            state: inputs.state,
            results: inputs.results,
            software: inputs.software,
            components: inputs.components,
            history: inputs.history,
            as_of: inputs.as_of,
            release: inputs.release,
            tags: inputs.tags,
            previous: inputs.previous,
            dependencies: inputs.dependencies,
            edition,
            profile,
            own_rules: OwnRules::read(&inputs.documents.own_rules),
            records: inputs.records,
            stated: Stated::new(&inputs.documents.controlled),
            document_by_id,
        })
    }

    /// The items of a kind with their places.
    pub fn items_of(&self, kind: Kind) -> impl Iterator<Item = (ItemIx, &'a Item)> + use<'a> {
        let model = self.model;
        model.of_kind(kind).iter().filter_map(move |ix| Some((*ix, model.get(*ix)?)))
    }

    /// Whether an item is of this kind.
    pub fn is(&self, ix: ItemIx, kind: Kind) -> bool {
        self.model.get(ix).is_some_and(|i| i.kind == kind)
    }

    /// Whether anything of others is known to be in the product: a shipped component, or a SOUP item.
    pub fn has_third_party(&self) -> bool {
        let components = self.components.map(|g| g.components()).unwrap_or_default();
        components.iter().any(|c| c.kind.is_shipped()) || self.items_of(Kind::Soup).next().is_some()
    }

    /// The controlled document of this id.
    pub fn document(&self, id: &str) -> Option<&'a Document> {
        self.document_by_id.get(id).copied()
    }

    /// The present digest of an item or document.
    pub fn digest_of(&self, subject: &str) -> Option<Digest> {
        let document = || self.document(subject).map(|d| d.digest);
        self.model.by_id(subject).map(|i| i.digest).or_else(document)
    }

    /// Whether the ledger holds an approval of this document or item at exactly this content.
    pub fn is_approved(&self, id: &str, digest: Digest) -> bool {
        self.state.is_some_and(|s| s.approvals_of(id, digest).next().is_some())
    }

    /// The place of what is missing from the product as a whole: `[product]` of `dossier.toml`.
    pub fn whole_product(&self) -> Location {
        self.config.place("product")
    }

    /// The printed name of who made a record.
    pub fn signer(&self, meta: &Meta) -> String {
        match &meta.signer {
            Some(signer) => signer.name.to_string(),
            None => self.state.map_or(meta.actor.as_str(), |s| s.printed_name(&meta.actor)).to_owned(),
        }
    }

    /// Whether a clause is asked of software of this class in this snapshot, and if not, why.
    pub(crate) fn asks(&self, clause: &Clause, class: vocabulary::SafetyClass) -> bool {
        let released = clause.condition != Some(clauses::Condition::Release) || self.release.is_some();
        released && self.profile.looks_at(clause) && self.profile.demands(clause, class.as_str())
    }
}
